"""Settings become plans in one place, and each setting is used."""

import ast
from collections.abc import Iterable
from pathlib import Path

import feedsvc
from feedsvc.config.settings import keys

PACKAGE = Path(feedsvc.__file__).parent
READERS = [
    path
    for room in ("config", "cli")
    for path in (PACKAGE / room).rglob("*.py")
    if path.name not in ("settings.py", "dump.py")
]


def unread(settings: Iterable[str], sources: Iterable[str]) -> set[str]:
    """Return the *settings* that no source reads, as in `config.SECTION.KEY` or `site.KEY` for a section."""
    read = {
        f"{name}.{node.attr}"
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute)
        for name in (getattr(node.value, "attr", None) or getattr(node.value, "id", None),)
    }
    return set(settings) - read


def test_every_setting_is_read() -> None:
    assert unread(keys(), (path.read_text(encoding="utf-8") for path in READERS)) == set()


def test_a_setting_that_nobody_reads_is_found() -> None:
    """The test above must be able to fail."""
    sources = [path.read_text(encoding="utf-8") for path in READERS]

    assert unread([*keys(), "feeds.nobody_reads_it", "http.limit"], sources) == {
        "feeds.nobody_reads_it",
        "http.limit",
    }
    assert unread(["feeds.limit"], ["def limit(config): return config.http.limit"]) == {"feeds.limit"}
