"""`feedsvc stats`: who reads, and how."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from feedsvc.cli.streams import json_text
from feedsvc.cli.summary import FeedLine, Line, Summary, summarize
from feedsvc.cli.text import counted
from feedsvc.cli.workplace import places, workplace
from feedsvc.errors import NoCatalogueError

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_MOST_SHOWN = 20  # lines of each table


@click.command()
@places
@click.option(
    "--since",
    default="30d",
    show_default=True,
    metavar="WHEN",
    help="Hours, days or weeks ago, such as 12h, 30d or 4w, or a date, such as 2026-11-01 (UTC).",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="The first lines of each table for people, or all for programs.",
)
def stats(articles: Path | None, path: Path | None, since: str, form: str) -> None:
    """Show how many readers the feeds have, with which software, and how they poll.

    The polls of the last ten seconds may be missing.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    begin = _moment(since, now)
    store = workplace(articles, path).existing_store()
    if store is None:
        raise NoCatalogueError("nothing was published yet, so nobody can have read it; start `feedsvc serve`")
    try:
        found = summarize(store.readership(begin), now)
    finally:
        store.close()
    if form == "json":
        click.echo(json_text(asdict(found), indent=2, default=datetime.isoformat))
    else:
        _show(found)


def _moment(since: str, now: datetime) -> datetime:
    if found := re.fullmatch(r"(\d{1,4})([hdw])", since):
        return now - int(found[1]) * _UNITS[found[2]]
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        reason = f"'{since}' is no time; write 12h, 30d, 4w, or a date such as 2026-11-01"
        raise click.BadParameter(reason, param_hint="--since") from None
    return moment.replace(tzinfo=moment.tzinfo or UTC)


def _show(found: Summary) -> None:
    total = found.total
    unchanged = f", {_share(total.status.get('304', 0), total.polls)} answered 304" if total.polls else ""
    click.echo(
        f"{counted(total.polls, 'poll')} since {found.since:%Y-%m-%d %H:%M} UTC{unchanged};"
        f" {_size(total.sent)} sent, {_size(total.saved)} saved"
    )
    _table(("feed", "subscribers", "readers", "with"), map(_feed_row, found.feeds))
    statuses = sorted(total.status)
    _table(
        ("document", "polls", *statuses, "sent", "saved"),
        ([*_beginning(line, statuses), _size(line.sent), _size(line.saved)] for line in found.documents),
    )
    _table(
        ("client", "polls", *statuses, "conditional", "invented dates", "comes every"),
        (
            [*_beginning(line, statuses), _share(line.conditional, line.polls), *_manners(line)]
            for line in found.clients
        ),
    )


def _feed_row(line: FeedLine) -> list[str]:
    first = sorted(line.clients.items(), key=lambda item: (-item[1], item[0]))[:3]
    return [
        line.name,
        f"{line.subscribers:,}",
        f"{line.readers:,}",
        ", ".join(f"{client} {number:,}" for client, number in first),
    ]


def _beginning(line: Line, statuses: Sequence[str]) -> list[str]:
    return [line.name, f"{line.polls:,}", *(f"{line.status.get(status, 0):,}" for status in statuses)]


def _manners(line: Line) -> list[str]:
    return [f"{line.invented:,}", "" if line.interval is None else _span(line.interval)]


def _table(head: Sequence[str], rows: Iterable[list[str]]) -> None:
    """Print the first rows, numbers to the right."""
    from rich.console import Console
    from rich.table import Table

    shown = list(rows)
    if not shown:
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in head:
        is_text = name in (head[0], "with")
        table.add_column(name, justify="left" if is_text else "right")
    for row in shown[:_MOST_SHOWN]:
        table.add_row(*row)
    # As wide as it is: what is piped elsewhere must not be cut at the edge of a terminal that there is not.
    console = Console(width=10_000, markup=False, highlight=False)
    with console.capture() as captured:
        console.print(table)
    click.echo()
    for line in captured.get().splitlines():
        click.echo(line.rstrip())
    if len(shown) > _MOST_SHOWN:
        click.echo(f"... and {len(shown) - _MOST_SHOWN:,} more; --format json has all")


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"


def _size(number: int) -> str:
    from rich.filesize import decimal

    return decimal(number)


def _span(seconds: int) -> str:
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds} s"
