"""The catalogue in its database: ledger, problems, and the published snapshot."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, select

from feedsvc.catalogue import tables
from feedsvc.catalogue.changes import News, tell_news
from feedsvc.catalogue.dburl import shown
from feedsvc.catalogue.engine import open_engine, translated
from feedsvc.catalogue.ledger import read_catalogue, read_problems, write_catalogue, write_problems
from feedsvc.catalogue.query_feeds import read_composable, write_composable
from feedsvc.catalogue.readership import add_counted, read_readership, read_totals, read_waits
from feedsvc.catalogue.rows import locked_setting, moment, set_setting, setting
from feedsvc.catalogue.snapshots import (
    lock_generation,
    read_generation,
    read_publications,
    read_snapshot,
    write_snapshot,
)
from feedsvc.catalogue.subscribers import (
    add_subscriber,
    count_uses,
    read_stamp,
    read_subscribers,
    revoke_subscriber,
)
from feedsvc.errors import StoreError
from feedsvc.model import (
    Catalogue,
    Counted,
    Found,
    Heartbeat,
    Polls,
    Problem,
    Publication,
    Query,
    Readership,
    Release,
    Snapshot,
    Subscriber,
    Waits,
)
from feedsvc.runtime.progress import Progress, unheard

# Settings with the troubles of the publisher.
_HEALTH = ("trouble", "unread")


def open_store(url: str, *, progress: Progress = unheard) -> "Store":
    """Open the catalogue for publishing; makes and migrates it where needed.

    Raises:
        ConfigError: *url* cannot be understood.
        StoreError: It cannot be opened; see `engine.open_engine`.
    """
    return Store(open_engine(url, progress=progress), url)


def open_reader(url: str, *, untouched: bool = False) -> "Store":
    """Open the catalogue to read from it; it must exist.

    Args:
        untouched: Change no file, for who only looks once.

    Raises:
        ConfigError, StoreError: As `open_store`.
    """
    return Store(open_engine(url, create=False, untouched=untouched), url)


class Store:
    """One catalogue. Any method may raise StoreError; each is one transaction.

    Safe to use from several threads and processes at once; two that publish
    must agree by a lease (see `lease`).
    """

    def __init__(self, engine: Engine, url: str) -> None:
        self._engine = engine
        self._url = url
        self._news = News(engine)

    def close(self) -> None:
        """Give the connections back."""
        self._news.close()
        self._engine.dispose()

    def catalogue(self) -> Catalogue:
        """Return the ledger; empty before the first refresh."""
        with self._reading() as connection:
            return read_catalogue(connection)

    def problems(self) -> tuple[Problem, ...]:
        """Return what the last refresh found wrong."""
        with self._reading() as connection:
            return read_problems(connection)

    def generation(self) -> int:
        """Return the number of the current snapshot; 0 before the first."""
        with self._reading() as connection:
            return read_generation(connection)

    def changed(self) -> bool:
        """Return whether there may be a new generation since the last call; for one thread only.

        It costs no query, and may miss some: ask for the generation now and then.
        """
        try:
            return self._news()
        except Exception as error:  # the driver's own
            raise StoreError(f"{shown(self._url)}: {error}") from error

    def snapshot(self) -> Snapshot:
        """Return the current snapshot, without bodies."""
        with self._reading() as connection:
            return read_snapshot(connection)

    def publications(self) -> tuple[Publication, ...]:
        """Return when snapshots were published lately, the newest first."""
        with self._reading() as connection:
            return read_publications(connection)

    def body(self, etag: str) -> bytes | None:
        """Return a body by its ETag; None if it is no longer kept."""
        wanted = select(tables.body.c.bytes).where(tables.body.c.etag == etag)
        with self._reading() as connection:
            return connection.scalar(wanted)

    def health(self) -> str | None:
        """Return what hinders the publisher, in one line; None if nothing does."""
        with self._reading() as connection:
            return "; ".join(filter(None, (setting(connection, name) for name in _HEALTH))) or None

    def failure(self) -> str | None:
        """Return why the last refresh published nothing; None if nothing was in its way."""
        with self._reading() as connection:
            return setting(connection, "trouble") or None

    def report_health(self, failure: str | None, unread: str | None = None) -> None:
        """Remember what hinders the publisher, for `health`.

        Args:
            failure: Why it cannot publish.
            unread: Why some files keep their last versions while everything else is published.
        """
        with self._writing() as connection:
            for name, trouble in zip(_HEALTH, (failure, unread), strict=True):
                set_setting(connection, name, trouble or "")

    def heartbeat(self) -> Heartbeat | None:
        """Return the publisher's last heartbeat; None if there never was one."""
        with self._reading() as connection:
            written = setting(connection, "heartbeat")
        if not written:
            return None
        alive, refreshed, patience = map(int, written.split())
        return Heartbeat(
            alive=moment(alive), refreshed=moment(refreshed) if refreshed else None, patience=patience
        )

    def record_heartbeat(self, heartbeat: Heartbeat) -> None:
        """Remember a heartbeat of the publisher."""
        refreshed = int(heartbeat.refreshed.timestamp()) if heartbeat.refreshed else 0
        with self._writing() as connection:
            set_setting(
                connection, "heartbeat", f"{heartbeat.alive.timestamp():.0f} {refreshed} {heartbeat.patience}"
            )

    def publish(
        self, release: Release, *, before: Catalogue, after: Catalogue, over: int | None = None
    ) -> int | None:
        """Make *release* the current snapshot and *after* the ledger: all of it or nothing.

        What is equal to what is stored is not written, and keeps its
        Last-Modified.

        Args:
            before: The ledger that *after* was made from.
            over: The generation that this one is to replace; another one that
                stands there, because a backup was restored, is an error. None
                to replace any.

        Returns:
            The new generation; None if no document or medium changed.
        """
        with self._writing() as connection:
            if over is not None and lock_generation(connection) != over:
                raise StoreError(
                    f"{shown(self._url)}: the catalogue was replaced during a refresh; the next one goes on"
                )
            write_catalogue(connection, before, after)
            write_problems(connection, release.problems)
            news = write_composable(connection, *(release.query_feeds or (None, ())), now=release.at)
            generation = write_snapshot(connection, release, news=news)
            if generation is not None:
                tell_news(connection, generation)
            return generation

    def remembered(self, name: str) -> str | None:
        """Return what `remember` has kept."""
        with self._reading() as connection:
            return setting(connection, name)

    def remember(self, name: str, text: str) -> None:
        """Keep a text under a name; one that is kept already is not written."""
        if self.remembered(name) != text:
            with self._writing() as connection:
                set_setting(connection, name, text)

    def composable(self, query: Query) -> Found | None:
        """Return the entries for *query*; None if no feeds are to be composed."""
        with self._reading() as connection:
            return read_composable(connection, query)

    def subscribers(self) -> tuple[Subscriber, ...]:
        """Return everybody who ever had an address of a private feed."""
        with self._reading() as connection:
            return read_subscribers(connection)

    def subscribers_stamp(self) -> tuple[int | None, ...]:
        """Return what differs as soon as somebody was added or revoked; cheap."""
        with self._reading() as connection:
            return read_stamp(connection)

    def add_subscriber(self, feed: str, who: str, digest: str, now: datetime) -> int:
        """Remember somebody who may read a private feed; returns the number."""
        with self._writing() as connection:
            tell_news(connection, read_generation(connection))
            return add_subscriber(connection, feed, who, digest, now)

    def revoke_subscriber(self, number: int, now: datetime) -> None:
        """End somebody's address of a private feed."""
        with self._writing() as connection:
            revoke_subscriber(connection, number, now)
            tell_news(connection, read_generation(connection))

    def count_uses(self, uses: Mapping[int, int]) -> None:
        """Add to how often subscribers' addresses were asked, until now."""
        with self._writing() as connection:
            count_uses(connection, uses, datetime.now(UTC))

    def add_counted(self, counted: Counted, now: datetime) -> None:
        """Add what a worker has counted since it last did so."""
        with self._writing() as connection:
            add_counted(connection, counted, now)

    def readership(self, since: datetime) -> Readership:
        """Return who read since a moment."""
        with self._reading() as connection:
            return read_readership(connection, since)

    def totals(self) -> tuple[Mapping[tuple[str, int], Polls], Waits]:
        """Return all polls there ever were, by client and status, and how long their answers took."""
        with self._reading() as connection:
            return read_totals(connection), read_waits(connection)

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self) -> int:
        """Ask whoever holds the lease for a refresh; returns the number of the request."""
        with self._writing() as connection:
            request = int(locked_setting(connection, "asked") or 0) + 1
            set_setting(connection, "asked", str(request))
            return request

    def asked(self) -> int:
        """Return the number of the latest request that `answer` has not seen; 0 if there is none."""
        with self._reading() as connection:
            latest = int(setting(connection, "asked") or 0)
            return latest if latest > int(setting(connection, "answered") or 0) else 0

    def answered(self) -> int:
        """Return the number of the latest request that is done."""
        with self._reading() as connection:
            return int(setting(connection, "answered") or 0)

    def waiting(self) -> int:
        """Return how many requests are not done."""
        with self._reading() as connection:
            asked = int(setting(connection, "asked") or 0)
            return max(asked - int(setting(connection, "answered") or 0), 0)

    def answer(self, request: int) -> None:
        """Say that the requests up to *request* are done."""
        with self._writing() as connection:
            set_setting(connection, "answered", str(request))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translated(self._url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        engine = self._engine.execution_options(writes=True)
        with translated(self._url), engine.begin() as connection:
            yield connection
