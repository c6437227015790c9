"""Eleventy's two filters for segments of an address, as the packages behind them spell."""

import re
from collections.abc import Mapping
from unicodedata import combining, normalize


def _spelt(table: str) -> dict[str, str]:
    return {pair[0]: pair[1:] for pair in table.split()}


_CYRILLIC = (
    "аa бb вv гg дd еe жzh зz иi кk лl мm нn оo пp рr сs тt уu фf чch шsh ыy эe ёyo юyu яya єye іi їyi љlj"
)
_GREEK = "αa γg δd εe ζz ιi κk λl μm νn οo πp ρr σs ςs τt υy φf χx ψps άa έe ίi όo ύy ϊi ϋy ΐi ΰy"

# @sindresorhus/slugify 2, and @sindresorhus/transliterate below it.
_SLUGIFY = _spelt(
    f"{_CYRILLIC} {_GREEK} ßss äae öoe üue æae ðd øo þth đd ħh ıi łl ĳij йy хkh цts щsch ъ ь ќkj њnj ґg "
    "βv ηi θth ξks ωo ήi ώo €e ¢c ¥y"
) | {"&": " and ", "♥": " love ", "🦄": " unicorn "}
_CONTRACTED = re.compile(r"(?<=[a-z\d])'(?=[ts](?:\s|$))")
_SIGNS_OF_DIACRITICS = str.maketrans("", "", "^`¨¯´·¸")

# slugify 1, which keeps some of the signs.
_SLUG = _spelt(
    f"{_CYRILLIC} {_GREEK} ßss æae ðd øo þth đdj łl ıi œoe ƒf əe йj хh цc щsh ъu ь ђdj јj њnj ћc ѝu џdz ґg "
    "ғgh қkh ңng үue ұu һh әae өoe βb ηh θ8 ξ3 ωw ήh ώw "
    "$dollar %percent &and <less >greater |or ¢cent £pound ¤currency ¥yen €euro ©(c) ªa ®(r) ºo "
    "∞infinity ♥love"
)
_DROPPED = re.compile(r"[^\w\s$*+~.()'\"!:@-]", re.ASCII)


def slugify(text: str) -> str:
    """Return what the filter ``slugify`` makes of *text*; of a script that it cannot spell, nothing."""
    spelt = _in_ascii(text, _SLUGIFY).translate(_SIGNS_OF_DIACRITICS)
    return re.sub(r"[^a-z\d]+", "-", _CONTRACTED.sub("", spelt)).strip("-")


def slug(text: str) -> str:
    """Return what the older filter ``slug`` makes of *text*; of a script that it cannot spell, nothing."""
    kept = _DROPPED.sub("", _in_ascii(text, _SLUG).replace("-", " "))
    return re.sub(r"\s+", "-", kept.strip())


def _in_ascii(text: str, table: Mapping[str, str]) -> str:
    return "".join(_letter(char, table) for char in normalize("NFC", text).lower())


def _letter(char: str, table: Mapping[str, str]) -> str:
    if char in table or char.isascii():
        return table.get(char, char)
    return "".join(part for part in normalize("NFD", char) if not combining(part))
