"""An article's source as HTML, before anything is cleaned."""

import re

from feedsvc.articles.markdown import markdown_to_html
from feedsvc.model import Markup

_HTML_BLOCK = re.compile(
    r"^\s*<(?:p|div|h[1-6]|table|ul|ol|section|article|figure|blockquote|img|html|!doctype)\b", re.I
)


def markup_of(path: str, body: str) -> Markup:
    """Return how *body* is written, as the name of its file tells."""
    suffix = path.rpartition(".")[2].lower()
    if suffix in ("html", "htm", "njk", "liquid"):
        return Markup.HTML
    if suffix in ("rst", "rest"):
        return Markup.REST
    # A text file says nothing of its markup; it is HTML if it begins like it.
    return Markup.HTML if suffix == "txt" and _HTML_BLOCK.match(body) else Markup.MARKDOWN


def to_html(source: str, markup: Markup) -> str:
    """Return an article's source as HTML, which may be unsafe, broken or a whole document."""
    match markup:
        case Markup.HTML:
            return source
        case Markup.MARKDOWN:
            return markdown_to_html(source)
        case Markup.REST:
            from feedsvc.articles.rest import rest_to_html  # docutils, which few folders need

            return rest_to_html(source)
