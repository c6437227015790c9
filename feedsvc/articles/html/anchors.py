"""Links within an entry: to its footnotes and back, and to its headings."""

import re
import unicodedata
from hashlib import blake2b
from urllib.parse import unquote

from bs4 import Tag

from feedsvc.articles.html.sanitize import TAGS
from feedsvc.articles.html.soup import stands_in, tags_within

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")

_SECTIONS = frozenset({"article", "aside", "footer", "header", "main", "nav"})
_BACK = frozenset("↩↑⤴")


def settle_anchors(body: Tag, url: str) -> None:
    """Let links within *body* lead to what they mean, and leave no id that none leads to.

    A reader may show many entries on one page, and each has a first footnote:
    an id that stays gets an ending that is the article's own.

    Args:
        url: Of the article, which no other has.
    """
    links = []
    for link in tags_within(body, "a"):
        name = _fragment(link)
        if name and not any(map(str.isalnum, link.get_text())) and stands_in(link, *HEADINGS):
            link.extract()  # a heading's link to itself, for visitors of the website to copy
        elif name:
            links.append((link, name))
    targets = _targets(body, {name for _, name in links})
    ending = blake2b(url.encode(), digest_size=4).hexdigest()
    for name, target in targets.items():
        target["id"] = f"{'-'.join(name.split())}-{ending}"
    for link, name in links:
        if name in targets:
            link["href"] = f"#{targets[name]['id']}"
        elif not _BACK.isdisjoint(link.get_text()):
            link.extract()


def _fragment(link: Tag) -> str:
    """Return what a link within its page names, or ""."""
    href = str(link.get("href") or "").strip()
    return unicodedata.normalize("NFC", unquote(href[1:])) if href.startswith("#") else ""


def _targets(body: Tag, names: set[str]) -> dict[str, Tag]:
    """Return the tag that each name means, the first of several, and take the ids of all others."""
    targets: dict[str, Tag] = {}
    for tag in [tag for tag in tags_within(body) if "id" in tag.attrs or "name" in tag.attrs]:
        name = unicodedata.normalize("NFC", str(tag.get("id") or tag.get("name")))
        del tag["id"]
        if name in names and name not in targets and _can_hold_an_id(tag):
            targets[name] = tag
    if names - targets.keys():
        # Generators give every heading an id, made from its words.
        taken = set(map(id, targets.values()))
        for heading in tags_within(body, *HEADINGS):
            name = _heading_id(heading.get_text())
            if name in names and id(heading) not in taken:
                targets.setdefault(name, heading)
    return targets


def _can_hold_an_id(tag: Tag) -> bool:
    if tag.name in _SECTIONS:
        tag.name = "div"
    return tag.name in TAGS


def _heading_id(text: str) -> str:
    kept = re.sub(r"[^\w\s-]", "", unicodedata.normalize("NFC", text).strip().lower())
    return re.sub(r"\s", "-", kept)
