"""The forms that the head of an article has, and how each is told from its body.

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
from datetime import date, datetime, time

from frontmatter.default_handlers import BaseHandler

from feedsvc.articles.frontmatter.keys import fold
from feedsvc.articles.frontmatter.toml import load_toml
from feedsvc.articles.frontmatter.yaml import Mapped, Value, load_yaml, said_again

_TOML_TABLE = re.compile(r"\[\[?([^\[\]]+)\]")
_TOML_TEXT = re.compile(r"(\"{3}|'{3}).*?\1", re.DOTALL)
_JSON_TOKEN = re.compile(r'(?P<text>"(?:[^"\\]|\\.)*+(?:"|\Z))(?P<colon>\s*+:)?|[{}\[\]]', re.DOTALL)
_WORD_LINE = re.compile(r"[A-Za-z_][\w-]*[ \t]*:(?:[ \t].*)?")


class HeadError(ValueError):
    """The head cannot be read; holds the line within the text and the reason."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason


class Head(BaseHandler, ABC):
    """What our handlers share: python-frontmatter's interface, plus lines.

    Attributes:
        offset: Lines before the first line of the head.
    """

    FM_BOUNDARY = re.compile("")
    offset = 0

    @abstractmethod
    def mapped(self, head: str) -> Mapped | None:
        """Return what the head holds; None if it is no mapping. May raise HeadError."""


class _Fenced(Head):
    """A head between two lines that hold nothing but the fence."""

    offset = 1
    openings: tuple[str, ...] = ()
    closings: tuple[str, ...] = ()

    def detect(self, text: str) -> bool:
        return text.partition("\n")[0].rstrip() in self.openings

    def split(self, text: str) -> tuple[str, str]:
        lines = text.split("\n")
        for number, line in enumerate(lines[1:], start=1):
            if line.rstrip() in self.closings:
                return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :])
        if len(lines) > 1 and _WORD_LINE.fullmatch(lines[1]):
            raise HeadError(1, f"the front matter has no end; close it with a line '{self.closings[0]}'")
        return "", text  # a lone ruler


class _Yaml(_Fenced):
    # Eleventy's reader (gray-matter) has the language stand behind the fence.
    openings = ("---", "---yaml", "---yml")
    closings = ("---", "...")

    def mapped(self, head: str) -> Mapped | None:
        return load_yaml(head)


class _Toml(_Fenced):
    openings = ("+++",)
    closings = ("+++",)

    def mapped(self, head: str) -> Mapped:
        try:
            table = load_toml(head)
        except tomllib.TOMLDecodeError as error:
            what, _, where = str(error).partition(" (at ")  # "line 2, column 3)", or "end of document)"
            found = re.match(r"line (\d+)", where)
            line = int(found[1]) if found else head.count("\n") + 1
            raise HeadError(self.offset + line, f"this is not valid TOML ({what}); mend this line") from None
        except (ValueError, RecursionError):
            raise HeadError(
                1, "this TOML is nested too deeply, or holds a number of too many digits; simplify it"
            ) from None
        return Mapped(
            values={key: as_text(value) for key, value in table.items()},
            lines=_toml_lines(head),
            quoted=_texts(table),
        )


class _TomlBetweenDashes(_Toml):
    openings = ("---toml",)
    closings = ("---",)


class _Json(Head):
    def detect(self, text: str) -> bool:
        return re.match(r'\{\s*(?:"|\})', text) is not None

    def split(self, text: str) -> tuple[str, str]:
        end = _end_of_json(text)
        return text[:end], text[end:].removeprefix("\n")

    def mapped(self, head: str) -> Mapped:
        return _json_mapped(head)


class _JsonBetweenDashes(_Fenced):
    openings = ("---json",)
    closings = ("---",)

    def mapped(self, head: str) -> Mapped | None:
        rest = head[_end_of_json(head, self.offset) :].strip()
        if rest or not head.lstrip().startswith("{"):
            raise HeadError(
                self.offset + 1, "this is not valid JSON (it is more, or no object); mend this line"
            )
        return _json_mapped(head)


class _Headers(Head):
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


def as_text(value: object) -> Value:
    """Return a TOML or JSON value with each scalar as text, as YAML's are here."""
    if isinstance(value, dict):
        return {str(key): as_text(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_text(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return None if value is None else str(value)


def _texts(table: Mapping[str, object]) -> frozenset[str]:
    return frozenset(key for key, value in table.items() if isinstance(value, str))


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


def _end_of_json(text: str, offset: int = 0) -> int:
    """Return where the JSON that *text* begins with ends; *offset* is the lines before it in the file."""
    start = len(text) - len(text.lstrip())
    try:
        # As text, since Python refuses to read numbers of many thousand digits.
        _, end = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode(text, start)
    except json.JSONDecodeError as error:
        reason = f"this is not valid JSON ({error.msg}); mend this line"
        raise HeadError(offset + error.lineno, reason) from None
    except RecursionError:
        raise HeadError(1, "this JSON is nested too deeply; flatten it") from None
    return end


def _json_mapped(head: str) -> Mapped:
    table = json.loads(head, parse_int=str, parse_float=str)
    lines: dict[str, int] = {}
    notes: list[tuple[int, str]] = []
    for key, depth, line in _json_keys(head):
        if depth == 1 and key in lines:
            notes.append((line, said_again(key)))
        lines[key] = line
    values = {key: as_text(value) for key, value in table.items()}
    return Mapped(values=values, lines=lines, quoted=_texts(table), notes=tuple(notes))


def _json_keys(head: str) -> Iterator[tuple[str, int, int]]:
    """Yield each key of valid JSON, as ``table.key`` within a table, its depth and its line."""
    path: list[str] = []
    line, counted = 1, 0
    for token in _JSON_TOKEN.finditer(head):
        if token[0] in "{[":
            path.append("")
        elif token[0] in "}]":
            path.pop()
        elif token["colon"]:
            path[-1] = str(json.loads(token["text"]))
            line, counted = line + head.count("\n", counted, token.start()), token.start()
            yield ".".join(path), len(path), line


HANDLERS = (_Yaml(), _Toml(), _TomlBetweenDashes(), _Json(), _JsonBetweenDashes(), _Headers())
