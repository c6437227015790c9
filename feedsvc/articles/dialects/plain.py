"""Just files: nothing is known but what they say themselves."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from feedsvc.articles.dialects.protocol import ArticleFacts, PathMetadata
from feedsvc.articles.fields import held_back, labels_of, text_of
from feedsvc.articles.frontmatter.head import FrontMatter
from feedsvc.articles.frontmatter.keys import HIDES, SHOWS, TABLES
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.model import Article, Problem, Templating

_DATED = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[-_ ]+(.+))?")

# The name of a file that stands for its folder.
_BUNDLE = ("index", "_index")

# As in "guide.ko.md" (ISO 639-1); without those that are words in names such as "how.to.md".
LANGUAGES = frozenset(
    "ar bg bn ca cs da de el en es et fa fi fr he hi hr hu it ja ka ko lt lv ms nl pl pt ro ru sk sl sq sr sv"
    " sw ta th tr uk ur vi zh".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """See `Dialect`; the other dialects say only where they differ.

    Attributes:
        prefix: As in `SiteFiles`.
    """

    name: str = "plain"
    suffixes: frozenset[str] = frozenset({".md", ".markdown", ".html", ".htm", ".txt"})
    prefix: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    feeds: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    author_data: Mapping[str, Value] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    field_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    value_kinds: Mapping[str, str] = field(default_factory=dict)
    root_folders: tuple[str, ...] = ("",)
    ignored_folders: frozenset[str] = frozenset()
    shows_future: bool = False

    def why_not_an_article(self, path: str) -> str | None:
        return None

    def is_misnamed_article(self, path: str) -> bool:
        return False

    def bundle_parts(self, paths: Collection[str]) -> frozenset[str]:
        return frozenset()

    def front_matter(self, path: str, text: str) -> FrontMatter | None:
        return None

    def path_metadata(self, path: str) -> PathMetadata:
        folder, _, name = path.rpartition("/")
        stem = name.rpartition(".")[0] or name
        stem, language = without_language(stem, LANGUAGES)
        if stem in _BUNDLE and folder:
            stem = folder.rpartition("/")[2]
        date, rest = dated_name(stem)
        return PathMetadata(date=date, stem=rest, language=language)

    def front_matter_defaults(self, path: str) -> Mapping[str, Value]:
        return {}

    def why_hidden(self, path: str, values: Mapping[str, Value]) -> str | None:
        return "draft" if "_drafts" in path.split("/")[:-1] else held_back(values)

    def collection(self, path: str) -> str | None:
        return path.partition("/")[0] if "/" in path else None

    def implied_date(self, path: str, values: Mapping[str, Value]) -> str | None:
        return self.path_metadata(path).date

    def interpret_date(self, date: str, *, quoted: bool) -> str:
        return date

    def default_title(self, metadata: PathMetadata) -> str | None:
        return None

    def labels(
        self, field: Literal["categories", "tags"], found: Mapping[str, Value], metadata: PathMetadata
    ) -> tuple[str, ...]:
        folders = metadata.categories if field == "categories" else ()
        labels = (label for value in found.values() for label in labels_of(value))
        return tuple(dict.fromkeys((*folders, *labels)))

    def author_values(self, found: Mapping[str, Value]) -> Sequence[Value]:
        return tuple(found.values())

    def lead_image_address(self, reference: str, values: Mapping[str, Value]) -> str:
        return reference

    def image_base(self, values: Mapping[str, Value]) -> str | None:
        return None

    def templating(self, path: str) -> Templating:
        return Templating.MDX if path.lower().endswith(".mdx") else Templating.PLAIN

    def permalink(self, facts: ArticleFacts) -> str | None:
        stated = (text_of(facts.values.get(key)) for key in ("permalink", "url"))
        return next((without_index(text) for text in stated if text), None)

    def term_address(self, kind: str, label: str) -> str | None:
        return None

    def feed_id(self, facts: ArticleFacts, permalink: str | None) -> str | None:
        return None

    def asset_folders(self, article: Article) -> tuple[str, ...]:
        return ()

    def owner_articles(self, article: Article, file: str) -> tuple[str, ...]:
        return ()

    def lead_image_patterns(self, path: str) -> tuple[str, ...]:
        return ()


def dated_name(stem: str) -> tuple[str | None, str]:
    """Return the date that a name begins with, as text, and the rest of the name."""
    dated = _DATED.fullmatch(stem)
    return (dated[1], dated[2] or stem) if dated else (None, stem)


def without_language(stem: str, languages: Collection[str]) -> tuple[str, str | None]:
    """Return a file's name without the language at its end, and the language, if it is one of *languages*.

    A region may follow: `guide.pt-BR`.
    """
    rest, _, tag = stem.rpartition(".")
    known = {language.casefold() for language in languages}
    folded = tag.replace("_", "-").casefold()
    if not rest or not (folded in known or folded.partition("-")[0] in known):
        return stem, None
    return rest, tag.replace("_", "-")


def without_index(permalink: str) -> str:
    """Return an address as most servers have it: that of a folder, not of the page in it."""
    return permalink[: -len("index.html")] if f"/{permalink}".endswith("/index.html") else permalink


TABLE_KINDS: Mapping[str, str] = dict.fromkeys(TABLES, "table")
PLAIN = Plain(
    value_kinds={
        **dict.fromkeys((*HIDES, *SHOWS), "truth"),
        "visibility": "visibility",
        "state": "text",
        **TABLE_KINDS,
    },
)
