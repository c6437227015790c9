"""What stands around a text that a tag sets apart: the source of a quotation, the title of a listing."""

import re
from html import escape

from feedsvc.articles.templates.arguments import Arguments
from feedsvc.articles.templates.known import literally, plain_name

_ATTRIBUTED = frozenset({"blockquote", "quote"})
_QUOTATIONS = _ATTRIBUTED | {"pullquote", "centerquote", "cq"}

_LINK = re.compile(r"https?://\S+")
# Hexo's options of a listing (lib/plugins/tag/code).
_OPTION = re.compile(
    r"\b(?:lang|line_number|line_threshold|highlight|first_line|mark|wrap|language_attr):\s*\S+"
)


def quotation(name: str, written: str, arguments: Arguments) -> tuple[str, str] | None:
    """Return the beginning and the end of a quotation in HTML; None if a tag of that name holds none.

    Args:
        written: The arguments as they stand in the source.
    """
    plain = plain_name(name)
    if plain not in _QUOTATIONS:
        return None
    source = (_named(arguments) or _written(written)) if plain in _ATTRIBUTED else ""
    return "<blockquote>", f"<p>{source}</p></blockquote>" if source else "</blockquote>"


def titled(listing: str, written: str) -> str:
    """Return a *listing* in HTML with the title, and the link, that Hexo's arguments give it."""
    title = _bare(_OPTION.sub("", written))
    if not title:
        return listing
    link = _LINK.search(title)
    caption = literally(title)
    if link:
        before, behind = title[: link.start()].strip(), title[link.end() :].strip()
        anchor = f'<a href="{escape(link[0])}">{literally(behind or link[0])}</a>'
        caption = f"{literally(before)} {anchor}".strip()
    return f"<figure><figcaption>{caption}</figcaption>{listing}</figure>"


def _named(arguments: Arguments) -> str:
    author, title = arguments.first("author", "by"), arguments.first("source", "title", "cite")
    return _source(author, title, arguments.first("link", "url", "href"))


def _written(written: str) -> str:
    """Return the source as Hexo understands it: author, title, or author, address and title of that."""
    text = _bare(written)
    link = _LINK.search(text)
    if link:
        return _source(text[: link.start()].strip(), text[link.end() :].strip(), link[0])
    author, _, title = text.partition(",")
    return _source(author.strip(), title.strip(), "")


def _source(author: str, title: str, link: str) -> str:
    title = literally(title or link)
    cited = f'<a href="{escape(link)}">{title}</a>' if link else title
    parts = (
        f"<strong>{literally(author)}</strong>" if author else "",
        f"<cite>{cited}</cite>" if cited else "",
    )
    return ", ".join(filter(None, parts))


def _bare(written: str) -> str:
    return " ".join(re.sub("[\"']", " ", written).split())
