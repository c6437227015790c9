"""The snapshot that is being served, and the eye on the next."""

import logging
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from threading import Lock
from time import monotonic
from typing import Protocol

from feedsvc.errors import StoreError
from feedsvc.model import (
    PRIVATE,
    Counted,
    Departed,
    Departure,
    Found,
    Heartbeat,
    Polls,
    Problem,
    Publication,
    Published,
    Query,
    Snapshot,
    Subscriber,
    Waits,
)
from feedsvc.web.answers.body_cache import Bodies
from feedsvc.web.answers.encoding import IDENTITY
from feedsvc.web.answers.prepared import Answer, Key, Page
from feedsvc.web.answers.subscriber_keys import Keys
from feedsvc.web.health import LastLook
from feedsvc.web.settings import WebSettings
from feedsvc.web.threads import Loop

log = logging.getLogger(__name__)

_SECONDS_UNLOOKED = 2.0  # then we look, news or not
_WARMED_AT_ONCE = 50  # bodies between two looks for a newer generation


class SnapshotReader(Protocol):
    """What the web asks of the catalogue; safe to call from many threads.

    Every method may raise StoreError.
    """

    def generation(self) -> int:
        """Return the number of the published snapshot; cheap, 0 before the first."""

    def changed(self) -> bool:
        """Return whether there may be a new generation since the last call; cheap, and may miss some."""

    def snapshot(self) -> Snapshot:
        """Return the published snapshot."""

    def body(self, etag: str) -> bytes | None:
        """Return a body; None if no snapshot that is still kept has it."""

    def health(self) -> str | None:
        """Return in one line what is wrong with the publisher; None if it is well."""

    def heartbeat(self) -> Heartbeat | None:
        """Return the publisher's last sign of life; None if there never was one."""

    def problems(self) -> Sequence[Problem]:
        """Return what the last refresh found wrong with articles."""

    def publications(self) -> Sequence[Publication]:
        """Return when snapshots were published lately, the newest first."""

    def composable(self, query: Query) -> Found | None:
        """Return the entries for *query*; None if no feeds are to be composed."""

    def subscribers(self) -> Sequence[Subscriber]:
        """Return everybody who ever had an address of a private feed."""

    def subscribers_stamp(self) -> Hashable:
        """Return what differs as soon as somebody was added or revoked; cheap."""

    def count_uses(self, uses: Mapping[int, int]) -> None:
        """Add to how often subscribers' addresses were asked."""

    def add_counted(self, counted: Counted, now: datetime) -> None:
        """Add what was counted since the last time."""

    def totals(self) -> tuple[Mapping[tuple[str, int], Polls], Waits]:
        """Return all polls there ever were, by client and status, and how long their answers took."""

    def waiting(self) -> int:
        """Return how many requests for a refresh are not done."""

    def ask(self) -> int:
        """Ask the publisher for a refresh; returns the number of the request."""


class Prepared:
    """A snapshot, and what requests have had worked out of it.

    Attributes:
        known: Answers by what requests said.
        departed: What has left.
    """

    def __init__(self, snapshot: Snapshot, settings: WebSettings) -> None:
        self.snapshot = snapshot
        self._settings = settings
        self._pages: dict[str, Page] = {}
        self.known: dict[Key, Answer] = {}
        self.departed = Departed(snapshot.departed)

    def page(self, address: str) -> Page | None:
        """Return the page at *address*, a PATH_INFO as WSGI spells it."""
        page = self._pages.get(address)
        if page is None:
            path = decode(address)
            document = None if path.startswith(PRIVATE) else self.snapshot.documents.get(path)
            if document is not None:
                page = self._pages[address] = Page(document, self._settings)
        return page

    def folder(self, address: str) -> str | None:
        """Return the path that only lacks its closing slash in *address*."""
        path = f"{decode(address)}/"
        return path if path in self.snapshot.documents and not path.startswith(PRIVATE) else None

    def departed_from(self, address: str) -> Departure | None:
        """Return what has left from *address*; None if nothing has, or nothing that is told to everybody."""
        path = decode(address)
        found = self.departed.at(path)
        # That something private is gone is for its subscribers to know.
        return None if path.startswith(PRIVATE) and found and not found.target else found


def decode(address: str) -> str:
    """Return a PATH_INFO, whose bytes WSGI shows as Latin-1, as a document's path (PEP 3333).

    Bytes that are no UTF-8 give a path that no document has.
    """
    return address.encode("latin-1", "replace").decode("utf-8", "replace").removeprefix("/")


class CurrentSnapshot:
    """Call it for the snapshot to serve; never waits for the store.

    A thread of its own looks for a newer generation. A snapshot is replaced by
    rebinding one name: a request that has called has one snapshot to its end.

    Attributes:
        reader: The catalogue.
        bodies: The bodies of documents.
        keys: To private feeds.
        last_look: How the last looks at the store went.
        loop: The thread that looks.
        loops: That thread, and the one that stores how often keys were used.
    """

    def __init__(
        self,
        reader: SnapshotReader,
        settings: WebSettings,
        *,
        interval: float = 0.2,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Load the published snapshot; begin with an empty one if the store is gone.

        Args:
            interval: Seconds between two looks.
        """
        self.reader = reader
        self.keys = Keys(reader)
        self.bodies = Bodies(reader.body, capacity=settings.cache_bytes)
        self.last_look = LastLook(clock=clock)
        self.loop = Loop("current-snapshot", self._look_if_news, every=interval, clock=clock)
        # Not in the same thread: to write may take much longer than to look.
        self.loops = self.loop, Loop("key-uses", self.keys.write, every=interval, clock=clock)
        self._settings = settings
        self._clock = clock
        self._looked = clock()
        self._reloading = Lock()
        self._serve(Snapshot())
        self.look()

    def __call__(self) -> Prepared:
        """Return the snapshot to serve."""
        return self._prepared

    def start(self) -> None:
        """Begin to look for newer generations."""
        for loop in self.loops:
            loop.start()

    def stop(self) -> None:
        """Stop looking, once a look under way has ended; what is served stays."""
        for loop in self.loops:
            loop.stop()
        self.keys.write(at_once=True)

    def reload(self, stale: Prepared) -> Prepared:
        """Return what is published now in place of *stale*; raises StoreError."""
        with self._reloading:
            if self._prepared is stale:  # else another thread was faster
                self._serve(self.reader.snapshot())
            return self._prepared

    def look(self) -> None:
        """Serve the newest generation; when the store is gone, go on with what there is.

        A generation may also be older than ours, after a backup was restored.
        A store with nothing in it, 0, takes nothing from the readers.
        """
        gone = self.last_look.gone
        try:
            if self.reader.generation() not in (0, self._prepared.snapshot.generation):
                self.reload(self._prepared)
            self.keys.look()
            self.last_look.reached(self.reader.health(), self.reader.heartbeat())
        except Exception as error:  # whatever it is, this thread must live on
            if gone is None:
                trace = None if isinstance(error, StoreError) else error
                log.warning("store gone serving=%d error=%s", self._serving, error, exc_info=trace)
            self.last_look.missed(str(error) if isinstance(error, StoreError) else "a fault of feedsvc")
        else:
            if gone is not None:
                log.warning("store back serving=%d", self._serving)
        self._looked = self._clock()

    @property
    def _serving(self) -> int:
        return self._prepared.snapshot.generation

    def _serve(self, snapshot: Snapshot) -> None:
        self._prepared = Prepared(snapshot, self._settings)
        self._cold = self._in_order_of_need(snapshot)

    def _look_if_news(self) -> None:
        unlooked = self._clock() - self._looked
        if self.last_look.gone or unlooked >= _SECONDS_UNLOOKED or self._may_be_news():
            self.look()
        if not self.last_look.gone:
            self._warm()

    def _may_be_news(self) -> bool:
        try:
            return self.reader.changed()
        except Exception:
            return True

    def _warm(self) -> None:
        """Fetch some bodies before anyone asks, so that a store that goes now takes no feed along."""
        for document in islice(self._cold, _WARMED_AT_ONCE):
            try:
                self.bodies(document.etag, IDENTITY)
            except StoreError:  # the next look says so
                self._cold = chain([document], self._cold)
                return

    def _in_order_of_need(self, snapshot: Snapshot) -> Iterator[Published]:
        """Yield documents, shortest addresses first, as long as they leave room for their codings."""
        room = self._settings.cache_bytes // 2
        for document in sorted(snapshot.documents.values(), key=lambda d: (d.path.count("/"), d.path)):
            room -= document.length
            if room < 0:
                return
            yield document
