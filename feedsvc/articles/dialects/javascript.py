"""Literals in JavaScript, read without running it; what is no literal is passed over, unless told."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeAlias

from feedsvc.articles.frontmatter.yaml import Value

_TOKEN = re.compile(
    r"(?P<string>[\"'`])|(?P<gap>\s+)|(?P<comment>//[^\n]*|/\*)|(?P<word>[\w$.+-]+)|(?P<sign>=>|.)", re.DOTALL
)
_WITHIN = {
    quote: re.compile(rf"(?:\\.|[^\\{quote}{end}])*+", re.DOTALL)
    for quote, end in {'"': r"\n", "'": r"\n", "`": ""}.items()
}
# The object itself, or what a function returns that does nothing before; a name stands for one.
_EXPORTED = re.compile(
    r"""(?:module\.exports\s*=|export\s+default)\s*(?:
        (?:async\s+)? (?: function\b\s*+\w*+\s*+\([^()]*+\)\s*+\{\s*+return\s*+
            | (?:\([^()]*+\)|\w++)\s*+=>\s*+(?:\(\s*+|\{\s*+return\s*+) )? (?=\{)
        | (?P<name>\w+)\s*(?:;|$) )""",
    re.VERBOSE | re.MULTILINE,
)
_NAMED = re.compile(r"\bexport\s+const\s+(?P<name>\w+)\s*=\s*")
# The address of the machine of who writes is nobody's.
_FALLBACK = re.compile(
    r"""(?:process\.env\.\w+\s*(?:\|\||\?\?)\s*)+(?P<text>(?!.https?://localhost)(?:"[^"\\]*"|'[^'\\]*'))"""
)
_UNSEEN = ("gap", "comment")
_NUMBER = re.compile(r"[+-]?(?:\d++\.?\d*+|\.\d++)")
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_DEEPEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """An object of JavaScript, as far as it consists of literals.

    Attributes:
        unread: The keys, at any depth, whose values are none.
    """

    values: dict[str, Value] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


Told: TypeAlias = Callable[[str, str], Value]


def _untold(_key: str, _source: str) -> None:
    return None


def exported(text: str, told: Told = _untold) -> Literal:
    """Return the object that a module exports; an empty one if it does not simply name one.

    Args:
        told: Gives the value of a key that has an expression, of its source; None if that is not known.
    """
    program = without_comments(text)
    found = _EXPORTED.search(program)
    if found and found["name"]:
        found = re.search(rf"\b(?:const|let|var)\s+{re.escape(found['name'])}\s*=\s*(?=\{{)", program)
    return object_at(program, found.end(), told) if found else _exported_by_name(program, told)


def _exported_by_name(program: str, told: Told) -> Literal:
    values: dict[str, Value] = {}
    unread: list[str] = []
    named = list(_NAMED.finditer(program))
    ends = [*(found.start() for found in named[1:]), len(program)]
    for found, end in zip(named, ends, strict=False):
        reader = _Reader(program, found.end(), told, end)
        reader.named(found["name"], values)
        unread += reader.unread
    return Literal(values=values, unread=tuple(unread))


def object_at(text: str, start: int, told: Told = _untold) -> Literal:
    """Return the object whose brace stands at *start*; see `exported`."""
    reader = _Reader(text, start, told)
    value = reader.value(0)
    return Literal(values=value if isinstance(value, dict) else {}, unread=tuple(reader.unread))


def without_comments(text: str) -> str:
    """Return the program with a blank for each comment."""
    tokens = _tokens(text, 0, len(text))
    return "".join(" " if kind == "comment" else token for kind, token, _ in tokens)


class _NoLiteralError(Exception):
    """A value is an expression."""


class _Reader:
    """Reads one value after the other."""

    def __init__(self, text: str, start: int, told: Told, end: int | None = None) -> None:
        self._text = text
        self._told = told
        self._end = len(text) if end is None else end
        self._tokens = (each for each in _tokens(text, start, self._end) if each[0] not in _UNSEEN)
        self.unread: list[str] = []
        self._next()

    def value(self, depth: int) -> Value:
        """Read a value, up to what ends it.

        Raises:
            _NoLiteralError: It is an expression, and read too.
        """
        if depth > _DEEPEST:
            self._skip()
            raise _NoLiteralError
        if self._token == "{":
            value: Value = self._object(depth)
        elif self._token == "[":
            value = self._list(depth)
        else:
            value = self._scalar()
        if self._token not in (",", "}", "]", "") and depth:
            self._skip()
            raise _NoLiteralError
        return value

    def named(self, name: str, values: dict[str, Value]) -> None:
        """Read the value of a name into *values*, as far as it is known."""
        start = self._start
        try:
            values[name] = self.value(0)
        except _NoLiteralError:
            self._tell(name, self._text[start : self._start], values)

    def _next(self) -> None:
        self._kind, self._token, self._start = next(self._tokens, ("", "", self._end))

    def _object(self, depth: int) -> Value:
        values: dict[str, Value] = {}
        self._next()
        while self._token not in ("}", ""):
            key = _unquoted(self._token) if self._kind == "string" else self._token
            named = self._kind in ("string", "word")
            self._next()
            start = self._start
            try:
                if not named or self._token != ":":
                    self._skip()
                    raise _NoLiteralError
                self._next()
                start = self._start
                values[key] = self.value(depth + 1)
            except _NoLiteralError:
                self._tell(key, self._text[start : self._start], values)
            self._pass_comma()
        self._next()
        return values

    def _tell(self, key: str, source: str, values: dict[str, Value]) -> None:
        fallback = _FALLBACK.fullmatch(source.strip())
        told = _unquoted(fallback["text"]) if fallback else self._told(key, source)
        if told is None:
            self.unread.append(key)
        else:
            values[key] = told

    def _list(self, depth: int) -> Value:
        values: list[Value] = []
        self._next()
        while self._token not in ("]", "}", ""):
            with suppress(_NoLiteralError):
                values.append(self.value(depth + 1))
            self._pass_comma()
        if self._token == "]":  # a brace ends what this list stands in
            self._next()
        return values

    def _pass_comma(self) -> None:
        if self._token not in ("}", "]", ""):
            self._next()

    def _scalar(self) -> Value:
        kind, token = self._kind, self._token
        if kind == "string" and not (token[0] == "`" and "${" in token):
            self._next()
            return _unquoted(token)
        if kind == "word" and (token in ("true", "false") or _NUMBER.fullmatch(token)):
            self._next()
            return token
        if token in ("null", "undefined"):
            self._next()
            return None
        self._skip()
        raise _NoLiteralError

    def _skip(self) -> None:
        """Pass over an expression."""
        depth = 0
        while self._token and (depth or self._token not in (",", "}", "]", ";")):
            if self._kind == "sign":
                depth += (self._token in "([{") - (self._token in ")]}")
            self._next()


def _tokens(text: str, start: int, end: int) -> Iterator[tuple[str, str, int]]:
    """Yield kind, text and place of each token; a mark whose text or comment has no end is a sign."""
    unclosed: dict[str, int] = {}  # by mark: up to where no text has an end
    last = text.rfind("*/", start, end)
    while found := _TOKEN.match(text, start, end):
        kind, stop = str(found.lastgroup), found.end()
        if kind == "string":
            mark = found[0]
            inner = _WITHIN[mark].match(text, stop, end) if stop > unclosed.get(mark, 0) else None
            if inner and text.startswith(mark, inner.end(), end):
                stop = inner.end() + 1
            else:
                kind, unclosed[mark] = "sign", inner.end() if inner else unclosed[mark]
        elif found[0] == "/*" and stop <= last:
            stop = text.index("*/", stop, end) + 2
        elif found[0] == "/*":
            kind, stop = "sign", start + 1
        yield kind, text[start:stop], start
        start = stop


def _unquoted(token: str) -> str:
    return _ESCAPED.sub(_character, token[1:-1])


def _character(escaped: re.Match[str]) -> str:
    if escaped[1]:
        return chr(int(escaped[1], 16))
    return {"n": "\n", "t": "\t", "r": "\r", "\n": ""}.get(escaped[2], escaped[2])
