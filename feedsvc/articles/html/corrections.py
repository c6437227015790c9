"""What an author has put right, at the top of the text."""

from markupsafe import Markup

from feedsvc.model import Article

_WORDS = {
    "de": "Korrektur",
    "en": "Correction",
    "es": "Corrección",
    "fr": "Correction",
    "it": "Correzione",
    "ja": "訂正",
    "ko": "정정",
    "pt": "Correção",
    "zh": "更正",
}


def correction_of(article: Article, language: str) -> str:
    """Return HTML; "" if the author has put nothing right.

    Args:
        language: The site's.
    """
    if article.correction is None:
        return ""
    word = _WORDS.get((article.language or language).partition("-")[0].lower(), _WORDS["en"])
    return str(Markup("<p><strong>{}:</strong> {}</p>").format(word, article.correction))
