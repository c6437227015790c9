"""Atom 1.0 (RFC 4287), by feedgen and our extensions of it."""

from dataclasses import asdict
from typing import Any

from feedgen.feed import FeedGenerator

from feedsvc.feeds.addresses import links_of, scheme
from feedsvc.feeds.extensions import AtomEntry, AtomHead
from feedsvc.feeds.fragments import described, looks_like_html, picture_alone
from feedsvc.feeds.xml_safe import labels_of, legible
from feedsvc.model import Entry, Feed, Format


def render_atom(feed: Feed) -> bytes:
    """Return *feed* as Atom 1.0 in UTF-8; the same feed always gives the same bytes."""
    feed = legible(feed)
    fg = FeedGenerator()
    fg.register_extension("feedsvc", AtomHead, AtomEntry, rss=False)
    fg.feedsvc.feed = feed
    _describe(fg, feed)
    for entry in feed.entries:
        _add_entry(fg.add_entry(order="append"), entry, feed.base)  # "prepend" would reverse us
    body: bytes = fg.atom_str(pretty=True)  # indents elements without text only
    return body


def _describe(fg: Any, feed: Feed) -> None:
    fg.id(feed.id)
    fg.title(feed.title)
    fg.subtitle(feed.description)
    fg.updated(feed.updated)  # unset, it becomes the wall clock
    fg.author([asdict(author) for author in feed.authors])
    fg.link([asdict(link) for link in links_of(feed, Format.ATOM)])
    fg.language(feed.language)
    fg.icon(feed.icon)
    fg.logo(feed.logo)
    fg.rights(feed.rights)
    fg.generator("feedsvc")


def _add_entry(element: Any, entry: Entry, base: str) -> None:
    element.feedsvc.entry = entry
    element.id(entry.id)
    element.title(entry.title)
    element.published(entry.published)
    element.updated(entry.updated)  # unset, it becomes the wall clock
    element.author([asdict(author) for author in entry.authors])
    element.contributor([asdict(person) for person in entry.contributors])
    element.category(
        [
            {"term": label, "scheme": scheme(base, kind), "label": label}
            for label, kind in labels_of(entry).items()
        ]
    )
    element.link(href=entry.url, rel="alternate")  # demanded; the extension writes it
    if picture_alone(entry) or looks_like_html(entry.excerpt):
        element.summary(described(entry), type="html")
    elif entry.excerpt.strip():
        element.summary(entry.excerpt, type="text")
    if entry.content is not None:
        element.content(entry.content, type="html")  # "CDATA" would stand there as the type
