"""An article's source as HTML, before anything is cleaned."""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from feedsvc.model import Markup

_HTML_BLOCK = re.compile(
    r"^\s*<(?:p|div|h[1-6]|table|ul|ol|section|article|figure|blockquote|img|html|!doctype)\b", re.I
)

# kramdown's {: .lead}, {:target="_blank"} and {::options /}, and Pandoc's and
# goldmark's {#id .class key="value"}. A feed has no use for any of them.
_ATTRIBUTES = re.compile(r"\{(?::[^{}\n]*|\s*[#.][\w-][^{}\n]*)\}")
_HEADING_ATTRIBUTES = re.compile(rf"(?<!\s)\s*{_ATTRIBUTES.pattern}\s*$")
_ALERT = re.compile(r"\A\[!(\w+)\][+-]?\s*")
_TOC = re.compile(r"\[{1,2}_?TOC_?\]{1,2}", re.IGNORECASE)
_TOC_FOR_LIST = re.compile(r"\{:\s*toc\b[^{}\n]*\}", re.IGNORECASE)
_CONTAINER = re.compile(r":{3,}.*")

# kramdown takes ![x](stage (1).png =300x200), which CommonMark shows as text.
_LOOSE_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\(([^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)")
_LOOSE_TAIL = re.compile(r"""(?<!\s)(?:\s+=\d*x\d*)?(?:\s+(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))?\Z""")


def markup_of(path: str, body: str) -> Markup:
    """Return how *body* is written, as the name of its file tells."""
    suffix = path.rpartition(".")[2].lower()
    if suffix in ("html", "htm"):
        return Markup.HTML
    # A text file says nothing of its markup; it is HTML if it begins like it.
    return Markup.HTML if suffix == "txt" and _HTML_BLOCK.match(body) else Markup.MARKDOWN


def to_html(source: str, markup: Markup) -> str:
    """Return an article's source as HTML, which may be unsafe, broken or a whole document."""
    return source if markup is Markup.HTML else str(_BODY.render(source))


def summary_to_html(summary: str) -> str:
    """Return a front-matter summary as HTML: paragraphs, headings and inline markup only.

    Lists are not read: a summary that begins with the date "2024. 6. 27." would lose it.
    """
    return str(_SUMMARY.render(summary))


def _drop_marker_lines(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Drop a line that only steers a generator; `{:toc}` right below a list stands in its place."""
    if state.is_code_block(start):
        return False
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]].rstrip()
    if not any(form.fullmatch(line) for form in (_TOC, _ATTRIBUTES, _CONTAINER)):
        return False
    if not silent:
        if _TOC_FOR_LIST.fullmatch(line) and start and not state.isEmpty(start - 1):
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


def _drop_inline_attributes(state: StateInline, silent: bool) -> bool:
    """Drop an attribute list right behind a link, picture, code or emphasis."""
    if silent or state.src[state.pos] != "{" or state.pending or not state.tokens:
        return False
    found = _ATTRIBUTES.match(state.src, state.pos)
    before = state.tokens[-1]
    if found is None or (before.type == "text" and before.content.strip("*_~")):
        return False
    state.pos = found.end()
    return True


def _read_loose_image(state: StateInline, silent: bool) -> bool:
    """Read a picture whose address holds blanks."""
    found = _LOOSE_IMAGE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        image = state.push("html_inline", "", 0)
        ref = _LOOSE_TAIL.sub("", found[2].strip())
        image.content = f'<img src="{escapeHtml(ref)}" alt="{escapeHtml(found[1])}" />'
    state.pos = found.end()
    return True


def _rewrite_block_starts(state: StateCore) -> None:
    """Drop the attribute list behind a heading, and turn `> [!NOTE]` into words."""
    opened = ""
    for token in state.tokens:
        if token.type == "inline" and opened == "heading_open":
            token.content = _HEADING_ATTRIBUTES.sub("", token.content)
        elif token.type == "inline" and opened == "blockquote_open":
            token.content = _ALERT.sub(lambda found: f"**{found[1].capitalize()}**  \n", token.content)
        if token.type != "paragraph_open":
            opened = token.type


class _Markdown(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802
        """Leave an address as written: `links.resolve` encodes it, once."""
        return url


def _reader(*, lists: bool) -> MarkdownIt:
    # Deeper nesting than this is an accident or an attack, and costs time.
    reader = _Markdown("commonmark", {"html": True, "maxNesting": 50}).enable(["table", "strikethrough"])
    if not lists:
        return reader.disable(["list", "code", "hr"])
    reader.use(footnote_plugin).use(deflist_plugin)
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    reader.block.ruler.before("fence", "marker_line", _drop_marker_lines, interrupts)
    reader.inline.ruler.push("attributes", _drop_inline_attributes)
    reader.inline.ruler.after("image", "loose_image", _read_loose_image)
    reader.core.ruler.before("inline", "block_starts", _rewrite_block_starts)
    return reader


_BODY = _reader(lists=True)
_SUMMARY = _reader(lists=False)
