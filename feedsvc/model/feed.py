"""Feeds, still free of any format, and whose they are."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from feedsvc.model.article import Author, Image
from feedsvc.model.ledger import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Whose feeds these are; the same values shape every document.

    Attributes:
        url: The website, without closing slash; None if articles have no
            address but ours.
        feeds_url: Where these feeds are reached (`server.url`), without closing
            slash.
        public: Others can reach `feeds_url`: ids minted now are for ever.
        namespace: `site.id` if configured, else host and path of the first
            public URL, else "localhost".
        timezone: Zone of naive dates and of all dates written.
    """

    title: str
    description: str = ""
    url: str | None = None
    feeds_url: str
    public: bool = False
    namespace: str = "localhost"
    language: str
    timezone: tzinfo
    authors: tuple[Author, ...] = ()
    rights: str | None = None
    icon: str | None = None
    logo: str | None = None
    hubs: tuple[str, ...] = ()


class Format(StrEnum):
    """The formats of a feed; the value is the file's name in its folder."""

    RSS = "rss.xml"
    ATOM = "atom.xml"
    JSON = "feed.json"

    @property
    def media_type(self) -> str:
        """The exact Content-Type (RFC 4287, 7; JSON Feed 1.1)."""
        return _MEDIA_TYPES[self]

    @property
    def label(self) -> str:
        """The format's name for people."""
        return _LABELS[self]


_MEDIA_TYPES = {
    Format.RSS: "application/rss+xml; charset=utf-8",
    Format.ATOM: "application/atom+xml; charset=utf-8",
    Format.JSON: "application/feed+json",
}


_LABELS = {Format.RSS: "RSS", Format.ATOM: "Atom", Format.JSON: "JSON Feed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """Which feed is wanted; the entries are yet to be selected.

    Attributes:
        folder: Its address below `server.url`: "" for the feed of everything,
            else with a closing slash, not percent-encoded.
        limit: Entries to show.
        hours, most, size: The window around it (see `feeds.select`).
        full: Entries carry their whole content, not only the excerpt.
        enclosures: Entries offer their lead image as an enclosure too.
        term: Only articles with this term; None for all.
        language: Only articles in this language, unless there is none; None for all.
    """

    folder: str = ""
    title: str
    description: str = ""
    limit: int = 30
    hours: int = 48
    most: int = 100
    size: int = 500_000
    full: bool = True
    enclosures: bool = True
    formats: tuple[Format, ...] = tuple(Format)
    term: Term | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article inside a feed, format-free.

    Attributes:
        content: Safe HTML with the lead image at its top; None if the entry
            carries its excerpt only.
        language: None where it is the feed's.
        image: The lead image.
        enclosure: What podcast-minded readers load: the lead image again, or nothing.
    """

    id: str
    url: str
    title: str
    published: datetime
    updated: datetime
    excerpt: str
    content: str | None
    authors: tuple[Author, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    image: Image | None = None
    enclosure: Image | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A selection of entries, newest first, with a title and an address.

    Attributes:
        home: The page that the feed belongs to.
        folder: As in `FeedSpec`.
        base: `Site.feeds_url`.
        updated: Newest `updated` of the entries shown.
        every: Seconds between visits worth a poller's while: an hour, a day or
            a week.
        icon: Square and small; logo: twice as wide as high (RFC 4287, 4.2.5).
    """

    id: str
    title: str
    description: str
    home: str
    base: str
    folder: str
    updated: datetime
    language: str
    authors: tuple[Author, ...]
    every: int
    formats: tuple[Format, ...] = tuple(Format)
    rights: str | None = None
    icon: str | None = None
    logo: str | None = None
    hubs: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
