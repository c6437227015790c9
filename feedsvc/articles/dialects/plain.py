"""Just files: nothing is known but what they say themselves."""

import re
from datetime import datetime
from unicodedata import normalize

from feedsvc.articles.slugs import article_slug
from feedsvc.model import Article

_DATED = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[-_ ]+(.+))?")

# What a pattern of addresses may be made of, and which of it tells articles apart.
NAMING_TOKENS = frozenset({":slug", ":title", ":filename"})
TOKENS = NAMING_TOKENS | {":year", ":month", ":day", ":folder"}

# The name of a file that stands for its folder.
_BUNDLE = ("index", "_index")


class Plain:
    """See `Dialect`."""

    name = "plain"
    suffixes = frozenset({".md", ".markdown", ".html", ".htm", ".txt"})

    def name_parts(self, path: str) -> tuple[str | None, str]:
        folder, _, name = path.rpartition("/")
        stem = name.rpartition(".")[0] or name
        if stem in _BUNDLE and folder:
            stem = folder.rpartition("/")[2]
        dated = _DATED.fullmatch(stem)
        return (dated[1], dated[2] or stem) if dated else (None, stem)

    def hidden(self, path: str) -> str | None:
        return "draft" if "_drafts" in path.split("/")[:-1] else None

    def address(self, article: Article, published: datetime, pattern: str | None) -> str | None:
        if article.permalink is not None or pattern is None:
            return article.permalink
        # A checkout may spell the same name in another form (Unicode, UAX 15).
        folder, _, name = normalize("NFC", article.path).rpartition("/")
        parts = {
            ":year": f"{published:%Y}",
            ":month": f"{published:%m}",
            ":day": f"{published:%d}",
            ":slug": article.slug,
            ":folder": folder,
            ":filename": name.rpartition(".")[0],
            ":title": article_slug(article.title),
        }
        filled = re.sub(r":[a-z]+", lambda token: parts.get(token[0], token[0]), pattern)
        return re.sub(r"/{2,}", "/", filled)


PLAIN = Plain()
