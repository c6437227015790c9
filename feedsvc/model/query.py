"""Which entries a composed feed is to have."""

from dataclasses import dataclass

from feedsvc.model.feed import Entry
from feedsvc.model.ledger import TermKind


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Composable:
    """An entry that feeds may be composed of.

    Attributes:
        key: Of the record.
        terms: Kind and slug of each.
        words: Folded text to seek in.
    """

    key: int
    entry: Entry
    terms: tuple[tuple[TermKind, str], ...]
    words: str
