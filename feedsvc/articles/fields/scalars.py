"""Text, titles and truth values, as front matter has them."""

import re
from html import unescape

from markdown_it import MarkdownIt

from feedsvc.articles.excerpt import plain
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.articles.html.angle_brackets import read_with_own_brackets
from feedsvc.text.characters import legal, one_line

_MARKED_UP = re.compile(r"[<*_`\[\\~]")
_ENTITY = re.compile(r"&#?\w+;")  # with its end: "a=1&copy=2" has none
_INLINE = MarkdownIt("commonmark")

_TRUE = frozenset({"true", "yes", "on", "1", "y"})
_FALSE = frozenset({"false", "no", "off", "0", "n"})


def text_of(value: Value) -> str | None:
    """Return a value as text without blanks at its ends; None if there is none.

    A list is what YAML makes of a text in brackets: it gets them back.
    """
    if isinstance(value, list):
        parts = [part for part in map(text_of, value) if part]
        return f"[{', '.join(parts)}]" if parts else None
    return (legal(value).strip() or None) if isinstance(value, str) else None


def is_blank(value: Value) -> bool:
    """Return whether nothing is said by *value*, as when a generator leaves a key for people to fill in."""
    if isinstance(value, dict | list):
        return all(map(is_blank, value.values() if isinstance(value, dict) else value))
    return (text_of(value) or "").casefold() in ("", "null", "~", "none", "nil")


def number_of(value: Value) -> int | None:
    """Return a whole number that is not negative; None if it is none, or beyond a thousand million."""
    text = text_of(value) or ""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def title_of(value: Value) -> str | None:
    """Return a title as one line of plain text: entities, Markdown and tags resolved."""
    text = one_line(text_of(value) or "")
    if _MARKED_UP.search(text):
        text = read_with_own_brackets(text, _without_markup)
    elif "&" in text:  # "R&D" is common, and no reason to parse anything
        text = one_line(_ENTITY.sub(lambda entity: unescape(entity[0]), text))
    return text or None


def _without_markup(text: str) -> str:
    return plain(_INLINE.renderInline(text))


def truth_of(value: Value) -> bool | None:
    """Return a truth value in any of its spellings; None if it is none."""
    word = value.casefold().strip() if isinstance(value, str) else ""
    return True if word in _TRUE else False if word in _FALSE else None


def line_of(value: Value) -> str | None:
    """Return one line of text; a switch is none."""
    text = one_line(text_of(value) or "") if isinstance(value, str) else ""
    return text if truth_of(text) is None else None


def caption_of(value: Value) -> str | None:
    """Return a caption or a credit, which often holds a link, as one line of plain text; a switch is none."""
    return title_of(line_of(value))


def share_of(value: Value) -> bool | None:
    """Return whether entries are to have all of the text; None if *value* does not say."""
    text = (text_of(value) or "").casefold()
    return {"full": True, "excerpt": False, "summary": False}.get(text, truth_of(text))
