"""The questions that feedsvc asks about a generator's sites, and the values in questions and answers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Literal, Protocol

from feedsvc.articles.frontmatter.head import FrontMatter
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.model import Article, Problem, Templating


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFiles:
    """The files of a site's folder by which a generator is recognised and configured.

    Attributes:
        name: Name of the site's folder.
        prefix: Path of the articles folder below the site's folder, with closing slash;
            "" if the articles folder is the site's folder.
        names: Names of the files and folders in the site's folder; folders with closing slash.
        texts: Contents of the files that match `Generator.files_to_read`, by path below the
            site's folder.
    """

    name: str = ""
    prefix: str = ""
    names: frozenset[str] = frozenset()
    texts: Mapping[str, str] = field(default_factory=dict)

    def first(self, *paths: str) -> tuple[str, str] | None:
        """Return the first of *paths* that exists, and its text; None if no path exists."""
        return next(((path, self.texts[path]) for path in paths if path in self.texts), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PathMetadata:
    """The facts about an article that its path states.

    Attributes:
        date: Date as text, not yet interpreted.
        stem: File name without suffix, date and language; title and slug are made of it
            where front matter has none.
        categories: Folders that the generator takes for categories, outermost first.
    """

    date: str | None = None
    stem: str
    language: str | None = None
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFacts:
    """The facts about an article that its address can be made of.

    Attributes:
        path: Path of the file below the articles folder.
        values: Front matter over the site's defaults, by folded key.
        title: One line of plain text, never empty.
        slug: Slug in front matter; None if there is none.
        published: Date with the offset that front matter states, or in `zone` if it states
            none; None if neither front matter nor path has a date.
        zone: Time zone of the site.
    """

    path: str
    path_metadata: PathMetadata
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
    """The rules of one generator, as one site has configured it.

    All methods are pure. All paths are relative to the articles folder, which
    is the site's folder or a folder below it. A dialect is sent to other
    processes, so it must be picklable. `Plain` answers every question, so a new
    dialect is a subclass of it with the answers that differ.
    """

    @property
    def name(self) -> str:
        """Name in the setting `articles.dialect`."""

    @property
    def suffixes(self) -> frozenset[str]:
        """Suffixes of files that may be articles; lower case, with the dot."""

    @property
    def settings(self) -> Mapping[str, object]:
        """Settings of feedsvc, such as ``site.title``, that the site's own configuration states."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Faults in the site's own configuration."""

    @property
    def feeds(self) -> Mapping[str, str]:
        """Feeds that the generator makes, by their paths below the site's address.

        The value is ``rss``, ``atom`` or ``json`` for a feed of all articles, and
        the path of the equivalent feed of feedsvc for any other.
        """

    @property
    def variables(self) -> Mapping[str, str]:
        """Values of the variables that template tags may name, such as ``site.title``."""

    @property
    def author_data(self) -> Mapping[str, Value]:
        """Authors in the site's data files, by the name that articles refer to them with."""

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages of a multilingual site, the default language first; empty for one language."""

    @property
    def field_keys(self) -> Mapping[str, tuple[str, ...]]:
        """Folded keys of front matter for each field of `Article`, where they differ from `frontmatter.keys`.

        Among the keys of a date, ``:filename`` stands for `implied_date`.
        """

    @property
    def value_kinds(self) -> Mapping[str, str]:
        """Kind of value that each of the generator's own keys needs, by folded key.

        A kind is ``truth``, ``table``, ``address``, ``text``, ``labels``,
        ``visibility`` or ``built``. ``built`` is an address that `permalink`
        understands even if it is a switch or a mapping. A value of another kind
        becomes a problem.
        """

    @property
    def root_folders(self) -> tuple[str, ...]:
        """Folders, with closing slash, whose files appear at the root of the site; "" for all."""

    @property
    def ignored_folders(self) -> frozenset[str]:
        """Folders, without closing slash, that hold neither articles nor their images."""

    @property
    def shows_future(self) -> bool:
        """True if the generator publishes articles with a date in the future at once."""

    def why_not_an_article(self, path: str) -> str | None:
        """Return the reason, for people, why the file at *path* is no article; None if it may be one."""

    def is_misnamed_article(self, path: str) -> bool:
        """Return whether the file at *path* is no article only because of its name.

        A problem then tells its author the reason of `why_not_an_article`.
        """

    def bundle_parts(self, paths: Collection[str]) -> frozenset[str]:
        """Return those of *paths*, all of possible articles, that belong to another article's bundle."""

    def front_matter(self, path: str, text: str) -> FrontMatter | None:
        """Return front matter and body if they have a form that only this generator knows; else None."""

    def path_metadata(self, path: str) -> PathMetadata:
        """Return the facts that the path of an article states."""

    def front_matter_defaults(self, path: str) -> Mapping[str, Value]:
        """Return the values, by folded key, of an article at *path* whose front matter does not set them."""

    def why_hidden(self, path: str, values: Mapping[str, Value]) -> str | None:
        """Return the reason, such as "draft" or "page", why an article is in no feed; None if it is."""

    def collection(self, path: str) -> str | None:
        """Return the collection or section of an article, by which feeds can select; None without one."""

    def implied_date(self, path: str, values: Mapping[str, Value]) -> str | None:
        """Return the date, as text, of an article whose keys of dates have none: mostly that of its path."""

    def interpret_date(self, date: str, *, quoted: bool) -> str:
        """Rewrite a date string the way this generator parses it; "" if it would not take it as a date.

        Args:
            quoted: The date stands in quotes, so that YAML does not take it for a timestamp.
        """

    def default_title(self, metadata: PathMetadata) -> str | None:
        """Return the title of an article without one; None for its first heading, else its stem."""

    def labels(
        self, field: Literal["categories", "tags"], found: Mapping[str, Value], metadata: PathMetadata
    ) -> tuple[str, ...]:
        """Return the labels of an article, given the values *found* under the keys of the field."""

    def author_values(self, found: Mapping[str, Value]) -> Sequence[Value]:
        """Return the values that name authors; `fields.authors_of` reads each of them."""

    def lead_image_address(self, reference: str, values: Mapping[str, Value]) -> str:
        """Return a reference to the lead image as a path below the host; unchanged if it needs no rule."""

    def image_base(self, values: Mapping[str, Value]) -> str | None:
        """Return `Article.image_base`."""

    def templating(self, path: str) -> Templating:
        """Return the template language of the body."""

    def permalink(self, facts: ArticleFacts) -> str | None:
        """Return the article's address on the website: a path below the site's address, or a URL.

        None if it has no address. Where `facts.published` is None, ``:year``,
        ``:month`` and ``:day`` may stand for the date.

        Raises:
            ValueError: The address cannot be known; the message tells people why.
        """

    def term_address(self, kind: str, label: str) -> str | None:
        """Return the address, below the site's, of a "category", "tag" or "author"; None if not known."""

    def feed_id(self, facts: ArticleFacts, permalink: str | None) -> str | None:
        """Return the id that the generator gives the article in its own feed; None if it makes no feed.

        An absolute IRI is used as it is; a path is resolved like *permalink*. The id of
        an undated article may hold ``:year``, ``:month`` and ``:day``.
        """

    def asset_folders(self, article: Article) -> tuple[str, ...]:
        """Return other folders, best first, whose files are published at the article's address."""

    def owner_articles(self, article: Article, file: str) -> tuple[str, ...]:
        """Return the paths of the articles, best first, at whose address *file* is published.

        Empty if *file*, which belongs to *article*, is published at its own address.
        """

    def lead_image_patterns(self, path: str) -> tuple[str, ...]:
        """Return patterns, best first, of the names that make a file the lead image of the article at *path*.

        They apply, in lower case, to its folder and its `asset_folders`, where
        front matter names no image.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """The way to recognise and open the sites of one generator.

    Attributes:
        marker_names: Names in a site's folder, at least one of which a site of the generator has;
            folders with closing slash.
        files_to_read: Patterns, as in ``.gitignore``, of the files that `owns` and `open` need.
        owns: Tells whether the site is the generator's, and the articles folder can hold
            its articles.
        open: Reads the site's configuration; never raises.
    """

    name: str
    marker_names: tuple[str, ...]
    files_to_read: tuple[str, ...]
    owns: Callable[[SiteFiles], bool]
    open: Callable[[SiteFiles], Dialect]
