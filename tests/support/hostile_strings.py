"""Strings that a regular expression takes longest for, made of its own parts.

A backtracking engine is slow where it can begin or end a repetition at many
places, and fails at each. So a hostile string is what leads to a repetition,
then what may be repeated, very often, then a character that fits nowhere.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

# One of each kind that classes tell apart.
_KINDS = "aA0 \n\t_-.:/\"'<>(){}[]|*+=,;!?#%&@\\$`~^é한"
_FITS_NOWHERE = "\0"
_OFTEN = 8  # what is repeated no more often is not dangerous

_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
_CATEGORIES = {
    sre.CATEGORY_DIGIT: r"\d",
    sre.CATEGORY_NOT_DIGIT: r"\D",
    sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S",
    sre.CATEGORY_WORD: r"\w",
    sre.CATEGORY_NOT_WORD: r"\W",
}


@dataclass(frozen=True, slots=True)
class Hostile:
    """A text of any length: a beginning, what is repeated, an end."""

    begin: str
    repeated: str
    end: str = ""

    def of(self, length: int) -> str:
        return self.begin + self.repeated * (length // len(self.repeated)) + self.end


def hostile_texts(pattern: str, flags: int) -> Iterator[Hostile]:
    """Yield texts that trouble *pattern*, each once."""
    seen: set[Hostile] = set()
    for begin, repeated in _Parts(pattern).repetitions(_parser.parse(pattern, flags), [""]):
        for text in (
            Hostile(begin, repeated, _FITS_NOWHERE),
            Hostile(begin, repeated),
            Hostile("", begin + repeated),
        ):
            if text not in seen:
                seen.add(text)
                yield text


class _Parts:
    """Makes short texts that parts of a pattern match."""

    def __init__(self, pattern: str) -> None:
        # What the pattern itself names is the likeliest to lead it astray.
        self._kinds = [*dict.fromkeys((*re.sub(r"[\w\s]", "", pattern), *_KINDS))]

    def repetitions(self, tree: Any, before: list[str]) -> Iterator[tuple[str, str]]:
        """Yield what may stand before each repetition, with what it may repeat."""
        for kind, value in tree:
            if kind in _REPEATS and (value[1] == sre.MAXREPEAT or value[1] > _OFTEN):
                yield from product(before[:3], filter(None, self._examples(value[2], 14)))
            for inner in _within(kind, value):
                yield from self.repetitions(inner, before)
            joined = (a + b for a, b in product(before, self._example(kind, value, 4)))
            before = [*dict.fromkeys(islice(joined, 12))][:5]

    def _examples(self, tree: Any, most: int) -> list[str]:
        texts = [""]
        for kind, value in tree:
            texts = [*dict.fromkeys(a + b for a, b in product(texts, self._example(kind, value, most)))][
                :most
            ]
        return texts

    def _example(self, kind: Any, value: Any, most: int) -> list[str]:
        if kind is sre.LITERAL:
            return [chr(value)]
        if kind in (sre.NOT_LITERAL, sre.IN, sre.ANY):
            return self._characters(kind, value)[:most]
        if kind in _REPEATS:
            some = [text * max(value[0], 1) for text in self._examples(value[2], most)]
            return some if value[0] else ["", *some]
        if kind is sre.BRANCH:
            return [text for each in value[1] for text in self._examples(each, max(most // 2, 1))][: most * 2]
        return self._examples(_within(kind, value)[0], most) if kind in _GROUPS else [""]

    def _characters(self, kind: Any, value: Any) -> list[str]:
        if kind is sre.ANY:
            return self._kinds
        if kind is sre.NOT_LITERAL:
            return [each for each in self._kinds if ord(each) != value]
        negated = value[0][0] is sre.NEGATE
        own = (chr(each if what is sre.LITERAL else each[0]) for what, each in value if what in _NAMED)
        return [each for each in dict.fromkeys((*self._kinds, *own)) if _is_in(each, value) is not negated]


_GROUPS = (sre.SUBPATTERN, sre.ATOMIC_GROUP)
_NAMED = (sre.LITERAL, sre.RANGE)


def _within(kind: Any, value: Any) -> Sequence[Any]:
    if kind in _REPEATS:
        return [value[2]]
    if kind is sre.SUBPATTERN:
        return [value[3]]
    if kind is sre.BRANCH:
        return list(value[1])
    if kind is sre.ATOMIC_GROUP:
        return [value]
    return [value[1]] if kind in (sre.ASSERT, sre.ASSERT_NOT) else []


def _is_in(char: str, value: Any) -> bool:
    return any(
        (kind is sre.LITERAL and ord(char) == each)
        or (kind is sre.RANGE and each[0] <= ord(char) <= each[1])
        or (kind is sre.CATEGORY and re.match(_CATEGORIES[each], char) is not None)
        for kind, each in value
    )
