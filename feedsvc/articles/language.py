"""The language of a text, as far as its script tells."""

import regex

_HANGUL = regex.compile(r"\p{Hangul}")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_HAN = regex.compile(r"\p{Han}")
_LETTER = regex.compile(r"\p{L}")

# Characters; more would not change the answer.
_ENOUGH = 4000


def guess_language(text: str) -> str:
    """Return ko, ja, zh or en (BCP 47) by the script that most letters of *text* belong to."""
    text = text[:_ENOUGH]
    hangul, kana, han = (len(script.findall(text)) for script in (_HANGUL, _KANA, _HAN))
    latin = len(_LETTER.findall(text)) - hangul - kana - han
    # An East Asian letter says as much as two or three Latin ones, and names of
    # products are Latin everywhere.
    if 2 * (hangul + kana + han) < latin or not hangul + kana + han:
        return "en"
    if hangul >= kana + han:
        return "ko"
    return "ja" if kana else "zh"
