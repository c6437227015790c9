"""Angle brackets in Markdown that begin no element, whatever they look like: ``List<String>``.

CommonMark passes them on as HTML, and what no browser knows vanishes. An unknown
element that is closed, somewhere or in itself, is a component of the website.
"""

import re
from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.html_block import html_block
from markdown_it.rules_core import StateCore

from feedsvc.articles.markdown_lines import line_at

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

_OPENING = re.compile(r"<([A-Za-z][A-Za-z0-9-]*+)[^<>]*+(?<!/)>")
_HALF = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_WITHOUT_END = frozenset({"br", "wbr"})
_ENDING = re.compile(r"</([A-Za-z][A-Za-z0-9-]*)")


def brackets_plugin(reader: MarkdownIt) -> None:
    """Show what looks like the beginning of an unknown element, and has no end, as the text that it is."""
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote"]}
    reader.block.ruler.at("html_block", _read_html_block, interrupts)
    reader.core.ruler.push("brackets", _show_own_brackets)


def _read_html_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return not _is_own(line_at(state, start), _ended(state)) and html_block(state, start, end, silent)


def _show_own_brackets(state: StateCore) -> None:
    in_heading = False
    for token in state.tokens:
        tags = [child for child in token.children or () if child.type == "html_inline"]
        whole = _whole(tag.content for tag in tags)
        for tag in tags:
            if _is_own(tag.content, _ended(state)) or (in_heading and _is_half(tag.content, whole)):
                tag.type = "text"
        in_heading = token.type == "heading_open"


def _whole(tags: Iterable[str]) -> frozenset[str]:
    """Return the names of the elements that have a beginning and an end among *tags*."""
    found = [(half[1], half[2].lower()) for tag in tags if (half := _HALF.match(tag))]
    begun, ended = ({name for slash, name in found if slash == wanted} for wanted in ("", "/"))
    return frozenset(begun & ended)


def _is_half(tag: str, whole: frozenset[str]) -> bool:
    """Return whether *tag* lacks its other half; one with attributes may be an anchor."""
    found = _HALF.match(tag)
    if found is None or tag[found.end() :] != ">":
        return False
    name = found[2].lower()
    return name not in whole and name not in _WITHOUT_END


def _is_own(text: str, ended: frozenset[str]) -> bool:
    found = _OPENING.match(text)
    return found is not None and (name := found[1].lower()) not in _KNOWN and name not in ended


def _ended(state: StateBlock | StateCore) -> frozenset[str]:
    """Return the names of all elements that have an end anywhere in the source."""
    ended: frozenset[str] | None = state.env.get("feedsvc_ended")
    if ended is None:
        ended = frozenset(name.lower() for name in _ENDING.findall(state.src))
        state.env["feedsvc_ended"] = ended
    return ended
