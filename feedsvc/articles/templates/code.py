"""Where a source is literal: code and comments, in which nothing is a template tag."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from feedsvc.model import Markup

Span = tuple[int, int]
"""Beginning and end, in characters."""

# Elements whose text stands as it is, and comments, which nobody sees. This
# reads a template's source, which is no HTML yet: tags may stand within tags.
_LITERAL = re.compile(r"<(pre|code|script|style|textarea)\b|<!--", re.IGNORECASE)
_CLOSERS = {
    name: re.compile(rf"</{name}\s*+>", re.IGNORECASE)
    for name in ("pre", "code", "script", "style", "textarea")
}
_COMMENT_END = re.compile("-->")

# A backslash escapes a backtick, but not within code.
_BACKTICKS = re.compile(r"\\+|`+")


def literal_spans(
    text: str, markup: Markup, *, opaque: Sequence[Span] = (), indented: bool = True
) -> list[Span]:
    """Return where *text* is code or a comment; in order, none within another.

    Args:
        opaque: What is taken for words, as if there were no markup in it; in order.
        indented: An indented block is code and HTML is not read, as in Markdown; not so in MDX.
    """
    spans = _in_markdown(text, opaque, indented) if markup is Markup.MARKDOWN else []
    return _united([*spans, *_in_html(text, [*spans, *opaque])])


def _in_markdown(text: str, opaque: Sequence[Span], indented: bool) -> list[Span]:
    if not any(mark in text for mark in ("`", "~~~", "    ", "\t")):
        return []
    lines = text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    for first, last in _lines_within(opaque, starts):
        lines[first:last] = ["x"] * (last - first)  # one paragraph, whatever it is
    code: list[Span] = []
    prose: list[Span] = []
    for token in (_READER if indented else _MDX_READER).parse("\n".join(lines)):
        if token.map:
            span = starts[token.map[0]], min(starts[token.map[1]], len(text))
            if token.type in ("fence", "code_block"):
                code.append(span)
            elif token.type == "inline":
                prose.append(span)
    inline = (each for start, end in prose for each in _code_spans(text, start, end, opaque))
    return _united([*code, *inline])


def _lines_within(spans: Sequence[Span], starts: Sequence[int]) -> Iterator[Span]:
    """Yield the lines between those on which each span begins and ends."""
    for start, end in spans:
        first, last = bisect_left(starts, start + 1), bisect_left(starts, end + 1) - 1
        if first < last:
            yield first, last


def _code_spans(text: str, start: int, end: int, opaque: Sequence[Span]) -> Iterator[Span]:
    """Yield the code spans of a paragraph (CommonMark, 6.1)."""
    if text.find("`", start, end) < 0:
        return
    runs = [
        found.span() for found in _BACKTICKS.finditer(text, start, end) if not _within(found.start(), opaque)
    ]
    closers: dict[int, list[int]] = {}
    for first, last in runs:
        if text[first] == "`":
            closers.setdefault(last - first, []).append(first)
    behind, escaped = start, -1
    for first, last in runs:
        if text[first] == "\\":
            escaped = last if (last - first) % 2 else -1
        elif first >= behind:
            opened = first + 1 if first == escaped else first
            places = closers.get(last - opened, [])
            at = bisect_left(places, last)
            if opened < last and at < len(places):
                behind = places[at] + last - opened
                yield opened, behind


def _in_html(text: str, known: Sequence[Span]) -> Iterator[Span]:
    """Yield where elements and comments are literal; none begins within those *known*."""
    known = _united(known)
    endless: set[str] = set()
    place = 0
    while opened := _LITERAL.search(text, place):
        around = _within(opened.start(), known)
        name = (opened[1] or "").lower()
        place = around[1] if around else opened.end()
        if around or name in endless:
            continue
        closed = (_CLOSERS[name] if name else _COMMENT_END).search(text, place)
        if closed is None:
            endless.add(name)
            continue
        place = closed.end()
        yield opened.start(), place


def _within(place: int, spans: Sequence[Span]) -> Span | None:
    at = bisect_left(spans, (place + 1, -1)) - 1
    return spans[at] if at >= 0 and place < spans[at][1] else None


def _united(spans: Sequence[Span]) -> list[Span]:
    united: list[Span] = []
    for start, end in sorted(spans):
        if united and start < united[-1][1]:
            united[-1] = united[-1][0], max(end, united[-1][1])
        else:
            united.append((start, end))
    return united


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"maxNesting": 50}).use(footnote_plugin).use(deflist_plugin)
    reader.core.ruler.enableOnly(["block"])
    return reader


_READER = _reader()
_MDX_READER = _reader().disable(["code", "html_block"])
