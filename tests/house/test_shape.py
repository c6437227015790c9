"""A module, a function and a list of parameters can be read at a glance; a name stands for one thing."""

import ast
import re
from itertools import combinations

import pytest

from tests.support.places import PACKAGE, ROOT, TESTS
from tests.support.source import MODULES, Function, functions, imports_of, tree

MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 40
MOST_PARAMETERS = 6
MOST_PARAMETERS_ON_THE_ROAD = 5

ROAD = ("publisher/refresh/", "articles/reading/", "feeds/", "ledger/")
"""The road from a file to a feed, where values travel in groups."""

# Each line is a fault that waits to be mended: whoever mends it deletes its line.
TOO_LONG = {
    "publisher/refresh/bodies.py: Contents._base",
    "publisher/schedule.py: Schedule.__init__",
}
TOO_MANY_PARAMETERS = {
    "feeds/build.py: build_feed",
    "feeds/pages.py: render_article_page",
    "feeds/select.py: gather_terms",
    "feeds/select.py: select",
    "feeds/select.py: wanted",
    "publisher/refresh/gather.py: Reader.__init__",
    "publisher/refresh/gather.py: Reader.gather",
    "publisher/refresh/publisher.py: Publisher.__init__",
}
SHARED_NAMES = {
    "articles: caption_of",
    "articles: duration_of",
    "articles: feeds_of",
    "articles: marked",
    "articles: parse",
    "articles: shown",
    "cli: list_",
}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_can_be_read_at_a_glance(module: str) -> None:
    assert (PACKAGE / module).read_text(encoding="utf-8").count("\n") <= MOST_LINES


def test_a_function_can_be_read_at_a_glance() -> None:
    found = {
        f"{module}: {name}"
        for module in MODULES
        for name, function in functions(module)
        if _lines(function) > MOST_LINES_OF_A_FUNCTION
    }

    assert found == TOO_LONG


def _lines(function: Function) -> int:
    """Return how many lines a function has, its signature included and its docstring not."""
    docstring = function.body[0] if ast.get_docstring(function) else None
    documented = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - documented


def test_a_function_has_few_parameters() -> None:
    found = {
        f"{module}: {name}"
        for module in MODULES
        for name, function in functions(module)
        if _parameters(function)
        > (MOST_PARAMETERS_ON_THE_ROAD if module.startswith(ROAD) else MOST_PARAMETERS)
    }

    assert found == TOO_MANY_PARAMETERS


def _most_parameters(module: str) -> int:
    return MOST_PARAMETERS_ON_THE_ROAD if module.startswith(ROAD) else MOST_PARAMETERS


def _parameters(function: Function) -> int:
    """Return how many parameters a function has, besides `self` and `cls`."""
    named = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    rest = [each for each in (function.args.vararg, function.args.kwarg) if each]
    return len([each for each in (*named, *rest) if each.arg not in ("self", "cls")])


def test_no_two_functions_of_a_layer_share_a_name() -> None:
    """A reader who sees a call knows the function without looking for its import."""
    found = {
        f"{layer}: {name}"
        for (layer, name), modules in _public_functions().items()
        if any(not _answer_one_protocol(*two) for two in combinations(modules, 2))
    }

    assert found == SHARED_NAMES


def _public_functions() -> dict[tuple[str, str], list[str]]:
    """Return the modules of each public function by its layer and name."""
    found: dict[tuple[str, str], list[str]] = {}
    for module in MODULES:
        for node in tree(PACKAGE / module).body:
            if isinstance(node, Function) and not node.name.startswith("_"):
                found.setdefault((module.split("/")[0], node.name), []).append(module)
    return found


def _answer_one_protocol(one: str, other: str) -> bool:
    """Migrations have the functions that Alembic calls, and the generators the same parts of a dialect."""
    rooms = {module.rpartition("/")[0] for module in (one, other)}
    return rooms == {"catalogue/migrations/versions"} or (
        len(rooms) == 2 and all(re.match("articles/dialects/.", room) for room in rooms)
    )


def test_no_test_imports_from_a_test() -> None:
    """Pytest would rewrite, collect and name it twice; tests share what lies in tests/support."""
    found = {
        f"{path.relative_to(ROOT)} imports {target}"
        for path in TESTS.rglob("*.py")
        for target in imports_of(path)
        if target.startswith("tests.") and target.rpartition(".")[2].startswith("test_")
    }

    assert found == set()
