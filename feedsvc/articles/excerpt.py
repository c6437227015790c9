"""The opening of an article as plain text."""

import html as entities
import re
from collections.abc import Iterator
from itertools import islice

import regex
from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString, PageElement, PreformattedString

from feedsvc.articles.html import parse
from feedsvc.articles.markup import summary_to_html
from feedsvc.articles.text import one_line

# About three lines of a typical feed reader.
LIMIT = 280

_BLOCKS = frozenset(
    {
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "caption",
            "center",
            "dd",
            "details",
            "div",
            "dl",
        ),
        *(
            "dt",
            "figcaption",
            "figure",
            "footer",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "html",
        ),
        *(
            "li",
            "main",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
            "summary",
            "table",
            "tbody",
            "td",
            "th",
            "tr",
            "ul",
        ),
    }
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_UNREAD = frozenset(
    {"script", "style", "template", "head", "title", "iframe", "noscript", "object", "svg", "math"}
)

# Where an opening paragraph may stand; lists, tables, code and captions are none.
_PROSE = frozenset(
    {"address", "article", "blockquote", "body", "center", "dd", "div", "main", "p", "section", "summary"}
)

_MORE = re.compile(r"\s*(?:more|end|excerpt|end[ -]?excerpt|read[ -]?more)\s*", re.IGNORECASE)
_SUMMARY = re.compile(r"\s*/?summary\s*", re.IGNORECASE)

# After a full stop a blank follows, or it is part of "D.C." or "3.5"; a letter
# alone before it is an abbreviation. East Asian marks stand by themselves.
_SENTENCE_END = re.compile(r"(?:(?<![\s(.][A-Za-z])[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]+[」』”’）]*)")


def plain(html: str) -> str:
    """Return *html* as one line of text; words of neighbouring blocks stay apart."""
    return one_line(" ".join(text for _, text in _runs(parse(html))))


def summary_text(summary: str) -> str:
    """Return a front-matter summary, which may be text, Markdown or HTML, as plain text without headings."""
    if summary.lstrip().startswith("<"):
        # Markdown is not read within an HTML block, but authors mix both.
        summary = entities.escape(plain(summary), quote=False)
    runs = list(_runs(parse(summary_to_html(summary))))
    prose = [text for block, text in runs if block not in _HEADINGS]
    return one_line(" ".join(prose or [text for _, text in runs]))


def opening(soup: BeautifulSoup, *, title: str) -> str:
    """Return what a body opens with: the text before its marker, else its first real paragraph.

    Args:
        soup: The body as parsed, its comments still in place.
        title: A paragraph that only repeats it is passed over.
    """
    comments = [node for node in soup.find_all(string=True) if isinstance(node, Comment)]
    marked = _between_summaries(soup, comments) or _before_more(soup, comments)
    return marked or _first_paragraph(soup, title)


def cut(text: str, limit: int = LIMIT) -> str:
    """Return *text*, or its beginning with an ellipsis, in at most *limit* graphemes.

    Cut at a sentence if that leaves half of the limit, else at a word, else
    between two graphemes, as in scripts without blanks.
    """
    if len(text) <= limit:
        return text
    ends = [found.end() for found in islice(regex.finditer(r"\X", text), limit + 1)]
    if len(ends) <= limit:
        return text
    half = ends[limit // 2]
    sentences = [found.end() for found in _SENTENCE_END.finditer(text, half, ends[max(limit - 3, 0)] + 1)]
    if sentences:
        return f"{text[: sentences[-1]]} …"
    head = text[: ends[limit - 2]] if limit > 1 else ""
    word = head.rfind(" ", half)
    return (head[:word] if word > 0 else head).rstrip(" ,;:.") + "…"


def _between_summaries(soup: BeautifulSoup, comments: list[Comment]) -> str:
    places = [place for place, comment in enumerate(comments) if _SUMMARY.fullmatch(comment)]
    if len(places) < 2:
        return ""
    first, second = places[:2]
    before, until = _text_until(soup, comments[first]), _text_until(soup, comments[second])
    # Some authors hide the lead in a comment of its own.
    return one_line(until[len(before) :] or " ".join(comments[first + 1 : second]))


def _before_more(soup: BeautifulSoup, comments: list[Comment]) -> str:
    marker = next((comment for comment in comments if _MORE.fullmatch(comment)), None)
    return _text_until(soup, marker) if marker is not None else ""


def _text_until(soup: BeautifulSoup, stop: PageElement) -> str:
    return one_line(" ".join(text for block, text in _runs(soup, stop) if block not in _HEADINGS))


def _first_paragraph(soup: BeautifulSoup, title: str) -> str:
    everything: list[str] = []
    for block, text in _runs(soup):
        line = one_line(text)
        if block in _PROSE and line != title and re.search(r"\w", line):
            return line
        if block not in _HEADINGS:
            everything.append(line)
    return one_line(" ".join(everything))


def _runs(soup: BeautifulSoup, stop: PageElement | None = None) -> Iterator[tuple[str, str]]:
    """Yield each stretch of text within one block, with the block's name."""
    block: Tag | None = None
    parts: list[str] = []
    for node in soup.descendants:
        if node is stop:
            break
        if isinstance(node, Tag) and node.name in ("br", "hr", "img"):
            parts.append(" ")
        if not isinstance(node, NavigableString) or isinstance(node, PreformattedString):
            continue
        home = _block_of(node)
        if home is not block and parts:
            yield (block.name if block else "body"), "".join(parts)
            parts = []
        block = home
        if home is not None:
            parts.append(str(node))
    yield (block.name if block else "body"), "".join(parts)


def _block_of(node: NavigableString) -> Tag | None:
    """Return the block that a text stands in; None if nobody reads it."""
    home: Tag | None = None
    for parent in node.parents:
        if parent.name in _UNREAD:
            return None
        if home is None and parent.name in _BLOCKS:
            home = parent
    return home
