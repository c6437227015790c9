"""Front-matter values to the types that articles have, whatever shape they came in."""

import re
from collections.abc import Iterable, Iterator, Mapping

from markdown_it import MarkdownIt

from feedsvc.articles.excerpt import plain
from feedsvc.articles.text import legal, one_line
from feedsvc.articles.yaml_text import Value
from feedsvc.model import Author

_INLINE = MarkdownIt("commonmark")

# Tags that people put into titles; "<" before anything else is a sign.
_NOT_A_TAG = re.compile(
    r"<(?!/?(?:a|abbr|b|br|cite|code|em|i|kbd|mark|q|s|small|span|strong|sub|sup|u)\b[^<>]*>)", re.I
)
_MARKED_UP = re.compile(r"[<&*_`\[\\~]")

_TRUE = frozenset({"true", "yes", "on", "1", "y"})
_FALSE = frozenset({"false", "no", "off", "0", "n"})

_MARKDOWN_LINK = re.compile(r"\[(?P<name>[^\]]+)\]\((?P<uri>[^)\s]*)[^)]*\)")
_MAILBOX = re.compile(r"(?P<name>[^<>]*?)\s*<(?P<email>[^<>\s]+@[^<>\s]+)>")
# Not before a closing bracket: "Kim (ACME, Inc.)" is one name.
_BETWEEN_NAMES = re.compile(r"(?:\s*[,;]\s*|\s+(?:and|und)\s+)(?![^(\[<]*[)\]>])")

# Where the spellings of generators keep a picture inside a mapping, best first.
_PICTURE_KEYS = ("path", "url", "src", "image", "feature", "overlayimage", "teaser", "thumbnail", "og")


def text_of(value: Value) -> str | None:
    """Return a value as text without blanks at its ends; None if there is none.

    A list is what YAML makes of a text in brackets: it gets them back.
    """
    if isinstance(value, list):
        parts = [part for part in map(text_of, value) if part]
        return f"[{', '.join(parts)}]" if parts else None
    return (legal(value).strip() or None) if isinstance(value, str) else None


def title_of(value: Value) -> str | None:
    """Return a title as one line of plain text: entities, Markdown and tags resolved."""
    text = one_line(text_of(value) or "")
    if _MARKED_UP.search(text):
        text = one_line(plain(_INLINE.renderInline(_NOT_A_TAG.sub("&lt;", text))))
    return text or None


def truth_of(value: Value) -> bool | None:
    """Return a truth value in any of its spellings; None if it is none."""
    word = value.casefold().strip() if isinstance(value, str) else ""
    return True if word in _TRUE else False if word in _FALSE else None


def labels_of(value: Value) -> tuple[str, ...]:
    """Return category or tag labels: a list's members, or a text's between commas.

    Empty and repeated ones are dropped; a comma inside a list's member is part
    of the label.
    """
    if isinstance(value, str):
        # "[a, b" is a list that was not closed.
        members: Iterable[Value] = (value if "]" in value else value.strip().removeprefix("[")).split(",")
    else:
        members = value if isinstance(value, list) else list(value or ())
    labels = (one_line(member) for member in members if isinstance(member, str))
    return tuple(dict.fromkeys(label for label in labels if label))


def authors_of(*values: Value) -> tuple[Author, ...]:
    """Return the authors that *values* name, each name once."""
    found: dict[str, Author] = {}
    for value in values:
        for author in _authors(value):
            found.setdefault(author.name, author)
    return tuple(found.values())


def picture_of(value: Value) -> tuple[str | None, str]:
    """Return the reference to a picture and its alternative text, from any shape."""
    if isinstance(value, list):
        return next((found for found in map(picture_of, value) if found[0]), (None, ""))
    if isinstance(value, dict):
        folded = {key.casefold().replace("_", ""): each for key, each in value.items()}
        reference = next((ref for key in _PICTURE_KEYS if (ref := picture_of(folded.get(key))[0])), None)
        return reference, one_line(text_of(folded.get("alt")) or "")
    return text_of(value), ""


def _authors(value: Value) -> Iterator[Author]:
    if isinstance(value, list):
        for member in value:
            yield from _one_author(member) if isinstance(member, str) else _authors(member)
    elif isinstance(value, dict):
        folded = {key.casefold(): text_of(each) for key, each in value.items()}
        yield from _named(folded)
    elif isinstance(value, str):
        for part in _BETWEEN_NAMES.split(value[:1000]):
            yield from _one_author(part)


def _named(fields: Mapping[str, str | None]) -> Iterator[Author]:
    name = fields.get("name") or fields.get("display_name")
    uri = next((uri for key in ("uri", "url", "website", "link") if _is_web(uri := fields.get(key))), None)
    if name:
        yield Author(name=one_line(name), email=fields.get("email"), uri=uri)


def _one_author(text: str) -> Iterator[Author]:
    text = one_line(text)
    if link := _MARKDOWN_LINK.fullmatch(text):
        yield Author(name=one_line(link["name"]), uri=link["uri"] if _is_web(link["uri"]) else None)
    elif mailbox := _MAILBOX.fullmatch(text):
        yield Author(name=one_line(mailbox["name"].strip('" ')) or mailbox["email"], email=mailbox["email"])
    elif text:
        yield Author(name=text)


def _is_web(uri: str | None) -> bool:
    return uri is not None and uri.startswith(("http://", "https://"))
