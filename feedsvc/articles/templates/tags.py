"""The template tags that a source holds: where they stand and what they are called."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from feedsvc.articles.templates.code import Span
from feedsvc.model import Templating

_OPENING = re.compile(r"\{(?:\{[<%]?|[%#])")
_CLOSERS = {"{{<": ">}}", "{{%": "%}}", "{{": "}}", "{%": "%}", "{#": "#}"}
_SHORTCODES = ("{{<", "{{%")

_NAME = re.compile(r"(/?)\s*([^\W\d][\w./-]*)")
_CALL = re.compile(r"([^\W\d]\w*)\s*\((.*)\)", re.DOTALL)

# Tags whose inner text is no template.
_VERBATIM = frozenset("raw verbatim comment highlight codeblock prism syntaxhighlight mermaid".split())

# Characters. What is longer was opened by accident.
_LONGEST = 10_000


class Form(Enum):
    """What a tag is written as."""

    TAG = auto()
    OUTPUT = auto()  # its name is empty, its arguments are the expression
    COMMENT = auto()
    ESCAPED = auto()  # its arguments are what is to be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A template tag.

    Attributes:
        opening: How it begins, such as ``{%``.
        end: Of all that belongs to it, its inner text and its closing tag too.
        called: Its arguments stand in parentheses.
        closing: It closes what another has opened.
        inner: Its inner text where that is no template, between two tags.
    """

    opening: str
    form: Form = Form.TAG
    start: int
    end: int
    name: str = ""
    arguments: str = ""
    called: bool = False
    closing: bool = False
    inner: Span | None = None

    @property
    def label(self) -> str:
        """What its author calls it."""
        if not self.name:
            return f"{self.opening} {self.arguments[:40]} {_CLOSERS[self.opening]}"
        return f"{self.opening} {self.name[:40]} {_CLOSERS[self.opening]}"


def read_tags(text: str, templating: Templating, literal: Sequence[Span]) -> Iterator[Tag]:
    """Yield the tags of every language, in order, none within another.

    Args:
        literal: Where no tag opens; in order. Inner text that is no template may reach into it.
    """
    reader = _Reader(text, templating, literal)
    place, at = 0, 0
    while opened := _OPENING.search(text, place):
        place = opened.start()
        while at < len(literal) and literal[at][1] <= place:
            at += 1
        if at < len(literal) and literal[at][0] <= place:
            place = literal[at][1]
            continue
        tag = reader.tag(place, opened[0], at)
        place = tag.end if tag else place + 1
        if tag:
            yield tag


class _Reader:
    def __init__(self, text: str, templating: Templating, literal: Sequence[Span]) -> None:
        self._text = text
        self._literal = literal
        self._verbatim = _VERBATIM | ({"code"} if templating is Templating.HEXO else frozenset())
        self._ahead: dict[str, int] = {}
        self._unclosed: set[str] = set()

    def tag(self, start: int, opening: str, at: int) -> Tag | None:
        """Return the tag that opens at *start*, if it is one; *at* is the literal span that follows."""
        first = start + len(opening)
        closer = _CLOSERS[opening]
        last = self._next(closer, first)
        if last < 0 or last - first > _LONGEST or self._text.find(opening[:2], first, last) >= 0:
            return None
        end = last + len(closer)
        if self._runs_into_code(end, at, opening):
            return None
        return self._understood(opening, self._text[first:last], start, end)

    def _runs_into_code(self, end: int, at: int, opening: str) -> bool:
        # Hugo's raw strings have the marks of a code span.
        while opening in _SHORTCODES and at < len(self._literal) and self._literal[at][1] < end:
            at += 1
        return at < len(self._literal) and self._literal[at][0] < end

    def _next(self, mark: str, place: int) -> int:
        """Return where *mark* stands next; what was looked for once is not looked for again."""
        known = self._ahead.get(mark, 0)
        if 0 <= known < place or mark not in self._ahead:
            known = self._ahead[mark] = self._text.find(mark, place)
        return known

    def _understood(self, opening: str, inside: str, start: int, end: int) -> Tag | None:
        bare = inside.strip()
        if opening == "{#":
            return Tag(opening=opening, form=Form.COMMENT, start=start, end=end)
        if bare.startswith("/*") and bare.endswith("*/") and len(bare) >= 4:
            shown = opening + bare[2:-2] + _CLOSERS[opening]
            return Tag(opening=opening, form=Form.ESCAPED, start=start, end=end, arguments=shown)
        if opening not in _SHORTCODES:  # Liquid's and Jinja's marks for the blanks around
            bare = bare[bare[:1] in ("-", "~", "+") :].strip()
            bare = bare[: len(bare) - (bare[-1:] in ("-", "~", "+"))].strip()
        if opening == "{{":
            call = _CALL.fullmatch(bare)
            name, arguments = call.groups() if call else ("", bare)
            return Tag(
                opening=opening,
                form=Form.TAG if call else Form.OUTPUT,
                start=start,
                end=end,
                name=name,
                arguments=arguments,
                called=bool(call),
            )
        if opening == "{%" and bare.startswith("#"):
            return Tag(opening=opening, form=Form.COMMENT, start=start, end=end)
        return self._named(opening, bare, start, end)

    def _named(self, opening: str, bare: str, start: int, end: int) -> Tag | None:
        found = _NAME.match(bare)
        if found is None:
            return None
        closing, name = bool(found[1]), found[2]
        arguments = bare[found.end() :].strip()
        if opening == "{%" and name.startswith("end"):
            closing, name = True, name[3:].lstrip("_")
        called = opening == "{%" and arguments.startswith("(") and arguments.endswith(")")
        if called:
            arguments = arguments[1:-1]
        if opening != "{%":
            arguments = arguments.removesuffix("/")
        inner = None
        if name in self._verbatim and not closing and (closed := self._closed(opening, name, end)):
            inner, end = (end, closed.start()), closed.end()
        return Tag(
            opening=opening,
            start=start,
            end=end,
            name=name,
            arguments=arguments,
            called=called,
            closing=closing,
            inner=inner,
        )

    def _closed(self, opening: str, name: str, place: int) -> re.Match[str] | None:
        if opening == "{%":
            pattern = rf"\{{%[-~+]?\s*+end_?{name}\s*+[-~+]?%\}}"
        else:
            pattern = rf"\{{\{{[<%]\s*+/\s*+{name}\s*+[>%]\}}\}}"
        found = None if pattern in self._unclosed else re.compile(pattern).search(self._text, place)
        if found is None:
            self._unclosed.add(pattern)
        return found
