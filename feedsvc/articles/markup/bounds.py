"""How much of everything an article may hold, counted before anything parses it.

Time and memory grow with the signs of markup in a text, and not with its length; a few
of them grow with a product of two counts. A source beyond a bound is refused, so its last
good version stays. The bounds are counts, hence the same on every machine.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from feedsvc.articles.templates.code import literal_spans
from feedsvc.model import Markup

# Signs that a parser stops at; the end of a line, which ends a block, counts twice. The worst of them take
# four seconds, and a page of text has 150. docutils is slower.
MOST_SIGNS = 80_000
MOST_SIGNS_OF_REST = 15_000
_SIGNS = {
    Markup.MARKDOWN: "#[]!<&*_`~^|{$\\\n\n",
    Markup.HTML: "<&",
    Markup.REST: "`*_|:[<+\n\n",
}
# One of this part of them is large; a page of a book has a hundredth.
_LARGE = 4
# A text of so many characters is large, whatever they are.
_LONG = {Markup.MARKDOWN: 500_000, Markup.HTML: 4_000_000, Markup.REST: 50_000}
# A text of so many times the signs is no listing of code, and not looked at more closely.
_HOPELESS = 5

# Elements that are taken out or replaced, each of which moves all its neighbours.
MOST_ELEMENTS = 5_000
_REPLACED = re.compile(
    r"<(?:!--|audio|canvas|embed|form|frame|iframe|img|input|math|noscript|object|picture|script|style|svg|video)",
    re.IGNORECASE,
)

MOST_FOOTNOTES = 5_000
MOST_FOOTNOTES_OF_REST = 1_000

# Characters that references put in, as each repeats the address and the title of its definition.
MOST_REFERRED = 1_000_000
_DEFINITION = re.compile(r"^[ \t>]*+\[([^\[\]\n]{1,999}+)\]:", re.MULTILINE)
_REFERENCE = re.compile(r"\[([^\[\]\n]{1,999}+)\]")
# In reStructuredText: a target or a substitution with the lines that belong to it; the end of a reference.
_REST_DEFINITION = re.compile(r"^[ \t]*+\.\. [_|][^\n]*+(?:\n[ \t]++[^\n]++)*+", re.MULTILINE)
_REST_REFERENCE = re.compile(r"(?<=[\w`])__?(?!\w)|\|")

# Cells: a short row is filled up to the width of its table.
MOST_CELLS = 30_000
MOST_CELLS_OF_REST = 5_000
_RULER = re.compile(r"^[ \t>]*+\|?[ \t]*+:?-[-| \t:]*+$", re.MULTILINE)
_BORDER = re.compile(r"[ \t]*+(?:=++(?:[ \t]++=++)++|\+(?:[-=]++\+)++)[ \t]*+")
_TABLES = ("cells of tables", "split the table, or move it into a file beside it")

# Of each kind, in one article.
MOST_TERMS = 100

# Letters of one word of reStructuredText: docutils tries each beginning of what may be a name with each end.
MOST_LETTERS = 5_000
_NAME = re.compile(r"[\w:-]{500,}+")

# Blocks within blocks of reStructuredText, each with an indentation of its own.
MOST_INDENTS = 100


def excess(text: str, markup: Markup) -> str | None:
    """Return what of *text* (LF line ends) is too much, and what to do, for people; None if nothing is."""
    return next(_excesses(text, markup), None)


def is_large(text: str, markup: Markup) -> bool:
    """Return whether *text* has so many signs that a fault of a parser may take it long."""
    most = _most_signs(markup) // _LARGE
    if len(text) * 2 <= most:
        return False
    return len(text) > _LONG[markup] or sum(map(text.count, _SIGNS[markup])) > most


def _most_signs(markup: Markup) -> int:
    return MOST_SIGNS_OF_REST if markup is Markup.REST else MOST_SIGNS


def _excesses(text: str, markup: Markup) -> Iterator[str]:
    most = _most_signs(markup)
    if _signs(text, markup, most) > most:
        yield _too_many(
            most, "signs of markup and ends of lines", "split it, or move its data into a file beside it"
        )
    if text.count("<") > MOST_ELEMENTS and len(_REPLACED.findall(text)) > MOST_ELEMENTS:
        yield _too_many(MOST_ELEMENTS, "pictures, frames, scripts and comments", "split it")
    if markup is Markup.MARKDOWN:
        yield from _excesses_of_markdown(text)
    elif markup is Markup.REST:
        yield from _excesses_of_rest(text)


def _excesses_of_markdown(text: str) -> Iterator[str]:
    if text.count("[^") > MOST_FOOTNOTES:
        yield _too_many(MOST_FOOTNOTES, "references to footnotes", "split it")
    if "]:" in text and _referred(text) > MOST_REFERRED:
        yield _too_many(MOST_REFERRED, "characters in references to links", "shorten their addresses")
    if text.count("|") * text.count("\n") > MOST_CELLS and _cells(text) > MOST_CELLS:
        yield _too_many(MOST_CELLS, *_TABLES)


def _excesses_of_rest(text: str) -> Iterator[str]:
    if sum(len(name) ** 2 for name in _NAME.findall(text)) > MOST_LETTERS**2:
        yield _too_many(MOST_LETTERS, "letters in long words", "part them by blanks")
    if text.count("_") + text.count("|") > 1 and _referred_in_rest(text) > MOST_REFERRED:
        yield _too_many(MOST_REFERRED, "characters in references to links", "shorten their addresses")
    if text.count(".. [") + text.count("]_") > MOST_FOOTNOTES_OF_REST:
        yield _too_many(MOST_FOOTNOTES_OF_REST, "footnotes and references to them", "split it")
    lines = text.split("\n")
    if _cells_of_rest(lines) > MOST_CELLS_OF_REST:
        yield _too_many(MOST_CELLS_OF_REST, *_TABLES)
    if len({len(line) - len(line.lstrip()) for line in lines if line.strip()}) > MOST_INDENTS:
        yield _too_many(MOST_INDENTS, "different indentations", "indent its lines alike")


def _too_many(most: int, what: str, remedy: str) -> str:
    return f"holds more than {most:,} {what}; {remedy}"


def _signs(text: str, markup: Markup, most: int) -> int:
    if len(text) * 2 <= most:  # as nearly all texts are: not even line ends alone would come to that
        return 0
    count = sum(map(text.count, _SIGNS[markup]))
    if markup is not Markup.MARKDOWN or not most < count <= most * _HOPELESS:
        return count
    in_code = (text[start:end] for start, end in literal_spans(text, markup))
    return count - sum(sum(map(code.count, _SIGNS[markup])) for code in in_code)


def _referred(text: str) -> int:
    """Return by how many characters references to links lengthen the text, or more."""
    found = [*_DEFINITION.finditer(text)]
    ends = [*(each.start() for each in found), len(text)][1:]
    sizes: dict[str, int] = {}
    for each, end in zip(found, ends, strict=True):
        blank = text.find("\n\n", each.end(), end)
        sizes.setdefault(_label(each[1]), (end if blank < 0 else blank) - each.end())
    if max(sizes.values(), default=0) * text.count("[") <= MOST_REFERRED:
        return 0
    uses = Counter(map(_label, _REFERENCE.findall(text)))
    return sum(size * uses[label] for label, size in sizes.items())


def _referred_in_rest(text: str) -> int:
    """Return by how many characters references lengthen the text if all mean the longest address."""
    words = max(map(len, text.split()), default=0)
    longest = max(words, *map(len, _REST_DEFINITION.findall(text)), 0)
    return longest * sum(1 for _ in _REST_REFERENCE.finditer(text))


def _label(written: str) -> str:
    return " ".join(written.casefold().split())


def _cells(text: str) -> int:
    rulers = [*_RULER.finditer(text)]
    ends = [*(each.start() for each in rulers), len(text)][1:]
    cells = 0
    for ruler, end in zip(rulers, ends, strict=True):
        blank = text.find("\n\n", ruler.end(), end)
        cells += (ruler[0].count("|") + 1) * text.count("\n", ruler.end(), end if blank < 0 else blank)
    return cells


def _cells_of_rest(lines: list[str]) -> int:
    borders = [number for number, line in enumerate(lines) if _is_border(line)]
    return sum(
        len(lines[first].replace("+", " ").split()) * (last - first)
        for first, last in pairwise([*borders, len(lines)])
        if first + 1 < len(lines) and lines[first + 1].strip()  # else it is the last of its table
    )


def _is_border(line: str) -> bool:
    return line.lstrip()[:1] in ("=", "+") and _BORDER.fullmatch(line) is not None
