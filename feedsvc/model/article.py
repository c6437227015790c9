"""What a person wrote: files, articles, and what readers may see of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from feedsvc.text.terminal import on_one_line

# Characters. What is wrong stands at the beginning, and what to do at the end.
_LONGEST_REASON = 600
_BEGINS = 300


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

    def __post_init__(self) -> None:
        """Shorten a reason that quotes more of the author's text than anybody reads."""
        if len(self.reason) > _LONGEST_REASON:
            begins, ends = self.reason[:_BEGINS], self.reason[_BEGINS - _LONGEST_REASON :]
            object.__setattr__(self, "reason", f"{begins} … {ends}")

    @property
    def place(self) -> str:
        """Path and line, as far as it has one."""
        return f"{self.path}:{self.line}" if self.line else self.path

    def __str__(self) -> str:
        return on_one_line(f"{self.place}: {self.severity}: {self.reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file as the folder lists it, not yet read.

    Attributes:
        path: As `articles.paths.shown` gives it: no two files have the same.
        location: Where it can be opened.
        size: Bytes.
        stamp: Changes whenever the file may have: its times in
            nanoseconds, size and inode.
        modified: Modification time, seconds since 1970.
    """

    path: str
    location: Path
    size: int
    stamp: tuple[int, ...]
    modified: float


class Markup(StrEnum):
    """What an article's body is written in."""

    HTML = "html"
    MARKDOWN = "markdown"
    REST = "rest"


class Templating(StrEnum):
    """Whose template tags may be left in an article's body."""

    NONE = "none"
    PLAIN = "plain"
    LIQUID = "liquid"
    NUNJUCKS = "nunjucks"
    HUGO = "hugo"
    ZOLA = "zola"
    HEXO = "hexo"
    PELICAN = "pelican"
    MDX = "mdx"


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
        title: Its caption; "" for none.
        credit: Whose it is; "" if nobody says.
        media_type: None if neither bytes nor name tell.
        length: Bytes; None if unknown, as for pictures of other sites.
        width, height: Pixels; None if unknown.
    """

    url: str
    alt: str = ""
    title: str = ""
    credit: str = ""
    media_type: str | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A recording or another file that goes with an article.

    In an `Article`, `url` is the reference as written; in `Content`, it is absolute.

    Attributes:
        media_type: None if neither bytes nor name tell.
        length: Bytes; None if unknown.
        duration: Seconds; None if unknown.
    """

    url: str
    title: str = ""
    media_type: str | None = None
    length: int | None = None
    duration: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The moments that an article's author states; None for each that is left open.

    Attributes:
        day_only: `published` is a day that was written without a time.
        updated: Last significant change.
        appears: Nobody may read the article before; None if `published` tells.
        expires: Nobody may read the article from then on.
        announced: The author announces the article again, under this date.
    """

    published: datetime | None = None
    day_only: bool = False
    updated: datetime | None = None
    appears: datetime | None = None
    expires: datetime | None = None
    announced: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadImage:
    """The lead picture that an article's head names.

    Attributes:
        reference: As written, relative or absolute.
        title: Its caption; "" for none.
        credit: Its owner; "" if nobody says.
        line: Line of the file on which the reference stands; 0 if it is not known.
    """

    reference: str
    alt: str = ""
    title: str = ""
    credit: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The addresses that an article's head names, by their relation to the article (RFC 8288).

    Attributes:
        canonical: The original, where the article comes from elsewhere.
        source_title: Title of the site that `canonical` belongs to; "" if nobody says.
        via: The page that led the author to it.
        comments: The comments, as a reference.
        related: Pages that the article is about.
        license: The licence.
    """

    canonical: str | None = None
    source_title: str = ""
    via: str | None = None
    comments: str | None = None
    related: tuple[str, ...] = ()
    license: str | None = None


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
        contributors: People beside the authors (RFC 4287, 4.2.3).
        summary: Front-matter excerpt as written: text, Markdown or HTML.
        banner: Reference to a wide picture, other than the lead picture.
        image_base: Path or URL, without closing slash, that relative images in the body resolve against.
            None: resolve them like any other link.
        attachments: Recordings that the head names.
        id: Front-matter ``id``, ``guid`` or ``uuid``.
        permalink: Address on the website, as its author or its generator has it: a
            path below `Site.url` or an absolute URL; None if it has none. In that of
            an undated article, `:year`, `:month` and `:day` stand for its date.
        feed_id: Id that the generator gives it in its own feed, written as a permalink is.
        minor: The author says that the latest change is not worth an update.
        correction: What the author has put right, as plain text, to be seen at the top.
        collection: The generator's name for what it belongs to, such as "posts"; None if there is none.
        feeds: Names of the feeds that the article is restricted to, beside the feeds of its terms; "all" is
            the feed of everything. Empty: no feed at all. None: no restriction.
        full: Whether its entry carries all content; None leaves that to each feed.
        fields: Front matter that the configuration asks for: folded key and value, in order.
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
    dates: Dates = Dates()
    hidden: str | None = None
    authors: tuple[Author, ...] = ()
    contributors: tuple[Author, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    summary: str | None = None
    lead_image: LeadImage | None = None
    banner: str | None = None
    image_base: str | None = None
    attachments: tuple[Attachment, ...] = ()
    id: str | None = None
    permalink: str | None = None
    feed_id: str | None = None
    links: Links = Links()
    minor: bool = False
    correction: str | None = None
    collection: str | None = None
    feeds: tuple[str, ...] | None = None
    full: bool | None = None
    fields: tuple[tuple[str, str], ...] = ()
    markup: Markup = Markup.MARKDOWN
    templating: Templating = Templating.PLAIN
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
        alt: What its pictures say: the lead image, else the first of the body that says something, in
            at most 280 graphemes.
        image: The lead image.
        image_inline: The lead image already stands somewhere in `html`.
        pictures: Further pictures of the body, in its order; icons, trackers and the like are none.
        banner: A wide picture, other than `image`.
        attachments: Recordings of head and body, audio before video, each once.
        media: Local files that `html` and `image` refer to, by their path.
        recordings: Local files that `attachments` stand for, by their path.
        problems: What was guessed, cut or repaired on the way.
    """

    html: str
    excerpt: str
    alt: str = ""
    image: Image | None = None
    image_inline: bool = False
    pictures: tuple[Image, ...] = ()
    banner: Image | None = None
    attachments: tuple[Attachment, ...] = ()
    media: frozenset[str] = frozenset()
    recordings: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
