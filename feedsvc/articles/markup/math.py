r"""TeX in Markdown: left as it is written, delimiters included.

People can read it so, readers that typeset formulas find it, and a price taken
for a formula looks like a price.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from feedsvc.articles.markup.lines import line_at, line_ending_with

# Behind a single backslash CommonMark sees an escaped bracket, and authors mean
# one more often than a formula. Two of them are what a formula takes elsewhere.
_FORMULA = re.compile(
    r"""
      \$\$ (?: [^$\\] | \\. )++ \$\$
    | (?<![0-9A-Za-z$\\]) \$ (?![\s$]) (?P<dollars> (?: [^$\\] | \\. )++ ) (?<!\s) \$ (?![0-9A-Za-z$])
    | \\\\ \( (?: [^\\] | \\(?!\\[()]) )++ \\\\ \)
    | \\\\ \[ (?: [^\\] | \\(?!\\[\[\]]) )++ \\\\ \]
    | \\ \( (?P<round> (?: [^\\] | \\[^()] )++ ) \\ \)
    | \\ \[ (?P<square> (?: [^\\] | \\[^\[\]] )++ ) \\ \]
    """,
    re.VERBOSE | re.DOTALL,
)
_TEX = re.compile(r"\\[A-Za-z]|(?<![A-Za-z])[A-Za-z][_^]|[0-9)}\]][_^]")
_NO_TEX = ("**", "](", "</", "`")  # dollars of prices, with markup between them

_ENVIRONMENT = re.compile(r"\\begin(\{[A-Za-z]+\*?\})")


def math_plugin(reader: MarkdownIt) -> None:
    """Leave formulas alone: ``$x$``, ``$$x$$``, ``\\(x\\)``, ``\\[x\\]`` and ``\\begin{…}``."""
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    reader.block.ruler.before("fence", "math_block", _read_block, interrupts)
    reader.inline.ruler.before("escape", "math", _read_inline)


def _read_inline(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    found = _FORMULA.match(state.src, state.pos, state.posMax)
    if found is None or not _is_formula(found):
        return False
    if not silent:
        state.append_pending(_once(found[0]))
    state.pos = found.end()
    return True


def _is_formula(found: re.Match[str]) -> bool:
    if found["dollars"]:
        return not any(sign in found["dollars"] for sign in _NO_TEX)
    inner = found["round"] or found["square"]
    return inner is None or _TEX.search(inner) is not None


def _once(formula: str) -> str:
    """Return the formula with the backslash of its delimiters written once."""
    return formula[1:-3] + formula[-2:] if formula.startswith("\\\\") else formula


def _read_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a formula over several lines, whose lines may look like lists and headings."""
    if state.is_code_block(start):
        return False
    closing = _closing(line_at(state, start))
    last = closing and line_ending_with(closing, state, start + 1, end, across_blanks=False)
    if not last:
        return False
    if not silent:
        formula = state.getLines(start, last + 1, state.blkIndent, False).strip()
        state.push("html_block", "", 0).content = f"<p>{escapeHtml(formula)}</p>\n"
        state.line = last + 1
    return True


def _closing(line: str) -> str | None:
    if line.startswith("$$"):
        return None if "$$" in line[2:] else "$$"
    if line in ("\\[", "\\\\["):
        return line[:-1] + "]"
    environment = _ENVIRONMENT.match(line)
    closing = f"\\end{environment[1]}" if environment else None
    return None if closing is None or closing in line else closing
