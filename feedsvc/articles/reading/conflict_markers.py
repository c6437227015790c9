"""Finds git's conflict markers in an article's text."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from feedsvc.articles.templates.code import literal_spans
from feedsvc.model import Markup

# git-merge, "How conflicts are presented"; Subversion and Mercurial write them, too.
_OURS, _BETWEEN, _THEIRS = "<<<<<<<", "=======", ">>>>>>>"

# Template tags around code, in which everything stands as it is: Jekyll, Hexo, Nunjucks; Hugo.
_TAG = re.compile(
    r"\{%-?\s*+(end)?(?:highlight|raw|codeblock|verbatim)\b|\{\{[<%]\s*+(?:(/)\s*+)?highlight\b"
)


def first_conflict(text: str, markup: Markup) -> int | None:
    """Return the line on which a conflict begins that stands in *text* (LF line ends) outside of code.

    All three marks must be there, in order: a row of equals signs alone underlines a title. The first
    decides whether they are code, as a fence may begin or end between them.
    """
    marks = list(_marks(text))
    if _conflict_among(marks, lambda _place: False) is None:
        return None
    spans = literal_spans(text, markup)
    starts = [start for start, _ in spans]

    def stands_in_code(place: int) -> bool:
        at = bisect_right(starts, place) - 1
        return at >= 0 and place < spans[at][1]

    return _conflict_among(marks, stands_in_code)


def _marks(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield line, place and kind of each mark that no template tag takes for code."""
    if f"\n{_BETWEEN}" not in text:
        return
    place, is_code = 0, False
    for number, line in enumerate(text.split("\n"), start=1):
        for tag in _TAG.finditer(line):
            is_code = not (tag[1] or tag[2])
        if not is_code and (kind := _kind(line)):
            yield number, place, kind
        place += len(line) + 1


def _kind(line: str) -> str | None:
    kind, rest = line[: len(_BETWEEN)], line[len(_BETWEEN) :]
    if kind == _BETWEEN:
        return None if rest.strip() else kind
    return kind if kind in (_OURS, _THEIRS) and rest[:1] in ("", " ") else None


def _conflict_among(
    marks: Iterable[tuple[int, int, str]], stands_in_code: Callable[[int], bool]
) -> int | None:
    begun, parted = None, False
    for line, place, kind in marks:
        if kind == _OURS:
            begun, parted = None if stands_in_code(place) else line, False
        elif kind == _BETWEEN:
            parted = begun is not None
        elif parted:
            return begun
    return None
