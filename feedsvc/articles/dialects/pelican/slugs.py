"""Names as segments of an address, as Pelican makes them (utils.slugify)."""

import re
from collections.abc import Sequence
from functools import lru_cache
from unicodedata import normalize

from markupsafe import Markup
from text_unidecode import unidecode

# Pelican writes foreign letters in ASCII with Unidecode, whose licence is the GPL's. Its freer
# elder differs in the slugs of these signs, and marks what it does not know.
_SINCE = {
    "し": "shi", "ち": "chi", "っ": "tsu", "つ": "tsu", "シ": "shi", "チ": "chi", "ッ": "tsu", "ツ": "tsu",
    "ー": "-",
    "Є": "Ie", "א": "A", "ח": "H", "ך": "KH", "כ": "KH", "ק": "k", "־": "-",
    "₴": "UAH", "₱": "P", "₹": "Rs", "₺": "L", "₽": "R", "₿": "BTC",
    "♠": "spades", "♤": "spades", "♥": "hearts", "♡": "hearts", "♦": "diamonds", "♢": "diamonds",
    "♣": "clubs", "♧": "clubs", "\u2212": "-",
}  # fmt: skip
_NOT_KNOWN = "[?]"

# SLUG_REGEX_SUBSTITUTIONS as Pelican has it.
USUAL = ((r"[^\w\s-]", ""), (r"(?u)\A\s*", ""), (r"(?u)\s*\Z", ""), (r"[-\s]+", "-"))


def slugify(
    text: str,
    substitutions: Sequence[tuple[str, str]] = USUAL,
    *,
    in_unicode: bool = False,
    keep_case: bool = False,
) -> str:
    """Return *text*, which may hold tags and entities, as a segment of an address.

    Args:
        substitutions: Patterns and what takes the place of each, as `valid` lets them through.
        in_unicode: Leave letters outside ASCII as they are.
    """
    slug = normalize("NFKC", str(Markup(text).striptags()))
    if not in_unicode:
        slug = "".join(map(_in_ascii, slug))
    for pattern, instead in substitutions:
        slug = re.sub(normalize("NFKC", pattern), normalize("NFKC", instead), slug, flags=re.IGNORECASE)
    return (slug if keep_case else slug.lower()).strip()


def valid(substitutions: Sequence[tuple[str, str]]) -> bool:
    """Return whether all patterns can be used."""
    try:
        slugify("a", substitutions)
    except (re.error, IndexError, RecursionError, OverflowError):
        return False
    return True


@lru_cache(maxsize=4096)
def _in_ascii(char: str) -> str:
    ascii_text = _SINCE.get(char) or unidecode(char)
    return "" if ascii_text.strip() == _NOT_KNOWN else ascii_text
