"""From a feed to the documents that are served."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from feedsvc.feeds.addresses import links_beside, links_of
from feedsvc.feeds.atom import render_atom
from feedsvc.feeds.jsonfeed import render_json
from feedsvc.feeds.rss import render_rss
from feedsvc.feeds.xml_safe import legible
from feedsvc.model import Document, Feed, Format

_RENDER: Mapping[Format, Callable[[Feed], bytes]] = MappingProxyType(
    {Format.RSS: render_rss, Format.ATOM: render_atom, Format.JSON: render_json}
)


def render_feed(feed: Feed) -> list[Document]:
    """Return *feed* as one document per format, in the order of `feed.formats`."""
    feed = legible(feed)
    return [_document(feed, form) for form in feed.formats]


def render_as(feed: Feed, form: Format) -> Document | None:
    """Return *feed* in one format; None if it is not to be had in it."""
    return _document(legible(feed), form) if form in feed.formats else None


def _document(feed: Feed, form: Format) -> Document:
    return Document(
        path=feed.folder + form.value,
        media_type=form.media_type,
        body=_RENDER[form](feed),
        links=_link_header(feed, form),
    )


def _link_header(feed: Feed, form: Format) -> str:
    """Return the links in the form of RFC 8288, for hubs and readers that look at nothing else.

    Everything is quoted: some subscribers do not find a bare ``rel=hub``. A private feed has no
    hubs, and its header names its home only.
    """
    inside = links_of(feed, form)
    links = inside[:1] if feed.private else (*inside, *links_beside(feed, form))
    return ", ".join(
        f'<{link.href}>; rel="{link.rel}"' + (f'; type="{link.type}"' if link.rel == "alternate" else "")
        for link in links
    )
