"""What an expression of JavaScript gives, as a template says it."""

import re
from dataclasses import dataclass
from typing import TypeAlias

# What a pattern may be made of, so that it means the same here.
_SLASH = "\\/"
_PLAIN_PATTERN = re.compile(r"/(?P<pattern>\^?(?:[\w .-]|\\/\??|\\[.-]|\\d(?:\{\d\})?)*\$?)/g?")


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it stands; "" is nothing, too."""

    text: str


@dataclass(frozen=True, slots=True)
class Chain:
    """A name or text, and the filters that it goes through."""

    start: str
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """Texts end to end."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition: what Liquid calls one, or a sign and the conditions that it joins or turns."""

    says: str
    of: tuple["Asked", ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of two, as the condition has it."""

    condition: Asked
    then: "Node"
    otherwise: "Node"


Node: TypeAlias = "Text | Chain | Sum | Choice"
NOTHING = Text("")


class NotSimpleError(Exception):
    """It takes more than is known here."""


def shown(node: Node) -> str:
    """Return *node* as text of a template."""
    match node:
        case Text(text):
            if "{{" in text or "{%" in text:
                raise NotSimpleError
            return text
        case Sum(parts):
            return "".join(map(shown, parts))
        case Choice(condition, then, otherwise):
            return _either_of(condition, shown(then), shown(otherwise))
        case Chain(start, filters):
            return f"{{{{ {' | '.join((start, *filters))} }}}}"


def _either_of(asked: Asked, then: str, otherwise: str) -> str:
    """Return a choice; Liquid knows no brackets in a condition, and no negation."""
    match asked:
        case Asked("!", (inner,)):
            return _either_of(inner, otherwise, then)
        case Asked("&&" | "||", (only,)):
            return _either_of(only, then, otherwise)
        case Asked("&&", (first, *others)):
            return _either_of(first, _either_of(Asked("&&", tuple(others)), then, otherwise), otherwise)
        case Asked("||", (first, *others)):
            return _either_of(first, then, _either_of(Asked("||", tuple(others)), then, otherwise))
    return f"{{% if {asked.says} %}}{then}{{% else %}}{otherwise}{{% endif %}}"


def either(node: Node, other: Node) -> Node:
    if other == NOTHING:
        return node
    if isinstance(other, Text) or (isinstance(other, Chain) and not other.filters):
        return filtered(node, f"default: {argument(other)}")
    return Choice(Asked(argument(node)), node, other)


def filtered(node: Node, wanted: str) -> Node:
    match node:
        case Chain(start, filters):
            return Chain(start, (*filters, wanted))
        case Text():
            return Chain(argument(node), (wanted,))
        case Sum((first, *others)):
            joined = filtered(first, f"append: {argument(others[0])}") if others else first
            for other in others[1:]:
                joined = filtered(joined, f"append: {argument(other)}")
            return filtered(joined, wanted)
    raise NotSimpleError


def argument(node: Node) -> str:
    """Return *node* as what a filter or a condition may take: one name or text."""
    match node:
        case Text("true" | "false" as word):
            return word
        case Text(text) if '"' not in text:
            return f'"{text}"'
        case Chain(start, ()):
            return start
        case Sum((only,)):
            return argument(only)
    raise NotSimpleError


def substitution(pattern: str, instead: Node) -> str:
    """Return the filter that puts *instead* in place of what a regular expression finds."""
    plain = _PLAIN_PATTERN.fullmatch(pattern)
    if plain is None or not isinstance(instead, Text) or "$" in instead.text:
        raise NotSimpleError
    return f"substitute: {argument(Text(plain['pattern'].replace(_SLASH, '/')))}, {argument(instead)}"
