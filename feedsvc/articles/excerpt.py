"""The opening of an article as plain text."""

import html as entities
import re
from collections.abc import Iterator
from itertools import islice

import regex
from bs4 import BeautifulSoup, Tag
from bs4.element import Comment, NavigableString, PageElement, PreformattedString

from feedsvc.articles.html.admonitions import is_aside
from feedsvc.articles.html.angle_brackets import beginning, read_with_own_brackets
from feedsvc.articles.html.clean import DROPPED, parse
from feedsvc.articles.html.soup import classes_of
from feedsvc.articles.markup.markdown import summary_to_html
from feedsvc.text.characters import one_line

# About three lines of a typical feed reader.
LIMIT = 280

_SECTIONS = (
    "article",
    "aside",
    "body",
    "center",
    "details",
    "div",
    "footer",
    "header",
    "html",
    "main",
    "nav",
)
_FLOW = ("address", "blockquote", "figcaption", "figure", "p", "pre", "section", "summary")
_LISTS = ("dd", "dl", "dt", "li", "ol", "ul")
_TABLES = ("caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset({*_SECTIONS, *_FLOW, *_LISTS, *_TABLES, *_HEADINGS})
_UNREAD = frozenset({*DROPPED, "iframe", "noscript"})
# The classes of footnotes and of links to them, as markdown-it, goldmark, kramdown and docutils have them.
_FOOTNOTES = frozenset({"footnote-ref", "footnotes", "footnote", "footnote-reference", "brackets"})

# Where no opening paragraph stands: what is read at a glance, or beside the text.
_ASIDE = frozenset({"aside", "figure", "nav", "pre", *_LISTS, *_TABLES, *_HEADINGS})

# Comments that mark the end of the lead, and those that stand before and behind
# it; compared without blanks, hyphens and underscores.
_MORE = frozenset({"more", "readmore", "truncate", "break", "end", "excerpt", "teaserend"})
_SUMMARY = frozenset(
    {"summary", "/summary", "endsummary", "pelicanbeginsummary", "pelicanendsummary"}
    | {"excerptstart", "startexcerpt", "beginexcerpt", "/excerpt", "endexcerpt", "excerptend"}
)

# Behind a mark comes a blank, or it is part of "D.C.에서" or "3.5". None behind a
# single letter or a title ends a sentence ("e.g. this", "Mr. Kim"), nor one
# between numbers ("2024. 6. 27."). East Asian marks stand by themselves.
_SENTENCE_END = regex.compile(
    r"""
    (?<![\s(.][A-Za-z]) (?<!\b(?:Mr|Mrs|Ms|Dr|St|No|vs|cf)) [.!?…]{1,9}+ ["'”’»)\]]{0,9}+ (?=\s)
        (?!(?<=[0-9]\.)\s[0-9])
    | [。！？]+ [」』”’）]*
    """,
    regex.VERBOSE,
)


# A paragraph of its own, as authors write it (markdown_math leaves it so).
_FORMULA = re.compile(r"\A(?:\$\$[^$]*\$\$|\\\[.*\\\]|\\begin\{.*\\end\{[A-Za-z]+\*?\})\Z")


def plain(html: str) -> str:
    """Return *html* as one line of text; words of neighbouring blocks stay apart."""
    return one_line(" ".join(text for _, text in _runs(parse(html))))


def summary_text(summary: str) -> str:
    """Return a front-matter summary, which may be text, Markdown or HTML, as plain text without headings."""
    return read_with_own_brackets(summary, _summary_text) if beginning(summary) < len(summary) else ""


def _summary_text(summary: str) -> str:
    if summary.lstrip().startswith("<"):
        # Markdown is not read within an HTML block, but authors mix both.
        summary = entities.escape(plain(summary), quote=False)
    runs = list(_runs(parse(summary_to_html(summary))))
    prose = one_line(" ".join(text for block, text in runs if block.name not in _HEADINGS))
    return prose or one_line(" ".join(text for _, text in runs))


def opening(soup: BeautifulSoup, *, title: str) -> str:
    """Return what a body opens with: the text before its marker, else its first real paragraph.

    Args:
        soup: The body as parsed, its comments still in place.
        title: A paragraph that only repeats it is passed over.
    """
    return marked(soup) or _first_paragraph(soup, title)


def marked(soup: BeautifulSoup) -> str:
    """Return the lead that comments in a body mark, such as ``<!--more-->``; "" if none do."""
    comments = [node for node in soup.descendants if isinstance(node, Comment)]
    return _between_summaries(soup, comments) or _before_more(soup, comments)


def cut(text: str, limit: int = LIMIT) -> str:
    """Return *text*, or its beginning with an ellipsis, in at most *limit* (at least 1) graphemes.

    Cut at a sentence if that leaves half of the limit, else at a word, else
    between two graphemes, as in scripts without blanks.
    """
    if len(text) <= limit:
        return text
    # ends[n]: where n graphemes end
    ends = [0, *(found.end() for found in islice(regex.finditer(r"\X", text), limit + 1))]
    if len(ends) <= limit + 1:
        return text
    half, room = ends[limit // 2], ends[limit - 1]
    sentences = [found.end() for found in _SENTENCE_END.finditer(text, half, room + 2)]
    for end in reversed(sentences):
        if end in ends[: limit - 1]:
            return f"{text[:end]} …"
    word = text.rfind(" ", half, room + 1)
    head = text[: word if word in ends else room]
    tidy = head.rstrip(" ,;:.")
    return (tidy if len(tidy) in ends else head) + "…"


def _between_summaries(soup: BeautifulSoup, comments: list[Comment]) -> str:
    words = [_word(comment) for comment in comments]
    pairs = _SUMMARY | {"excerpt"} if _SUMMARY.intersection(words) else _SUMMARY
    places = [place for place, word in enumerate(words) if word in pairs]
    if len(places) < 2:
        return ""
    first, second = places[:2]
    before, until = _text_until(soup, comments[first]), _text_until(soup, comments[second])
    # Some authors hide the lead in a comment of its own.
    return one_line(until[len(before) :] or " ".join(comments[first + 1 : second]))


def _before_more(soup: BeautifulSoup, comments: list[Comment]) -> str:
    marker = next((comment for comment in comments if _word(comment) in _MORE | _SUMMARY), None)
    return _text_until(soup, marker) if marker is not None else ""


def _word(comment: Comment) -> str:
    return re.sub(r"[\s_-]+", "", comment[:40].casefold())


def _text_until(soup: BeautifulSoup, stop: PageElement) -> str:
    return one_line(" ".join(text for block, text in _runs(soup, stop) if block.name not in _HEADINGS))


def _first_paragraph(soup: BeautifulSoup, title: str) -> str:
    everything: list[str] = []
    for block, text in _runs(soup):
        line = one_line(text)
        if _is_prose(block) and line != title and re.search(r"\w", _FORMULA.sub("", line)):
            return line
        if block.name not in _HEADINGS:
            everything.append(line)
    return one_line(" ".join(everything))


def _is_prose(block: Tag) -> bool:
    return not any(
        tag.name in _ASIDE or is_aside(tag) or "mermaid" in classes_of(tag) for tag in (block, *block.parents)
    )


def _runs(soup: BeautifulSoup, stop: PageElement | None = None) -> Iterator[tuple[Tag, str]]:
    """Yield each stretch of text within one block, with the block, up to *stop*."""
    block: Tag = soup
    parts: list[str] = []
    for node in soup.descendants:
        if node is stop:
            break
        if isinstance(node, Tag) and node.name in ("br", "hr", "img"):
            parts.append(" ")
        if not isinstance(node, NavigableString) or isinstance(node, PreformattedString):
            continue
        home = _block_of(node)
        if home is None:
            continue
        if home is not block:
            yield block, "".join(parts)
            block, parts = home, []
        parts.append(str(node))
    yield block, "".join(parts)


def _block_of(node: NavigableString) -> Tag | None:
    """Return the block that a text stands in; None if nobody reads it."""
    home: Tag | None = None
    for parent in node.parents:
        if parent.name in _UNREAD or not _FOOTNOTES.isdisjoint(parent.get("class") or ()):
            return None
        if home is None and (parent.name in _BLOCKS or parent.parent is None):
            home = parent
    return home
