"""What `pelicanconf.py` and `publishconf.py` say, read as text and never run.

Values that stand in the file count, and what is put together of such: other
names, sums, f-strings, lists. What has to be worked out is not known.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from feedsvc.text.urls import is_on_the_web

Setting: TypeAlias = (
    "str | int | float | bool | list[Setting] | dict[Setting, Setting] | tuple[Setting, ...] | None"
)

# Deeper or longer than this is nobody's setting: a text that is doubled in each of 60 lines fills a machine.
_DEEPEST = 50
_LONGEST = 100_000

_AT_HOME = re.compile(r"//(?:localhost|127\.|0\.0\.0\.0)")

_T = TypeVar("_T", str, list[Setting], tuple[Setting, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class PelicanConfig:
    """Settings by name.

    Attributes:
        unknown: Names of settings that have to be worked out, each with the file and line where.
        faults: Files that are no Python, each with the line and what is wrong.
        path: Of the file; "" without one.
    """

    values: Mapping[str, Setting] = field(default_factory=dict)
    unknown: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    faults: tuple[tuple[str, int, str], ...] = ()
    path: str = ""

    def text(self, name: str, default: str = "") -> str:
        """Return a setting that is a text."""
        found = self.values.get(name)
        return found if isinstance(found, str) else default

    def texts(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a setting that is a list of texts."""
        found = self.values.get(name)
        if not isinstance(found, list | tuple):
            return default
        return tuple(each for each in found if isinstance(each, str))

    def truth(self, name: str, *, default: bool) -> bool:
        """Return a setting as a truth value, as Python has it."""
        return bool(self.values[name]) if name in self.values else default

    def table(self, name: str) -> dict[str, Setting]:
        """Return a setting that is a table."""
        found = self.values.get(name)
        return (
            {key: each for key, each in found.items() if isinstance(key, str)}
            if isinstance(found, dict)
            else {}
        )


def read_config(texts: Mapping[str, str], path: str) -> PelicanConfig:
    """Return the settings of the file at *path* among *texts*, with what it takes over from others."""
    reader = _Reader(texts)
    reader.read(path)
    return PelicanConfig(values=reader.values, unknown=reader.unknown, faults=tuple(reader.faults), path=path)


class _UnknownError(Exception):
    """The value has to be worked out."""


class _Reader:
    """Goes through a file from top to bottom, as Python would."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._read: set[str] = set()
        self._path = ""
        self.values: dict[str, Setting] = {}
        self.unknown: dict[str, tuple[str, int]] = {}
        self.faults: list[tuple[str, int, str]] = []

    def read(self, path: str) -> None:
        self._read.add(path)
        try:
            statements = ast.parse(self._texts[path]).body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = error.lineno if isinstance(error, SyntaxError) else None
            self.faults.append((path, line or 0, str(getattr(error, "msg", error))))
            return
        outer, self._path = self._path, path
        for statement in statements:
            self._take(statement)
        self._path = outer

    def _take(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, value)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                self._assign(statement.target, ast.BinOp(left=ast.Name(id=name), op=op, right=value))
            case ast.ImportFrom(module=str(module), names=names, level=0 | 1):
                self._take_over(module, [alias.name for alias in names if alias.asname is None])
            case ast.Try(body=body):  # a settings file of one machine that others have not
                for each in body:
                    self._take(each)
            case _:
                known = self._site_url(statement)
                for name in _stored(statement):
                    self._forget(name, statement.lineno)
                if known is not None:
                    self.values["SITEURL"] = known
                    self.unknown.pop("SITEURL", None)

    def _site_url(self, statement: ast.stmt) -> Setting:
        """Return the address that readers know, if *statement* decides between several; else None."""
        if not isinstance(statement, ast.If) or "SITEURL" not in _stored(statement):
            return None
        known = self.values.get("SITEURL")
        for each in (*statement.body, *statement.orelse):
            self._take(each)
            known = known if _is_public(known) else self.values.get("SITEURL", known)
        return known

    def _take_over(self, module: str, names: list[str]) -> None:
        path = f"{module.replace('.', '/')}.py"
        if path not in self._texts or path in self._read:
            return
        if names == ["*"]:
            self.read(path)
            return
        other = _Reader({key: text for key, text in self._texts.items() if key not in self._read})
        other.read(path)
        self.faults += other.faults
        self.values |= {name: other.values[name] for name in names if name in other.values}

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            for name in _stored(target):
                self._forget(name, target.lineno)
            return
        try:
            self.values[target.id] = self._value(value)
            self.unknown.pop(target.id, None)
        except (_UnknownError, TypeError):  # a sum of unlike values, or a list for a key
            self._forget(target.id, target.lineno)

    def _forget(self, name: str, line: int) -> None:
        self.values.pop(name, None)
        self.unknown[name] = (self._path, line)

    def _value(self, node: ast.expr | None, depth: int = 0) -> Setting:
        if depth > _DEEPEST:
            raise _UnknownError
        match node:
            case ast.Constant(value=str() | int() | float() | bool() | None as value):
                return value
            case ast.Name(id=name) if name in self.values:
                return self.values[name]
            case ast.List(elts=members):
                return [self._value(each, depth + 1) for each in members]
            case ast.Tuple(elts=members) | ast.Set(elts=members):
                return tuple(self._value(each, depth + 1) for each in members)
            case ast.Dict(keys=names, values=members):
                pairs = zip(names, members, strict=True)
                return {self._value(name, depth + 1): self._value(each, depth + 1) for name, each in pairs}
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _sum(self._value(left, depth + 1), self._value(right, depth + 1))
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                return _filled(self._value(left, depth + 1), self._value(right, depth + 1))
            case ast.JoinedStr(values=parts):
                return _bounded("".join(self._part(part, depth + 1) for part in parts))
        raise _UnknownError

    def _part(self, part: ast.expr, depth: int) -> str:
        if isinstance(part, ast.FormattedValue):
            if part.conversion != -1 or part.format_spec is not None:
                raise _UnknownError
            part = part.value
        return str(self._value(part, depth))


def _sum(left: Setting, right: Setting) -> Setting:
    if isinstance(left, str) and isinstance(right, str):
        return _bounded(left + right)
    if isinstance(left, list) and isinstance(right, list):
        return _bounded(left + right)
    if isinstance(left, tuple) and isinstance(right, tuple):
        return _bounded(left + right)
    raise _UnknownError


def _filled(pattern: Setting, parts: Setting) -> Setting:
    """Return *pattern* with a text in place of each ``%s``."""
    texts = parts if isinstance(parts, tuple) else (parts,)
    plain = isinstance(pattern, str) and pattern.count("%") == pattern.count("%s") == len(texts)
    if not plain or not all(isinstance(text, str | int) for text in texts):
        raise _UnknownError
    return _bounded(str(pattern) % texts)


def _bounded(value: _T) -> _T:
    if len(value) > _LONGEST:
        raise _UnknownError
    return value


def _is_public(url: Setting) -> bool:
    return isinstance(url, str) and (is_on_the_web(url) or url.startswith("//")) and not _AT_HOME.search(url)


def _stored(node: ast.AST) -> Iterator[str]:
    """Yield the names that *node* gives a value to."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each.id
