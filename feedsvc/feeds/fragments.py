"""Pieces of HTML that feeds and pages are made of."""

import re
from html import escape
from html.entities import name2codepoint

from markupsafe import Markup

from feedsvc.model import Entry, Image

# What the W3C's validator takes for an entity: one that has a name, or is no word.
_ENTITY = re.compile(r"&(#?\w+)")


def picture(image: Image) -> Markup:
    """Return *image* as HTML."""
    size = (
        Markup(' width="{}" height="{}"').format(image.width, image.height)
        if image.width and image.height
        else ""
    )
    return Markup('<img src="{}" alt="{}"{}>').format(image.url, image.alt, size)


def html_of(text: str) -> str:
    """Return plain *text* as HTML; without quotes, which need an escape in attributes only."""
    return escape(text, quote=False)


def looks_like_html(text: str) -> bool:
    """Return whether a reader that does not look at its type may take plain *text* for HTML."""
    names = _ENTITY.findall(text)
    return "</" in text or any(name in name2codepoint or not name.isalpha() for name in names)


def described(entry: Entry) -> str:
    """Return an entry's excerpt as HTML, below the picture that it stands for if the entry shows no other."""
    text = html_of(entry.excerpt) if entry.excerpt.strip() else ""
    shown = picture_alone(entry)
    return text if shown is None else f"<p>{picture(shown)}</p><p>{text}</p>"


def picture_alone(entry: Entry) -> Image | None:
    """Return the picture of an entry that carries no content, and whose article has no words."""
    return entry.image if entry.pictured and entry.content is None else None
