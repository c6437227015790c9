"""An Eleventy site's configuration, read from its JavaScript without running it."""

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from feedsvc.articles.dialects.eleventy.dates import date_filters
from feedsvc.articles.dialects.javascript import Literal, object_at, without_comments
from feedsvc.articles.dialects.protocol import SiteFiles
from feedsvc.articles.fields import text_of

NAMES = (".eleventy.js", "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs")

_DIRECTORY = re.compile(r"""\bset(Input|Includes|Data|Layouts|Output)Directory\(\s*["']([^"']*)["']""")
_COMMAND = re.compile(r"--(input|output|pathprefix)[= ]([^\s\"']+)", re.IGNORECASE)
_IGNORES = re.compile(r"""\bignores\.add\(\s*["']([^"']+)["']""")
_PREFIX = re.compile(r"""\bpathPrefix\s*:\s*["']([^"']*)["']""")


@dataclass(frozen=True, slots=True, kw_only=True)
class EleventyConfig:
    """What the configuration says. Folders bear a closing slash; "" is the site's own.

    Attributes:
        program: Without comments.
        inner: The folders of includes, layouts and data.
        prefix: ``pathPrefix``, with a slash at each end.
        path: Of the file; "." without one.
        ignored: What ``.eleventyignore`` names, as in ``.gitignore``.
        dates: The formats of the site's filters that show dates, by name.
        separator: Behind an excerpt, if the site has one set.
    """

    program: str = ""
    path: str = "."
    input: str = ""
    output: str = "_site/"
    data: str = "_data/"
    inner: tuple[str, ...] = ("_includes/", "_data/")
    prefix: str = "/"
    markdown_engine: str = "liquid"
    html_engine: str = "liquid"
    ignored: tuple[str, ...] = ()
    dates: Mapping[str, str] = field(default_factory=dict)
    separator: str | None = None


def read_config(files: SiteFiles) -> EleventyConfig:
    """Return what the configuration says in literals; never raises."""
    found = files.first(*NAMES)
    program = without_comments(found[1]) if found else ""
    command = _command_line(files)
    stated = {key: text_of(value) for key, value in _folders(program).items()} | command
    below = _normal(stated.get("input") or "")
    data = _normal(below + (stated.get("data") or "_data"))
    includes = _normal(below + (stated.get("includes") or "_includes"))
    layouts = _normal(below + str(stated["layouts"])) if stated.get("layouts") else ""
    prefix = _PREFIX.search(program)
    return EleventyConfig(
        program=program,
        path=found[0] if found else ".",
        input=below,
        output=_normal(stated.get("output") or "_site"),
        data=data,
        inner=tuple(folder for folder in (includes, layouts, data) if folder),
        prefix="/" + _normal(command.get("pathprefix") or (prefix[1] if prefix else "")),
        markdown_engine=_word(program, "markdownTemplateEngine") or "liquid",
        html_engine=_word(program, "htmlTemplateEngine") or "liquid",
        ignored=tuple(_ignored(files, program, below)),
        dates=date_filters(program),
        separator=_separator(program),
    )


def has_unread_prefix(program: str) -> bool:
    """Return whether ``pathPrefix`` is something else than text that is written out."""
    return re.search(r"\bpathPrefix\s*:", program) is not None and _PREFIX.search(program) is None


def owns(files: SiteFiles) -> bool:
    """Return whether the articles folder is the site's, its input folder, or one of the two's other side."""
    folder = read_config(files).input
    return files.prefix.startswith(folder) or folder.startswith(files.prefix)


def object_behind(program: str, pattern: str) -> Literal:
    """Return the object that follows where *pattern* is found first; an empty one if nowhere."""
    found = re.search(rf"{pattern}\s*(?=\{{)", program)
    return object_at(program, found.end()) if found else Literal()


def _folders(program: str) -> dict[str, str | None]:
    stated = {key: text_of(value) for key, value in object_behind(program, r"\bdir\s*:").values.items()}
    return stated | {name.lower(): path for name, path in _DIRECTORY.findall(program)}


def _normal(path: str) -> str:
    normal = posixpath.normpath(path.strip().strip("/") or ".")
    return "" if normal == "." else f"{normal}/"


def _command_line(files: SiteFiles) -> dict[str, str]:
    """Return the options that ``npm run build`` gives to Eleventy."""
    try:
        command = json.loads(files.texts.get("package.json", "{}"))["scripts"]["build"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return {}
    stated = _COMMAND.findall(command) if isinstance(command, str) and "eleventy" in command else []
    return {name.lower(): text for name, text in stated}


def _word(program: str, key: str) -> str | None:
    found = re.search(rf"""\b{key}\s*:\s*["']?(\w+)""", program)
    return found[1] if found else None


def _separator(program: str) -> str | None:
    options = object_behind(program, r"\bsetFrontMatterParsingOptions\(").values
    return (text_of(options.get("excerpt_separator")) or "---") if options.get("excerpt") == "true" else None


def anchored(pattern: str) -> str:
    """Return a glob from the site's folder as a pattern of ``.gitignore``."""
    sign = "!" if pattern.startswith("!") else ""
    return f"{sign}/{pattern.removeprefix('!').removeprefix('./').lstrip('/')}"


def _ignored(files: SiteFiles, program: str, folder: str) -> Iterator[str]:
    """Yield what is ignored (src/EleventyFiles.js, `normalizeIgnoreContent`: exceptions are not known)."""
    for place in dict.fromkeys(("", folder)):
        for line in files.texts.get(f"{place}.eleventyignore", "").splitlines():
            pattern = line.strip()
            if pattern and pattern[0] not in "#!":
                yield anchored(place + pattern.removeprefix("./").lstrip("/"))
    for pattern in _IGNORES.findall(program):
        yield anchored(pattern)
