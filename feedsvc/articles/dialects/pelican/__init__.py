"""Pelican: articles below `PATH`, laid out by `pelicanconf.py` and `publishconf.py`.

The rules are those of Pelican 4: settings.py (defaults), readers.py (what a path
says, and how lists are written), contents.py (slugs and addresses), generators.py
(which files are articles), writers.py with feedgenerator's `get_tag_uri` (ids).
"""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Literal

from feedsvc.articles.dialects.pelican.address import file_name, filled
from feedsvc.articles.dialects.pelican.config import PelicanConfig
from feedsvc.articles.dialects.pelican.heads import read_lines, read_page
from feedsvc.articles.dialects.pelican.metadata import expressions, of_folders, of_path, of_settings
from feedsvc.articles.dialects.pelican.settings import (
    CONFIGS,
    content_of,
    feeds_of,
    problems_of,
    read_settings,
    settings_of,
)
from feedsvc.articles.dialects.pelican.slugs import (
    USUAL,
    Substitution,
    are_quick,
    are_valid,
    slugify,
    substitution,
)
from feedsvc.articles.dialects.plain import Plain
from feedsvc.articles.dialects.protocol import ArticleFacts, Dialect, Generator, PathMetadata, SiteFiles
from feedsvc.articles.dialects.site_expressions import SiteExpression
from feedsvc.articles.fields import text_of
from feedsvc.articles.frontmatter import keys
from feedsvc.articles.frontmatter.head import FrontMatter
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.articles.links.resolve import is_absolute
from feedsvc.model import Templating
from feedsvc.text.characters import one_line
from feedsvc.text.urls import joined, parts_of, path_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Pelican(Plain):
    """See `Dialect`.

    Attributes:
        config: As the site has it.
        content: The folder of all content below the site's, with closing slash; "" if they are one.
        substitutions: The site's own in slugs, by what they are for.
    """

    name: str = "pelican"
    suffixes: frozenset[str] = frozenset({".md", ".markdown", ".mkd", ".mdown", ".rst", ".html", ".htm"})
    field_keys: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "updated": ("modified", "updated", "update", "lastmodified"),
            "summary": ("summary", "excerpt", "description"),
            "authors": ("authors", "author"),
            "categories": ("category",),
            "tags": ("tags",),
            "image": ("image", "cover", "featuredimage", *keys.IMAGE, "socialimage", "illustration"),
            "id": ("guid",),
        }
    )
    value_kinds: Mapping[str, str] = field(default_factory=lambda: {"tags": "labels"})
    config: PelicanConfig
    content: str = ""
    substitutions: Mapping[str, tuple[Substitution, ...]] = field(default_factory=dict)

    def why_not_an_article(self, path: str) -> str | None:
        below = self._below(path)
        if below is None:
            return f"Pelican has its articles in {self.content}"
        above = [below, *_folders(below)]
        if not any(folder in ("", *above) for folder in _paths(self.config, "ARTICLE_PATHS", "")):
            return "ARTICLE_PATHS does not name it"
        if any(folder in above[1:] for folder in _paths(self.config, "PAGE_PATHS", "pages")):
            return "it is one of Pelican's pages"
        if any(folder in above[1:] for folder in _paths(self.config, "ARTICLE_EXCLUDES")):
            return "ARTICLE_EXCLUDES names it"
        ignored = self.config.texts("IGNORE_FILES")
        if any(fnmatchcase(name, pattern) for name in below.split("/") for pattern in ignored):
            return "IGNORE_FILES names it"
        suffix = below.rpartition(".")[2]
        if self.config.table("READERS").get(suffix, True) is None:
            return f"READERS leaves out .{suffix}"
        return None

    def path_metadata(self, path: str) -> PathMetadata:
        said = of_path(self.config, self._below(path) or path)
        date, category = said.get("date"), said.get("category")
        return PathMetadata(
            date=date and date.replace("_", " "),
            stem=_base(path),
            language=said.get("lang"),
            categories=(category,) if category else (),
        )

    def front_matter_defaults(self, path: str) -> Mapping[str, Value]:
        below = self._below(path) or path
        said = of_path(self.config, below)
        found = of_settings(self.config) | of_folders(self.config, below) | said
        # Of these two, what the place says is asked for where front matter says nothing.
        return {key: value for key, value in found.items() if key not in said.keys() & {"date", "category"}}

    def why_hidden(self, path: str, values: Mapping[str, Value]) -> str | None:
        if (text_of(values.get("status")) or "").casefold() == "skip":
            return "skip"
        # Pelican leaves out what has no date ("could not find information about 'date'").
        if self.config.values.get("DEFAULT_DATE") or values.get("date") or self.path_metadata(path).date:
            return None
        return "undated"

    def front_matter(self, path: str, text: str) -> FrontMatter | None:
        suffix = path.rpartition(".")[2].lower()
        if suffix in ("html", "htm"):
            return read_page(text)
        if suffix == "rst":
            from feedsvc.articles.markup.rst import read_rest  # docutils, which few sites need

            return read_rest(text)
        # What stands between fences is read as YAML, which says more.
        return None if text.startswith("---") else read_lines(text)

    def labels(
        self,
        field: Literal["categories", "tags"],
        found: Mapping[str, Value],
        metadata: PathMetadata,
    ) -> tuple[str, ...]:
        first = next((value for value in found.values() if value), None)
        if field == "categories":
            return (one_line(text_of(first) or ""),) if first else metadata.categories
        labels = (one_line(text_of(member) or "") for member in _members(first))
        return tuple(dict.fromkeys(label for label in labels if label))

    def author_values(self, found: Mapping[str, Value]) -> Sequence[Value]:
        # In a list, a name with a comma is one name. Where nobody is named, it is the site's author.
        names = _members(found.get("authors")) or [found.get("author") or self.config.text("AUTHOR")]
        return [[*names]]

    def lead_image_address(self, reference: str, values: Mapping[str, Value]) -> str:
        """Return the address that themes make of it: they write it behind SITEURL."""
        if is_absolute(reference) or "{" in reference or "|" in reference:
            return reference
        return posixpath.normpath(f"{path_of(self._site_url)}/{reference}").replace("//", "/")

    def templating(self, path: str) -> Templating:
        return Templating.PELICAN

    def permalink(self, facts: ArticleFacts) -> str | None:
        stated = "url" in facts.values
        unsaved = "saveas" in facts.values and not text_of(facts.values["saveas"])
        if not stated and (unsaved or self.config.values.get("ARTICLE_SAVE_AS") == ""):
            return None  # no page
        url = self._url(facts)
        based = url.startswith("/") and path_of(self._site_url)
        return (joined(f"{self._site_url}/", url) or None) if based else url

    def term_address(self, kind: str, label: str) -> str:
        """Follow a reference such as ``{tag}tea`` (contents.py, `_link_replacer`)."""
        name = kind.upper()
        pattern = self.config.text(f"{name}_URL", f"{kind}/{{slug}}.html")
        return pattern.replace("{slug}", self._slugified(label, name)).replace("{name}", label)

    def feed_id(self, facts: ArticleFacts, permalink: str | None) -> str | None:
        try:
            link = parts_of(joined(f"{self._site_url}/", self._url(facts)))
        except ValueError:  # there is no address
            return None
        if link is None or not link.hostname:
            return None
        date = facts.published
        day = f"{date:%Y-%m-%d}" if date else ":year-:month-:day"
        fragment = f"/{link.fragment}" if link.fragment else ""
        return f"tag:{link.hostname},{day}:{link.path}{fragment}"

    @property
    def _site_url(self) -> str:
        return self.config.text("SITEURL").rstrip("/")

    def _below(self, path: str) -> str | None:
        """Return the place of a file below `PATH`."""
        full = self.prefix + path
        return full.removeprefix(self.content) if full.startswith(self.content) else None

    def _url(self, facts: ArticleFacts) -> str:
        """Return the address as Pelican writes it down.

        Raises:
            ValueError: As `filled`.
        """
        if "url" in facts.values:
            return text_of(facts.values["url"]) or ""
        language = (text_of(facts.values.get("lang")) or facts.language or self._language).lower()
        in_default = language == self._language
        usual = ("ARTICLE_URL", "{slug}.html") if in_default else ("ARTICLE_LANG_URL", "{slug}-{lang}.html")
        # The singular goes before the plural here, though not in what readers are told.
        author = text_of(facts.values.get("author")) or next(iter(facts.authors), "")
        parts = {
            "path": self._below(facts.path) or facts.path,
            "slug": facts.slug or self._slug(facts),
            "filename": file_name(facts.path),
            "lang": language,
            "author": self._slugified(author, "AUTHOR"),
            "category": self._slugified(next(iter(facts.categories), ""), "CATEGORY"),
        }
        return filled(self.config.text(*usual), parts, facts)

    @property
    def _language(self) -> str:
        return self.config.text("DEFAULT_LANG", "en").lower()

    def _slug(self, facts: ArticleFacts) -> str:
        by_name = self.config.text("SLUGIFY_SOURCE", "title") == "basename"
        # As it was written: Pelican takes tags and entities out, but no Markdown.
        title = text_of(facts.values.get("title")) or facts.title
        return self._slugified(_base(facts.path) if by_name else title, "SLUG")

    def _slugified(self, text: str, kind: str) -> str:
        usual = self.substitutions.get("SLUG", USUAL)
        return slugify(
            text,
            self.substitutions.get(kind, usual),
            in_unicode=self.config.truth("SLUGIFY_USE_UNICODE", default=False),
            keep_case=self.config.truth("SLUGIFY_PRESERVE_CASE", default=False),
        )


def _members(value: Value) -> Sequence[Value]:
    """Return the members of a list: at its semicolons, else at its commas (ensure_metadata_list)."""
    if isinstance(value, str):
        return value.split(";" if ";" in value else ",")
    return value if isinstance(value, list) else ()


def _base(path: str) -> str:
    return posixpath.splitext(posixpath.basename(path))[0]


def _folders(path: str) -> list[str]:
    return [path[:end] for end, char in enumerate(path) if char == "/"]


def _paths(config: PelicanConfig, name: str, *default: str) -> list[str]:
    """Return a setting that lists folders; older settings name one, as ARTICLE_DIR."""
    older = config.text(name.replace("_PATHS", "_DIR"))
    stated = config.texts(name, (older,) if older else default)
    paths = (posixpath.normpath(path or ".").strip("/") for path in stated)
    return ["" if path == "." else path for path in paths]


def _substitutions(config: PelicanConfig) -> dict[str, tuple[Substitution, ...]]:
    """Return the site's own substitutions that can be used, by what they are for."""
    stated = {kind: tuple(_stated(config, kind)) for kind in ("SLUG", "AUTHOR", "CATEGORY", "TAG")}
    return {kind: found for kind, found in stated.items() if found and are_valid(found)}


def _setting(kind: str) -> str:
    return f"{kind}_REGEX_SUBSTITUTIONS"


def _stated(config: PelicanConfig, kind: str) -> Iterator[Substitution]:
    setting = _setting(kind)
    found = config.values.get(setting)
    for pair in found if isinstance(found, list | tuple) else ():
        match pair:
            case [str(pattern), str(instead)]:
                yield substitution(pattern, instead, setting, config.path)


def _slow(
    config: PelicanConfig, substitutions: Mapping[str, tuple[Substitution, ...]]
) -> Iterator[SiteExpression]:
    """Yield the expressions that take too long, of each setting one."""
    yield from (each for each in expressions(config) if not each.tried_out())
    yield from (found[0].expression for found in substitutions.values() if not are_quick(found))


def _owns(files: SiteFiles) -> bool:
    content = content_of(read_settings(files), files)
    return files.first(*CONFIGS) is not None and (not files.prefix or files.prefix.startswith(content))


def _overlooked(config: PelicanConfig, content: str, files: SiteFiles) -> frozenset[str]:
    """Return what lies beside the content, so far as it is seen from the articles folder."""
    if files.prefix:
        return frozenset()
    if not content:
        return frozenset({posixpath.normpath(config.text("OUTPUT_PATH", "output"))})
    beside = {name[:-1] for name in files.names if name.endswith("/")}
    return frozenset(beside - {content.partition("/")[0]})


def _open(files: SiteFiles) -> Dialect:
    config = read_settings(files)
    path = next(filter(files.texts.__contains__, CONFIGS), "")
    content = content_of(config, files)
    roots = {"": (content,), content: ("",)}
    substitutions = _substitutions(config)
    slow = {each.setting: each for each in _slow(config, substitutions)}
    config = replace(config, values={key: value for key, value in config.values.items() if key not in slow})
    return Pelican(
        prefix=files.prefix,
        settings=settings_of(config),
        problems=(*problems_of(config, path), *(each.problem for each in slow.values())),
        feeds=feeds_of(config),
        root_folders=roots.get(files.prefix, ()),
        ignored_folders=_overlooked(config, content, files),
        config=config,
        content=content,
        substitutions={kind: found for kind, found in substitutions.items() if _setting(kind) not in slow},
    )


PELICAN = Generator(
    name="pelican",
    marker_names=CONFIGS,
    files_to_read=("/*.py",),
    owns=_owns,
    open=_open,
)
