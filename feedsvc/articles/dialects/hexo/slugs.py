"""Names as segments of an address, as Hexo makes them (hexo-util: escape_diacritic, slugize, permalink)."""

import re
from collections.abc import Callable
from unicodedata import normalize

from feedsvc.articles.dialects.site_expressions import SiteExpression

# What JavaScript counts as white space is, but for this mark, what Python does.
_SPECIAL = re.compile(r"[\s\ufeff~`!@#$%^&*()\-_+=\[\]{}|\\;:\"'<>,.?/]+")
_CONTROLS = re.compile(r"[\x00-\x1f]")

_TOKEN = re.compile(r":(\w*[^\W_])", re.ASCII)

# Letters of living languages that Unicode does not take apart into a base and its marks.
_BASES = {
    "Æ": "AE", "Ø": "O", "Đ": "D", "Ħ": "H", "Ŀ": "L", "Ł": "L", "Œ": "OE", "Ŧ": "T", "ẞ": "S",
    "æ": "ae", "ø": "o", "đ": "d", "ħ": "h", "ŀ": "l", "ł": "l", "œ": "oe", "ŧ": "t", "ß": "s",
    "Ɓ": "B", "Ɔ": "O", "Ɖ": "D", "Ɗ": "D", "Ǝ": "E", "Ɛ": "E", "Ƒ": "F", "Ɠ": "G", "Ɨ": "I", "Ƙ": "K",
    "ɓ": "b", "ɔ": "o", "ɖ": "d", "ɗ": "d", "ǝ": "e", "ɛ": "e", "ƒ": "f", "ɠ": "g", "ɨ": "i", "ƙ": "k",
    "Ɲ": "N", "Ɵ": "O", "Ƥ": "P", "Ƭ": "T", "Ʈ": "T", "Ʉ": "U", "Ʋ": "V", "Ƴ": "Y", "Ƶ": "Z", "Ǥ": "G",
    "ɲ": "n", "ɵ": "o", "ƥ": "p", "ƭ": "t", "ʈ": "t", "ʉ": "u", "ʋ": "v", "ƴ": "y", "ƶ": "z", "ǥ": "g",
    "ı": "i", "ŉ": "n",
}  # fmt: skip
_CIRCLED_OR_WIDE = re.compile("[\u24b6-\u24e9\uff21-\uff3a\uff41-\uff5a]")
_CASES: dict[str, Callable[[str], str]] = {"1": str.lower, "2": str.upper}


def slugize(text: str, case: str = "0") -> str:
    """Return *text* with the marks gone from its Latin letters and a dash for each run of signs.

    Args:
        case: `filename_case`: 1 for lower, 2 for upper, else as it stands.
    """
    plain = _CONTROLS.sub("", "".join(map(_base, text)))
    return _CASES.get(case, str)(_SPECIAL.sub("-", plain).strip("-"))


def _base(char: str) -> str:
    if char.isascii():
        return char
    if _CIRCLED_OR_WIDE.match(char):
        return normalize("NFKC", char)
    # Only Latin letters lose their marks: a syllable of Hangul falls into letters too.
    first = normalize("NFD", char)[0]
    return first if first.isascii() and first.isalpha() else _BASES.get(first, char)


def fill(rule: str, value: Callable[[str], str]) -> str:
    """Return *rule* with a value for each of its tokens."""
    return _TOKEN.sub(lambda token: value(token[1]), rule)


def parse(rule: str, segments: dict[str, str], path: str, *, config: str) -> dict[str, str]:
    """Return what each token of *rule* stands for in *path*; nothing if it does not follow the rule.

    Args:
        segments: Patterns of tokens; others take as little as they can.
        config: The file that the rule stands in.
    """
    names = _TOKEN.findall(rule)
    pattern = _TOKEN.sub(lambda token: f"({segments.get(token[1], '.+?')})", re.escape(rule))
    found = SiteExpression(pattern, "new_post_name", config).fullmatch(path)
    return dict(zip(names, map(str, found.groups()), strict=True)) if found else {}
