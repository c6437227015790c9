"""Hexo: articles in `source/_posts`, laid out by `_config.yml`.

The rules are those of Hexo 8: lib/plugins/processor/post (names, dates, terms),
lib/plugins/filter/post_permalink and hexo-util (addresses), hexo-generator-feed
(ids, and which text is a summary).
"""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pathspec import GitIgnoreSpec

from feedsvc.articles.dialects.hexo.config import HexoConfig, is_hexos, settings_of, source_of
from feedsvc.articles.dialects.hexo.dates import OF_DATE, meant, of_date
from feedsvc.articles.dialects.hexo.heads import read_head
from feedsvc.articles.dialects.hexo.slugs import fill, parse, slugize
from feedsvc.articles.dialects.plain import Plain
from feedsvc.articles.dialects.protocol import ArticleFacts, Dialect, Generator, PathMetadata, SiteFiles
from feedsvc.articles.dialects.site_expressions import noted, spec_of
from feedsvc.articles.fields import text_of, truth_of
from feedsvc.articles.frontmatter import keys
from feedsvc.articles.frontmatter.head import FrontMatter, fold
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.articles.links.resolve import is_absolute
from feedsvc.model import Article, Templating
from feedsvc.text.characters import one_line
from feedsvc.text.urls import path_of

# What hexo-renderer-marked and the renderer built in for HTML take.
_SUFFIXES = frozenset(".md .markdown .mkd .mkdn .mdwn .mdtxt .mdtext .html .htm".split())

# In hexo-generator-feed's order, and where the widely used themes keep a picture.
_SUMMARY = ("description", "intro", "excerpt", "summary")
_IMAGE = ("image", "cover", "indeximg", "img", *keys.IMAGE, *"topimg bannerimg headimg photos photo".split())

_SEGMENTS = {
    "year": r"\d{4}", "month": r"\d{2}", "day": r"\d{2}", "i_month": r"\d{1,2}", "i_day": r"\d{1,2}",
    "hash": "[0-9a-f]{12}",
}  # fmt: skip
_HIDDEN = re.compile(r"(?:^|/)[_.]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hexo(Plain):
    """See `Dialect`.

    Attributes:
        config: As the site has it.
    """

    name: str = "hexo"
    suffixes: frozenset[str] = _SUFFIXES
    field_keys: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "summary": _SUMMARY,
            "image": _IMAGE,
            "tags": ("tags", "tag"),
            "id": ("guid",),
        }
    )
    value_kinds: Mapping[str, str] = field(
        default_factory=lambda: dict.fromkeys(("tags", "tag", "categories", "category"), "labels")
    )
    config: HexoConfig

    def why_not_an_article(self, path: str) -> str | None:
        folder, below = self._place(path)
        if folder is None:
            return "Hexo has its articles in source/_posts and source/_drafts"
        if _HIDDEN.search(below) or below.endswith(("~", "%")):
            return "Hexo leaves out names that begin with '_' or '.'"
        if _spec(self.config, "skip_render").match_file(f"{folder}/{below}"):
            return "skip_render names it"
        if _spec(self.config, "ignore").match_file(f"{source_of(self.config)}/{folder}/{below}"):
            return "ignore names it"
        written = _suffix(self._rule)
        if self.config.truth("post_asset_folder") and _suffix(below) != written:
            return f"with post_asset_folder, only files that end in {written} are articles"
        return None

    def path_metadata(self, path: str) -> PathMetadata:
        name = self._parsed(path)
        days = (
            name.get("year"),
            name.get("month") or name.get("i_month"),
            name.get("day") or name.get("i_day"),
        )
        date = "-".join(part for part in days if part) if all(days) else None
        return PathMetadata(date=date, stem=name["title"].rpartition("/")[2], language=name.get("lang"))

    def why_hidden(self, path: str, values: Mapping[str, Value]) -> str | None:
        if self._place(path)[0] == "_drafts" and not self.config.truth("render_drafts"):
            return "draft"
        by = self.config.hides
        return "hidden" if by and truth_of(values.get(fold(by))) else None

    def front_matter(self, path: str, text: str) -> FrontMatter | None:
        return read_head(text)

    def interpret_date(self, date: str, *, quoted: bool) -> str:
        return meant(date, quoted=quoted)

    def labels(
        self,
        field: Literal["categories", "tags"],
        found: Mapping[str, Value],
        metadata: PathMetadata,
    ) -> tuple[str, ...]:
        # The second key counts where the first is empty. A text is one label, commas and all.
        first = next((value for value in found.values() if value), None)
        return tuple(dict.fromkeys(label for chain in _chains(first) for label in chain))

    def lead_image_address(self, reference: str, values: Mapping[str, Value]) -> str:
        """Return the address that themes make of it by `url_for`: below the site's root.

        A bare name is one of the article's own assets, where it has such.
        """
        own = self.config.truth("post_asset_folder") and "/" not in reference
        if own or is_absolute(reference):
            return reference
        root = f"{self._root}/"
        return reference if reference.startswith(root) else posixpath.normpath(f"{root}{reference}")

    def image_base(self, values: Mapping[str, Value]) -> str | None:
        """Return the site's root, which hexo-renderer-marked puts before them (its lib/renderer.js)."""
        prepends = truth_of(self.config.table("marked").get("prependRoot"))
        return None if prepends is False or self.config.truth("relative_link") else self._root

    def templating(self, path: str) -> Templating:
        return Templating.HEXO

    def permalink(self, facts: ArticleFacts) -> str:
        own = text_of(facts.values.get("permalink"))
        rule = self.config.text("permalink", ":year/:month/:day/:title/")
        path = own or fill(rule, lambda token: self._token(token, facts))
        if self.config.truth("post_asset_folder") and not path.endswith(("/", ".html")):
            path += "/"
        return self._pretty(path)

    def feed_id(self, facts: ArticleFacts, permalink: str | None) -> str | None:
        return permalink

    def asset_folders(self, article: Article) -> tuple[str, ...]:
        return (article.path.rpartition(".")[0],) if self.config.truth("post_asset_folder") else ()

    @property
    def _root(self) -> str:
        """Return `root` without closing slash; where it is left empty, it is the path of `url`."""
        root = self.config.text("root")
        if not root and "root" in self.config.values:
            root = path_of(self.config.text("url"))
        return f"/{root.strip('/')}".rstrip("/")

    @property
    def _rule(self) -> str:
        return self.config.text("new_post_name", ":title.md")

    def _place(self, path: str) -> tuple[str | None, str]:
        """Return which folder of articles *path* lies in, and its place there."""
        source, full = f"{source_of(self.config)}/", self.prefix + path
        folder, _, below = full.removeprefix(source).partition("/")
        known = full.startswith(source) and folder in ("_posts", "_drafts")
        return (folder, below) if known else (None, full)

    def _parsed(self, path: str) -> dict[str, str]:
        below = _stem(self._place(path)[1])
        name = parse(_stem(self._rule), _SEGMENTS, below, config=self.config.path)
        return {"title": slugize(below)} | name

    def _token(self, token: str, facts: ArticleFacts) -> str:
        """Return what *token* stands for in an address.

        Raises:
            ValueError: It cannot be known.
        """
        name = self._parsed(facts.path)
        title = name["title"]
        if token in ("title", "name"):
            return title if token == "title" else title.rpartition("/")[2]
        if token == "post_title":
            return slugize(text_of(facts.values.get("title")) or facts.title, "1")
        if token == "category":
            return self._category(facts.values) or self.config.text("default_category", "uncategorized")
        if token in OF_DATE:
            return of_date(token, title, facts)
        said = name.get(token) or text_of(facts.values.get(fold(token)))
        said = said or text_of(self.config.table("permalink_defaults").get(token))
        if said is None:
            raise ValueError(
                f"permalink in _config.yml wants ':{token}', which the article has not; write it there"
            )
        return said

    def _category(self, values: Mapping[str, Value]) -> str:
        """Return the address of the last category: of its parents and itself."""
        chains = _chains(values.get("categories") or values.get("category"))
        shown, case = self.config.table("category_map"), self.config.text("filename_case")
        last = chains[-1] if chains else ()
        return "/".join(slugize(text_of(shown.get(label)) or label, case) for label in last)

    def _pretty(self, path: str) -> str:
        """Return *path* as `pretty_urls` has it (hexo-util, pretty_urls)."""
        pretty = self.config.table("pretty_urls")
        if truth_of(pretty.get("trailing_index")) is False and path.endswith("index.html"):
            path = path.removesuffix("index.html")
        if truth_of(pretty.get("trailing_html")) is False and not path.endswith("index.html"):
            path = path.removesuffix(".html")
        return path


def _chains(value: Value) -> list[tuple[str, ...]]:
    """Return the categories that *value* names, each with its parents before it.

    A list of labels is one chain; where a list stands in it, each member is one
    (lib/models/post, setCategories).
    """
    members = value if isinstance(value, list) else [value]
    nested = any(isinstance(member, list) for member in members)
    chains = members if nested else [members]
    found = (tuple(_labels(chain if isinstance(chain, list) else [chain])) for chain in chains)
    return [chain for chain in found if chain]


def _labels(members: Sequence[Value]) -> Iterator[str]:
    labels = (one_line(text_of(member) or "") for member in members)
    return filter(None, labels)


def _spec(config: HexoConfig, setting: str) -> GitIgnoreSpec:
    # A glob is meant from its folder on; in .gitignore, one without a slash is meant anywhere.
    rooted = (glob if glob[0] in "!/" else f"/{glob}" for glob in config.texts(setting))
    return spec_of(tuple(rooted), setting, config.path)


def _stem(path: str) -> str:
    return path.removesuffix(_suffix(path))


def _suffix(path: str) -> str:
    name = path.rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    return dot + suffix if stem else ""


def _open(files: SiteFiles) -> Dialect:
    config = HexoConfig.read(files)
    source = source_of(config)
    prefix = files.prefix
    if not config.path and f"{source}/" not in files.names:  # the folder is all there is of a site
        prefix = f"{source}/" if "_posts/" in files.names else f"{source}/_posts/"
    roots = {"": (f"{source}/",), f"{source}/": ("",)}
    beside = {name[:-1] for name in files.names if name.endswith("/")} - {source.partition("/")[0]}
    with noted() as slow:
        for setting in ("skip_render", "ignore"):
            _spec(config, setting)
    return Hexo(
        prefix=prefix,
        settings=settings_of(config),
        problems=(*config.problems, *slow),
        feeds=config.feeds,
        languages=languages if len(languages := config.texts("language")) > 1 else (),
        root_folders=roots.get(prefix, ()),
        ignored_folders=frozenset() if prefix else frozenset(beside),
        config=config,
    )


HEXO = Generator(
    name="hexo",
    marker_names=("_config.yml", "_config.yaml", "_config.json", "source/"),
    files_to_read=("/_config.yml", "/_config.yaml", "/_config.json", "/package.json"),
    owns=is_hexos,
    open=_open,
)
