"""The source of feedsvc and of its tests, as the rules of the house look at it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.support.places import PACKAGE, ROOT

Function = ast.FunctionDef | ast.AsyncFunctionDef

MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(module: str) -> Iterator[tuple[str, Function]]:
    """Yield each function of a module with its name, `Class.method` for a method."""
    yield from _functions(tree(PACKAGE / module), "")


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
    for child in ast.iter_child_nodes(node):
        name = f"{prefix}{child.name}" if isinstance(child, Function | ast.ClassDef) else prefix
        if isinstance(child, Function):
            yield name, child
        yield from _functions(child, f"{name}." if name != prefix else prefix)


def imports(module: str) -> Iterator[str]:
    """Yield the modules that a module of feedsvc imports."""
    yield from imports_of(PACKAGE / module)


def imports_of(path: Path) -> Iterator[str]:
    """Yield the modules that a file of the project imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.relative_to(ROOT)}: relative imports hide where they lead"
            yield str(node.module)
