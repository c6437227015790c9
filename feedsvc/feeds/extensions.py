"""What feedgen 1.0 leaves out or gets wrong, repaired in its own extensions.

feedgen calls an extension as its last step of building a feed's head or an
entry, so that each can add what is missing and replace what is wrong.
"""

import re
from collections.abc import Iterator
from dataclasses import asdict
from email.utils import format_datetime
from pathlib import PurePosixPath

from lxml import etree

from feedsvc.feeds.addresses import Link, links_of
from feedsvc.feeds.fragments import html_of, looks_like_html
from feedsvc.model import Attachment, Entry, Feed, Format, Image, Source
from feedsvc.text.mediatypes import MEDIA_SUFFIXES

_ATOM = "{http://www.w3.org/2005/Atom}"
_AT = "{http://purl.org/atompub/tombstones/1.0}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_DCTERMS = "{http://purl.org/dc/terms/}"
_MEDIA = "{http://search.yahoo.com/mrss/}"  # the closing slash is part of it
_SY = "{http://purl.org/rss/1.0/modules/syndication/}"
_XML = "{http://www.w3.org/XML/1998/namespace}"

_SIGNS = re.compile("([&<>])")
_PERIODS = {3600: "hourly", 86_400: "daily", 604_800: "weekly"}

_ENTRY_ORDER = (
    *("id", "title", "updated", "published", "author", "contributor", "category", "link", "source"),
    *("summary", "content"),
)


class RssHead:
    """The channel: all its links, its date, and how often to come back."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        """Return prefixes for the root; feedgen adds `atom` and `content`."""
        usual = {"dc": _DC.strip("{}"), "media": _MEDIA.strip("{}"), "sy": _SY.strip("{}")}
        changed = any(entry.updated != entry.published for entry in self.feed.entries)
        return usual | ({"dcterms": _DCTERMS.strip("{}")} if changed else {})

    def extend_rss(self, rss: etree._Element) -> None:
        """Add to the channel."""
        channel = rss[0]
        if self.feed.entries:
            _add(channel, "pubDate", format_datetime(max(entry.published for entry in self.feed.entries)))
        _add(channel, "lastBuildDate", format_datetime(self.feed.updated))
        for description in channel.findall("description"):
            _write_by_number(description)
        _add(channel, f"{_SY}updatePeriod", _PERIODS[self.feed.every])
        _add(channel, f"{_SY}updateFrequency", "1")
        for link in links_of(self.feed, Format.RSS)[1:]:  # the first is <link>
            _add_link(channel, f"{_ATOM}link", link)


class RssItem:
    """An item: authors without e-mail, its date, content and picture."""

    entry: Entry

    def extend_rss(self, item: etree._Element) -> None:
        """Add to the item."""
        entry = self.entry
        _add(item, "pubDate", format_datetime(entry.published))
        if entry.updated != entry.published:
            _add(item, f"{_DCTERMS}modified", entry.updated.isoformat())
        for author in entry.authors:
            _add(item, f"{_DC}creator", author.name)
        for contributor in entry.contributors:
            _add(item, f"{_DC}contributor", contributor.name)
        if entry.content is not None:  # here, or an entry without excerpt would have it as its description
            _add(item, f"{_CONTENT}encoded", etree.CDATA(entry.content))  # shorter, and people can read it
        _add_media(item, entry)


class AtomHead:
    """The feed: the prefixes it needs, its licence, and the entries that are no more."""

    feed: Feed

    def extend_ns(self) -> dict[str, str]:
        """Return prefixes for the root."""
        return {"media": _MEDIA.strip("{}")} | ({"at": _AT.strip("{}")} if self.feed.withdrawn else {})

    def extend_atom(self, feed: etree._Element) -> None:
        """Add to the feed."""
        for subtitle in feed.findall("subtitle"):
            if looks_like_html(self.feed.description):
                subtitle.set("type", "html")
                subtitle.text = html_of(self.feed.description)
        if self.feed.license is not None:
            _add_link(feed, "link", Link(rel="license", href=self.feed.license))
        for withdrawn in self.feed.withdrawn:  # RFC 6721, 3
            _add(feed, f"{_AT}deleted-entry", ref=withdrawn.id, when=withdrawn.at.isoformat())


class AtomEntry:
    """An entry: links with all their attributes, its language and picture."""

    entry: Entry

    def extend_atom(self, element: etree._Element) -> None:
        """Replace the links, of which feedgen writes the href only, and add the rest."""
        for broken in element.findall("link"):
            element.remove(broken)
        for link in _entry_links(self.entry):
            _add_link(element, "link", link)
        if self.entry.source is not None:
            _add_source(element, self.entry.source, self.entry)
        if self.entry.language is not None:
            element.set(f"{_XML}lang", self.entry.language)
        element[:] = sorted(element, key=lambda child: _ENTRY_ORDER.index(str(child.tag)))
        _add_media(element, self.entry)


def media_type(file: Image | Attachment) -> str:
    """Return a file's media type, guessed from its address if unknown."""
    path = file.url.partition("?")[0].partition("#")[0]
    suffix = PurePosixPath(path).suffix.lower()
    return file.media_type or MEDIA_SUFFIXES.get(suffix, "image/jpeg")


def _entry_links(entry: Entry) -> Iterator[Link]:
    # The page first, because some readers open the first link, whatever its rel.
    yield Link(rel="alternate", href=entry.url, type="text/html")
    for attachment in entry.attachments:
        yield Link(
            rel="enclosure",
            href=attachment.url,
            type=media_type(attachment),
            title=attachment.title or None,
            length=_number(attachment.length),
        )
    if entry.comments is not None:
        yield Link(rel="replies", href=entry.comments, type="text/html")  # RFC 4685, 4
    yield from (Link(rel="related", href=href) for href in entry.related)
    if via := entry.via or (entry.source.url if entry.source else None):
        yield Link(rel="via", href=via)
    if entry.license is not None:
        yield Link(rel="license", href=entry.license)  # RFC 4946


def _add_source(parent: etree._Element, source: Source, entry: Entry) -> None:
    """Add where an entry comes from (RFC 4287, 4.2.11); of the other feed, we know no more."""
    element = _add(parent, "source")
    _add(element, "id", source.url)
    _add(element, "title", source.title)
    _add(element, "updated", entry.updated.isoformat())
    _add_link(element, "link", Link(rel="alternate", href=source.url))


def _add_media(parent: etree._Element, entry: Entry) -> None:
    for attachment in entry.attachments:
        kind = media_type(attachment)
        medium = kind.partition("/")[0]
        if medium in ("audio", "video"):
            content = _add(
                parent,
                f"{_MEDIA}content",
                url=attachment.url,
                type=kind,
                medium=medium,
                fileSize=_number(attachment.length),
                duration=_number(attachment.duration),
            )
            if attachment.title:
                _add_text(content, f"{_MEDIA}title", attachment.title)
    # Some readers take the first file for the episode, whatever it is.
    if entry.image is not None:
        _add_picture(parent, entry.image, described=entry.content is not None)
        _add(parent, f"{_MEDIA}thumbnail", url=entry.image.url, **_size(entry.image))
    for picture in entry.pictures:
        _add_picture(parent, picture, described=entry.content is not None)


def _add_picture(parent: etree._Element, image: Image, *, described: bool) -> None:
    """Add a picture (Media RSS 1.5.1); each alone: a group would be one picture in several sizes."""
    content = _add(
        parent,
        f"{_MEDIA}content",
        url=image.url,
        type=media_type(image),
        medium="image",
        fileSize=_number(image.length),
        **_size(image),
    )
    if image.title:
        _add_text(content, f"{_MEDIA}title", image.title)
    if image.alt and described:  # without other content, some readers would show this as the article
        _add_text(content, f"{_MEDIA}description", image.alt)
    if image.credit:
        _add(content, f"{_MEDIA}credit", image.credit)


def _size(image: Image) -> dict[str, str | None]:
    return {"width": _number(image.width), "height": _number(image.height)}


def _add(
    parent: etree._Element, tag: str, text: str | etree.CDATA | None = None, **attributes: str | None
) -> etree._Element:
    known = {name: value for name, value in attributes.items() if value is not None}
    element = etree.SubElement(parent, tag, known)
    element.text = text
    return element


def _add_text(parent: etree._Element, tag: str, text: str) -> None:
    """Add a text of Media RSS, which tells whether it is HTML."""
    is_html = looks_like_html(text)
    _add(parent, tag, html_of(text) if is_html else text, type="html" if is_html else "plain")


def _write_by_number(element: etree._Element) -> None:
    """Let the signs that XML escapes be written as ``&#x26;``, as the RSS Advisory Board's profile has it.

    To a parser, the text is the same; the W3C's validator takes an escape in it for a slip otherwise.
    """
    pieces = _SIGNS.split(element.text or "")
    element.text = pieces[0]
    for sign, rest in zip(pieces[1::2], pieces[2::2], strict=True):
        reference = etree.Entity(f"#x{ord(sign):X}")
        reference.tail = rest
        element.append(reference)


def _add_link(parent: etree._Element, tag: str, link: Link) -> None:
    _add(parent, tag, **asdict(link))


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)
