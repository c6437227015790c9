"""Eleventy: templates below its input folder; the address is a `permalink`, else the path.

The rules are those of the package @11ty/eleventy 3, whose sources are named where they are followed.
Which templates are articles, it does not say: see `Eleventy.why_hidden`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from unicodedata import normalize

from pathspec import GitIgnoreSpec

from feedsvc.articles.dialects.eleventy.config import NAMES, owns
from feedsvc.articles.dialects.eleventy.data import cascade, tags_of, template_stem
from feedsvc.articles.dialects.eleventy.permalinks import as_address, rendered
from feedsvc.articles.dialects.eleventy.site import ARTICLES, BY_PROGRAM, EleventySite, read_site
from feedsvc.articles.dialects.plain import Plain
from feedsvc.articles.dialects.protocol import ArticleFacts, Generator, PathMetadata, SiteFiles
from feedsvc.articles.dialects.site_expressions import noted, spec_of
from feedsvc.articles.fields import labels_of, text_of, truth_of
from feedsvc.articles.frontmatter.head import fold
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.model import Problem, Templating

# src/Template.js, `getMappedDate`, and src/TemplateFileSlug.js
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATED = re.compile(r"\d{4}-\d{2}-\d{2}-(.*)")
_NO_DATE = frozenset({"last modified", "created", "git last modified", "git created"})

_FOLDERS = ARTICLES | {"_posts", "writing", "writings", "essays", "journal", "news"}
_NO_LABELS = ARTICLES | {"all", "nav"}
_ENGINES = {"njk": Templating.NUNJUCKS, "liquid": Templating.LIQUID, "false": Templating.PLAIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Eleventy(Plain):
    """See `Dialect`."""

    name: str = "eleventy"
    suffixes: frozenset[str] = frozenset({".md", ".html", ".njk", ".liquid"})
    site: EleventySite = field(default_factory=EleventySite)

    def why_not_an_article(self, path: str) -> str | None:
        whole, config = self.prefix + path, self.site.config
        if not whole.startswith(config.input):
            return f"Eleventy makes pages only of what lies in {config.input}"
        if whole.startswith(_apart(self.site)):
            return "it lies in a folder of includes, data or output"
        if _ignored(self.site).match_file(whole):
            return ".eleventyignore or the configuration leaves it out"
        if path.endswith(".md") or self._lies_among_articles(path):
            return None
        return "of templates that are not Markdown, only what lies among articles is one"

    def path_metadata(self, path: str) -> PathMetadata:
        date = _DATE.search(self.prefix + path)
        return PathMetadata(
            date=date and date[0],
            stem=self._file_slug(path) or "index",
            categories=self._directory_tags(path),
        )

    def front_matter_defaults(self, path: str) -> Mapping[str, Value]:
        """Return the directory data but for its tags, which are added to an article's own."""
        values = {fold(key): value for key, value in self._cascade(path).items() if key != "tags"}
        mark = self.site.config.separator
        return {**values, "excerptseparator": mark} if mark else values

    def why_hidden(self, path: str, values: Mapping[str, Value]) -> str | None:
        """Return "page" for what is none of the site's articles.

        Articles are what bears the tag of a collection of articles, or lies
        where the configuration or the site's habits have them: in a folder such
        as ``posts`` or ``blog``. Where nothing of that kind is known of a
        site, what bears a date is one too; and so is everything in the articles folder
        if that lies deeper than the site's input folder. What makes no page,
        many pages, or keeps out of all collections never is.
        """
        left_out = (
            self._has_no_page(path, values)
            or truth_of(values.get("eleventyexcludefromcollections")) is True
            or values.get("pagination")
        )
        return "page" if left_out or not self._is_article(path, values) else None

    def interpret_date(self, date: str, *, quoted: bool) -> str:
        return "" if date.casefold() in _NO_DATE else date

    def labels(
        self, field: Literal["categories", "tags"], found: Mapping[str, Value], metadata: PathMetadata
    ) -> tuple[str, ...]:
        """Return the labels without the names of collections, which sort articles from pages."""
        above = metadata.categories if field == "tags" else ()
        labels = (*above, *(label for value in found.values() for label in labels_of(value)))
        unwanted = _NO_LABELS | self.site.collections
        return tuple(dict.fromkeys(label for label in labels if label not in unwanted))

    def templating(self, path: str) -> Templating:
        config = self.site.config
        suffix = path.rpartition(".")[2].lower()
        engine = {"md": config.markdown_engine, "html": config.html_engine}.get(suffix, suffix)
        return _ENGINES.get(engine, Templating.PLAIN)

    def permalink(self, facts: ArticleFacts) -> str | None:
        made = self._stated(facts.path, {**facts.values, "title": facts.title}, facts.published)
        if made == BY_PROGRAM or truth_of(made) is False:
            return None
        return as_address(made) if made.strip() else self._default_permalink(facts.path)

    def feed_id(self, facts: ArticleFacts, permalink: str | None) -> str | None:
        """Return the permalink, which the plugin of feeds takes (eleventy-plugin-rss, `absolutePostUrl`)."""
        try:
            return self.permalink(facts)
        except ValueError:
            return None

    def _below_input(self, path: str) -> str:
        return normalize("NFC", self.prefix + path).removeprefix(self.site.config.input)

    def _cascade(self, path: str) -> Mapping[str, Value]:
        return cascade(self.prefix + path, self.site.data, self.site.config.input)

    def _directory_tags(self, path: str) -> tuple[str, ...]:
        return tuple(tags_of(self._cascade(path).get("tags")))

    def _is_article(self, path: str, values: Mapping[str, Value]) -> bool:
        above = () if "override:tags" in values else self._directory_tags(path)
        tags = {*tags_of(values.get("override:tags") or values.get("tags")), *above}
        if tags & self.site.collections or self._is_globbed(path):
            return True
        stated = text_of(values.get("date"))
        dated = bool(self.path_metadata(path).date or (stated and stated.casefold() not in _NO_DATE))
        listing = self._is_listing(path) or not (path.endswith(".md") or dated)
        return not listing and (self._lies_among_articles(path) or (dated and not self.site.told))

    def _is_listing(self, path: str) -> bool:
        """Return whether it is the page of the whole site, or of a folder of articles."""
        *folders, name = self._below_input(path).split("/")
        return template_stem(name) == "index" and (not folders or folders[-1] in _FOLDERS)

    def _lies_among_articles(self, path: str) -> bool:
        deeper = len(self.prefix) > len(self.site.config.input)
        tagged = not self.site.collections.isdisjoint(self._directory_tags(path))
        folders = self._below_input(path).split("/")[:-1]
        return deeper or tagged or not _FOLDERS.isdisjoint(folders) or self._is_globbed(path)

    def _is_globbed(self, path: str) -> bool:
        return bool(self.site.globs) and _globs(self.site).match_file(self.prefix + path)

    def _file_slug(self, path: str) -> str:
        """Follow `getSlug` of src/TemplateFileSlug.js; the home page has none."""
        *folders, name = self._below_input(path).split("/")
        stem = _undated(template_stem(name))
        return stem if stem != "index" else _undated(folders[-1]) if folders else ""

    def _stated(self, path: str, values: Mapping[str, Value], published: datetime | None) -> str:
        """Return the permalink that data gives; "" if it leaves it open.

        Raises:
            ValueError: As `rendered`.
        """
        stated, own = _permalinks_of(values)
        if stated is None or stated == BY_PROGRAM:
            return stated or ""
        known = {**values, "permalink": own}
        page, dates = self._page(path), self.site.config.dates
        made = rendered(stated, known, page, published, dates)
        # What a function gave may be the article's own, which is a template too.
        return rendered(made, known, page, published, dates) if own and "{" in made else made

    def _has_no_page(self, path: str, values: Mapping[str, Value]) -> bool:
        try:
            return truth_of(self._stated(path, values, None)) is False
        except ValueError:
            return False

    def _page(self, path: str) -> dict[str, str]:
        folder, slash, name = self._below_input(path).rpartition("/")
        page = {
            "fileSlug": self._file_slug(path),
            "filePathStem": f"/{folder}{slash}{_undated(template_stem(name))}",
            "inputPath": f"./{self.prefix}{path}",
        }
        return {name: text for name, text in page.items() if text}

    def _default_permalink(self, path: str) -> str:
        """Follow `generate` of src/TemplatePermalink.js: here the name keeps its date."""
        *folders, name = self._below_input(path).split("/")
        stem = template_stem(name)
        repeats = stem == "index" or stem == (folders[-1] if folders else "")
        return "".join(f"/{segment}" for segment in (*folders, *(() if repeats else (stem,)))) + "/"


def open_eleventy(files: SiteFiles) -> Eleventy:
    """Return how the site is laid out."""
    site = read_site(files)
    return Eleventy(
        prefix=files.prefix,
        site=site,
        settings=site.settings,
        feeds=site.feeds,
        variables=site.variables,
        author_data=site.people,
        problems=(*site.problems, *_slow(site)),
        field_keys={"published": ("date", ":filename"), "id": ("guid",)},
        value_kinds={"eleventyexcludefromcollections": "truth", "permalink": "built"},
        root_folders=_roots(files.prefix, site.config.input),
        ignored_folders=frozenset(folder.rstrip("/") for folder in _apart(site))
        if not files.prefix
        else frozenset(),
    )


def _ignored(site: EleventySite) -> GitIgnoreSpec:
    return spec_of(site.config.ignored, "the ignores", site.config.path)


def _globs(site: EleventySite) -> GitIgnoreSpec:
    return spec_of(site.globs, "getFilteredByGlob", site.config.path)


def _slow(site: EleventySite) -> Iterator[Problem]:
    with noted() as problems:
        _ignored(site)
        _globs(site)
    yield from problems


def _roots(prefix: str, input_folder: str) -> tuple[str, ...]:
    """Return the folders that are copied to the root of the site, by habit ``public/`` too."""
    if prefix == input_folder:
        return ("", "public/") if not prefix else ("",)
    return () if prefix else (input_folder, "public/")


def _apart(site: EleventySite) -> tuple[str, ...]:
    """Return the folders whose files are no templates; one that holds the input folder is not among them."""
    config = site.config
    return tuple(folder for folder in (*config.inner, config.output) if not config.input.startswith(folder))


def _permalinks_of(values: Mapping[str, Value]) -> tuple[str | None, str | None]:
    """Return what is stated, computed data first, and what it may name as the article's own."""
    computed, own = values.get("eleventycomputed"), values.get("permalink")
    stated = computed.get("permalink") if isinstance(computed, dict) else None
    said = text_of(own.get("build") if isinstance(own, dict) else own)
    return (text_of(stated), said) if stated else (said, None)


def _undated(name: str) -> str:
    dated = _DATED.search(name)
    return dated[1] if dated else name


ELEVENTY = Generator(
    name="eleventy",
    marker_names=NAMES,
    files_to_read=(
        *(f"/{name}" for name in NAMES),
        "*.11tydata.*", "*.json", "**/_data/**/*.js", "**/_data/**/*.[cm]js", "**/_data/**/*.y*ml",
        "**/data/*.js", "**/data/*.[cm]js", "**/data/*.y*ml",
        ".eleventyignore", "*feed*.njk", "*rss*.njk", "*atom*.njk", "*feed*.liquid", "*rss*.liquid",
        "!package-lock.json",
    ),
    owns=owns,
    open=open_eleventy,
)  # fmt: skip
