"""`feedsvc build` and `feedsvc refresh`: publish once, and leave."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from feedsvc.catalogue import Store, open_store
from feedsvc.catalogue.lease import hold_lease
from feedsvc.cli.workplace import Workplace, places, workplace
from feedsvc.errors import LeaseTakenError, SourceError, StoreError
from feedsvc.publisher.refresh import Publisher, Report

# Longer than any refresh of ten thousand articles, shorter than a cron job's patience.
_SECONDS_TO_WAIT = 300

# By then, every worker has looked for the news.
_SECONDS_TO_SERVE = 0.5


@click.command()
@places
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Where to write the files."
)
def build(articles: Path | None, path: Path | None, out: Path) -> None:
    """Refresh once, and write feeds, pages and media as static files.

    Files in DIR that are not ours are never touched. Beside a running
    `feedsvc serve`, its current feeds are written.
    """
    from feedsvc.publisher.export import export

    here = workplace(articles, path)
    url = here.store_url()
    store = open_store(url)
    try:
        with hold_lease(url, f"feedsvc build of {here.articles}"):
            _refresh(here, store)
            done = export(store, here.articles, out)
    except LeaseTakenError as taken:
        click.echo(f"{taken}; writing what it has published", err=True)
        done = export(store, here.articles, out)
    finally:
        store.close()
    click.echo(f"{out}: {done.written} written, {done.unchanged} unchanged, {done.removed} removed", err=True)
    for foreign in done.foreign:
        click.echo(f"{out / foreign}: not ours, so it was left as it is", err=True)


@click.command()
@places
def refresh(articles: Path | None, path: Path | None) -> None:
    """Refresh once into the store, and leave.

    Beside a running `feedsvc serve`, this one is asked to refresh.
    """
    here = workplace(articles, path)
    url = here.store_url()
    store = open_store(url)
    try:
        with hold_lease(url, f"feedsvc refresh of {here.articles}"):
            _refresh(here, store)
    except LeaseTakenError as taken:
        _ask(here, store, url, taken)
    finally:
        store.close()


def _ask(here: Workplace, store: Store, url: str, taken: LeaseTakenError) -> None:
    """Have the holder of the lease refresh; if it leaves meanwhile, do it ourselves."""
    request = store.ask()
    deadline = time.monotonic() + _SECONDS_TO_WAIT
    while store.answered() < request:
        if time.monotonic() > deadline:
            raise StoreError(f"{taken}, but has not refreshed within {_SECONDS_TO_WAIT} seconds")
        time.sleep(0.1)
        with suppress(LeaseTakenError), hold_lease(url, f"feedsvc refresh of {here.articles}"):
            _refresh(here, store)
            store.answer(request)
            return
    if trouble := store.health():
        raise SourceError(trouble)
    time.sleep(_SECONDS_TO_SERVE)
    click.echo(f"refreshed by {taken.holder}", err=True)


def _refresh(here: Workplace, store: Store) -> None:
    plan = here.plan()
    _say(Publisher(plan, store, clock=_now).refresh())
    if not plan.site.public:
        click.echo(
            f"addresses begin with {plan.site.feeds_url} and ids are provisional; set server.url", err=True
        )


def _say(report: Report) -> None:
    for problem in report.problems:
        click.echo(problem, err=True)
    news = "no news" if report.generation is None else f"published generation {report.generation}"
    left_out = f", {report.errors} left out" if report.errors else ""
    click.echo(f"{news}: {report.visible} articles in {report.feeds} feeds{left_out}", err=True)


def _now() -> datetime:
    return datetime.now(UTC)
