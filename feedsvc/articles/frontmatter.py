"""The head of an article, in each form that people write, and where its body begins.

python-frontmatter finds the form and holds the handlers; the handlers are ours,
since its own lose text: rulers in a body pass for fences, ``...`` does not
close, a key called ``content`` raises, indentation of the body's first line is
stripped, and TOML needs a package that nobody maintains.
"""

import json
import re
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from frontmatter import detect_format
from frontmatter.default_handlers import BaseHandler

from feedsvc.articles.yaml_text import Mapped, Value, load_yaml, said_again

# Walking more than this is no longer reading front matter.
MOST_BYTES = 64_000

_KNOWN = frozenset(
    {
        *("title", "subtitle", "slug", "permalink", "url", "link", "aliases", "redirect", "redirectto"),
        *("date", "published", "publishdate", "pubdate", "created", "updated", "update", "dateupdated"),
        *("modified", "lastmod", "lastmodified", "lastmodifiedat", "expiry", "unpublishdate"),
        *("expires", "expirydate", "draft", "status", "minor", "id", "guid", "uuid", "lang", "language"),
        *(
            "category",
            "categories",
            "tag",
            "tags",
            "keywords",
            "topics",
            "taxonomies",
            "author",
            "authors",
            "by",
        ),
        *("excerpt", "summary", "description", "featuretext", "image", "images", "cover", "featureimage"),
        *("thumbnail", "header", "hero", "layout", "template", "type", "weight", "extra"),
    }
)
_TOML_TABLE = re.compile(r"\[\[?([^\[\]]+)\]")
_TOML_TEXT = re.compile(r"(\"{3}|'{3}).*?\1", re.DOTALL)
_JSON_TOKEN = re.compile(r'(?P<key>"(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}\[\]]')
_WORD_LINE = re.compile(r"[A-Za-z_][\w-]*[ \t]*:(?:[ \t].*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The head of an article.

    Attributes:
        values: By folded key: lower case without ``_``, ``-`` and blanks.
        lines: Line in the file of each folded key; in TOML and JSON also of those
            in tables, as ``table.key``.
        spelling: Each folded key as it was written.
        body: The rest of the text, untouched.
        body_line: Line of the file on which `body` begins.
        notes: What looks wrong, each with its line in the file.
        fault: Why the article cannot be used, with its line; None if it can.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    spelling: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1
    notes: tuple[tuple[int, str], ...] = ()
    fault: tuple[int, str] | None = None


class HeadError(ValueError):
    """The head cannot be read; holds the line within the text and the reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason


def fold(key: str) -> str:
    """Return the form in which spellings of one key are equal: `Last-Modified` is `last_modified`."""
    return re.sub(r"[\s_-]", "", key).casefold()


def read_front_matter(text: str) -> FrontMatter:
    """Split *text* (LF line ends) into its head and its body."""
    text = text.removeprefix("\ufeff")  # a second byte order mark, left by an editor
    handler = detect_format(text, _HANDLERS)
    if not isinstance(handler, _Head):
        return FrontMatter(body=text)
    try:
        head, body = handler.split(text)
        if len(head.encode()) > MOST_BYTES:
            size = f"{MOST_BYTES // 1000} kB"
            raise HeadError(1, f"the front matter is longer than {size}; close it at its end, or shorten it")
        mapped = handler.mapped(head)
    except HeadError as error:
        return FrontMatter(fault=(error.line, error.reason))
    except RecursionError:
        return FrontMatter(fault=(1, "the front matter is nested too deeply; flatten it"))
    if mapped is None or not _plausible(mapped):
        return FrontMatter(body=text)
    offset = handler.offset
    return FrontMatter(
        values={fold(key): value for key, value in mapped.values.items()},
        lines={fold(key): line + offset for key, line in mapped.lines.items()},
        spelling={fold(key): key for key in mapped.values},
        body=body,
        body_line=text[: len(text) - len(body)].count("\n") + 1,
        notes=tuple((line + offset, note) for line, note in (*mapped.notes, *_respelt(mapped))),
    )


def _respelt(mapped: Mapped) -> Iterator[tuple[int, str]]:
    """Yield what to say of keys that differ in their spelling only."""
    first: dict[str, str] = {}
    for key in mapped.values:
        spelling = first.setdefault(fold(key), key)
        if spelling != key:
            yield mapped.lines.get(key, 0), f"'{key}' is the same key as '{spelling}' and counts; delete one"


class _Head(BaseHandler, ABC):
    """What our handlers share: python-frontmatter's interface, plus lines.

    Attributes:
        offset: Lines before the first line of the head.
    """

    FM_BOUNDARY = re.compile("")
    offset = 0

    @abstractmethod
    def mapped(self, head: str) -> Mapped | None:
        """Return what the head holds; None if it is no mapping. May raise HeadError."""


class _Fenced(_Head):
    """A head between two lines that hold nothing but the fence."""

    offset = 1
    opening = ""
    closings: tuple[str, ...] = ()

    def detect(self, text: str) -> bool:
        return text.partition("\n")[0].rstrip() == self.opening

    def split(self, text: str) -> tuple[str, str]:
        lines = text.split("\n")
        for number, line in enumerate(lines[1:], start=1):
            if line.rstrip() in self.closings:
                return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :])
        if len(lines) > 1 and _WORD_LINE.fullmatch(lines[1]):
            raise HeadError(1, f"the front matter has no end; close it with a line '{self.opening}'")
        return "", text  # a lone ruler


class _Yaml(_Fenced):
    opening = "---"
    closings = ("---", "...")

    def mapped(self, head: str) -> Mapped | None:
        return load_yaml(head)


class _Toml(_Fenced):
    opening = "+++"
    closings = ("+++",)

    def mapped(self, head: str) -> Mapped:
        try:
            table = tomllib.loads(head)
        except tomllib.TOMLDecodeError as error:
            what, _, where = str(error).partition(" (at ")  # "line 2, column 3)", or "end of document)"
            found = re.match(r"line (\d+)", where)
            line = int(found[1]) if found else head.count("\n") + 1
            raise HeadError(self.offset + line, f"this is not valid TOML ({what}); mend this line") from None
        except (ValueError, RecursionError):
            raise HeadError(
                1, "this TOML is nested too deeply, or holds a number of too many digits; simplify it"
            ) from None
        return Mapped(values={key: _as_text(value) for key, value in table.items()}, lines=_toml_lines(head))


class _Json(_Head):
    def detect(self, text: str) -> bool:
        return re.match(r'\{\s*(?:"|\})', text) is not None

    def split(self, text: str) -> tuple[str, str]:
        try:
            # As text, since Python refuses to read numbers of many thousand digits.
            _, end = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode(text)
        except json.JSONDecodeError as error:
            raise HeadError(error.lineno, f"this is not valid JSON ({error.msg}); mend this line") from None
        except RecursionError:
            raise HeadError(1, "this JSON is nested too deeply; flatten it") from None
        return text[:end], text[end:].removeprefix("\n")

    def mapped(self, head: str) -> Mapped:
        table = json.loads(head, parse_int=str, parse_float=str)
        lines: dict[str, int] = {}
        notes: list[tuple[int, str]] = []
        for key, depth, line in _json_keys(head):
            if depth == 1 and key in lines:
                notes.append((line, said_again(key)))
            lines[key] = line
        values = {key: _as_text(value) for key, value in table.items()}
        return Mapped(values=values, lines=lines, notes=tuple(notes))


class _Headers(_Head):
    """`Key: value` lines down to the first blank one, as Pelican and MultiMarkdown have them."""

    def detect(self, text: str) -> bool:
        key, colon, _ = text.partition("\n")[0].partition(":")
        return bool(colon) and fold(key) in ("title", "date")

    def split(self, text: str) -> tuple[str, str]:
        head, _, body = text.partition("\n\n")
        return head, body

    def mapped(self, head: str) -> Mapped | None:
        values: dict[str, Value] = {}
        lines: dict[str, int] = {}
        notes: list[tuple[int, str]] = []
        last = ""
        for number, line in enumerate(head.split("\n"), start=1):
            if _WORD_LINE.fullmatch(line):
                last, _, value = line.partition(":")
                if last in values:
                    notes.append((number, said_again(last)))
                values[last], lines[last] = value.strip() or None, number
            elif line.startswith((" ", "\t")) and last:
                values[last] = f"{values[last] or ''} {line.strip()}".strip()
            else:
                return None
        return Mapped(values=values, lines=lines, notes=tuple(notes))


_HANDLERS = (_Yaml(), _Toml(), _Json(), _Headers())


def _plausible(mapped: Mapped) -> bool:
    # Two rulers around prose are no fences. Prose has no key that we know, nor
    # nothing but single lower-case words before its colons.
    keys = mapped.values.keys()
    return any(fold(key) in _KNOWN for key in keys) or all(re.fullmatch(r"[a-z_][\w-]*", key) for key in keys)


def _as_text(value: object) -> Value:
    """Return a TOML or JSON value with each scalar as text, as YAML's are here."""
    if isinstance(value, dict):
        return {str(key): _as_text(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_text(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return None if value is None else str(value)


def _toml_lines(head: str) -> dict[str, int]:
    """Return the line of each table and key of valid TOML; a table's keys as ``table.key``."""
    # What stands in a text of several lines is no key.
    head = _TOML_TEXT.sub(lambda found: "\n" * found[0].count("\n"), head)
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(map(str.strip, head.split("\n")), start=1):
        if heading := _TOML_TABLE.match(line):
            table = _bare(heading[1])
            lines.setdefault(table, number)
        elif "=" in line and not line.startswith("#"):
            key = _bare(line.partition("=")[0])
            lines.setdefault(f"{table}.{key}" if table else key, number)
    return lines


def _bare(key: str) -> str:
    return ".".join(part.strip(" \t\"'") for part in key.split("."))


def _json_keys(head: str) -> Iterator[tuple[str, int, int]]:
    """Yield each key of valid JSON, as ``table.key`` within a table, its depth and its line."""
    path: list[str] = []
    for token in _JSON_TOKEN.finditer(head):
        if token[0] in "{[":
            path.append("")
        elif token[0] in "}]":
            path.pop()
        elif token["key"]:
            path[-1] = str(json.loads(token["key"]))
            yield ".".join(path), len(path), head.count("\n", 0, token.start()) + 1
