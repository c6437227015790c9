"""Notes and warnings that stand beside the text."""

from bs4 import BeautifulSoup, Tag

from feedsvc.articles.html.soup import classes_of, tags_within

# As Python-Markdown and docutils, GitHub, VitePress, and Obsidian's exporters name them.
_ASIDES = frozenset({"admonition", "markdown-alert", "custom-block", "callout"})
_TITLES = frozenset({f"{name}-title" for name in _ASIDES})


def is_aside(tag: Tag) -> bool:
    """Return whether a tag holds a note or a warning."""
    return tag.name in ("div", "aside", "section", "blockquote") and not _ASIDES.isdisjoint(classes_of(tag))


def quote_asides(soup: BeautifulSoup, body: Tag) -> None:
    """Show notes and warnings as quotations with a bold title: no reader knows their classes."""
    for tag in [tag for tag in tags_within(body) if "class" in tag.attrs]:
        if is_aside(tag):
            tag.name = "blockquote"
        elif tag.name in ("p", "div", "summary") and not _TITLES.isdisjoint(classes_of(tag)):
            tag.name = "p"
            strong = soup.new_tag("strong")
            strong.extend(list(tag.contents))
            tag.append(strong)
