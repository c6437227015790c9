"""`feedsvc token`: who may read private feeds."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

import click

from feedsvc.catalogue import Store, open_store
from feedsvc.catalogue.subscribers import key_digest
from feedsvc.cli.streams import json_text
from feedsvc.cli.text import counted
from feedsvc.cli.workplace import Workplace, places, workplace
from feedsvc.config import FORMATS
from feedsvc.errors import UsageError
from feedsvc.model import PRIVATE, Subscriber


@click.group()
def token() -> None:
    """Make, list and revoke addresses of private feeds."""


@token.command("add")
@click.argument("name", metavar="NAME")
@click.option(
    "--for", "who", required=True, metavar="WHO", help="Who gets it: a name, a mail address, a device."
)
@places
def add(name: str, who: str, articles: Path | None, path: Path | None) -> None:
    """Make an address of the private feed NAME, for WHO; it is shown once."""
    here = workplace(articles, path)
    feed = next((feed for feed in here.config.feed if feed.name == name and feed.private), None)
    if feed is None:
        raise UsageError(_no_such_feed(name, [feed.name for feed in here.config.feed if feed.private]))
    key = secrets.token_urlsafe(32)
    with _opened(here) as store:
        number = store.add_subscriber(name, who, key_digest(key), _now())
        folder = f"{PRIVATE}{name}/"
        published = any(document.startswith(folder) for document in store.snapshot().documents)
    for form in feed.formats or here.config.feeds.formats:
        click.echo(f"{here.site.feeds_url}/private/{key}/{FORMATS[form]}")
    click.echo(f"number {number}, for {who}: keep it, it is not shown again", err=True)
    if not published:
        click.echo(
            f"nothing answers there until feed '{name}' is published; start or restart `feedsvc serve`",
            err=True,
        )


@token.command("list")
@places
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def list_(articles: Path | None, path: Path | None, form: str) -> None:
    """List the addresses of private feeds, their subscribers and their use."""
    store = workplace(articles, path).existing_store()
    found = store.subscribers() if store else ()
    if store:
        store.close()
    if form == "json":
        click.echo(json_text([_told(each) for each in found]))
        return
    for each in found:
        click.echo("\t".join(_cells(each)))


@token.command("revoke")
@click.argument("whom", metavar="NUMBER_OR_WHO")
@places
def revoke(whom: str, articles: Path | None, path: Path | None) -> None:
    """Revoke an address of a private feed; it answers 410 from then on."""
    here = workplace(articles, path)
    with _opened(here) as store:
        found = _meant(whom, store.subscribers())
        store.revoke_subscriber(found.number, _now())
    click.echo(f"number {found.number}, for {found.who}, of {found.feed}: revoked", err=True)


def _opened(here: Workplace) -> Store:
    return open_store(here.store_url())


def _meant(whom: str, subscribers: Sequence[Subscriber]) -> Subscriber:
    valid = [each for each in subscribers if each.revoked is None]
    found = [each for each in valid if whom in (str(each.number), each.who)]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = " and ".join(str(each.number) for each in found)
        raise UsageError(f"'{whom}' has several addresses; name one by its number: {numbers}")
    raise UsageError(f"nobody has an address as '{whom}'; `feedsvc token list` shows who does")


def _no_such_feed(name: str, private: list[str]) -> str:
    near = get_close_matches(name, private, n=1)
    hint = f"did you mean '{near[0]}'?" if near else "write [[feed]] with private = true"
    return f"there is no private feed '{name}'; {hint}"


def _cells(subscriber: Subscriber) -> Iterator[str]:
    """Yield what the table says of an address; dates and counts have a word before them."""
    yield from (str(subscriber.number), subscriber.feed, subscriber.who)
    yield f"given {subscriber.made.isoformat()}"
    if subscriber.revoked is not None:
        yield f"revoked {subscriber.revoked.isoformat()}"
    last = f", last {subscriber.last_used.isoformat()}" if subscriber.last_used else ""
    yield f"used {counted(subscriber.used, 'time')}{last}"


def _told(subscriber: Subscriber) -> dict[str, object]:
    told = {key: value for key, value in asdict(subscriber).items() if key != "digest"}
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in told.items()}


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
