"""Names as segments of an address, as Pelican makes them (utils.slugify)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

import regex
from markupsafe import Markup
from text_unidecode import unidecode

from feedsvc.articles.dialects.site_expressions import SiteExpression

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

# Characters: no address has a longer segment.
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Substitution:
    """What takes the place of each match of an expression."""

    expression: SiteExpression
    instead: str


def substitution(pattern: str, instead: str, setting: str, path: str = "") -> Substitution:
    """Return a substitution as Pelican makes it, of the *setting* in the file at *path*."""
    expression = SiteExpression(normalize("NFKC", pattern), setting, path, regex.IGNORECASE)
    return Substitution(expression, normalize("NFKC", instead))


# SLUG_REGEX_SUBSTITUTIONS as Pelican has it.
USUAL = tuple(
    substitution(pattern, instead, "SLUG_REGEX_SUBSTITUTIONS")
    for pattern, instead in (
        (r"[^\w\s-]", ""),
        (r"\A\s*", ""),
        (r"(?<!\s)\s++\Z", ""),
        (r"[-\s]+", "-"),
    )
)


def slugify(
    text: str,
    substitutions: Sequence[Substitution] = USUAL,
    *,
    in_unicode: bool = False,
    keep_case: bool = False,
) -> str:
    """Return *text*, which may hold tags and entities, as a segment of an address.

    Args:
        substitutions: As `are_valid` lets them through; the usual ones hold where these meet a limit.
        in_unicode: Leave letters outside ASCII as they are.
    """
    plain = normalize("NFKC", str(Markup(text[: _LONGEST * 4]).striptags()))[:_LONGEST]
    if not in_unicode:
        plain = "".join(map(_in_ascii, plain))[:_LONGEST]
    slug = _substituted(plain, substitutions)
    if slug is None:
        slug = _substituted(plain, USUAL) or ""
    return (slug if keep_case else slug.lower()).strip()


def are_valid(substitutions: Sequence[Substitution]) -> bool:
    """Return whether all expressions can be used, as far as can be told without trying them out."""
    try:
        for each in substitutions:
            each.expression.sub(each.instead, "a")
    except (regex.error, IndexError):
        return False
    return all(each.expression.is_valid for each in substitutions)


def are_quick(substitutions: Sequence[Substitution]) -> bool:
    """Return whether no text is known for which these take too long, or make too much of it."""
    tried = all(each.expression.tried_out() for each in substitutions)
    return tried and _substituted("Hello World, 1 " * 10, substitutions) is not None


def _substituted(text: str, substitutions: Sequence[Substitution]) -> str | None:
    for each in substitutions:
        made = each.expression.sub(each.instead, text)
        if made is None:
            return None
        text = made
    return text


@lru_cache(maxsize=4096)
def _in_ascii(char: str) -> str:
    ascii_text = _SINCE.get(char) or unidecode(char)
    return "" if ascii_text.strip() == _NOT_KNOWN else ascii_text
