"""What an Eleventy site says of itself: its data, its feeds, and which files are its articles."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from feedsvc.articles.dialects.eleventy.config import (
    NAMES,
    EleventyConfig,
    anchored,
    has_unread_prefix,
    object_behind,
    read_config,
)
from feedsvc.articles.dialects.eleventy.data import read_data, tags_of
from feedsvc.articles.dialects.javascript import Literal, object_at
from feedsvc.articles.dialects.misfits import misfits, without_misfits
from feedsvc.articles.dialects.protocol import SiteFiles
from feedsvc.articles.dialects.tables import table
from feedsvc.articles.fields import text_of
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.model import Problem, Severity
from feedsvc.text.urls import parts_of

ARTICLES = frozenset("post posts blog blogs article articles".split())
"""What people call the collection, or the folder, of what they write."""

BY_PROGRAM = "{% javascript %}"
"""Stands for a permalink that only JavaScript could tell; no template gives an address of it."""

_METADATA = ("metadata", "site", "meta", "siteConfig", "config")
_TEMPLATES = (".njk", ".liquid")
_COLLECTION = re.compile(r"""\bcollections(?:\.([\w-]+)|\[\s*["']([^"']+)["']\s*\])""")
_GLOBBED = re.compile(
    r"""\baddCollection\(\s*["']([^"']+)["'] (?:(?!addCollection).){0,400}?
        getFilteredByGlob\(\s*(\[[^\]]*\]|["'][^"']+["'])""",
    re.DOTALL | re.VERBOSE,
)
_TAGGED = re.compile(
    r"""\baddCollection\(\s*["']([^"']+)["'] (?:(?!addCollection).){0,400}?
        getFilteredByTags?\(\s*["']([^"']+)["']\s*\)""",
    re.DOTALL | re.VERBOSE,
)
_ADDED = re.compile(r"""\baddGlobalData\(\s*["'](\w+)["']\s*,\s*(?:\(\)\s*=>\s*\(\s*)?(?=\{)""")
_QUOTED = re.compile(r"""["']([^"']+)["']""")

# A function that keeps drafts back gives all others what they would have had.
_OF_DRAFTS = re.compile(r"\bpermalink\b.{0,300}?(?:\.permalink\b|\bdraft)", re.DOTALL)

# "permalink: /feed.xml", or "permalink: false # /feed.xml" once it is ours.
_ADDRESS = re.compile(
    r"""["']?permalink["']?\s*:\s*(?:false[ ]+\#[ ]*)?["']?(/?[\w./-]+\.(?:xml|json|rss|atom))\b""",
    re.VERBOSE,
)


_KINDS = {
    **dict.fromkeys("title name siteName sitename description subtitle language lang locale".split(), "text"),
    **dict.fromkeys("base url baseUrl baseURL siteUrl siteURL".split(), "web"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EleventySite:
    """What the site's files say.

    Attributes:
        data: Of the data files, by path.
        collections: The names of those that hold articles.
        globs: Patterns of the files that the configuration puts into them.
        told: Tags, globs or a feed tell which files are articles.
    """

    config: EleventyConfig = field(default_factory=EleventyConfig)
    data: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    collections: frozenset[str] = ARTICLES
    globs: tuple[str, ...] = ()
    told: bool = False
    settings: Mapping[str, object] = field(default_factory=dict)
    feeds: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, Value] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_site(files: SiteFiles) -> EleventySite:
    """Return what the site's files say in literals; never raises."""
    config = read_config(files)
    literals = {path: read_data(path, text) for path, text in files.texts.items() if _is_data(path, config)}
    unknown = tuple(path for path in literals if _makes_permalinks(literals[path], files.texts[path]))
    by_program: dict[str, Value] = {"permalink": BY_PROGRAM}
    data = {path: each.values | (by_program if path in unknown else {}) for path, each in literals.items()}
    whole = _global(data, config.data) | _global_of(config.program)
    plugin = object_behind(config.program, r"\baddPlugin\(\s*\w*[fF]eed\w*\s*,").values
    templates = _feed_templates(files, config)
    named = frozenset(_named(plugin, templates))
    named |= frozenset(tag for name, tag in _TAGGED.findall(config.program) if name in ARTICLES | named)
    collections = ARTICLES | named
    globs = tuple(_globs(config.program, collections))
    tagged = any(collections.intersection(tags_of(values.get("tags"))) for values in data.values())
    about = next((name for name in _METADATA if whole.get(name)), "")
    metadata = without_misfits(whole.get(about, {}), _KINDS)
    ours = table(plugin.get("metadata"))
    if "//example." in str(ours.get("base")):  # as its documentation has it
        ours = {key: value for key, value in ours.items() if key != "base"}
    return EleventySite(
        config=config,
        data=data,
        collections=collections,
        globs=globs,
        told=bool(named or globs) or tagged,
        settings=_settings({**metadata, **ours}, config.prefix),
        feeds=_feeds(plugin, templates, metadata),
        variables={
            f"{name}.{key}": value
            for name, values in whole.items()
            for key, value in values.items()
            if isinstance(value, str)
        },
        people=whole.get("authors") or whole.get("people") or {},
        problems=(
            *(_problem(path) for path in sorted(unknown) if not path.startswith(config.data)),
            *_misfits(files, config, about, whole.get(about, {})),
        ),
    )


def _is_data(path: str, config: EleventyConfig) -> bool:
    name = path.rpartition("/")[2]
    return ".11tydata." in name or path.startswith(config.data) or name.endswith(".json")


def _makes_permalinks(literal: Literal, text: str) -> bool:
    return "permalink" in literal.unread and not _OF_DRAFTS.search(text)


def _global(data: Mapping[str, Mapping[str, Value]], folder: str) -> dict[str, Mapping[str, Value]]:
    """Return the data that holds everywhere, by the name of its file."""
    below = {path.removeprefix(folder): values for path, values in data.items() if path.startswith(folder)}
    return {path.partition(".")[0]: values for path, values in below.items() if folder}


def _global_of(program: str) -> dict[str, Mapping[str, Value]]:
    """Return the data that the configuration itself adds."""
    return {found[1]: object_at(program, found.end()).values for found in _ADDED.finditer(program)}


def _feed_templates(files: SiteFiles, config: EleventyConfig) -> list[str]:
    return [
        text
        for path, text in files.texts.items()
        if path.endswith(_TEMPLATES) and path.startswith(config.input) and not path.startswith(config.inner)
    ]


def _named(plugin: Mapping[str, Value], templates: Iterable[str]) -> Iterator[str]:
    """Yield the collections that feeds are made of."""
    stated = text_of(table(plugin.get("collection")).get("name"))
    names = [stated] if stated else []
    names += [dotted or quoted for text in templates for dotted, quoted in _COLLECTION.findall(text)]
    yield from (name for name in names if name != "all")


def _globs(program: str, collections: frozenset[str]) -> Iterator[str]:
    for name, patterns in _GLOBBED.findall(program):
        if name in collections:
            yield from map(anchored, _QUOTED.findall(patterns))


def _settings(metadata: Mapping[str, Value], prefix: str) -> dict[str, object]:
    settings: dict[str, object] = {
        "site.title": _first(metadata, "title", "name", "siteName", "sitename"),
        "site.description": _first(metadata, "description", "subtitle"),
        "site.language": _first(metadata, "language", "lang", "locale"),
        "site.url": _site_url(
            _first(metadata, "base", "url", "baseUrl", "baseURL", "siteUrl", "siteURL"), prefix
        ),
        "site.authors": _author(metadata.get("author")),
        "feeds.languages": "all",  # its plugin of feeds knows none
    }
    return {key: value for key, value in settings.items() if value}


def _site_url(stated: str, prefix: str) -> str:
    """Return where the site stands; addresses begin with ``pathPrefix``, not with the path of a base.

    So has it the plugin of feeds (its filter `htmlBaseUrl`). Where the
    configuration names no prefix, the command line may: then the base tells.
    """
    parts = parts_of(stated)
    if parts is None:
        return stated  # which is told of, as all that cannot be a setting
    if parts.scheme not in ("http", "https"):
        return ""
    path = parts.path if prefix == "/" else prefix
    return f"{parts.scheme}://{parts.netloc}{path}".rstrip("/")


def _author(value: Value) -> list[dict[str, str]]:
    author = value if isinstance(value, dict) else {"name": value}
    stated = {"name": author.get("name"), "email": author.get("email"), "uri": author.get("url")}
    known = {key: text for key, each in stated.items() if (text := text_of(each))}
    return [known] if "name" in known else []


def _feeds(
    plugin: Mapping[str, Value], templates: Iterable[str], metadata: Mapping[str, Value]
) -> dict[str, str]:
    found = ((_ADDRESS.search(text), text) for text in templates)
    feeds = {address[1].lstrip("/"): _format(address[1], text) for address, text in found if address}
    if address := text_of(plugin.get("outputPath")) or ("/feed.xml" if plugin else ""):
        feeds[address.lstrip("/")] = text_of(plugin.get("type")) or "atom"
    if older := text_of(table(metadata.get("feed")).get("path")):
        feeds.setdefault(older.lstrip("/"), _format(older, ""))
    return feeds


def _format(address: str, template: str) -> str:
    return "json" if address.endswith(".json") else "rss" if "<rss" in template else "atom"


def _problem(path: str) -> Problem:
    reason = (
        "makes permalinks by JavaScript, which is not run, so its articles are linked to pages of feedsvc; "
        "say the pattern in articles.permalink"
    )
    return Problem(path=path, severity=Severity.WARNING, reason=reason)


def _misfits(
    files: SiteFiles, config: EleventyConfig, name: str, metadata: Mapping[str, Value]
) -> Iterator[Problem]:
    """Yield what cannot be used of the *metadata*, global data of that *name*, and of the configuration."""
    program = (files.first(*NAMES) or ("", ""))[0]
    holder = next((path for path in files.texts if path.startswith(f"{config.data}{name}.")), program)
    yield from misfits(holder, metadata, _KINDS)
    if has_unread_prefix(config.program):
        reason = "'pathPrefix' must be text that is written out, and does not count; mend it, or set site.url"
        yield Problem(path=program, severity=Severity.WARNING, reason=reason)


def _first(values: Mapping[str, Value], *keys: str) -> str:
    return next((text for key in keys if (text := text_of(values.get(key)))), "")
