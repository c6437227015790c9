"""Names as segments of an address, as Zola makes them (its components/utils/src/slugs.rs)."""

import re
from functools import lru_cache

from text_unidecode import unidecode

# Zola spells by the crate deunicode, which has these otherwise than the table it was made of.
_OTHERWISE = {
    "么": "me ", "什": "shen ", "价": "jia ", "旅": "lv ", "术": "shu ",
    "ъ": "-", "Ъ": "-", "・": "-", "゛": "-", "゜": "-",
}  # fmt: skip

_FORBIDDEN = str.maketrans("", "", '<>:"/\\|?*\r\n\t')


@lru_cache(maxsize=8192)  # asked for more than once of each article
def zola_slug(text: str, strategy: str) -> str:
    """Return *text* as a segment.

    Args:
        strategy: As in ``slugify.paths``: "on" spells it in ASCII, "safe" drops
            what a file name may not hold, "off" leaves it as it is.
    """
    if strategy == "off":
        return text
    if strategy == "safe":
        return text.rstrip(" .").translate(_FORBIDDEN)
    # Letter by letter: each Han character bears a blank behind it, which parts it from the next.
    spelt = "".join(char if char.isascii() else _OTHERWISE.get(char) or unidecode(char) for char in text)
    return re.sub("[^a-z0-9]+", "-", spelt.lower()).strip("-")
