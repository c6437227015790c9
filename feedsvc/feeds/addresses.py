"""Absolute addresses of feeds, and the links between them."""

from dataclasses import dataclass
from urllib.parse import quote

from feedsvc.model import Feed, Format, Site, TermKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link from one document to another (RFC 8288)."""

    rel: str
    href: str
    type: str | None = None
    title: str | None = None
    length: str | None = None


def absolute(base: str, path: str) -> str:
    """Return the address of *path*, which is not percent-encoded yet, below *base*."""
    return f"{base}/{quote(path)}"


def front_page(site: Site) -> str:
    """Return the page that stands for all feeds: ours, or the website where we have none."""
    return absolute(site.feeds_url if site.paged or site.url is None else site.url, "")


def page_or_feed(feed: Feed, site: Site) -> str:
    """Return the address of a feed's page, or of the feed itself where it has none."""
    has_page = site.paged or (site.url is None and not feed.folder)
    return absolute(feed.base, feed.folder) if has_page else address(feed, feed.formats[0])


def address(feed: Feed, form: Format) -> str:
    """Return where *feed* is served in a format."""
    folder = feed.keyed or feed.folder
    return absolute(feed.base, folder + form.value) + (f"?{feed.query}" if feed.query else "")


def scheme(base: str, kind: TermKind) -> str:
    """Return the name of what terms of a kind belong to (RFC 4287, 4.2.2.2)."""
    return absolute(base, f"{kind}/")


def bare_type(form: Format) -> str:
    """Return the media type of a format without parameters, as links want it."""
    return form.media_type.partition(";")[0]


def links_of(feed: Feed, form: Format) -> tuple[Link, ...]:
    """Return the links that stand inside a feed: its home first, because some readers take the first.

    A private feed leads to nothing else but itself, at the address of the subscriber who reads it.
    """
    home = Link(rel="alternate", href=feed.home, type="text/html")
    itself = Link(rel="self", href=address(feed, form), type=bare_type(form))
    if feed.private:
        return (home, itself) if feed.keyed else (home,)
    return (
        home,
        itself,
        *(Link(rel="hub", href=hub) for hub in feed.hubs),
    )


def links_beside(feed: Feed, form: Format) -> tuple[Link, ...]:
    """Return the links to the other formats, which stand in the HTTP header.

    Inside a feed, readers would take them for its home: some the first alternate link, some the last.
    """
    others = (other for other in feed.formats if other is not form)
    return tuple(Link(rel="alternate", href=address(feed, other), type=bare_type(other)) for other in others)
