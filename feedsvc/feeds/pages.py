"""Pages for people: one per feed, and one for an article that has no other address."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from feedsvc.feeds.addresses import absolute, address, bare_type, front_page
from feedsvc.feeds.fragments import picture
from feedsvc.feeds.xml_safe import legible, legible_entry, legible_text
from feedsvc.model import Document, Entry, Feed, Format, Site

_HTML = "text/html; charset=utf-8"

_TEMPLATES = Environment(
    loader=PackageLoader("feedsvc.feeds"),
    autoescape=True,
    auto_reload=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

# Exactly as it stands in each page: a page's policy allows this style only, by its hash.
_STYLE = f"\n{_TEMPLATES.get_template('style.css').render()}\n"
STYLE_HASH = f"sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}"

_FEED = _TEMPLATES.get_template("feed.html")
_TERMS = _TEMPLATES.get_template("terms.html")
_ARTICLE = _TEMPLATES.get_template("article.html")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alternate:
    """A feed as a page's head announces it; browsers offer it by its title."""

    href: str
    type: str
    title: str
    name: str


def render_feed_page(feed: Feed, site: Site, feeds: Sequence[tuple[str, str]]) -> Document:
    """Return the page at the feed's folder: how to subscribe, and what is new.

    Args:
        feeds: Title and absolute address of the other feeds' pages.
    """
    feed = legible(feed)
    body = _FEED.render(
        language=feed.language,
        title=feed.title,
        alternates=[_alternate(address(feed, form), form, feed.title) for form in feed.formats],
        feed=feed,
        feeds=[(legible_text(title), href) for title, href in feeds],
        ways_up=_ways_up(feed, site),
        picture=picture,
    )
    return Document(path=feed.folder, media_type=_HTML, body=body.encode())


def render_terms_page(
    name: str, folder: str, feeds: Sequence[tuple[str, str]], everything: Feed, site: Site
) -> Document:
    """Return the page at *folder*, the scheme of a kind of terms, which lists their feeds.

    Args:
        name: Of the kind, in English.
        feeds: Label of each term, and absolute address of its feed's page.
    """
    everything = legible(everything)
    body = _TERMS.render(
        language=everything.language,
        title=f"{everything.title}: {name}",
        alternates=[_alternate(address(everything, f), f, everything.title) for f in everything.formats],
        name=name,
        front=absolute(site.feeds_url, ""),
        feed_title=everything.title,
        feeds=[(legible_text(label), href) for label, href in feeds],
    )
    return Document(path=folder, media_type=_HTML, body=body.encode())


def render_article_page(
    entry: Entry,
    feed_title: str,
    site: Site,
    *,
    folder: str,
    formats: Iterable[Format] = tuple(Format),
    up: str = "",
) -> Document:
    """Return the page of an article at *folder*.

    Args:
        entry: With all its content, as `build_entry` gives it.
        feed_title, formats: Of the feed that the page announces.
        up: The folder of that feed, as `Feed.folder`.
    """
    entry = legible_entry(entry)
    feed_title = legible_text(feed_title)
    body = _ARTICLE.render(
        language=entry.language or site.language,
        title=entry.title,
        alternates=[_alternate(absolute(site.feeds_url, up + form), form, feed_title) for form in formats],
        entry=entry,
        content=Markup(entry.content or ""),  # safe since it was read, see `Content`
        front=absolute(site.feeds_url, up) if up else front_page(site),
        feed_title=feed_title,
    )
    return Document(path=folder, media_type=_HTML, body=body.encode())


def _alternate(href: str, form: Format, title: str) -> _Alternate:
    return _Alternate(href=href, type=bare_type(form), title=f"{title} ({form.label})", name=form.label)


def _ways_up(feed: Feed, site: Site) -> list[str]:
    front = front_page(site)
    home = absolute(site.url, "") if site.url else front
    here = absolute(site.feeds_url, feed.folder)
    return [href for href in dict.fromkeys((home, front)) if href != here]
