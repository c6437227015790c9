"""Functions that make permalinks, as templates: what most of them do can be told without running them.

Known are texts with `${…}`, sums, choices with `?:`, `||` and `??`, `if (…) return`,
the page's data, and the two filters for segments of an address.
"""

import re
from collections.abc import Iterator, Mapping

from feedsvc.articles.dialects.eleventy.nodes import (
    NOTHING,
    Asked,
    Chain,
    Choice,
    Node,
    NotSimpleError,
    Sum,
    Text,
    argument,
    either,
    filtered,
    shown,
    substitution,
)

LONGEST = 500
"""Of a template, in characters: a choice within a choice doubles what it holds."""

# Characters. Nobody works out an address at such length, and each mark that is never closed is read on from.
_LONGEST_SOURCE = 5000

_FUNCTION = re.compile(
    r"(?:async\s+)?(?:function\b\s*+\w*+\s*+)?(?P<takes>\([^()]*+\)|\w++)\s*+(?:=>\s*+)?(?P<body>.*)",
    re.DOTALL,
)
_TOKEN = re.compile(
    r"""\s*+(?: (?P<text>"(?:\\.|[^"\\])*+"|'(?:\\.|[^'\\])*+') | (?P<template>`(?:\\.|[^`\\])*+`)
        | (?P<pattern>/(?:\\.|[^/\\\n])++/[gi]*+)(?=\s*+,) | (?P<word>[\w$]++)
        | (?P<sign>===|!==|==|!=|\|\||&&|\?\?|\?\.|[^\s]) )""",
    re.VERBOSE,
)
_HOLE = re.compile(r"\$\{((?:[^{}`])*)\}")

_PAGE = frozenset({"fileSlug", "filePathStem", "inputPath", "date"})
_METHODS = {"trim": "strip", "toLowerCase": "downcase", "toUpperCase": "upcase", "toString": ""}
_YEARS = frozenset({"getFullYear", "getUTCFullYear"})
_SLUGS = frozenset({"slug", "slugify"})
_SIGNS = {"===": "==", "==": "==", "!==": "!=", "!=": "!="}


def template_of(source: str) -> str | None:
    """Return the template, as Liquid has it, of what a function of a page's data gives.

    It gives "false" where there is to be no page, and nothing where the permalink is left
    as it is. None if the function takes more than this module knows.
    """
    function = _FUNCTION.fullmatch(source.strip()) if len(source) <= _LONGEST_SOURCE else None
    if function is None:
        return None
    takes = function["takes"].strip("() \n")
    try:
        body = function["body"].strip().removesuffix(";")
        reader = _Reader(body, takes)
        template = shown(reader.block() if body.startswith("{") else reader.whole())
        return template if len(template) <= LONGEST else None
    except (NotSimpleError, RecursionError):
        return None


class _Reader:
    """Reads a function's body, token by token."""

    def __init__(self, body: str, takes: str, known: Mapping[str, Node] | None = None) -> None:
        self._tokens = list(_tokens(body))
        self._at = 0
        self._takes = takes
        self._known: dict[str, Node] = dict(known or {})

    def whole(self) -> Node:
        node = self._choice()
        self._end()
        return node

    def block(self) -> Node:
        self._want("{")
        node = self._statements()
        self._end()
        return node

    def _statements(self) -> Node:
        """Read to the closing brace; what stands behind a return is never reached."""
        if self._took("}"):
            return NOTHING
        if self._took("return"):
            node = self._returned()
            self._want("}")
            return node
        if self._took("if"):
            return self._branch()
        if self._took("const") or self._took("let"):
            name = self._next()
            self._want("=")
            self._known[name] = self._choice()
            self._took(";")
            return self._statements()
        raise NotSimpleError

    def _returned(self) -> Node:
        node = NOTHING if self._peek() in (";", "}") else self._choice()
        self._took(";")
        return node

    def _branch(self) -> Node:
        self._want("(")
        condition = self._condition()
        self._want(")")
        if self._took("{"):
            then = self._statements()
        else:
            self._want("return")
            then = self._returned()
        otherwise = self._alternative() if self._took("else") else self._statements()
        return Choice(condition, then, otherwise)

    def _alternative(self) -> Node:
        self._want("{")
        node = self._statements()
        self._want("}")
        return node

    def _choice(self) -> Node:
        start = self._at
        try:
            node = self._either()
            if self._peek() not in ("?", "&&", *_SIGNS):
                return node
        except NotSimpleError:
            pass  # what is asked may be more than what can be shown
        self._at = start
        condition = self._condition()
        self._want("?")
        then = self._choice()
        self._want(":")
        return Choice(condition, then, self._choice())

    def _either(self) -> Node:
        node = self._sum()
        while self._took("||") or self._took("??"):
            asked_for_nothing = self._tokens[self._at - 1] == "??"
            other = self._sum()
            # Where none is stated, data.permalink is a text nevertheless, if an empty one.
            if not (asked_for_nothing and node == Chain("permalink")):
                node = either(node, other)
        return node

    def _sum(self) -> Node:
        parts = [self._operand()]
        while self._took("+"):
            parts.append(self._operand())
        return parts[0] if len(parts) == 1 else Sum(tuple(parts))

    def _condition(self) -> Asked:
        parts = [self._all()]
        while self._took("||"):
            parts.append(self._all())
        return Asked("||", tuple(parts))

    def _all(self) -> Asked:
        parts = [self._asked()]
        while self._took("&&"):
            parts.append(self._asked())
        return Asked("&&", tuple(parts))

    def _asked(self) -> Asked:
        if self._took("!"):
            return Asked("!", (Asked(argument(self._operand())),))
        if self._took("process"):
            return self._of_environment()
        left = self._operand()
        if self._peek() not in _SIGNS:
            return Asked(argument(left))
        sign = _SIGNS[self._next()]
        return Asked(f"{argument(left)} {sign} {argument(self._operand())}")

    def _of_environment(self) -> Asked:
        """Read what is asked of the environment; what is published was built for it."""
        while self._dot():
            self._next()
        sign = _SIGNS.get(self._next())
        built = self._operand() in (Text("production"), Text("build"))
        if sign is None or not built:
            raise NotSimpleError
        return Asked("true" if sign == "==" else "false")

    def _operand(self) -> Node:
        token = self._next()
        if token == "(":
            node = self._choice()
            self._want(")")
        elif token[0] in "\"'":
            node = Text(_plain(token))
        elif token[0] == "`":
            node = self._template(token[1:-1])
        elif token in ("true", "false"):
            return Text(token)
        elif token in ("undefined", "null"):
            return NOTHING
        elif token.isidentifier():
            node = self._name(token)
        else:
            raise NotSimpleError
        return self._methods(node)

    def _template(self, text: str) -> Node:
        pieces = _HOLE.split(text)
        if any("${" in piece or "\\" in piece for piece in pieces[::2]):
            raise NotSimpleError
        parts = (
            _Reader(piece, self._takes, self._known).whole() if odd % 2 else Text(piece)
            for odd, piece in enumerate(pieces)
        )
        return Sum(tuple(part for part in parts if part != NOTHING))

    def _name(self, first: str) -> Node:
        if first in self._known:
            return self._known[first]
        if first == "this" and self._took("."):
            first = self._next()
        if first in _SLUGS and self._took("("):
            node = self._choice()
            self._want(")")
            return filtered(node, first)
        given = "{" in self._takes and first in re.findall(r"\w+", self._takes)
        if first == self._takes and self._dot():
            first = self._next()
        elif not given:
            raise NotSimpleError
        if first != "page":
            return Chain(first)
        member = self._next() if self._dot() else ""
        if member not in _PAGE:
            raise NotSimpleError
        return Chain(f"page.{member}")

    def _methods(self, node: Node) -> Node:
        while self._dot():
            method = self._next()
            self._want("(")
            if method == "replace":
                node = filtered(node, self._replacement())
            elif method in _YEARS:
                node = filtered(node, 'date: "%Y"')
            elif method not in _METHODS:
                raise NotSimpleError
            elif _METHODS[method]:
                node = filtered(node, _METHODS[method])
            self._want(")")
        return node

    def _replacement(self) -> str:
        what = self._next()
        self._want(",")
        instead = self._operand()
        if what[0] in "\"'":
            return f"replace_first: {argument(Text(_plain(what)))}, {argument(instead)}"
        return substitution(what, instead)

    def _dot(self) -> bool:
        return self._took(".") or self._took("?.")

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        if self._at == len(self._tokens):
            raise NotSimpleError
        self._at += 1
        return self._tokens[self._at - 1]

    def _took(self, token: str) -> bool:
        found = self._peek() == token
        self._at += found
        return found

    def _want(self, token: str) -> None:
        if not self._took(token):
            raise NotSimpleError

    def _end(self) -> None:
        if self._at < len(self._tokens):
            raise NotSimpleError


def _tokens(text: str) -> Iterator[str]:
    for found in _TOKEN.finditer(text.rstrip()):
        yield found[0].strip()


def _plain(token: str) -> str:
    if "\\" in token:
        raise NotSimpleError
    return token[1:-1]
