"""An article's source as HTML, before anything is cleaned."""

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from feedsvc.model import Markup

# kramdown's {: .lead}, {:target="_blank"} and {::options /}, and Pandoc's and
# goldmark's {#id .class key="value"}. A feed has no use for any of them.
_ATTRIBUTES = re.compile(r"\{(?::[^{}\n]*|\s*[#.][\w-][^{}\n]*)\}")
_HEADING_ATTRIBUTES = re.compile(rf"\s*{_ATTRIBUTES.pattern}\s*$")
_ALERT = re.compile(r"\[!(\w+)\][+-]?[ \t]*")
_TOC = re.compile(r"\[{1,2}_?TOC_?\]{1,2}|\{:\s*toc\b[^{}\n]*\}", re.IGNORECASE)
_CONTAINER = re.compile(r":{3,}.*")

_MARKED = ("image", "code_inline", "link_close", "em_close", "strong_close", "s_close")


def to_html(source: str, markup: Markup) -> str:
    """Return an article's source as HTML, which may be unsafe, broken or a whole document."""
    return source if markup is Markup.HTML else str(_BODY.render(source))


def summary_to_html(summary: str) -> str:
    """Return a front-matter summary as HTML: paragraphs, headings and inline markup only.

    Lists are not read: a summary that begins with the date "2024. 6. 27." would lose it.
    """
    return str(_SUMMARY.render(summary))


def _drop_marker_lines(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Drop a line that only steers a generator; `{:toc}` replaces the list above it."""
    if state.is_code_block(start):
        return False
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]].rstrip()
    is_toc = bool(_TOC.fullmatch(line))
    if not (is_toc or _ATTRIBUTES.fullmatch(line) or _CONTAINER.fullmatch(line)):
        return False
    if not silent:
        if is_toc:
            _drop_last_list(state)
        state.line = start + 1
    return True


def _drop_last_list(state: StateBlock) -> None:
    if not state.tokens or not state.tokens[-1].type.endswith("_list_close"):
        return
    level = state.tokens.pop().level
    while state.tokens and not (state.tokens[-1].level == level and state.tokens[-1].nesting == 1):
        state.tokens.pop()
    del state.tokens[-1:]


def _drop_inline_attributes(state: StateInline, _silent: bool) -> bool:
    """Drop an attribute list right behind a link, picture, code or emphasis."""
    if state.src[state.pos] != "{" or state.pending or not state.tokens:
        return False
    found = _ATTRIBUTES.match(state.src, state.pos)
    if found is None or state.tokens[-1].type not in _MARKED:
        return False
    state.pos = found.end()
    return True


def _rewrite_block_starts(state: StateCore) -> None:
    """Drop the attribute list behind a heading, and turn `> [!NOTE]` into words."""
    opened = ""
    for token in state.tokens:
        if token.type == "inline" and opened == "heading_open":
            token.content = _HEADING_ATTRIBUTES.sub("", token.content)
        elif token.type == "inline" and opened == "blockquote_open":
            token.content = _ALERT.sub(lambda found: f"**{found[1].capitalize()}**\n", token.content, count=1)
        if token.type != "paragraph_open":
            opened = token.type


def _reader(*, lists: bool) -> MarkdownIt:
    # Deeper nesting than this is an accident or an attack, and costs time.
    reader = MarkdownIt("commonmark", {"html": True, "maxNesting": 50}).enable(["table", "strikethrough"])
    if not lists:
        return reader.disable(["list", "code", "hr"])
    reader.use(footnote_plugin).use(deflist_plugin)
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    reader.block.ruler.before("fence", "marker_line", _drop_marker_lines, interrupts)
    reader.inline.ruler.push("attributes", _drop_inline_attributes)
    reader.core.ruler.before("inline", "block_starts", _rewrite_block_starts)
    return reader


_BODY = _reader(lists=True)
_SUMMARY = _reader(lists=False)
