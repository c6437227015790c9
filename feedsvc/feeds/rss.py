"""RSS 2.0, by feedgen and our extensions of it."""

from typing import Any

from feedgen.feed import FeedGenerator

from feedsvc.feeds.addresses import scheme
from feedsvc.feeds.extensions import RssHead, RssItem, media_type
from feedsvc.feeds.fragments import described, html_of
from feedsvc.feeds.xml_safe import labels_of, legible
from feedsvc.model import Entry, Feed

_WIDEST, _HIGHEST = 144, 400  # pixels

_DOCS = "https://www.rssboard.org/rss-specification"


def render_rss(feed: Feed) -> bytes:
    """Return *feed* as RSS 2.0 in UTF-8; the same feed always gives the same bytes."""
    feed = legible(feed)
    fg = FeedGenerator()
    fg.register_extension("feedsvc", RssHead, RssItem, atom=False)
    fg.feedsvc.feed = feed
    _describe(fg, feed)
    for entry in feed.entries:
        _add_item(fg.add_entry(order="append"), entry, feed.base)  # "prepend" would reverse us
    body: bytes = fg.rss_str(pretty=True)  # indents elements without text only
    return body


def _describe(fg: Any, feed: Feed) -> None:
    fg.title(feed.title)
    fg.link(href=feed.home, rel="alternate")  # the only one: feedgen takes the last for <link>
    fg.description(html_of(feed.description if feed.description.strip() else feed.title))
    fg.language(feed.language)
    fg.generator("feedsvc")
    fg.docs(_DOCS)
    for author in feed.authors:
        if author.email:  # these two elements want an address, and the name behind it
            named = f"{author.email} ({author.name})"
            fg.managingEditor(named)
            fg.webMaster(named)
            break
    if feed.topic:
        fg.category(term=feed.topic)
    fg.ttl(feed.every // 60)
    fg.copyright(feed.rights)
    width, height = _shown(*feed.picture_size) if feed.picture_size else (None, None)
    fg.image(feed.logo or feed.icon, width=width, height=height)
    # Unset, or feedgen writes it by switching the locale of the whole process,
    # under the feet of other threads. The extension writes it.
    fg._FeedGenerator__rss_lastBuildDate = None


def _shown(width: int, height: int) -> tuple[str, str]:
    """Return the size at which a channel's picture is shown, which has bounds (RSS 2.0, "image")."""
    scale = min(1, _WIDEST / width, _HIGHEST / height)
    return str(max(1, round(width * scale))), str(max(1, round(height * scale)))


def _add_item(item: Any, entry: Entry, base: str) -> None:
    item.feedsvc.entry = entry
    item.title(entry.title)
    item.link(href=entry.url, rel="alternate")
    item.guid(entry.id, permalink=entry.id == entry.url)
    item.category([{"term": label, "scheme": scheme(base, kind)} for label, kind in labels_of(entry).items()])
    if description := described(entry):
        item.description(description)
    for enclosure in entry.attachments[:1]:
        item.enclosure(enclosure.url, str(enclosure.length or 0), media_type(enclosure))
    item.comments(entry.comments)
    if entry.source is not None:
        item.source(entry.source.url, entry.source.title)
