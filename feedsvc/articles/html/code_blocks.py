"""Listings of code: their text and their language, without what colours and numbers them."""

import re
from collections.abc import Iterator
from itertools import groupby

from bs4 import BeautifulSoup, Tag
from bs4.element import AttributeValueList, NavigableString, PageElement

from feedsvc.articles.html.soup import classes_of, stands_in, tags_within

_LANGUAGE = re.compile(r"(?:language|lang|highlight-source|highlight|source)-([\w+#.-]+)")
_NAME = re.compile(r"[\w+#.-]+")

# ```js{1,3} title=x, ```rust,ignore, ```{.python hl_lines=[1]}, ```{r setup}; not ```{linenos=true}
_INFO = re.compile(r"\{?\s*\.?([\w+#][\w+#.-]*)(?![\w+#.-]*\s*=)")

# Beside these the language stands without a prefix: Hexo's "highlight js", docutils' "code js".
_COMPANIONS = frozenset({"code", "highlight", "hljs", "sourceCode"})
_NO_LANGUAGE = _COMPANIONS | frozenset(
    {"chroma", "codehilite", "default", "lineanchors", "literal-block", "notranslate", "numberLines", "wrap"}
)

_WRAPPERS = frozenset({"highlight", "highlighter-rouge", "codehilite", "chroma", "sourceCode"})
# Numbers of lines, as Rouge, Chroma, Pygments, Hexo and highlight.js name them.
_NUMBERS = frozenset(
    """
    gutter gl rouge-gutter lineno linenos linenodiv lnt ln blob-num line-numbers-rows hljs-ln-numbers
    """.split()
)
_NUMBERED = ("td", "span", "div", "pre", "a")


def language_of_info(info: str) -> str:
    """Return the language that the line above a fenced block names, or ""."""
    found = _INFO.match(info.strip())
    return found[1] if found else ""


def plain_listings(soup: BeautifulSoup, body: Tag) -> None:
    """Make every listing a `pre` with a `code` in it that has the language's class, and text."""
    _drop_numbers(body)
    for table in tags_within(body, "table"):
        _unpack(table)
    for listing in tags_within(body, "pre", "code"):
        if tags_within(listing, "a", "br", "div", "span"):
            _unwrap_colours(listing)
    for pre in tags_within(body, "pre"):
        _make_plain(soup, pre)


def keep_language(code: Tag) -> None:
    """Keep the class that tells highlighters the language, and no other."""
    language = _language_in(code)
    del code["class"]
    if language:
        code["class"] = AttributeValueList([f"language-{language}"])


def _drop_numbers(body: Tag) -> None:
    for tag in tags_within(body, *_NUMBERED):
        if not _NUMBERS.isdisjoint(classes_of(tag)) and _numbers_lines(tag):
            tag.extract()


def _numbers_lines(tag: Tag) -> bool:
    """Return whether a tag stands in a listing and holds no words."""
    in_listing = tag.name == "td" or stands_in(tag, "pre", "table")
    return in_listing and not re.search(r"[^\W\d]", tag.get_text())


def _unpack(table: Tag) -> None:
    """Put the code in place of a table that only sets it beside its numbers."""
    listings = [pre for pre in tags_within(table, "pre") if pre.get_text(strip=True)]
    if len(listings) == 1:
        listing = listings[0]
        if table.get_text(strip=True) == listing.get_text(strip=True):
            table.replace_with(listing.extract())


def _make_plain(soup: BeautifulSoup, pre: Tag) -> None:
    wrappers = _wrappers_of(pre)
    code = next(iter(tags_within(pre, "code")), None)
    around = (code, pre, *wrappers)
    language = next((name for tag in around if tag and (name := _language_in(tag))), None)
    for wrapper in wrappers:
        wrapper.unwrap()
    if code is None and (language or wrappers):
        code = soup.new_tag("code")
        code.extend(list(pre.contents))
        pre.append(code)
    del pre["class"]
    if code is not None:
        del code["class"]
        if language:
            code["class"] = AttributeValueList([f"language-{language}"])


def _wrappers_of(pre: Tag) -> list[Tag]:
    """Return the boxes around a listing that hold nothing else."""
    wrappers: list[Tag] = []
    inner = pre
    for box in pre.parents:
        if box.name not in ("div", "figure") or not _holds_only(box, inner):
            break
        wrappers.append(box)
        inner = box
    marked = [place for place, box in enumerate(wrappers) if _is_box(box)]
    return wrappers[: marked[-1] + 1] if marked else []


def _holds_only(box: Tag, inner: Tag) -> bool:
    return all(
        node is inner or (isinstance(node, NavigableString) and not node.strip()) for node in box.children
    )


def _is_box(tag: Tag) -> bool:
    return any(name in _WRAPPERS or _LANGUAGE.fullmatch(name) for name in classes_of(tag))


def _unwrap_colours(listing: Tag) -> None:
    # Taken apart and put together anew: to unwrap thousands one by one takes quadratic time.
    plain = list(_without_colours(listing))
    listing.clear()
    for is_text, run in groupby(plain, lambda node: isinstance(node, str)):
        nodes = list(run)
        listing.extend(["".join(map(str, nodes))] if is_text else nodes)


def _without_colours(tag: Tag) -> Iterator[PageElement | str]:
    for node in list(tag.children):
        if not isinstance(node, Tag):
            yield node
        elif node.name == "br":
            yield "\n"
        elif node.name in ("span", "div") or (node.name == "a" and not node.get_text()):
            yield from _without_colours(node)
            yield from ["\n"] if node.name == "div" else []
        else:
            yield node


def _language_in(tag: Tag) -> str | None:
    names = classes_of(tag)
    prefixed = (found[1] for name in names if (found := _LANGUAGE.fullmatch(name)))
    if language := next(prefixed, None):
        return language
    if not _COMPANIONS.isdisjoint(names):
        return next((name for name in names if name not in _NO_LANGUAGE and _NAME.fullmatch(name)), None)
    return str(tag["data-lang"]) if _NAME.fullmatch(str(tag.get("data-lang") or "")) else None
