"""What steers a generator in Markdown, and no reader should see: attribute lists, marks, definitions."""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from feedsvc.articles.html.code_blocks import language_of_info
from feedsvc.articles.markup.lines import line_at, line_ending_with

# kramdown's {: .lead}, {:target="_blank"} and {::options /}, and Pandoc's and
# goldmark's {#id .class key="value"}. A feed has use for ids and languages only.
_ATTRIBUTES = re.compile(
    r"""\{(?::[^{}\n]*|\s*(?:[#.][\w-]|[A-Za-z][\w-]*=["']|(?:width|height)=)[^{}\n]*)\}"""
)
_HEADING_ATTRIBUTES = re.compile(rf"(?<!\s)\s*(?P<list>{_ATTRIBUTES.pattern})\s*$")
_ID = re.compile(r"""[{\s:]#([^\s{}]+)|\bid=["']?([^\s"'{}]+)""")
_LANGUAGE = re.compile(r"\.(?:language|lang)-([\w+#.-]+)")

_TOC = re.compile(r"\[{1,2}_?TOC_?\]{1,2}", re.IGNORECASE)
_TOC_FOR_LIST = re.compile(r"\{:\s*toc\b[^{}\n]*\}", re.IGNORECASE)
_ABBREVIATION = re.compile(r"\*\[[^\[\]]+\]:.*")
_COMMENT = re.compile(r"\{::comment\}(?:[^{]|\{(?!:))*+\{:/(?:comment)?\}")
# <div markdown="1">: what it holds is Markdown, too.
_TRANSPARENT = re.compile(
    r"""<[a-z]\w*\s(?:[^<>]*\s)?markdown=["']?(?:1|block|span)\b[^<>]*>""", re.IGNORECASE
)

# - [x] a task that is done; a box to tick would be taken out.
_TASK = re.compile(r"\A\[([ xX])\]\s+(?=\S)")

# Python-Markdown's way to name the language of an indented block.
_NAMED_LANGUAGE = re.compile(r"\A:::([\w+#.-]++)[^\n]*+\n")

# kramdown takes ![x](stage (1).png =300x200), which CommonMark shows as text.
_LOOSE_IMAGE = re.compile(r"!\[([^\[\]\n]*)\]\(([^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)")
# Python-Markdown takes blanks in a target, as in [x]({tag}hot tea); Pelican's marks tell it from prose.
_LOOSE_LINK = re.compile(
    r"\[(?P<text>[^\[\]\n]*)\]\((?P<ref>[{|](?:filename|static|attach|author|category|tag)[}|][^()\n]*)\)",
    re.IGNORECASE,
)
_LOOSE_TAIL = re.compile(r"""(?<!\s)(?:\s+=\d*x\d*)?(?:\s+(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'))?\Z""")


def marks_plugin(reader: MarkdownIt) -> None:
    """Hide what steers a generator, and read what it says of ids and languages."""
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    reader.block.ruler.before("fence", "marker_line", _drop_marker_lines, interrupts)
    reader.block.ruler.before("html_block", "transparent", _read_transparent, interrupts)
    reader.inline.ruler.push("attributes", _drop_inline_attributes)
    reader.inline.ruler.after("image", "loose_image", _read_loose_image)
    reader.inline.ruler.after("link", "loose_link", _read_loose_link)
    reader.core.ruler.before("inline", "marks", _read_tokens)


def _drop_marker_lines(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Drop a line that only steers a generator; `{:toc}` right below a list stands in its place."""
    if state.src[state.bMarks[start] + state.tShift[start]] not in "{[*" or state.is_code_block(start):
        return False
    line = line_at(state, start)
    last = _end_of_comment(state, start, end) if line.startswith("{::comment}") else start
    if last == start and not any(form.fullmatch(line) for form in (_TOC, _ATTRIBUTES, _ABBREVIATION)):
        return False
    if not silent:
        if start and not state.isEmpty(start - 1):
            _apply_to_last(state, line)
        state.line = last + 1
    return True


def _end_of_comment(state: StateBlock, start: int, end: int) -> int:
    closing = ("{:/comment}", "{:/}")
    found = (line_ending_with(each, state, start, end, across_blanks=True) for each in closing)
    return min((last for last in found if last is not None), default=start)


def _apply_to_last(state: StateBlock, line: str) -> None:
    """Take what a line of attributes says of the block above it."""
    last = state.tokens[-1] if state.tokens else None
    if _TOC_FOR_LIST.fullmatch(line):
        _drop_last_list(state)
    elif last and last.type in ("heading_close", "paragraph_close"):
        _set_id(state, line)
    elif last and last.type in ("fence", "code_block") and (named := _LANGUAGE.search(line)):
        last.type, last.info = "fence", named[1]


def _set_id(state: StateBlock, line: str) -> None:
    if identifier := _id_in(line):
        state.tokens[-3].attrSet("id", identifier)


def _id_in(attributes: str) -> str | None:
    found = _ID.search(attributes)
    return (found[1] or found[2]) if found else None


def _drop_last_list(state: StateBlock) -> None:
    if not state.tokens or not state.tokens[-1].type.endswith("_list_close"):
        return
    level = state.tokens.pop().level
    while state.tokens and not (state.tokens[-1].level == level and state.tokens[-1].nesting == 1):
        state.tokens.pop()
    del state.tokens[-1:]


def _read_transparent(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    if state.is_code_block(start) or not _TRANSPARENT.fullmatch(line := line_at(state, start)):
        return False
    if not silent:
        state.push("html_block", "", 0).content = line + "\n"
        state.line = start + 1
    return True


def _drop_inline_attributes(state: StateInline, silent: bool) -> bool:
    """Drop a comment, and an attribute list right behind a link, picture, code or emphasis."""
    if silent or state.src[state.pos] != "{":
        return False
    found = _COMMENT.match(state.src, state.pos) or _attributes_here(state)
    if found is None:
        return False
    state.pos = found.end()
    return True


def _attributes_here(state: StateInline) -> re.Match[str] | None:
    if state.pending or not state.tokens:
        return None
    before = state.tokens[-1]
    if before.type == "text" and before.content.strip("*_~"):
        return None
    return _ATTRIBUTES.match(state.src, state.pos)


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


def _read_loose_link(state: StateInline, silent: bool) -> bool:
    """Read a link to a source or to the page of a term whose name holds blanks."""
    found = _LOOSE_LINK.match(state.src, state.pos, state.posMax)
    if found is None or state.linkLevel:
        return False
    if not silent:
        state.push("link_open", "a", 1).attrs["href"] = _LOOSE_TAIL.sub("", found["ref"].strip())
        state.linkLevel += 1
        state.md.inline.parse(found["text"], state.md, state.env, state.tokens)
        state.linkLevel -= 1
        state.push("link_close", "a", -1)
    state.pos = found.end()
    return True


def _read_tokens(state: StateCore) -> None:
    before: Token | None = None
    above: Token | None = None
    for token in state.tokens:
        if token.type != "inline":
            _read_language(token)
        elif before and before.type == "heading_open":
            _read_heading(before, token)
        elif above and above.type == "list_item_open":
            token.content = _TASK.sub(lambda found: "☐ " if found[1] == " " else "☑ ", token.content)
        above, before = before, token


def _read_heading(opening: Token, inline: Token) -> None:
    if found := _HEADING_ATTRIBUTES.search(inline.content):
        inline.content = inline.content[: found.start()]
        if identifier := _id_in(found["list"]):
            opening.attrSet("id", identifier)


def _read_language(token: Token) -> None:
    if token.type == "fence":
        token.info = language_of_info(token.info)
    elif token.type == "code_block" and (named := _NAMED_LANGUAGE.match(token.content)):
        token.type, token.info, token.content = "fence", named[1], token.content[named.end() :]
