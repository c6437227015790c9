"""The language of a text, as far as its script tells."""

from collections import Counter
from collections.abc import Sequence

import regex

from feedsvc.model import Article

_HANGUL = regex.compile(r"\p{Hangul}")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_HAN = regex.compile(r"\p{Han}")
_LETTER = regex.compile(r"\p{L}")

# Characters; more would not change the answer.
_ENOUGH = 4000


def language_of(articles: Sequence[Article]) -> str:
    """Return the language that most of *articles* say they are in, else that of their script."""
    stated = Counter(article.language for article in articles if article.language)
    if stated.total() * 2 > len(articles):
        return stated.most_common(1)[0][0]
    silent = [article for article in articles if not article.language]
    return guess_language("\n".join(f"{article.title}\n{article.body[:1000]}" for article in silent))


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
