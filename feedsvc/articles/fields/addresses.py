"""Addresses that front matter names: of this article, of others, and of what belongs to it."""

import re
from collections.abc import Mapping

from feedsvc.articles.fields.scalars import text_of
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.articles.links.resolve import is_absolute, web_address
from feedsvc.text.characters import one_line
from feedsvc.text.urls import is_on_the_web

_IN_MAPPING = ("url", "href", "link")


def permalink_of(value: Value) -> str | None:
    """Return an article's own address as written; a list, or the switch of a generator, is none."""
    text = text_of(value) if isinstance(value, str) else None
    return None if text is None or text.casefold() in ("true", "false") else text


def web_of(value: Value) -> str | None:
    """Return an absolute address, percent-encoded; None if *value* is none."""
    if isinstance(value, Mapping):
        return next((found for key in _IN_MAPPING if (found := web_of(value.get(key)))), None)
    return web_address(text_of(value) or "")


def comments_of(value: Value) -> str | None:
    """Return an address, absolute or not; a switch, as themes have it, is none."""
    if isinstance(value, Mapping):
        return next((found for key in _IN_MAPPING if (found := comments_of(value.get(key)))), None)
    text = (text_of(value) or "") if isinstance(value, str) else ""
    if is_on_the_web(text):
        return text if web_address(text) else None
    return text if re.match(r"/|#|\.\.?/", text) and " " not in text and not is_absolute(text) else None


def source_title_of(value: Value) -> str | None:
    """Return the name of a source; an address is none."""
    if isinstance(value, Mapping):
        return next((text for key in ("title", "name") if (text := source_title_of(value.get(key)))), None)
    text = one_line(text_of(value) or "") if not isinstance(value, list) else ""
    return None if not text or is_on_the_web(text) else text
