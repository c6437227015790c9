"""The values that travel the road from file to feed.

Each is frozen and format-free; none knows where it came from or who will use
it. All datetimes are aware and in whole seconds, all paths are POSIX and
relative to the articles folder, all URLs are absolute, percent-encoded ASCII.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path


class Severity(StrEnum):
    """How bad a problem is: an error leaves the article (or its news) out."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """Something wrong with an article, said so that its author can mend it.

    Attributes:
        line: Counted from 1; 0 if the problem has no line.
        reason: What is wrong and what was done about it, without path or line.
    """

    path: str
    line: int = 0
    severity: Severity
    reason: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.severity}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file as the folder lists it, not yet read.

    Attributes:
        path: Undecodable bytes stand as ``\\xNN``.
        location: Where it can be opened.
        size: Bytes.
        stamp: Changes whenever the file may have: modification time in
            nanoseconds, size and inode.
        modified: Modification time, seconds since 1970.
    """

    path: str
    location: Path
    size: int
    stamp: tuple[int, int, int]
    modified: float


class Markup(StrEnum):
    """What an article's body is written in."""

    HTML = "html"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A person or organisation (RFC 4287, 3.2)."""

    name: str
    email: str | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture as a feed tells of it.

    Attributes:
        media_type: None if neither bytes nor name tell.
        length: Bytes; None if unknown, as for pictures of other sites.
        width, height: Pixels; None if unknown.
    """

    url: str
    alt: str = ""
    media_type: str | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a person wrote: one file, its front matter understood.

    Values stand as the author meant them; None means the author did not say.
    Nothing here depends on other articles, the clock or the configuration of
    feeds.

    Attributes:
        title: One line of plain text, never empty.
        slug: Last segment of the article's address; not yet unique.
        hidden: Why its author keeps it back ("draft", "unpublished"), or None.
        summary: Front-matter excerpt as written: text, Markdown or HTML.
        image: Reference to the lead picture as written, relative or absolute.
        id: Front-matter ``id``, ``guid`` or ``uuid``.
        permalink: Front-matter address as written: a path or an absolute URL.
        minor: The author says that the latest change is not worth an update.
        body: Source text after the front matter, line ends as LF.
        body_line: Line of the file on which the body begins.
        fingerprint: Of all that is significant (title, body, excerpt, image),
            compared as decoded source: a checkout with other line ends, or a
            new version of feedsvc, changes nothing.
        digest: Of the file's bytes.
    """

    path: str
    title: str
    slug: str
    published: datetime | None = None
    updated: datetime | None = None
    expires: datetime | None = None
    hidden: str | None = None
    authors: tuple[Author, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    summary: str | None = None
    image: str | None = None
    image_alt: str = ""
    id: str | None = None
    permalink: str | None = None
    minor: bool = False
    markup: Markup = Markup.MARKDOWN
    body: str = ""
    body_line: int = 1
    fingerprint: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """An article's body as a reader may see it.

    Attributes:
        html: Safe, well-formed, with absolute URLs only.
        excerpt: Plain text, at most 280 graphemes; "" if there is none.
        image: The lead image.
        image_inline: The lead image already stands somewhere in `html`.
        media: Local files that `html` and `image` refer to, by their path.
        problems: What was guessed, cut or repaired on the way.
    """

    html: str
    excerpt: str
    image: Image | None = None
    image_inline: bool = False
    media: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


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

    def __post_init__(self) -> None:
        if self.updated < self.published:
            raise ValueError(f"{self.article.path}: updated lies before published")

    def hidden(self, now: datetime) -> str | None:
        """Return why the article is not visible at *now*, or None if it is."""
        if self.gone:
            return "deleted"
        if self.article.hidden:
            return self.article.hidden
        if self.article.expires is not None and self.article.expires <= now:
            return "expired"
        return "future" if self.published > now else None

    def visible(self, now: datetime) -> bool:
        """Return whether the article belongs into feeds at *now*."""
        return self.id is not None and self.hidden(now) is None

    def turns(self, now: datetime) -> datetime | None:
        """Return the next instant after *now* at which visibility changes by itself."""
        if self.gone or self.article.hidden:
            return None
        ahead = [at for at in (self.published, self.article.expires) if at is not None and at > now]
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
class Catalogue:
    """What we know of every article, and of every term that ever had a feed.

    Attributes:
        site_id: Namespace of minted ids; fixed when the first public address
            is set, "localhost" before.
    """

    site_id: str = "localhost"
    records: tuple[Record, ...] = ()
    terms: tuple[Term, ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one address serves: bytes and what describes them.

    Attributes:
        path: Address below `server.url`, not percent-encoded; ends in a slash
            for a page, and is "" for the front page.
        links: Value of the Link header (RFC 8288); "" for none.
        etag: Opaque, unquoted, from the body alone.
    """

    path: str
    media_type: str
    body: bytes = field(repr=False)
    links: str = ""
    etag: str = ""

    def __post_init__(self) -> None:
        if not self.etag:
            object.__setattr__(self, "etag", blake2b(self.body, digest_size=16).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A document as a snapshot knows it: all but the body.

    Attributes:
        last_modified: When these bytes were first published at this address.
        length: Bytes of the body.
    """

    path: str
    media_type: str
    links: str
    etag: str
    last_modified: datetime
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All documents at one moment.

    Attributes:
        generation: Grows by one with each publication; 0 before the first.
        documents: By path.
        media: Paths of the local files that published articles refer to.
    """

    generation: int = 0
    documents: Mapping[str, Published] = field(default_factory=dict)
    media: frozenset[str] = frozenset()
