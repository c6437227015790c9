"""What ``_config.yml`` says of a Jekyll site; the defaults are those of lib/jekyll/configuration.rb."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from feedsvc.articles.dialects.jekyll.defaults import Scoped, scoped
from feedsvc.articles.dialects.jekyll.url import STYLES, is_word, with_suffix
from feedsvc.articles.dialects.misfits import misfits, unknown_word, without_misfits
from feedsvc.articles.dialects.protocol import SiteFiles
from feedsvc.articles.dialects.tables import Table, table, texts
from feedsvc.articles.fields import text_of, truth_of
from feedsvc.articles.frontmatter.forms import as_text
from feedsvc.articles.frontmatter.toml import load_toml
from feedsvc.articles.frontmatter.yaml import Value, load_yaml
from feedsvc.model import Problem, Severity

NAMES = ("_config.yml", "_config.yaml", "_config.toml")
POSTS = "posts"

_MARKDOWN = "markdown,mkdown,mkdn,mkd,md"
_NEVER_READ = (
    ".sass-cache",
    ".jekyll-cache",
    "gemfiles",
    "Gemfile",
    "Gemfile.lock",
    "node_modules",
    "vendor/bundle/",
    "vendor/cache/",
    "vendor/gems/",
    "vendor/ruby/",
)
_NO_YAML = "no valid YAML"

_KINDS = {
    **dict.fromkeys(("baseurl", "title", "name", "description", "lang", "locale", "timezone"), "text"),
    **dict.fromkeys(("permalink", "source", "collections_dir", "markdown_ext", "excerpt_separator"), "text"),
    **dict.fromkeys(("exclude", "include", "plugins", "gems"), "texts"),
    **{"url": "web", "future": "truth", "defaults": "list", "collections": "tables"},
    **{"feed": "table", "feed.posts_limit": "number"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Documents that belong together; the posts are one, too.

    Attributes:
        permalink: The pattern of their addresses.
        output: Each has a page.
    """

    permalink: str
    output: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JekyllConfig:
    """The settings that decide what an article is, and where it stands.

    Attributes:
        path: Of the file below the site's folder; "" if there is none.
        values: By key as written.
        source, collections_dir: Folders with closing slash; "" for the site's own.
        collections: By label.
        defaults: As in `defaults`.
        problems: What is wrong with the file.
        include: Patterns of what is read although it is excluded, or its name begins with a sign.
        exclude: Patterns of what is not read.
    """

    path: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    source: str = ""
    collections_dir: str = ""
    collections: Mapping[str, Collection] = field(default_factory=dict)
    defaults: tuple[Scoped, ...] = ()
    problems: tuple[Problem, ...] = ()
    include: tuple[str, ...] = field(init=False)
    exclude: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Find out once what is asked for with each file."""
        include = texts(self.values.get("include"))
        excluded = (*texts(self.values.get("exclude")), *_NEVER_READ)
        object.__setattr__(self, "include", include)
        object.__setattr__(self, "exclude", tuple(each for each in excluded if each not in include))

    @classmethod
    def read(cls, files: SiteFiles) -> Self:
        """Read the configuration among *files*; what cannot be read of it is a problem."""
        path, text = files.first(*NAMES) or ("", "")
        values, problems = _read(path, text)
        misfit = (*misfits(path, values, _KINDS), *_unknown_words(path, values))
        values = without_misfits(values, _KINDS)
        return cls(
            path=path,
            values=values,
            source=_folder(values.get("source")),
            collections_dir=_folder(values.get("collections_dir")),
            collections=_collections(values),
            defaults=scoped(values.get("defaults")),
            problems=(*problems, *misfit),
        )

    def text(self, key: str, default: str = "") -> str:
        """Return a setting as text."""
        return text_of(self.values.get(key)) or default

    def table(self, key: str) -> Table:
        """Return a setting that is a table."""
        return table(self.values, key)

    @property
    def markdown(self) -> frozenset[str]:
        """Suffixes of Markdown."""
        endings = self.text("markdown_ext", _MARKDOWN).casefold().split(",")
        return frozenset(f".{ending.strip()}" for ending in endings if ending.strip())

    @property
    def has_pages(self) -> bool:
        """A collection besides the posts has pages."""
        return any(each.output for label, each in self.collections.items() if label != POSTS)

    @property
    def fed(self) -> frozenset[str]:
        """Labels of the collections that jekyll-feed makes a feed of."""
        wanted = self.table("feed").get("collections")
        return frozenset((POSTS, *(wanted if isinstance(wanted, dict) else texts(wanted))))

    @property
    def plugins(self) -> frozenset[str]:
        """Gems that change what is made; ``gems`` was their name before Jekyll 3.5."""
        return frozenset((*texts(self.values.get("plugins")), *texts(self.values.get("gems"))))

    @property
    def titles_from_headings(self) -> bool:
        """The first heading is the title of a document that has none: jekyll-titles-from-headings."""
        said = self.table("titles_from_headings")
        used = not self.plugins.isdisjoint({"jekyll-titles-from-headings", "github-pages"})
        enabled = truth_of(said.get("enabled")) is not False
        return used and enabled and truth_of(said.get("collections")) is True


def _read(path: str, text: str) -> tuple[Mapping[str, Value], tuple[Problem, ...]]:
    if path.endswith(".toml"):
        return _read_toml(path, text)
    mapped = load_yaml(text)
    if mapped is None:
        return {}, (_problem(path, 0, "is no list of 'key: value', so nothing in it is read; mend it"),)
    notes = [(line, note) for line, note in mapped.notes if _NO_YAML in note]
    return mapped.values, tuple(
        _problem(path, line, note.replace("the front matter", "this")) for line, note in notes
    )


def _read_toml(path: str, text: str) -> tuple[Mapping[str, Value], tuple[Problem, ...]]:
    try:
        values = load_toml(text)
    except (ValueError, RecursionError) as error:
        found = re.search(r"line (\d+)", str(error))
        reason = f"is no TOML ({error}), so the site is read without it; mend it"
        return {}, (_problem(path, int(found[1]) if found else 0, reason),)
    return {key: as_text(value) for key, value in values.items()}, ()


def _problem(path: str, line: int, reason: str) -> Problem:
    return Problem(path=path, line=line, severity=Severity.WARNING, reason=reason)


def _folder(value: Value) -> str:
    path = (text_of(value) or "").strip("/").removeprefix("./")
    return f"{path}/" if path not in ("", ".") else ""


def _collections(values: Mapping[str, Value]) -> dict[str, Collection]:
    """Return the collections, and the posts, which are always there (`add_default_collections`)."""
    style = _style(values)
    found = {label: _collection(said, style) for label, said in _said_of_collections(values)}
    own = text_of(table(table(values, "collections"), POSTS).get("permalink"))
    posts = Collection(permalink=own or STYLES.get(style, style), output=True)
    return {**found, POSTS: posts}


def _style(values: Mapping[str, Value]) -> str:
    style = values.get("permalink")
    usable = isinstance(style, str) and style.strip() and not [*_unknown_words("", values)]
    return style.strip() if usable and isinstance(style, str) else "date"


def _unknown_words(path: str, values: Mapping[str, Value]) -> Iterator[Problem]:
    style = values.get("permalink")
    if isinstance(style, str):
        yield from unknown_word(path, "permalink", style, is_word)


def _said_of_collections(values: Mapping[str, Value]) -> Iterator[tuple[str, Table]]:
    said = values.get("collections")
    if isinstance(said, dict):
        yield from ((label, table(said, label)) for label in said)
    else:
        yield from ((label, {}) for label in texts(said))


def _collection(said: Mapping[str, Value], style: str) -> Collection:
    pattern = text_of(said.get("permalink")) or with_suffix("/:collection/:path", style)
    return Collection(permalink=pattern, output=truth_of(said.get("output")) is True)
