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

Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

# Far above any front matter, far below what an alias bomb expands to.
_MOST_NODES = 20_000

_KEY_LINE = re.compile(r"(?P<key>[^\W\d][\w -]{0,40}?|\d{1,4})[ \t]*:(?:[ \t]+(?P<value>.*)|[ \t]*)")
_SPECIAL_START = tuple("@`%&*!#?|>{")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """Front matter as values by key, keys as written.

    Attributes:
        lines: Line of each key, from 1 within the text.
        notes: What looks wrong, each with its line.
    """

    values: Mapping[str, Value]
    lines: Mapping[str, int]
    notes: tuple[tuple[int, str], ...] = ()


def load_yaml(text: str) -> Mapped | None:
    """Return the mapping that *text* holds; None if it holds something else.

    What strict YAML refuses is read line by line instead, with a note.
    """
    try:
        return _strict(text)
    except yaml.MarkedYAMLError as error:
        # A list that is not closed is noticed at the next line, but begins where the context is.
        in_list = (error.context or "").startswith("while parsing a flow")
        mark = error.context_mark if in_list else error.problem_mark or error.context_mark
        return _rescue(text, mark.line + 1 if mark else 1, str(error.problem or error.context))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return _rescue(text, 1, str(error).partition("\n")[0])


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
            notes.append((line, f"'{key}' stands here again; the last one counts"))
        values[key], lines[key] = reader.value(value_node), line
        if len(key) > 40 or key.count(" ") > 2:
            notes.append((line, f"'{key[:20]}…' is read as a key; indent it if it belongs to the text above"))
        if _comment_cuts(value_node, source):
            notes.append((line, f"'{key}': what follows ' #' is a YAML comment; put quotes around the value"))
    return Mapped(values=values, lines=lines, notes=tuple(notes))


class _NodeReader:
    """Turns nodes into values; refuses what expands beyond all bounds."""

    def __init__(self) -> None:
        self._left = _MOST_NODES

    def value(self, node: yaml.Node) -> Value:
        self._left -= 1
        if self._left < 0:
            raise ValueError("the aliases expand to too many values")
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child) for child in node.value]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node)
        text = str(node.value)
        return None if _is_plain(node) and text in _NULLS else text

    def key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise ValueError(f"line {node.start_mark.line + 1}: a key must be plain text")
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
    for number, key, block in _blocks(text):
        values[key], lines[key] = _rescued_value(block), number
    note = f"this is not valid YAML ({trouble}); read line by line instead"
    return Mapped(values=values, lines=lines, notes=((line, note),))


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
