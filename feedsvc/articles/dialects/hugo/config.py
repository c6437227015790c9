"""A Hugo site's configuration, whatever files it lies in, as one table.

The rules are those of its source, https://github.com/gohugoio/hugo, above all
config/allconfig; keys are case-insensitive, so all stand here in lower case.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from feedsvc.articles.dialects.hugo.paths import is_token
from feedsvc.articles.dialects.misfits import misfits, unknown_word
from feedsvc.articles.dialects.protocol import SiteFiles
from feedsvc.articles.dialects.tables import Table, merged, table, text
from feedsvc.articles.frontmatter.forms import as_text
from feedsvc.articles.frontmatter.toml import load_toml
from feedsvc.articles.frontmatter.yaml import Value, load_yaml
from feedsvc.model import Problem, Severity

_SUFFIXES = (".toml", ".yaml", ".yml", ".json")
NAMES = tuple(f"{stem}{suffix}" for stem in ("hugo", "config") for suffix in _SUFFIXES)

# A site is built for production unless somebody says otherwise.
_FOLDERS = ("config/_default/", "config/production/")
_FOREIGN = re.compile(r"^[ \t]*+\"?base_url\"?\s*+[:=]", re.MULTILINE)
_OURS = re.compile(
    r"""^[ \t\["{]*+(?:baseurl|languagecode|theme|params|permalinks|taxonomies|module|markup|contentdir
        |defaultcontentlanguage)["\].]*\s*+[:=\].]""",
    re.MULTILINE | re.IGNORECASE | re.VERBOSE,
)


_KINDS = {
    **dict.fromkeys(("title", "languageCode", "defaultContentLanguage", "contentDir", "timeZone"), "text"),
    **dict.fromkeys(("params", "languages", "taxonomies", "frontmatter", "outputs"), "table"),
    **dict.fromkeys(("buildFuture", "disablePathToLower", "removePathAccents"), "truth"),
    **{"baseURL": "web", "permalinks": "tables", "ignoreFiles": "texts", "disableLanguages": "texts"},
}


def is_hugos(files: SiteFiles) -> bool:
    """Return whether the site's configuration is Hugo's: others have a ``config.toml`` too."""
    found = files.first(*NAMES)
    if found is None:
        return any(path.startswith(_FOLDERS[0]) for path in files.texts)
    name, source = found
    if name.startswith("hugo."):
        return True
    return "content/" in files.names and bool(_OURS.search(source)) and not _FOREIGN.search(source)


def config_path(files: SiteFiles) -> str:
    """Return the file of the configuration that messages name."""
    paths = (*NAMES, *(path for path in files.texts if path.startswith(_FOLDERS)))
    return next(filter(files.texts.__contains__, paths), "")


def read_config(files: SiteFiles) -> tuple[Table | None, tuple[Problem, ...]]:
    """Return the configuration, None if there is none, and what is wrong with its files; never raises."""
    config: Table = {}
    problems: list[Problem] = []
    sources = list(_sources(files))
    for path, keys in sources:
        try:
            said = _read(path, files.texts[path])
        except (ValueError, RecursionError) as error:
            kind = path.rpartition(".")[2].upper()
            reason = f"is no {kind} ({error}), so the site is read without it; mend it"
            problems.append(Problem(path=path, severity=Severity.WARNING, reason=reason))
            continue
        problems += [] if keys else [*misfits(path, said, _KINDS), *_unknown_words(path, said)]
        for key in reversed(keys):
            said = {key: said}
        config = merged(said, config)
    return (config if sources else None), tuple(problems)


def lowered(value: Value) -> Value:
    """Return *value* with the keys of its tables in lower case, as Hugo compares them."""
    if isinstance(value, dict):
        return {key.lower(): lowered(each) for key, each in value.items()}
    return [lowered(each) for each in value] if isinstance(value, list) else value


def read_table(path: str, source: str) -> dict[str, Value]:
    """Return what a file of configuration or data holds; an empty table if it cannot be read."""
    try:
        return _read(path, source)
    except (ValueError, RecursionError):
        return {}


def _unknown_words(path: str, config: Table) -> Iterator[Problem]:
    patterns = table(config, "permalinks")
    for section, pattern in {**patterns, **table(patterns, "page")}.items():
        yield from unknown_word(path, f"permalinks.{section}", text(pattern), is_token)


def _sources(files: SiteFiles) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each file of configuration and the keys it stands under, the weakest first."""
    found = files.first(*NAMES)
    if found is not None:
        yield found[0], ()
    for folder in _FOLDERS:
        for path in sorted(each for each in files.texts if each.startswith(folder)):
            stem, dot, suffix = path.removeprefix(folder).lower().rpartition(".")
            if dot + suffix in _SUFFIXES and "/" not in stem:
                key, _, language = stem.partition(".")
                # "languages.ko" holds what "ko" in "languages" would.
                own = () if key in ("hugo", "config") or (language and key == "languages") else (key,)
                yield path, (*(("languages", language) if language else ()), *own)


def _read(path: str, source: str) -> dict[str, Value]:
    """Return what *source* holds. May raise ValueError and RecursionError."""
    if path.endswith(".toml"):
        held: Any = load_toml(source)
    elif path.endswith(".json"):
        held = json.loads(source, parse_int=str, parse_float=str)
    else:
        mapped = load_yaml(source)
        held = dict(mapped.values) if mapped else {}
    found = lowered(as_text(held))
    return found if isinstance(found, dict) else {}
