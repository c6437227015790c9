"""YAML front matter, read so that nothing an author typed is reinterpreted or lost.

YAML 1.1 turns ``no`` into False, ``1.10`` into 1.1 and ``12:30`` into 750. Here
every scalar stays the text that was written (null apart); the field that wants
a number or a truth value makes one of it. Tags construct nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import yaml

_DEEPEST = 100  # lists and mappings within each other

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_QUOTES = ("'", '"')
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

# Far above any front matter, far below what an alias bomb expands to.
_MOST_NODES = 20_000

# What the parser complains of, said for who has never heard of scalars and tokens.
_PLAINLY = (
    ("mapping values are not allowed", "a value that holds ': ' needs quotes, or blanks stand before a key"),
    ("cannot start any token", "a value that begins with a sign such as @, % or ` needs quotes"),
    ("undefined alias", "a value that begins with * or & needs quotes"),
    ("alphabetic or numeric", "a value that begins with * or & needs quotes"),
    ("expected comment or line break", "a value that begins with > or | needs quotes"),
    ("unknown escape", "a backslash between double quotes has a meaning; use single quotes"),
    ("end of stream", "a quotation mark is never closed"),
    ("',' or ']'", "a list in brackets is never closed"),
    ("',' or '}'", "a mapping in braces is never closed"),
    ("tab character", "a tab cannot indent; use blanks"),
    ("expected key", "a value goes on behind its closing quote or bracket, or lines are indented unevenly"),
    ("expected ':'", "a line is neither 'key: value' nor indented"),
    ("a key must be plain", "a key is no plain text"),
    ("too many values", "its aliases expand to too many values; write them out"),
)
_NOTICED_LATE = ("while parsing a flow", "while scanning a quoted", "while scanning a simple key")

_KEY_LINE = re.compile(r"(?P<key>[^\W\d][\w -]{0,40}?|\d{1,4})[ \t]*:(?:[ \t]+(?P<value>.*)|[ \t]*)")
_SPECIAL_START = tuple("@`%&*!#?|>{")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """Front matter as values by key, keys as written.

    Attributes:
        lines: Line of each key, from 1 within the text.
        quoted: Keys whose values stand in quotes.
        notes: What looks wrong, each with its line.
    """

    values: Mapping[str, Value]
    lines: Mapping[str, int]
    quoted: frozenset[str] = frozenset()
    notes: tuple[tuple[int, str], ...] = ()

    def __post_init__(self) -> None:
        # Python's own limit differs from version to version.
        if _depth(self.values) > _DEEPEST:
            raise RecursionError


def _depth(values: Mapping[str, Value]) -> int:
    """Return how deep lists and mappings lie within each other; may itself raise RecursionError."""

    def below(value: Value) -> int:
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return 1 + max(map(below, inner), default=0) if isinstance(value, dict | list) else 0

    return max(map(below, values.values()), default=0)


def load_yaml(text: str) -> Mapped | None:
    """Return the mapping that *text* holds; None if it holds something else.

    What strict YAML refuses is read line by line instead, with a note.
    """
    try:
        return _strict(text)
    except yaml.MarkedYAMLError as error:
        # A list that is not closed is noticed at the next line, but begins where the context is.
        late = (error.context or "").startswith(_NOTICED_LATE)
        mark = error.context_mark if late else error.problem_mark or error.context_mark
        return _rescue(text, mark.line + 1 if mark else 1, str(error.problem or error.context))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return _rescue(text, 1, str(error))


def said_again(key: str) -> str:
    """Return what to say of a key that stands in the head twice."""
    return f"'{key}' stands here again, and the last one counts; delete the others"


def _strict(text: str) -> Mapped | None:
    root = yaml.compose(text, Loader=_LOADER)
    if root is None:
        return Mapped(values={}, lines={})
    if not isinstance(root, yaml.MappingNode):
        return None
    reader = _NodeReader()
    values: dict[str, Value] = {}
    lines: dict[str, int] = {}
    notes: list[tuple[int, str]] = []
    source = text.split("\n")
    for key_node, value_node in root.value:
        key, line = reader.key(key_node), key_node.start_mark.line + 1
        if key in values:
            notes.append((line, said_again(key)))
        values[key], lines[key] = reader.value(value_node), line
        if len(key) > 40 or key.count(" ") > 2:
            notes.append((line, f"'{key[:20]}…' is read as a key; indent it if it belongs to the text above"))
        if _comment_cuts(value_node, source):
            notes.append((line, f"'{key}' ends at ' #', where a comment begins; put quotes around the value"))
    quoted = frozenset(reader.key(key) for key, value in root.value if getattr(value, "style", "") in _QUOTES)
    return Mapped(values=values, lines=lines, quoted=quoted, notes=tuple(notes))


class _NodeReader:
    """Turns nodes into values; refuses what expands beyond all bounds."""

    def __init__(self) -> None:
        self._left = _MOST_NODES

    def value(self, node: yaml.Node) -> Value:
        self._left -= 1
        if self._left < 0:
            raise ValueError("too many values")
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child) for child in node.value]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        text = str(node.value)
        return None if _is_plain(node) and text in _NULLS else text

    def key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(problem="a key must be plain", problem_mark=node.start_mark)
        return str(node.value)

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Value]:
        merged: dict[str, Value] = {}
        own: dict[str, Value] = {}
        for key_node, value_node in node.value:
            key, value = self.key(key_node), self.value(value_node)
            if key == "<<" and isinstance(value, dict):
                merged |= value
            else:
                own[key] = value
        return merged | own


def _is_plain(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style


def _comment_cuts(node: yaml.Node, source: list[str]) -> bool:
    # Only a plain scalar can be meant to go on: "title: Issue #42".
    if not _is_plain(node):
        return False
    line = source[node.end_mark.line] if node.end_mark.line < len(source) else ""
    return line[node.end_mark.column :].lstrip().startswith("#")


def _rescue(text: str, line: int, trouble: str) -> Mapped:
    """Read key by key what does not parse as a whole."""
    values: dict[str, Value] = {}
    lines: dict[str, int] = {}
    quoted: set[str] = set()
    for number, key, block in _blocks(text):
        values[key], lines[key] = _rescued_value(block), number
        if block[0].strip().startswith(_QUOTES):
            quoted.add(key)
    plainly = next((words for sign, words in _PLAINLY if sign in trouble), "something here cannot be read")
    note = f"the front matter is no valid YAML: {plainly}; until that is mended, it is read line by line"
    return Mapped(values=values, lines=lines, quoted=frozenset(quoted), notes=((line, note),))


def _blocks(text: str) -> list[tuple[int, str, list[str]]]:
    """Return (line, key, value lines) for each key that starts a line."""
    blocks: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(text.expandtabs(2).split("\n"), start=1):
        found = _KEY_LINE.fullmatch(line)
        if found is not None:
            blocks.append((number, found["key"], [found["value"] or ""]))
        elif blocks and (not line.strip() or line.startswith((" ", "- "))):
            blocks[-1][2].append(line)
    return blocks


def _rescued_value(block: list[str]) -> Value:
    first, rest = block[0].strip(), [line for line in block[1:] if line.strip()]
    if not rest and first.startswith(_SPECIAL_START):
        return _unquoted(first)
    try:
        mapped = _strict("value: " + "\n".join(block))
    except (yaml.YAMLError, ValueError, RecursionError):
        mapped = None
    return mapped.values["value"] if mapped else _unquoted(first)


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text
