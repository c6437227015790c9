"""The language that the articles of a site are in."""

from collections import Counter
from collections.abc import Sequence

from feedsvc.model import Article
from feedsvc.text.language import guess_language


def language_of(articles: Sequence[Article]) -> str:
    """Return the language that most of *articles* say they are in, else that of their script."""
    stated = Counter(article.language for article in articles if article.language)
    if stated.total() * 2 > len(articles):
        return stated.most_common(1)[0][0]
    silent = [article for article in articles if not article.language]
    return guess_language("\n".join(f"{article.title}\n{article.body[:1000]}" for article in silent))
