"""`feedsvc explain`: all about one article; writes nothing."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from unicodedata import combining, east_asian_width

import click

from feedsvc.cli.streams import json_text
from feedsvc.cli.workplace import Workplace, places, settings, workplace
from feedsvc.config import articles_around, find_config
from feedsvc.config.paths import STATE_NAME, is_there
from feedsvc.errors import UsageError
from feedsvc.model import Problem
from feedsvc.publisher.inspect.explain import Explanation
from feedsvc.publisher.inspect.explain import explain as explained
from feedsvc.publisher.inspect.membership import Membership
from feedsvc.text.terminal import on_one_line

# Cells of a terminal: longer text is cut, addresses are not.
_WIDEST = 60


@click.command()
@click.argument("asked", metavar="PATH_OR_ID")
@places
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or one JSON object.",
)
def explain(asked: str, articles: Path | None, path: Path | None, form: str) -> None:
    """Explain one article.

    Shows where each field came from, which parts were repaired and removed,
    and which feeds hold the article, or why none does. PATH_OR_ID may also be
    its address or its slug. Addresses are those of the configuration, even if
    a running `feedsvc serve` has another --port.
    """
    here = _workplace(asked, articles, path)
    now = datetime.now(UTC).replace(microsecond=0)
    ledger, now = here.ledger(now)
    found = explained(here.plan(), ledger, asked, cwd=Path.cwd(), now=now)
    click.echo(json_text(asdict(found)) if form == "json" else "\n".join(map(on_one_line, _lines(found))))


def _workplace(asked: str, articles: Path | None, path: Path | None) -> Workplace:
    """Return where to look: as named or configured, else by where *asked* lies."""
    if settings(articles, path)[0].articles.directory is not None:
        return workplace(articles, path)
    cwd = Path.cwd()
    folder = articles_around(Path(asked), cwd=cwd)
    if folder is None:
        raise UsageError(f"{asked}: in which folder of articles? Name it behind this, or go there")
    own = find_config(folder, path, environ=os.environ, cwd=cwd)
    if own is None and not is_there(folder / STATE_NAME):
        click.echo(f"{folder}: taken for the folder of articles; name another behind {asked}", err=True)
    configured = own is not None and settings(None, own)[0].articles.directory is not None
    return workplace(None if configured else folder, own)


def _lines(found: Explanation) -> Iterator[str]:
    yield found.path
    state = "visible" if found.reason is None else f"out: {found.reason}"
    rows = [("state", state, found.because)]
    rows += [(name, _text(each.value), each.origin) for name, each in found.fields.items()]
    yield from _table(rows)
    if found.problems:
        yield "problems"
        yield from map(_problem, found.problems)
    removed = (("elements", found.removed.elements), ("attributes", found.removed.attributes))
    if any(names for _, names in removed):
        yield "removed from the body"
        yield from _table([(what, _counted(names), "") for what, names in removed if names])
    if found.feeds:
        yield "feeds"
        yield from _table([(each.feed, _told(each), each.url or "") for each in found.feeds])


def _text(value: str | tuple[str, ...]) -> str:
    from feedsvc.articles.excerpt import cut

    text = value if isinstance(value, str) else ", ".join(value)
    if "://" in text or _cells(text) <= _WIDEST:
        return text
    return cut(text, _WIDEST * len(text) // _cells(text))


def _problem(problem: Problem) -> str:
    place = f"line {problem.line}: " if problem.line else ""
    return f"  {place}{problem.severity}: {problem.reason}"


def _counted(names: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in names.items())


def _told(membership: Membership) -> str:
    place = f"{membership.place} of {membership.of}"
    if membership.content is not None:
        return f"yes, {place}, {'full text' if membership.content == 'full' else 'excerpt'}"
    return f"no: {membership.reason}" + (f" ({place})" if membership.place else "")


def _table(rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Yield rows of aligned columns."""
    first, second = (max(_cells(row[column]) for row in rows) for column in (0, 1))
    for name, value, origin in rows:
        yield f"  {_padded(name, first)}  {_padded(value, min(second, _WIDEST))}  {origin}".rstrip()


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _cells(text))


def _cells(text: str) -> int:
    """Return how many cells of a terminal *text* takes: two for a wide letter (Unicode, UAX 11)."""
    return sum((not combining(char)) + (east_asian_width(char) in "WF") for char in text)
