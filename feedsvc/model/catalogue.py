"""What the catalogue knows of every article and term."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feedsvc.model.article import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the catalogue knows of one article, whatever happens to its file.

    Attributes:
        key: Names the record for ever, inside the catalogue only.
        id: Permanent and unique; None until the article is first published.
        provisional: The id was minted without a public address, and will be
            minted anew, once, when there is one.
        sequence: Order of first publication, from 1; None until then.
        slug: Unique among all records.
        url: Where a person reads the article.
        own_page: `url` is a page of ours below ``/articles/``.
        published: Frozen at first sight unless the author states a date.
        updated: Last significant change; never before `published`.
        article: The last good version.
        gone: The file is no longer there.
        broken: The file is there but cannot be read: `article` is older.
        announced: Date of the last announcement that was made anew.
        entered: When its entry came into the published feeds; None if it was among the first that the
            catalogue published, so that two catalogues that begin with the same folder are equal.
        seen: A moment that was reached before the clock fell behind it: an article that appeared or
            expired by then stays so. None if the clock is right; not kept in the catalogue.
    """

    key: int
    id: str | None = None
    provisional: bool = False
    sequence: int | None = None
    slug: str
    url: str
    own_page: bool = True
    published: datetime
    updated: datetime
    article: Article
    gone: bool = False
    broken: bool = False
    announced: datetime | None = None
    entered: datetime | None = None
    seen: datetime | None = None

    def __post_init__(self) -> None:
        if self.updated < self.published:
            raise ValueError(f"{self.article.path}: updated lies before published")

    def hidden(self, now: datetime) -> str | None:
        """Return why the article is not visible at *now*, or None if it is."""
        now = now if self.seen is None else max(now, self.seen)
        if self.gone:
            return "deleted"
        if self.article.hidden:
            return self.article.hidden
        if self.article.dates.expires is not None and self.article.dates.expires <= now:
            return "expired"
        return "future" if self.due > now else None

    @property
    def due(self) -> datetime:
        """The moment from which on the article may be read."""
        return self.article.dates.appears or self.published

    def visible(self, now: datetime) -> bool:
        """Return whether the article belongs into feeds at *now*."""
        return self.id is not None and self.hidden(now) is None

    def turns(self, now: datetime) -> datetime | None:
        """Return the next instant after *now* at which it appears, leaves or is announced by itself."""
        if self.gone or self.article.hidden or self.hidden(now) == "expired":
            return None
        moments = (self.due, self.article.dates.expires, self.article.dates.announced)
        ahead = [at for at in moments if at is not None and at > now]
        return min(ahead, default=None)


class TermKind(StrEnum):
    """By what articles are gathered into feeds; the value is the folder."""

    CATEGORY = "categories"
    TAG = "tags"
    AUTHOR = "authors"
    LANGUAGE = "languages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A category, tag, author or language with a feed of its own."""

    kind: TermKind
    slug: str
    label: str

    @property
    def folder(self) -> str:
        """Address of its feed below `server.url`, such as ``categories/news/``."""
        return f"{self.kind}/{self.slug}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """That a published entry was taken back: its article deleted, retracted or announced anew.

    Attributes:
        key: Of the record.
        id: That the entry had.
    """

    key: int
    id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What we know of every article, and of every term that ever had a feed.

    Attributes:
        site_id: Namespace of minted ids; fixed when the first public address
            is set, "localhost" before.
        withdrawals: The latest first.
        secret: Names of all feeds that ever were private.
        dates: The date of each feed that was ever published, by its folder; see `publisher.feed_dates`.
    """

    site_id: str = "localhost"
    records: tuple[Record, ...] = ()
    terms: tuple[Term, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    secret: frozenset[str] = frozenset()
    dates: dict[str, datetime] = field(default_factory=dict)

    @property
    def was_published(self) -> bool:
        """Feeds were made of it before."""
        return bool(self.dates) or any(record.sequence is not None for record in self.records)

    @property
    def feeds(self) -> int:
        """How many feeds there are: one of everything, and one of each term."""
        return 1 + len(self.terms)

    def visible(self, now: datetime) -> int:
        """Return how many articles are visible at *now*."""
        return sum(record.visible(now) for record in self.records)

    def turns(self, now: datetime) -> datetime | None:
        """Return when, after *now*, the next article appears, leaves or is announced; None if none does."""
        moments = (record.turns(now) for record in self.records)
        return min((moment for moment in moments if moment is not None), default=None)
