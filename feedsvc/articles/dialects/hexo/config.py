"""What `_config.yml` says of a Hexo site; the defaults are those of lib/hexo/default_config."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from feedsvc.articles.dialects.misfits import misfits, without_misfits
from feedsvc.articles.dialects.protocol import SiteFiles
from feedsvc.articles.dialects.tables import Table, table, texts
from feedsvc.articles.fields import number_of, text_of, truth_of
from feedsvc.articles.frontmatter.yaml import Mapped, Value, load_yaml
from feedsvc.model import Problem, Severity

CONFIGS = ("_config.yml", "_config.yaml", "_config.json")
_PLUGIN = "hexo-generator-feed"
_HIDING_PLUGIN = "hexo-hide-posts"

# A settings file that has one of these is Hexo's and nobody else's.
_OWN_KEYS = frozenset(
    "new_post_name post_asset_folder render_drafts skip_render default_layout filename_case".split()
)


_KINDS = {
    **dict.fromkeys(("title", "subtitle", "description", "author", "email", "timezone", "root"), "text"),
    **dict.fromkeys(("permalink", "source_dir", "new_post_name"), "text"),
    **dict.fromkeys(("post_asset_folder", "render_drafts", "relative_link"), "truth"),
    **{"url": "web", "language": "texts", "skip_render": "texts", "ignore": "texts"},
    **{"feed": "table", "feed.limit": "number"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HexoConfig:
    """The settings that decide what an article is, and where it stands.

    Attributes:
        path: Of the file below the site's folder; "" if there is none.
        values: By key as written.
        feeds: See `Dialect`.
        hides: The key that keeps an article out of all lists; "" if there is none.
    """

    path: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    feeds: Mapping[str, str] = field(default_factory=dict)
    hides: str = ""
    problems: tuple[Problem, ...] = ()

    @classmethod
    def read(cls, files: SiteFiles) -> Self:
        """Read the configuration among *files*."""
        found = files.first(*CONFIGS)
        if found is None:
            return cls()
        path, text = found
        mapped = load_yaml(text)  # JSON is YAML
        if mapped is None:
            reason = "is no list of 'key: value', so nothing in it is read; mend it"
            return cls(path=path, problems=(Problem(path=path, severity=Severity.WARNING, reason=reason),))
        values = without_misfits(mapped.values, _KINDS)
        package = files.texts.get("package.json", "")
        return cls(
            path=path,
            values=values,
            feeds=_feeds(values, _PLUGIN in package),
            hides=_hides(values) if _HIDING_PLUGIN in package else "",
            problems=(*_faults(path, mapped), *misfits(path, mapped.values, _KINDS)),
        )

    def text(self, key: str, default: str = "") -> str:
        """Return a setting as text."""
        return text_of(self.values.get(key)) or default

    def truth(self, key: str, *, default: bool = False) -> bool:
        """Return a setting as a truth value."""
        truth = truth_of(self.values.get(key))
        return default if truth is None else truth

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a setting that is a text or a list of them."""
        return texts(self.values.get(key))

    def table(self, key: str) -> Table:
        """Return a setting that is a table."""
        return table(self.values, key)


def is_hexos(files: SiteFiles) -> bool:
    """Return whether the site is Hexo's: `_config.yml` is Jekyll's too."""
    config = HexoConfig.read(files)
    if not config.path:
        return False
    folder = source_of(config)
    if f"{folder.partition('/')[0]}/" not in files.names or not (
        files.prefix == "" or files.prefix.startswith(f"{folder}/")
    ):
        return False
    return not _OWN_KEYS.isdisjoint(config.values) or _depends_on_hexo(files.texts.get("package.json", ""))


def source_of(config: HexoConfig) -> str:
    """Return the folder of all sources, without closing slash."""
    return config.text("source_dir", "source").strip("./") or "source"


def settings_of(config: HexoConfig) -> dict[str, object]:
    """Return what the configuration says, as settings of ours."""
    feed = config.table("feed")
    author = config.text("author")
    said: dict[str, object] = {
        "site.title": config.text("title"),
        "site.description": config.text("description") or config.text("subtitle"),
        "site.url": config.text("url").rstrip("/"),
        "site.language": next(iter(config.texts("language")), ""),
        "site.timezone": config.text("timezone"),
        "site.authors": _people(author, config.text("email")),
        "feeds.limit": number_of(feed.get("limit")),
        "feeds.content": "excerpt" if truth_of(feed.get("content")) is False else None,
        "feeds.languages": "all",  # hexo-generator-feed knows none
    }
    return {name: value for name, value in said.items() if value}


def _people(author: str, email: str) -> list[dict[str, str]]:
    named = {"name": author, "email": email} if email else {"name": author}
    return [named] if author else []


def _feeds(values: Mapping[str, Value], has_plugin: bool) -> dict[str, str]:
    """Return the feeds of hexo-generator-feed, which makes one or two (its index.js)."""
    feed = values.get("feed")
    if not isinstance(feed, dict):
        return {"atom.xml": "atom"} if has_plugin else {}
    kinds = texts(feed.get("type")) or ("atom",)
    # Whatever their order, of two kinds the first path is Atom's.
    kinds = ("atom", "rss2") if len(kinds) > 1 else kinds if kinds[0] in ("atom", "rss2") else ("atom",)
    paths = list(texts(feed.get("path")))[: len(kinds)]
    if isinstance(feed.get("path"), list) != (len(kinds) > 1):
        paths = []
    paths += [f"{kind}.xml" for kind in kinds[len(paths) :]]
    return {path.lstrip("/"): kind.removesuffix("2") for path, kind in zip(paths, kinds, strict=True)}


def _hides(values: Mapping[str, Value]) -> str:
    """Return the key by which hexo-hide-posts takes articles out of the feeds (its index.js)."""
    said = table(values, "hide_posts")
    shown = {*texts(said.get("public_generators")), *texts(said.get("allowlist_generators"))}
    off = truth_of(said.get("enable")) is False or shown & {"feed", "*"}
    return "" if off else text_of(said.get("filter")) or "hidden"


def _depends_on_hexo(package: str) -> bool:
    try:
        read = json.loads(package)
    except (ValueError, RecursionError):
        return False
    return isinstance(read, dict) and ("hexo" in read or "hexo" in (read.get("dependencies") or {}))


def _faults(path: str, mapped: Mapped) -> Iterator[Problem]:
    for line, note in mapped.notes:
        if "no valid YAML" in note:
            reason = note.replace("the front matter", "this")
            yield Problem(path=path, line=line, severity=Severity.WARNING, reason=reason)
