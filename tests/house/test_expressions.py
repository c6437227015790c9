"""Regular expressions of ours: none takes more time than the length of its text deserves."""

import ast
import inspect
import re
import signal
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from operator import itemgetter
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import pytest
import regex

import feedsvc
from tests.support.hostile_strings import Hostile, hostile_texts

_ANYWHERE = frozenset({"search", "sub", "subn", "findall", "finditer", "split"})
_AT_ONE_PLACE = frozenset({"match", "fullmatch"})

# Modules that look at no longer texts, in characters, and how.
BOUNDED = {
    "feedsvc.articles.disk.copies": (255, frozenset({"fullmatch"})),
    "feedsvc.articles.dialects.eleventy.functions": (5_000, _ANYWHERE),
}

MADE_OF_VARIABLES = {
    "feedsvc.articles.disk.copies": "of a list that stands there",
    "feedsvc.articles.dialects.jekyll.places": "of globs, in which fnmatch lets no star try twice",
    "feedsvc.articles.dialects.site_expressions": "with a limit",
    "feedsvc.articles.templates.tags": "of the names of tags, which are words",
}

# Characters, and seconds of the processor: what is linear takes some thousandths, what is quadratic seconds.
_SHORT, _LONG = 2_000, 40_000
_SUSPICIOUS, _TOO_LONG = 0.001, 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    module: str
    pattern: "re.Pattern[str] | regex.Pattern[str]"
    methods: frozenset[str]


class _TookTooLongError(Exception):
    pass


def _modules() -> Iterator[ModuleType]:
    for found in walk_packages(feedsvc.__path__, "feedsvc."):
        if "migrations" not in found.name and not found.name.endswith("__main__"):
            yield import_module(found.name)


def _patterns_in(value: object, depth: int = 0) -> Iterator[Any]:
    if isinstance(value, re.Pattern | regex.Pattern):
        yield value
    elif depth < 3 and isinstance(value, Mapping):
        yield from (each for held in (*value, *value.values()) for each in _patterns_in(held, depth + 1))
    elif depth < 3 and isinstance(value, tuple | list | set | frozenset):
        yield from (each for held in value for each in _patterns_in(held, depth + 1))


@cache
def _expressions() -> tuple[Expression, ...]:
    """Return every expression that a module holds or writes into a call, with the methods it is used by."""
    methods: dict[Any, set[str]] = defaultdict(set)
    modules: dict[Any, str] = {}
    for module in _modules():
        tree = ast.parse(inspect.getsource(module))
        called = _methods_by_name(tree)
        held = ((name, value, each) for name, value in vars(module).items() for each in _patterns_in(value))
        for name, value, pattern in held:
            modules.setdefault(pattern, module.__name__)
            methods[pattern] |= called[name] if value is pattern else _ANYWHERE
        names = _names_of_calls(tree)
        for call in _calls(tree):
            if (pattern := _written(call)) is not None:
                modules.setdefault(pattern, module.__name__)
                methods[pattern] |= _methods_of(call) or called[names.get(id(call), "")]
    texts = (pattern for pattern in modules if isinstance(pattern.pattern, str))
    return tuple(
        Expression(module=modules[each], pattern=each, methods=frozenset(methods[each] or _ANYWHERE))
        for each in texts
    )


def _methods_by_name(tree: ast.AST) -> Mapping[str, set[str]]:
    called: dict[str, set[str]] = defaultdict(set)
    owners = {id(node.value): node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            method = owners.get(id(node))
            called[node.id] |= _ANYWHERE if method is None else {method} & (_ANYWHERE | _AT_ONE_PLACE)
    return called


def _names_of_calls(tree: ast.AST) -> Mapping[int, str]:
    assigned = (node for node in ast.walk(tree) if isinstance(node, ast.Assign))
    return {id(node.value): node.targets[0].id for node in assigned if isinstance(node.targets[0], ast.Name)}


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls of `re` and `regex` that take an expression."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            engine, _, method = ast.unparse(node.func).partition(".")
            if engine in ("re", "regex") and method in _ANYWHERE | _AT_ONE_PLACE | {"compile"}:
                yield node


def _written(call: ast.Call) -> Any:
    """Return the expression of a call; None if it is known only when the program runs."""
    source = call.args[0]
    if isinstance(source, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "x" for part in source.values)
        written = "".join(map(str, parts))
    elif isinstance(source, ast.Constant):
        written = str(source.value)
    else:
        return None
    engine = regex if ast.unparse(call.func).startswith("regex.") else re
    flags = [node.attr for node in ast.walk(call) if isinstance(node, ast.Attribute) and node.attr.isupper()]
    return engine.compile(written, sum(getattr(engine, flag) for flag in flags))


def _methods_of(call: ast.Call) -> set[str]:
    method = ast.unparse(call.func).partition(".")[2]
    return set() if method == "compile" else {method}


def _seconds(expression: Expression, text: str) -> float:
    """Return the processor's time that an expression takes for *text*, up to a bit more than is too long."""
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, _TOO_LONG * 1.2)
    try:
        if expression.methods & _ANYWHERE:
            for _ in expression.pattern.finditer(text):
                pass
        for method in expression.methods & _AT_ONE_PLACE:
            getattr(expression.pattern, method)(text)
    except _TookTooLongError:
        pass
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - began


def _hostile(expression: Expression) -> Iterator[Hostile]:
    # Python's parser of expressions knows no classes of Unicode; each stands for a letter here.
    source = re.sub(r"\\p\{\w+\}", r"\\w", expression.pattern.pattern).replace(r"\X", ".")
    flags = expression.pattern.flags if isinstance(expression.pattern, re.Pattern) else 0
    is_verbose = isinstance(expression.pattern, regex.Pattern) and expression.pattern.flags & regex.VERBOSE
    return hostile_texts(source, re.VERBOSE if is_verbose else flags)


@pytest.fixture
def alarm() -> Iterator[None]:
    def ring(*_: object) -> None:
        raise _TookTooLongError

    before = signal.signal(signal.SIGPROF, ring)
    yield
    signal.signal(signal.SIGPROF, before)


def _slow(expression: Expression) -> list[str]:
    """Return the beginnings of texts that take too long."""
    texts = list(_hostile(expression))
    if expression.module in BOUNDED:
        bound, methods = BOUNDED[expression.module]
        used = replace(expression, methods=methods)
        return [each.of(80) for each in texts[::5] if _seconds(used, each.of(bound)) > _TOO_LONG]
    short = ((_seconds(expression, each.of(_SHORT)), each) for each in texts)
    suspicious = sorted((found for found in short if found[0] > _SUSPICIOUS), key=itemgetter(0))[-3:]
    return [each.of(80) for _, each in suspicious if _seconds(expression, each.of(_LONG)) > _TOO_LONG]


def test_an_expression_that_is_made_at_run_time_is_run_with_a_limit() -> None:
    """It may come from somebody's configuration."""
    made = {
        module.__name__
        for module in _modules()
        if module.__name__.startswith("feedsvc.articles.")
        for call in _calls(ast.parse(inspect.getsource(module)))
        if _written(call) is None
    }

    assert made == MADE_OF_VARIABLES.keys()


@pytest.mark.usefixtures("alarm")
def test_every_expression_is_linear_or_bounded() -> None:
    """One that is quadratic holds a refresh for minutes: a line of 50,000 blanks is enough."""
    slow = {(each.module, each.pattern.pattern): found for each in _expressions() if (found := _slow(each))}

    assert not slow, "\n".join(map(str, slow))
