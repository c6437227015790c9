"""The language of a text, as far as its script tells."""

import regex

_HANGUL = regex.compile(r"\p{Hangul}")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_HAN = regex.compile(r"\p{Han}")
_LETTER = regex.compile(r"\p{L}")

# ISO 639-1, which is complete, with the codes that were replaced.
_OF_TWO_LETTERS = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
    ia id ie ig ii ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la
    lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj
    om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv
    sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()
)

# Characters; more would not change the answer.
_ENOUGH = 4000


def is_registered(tag: str) -> bool:
    """Return whether the language of a well-formed *tag* may be registered; of two letters, all are known."""
    primary = tag.partition("-")[0].lower()
    return len(primary) != 2 or primary in _OF_TWO_LETTERS


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
