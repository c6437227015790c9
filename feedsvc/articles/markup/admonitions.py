"""Notes, warnings and tips in Markdown, in each form that generators have.

All become what Python-Markdown writes, a ``div.admonition`` with its title in
front; `feedsvc.articles.html.admonitions` has the rest.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.admon.index import admonition

from feedsvc.articles.markup.lines import line_at

# > [!NOTE], and with a title as Obsidian and Hugo have it: > [!note]- Title
_ALERT = re.compile(r"\A\[!(?P<kind>\w+)\][+-]?(?:[ \t]+(?P<title>[^\n]*))?(?:\n|\Z)")
# !!! note "Title"; what else begins with such marks is an exclamation.
_ADMONITION = re.compile(r'(?:!!!|\?\?\?\+?) ?[\w-]+(?: +[\w-]+)*(?: +"[^"]*")?')
# ::: note Title, :::note[Title], ::: {.note}
_CONTAINER = re.compile(r":{3,}\s*(?P<opening>[^\s:].*)?")
_OPENING = re.compile(
    r"\{?\s*\.?(?P<kind>[\w-]+)[^\[\]{}\s]*\}?\s*(?:\[(?P<inner>[^\]]*)\]|(?P<title>[^{}]*))"
)

# Containers within containers.
_DEEPEST = 20

# Containers of other kinds only arrange what they hold.
_KINDS = frozenset(
    """
    note info tip hint important warning caution danger attention error seealso question success example
    quote abstract summary bug failure todo details
    """.split()
)


def asides_plugin(reader: MarkdownIt) -> None:
    """Read admonitions, alerts and containers."""
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    reader.block.ruler.before("fence", "admonition", _read_admonition, interrupts)
    reader.block.ruler.before("fence", "container", _mark_container, interrupts)
    reader.core.ruler.before("inline", "containers", _pair_containers)
    reader.core.ruler.before("inline", "alerts", _title_alerts)


def _read_admonition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.src[state.bMarks[start] + state.tShift[start]] not in "!?" or state.is_code_block(start):
        return False
    if not _ADMONITION.fullmatch(line_at(state, start)):
        return False
    body = start + 1
    while body < end and state.isEmpty(body):
        body += 1
    indented = body < end and state.sCount[body] >= state.blkIndent + 4
    return indented and admonition(state, start, end, silent)


def _mark_container(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Mark where a container begins or ends: which of the marks belong together is seen later."""
    if state.src[state.bMarks[start] + state.tShift[start]] != ":" or state.is_code_block(start):
        return False
    found = _CONTAINER.fullmatch(line_at(state, start))
    if found is None:
        return False
    if not silent:
        state.push("container_mark", "", 0).content = (found["opening"] or "").rstrip(": ")
        state.line = start + 1
    return True


def _pair_containers(state: StateCore) -> None:
    """Turn the marks of a known kind into admonitions; the others vanish, what they hold stays."""
    if not any(token.type == "container_mark" for token in state.tokens):
        return
    opened: list[int] = []
    ends: dict[int, Token] = {}  # by the place of either mark
    for place, token in enumerate(state.tokens):
        while opened and state.tokens[opened[-1]].level > token.level:
            opened.pop()
        if token.type == "container_mark" and token.content:
            opened.append(place)
            del opened[:-_DEEPEST]
        elif token.type == "container_mark" and opened:
            first = opened.pop()
            if _title(state.tokens[first].content) is not None:
                ends[first], ends[place] = state.tokens[first], token
    state.tokens = [
        each
        for place, token in enumerate(state.tokens)
        for each in (_opened_or_closed(ends.get(place)) if token.type == "container_mark" else [token])
    ]


def _opened_or_closed(mark: Token | None) -> list[Token]:
    if mark is None:
        return []
    if not mark.content:
        return [Token("admonition_close", "div", -1, block=True)]
    opening = Token("admonition_open", "div", 1, attrs={"class": "admonition"}, block=True)
    return [opening, *_titled(_title(mark.content) or "")]


def _title(opening: str) -> str | None:
    found = _OPENING.match(opening)
    if found is None or found["kind"].lower() not in _KINDS:
        return None
    return (found["inner"] or found["title"] or "").strip() or found["kind"].capitalize()


def _title_alerts(state: StateCore) -> None:
    tokens: list[Token] = []
    for token in state.tokens:
        inside = len(tokens) > 1 and tokens[-2].type == "blockquote_open" and token.type == "inline"
        found = _ALERT.match(token.content) if inside else None
        if found:
            tokens[-2].attrSet("class", "admonition")
            title = (found["title"] or "").strip() or found["kind"].capitalize()
            token.content = token.content[found.end() :]
            if token.content:
                tokens[-1:-1] = _titled(title)
            else:
                tokens[-1:] = _titled(title)[:1]
                token.content = title
        tokens.append(token)
    state.tokens = tokens


def _titled(title: str) -> list[Token]:
    return [
        Token("paragraph_open", "p", 1, attrs={"class": "admonition-title"}, block=True),
        Token("inline", "", 0, content=title, children=[], block=True),
        Token("paragraph_close", "p", -1, block=True),
    ]
