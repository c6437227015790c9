"""How each generator lays out a site: where articles lie, how their names and links read."""

from datetime import datetime
from typing import Protocol

from feedsvc.articles.dialects.plain import PLAIN
from feedsvc.model import Article


class Dialect(Protocol):
    """What differs from one generator to the next. All methods are pure."""

    @property
    def name(self) -> str:
        """As in `articles.dialect`."""

    @property
    def suffixes(self) -> frozenset[str]:
        """Of the files that are articles; lower case, with the dot."""

    def name_parts(self, path: str) -> tuple[str | None, str]:
        """Return the date that a file's name bears, as text, and the rest that names the article."""

    def hidden(self, path: str) -> str | None:
        """Return why an article that lies there is kept back, such as "draft"; else None."""

    def address(self, article: Article, published: datetime, pattern: str | None) -> str | None:
        """Return the article's address on the website; None if the website has none for it.

        Args:
            published: In the site's zone: the day in an address is the site's.
            pattern: `articles.permalink`, or None for the dialect's own.
        """


DIALECTS: dict[str, Dialect] = {PLAIN.name: PLAIN}
