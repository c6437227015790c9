"""Feeds, still free of any format, and whose they are."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from feedsvc.model.article import Attachment, Author, Image
from feedsvc.model.catalogue import Term


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
        paged: Feeds have pages of ours at their addresses.
        picture_size: Pixels of the logo, or else the icon; None if they are not known.
    """

    title: str
    description: str = ""
    url: str | None = None
    feeds_url: str
    public: bool = False
    namespace: str = "localhost"
    paged: bool = True
    language: str
    timezone: tzinfo
    authors: tuple[Author, ...] = ()
    rights: str | None = None
    icon: str | None = None
    logo: str | None = None
    picture_size: tuple[int, int] | None = None
    hubs: tuple[str, ...] = ()


PRIVATE = "private/"
"""The folder of private feeds and of what only they hold, to which an address leads only by a key."""


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
class Where:
    """Which articles a feed wants; empty, it wants all.

    Of each list, one match is enough; all that are given must match. Terms are
    compared by their slugs, text without regard to case.

    Attributes:
        categories, tags, authors: Terms.
        languages: Tags (BCP 47); "ko" takes "ko-KR".
        paths: Patterns as in .gitignore.
        collections: Of the generator.
        titles: Text that the title holds.
        fields: Keys of front matter, each with the values it may have; without any, it must be there.
        media: "image", "audio" or "video".
        within: Days that the article may be old; None for any age.
        excluded: What it does not want, in the same terms; one match is enough.
    """

    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    media: tuple[str, ...] = ()
    within: int | None = None
    excluded: "Where | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSpec:
    """Which feed is wanted; the entries are yet to be selected.

    Attributes:
        folder: Its address below `server.url`: "" for the feed of everything,
            else with a closing slash, not percent-encoded.
        limit: Entries to show.
        name: Of a feed that the configuration names; "" for all others.
        hours, most, size: The window around it (see `feeds.select`).
        full: Entries carry their whole content, not only the excerpt.
        enclosures: Entries offer their lead image as an enclosure too.
        term: Only articles with this term; None for all.
        language: Only articles in this language, unless there is none; None for all.
        where: Only articles that this wants; None for all.
        private, keyed: As in `Feed`.
    """

    folder: str = ""
    name: str = ""
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
    where: Where | None = None
    private: bool = False
    keyed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The feed or site that an entry comes from (RFC 4287, 4.2.11).

    Attributes:
        url: Of the original entry.
        title: Of what it stands in.
    """

    url: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """An entry that is no more (RFC 6721).

    Attributes:
        id: That it had.
        at: When that was seen.
    """

    id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article inside a feed, format-free.

    Attributes:
        content: Safe HTML with the lead image at its top; None if the entry
            carries its excerpt only.
        language: None where it is the feed's.
        image: The lead image.
        pictured: The article has no words: its excerpt says what the lead image shows.
        pictures, banner: As in `Content`.
        attachments: What readers may load beside the text: recordings, audio first, and last the
            lead image again where it is wanted. RSS has room for the first only.
        entered: As in `Record`.
        source: Where the entry comes from, if from elsewhere.
        via, comments, related, license: Addresses, as in `Article`.
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
    contributors: tuple[Author, ...] = ()
    image: Image | None = None
    pictured: bool = False
    pictures: tuple[Image, ...] = ()
    banner: Image | None = None
    attachments: tuple[Attachment, ...] = ()
    entered: datetime | None = None
    source: Source | None = None
    via: str | None = None
    comments: str | None = None
    related: tuple[str, ...] = ()
    license: str | None = None

    @property
    def moved(self) -> datetime:
        """When it came into the feeds, or was changed since."""
        return self.updated if self.entered is None else max(self.updated, self.entered)

    @property
    def size(self) -> int:
        """Bytes of its content, which count for the window of a feed."""
        return len((self.content or "").encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A selection of entries, newest first, with a title and an address.

    Attributes:
        home: The page that the feed belongs to.
        folder: As in `FeedSpec`.
        base: `Site.feeds_url`.
        query: Of the feed's address, where readers compose it; "" mostly.
        updated: When it last changed: an entry came, was changed, or went.
        every: Seconds between visits worth a poller's while: an hour, a day or
            a week.
        icon: Square and small; logo: twice as wide as high (RFC 4287, 4.2.5).
        topic: The term that all entries have; "" if there is none.
        license: Address of the licence of it all.
        private: Nobody but its subscribers may know its address; each knows another one.
        keyed: Of a private feed, its folder as subscribers reach it, with a mark for the key; else "".
        withdrawn: Entries that were taken back, the latest first.
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
    picture_size: tuple[int, int] | None = None
    query: str = ""
    topic: str = ""
    license: str | None = None
    hubs: tuple[str, ...] = ()
    private: bool = False
    keyed: str = ""
    entries: tuple[Entry, ...] = ()
    withdrawn: tuple[Withdrawn, ...] = ()
