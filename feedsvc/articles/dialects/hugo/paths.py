"""Addresses as Hugo makes them of names, titles and patterns.

Its helpers/path.go (`UnicodeSanitize`), resources/page/permalinks.go and
resources/page/page_paths.go, as of version 0.123 and newer where they differ.
"""

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from unicodedata import category, normalize
from urllib.parse import unquote_plus

from feedsvc.articles.fields import number_of

_KEPT = frozenset("./\\_#+~-@")
_HEX = re.compile("[0-9A-Fa-f]{2}")
_TOKEN = re.compile(r":(?P<name>\w+)(?:\[(?P<cut>[^\[\]]++)\])?")
_COLON = "\0"

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# What a pattern may name of a date, and the pieces of Go's reference time.
_DATES: Mapping[str, Callable[[datetime], str]] = {
    "year": lambda moment: str(moment.year),
    "month": lambda moment: f"{moment:%m}",
    "monthname": lambda moment: _MONTHS[moment.month - 1],
    "day": lambda moment: f"{moment:%d}",
    "weekday": lambda moment: str(moment.isoweekday() % 7),
    "weekdayname": lambda moment: _DAYS[moment.weekday()],
    "yearday": lambda moment: str(moment.timetuple().tm_yday),
    "2006": lambda moment: str(moment.year),
    "06": lambda moment: f"{moment:%y}",
    "01": lambda moment: f"{moment:%m}",
    "1": lambda moment: str(moment.month),
    "Jan": lambda moment: _MONTHS[moment.month - 1][:3],
    "January": lambda moment: _MONTHS[moment.month - 1],
    "02": lambda moment: f"{moment:%d}",
    "2": lambda moment: str(moment.day),
    "15": lambda moment: f"{moment:%H}",
    "04": lambda moment: f"{moment:%M}",
    "05": lambda moment: f"{moment:%S}",
}


def sanitized(text: str, *, lower: bool = True, accents: bool = True) -> str:
    """Return *text* as it may stand in an address, slashes included: blanks to ``-``, punctuation dropped.

    Args:
        lower: False as `disablePathToLower` has it.
        accents: False as `removePathAccents` has it.
    """
    if not accents:
        text = normalize("NFC", "".join(c for c in normalize("NFD", text) if category(c) != "Mn"))
    kept = ""
    blank = False
    for place, char in enumerate(text):
        if _stays(char, text[place + 1 : place + 3]):
            kept += "-" * (blank and char != "-") + char
            blank = False
        elif kept and char.isspace() and not kept.endswith("-"):
            blank = True
    return _lower(kept) if lower else kept


def _stays(char: str, following: str) -> bool:
    if char == "%":
        return _HEX.fullmatch(following) is not None
    kind = category(char)
    return char in _KEPT or kind[0] in "LM" or kind == "Nd"


def basic(text: str, *, lower: bool = True) -> str:
    """Return a path of files in the form in which Hugo compares them (`NormalizePathStringBasic`)."""
    return _lower(text).replace(" ", "-") if lower else text


def _lower(text: str) -> str:
    """Return *text* in lower case as Go has it: letter by letter, so without a final sigma."""
    return "".join(char.lower()[0] for char in text)


# As in `address._Page`, which says what they stand for.
_TOKENS = frozenset(
    """
    title slug filename contentbasename slugorfilename slugorcontentbasename section sections sectionslug
    sectionslugs
    """.split()
)


def is_token(word: str) -> bool:
    """Return whether a pattern of `permalinks` may hold *word* behind a colon."""
    return word in _DATES or word in _TOKENS


def expanded(pattern: str, names: Mapping[str, str | Sequence[str]], date: datetime) -> str:
    """Return a pattern of `permalinks` with what is known put in.

    Args:
        names: What the tokens stand for; of a list, a token may cut some: ``:sections[1:]``.
        date: As it was written, in no other zone.
    """

    def put_in(token: re.Match[str]) -> str:
        found = names.get(token["name"])
        if isinstance(found, str):
            return found
        if found is not None:
            return "/".join(_cut(found, token["cut"]))
        in_date = _DATES.get(token["name"])
        return in_date(date) if in_date else token[0]

    filled = _TOKEN.sub(put_in, pattern.replace("\\:", _COLON)).replace(_COLON, ":")
    # Hugo takes the whole for an encoded query: a "+" becomes a blank, and so "C++" is "c" in the end.
    return unquote_plus(filled)


def _cut(members: Sequence[str], cut: str | None) -> Sequence[str]:
    """Return what ``[1:]``, ``[last]`` and the like leave; what lies outside is nothing."""
    if cut is None:
        return members
    first, colon, end = cut.lower().partition(":")
    low = _place(first, 0, members)
    if not colon:
        return members[low : low + 1]
    return members[low : _place(end, len(members), members)]


def _place(written: str, missing: int, members: Sequence[str]) -> int:
    if written == "last":
        return max(len(members) - 1, 0)
    number = number_of(written)
    return missing if number is None else number


def joined(*parts: str) -> str:
    """Return *parts* as one path below the site, without closing slash; none leads out of it."""
    return posixpath.normpath("/" + "/".join(parts).lstrip("/")).rstrip("/")
