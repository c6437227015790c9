"""What one publication holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from feedsvc.model.article import Problem
from feedsvc.model.query import Composable, Template
from feedsvc.model.snapshot import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """All documents of one moment, with everything that is published beside them.

    Attributes:
        at: The moment, to which articles are visible and feeds are dated.
        documents: Public and private ones.
        kept: Paths whose documents stay as they are stored, if they are.
        media: Local files that public documents refer to.
        private: By the name of each private feed, local files that only its subscribers may have.
        moved: As `Snapshot.departed`.
        query_feeds: The template and the entries of query feeds; None if there are none.
        problems: Everything that is wrong now.
        feed_dates: The date of each feed, by its folder.
        articles, feeds: How many of them readers can see.
        seconds: That the refresh took until now; None if that is not known.
    """

    at: datetime
    documents: Collection[Document] = ()
    kept: Collection[str] = frozenset()
    media: Collection[str] = frozenset()
    private: Mapping[str, Collection[str]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    query_feeds: tuple[Template, Sequence[Composable]] | None = None
    problems: Sequence[Problem] = ()
    feed_dates: Mapping[str, datetime] = field(default_factory=dict)
    articles: int = 0
    feeds: int = 0
    seconds: float | None = None
