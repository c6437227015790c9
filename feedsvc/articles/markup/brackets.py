"""Angle brackets in Markdown that begin no element, whatever they look like: ``List<String>``, ``<div>``.

CommonMark passes them on as HTML, and what a browser does not know, or does not
find the end of, vanishes with its name. An unknown element that is closed,
somewhere or in itself, is a component of the website.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.html_block import html_block
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, html_inline

from feedsvc.articles.markup.lines import line_at

# Elements of HTML that do no harm without an end. What others enclose is taken out of a feed, as with
# `object`, or is hardly meant, as with `data`: of `List<Object>`, all that follows would be lost.
_KNOWN = frozenset(
    """
    a abbr acronym address area article aside audio b base basefont bdi bdo bgsound big blockquote
    body br caption center cite code col colgroup datalist dd del details dfn dir div dl dt em embed
    fieldset figcaption figure font footer frame h1 h2 h3 h4 h5 h6 header hgroup hr html i image img
    input ins kbd label legend li link main map mark marquee menu menuitem meta meter nav nobr ol
    optgroup option output p param picture pre progress q rb rp rt ruby s samp section small source
    spacer span strike strong sub summary sup table tbody td tfoot th thead time tr track tt u ul
    var video wbr
    """.split()
)
# Those of them that mean something with neither a value nor an end: anywhere, ...
_ALONE = frozenset({"br", "wbr"})
# ... where a block begins with HTML, ...
_ALONE_IN_BLOCKS = _ALONE | {"hr", "p"}
# ... and within an element that is closed.
_PARTS = frozenset("col colgroup dd dt li optgroup option rb rp rt tbody td tfoot th thead tr".split())
_WHOLES = frozenset("datalist dl menu ol ruby select table ul".split())

_OPENING = re.compile(r"<([A-Za-z][A-Za-z0-9-]*+)[^<>]*+(?<!/)>")
# Not `List<? extends T>`, and not `<!important>`.
_INSTRUCTION = re.compile(r"<\?[A-Za-z=]|<!(?:--|(?i:doctype)\b)")
# Another bracket stands before its end, which is not one in quotes; or it begins no instruction.
_NO_TAG = re.compile(r"<(?=[A-Za-z][^<>\"']*+<|\?[^A-Za-z=]|![^dD-])")
_HALF = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)")
_WITHOUT_BEGINNING = frozenset({"br", "p"})  # HTML makes a whole element of their ends
_FENCE = re.compile(r"[\s>*+\-0-9.)]*+(`{3,}+(?=[^`]*+$)|~{3,}+)")
_CODE = re.compile(r"`[^`]*+`")


class _Halves(NamedTuple):
    """The names of the elements that have a beginning, or an end, outside of code."""

    begun: frozenset[str]
    ended: frozenset[str]


def brackets_plugin(reader: MarkdownIt) -> None:
    """Show a tag that means nothing, as it has no other half, as the text that it is."""
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote"]}
    reader.block.ruler.at("html_block", _read_html_block, interrupts)
    reader.inline.ruler.at("html_inline", _read_html_inline)
    reader.core.ruler.push("brackets", _show_own_brackets)


def _read_html_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    line = line_at(state, start)
    is_own = line.startswith("<") and _is_own_block(line, state)
    return not is_own and html_block(state, start, end, silent)


def _is_own_block(line: str, state: StateBlock) -> bool:
    if line.startswith(("<?", "<!")):
        return _INSTRUCTION.match(line) is None
    return _begins_nothing(line, _ALONE_IN_BLOCKS, _halves_of(state))


def _read_html_inline(state: StateInline, silent: bool) -> bool:
    """Read a tag or a comment; in the middle of a text, `<?` and `<!` begin nothing else."""
    is_own = state.src.startswith(("<?", "<!"), state.pos) and not state.src.startswith("<!--", state.pos)
    return not is_own and html_inline(state, silent)


def _show_own_brackets(state: StateCore) -> None:
    in_heading = False
    for token in state.tokens:
        if token.type == "html_block":
            token.content = _with_own_brackets(token.content, _halves_of(state), _halves([token.content]))
        tags = [child for child in token.children or () if child.type == "html_inline"]
        here = _halves(tag.content for tag in tags)
        for tag in tags:
            if _is_own(tag.content, _halves_of(state), here) or (in_heading and _is_half(tag.content, here)):
                tag.type = "text"
        in_heading = token.type == "heading_open"


def _with_own_brackets(html: str, *places: _Halves) -> str:
    def shown(found: re.Match[str]) -> str:
        is_own = _begins_nothing(found[0], _ALONE_IN_BLOCKS, *places)
        return f"&lt;{found[0][1:]}" if is_own else found[0]

    return _OPENING.sub(shown, _NO_TAG.sub("&lt;", html))


def _is_own(tag: str, *places: _Halves) -> bool:
    """Return whether *tag* neither begins nor ends an element."""
    if not tag.startswith("</"):
        return _begins_nothing(tag, _ALONE, *places)
    name = _name(tag)
    return name not in _WITHOUT_BEGINNING and not any(name in place.begun for place in places)


def _is_half(tag: str, here: _Halves) -> bool:
    """Return whether *tag* lacks its other half; one with attributes may be an anchor."""
    found = _HALF.match(tag)
    if found is None or tag[found.end() :] != ">":
        return False
    return _name(tag) not in here.begun & here.ended and _name(tag) not in _ALONE


def _begins_nothing(text: str, alone: frozenset[str], *places: _Halves) -> bool:
    """Return whether the opening tag that *text* starts with begins no element, by the halves in *places*."""
    found = _OPENING.match(text)
    if found is None or any(found[1].lower() in place.ended for place in places):
        return False
    name = found[1].lower()
    is_part = name in _PARTS and not all(_WHOLES.isdisjoint(place.ended) for place in places)
    return name not in _KNOWN or not (name in alone or "=" in found[0] or is_part)


def _name(tag: str) -> str:
    found = _HALF.match(tag)
    return found[2].lower() if found else ""


def _halves_of(state: StateBlock | StateCore) -> _Halves:
    """Return the halves of elements that stand anywhere in the source, outside of code."""
    halves: _Halves | None = state.env.get("feedsvc_halves")
    if halves is None:
        halves = state.env["feedsvc_halves"] = _halves(_outside_of_code(state.src))
    return halves


def _halves(texts: Iterable[str]) -> _Halves:
    found = [(slash, name.lower()) for text in texts for slash, name in _HALF.findall(text)]
    begun, ended = (frozenset(name for slash, name in found if slash == half) for half in ("", "/"))
    return _Halves(begun, ended)


def _outside_of_code(source: str) -> Iterator[str]:
    """Yield the lines of Markdown without its fenced code and code spans."""
    fence = ""
    for line in source.splitlines():
        found = _FENCE.match(line)
        if found is None:
            if not fence:
                yield _CODE.sub("", line)
        elif not fence:
            fence = found[1]
        elif found[1].startswith(fence):
            fence = ""
