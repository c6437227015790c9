"""Which angle brackets in a text of the front matter are markup, and which are the author's own.

Markup is a known element that is closed, ``<br>``, ``<wbr>``, or ``<img>`` with
its ``src=``. Everything else is text: ``List<String>``, ``a < b``, a lone ``<b>``.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from typing import NamedTuple

from markdown_it.common.html_re import HTML_OPEN_CLOSE_TAG_RE

from feedsvc.articles.html.sanitize import TAGS

# Elements that show text or pictures. Scripts, styles and forms are not among them: an author who names
# one in a title or a summary writes about it.
_FORMER = frozenset(
    "acronym address article aside big dir font footer header hgroup main nav nobr tt".split()
)
_EMBEDDED = frozenset("iframe label menu noscript object svg".split())
_KNOWN = TAGS | _FORMER | _EMBEDDED
# Of those that have no end, the ones that are markup by themselves.
_WITHOUT_END = frozenset("br img wbr".split())

# An escaped character, a run of backticks, what may be a tag (in quotes, `>` does not end it), or any
# other bracket.
_PIECE = re.compile(r"""\\[\\`<]|`+|<(?:[^<>"']|"[^"<]*+"|'[^'<]*+')*+>|<""")
_TICKS = re.compile("`+")
_NOT_BLANK = re.compile(r"\S")
_SOURCE = re.compile(r"\ssrc\s*=", re.IGNORECASE)

# Characters that nobody writes; one of them stands for a bracket while the text is read.
_STAND_INS = range(0xF0000, 0xFFFFE)


class _Bracket(NamedTuple):
    """An opening bracket.

    Attributes:
        start, end: Where it stands, with the backslash before it.
        tag: What it begins, if that looks like a tag outside of code; "" if not.
    """

    start: int
    end: int
    tag: str = ""

    @property
    def element(self) -> str:
        return re.sub("[^a-z0-9-].*", "", self.tag.lstrip("</").lower(), flags=re.DOTALL)


def read_with_own_brackets(text: str, read: Callable[[str], str], *, shown: str = "<") -> str:
    """Return what *read*, which reads Markdown or HTML, makes of *text*, where it sees no tag but markup.

    Args:
        shown: A bracket that is text, as it stands in what *read* makes.
    """
    if "<" not in text:
        return read(text)
    used = {*text, *unescape(text)}
    stand_in = next(char for char in map(chr, _STAND_INS) if char not in used)
    return read(_replaced(text, stand_in)).replace(stand_in, shown)


def beginning(text: str) -> int:
    """Return where *text* begins, behind blanks and comments; its length if there is nothing else."""
    place = _behind_blanks(text, 0)
    while text.startswith("<!--", place) and (end := text.find("-->", place + 4)) >= 0:
        place = _behind_blanks(text, end + 3)
    return place


def _behind_blanks(text: str, place: int) -> int:
    found = _NOT_BLANK.search(text, place)
    return found.start() if found else len(text)


def _replaced(text: str, stand_in: str) -> str:
    """Return *text* with *stand_in* for each bracket that begins no markup."""
    brackets = list(_brackets(text))
    markup = _markup(brackets)
    if beginning(text) in markup:  # comments in HTML are not for readers
        markup |= {each.start for each in brackets if text.startswith("<!--", each.start)}
    parts: list[str] = []
    end = 0
    for each in brackets:
        if each.start not in markup:
            parts += text[end : each.start], stand_in
            end = each.end
    return "".join((*parts, text[end:]))


def _brackets(text: str) -> Iterator[_Bracket]:
    """Yield each opening bracket of *text*; one within code, or behind a backslash, begins no tag."""
    runs: dict[int, list[int]] = defaultdict(list)
    for run in _TICKS.finditer(text):
        runs[len(run[0])].append(run.start())
    place = 0
    while found := _PIECE.search(text, place):
        piece, start, place = found[0], *found.span()
        if piece[0] == "`":
            end = _code_end(runs[len(piece)], place)
            yield from (_Bracket(at, at + 1) for at in range(place, end) if text[at] == "<")
            place = max(place, end)
        elif piece == "\\<":
            yield _Bracket(start, place)
        elif piece[0] == "<":
            is_tag = HTML_OPEN_CLOSE_TAG_RE.fullmatch(piece) is not None
            yield _Bracket(start, start + 1, piece if is_tag else "")
            place = place if is_tag else start + 1


def _code_end(runs: Sequence[int], place: int) -> int:
    """Return where code ends that began before *place*, by the *runs* that may close it; 0 if nowhere."""
    following = bisect_left(runs, place)
    return runs[following] if following < len(runs) else 0


def _markup(brackets: Sequence[_Bracket]) -> set[int]:
    """Return where the tags begin that are markup."""
    opened: dict[str, list[int]] = defaultdict(list)
    markup: set[int] = set()
    for each in brackets:
        name = each.element
        if name in _WITHOUT_END:
            if name != "img" or _SOURCE.search(each.tag):
                markup.add(each.start)
        elif each.tag.startswith("</"):
            if opened[name]:
                markup |= {opened[name].pop(), each.start}
        elif name in _KNOWN and not each.tag.endswith("/>"):
            opened[name].append(each.start)
    return markup
