"""The last step before a serialiser: nothing that a format cannot hold."""

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import Any

from feedsvc.model import Author, Entry, Feed, TermKind
from feedsvc.text.characters import legal

_LINE_END = re.compile("\r\n?")


@dataclass(frozen=True, slots=True, kw_only=True)
class LegibleFeed(Feed):
    """One that every format can hold."""


def legible(feed: Feed) -> LegibleFeed:
    """Return *feed* with every string such that XML can hold it; what becomes empty is replaced.

    JSON could hold more, but the formats are to say the same.
    """
    if isinstance(feed, LegibleFeed):
        return feed
    members = {field.name: _clean(getattr(feed, field.name)) for field in fields(feed)}
    title = members["title"] if members["title"].strip() else members["home"]
    members |= {
        "title": title,
        "authors": _named(members["authors"]) or (Author(name=title),),
        "entries": tuple(map(_filled, members["entries"])),
    }
    return LegibleFeed(**members)


def legible_entry(entry: Entry) -> Entry:
    """Return *entry* as `legible` would."""
    return _filled(_clean(entry))


def legible_text(text: str) -> str:
    """Return *text* with LF for line ends, and without what XML cannot hold."""
    # The serialiser would write a CR as "&#13;", which readers show.
    return legal(_LINE_END.sub("\n", text))


def labels_of(entry: Entry) -> dict[str, TermKind]:
    """Return categories, then tags, each once, with its kind."""
    tags = dict.fromkeys(entry.tags, TermKind.TAG)
    return {
        **dict.fromkeys(entry.categories, TermKind.CATEGORY),
        **{t: k for t, k in tags.items() if t not in entry.categories},
    }


def _filled(entry: Entry) -> Entry:
    return replace(
        entry,
        id=entry.id if entry.id.strip() else entry.url,
        title=entry.title if entry.title.strip() else entry.url,
        content=entry.content or None,
        authors=_named(entry.authors),
        contributors=_named(entry.contributors),
        categories=tuple(label for label in entry.categories if label.strip()),
        tags=tuple(label for label in entry.tags if label.strip()),
    )


def _named(authors: tuple[Author, ...]) -> tuple[Author, ...]:
    return tuple(author for author in authors if author.name.strip())


def _clean(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Enum):
        return legible_text(value)
    if isinstance(value, tuple):
        return tuple(map(_clean, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _clean(getattr(value, field.name)) for field in fields(value)})
    return value
