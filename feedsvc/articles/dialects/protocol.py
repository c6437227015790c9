"""What a generator's dialect is asked, and the values it is asked and answers with."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Literal, Protocol

from feedsvc.articles.frontmatter.head import FrontMatter
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.model import Article, Problem, Templating


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFiles:
    """What lies in a site's folder, as far as a generator is known and steered by it.

    Attributes:
        name: Of the site's folder.
        prefix: The articles folder below the site's, with closing slash; "" if they are one.
        names: What lies in the site's folder; folders with closing slash.
        texts: Configuration and data, by path below the site's folder.
    """

    name: str = ""
    prefix: str = ""
    names: frozenset[str] = frozenset()
    texts: Mapping[str, str] = field(default_factory=dict)

    def first(self, *paths: str) -> tuple[str, str] | None:
        """Return the first of *paths* that there is, and its text."""
        return next(((path, self.texts[path]) for path in paths if path in self.texts), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What the place of a file says of its article.

    Attributes:
        date: As text.
        stem: The rest of the name, of which title and slug are made at need.
        categories: The folders that are categories, outermost first.
    """

    date: str | None = None
    stem: str
    language: str | None = None
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What an article's address may be made of.

    Attributes:
        path: Of the file, below the articles folder.
        values: Front matter over the site's defaults, by folded key.
        title: One line of plain text, never empty.
        slug: As written; None if there is none.
        published: In the offset it was written with, or in `zone` where it names
            none; None if neither front matter nor name tells.
        zone: The site's.
    """

    path: str
    named: Named
    values: Mapping[str, Value] = field(default_factory=dict)
    title: str
    slug: str | None = None
    published: datetime | None = None
    zone: tzinfo = UTC
    language: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Dialect(Protocol):
    """What differs from one generator, and one site, to the next.

    All methods are pure. All paths are relative to the articles folder, which
    may be the site's or one below it. A dialect goes to other processes, so it
    must be picklable.
    """

    @property
    def name(self) -> str:
        """As in `articles.dialect`."""

    @property
    def suffixes(self) -> frozenset[str]:
        """Of the files that may be articles; lower case, with the dot."""

    @property
    def settings(self) -> Mapping[str, object]:
        """What the site's own configuration says, as settings of ours, such as ``site.title``."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the site's own configuration."""

    @property
    def feeds(self) -> Mapping[str, str]:
        """The feeds that the generator makes, by their paths below the site's address.

        Each ``rss``, ``atom`` or ``json``, of everything; else the path of ours that it is like.
        """

    @property
    def variables(self) -> Mapping[str, str]:
        """What templates may name: ``site.title``, ``site.baseurl``."""

    @property
    def people(self) -> Mapping[str, Value]:
        """What data files say of authors, by the name that articles refer to them with."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of a site of several, the default one first."""

    @property
    def keys(self) -> Mapping[str, tuple[str, ...]]:
        """The folded keys that give a field of `Article`, where they differ from `articles.keys`.

        Of a date's keys, ``:filename`` is what `dated` tells.
        """

    @property
    def shapes(self) -> Mapping[str, str]:
        """What the generator needs under folded keys of its own, as far as its values are read at all.

        Each is ``truth``, ``table``, ``address``, ``text``, ``labels`` or ``visibility``; ``built`` is an
        address that `permalink` understands even where it is a switch or a mapping.
        """

    @property
    def roots(self) -> tuple[str, ...]:
        """Folders, with closing slash, whose files stand at the root of the site; "" for all."""

    @property
    def overlooked(self) -> frozenset[str]:
        """Folders, without closing slash, that hold neither articles nor their pictures."""

    @property
    def ahead(self) -> bool:
        """Articles of the future are shown: the site does not wait for their dates."""

    def elsewhere(self, path: str) -> str | None:
        """Return why no article lies at *path*, for people; None if one may."""

    def misnamed(self, path: str) -> bool:
        """Return whether a file that is no article was surely meant as one; its author is told why."""

    def parts(self, paths: Collection[str]) -> frozenset[str]:
        """Return which of *paths*, all of possible articles, are parts of others, as a bundle's are."""

    def head(self, path: str, text: str) -> FrontMatter | None:
        """Return a file's head and body where only this generator writes them so; else None."""

    def named(self, path: str) -> Named:
        """Return what the place of a file says."""

    def defaults(self, path: str) -> Mapping[str, Value]:
        """Return what holds for an article there unless its front matter differs, by folded key."""

    def hidden(self, path: str, values: Mapping[str, Value]) -> str | None:
        """Return why an article is kept back, such as "draft" or "page"; else None."""

    def collection(self, path: str) -> str | None:
        """Return the collection or section of an article, by which feeds may select; None if it has none."""

    def dated(self, path: str, values: Mapping[str, Value]) -> str | None:
        """Return the date, as text, that a place or what stands in no key of dates tells."""

    def meant(self, date: str, *, quoted: bool) -> str:
        """Return a date as the generator understands what is written; "" if it is none.

        Args:
            quoted: It stands in quotes, so that YAML does not take it for a timestamp.
        """

    def title(self, named: Named) -> str | None:
        """Return the title of an article that names none; None if its first heading is it, else its name."""

    def labels(
        self, field: Literal["categories", "tags"], found: Mapping[str, Value], named: Named
    ) -> tuple[str, ...]:
        """Return the labels of an article, of what was *found* under the field's keys."""

    def authors(self, found: Mapping[str, Value]) -> Sequence[Value]:
        """Return the values that name authors, each to be read as `fields.authors_of` does."""

    def picture(self, reference: str, values: Mapping[str, Value]) -> str:
        """Return the reference to the lead picture as a path of the host, or as it is written."""

    def image_base(self, values: Mapping[str, Value]) -> str | None:
        """Return `Article.image_base`."""

    def templating(self, path: str) -> Templating:
        """Return whose template tags may stand in the body."""

    def permalink(self, written: Written) -> str | None:
        """Return the article's address on the website: a path below the site's, or a URL.

        None if it has none; `:year`, `:month` and `:day` may stand for the date
        where `written.published` is None.

        Raises:
            ValueError: It has one that cannot be told; says why, for people.
        """

    def term(self, kind: str, label: str) -> str | None:
        """Return the address, below the site's, of a "category", "tag" or "author"; None if not known."""

    def feed_id(self, written: Written, permalink: str | None) -> str | None:
        """Return the id that the generator gives the article in its own feed; None if it makes none.

        An absolute IRI is taken as it is, a path as *permalink* is; of an
        undated article it may hold the same words for the date.
        """

    def beside(self, article: Article) -> tuple[str, ...]:
        """Return the folders, best first, whose files stand at the article's address as its own's do."""

    def homes(self, article: Article, file: str) -> tuple[str, ...]:
        """Return the articles, best first, at whose address its *file* stands; none if at its own."""

    def leads(self, path: str) -> tuple[str, ...]:
        """Return patterns, best first, of the names by which a picture leads the article at *path*.

        They are compared in lower case, in its folder and those `beside` it, where
        front matter names no picture.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """How the sites of one generator are known and opened.

    Attributes:
        marks: Names in a site's folder of which there must be one.
        wanted: Patterns, as in ``.gitignore``, of the files to read for it.
        owns: Tells whether the generator is the site's, and the articles folder
            one of its own.
        open: Reads the site's configuration; never raises.
    """

    name: str
    marks: tuple[str, ...]
    wanted: tuple[str, ...]
    owns: Callable[[SiteFiles], bool]
    open: Callable[[SiteFiles], Dialect]
