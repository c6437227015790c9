"""Zola: pages below ``content/``, in sections; an address of section and slug, or a `path`.

The rules are those of its source, https://github.com/getzola/zola, named where they are followed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from unicodedata import normalize

from feedsvc.articles.dialects.plain import TABLE_KINDS, Plain
from feedsvc.articles.dialects.protocol import ArticleFacts, Generator, PathMetadata, SiteFiles
from feedsvc.articles.dialects.zola.config import CONTENT, NAMES, ZolaConfig, owns, read_config
from feedsvc.articles.dialects.zola.slugs import zola_slug
from feedsvc.articles.fields import text_of, truth_of
from feedsvc.articles.frontmatter import keys
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.model import Templating
from feedsvc.text.urls import path_of

# components/content/src/page.rs, RFC3339_DATE: "2024-05-01_name", "2024-05-01T09:00:00Z - name"
_DATED = re.compile(
    r"""(?P<date>\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])
            (?:T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?)
        (?:\s?[_-](?P<slug>.+))?""",
    re.VERBOSE,
)
# Where the widely used themes keep the picture of a page's card.
_IMAGE = (*keys.IMAGE, "socialmediacard", "localimage", "remoteimage", "ogpimage", "pagebanner")

_DATE_IN_ADDRESS = re.compile(r"/(\d{4})[/-](\d{2})[/-](\d{2})(?=[/-])")

# What an IRI may not hold (RFC 3987, 2.2); such an id could not stand in an Atom feed.
_NOT_IN_IRI = re.compile(r'[\s<>"{}|\\^`]')


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What the place of a page says.

    Attributes:
        sections: The folders that lead to it.
        name: Of the file, or of the folder that it stands for; "" for the home page.
    """

    sections: tuple[str, ...]
    name: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Zola(Plain):
    """See `Dialect`."""

    name: str = "zola"
    suffixes: frozenset[str] = frozenset({".md"})
    config: ZolaConfig = field(default_factory=ZolaConfig)

    def why_not_an_article(self, path: str) -> str | None:
        below = self._below_content(path)
        if below is None:
            return "Zola makes pages only of what lies in content/"
        if below.rpartition("/")[2].startswith("_index."):
            return "it is about its section"
        if any(fnmatchcase(f"/{CONTENT}{below}", pattern) for pattern in self.config.ignored):
            return "ignored_content leaves it out"
        return None

    def path_metadata(self, path: str) -> PathMetadata:
        place = self._place(path)
        dated = _DATED.match(place.name)
        slug = dated and not self.config.keep_dates and dated["slug"]
        return PathMetadata(
            date=dated["date"] if dated else None,
            stem=slug or place.name,
            language=place.language if self.config.others else None,
        )

    def collection(self, path: str) -> str | None:
        return Plain.collection(self, (self.prefix + path).removeprefix(CONTENT))

    def why_hidden(self, path: str, values: Mapping[str, Value]) -> str | None:
        """Return "page" for what Zola puts into no feed: what has no date (components/site/src/feeds.rs)."""
        if (self._below_content(path) or "").startswith(self.config.drafts):
            return "draft"
        undated = not (text_of(values.get("date")) or self.implied_date(path, values))
        return "page" if undated or truth_of(values.get("render")) is False else None

    def implied_date(self, path: str, values: Mapping[str, Value]) -> str | None:
        """Return the date in the name, else the one in the address, as text."""
        if in_name := self.path_metadata(path).date:
            return in_name
        in_address = _DATE_IN_ADDRESS.search(self._address(path, values))
        return "-".join(in_address.groups()) if in_address else None

    def lead_image_address(self, reference: str, values: Mapping[str, Value]) -> str:
        """Return the address that themes make of it by `get_url`: below the site."""
        base = path_of(self.config.base_url)
        rooted = reference.startswith("/") and not reference.startswith(("//", f"{base}/"))
        return base + reference if rooted else reference

    def templating(self, path: str) -> Templating:
        below = self._below_content(path) or path
        plain = any(fnmatchcase(below, pattern) for pattern in self.config.untemplated)
        return Templating.PLAIN if plain else Templating.ZOLA

    def permalink(self, facts: ArticleFacts) -> str | None:
        return self._address(facts.path, facts.values)

    def feed_id(self, facts: ArticleFacts, permalink: str | None) -> str | None:
        """Return Zola's permalink, which it does not percent-encode (its builtins/atom.xml and rss.xml)."""
        address = self._address(facts.path, facts.values)
        whole = self.config.base_url + address
        return address if whole.isascii() or _NOT_IN_IRI.search(whole) else whole

    def _below_content(self, path: str) -> str | None:
        whole = normalize("NFC", self.prefix + path)
        if self.config.found and not whole.startswith(CONTENT):
            return None
        return whole.removeprefix(CONTENT)

    def _place(self, path: str) -> _Place:
        """Follow `find_language` and `new_page` of components/content/src/file_info.rs."""
        *folders, file = (self._below_content(path) or path).split("/")
        name = file.rpartition(".")[0] or file
        first, dot, code = name.partition(".")
        named_language = bool(dot) and code in self.config.others
        language = code if named_language else self.config.language
        name = first if named_language else name
        folder = folders.pop() if first == "index" and folders else ""
        return _Place(sections=tuple(folders), name=folder if name == "index" else name, language=language)

    def _address(self, path: str, values: Mapping[str, Value]) -> str:
        """Follow `Page::parse` of components/content/src/page.rs; sections keep their names as they are."""
        stated = text_of(values.get("path"))
        if stated is not None:
            return f"/{stated.strip('/')}/".replace("//", "/")
        place = self._place(path)
        slug = zola_slug(text_of(values.get("slug")) or self.path_metadata(path).stem, self.config.slugify)
        language = (place.language,) if place.language != self.config.language else ()
        segments = [*language, *place.sections, *([slug] if place.name else [])]
        return "".join(f"/{segment}" for segment in segments) + "/"


def open_zola(files: SiteFiles) -> Zola:
    """Return how the site is laid out."""
    config = read_config(files)
    whole = not files.prefix
    return Zola(
        prefix=files.prefix,
        config=config,
        settings=config.settings,
        feeds=config.feeds,
        problems=config.problems,
        languages=(config.language, *config.others) if config.others else (),
        field_keys={
            "published": ("date", ":filename"),
            "updated": ("updated",),
            "image": _IMAGE,
            "id": ("guid",),
        },
        value_kinds={"render": "truth", "path": "address", **TABLE_KINDS},
        root_folders=_roots(files.prefix, config),
        ignored_folders=frozenset({config.output, "templates", "themes", "sass"}) if whole else frozenset(),
    )


def _roots(prefix: str, config: ZolaConfig) -> tuple[str, ...]:
    """Return the folders whose files Zola copies to the root of the site."""
    if prefix:
        return ("",) if prefix == CONTENT else ()
    return (CONTENT, "static/") if config.found else ("",)


ZOLA = Generator(
    name="zola",
    marker_names=NAMES,
    files_to_read=(
        *(f"/{name}" for name in NAMES),
        f"/{CONTENT}**/_index*.md", "/templates/*.xml", "/templates/*.json",
    ),
    owns=owns,
    open=open_zola,
)  # fmt: skip
