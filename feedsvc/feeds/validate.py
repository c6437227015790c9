"""The last look at a document before it is published: is it what its format and its feed demand?

Read by parsers that know nothing of what wrote it. Atom is held against the
schema of RFC 4287, RSS against the specification and the RSS Advisory Board's
profile, JSON against JSON Feed 1.1; and each against the feed it was made of.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

from lxml import etree

from feedsvc.feeds.fragments import described, picture_alone
from feedsvc.feeds.xml_safe import legible
from feedsvc.model import Document, Entry, Feed, Format
from feedsvc.text.urls import parts_of

_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
_DCTERMS = "{http://purl.org/dc/terms/}"
_MEDIA = "{http://search.yahoo.com/mrss/}"

_ONCE = ("title", "link", "description", "language", "pubDate", "lastBuildDate", "ttl", "image", "copyright")
_DAYS = frozenset("Mon Tue Wed Thu Fri Sat Sun".split())


class ProofError(ValueError):
    """A document is not fit to be published; says why."""


class Told(NamedTuple):
    """What a document says of one entry."""

    id: str
    url: str
    title: str
    published: datetime
    updated: datetime
    excerpt: str
    content: str | None


class Read(NamedTuple):
    """What a document says: of the feed, and of its entries.

    Attributes:
        homes: All pages that readers may take for the feed's own.
    """

    title: str
    description: str
    homes: list[str]
    entries: list[Told]


def prove(documents: Iterable[Document], feed: Feed) -> Iterator[tuple[Document, str | None]]:
    """Yield each of a feed's documents with what is wrong with it; None if nothing is.

    It must be valid, and say of its entries what *feed* says, in its order.
    """
    legible_feed = legible(feed)
    for document in documents:
        form = Format(document.path.removeprefix(feed.folder))
        try:
            _hold_against(_READ[form](document.body), legible_feed)
        except ProofError as error:
            yield document, str(error)
        else:
            yield document, None


def _hold_against(read: Read, feed: Feed) -> None:
    told = read.entries
    _demand(read.title == feed.title, "says another title than the feed")
    description = _unless_blank(feed.description)
    without = (description, "" if description else feed.title)  # RSS demands one
    _demand(_unless_blank(read.description) in without, "says another description than the feed")
    _demand(read.homes == [feed.home], "leads to another home than the feed's")
    _demand(len(told) == len(feed.entries), f"holds {len(told)} entries instead of {len(feed.entries)}")
    _demand(len({each.id for each in told}) == len(told), "holds two entries of one id")
    for found, entry in zip(told, feed.entries, strict=True):
        _compare(found, entry)


def _compare(found: Told, entry: Entry) -> None:
    expected = Told(
        entry.id,
        entry.url,
        entry.title,
        entry.published,
        entry.updated,
        _unless_blank(entry.excerpt),
        described(entry) if found.content and picture_alone(entry) else entry.content,
    )
    for name, says, means in zip(Told._fields, found, expected, strict=True):
        _demand(says == means, f"says another {name} of {entry.id} than the article")


def _read_rss(body: bytes) -> Read:
    root = _parsed(body)
    _demand(root.tag == "rss" and root.get("version") == "2.0", "is no RSS 2.0")
    channel = root.find("channel")
    if channel is None:
        raise ProofError("has no channel")
    for name in ("title", "link", "description"):
        _demand(bool(channel.findtext(name)), f"has a channel without {name}")
    for name in _ONCE:
        _demand(len(channel.findall(name)) <= 1, f"has a channel with two of {name}")
    for name in ("pubDate", "lastBuildDate"):
        for date in channel.findall(name):
            _rfc_822(date.text)
    links = channel.findall(f"{_ATOM}link")
    _all_absolute((channel.findtext("link"), *(link.get("href") for link in links)))
    return Read(
        channel.findtext("title") or "",
        _text_of(channel.findtext("description")),
        [channel.findtext("link") or "", *_alternates(links)],
        [_read_item(item) for item in channel.findall("item")],
    )


def _read_item(item: etree._Element) -> Told:
    guid = item.find("guid")
    if guid is None or not guid.text:
        raise ProofError("has an item without guid")
    for name in ("title", "link", "guid", "pubDate", "description", "enclosure", "comments", "source"):
        _demand(len(item.findall(name)) <= 1, f"has an item with two of {name}")
    enclosures, links = item.findall("enclosure"), [item.findtext("link")]
    for enclosure in enclosures:
        _demand(
            set(enclosure.attrib) >= {"url", "length", "type"}, "has an enclosure without url, length or type"
        )
    media = [each.get("url") for each in (*enclosures, *item.iter(f"{_MEDIA}content"))]
    _all_absolute((*links, *media, guid.text if guid.get("isPermaLink", "true") == "true" else "http://x"))
    published = _rfc_822(item.findtext("pubDate"))
    updated = item.findtext(f"{_DCTERMS}modified")
    return Told(
        guid.text,
        item.findtext("link") or "",
        item.findtext("title") or "",
        published,
        datetime.fromisoformat(updated) if updated else published,
        _unless_blank(_text_of(item.findtext("description"))),
        item.findtext(f"{_CONTENT}encoded"),
    )


def _read_atom(body: bytes) -> Read:
    root = _parsed(body)
    schema = _schema()
    if not schema.validate(root):
        raise ProofError(f"is no valid Atom: {schema.error_log.last_error.message}")
    entries = root.findall(f"{_ATOM}entry")
    named = root.find(f"{_ATOM}author") is not None
    _demand(named or all(e.find(f"{_ATOM}author") is not None for e in entries), "has an entry by nobody")
    _all_absolute(link.get("href") for link in root.iter(f"{_ATOM}link"))
    return Read(
        root.findtext(f"{_ATOM}title") or "",
        _said(root.find(f"{_ATOM}subtitle")),
        _alternates(root.findall(f"{_ATOM}link")),
        [_read_entry(entry) for entry in entries],
    )


def _read_entry(entry: etree._Element) -> Told:
    return Told(
        entry.findtext(f"{_ATOM}id") or "",
        next(iter(_alternates(entry.findall(f"{_ATOM}link"))), ""),
        entry.findtext(f"{_ATOM}title") or "",
        datetime.fromisoformat(entry.findtext(f"{_ATOM}published") or ""),
        datetime.fromisoformat(entry.findtext(f"{_ATOM}updated") or ""),
        _unless_blank(_said(entry.find(f"{_ATOM}summary"))),
        entry.findtext(f"{_ATOM}content"),
    )


def _read_json(body: bytes) -> Read:
    try:
        feed = json.loads(body)
    except ValueError as error:
        raise ProofError(f"is no JSON: {error}") from None
    _demand(feed.get("version") == "https://jsonfeed.org/version/1.1", "is no JSON Feed 1.1")
    _demand(bool(feed.get("title")) and isinstance(feed.get("items"), list), "has no title or no items")
    return Read(
        feed["title"],
        feed.get("description", ""),
        [feed.get("home_page_url", "")],
        [_read_member(item) for item in feed["items"]],
    )


def _read_member(item: Mapping[str, Any]) -> Told:
    _demand(isinstance(item.get("id"), str) and bool(item["id"]), "has an item without id")
    _demand(("content_html" in item) != ("content_text" in item), "has an item with no content, or two")
    attachments: Sequence[Mapping[str, Any]] = item.get("attachments", ())
    for attachment in attachments:
        _demand(
            "url" in attachment and "mime_type" in attachment, "has an attachment without url or mime_type"
        )
    _all_absolute((item["url"], item.get("image"), *(each["url"] for each in attachments)))
    return Told(
        item["id"],
        item["url"],
        item["title"],
        datetime.fromisoformat(item["date_published"]),
        datetime.fromisoformat(item["date_modified"]),
        _unless_blank(item.get("summary")),
        item.get("content_html"),
    )


_READ: Mapping[Format, Callable[[bytes], Read]] = MappingProxyType(
    {Format.RSS: _read_rss, Format.ATOM: _read_atom, Format.JSON: _read_json}
)


def _parsed(body: bytes) -> etree._Element:
    try:
        return etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise ProofError(f"is not well-formed: {error}") from None


@cache
def _schema() -> etree.RelaxNG:
    return etree.RelaxNG(etree.fromstring((files("feedsvc.feeds") / "schemas" / "atom.rng").read_bytes()))


class _Text(HTMLParser):
    """Collects what a reader sees of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_data(self, data: str) -> None:
        self.seen.append(data)


def _text_of(html: str | None) -> str:
    parser = _Text()
    parser.feed(html or "")
    parser.close()
    return "".join(parser.seen)


def _said(construct: etree._Element | None) -> str:
    """Return what a reader sees of a text construct (RFC 4287, 3.1)."""
    text = "" if construct is None else construct.text
    return _text_of(text) if construct is not None and construct.get("type") == "html" else text or ""


def _unless_blank(text: str | None) -> str:
    return text if text and text.strip() else ""


def _alternates(links: Iterable[etree._Element]) -> list[str]:
    return [link.get("href") or "" for link in links if link.get("rel", "alternate") == "alternate"]


def _rfc_822(text: str | None) -> datetime:
    day = (text or "").partition(",")[0]
    _demand(day in _DAYS, f"has the date {text!r}, which is none of RFC 822")
    return parsedate_to_datetime(str(text))


def _all_absolute(addresses: Iterable[str | None]) -> None:
    for address in addresses:
        if address is not None:
            parts = parts_of(address)
            _demand(
                parts is not None and bool(parts.scheme and parts.netloc),
                f"has the address {address!r}, which is not absolute",
            )


def _demand(met: bool, fault: str) -> None:
    if not met:
        raise ProofError(fault)
