"""`feedsvc serve`: publisher and web together."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_address
from pathlib import Path

import click

from feedsvc.articles.disk.sites import configurations
from feedsvc.catalogue import Store, open_reader, open_store
from feedsvc.catalogue.lease import Lease, hold_lease
from feedsvc.cli.admin_token import admin_link, admin_token
from feedsvc.cli.logs import logging_config
from feedsvc.cli.progress import show_progress
from feedsvc.cli.text import counted
from feedsvc.cli.workplace import PROVISIONAL, Workplace, places, quiet_option, workplace
from feedsvc.config import FORMATS, listening_url, where_set
from feedsvc.config.assembly import server_settings, web_settings
from feedsvc.errors import ClockError, LeaseTakenError, StoreError
from feedsvc.publisher.heartbeat import HeartbeatSender
from feedsvc.publisher.refresh.publisher import Publisher, Report
from feedsvc.runtime.exit import end_at_once
from feedsvc.web.settings import ServerSettings

log = logging.getLogger(__name__)


@click.command()
@places
@click.option("--host", help="Name or address of this machine to listen on.")
@click.option(
    "--port",
    type=int,
    help="Port to listen on, for this serve only: `explain` and `list` use server.port.",
)
@click.option("--workers", type=int, help="Number of processes that answer requests.")
@quiet_option
def serve(
    articles: Path | None,
    path: Path | None,
    host: str | None,
    port: int | None,
    workers: int | None,
    quiet: bool,
) -> None:
    """Serve the feeds of ARTICLES, and refresh them when files change."""
    listening = {"host": host, "port": port, "workers": workers}
    here = workplace(articles, path, {"server": listening, "log": {"level": "warning" if quiet else None}})
    if here.existing_store_url() is None:
        _check_address(here)  # before anything is written; else, who holds the lease is the better news
    url = here.store_url()
    holder = f"feedsvc serve of {here.articles} on port {here.config.server.port}"
    with _alone(url, holder) as lease:
        with show_progress(quiet=quiet) as progress:
            store = open_store(url, progress=progress)
        try:
            _serve(here, url, store, lease, quiet=quiet)
        finally:
            store.close()
        # Python would wait for a refresh that is running. It publishes whole or not at all, and the lease
        # ends with us.
        end_at_once(lease.sign_off)


@contextmanager
def _alone(url: str, holder: str) -> Iterator[Lease]:
    try:
        with hold_lease(url, holder) as lease:
            yield lease
    except LeaseTakenError as taken:
        raise StoreError(
            f"{taken}; stop that one first, or set store.url to another database if these are other articles"
        ) from None


def _serve(here: Workplace, url: str, store: Store, lease: Lease, *, quiet: bool) -> None:
    """Serve until we are told to stop; a refresh may still be running then."""
    from feedsvc.publisher.schedule import Schedule
    from feedsvc.publisher.watch import Watch
    from feedsvc.web.server.server import serve as serve_http

    _check_address(here)
    web = web_settings(here.config, here.articles, admin_token=_admin_token(here))
    settings = server_settings(
        here.config, web, logging_config(here.config.log.level, here.config.log.format)
    )
    watch = Watch(here.articles) if here.config.articles.watch else None
    refresh = _refresh(here, store, lease, quiet=quiet)
    schedule = Schedule(refresh, store, rescan=here.config.articles.rescan, watch=watch)
    if store.generation() == 0:
        with suppress(ClockError):  # which is said, and goes by with a clock that is set
            schedule.first()  # else there is something to serve at once
    schedule.start()
    serve_http(
        settings,
        open_reader=partial(open_reader, url),
        on_ready=partial(_greet, here, settings, url, store, quiet=quiet),
        on_stop=schedule.stop,
    )


def _check_address(here: Workplace) -> None:
    from feedsvc.web.server.server import check_address

    if here.config.server.socket is None:
        check_address(here.config.server.host, here.config.server.port)


def _refresh(here: Workplace, store: Store, lease: Lease, *, quiet: bool) -> Callable[[], Report]:
    publisher = Publisher(here.plan(), store, clock=_now, patient=True)
    heartbeats = HeartbeatSender(store, rescan=here.config.articles.rescan, now=_now)
    heartbeats.send()  # the one in the store is of an earlier run
    own = configurations(here.articles, here.dialect.name)
    configured = [_ConfigurationWatch(path) for path in (*here.read_from, *own)]

    def refresh() -> Report:
        for each in configured:
            each.look()
        if (lost := lease.lost()) is not None:
            raise StoreError(lost)
        with (
            show_progress(quiet=quiet, say=partial(log.info, "progress %s")) as progress,
            heartbeats.refreshing(progress) as told,
        ):
            return publisher.refresh(told)

    return refresh


class _ConfigurationWatch:
    """Tells, once for each change, that a new or changed file of the configuration needs a restart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._modified()

    def look(self) -> None:
        found = self._modified()
        if found not in (None, self._seen):  # an editor takes the file away for a moment
            self._seen = found
            log.warning("configuration changed path=%s; restart to use it", self._path)

    def _modified(self) -> int | None:
        try:
            return self._path.stat().st_mtime_ns
        except OSError:
            return None


def _admin_token(here: Workplace) -> str:
    configured = here.config.server.admin_token
    # A state folder is not needed where store and token are elsewhere.
    return configured if configured is not None else admin_token(here.state_folder())


def _greet(here: Workplace, settings: ServerSettings, store_url: str, store: Store, *, quiet: bool) -> None:
    _warn_of_open_door(here)
    if not quiet:
        with suppress(BrokenPipeError):  # whoever read our output has gone; we serve on
            for line in _greeting(here, settings, store_url, store):
                click.echo(line)


def _greeting(here: Workplace, settings: ServerSettings, store_url: str, store: Store) -> Iterator[str]:
    from feedsvc.catalogue.dburl import shown

    url = settings.web.url
    yield f"{here.articles}: {_counts(store, len(here.config.feed))}"
    yield f"  page  {url}/"
    for name in here.config.feeds.formats:
        yield f"  {name:5} {url}/{FORMATS[name]}"
    listening = listening_url(here.config)
    if settings.socket is not None:
        yield f"  here  {settings.socket}"
    elif url != listening:
        yield f"  here  {listening}/"
    yield f"  state {shown(store_url)}"
    reached = url if settings.socket else listening
    if here.config.server.admin_token is not None:  # a secret of somebody else's, which logs shall not keep
        place = where_set("server.admin_token", here.path, environ=os.environ)
        yield f"  admin {reached}/status?token=TOKEN; the token is in {place}"
    elif settings.web.admin_token is not None:
        yield f"  admin {admin_link(reached, settings.web.admin_token)}"
    if not here.site.public:
        yield f"  note  {PROVISIONAL}"


def _counts(store: Store, named: int) -> str:
    from feedsvc.publisher.refresh.moment import looked_at

    (catalogue, moment), problems = looked_at(store, _now()), store.problems()
    told = f"; {counted(len(problems), 'problem')}, which `feedsvc check` lists" if problems else ""
    articles, feeds = (
        counted(catalogue.visible(moment.now), "article"),
        counted(catalogue.feeds + named, "feed"),
    )
    return f"{articles} in {feeds}{told}"


def _warn_of_open_door(here: Workplace) -> None:
    config = here.config
    if _is_open(config.server.host) and not (config.server.url or config.site.url):
        click.echo(
            "WARNING: others can reach this server, but its feeds name addresses of this machine only;"
            " set server.url to the address that they use",
            err=True,
        )


def _is_open(host: str) -> bool:
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def _now() -> datetime:
    return datetime.now(UTC)
