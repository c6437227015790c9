"""An article's source as HTML, before anything is cleaned."""

import re

from feedsvc.articles.markup.bounds import is_large
from feedsvc.articles.markup.markdown import markdown_to_html
from feedsvc.model import Markup
from feedsvc.runtime.time_limit import within_limit

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
    """Return an article's source as HTML, which may be unsafe, broken or a whole document.

    Raises:
        TookTooLongError: It is one of the few that have a time limit, and has met it.
    """
    if markup is Markup.HTML:
        return source
    render = markdown_to_html
    if markup is Markup.REST:
        from feedsvc.articles.markup.rst import rest_to_html  # docutils, which few folders need

        render = rest_to_html
    return within_limit(render, source) if is_large(source, markup) else render(source)
