"""Which entries a composed feed is to have."""

from dataclasses import dataclass
from datetime import datetime

from feedsvc.model.catalogue import TermKind
from feedsvc.model.feed import Entry, Feed, FeedSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a reader wants of all entries; empty, everything.

    Attributes:
        terms: Slugs by kind; of a kind, one match is enough, and each kind must match.
        excluded: Slugs of terms of any kind; one match is enough to be left out.
        words: Text that title, excerpt or terms hold, folded; "" for any.
        limit: Entries to show.
    """

    terms: tuple[tuple[TermKind, str], ...] = ()
    excluded: tuple[str, ...] = ()
    words: str = ""
    limit: int = 30


OWN_LANGUAGE = (TermKind.LANGUAGE, "")
"""Stands among the terms of an entry for whatever language the feed of everything is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composable:
    """An entry that feeds may be composed of.

    Attributes:
        key: Of the record.
        terms: Kind and slug of each; `OWN_LANGUAGE`, too, if it is in the language of the feed of everything.
        words: Folded text to seek in.
    """

    key: int
    entry: Entry
    terms: tuple[tuple[TermKind, str], ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """The feed of everything, which is the model of feeds that readers compose.

    Attributes:
        feed: Without entries.
        site_id: Namespace of ids.
        moved: When an entry last went, or was changed without a date that says so; None if none ever was.
    """

    feed: Feed
    spec: FeedSpec
    site_id: str
    moved: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The entries that match a query, and the template of their feed.

    Attributes:
        entries: The newest that match, at least as many as the feed may hold, as many as fit into it.
    """

    template: Template
    entries: tuple[Entry, ...]
