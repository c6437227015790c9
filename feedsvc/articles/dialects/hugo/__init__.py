"""Hugo: pages below ``content/``, in sections and bundles; an address by section, or a `url`.

The rules are those of its source, https://github.com/gohugoio/hugo, named where they are followed.
"""

import posixpath
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from unicodedata import normalize

from feedsvc.articles.dialects.hugo.address import address
from feedsvc.articles.dialects.hugo.config import (
    NAMES,
    config_path,
    is_hugos,
    read_config,
    read_table,
)
from feedsvc.articles.dialects.hugo.places import Place, place_of
from feedsvc.articles.dialects.hugo.sections import Sections, read_cascades, read_section
from feedsvc.articles.dialects.hugo.site import HugoSite, read_site
from feedsvc.articles.dialects.plain import TABLE_KINDS, Plain, dated_name
from feedsvc.articles.dialects.protocol import ArticleFacts, Generator, PathMetadata, SiteFiles
from feedsvc.articles.dialects.site_expressions import noted
from feedsvc.articles.dialects.tables import Table, table, text, texts
from feedsvc.articles.fields import text_of, truth_of
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.model import Article, Templating

# Kinds of pages that are no articles, unless they have a date; and those that are none even so.
_PAGES = frozenset({"page", "pages", "home", "list"})
_TOOLS = frozenset({"search", "archives"})

_STATIC = "static/"
_OVERLOOKED = ("archetypes", "data", "i18n", "layouts", "public", "resources", "themes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hugo(Plain):
    """See `Dialect`."""

    name: str = "hugo"
    suffixes: frozenset[str] = frozenset({".md", ".markdown", ".mdown", ".html", ".htm", ".pandoc", ".pdc"})
    site: HugoSite = field(default_factory=HugoSite)
    sections: Sections = field(default_factory=Sections)

    def why_not_an_article(self, path: str) -> str | None:
        place = self._place(path)
        if place is None:
            folders = dict.fromkeys(root.folder for root in self.site.roots)
            return f"Hugo makes pages only of what lies in {' and '.join(folders)}"
        if place.file == "_index":
            return "it is about its section"
        if place.language in self.site.disabled:
            return "its language is disabled in the site's configuration"
        if any(pattern.search(self.prefix + path) for pattern in self.site.ignored):
            return "ignoreFiles leaves it out"
        return None

    def bundle_parts(self, paths: Collection[str]) -> frozenset[str]:
        """Return what lies beside and below an ``index`` file, other than that in other languages."""
        bundles = {path.rpartition("/")[0] for path in paths if self._is_index(path) and "/" in path}
        return frozenset(path for path in paths if self._is_part(path, bundles))

    def path_metadata(self, path: str) -> PathMetadata:
        place = self._place(path) or Place(folders=(), name=path, file=path, language="")
        date, rest = dated_name(place.name)
        several = len(self.site.languages) > 1 or place.stated
        return PathMetadata(date=date, stem=rest, language=place.language if several else None)

    def front_matter_defaults(self, path: str) -> Mapping[str, Value]:
        place = self._place(path)
        return {} if place is None else self.sections.cascaded(place)

    def collection(self, path: str) -> str | None:
        place = self._place(path)
        return (place.section or None) if place else None

    def why_hidden(self, path: str, values: Mapping[str, Value]) -> str | None:
        """Return why Hugo has the page in no list, or "page" for what nobody would call an article."""
        build = {key.lower(): text(value).lower() for key, value in table(values.get("build")).items()}
        if truth_of(values.get("headless")) and self._is_index(path):
            return "headless"
        if build.get("render", "always") not in ("always", "true"):
            return "unrendered"
        if build.get("list", "always") not in ("always", "true"):
            return "unlisted"
        return "page" if self._is_page(path, values) else None

    def labels(
        self, field: Literal["categories", "tags"], found: Mapping[str, Value], metadata: PathMetadata
    ) -> tuple[str, ...]:
        # Text is one term, commas and all.
        listed: dict[str, Value] = {
            key: [value] if isinstance(value, str) else value for key, value in found.items()
        }
        return Plain.labels(self, field, listed, metadata)

    def templating(self, path: str) -> Templating:
        return Templating.HUGO

    def permalink(self, facts: ArticleFacts) -> str | None:
        place = self._place(facts.path)
        return None if place is None else address(place, facts, self.site, self.sections)

    def feed_id(self, facts: ArticleFacts, permalink: str | None) -> str | None:
        return permalink

    def asset_folders(self, article: Article) -> tuple[str, ...]:
        """Return the same folder of the other languages, the default one first, and that of ``static/``."""
        folder = normalize("NFC", self.prefix + article.path).rpartition("/")[0] + "/"
        own = next((root for root in self.site.roots if folder.startswith(root.folder)), None)
        others = [root for root in self.site.roots if own and root.target == own.target and root != own]
        others.sort(key=lambda root: root.language not in ("", self.site.languages[0]))
        found = [root.folder + folder.removeprefix(own.folder) for root in others if own]
        if article.permalink:
            found.append(f"{_STATIC}{article.permalink.strip('/')}/")
        return tuple(each.removeprefix(self.prefix) for each in found if each.startswith(self.prefix))

    def owner_articles(self, article: Article, file: str) -> tuple[str, ...]:
        """Return the page in the file's language, the only one at which it is published.

        Up to version 0.122, it was at all that share it.
        """
        place, lies = self._place(article.path), self._place(file)
        bundles = (article.path.rpartition("/")[0] + "/", *self.asset_folders(article))
        bundle = next((each for each in bundles if file.startswith(each)), None)
        if place is None or lies is None or bundle is None or self.site.hosts:
            return ()
        if place.file != "index" or lies.language == place.language:
            return ()
        return (f"{bundle}index.md", f"{bundle}index.{lies.language}.md")

    def lead_image_patterns(self, path: str) -> tuple[str, ...]:
        # Hugo's own templates for cards, and what themes add.
        return ("*feature*", "*cover*", "*thumb*") if self._is_index(path) else ()

    def _place(self, path: str) -> Place | None:
        return place_of(normalize("NFC", self.prefix + path), self.site)

    def _is_index(self, path: str) -> bool:
        place = self._place(path)
        return place is not None and place.file == "index"

    def _is_part(self, path: str, bundles: Collection[str]) -> bool:
        folder = path.rpartition("/")[0]
        if self._is_index(path):
            folder = folder.rpartition("/")[0]
        above = [folder[:end] for end, char in enumerate(f"{folder}/") if char == "/"]
        return any(each in bundles for each in above)

    def _is_page(self, path: str, values: Mapping[str, Value]) -> bool:
        place = self._place(path)
        keys = self.site.keys["published"]
        if text(values.get("layout")).lower() in _TOOLS:
            return True
        if place is None or dated_name(place.name)[0] or any(text_of(values.get(key)) for key in keys):
            return False
        kinds = {(text(values.get("type")) or place.section).lower(), text(values.get("layout")).lower()}
        return bool(kinds & _PAGES) or (self.site.found and not place.folders)


def owns(files: SiteFiles) -> bool:
    """Return whether the site is Hugo's, and the articles folder it or one of its content."""
    if not is_hugos(files):
        return False
    roots = read_site(read_config(files)[0]).roots
    return any(files.prefix.startswith(root.folder) or root.folder.startswith(files.prefix) for root in roots)


def open_hugo(files: SiteFiles) -> Hugo:
    """Return how the site is laid out."""
    config, problems = read_config(files)
    with noted() as slow:
        site = read_site(config, path := config_path(files))
        sections = _sections(files, config or {}, site, path)
    return Hugo(
        prefix=files.prefix,
        site=site,
        sections=sections,
        settings=site.settings,
        problems=(*problems, *slow),
        feeds=site.feeds,
        variables=site.variables,
        author_data=dict(_people(files, sections, site.languages[0])),
        languages=site.languages if len(site.languages) > 1 else (),
        field_keys=site.keys,
        value_kinds={"headless": "truth", "build": "table", **TABLE_KINDS},
        shows_future=truth_of((config or {}).get("buildfuture")) is True,
        root_folders=_roots(files, config or {}, site),
        ignored_folders=_overlooked(files, config, site),
    )


def _sections(files: SiteFiles, config: Table, site: HugoSite, config_path: str) -> Sections:
    places = ((place_of(normalize("NFC", path), site), path) for path in files.texts)
    return Sections(
        said={
            (place.language, place.folders): read_section(files.texts[path], path)
            for place, path in places
            if place is not None and place.file == "_index"
        },
        cascades=tuple(read_cascades(config.get("cascade"), config_path)),
    )


def _people(files: SiteFiles, sections: Sections, default: str) -> Iterator[tuple[str, Value]]:
    """Yield who the pages of the taxonomy ``authors`` and the data files tell of."""
    # Those of the default language last, so that they count.
    for (_, folders), section in sorted(sections.said.items(), key=lambda each: each[0][0] == default):
        if len(folders) == 2 and folders[0] in ("author", "authors") and section.person:
            yield folders[1], {"name": section.person}
    for path, source in files.texts.items():
        stem = posixpath.splitext(path)[0]
        if stem == "data/authors":
            yield from read_table(path, source).items()
        elif stem.startswith("data/authors/"):
            yield stem.removeprefix("data/authors/"), read_table(path, source)


def _roots(files: SiteFiles, config: Table, site: HugoSite) -> tuple[str, ...]:
    static = [f"{folder.strip('/')}/" for folder in texts(config.get("staticdir"))] or [_STATIC]
    whole = (*static, "assets/", *(root.folder for root in site.roots))
    return tuple(root.removeprefix(files.prefix) for root in whole if root.startswith(files.prefix))


def _overlooked(files: SiteFiles, config: Table | None, site: HugoSite) -> frozenset[str]:
    if config is None or files.prefix:
        return frozenset()
    folders = {*_OVERLOOKED, text(config.get("publishdir")).strip("./")} - {""}
    content = tuple(root.folder for root in site.roots)
    return frozenset(each for each in folders if not any(root.startswith(f"{each}/") for root in content))


HUGO = Generator(
    name="hugo",
    marker_names=(*NAMES, "config/"),
    files_to_read=(
        *(f"/{name}" for name in NAMES),
        *("/config/_default/*", "/config/production/*", "/data/authors.*", "/data/authors/*"),
        *("_index*.md", "_index*.markdown", "_index*.html"),
    ),
    owns=owns,
    open=open_hugo,
)
