"""What a body lost on its way to readers: computed for who asks, not in every refresh."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, Tag

from feedsvc.articles.html.clean import DROPPED, drop_repeated_title, parse, show_ticks
from feedsvc.articles.html.code_blocks import plain_listings
from feedsvc.articles.html.images import restore_pictures
from feedsvc.articles.html.soup import tags_within
from feedsvc.articles.markup.convert import to_html
from feedsvc.model import Article

# The parser adds these itself.
_SKELETON = frozenset({"html", "head", "body"})
_WHOLE = (DROPPED | {"iframe", "frame"}) - _SKELETON


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """What stood in a body and no longer does, by name, with how often; in order of appearance.

    Attributes:
        elements: Of those within another that is lost, nothing is said.
        attributes: Of elements that are still there.
    """

    elements: Mapping[str, int] = field(default_factory=dict)
    attributes: Mapping[str, int] = field(default_factory=dict)


def losses(article: Article, html: str) -> Losses:
    """Compare an article's body with *html*, which is what readers are shown of it."""
    soup = parse(to_html(article.body, article.markup))
    body = soup.body or soup
    show_ticks(body)
    lost = Counter(tag.name for tag in _take_out(soup))
    # A picture that only comes by another way is not lost, nor are the colours of code.
    restore_pictures(soup, body)
    plain_listings(soup, body)
    drop_repeated_title(body, article.title)  # likewise: it became the title
    before, after = _elements(soup), _elements(parse(html))
    lost += _names(before) - _names(after)
    still = {tag.name for tag in after}
    kept = [tag for tag in before if tag.name in still]
    return Losses(elements=dict(lost), attributes=dict(_attributes(kept) - _attributes(after)))


def _take_out(soup: BeautifulSoup) -> list[Tag]:
    outermost = [tag for tag in tags_within(soup, *_WHOLE) if tag.find_parent(list(_WHOLE)) is None]
    return [tag.extract() for tag in outermost]


def _elements(soup: BeautifulSoup) -> list[Tag]:
    return [tag for tag in tags_within(soup) if tag.name not in _SKELETON]


def _names(tags: list[Tag]) -> Counter[str]:
    return Counter(tag.name for tag in tags)


def _attributes(tags: list[Tag]) -> Counter[str]:
    return Counter(name for tag in tags for name in tag.attrs)
