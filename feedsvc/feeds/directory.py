"""All feeds of a site in one list: OPML 2.0 for readers, JSON for programs, links for a site's pages."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from email.utils import format_datetime
from html import escape
from itertools import groupby
from typing import Any

from lxml import etree

from feedsvc.feeds.addresses import absolute, address, bare_type, page_or_feed
from feedsvc.feeds.xml_safe import legible_text
from feedsvc.model import Document, Feed, Format, Site, TermKind

_OPML = "text/x-opml; charset=utf-8"
_CADENCES = {3600: "hourly", 86_400: "daily", 604_800: "weekly"}
_GROUPS = {
    TermKind.CATEGORY.value: "Categories",
    TermKind.TAG.value: "Tags",
    TermKind.AUTHOR.value: "Authors",
    TermKind.LANGUAGE.value: "Languages",
}


def render_lists(feeds: Sequence[Feed], site: Site, sizes: Mapping[str, int]) -> list[Document]:
    """Return ``feeds.opml`` and ``feeds.json``, which name all *feeds* but private ones.

    Args:
        feeds: That of everything first.
        sizes: Bytes of each document, by its path.
    """
    public = [feed for feed in feeds if not feed.private]
    return [
        Document(path="feeds.opml", media_type=_OPML, body=_opml(public)),
        Document(path="feeds.json", media_type="application/json", body=_json(public, site, sizes)),
    ]


def discovery_links(feed: Feed) -> Iterator[str]:
    """Yield the lines for the head of a page that *feed* belongs to (HTML, 4.6.7.1)."""
    for form in feed.formats:
        title, href = escape(f"{feed.title} ({form.label})"), escape(address(feed, form))
        yield f'<link rel="alternate" type="{bare_type(form)}" title="{title}" href="{href}">'


def _opml(feeds: Sequence[Feed]) -> bytes:
    """Return the list as OPML 2.0 (http://opml.org/spec2.opml): terms in groups, each feed in one format."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = legible_text(feeds[0].title)
    etree.SubElement(head, "dateModified").text = format_datetime(max(feed.updated for feed in feeds))
    body = etree.SubElement(root, "body")
    for folder, members in groupby(feeds, key=lambda feed: feed.folder.partition("/")[0]):
        group = _GROUPS.get(folder)
        parent = body if group is None else etree.SubElement(body, "outline", text=group)
        for feed in members:
            _outline(parent, feed)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _outline(parent: etree._Element, feed: Feed) -> None:
    title = legible_text(feed.title)
    etree.SubElement(
        parent,
        "outline",
        type="rss",  # of Atom, too: it stands for "a feed"
        text=title,
        title=title,
        xmlUrl=address(feed, feed.formats[0]),
        htmlUrl=feed.home,
        language=feed.language,
    )


def _json(feeds: Sequence[Feed], site: Site, sizes: Mapping[str, int]) -> bytes:
    listed = {
        "title": legible_text(site.title),
        "home_page_url": absolute(site.url or site.feeds_url, ""),
        "opml_url": absolute(site.feeds_url, "feeds.opml"),
        "feeds": [_listed(feed, site, sizes) for feed in feeds],
    }
    return (json.dumps(listed, ensure_ascii=False, indent=2) + "\n").encode()


def _listed(feed: Feed, site: Site, sizes: Mapping[str, int]) -> dict[str, Any]:
    known = {
        "title": legible_text(feed.title),
        "description": legible_text(feed.description),
        "url": page_or_feed(feed, site),
        "language": feed.language,
        "updated": feed.updated.isoformat(),
        "cadence": _CADENCES[feed.every],
        "entries": len(feed.entries),
        "formats": [_format(feed, form, sizes) for form in feed.formats],
        "license": feed.license or feed.rights,
        "contact": _contact(feed),
    }
    return {key: value for key, value in known.items() if value not in (None, "")}


def _format(feed: Feed, form: Format, sizes: Mapping[str, int]) -> dict[str, Any]:
    size = sizes.get(feed.folder + form.value, 0)
    return {"url": address(feed, form), "type": bare_type(form), "bytes": size}


def _contact(feed: Feed) -> str | None:
    return _first(author.email for author in feed.authors) or _first(author.uri for author in feed.authors)


def _first(values: Iterable[str | None]) -> str | None:
    return next(filter(None, values), None)
