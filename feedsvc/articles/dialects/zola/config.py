"""A Zola site's ``config.toml``, as far as its feeds and addresses depend on it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from feedsvc.articles.dialects.misfits import misfits
from feedsvc.articles.dialects.protocol import SiteFiles
from feedsvc.articles.fields import truth_of
from feedsvc.articles.frontmatter.head import read_front_matter
from feedsvc.articles.frontmatter.toml import load_toml
from feedsvc.model import Problem, Severity
from feedsvc.text.urls import is_on_the_web

NAMES = ("zola.toml", "config.toml")
CONTENT = "content/"

_BASE_URL = re.compile(r"^[ \t]*+base_url\s*+=", re.MULTILINE)
_MAILBOX = re.compile(
    r"(?P<email>[^\s@]++@\S++)\s++\((?P<name>.+)\)"
)  # as RSS 2.0 has it, and so Zola's documentation
_FILES = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
_MOST_BRACES = 10
_MOST_PATTERNS = 1000
_BRACES = re.compile(r"\{([^{}]*)\}")


_KINDS = {
    **dict.fromkeys(("title", "description", "default_language", "author", "output_dir"), "text"),
    **{"base_url": "web", "feed_limit": "number", "languages": "tables", "slugify": "table"},
    **{"slugify.paths": "text", "ignored_content": "list", "skip_content_templating": "list"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ZolaConfig:
    """What the configuration says.

    Attributes:
        found: There is one.
        base_url: Without closing slash.
        language: The default one.
        others: The codes of the other languages.
        slugify: As in ``slugify.paths``.
        keep_dates: As in ``slugify.paths_keep_dates``.
        ignored: Patterns of ``ignored_content``, without braces.
        untemplated: Patterns of ``skip_content_templating``, without braces, below ``content/``.
        output: The folder that Zola writes to.
        drafts: Folders below ``content/`` whose section is a draft, with closing slash.
    """

    found: bool = False
    base_url: str = ""
    language: str = "en"
    others: tuple[str, ...] = ()
    slugify: str = "on"
    keep_dates: bool = False
    ignored: tuple[str, ...] = ()
    untemplated: tuple[str, ...] = ()
    output: str = "public"
    drafts: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    feeds: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def owns(files: SiteFiles) -> bool:
    """Return whether the site is Zola's: Hugo has a ``config.toml`` too, but says ``baseURL``."""
    found = files.first(*NAMES)
    ours = not files.prefix or files.prefix.startswith(CONTENT)
    return ours and found is not None and _BASE_URL.search(found[1]) is not None


def read_config(files: SiteFiles) -> ZolaConfig:
    """Return what the site's configuration and sections say; never raises."""
    found = files.first(*NAMES)
    if found is None:
        return ZolaConfig(drafts=_draft_sections(files))
    name, text = found
    try:
        table = load_toml(text)
    except (ValueError, RecursionError) as error:
        reason = f"is no TOML ({error}), so the site is read without it; mend it"
        problem = Problem(path=name, severity=Severity.WARNING, reason=reason)
        return ZolaConfig(found=True, drafts=_draft_sections(files), problems=(problem,))
    slugify = _table(table, "slugify")
    language = _text(table, "default_language") or "en"
    return ZolaConfig(
        found=True,
        base_url=_text(table, "base_url").rstrip("/"),
        language=language,
        others=tuple(code for code in _languages(table) if code != language),
        slugify=_text(slugify, "paths") or "on",
        keep_dates=slugify.get("paths_keep_dates") is True,
        ignored=_patterns(table, "ignored_content"),
        untemplated=_patterns(table, "skip_content_templating"),
        output=_text(table, "output_dir").strip("/") or "public",
        drafts=_draft_sections(files),
        problems=tuple(misfits(name, table, _KINDS)),
        settings=_settings(table, language),
        feeds=_feeds(table, files) | _translated(table, files),
    )


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def _texts(table: Mapping[str, Any], key: str) -> list[str]:
    value = table.get(key)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return value if isinstance(value, dict) else {}


def _languages(table: Mapping[str, Any]) -> list[str]:
    """Return the codes; before Zola 0.14 the languages were a list of tables."""
    listed = table.get("languages")
    if isinstance(listed, list):
        return [_text(each, "code") for each in listed if isinstance(each, dict) and _text(each, "code")]
    return list(_table(table, "languages"))


def _settings(table: Mapping[str, Any], language: str) -> dict[str, object]:
    own = _table(_table(table, "languages"), language)
    settings: dict[str, object] = {"site.language": language}
    for key in ("title", "description"):
        if text := _text(table, key) or _text(own, key):
            settings[f"site.{key}"] = text
    if is_on_the_web(url := _text(table, "base_url").rstrip("/")):
        settings["site.url"] = url
    limit = table.get("feed_limit", table.get("rss_limit"))
    if type(limit) is int and limit > 0:
        settings["feeds.limit"] = limit
    if author := _text(table, "author"):
        mailbox = _MAILBOX.fullmatch(author)
        settings["site.authors"] = [mailbox.groupdict() if mailbox else {"name": author}]
    return settings


def _feeds(table: Mapping[str, Any], files: SiteFiles) -> dict[str, str]:
    """Return the feeds at the site's root; before 0.19, and before 0.11, the keys were others.

    A name that is stated counts even if Zola makes that feed no more: it may have made way for ours.
    """
    stated = _texts(table, "feed_filenames") or [name for name in [_text(table, "feed_filename")] if name]
    made = {
        key
        for key in ("generate_feeds", "generate_feed", "generate_rss", "feed", "rss")
        if table.get(key) is True
    }
    names = stated or ["rss.xml" if made & {"generate_rss", "rss"} else "atom.xml"] * bool(made)
    formats = ((name, _format(name, files.texts.get(f"templates/{name}"))) for name in names)
    return {name: form for name, form in formats if form}


def _translated(table: Mapping[str, Any], files: SiteFiles) -> dict[str, str]:
    """Return the feeds of the other languages, and those of ours that they are like."""
    listed = table.get("languages")
    if isinstance(listed, list):  # before 0.14: which language has one, in the name of the site's
        usual = {key: table[key] for key in ("feed_filename",) if key in table}
        made = (
            each for each in listed if isinstance(each, dict) and True in (each.get("feed"), each.get("rss"))
        )
        own: dict[str, Mapping[str, Any]] = {_text(each, "code"): each | usual for each in made}
    else:
        own = {code: _table(_table(table, "languages"), code) for code in _languages(table)}
    default = _text(table, "default_language") or "en"
    return {
        f"{code}/{name}": f"languages/{code}/{_FILES[form]}"
        for code, stated in own.items()
        if code != default
        for name, form in _feeds(stated, files).items()
    }


def _format(name: str, template: str | None) -> str:
    """Return the format of a feed; "" for what is none, as a list of releases may be."""
    if name.endswith(".json"):
        return "json" if template is None or "jsonfeed" in template else ""
    return "rss" if "rss" in name or "<rss" in (template or "") else "atom"


def _patterns(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    patterns = (each for pattern in _texts(table, key) for each in _without_braces(pattern))
    return tuple(islice(patterns, _MOST_PATTERNS))


def _draft_sections(files: SiteFiles) -> tuple[str, ...]:
    """Return the folders whose index is a draft in any language (components/site/src/lib.rs, `load`)."""
    folders = set()
    for path, text in files.texts.items():
        folder, _, name = path.removeprefix(CONTENT).rpartition("/")
        drafted = name.startswith("_index.") and truth_of(read_front_matter(text).values.get("draft"))
        if path.startswith(CONTENT) and drafted:
            folders.add(f"{folder}/" if folder else "")
    return tuple(sorted(folders))


def _without_braces(pattern: str) -> Iterator[str]:
    """Yield the patterns that ``*.{png,jpg}`` stands for; of many braces, they are too many for anybody."""
    braces = _BRACES.search(pattern)
    if braces is None or pattern.count("{") > _MOST_BRACES:
        yield pattern
        return
    before, after = pattern[: braces.start()], pattern[braces.end() :]
    for choice in braces[1].split(","):
        yield from _without_braces(before + choice + after)
