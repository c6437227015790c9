"""How FreshRSS decides what is new and where a feed's home is: its rules, and none of its code.

They were read in https://github.com/FreshRSS/FreshRSS as of October 2024 (6c58b9051), which has SimplePie in
lib/simplepie. Each rule names its place there.
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from http import HTTPStatus

from lxml import etree

_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_LINKED = re.compile(r'<([^>]+)>\s*;\s*rel\s*=\s*("?)alternate\2\s*(?=,|$)', re.IGNORECASE)
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"


@dataclass(frozen=True, slots=True)
class Entry:
    """What FreshRSS takes of an entry."""

    guid: str
    title: str
    link: str
    authors: tuple[str, ...]
    content: str
    tags: tuple[str, ...]
    date: str

    @property
    def hash(self) -> str:
        """Entry.php, hash: neither the date nor the guid is in it."""
        said = self.link + self.title + "; ".join(self.authors) + self.content + ", ".join(self.tags)
        return md5(said.encode(), usedforsecurity=False).hexdigest()


class FreshRss:
    """One subscription.

    Attributes:
        known: The last version of each entry, by guid.
        new: How many entries the last look brought.
        updated: How many of those that were there it changed.
        home: The website that is shown for the feed.
    """

    def __init__(self, url: str) -> None:
        self.known: dict[str, Entry] = {}
        self.new = 0
        self.updated = 0
        self.home = ""
        self._url = url
        self._validators: dict[str, str] = {}

    def look(self) -> None:
        """Ask, as SimplePie's cache does, with both validators (SimplePie.php, fetch_data)."""
        self.new = self.updated = 0
        request = urllib.request.Request(self._url, headers=self._validators)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                headers, body = response.headers, response.read()
        except urllib.error.HTTPError as error:
            with error:
                if error.code != HTTPStatus.NOT_MODIFIED:
                    raise
            return  # feedController.php: "Feed is cached and unchanged"
        self._validators = {"If-None-Match": headers["ETag"], "If-Modified-Since": headers["Last-Modified"]}
        if "json" in headers["Content-Type"]:
            self._take(*_from_json(body, self._url))
        else:
            home, entries = _from_xml(body)
            # SimplePie.php, get_links: what the header says is taken instead of all that the document has.
            linked = _LINKED.search(", ".join(headers.get_all("Link", [])))
            self._take(linked[1] if linked else home, entries)

    def _take(self, home: str, entries: list[Entry]) -> None:
        """feedController.php, actualizeFeeds: the guid tells what is new, the hash what has changed."""
        self.home = self.home or home  # Feed.php, load: "if ($this->website() === '')"
        for entry in entries:
            before = self.known.get(entry.guid)
            self.new += before is None
            self.updated += before is not None and before.hash != entry.hash
            self.known[entry.guid] = entry


def _from_xml(body: bytes) -> tuple[str, list[Entry]]:
    root = etree.fromstring(body)
    feed = root if root.tag == f"{_ATOM}feed" else root.find("channel")
    assert feed is not None
    entries = [*feed.iterfind(f"{_ATOM}entry"), *feed.iterfind("item")]
    return next(_alternates(feed), ""), [_entry(entry) for entry in entries]


def _alternates(element: etree._Element) -> Iterator[str]:
    """SimplePie.php and Item.php, get_links: Atom's come first, in RSS too; get_link takes the first."""
    for link in element.iterfind(f"{_ATOM}link"):
        if link.get("rel", "alternate") == "alternate":
            yield link.get("href", "")
    yield from (link.text or "" for link in element.iterfind("link"))


def _entry(element: etree._Element) -> Entry:
    return Entry(
        guid=_text(element, f"{_ATOM}id", "guid"),  # Item.php, get_id
        title=_text(element, f"{_ATOM}title", "title"),
        link=next(_alternates(element), ""),
        authors=tuple(
            name.text or ""
            for path in (f"{_ATOM}author/{_ATOM}name", _CREATOR)
            for name in element.iterfind(path)
        ),
        # Item.php, get_content: the content, else the description.
        content=_text(element, f"{_ATOM}content", f"{_ATOM}summary", _CONTENT, "description"),
        tags=tuple(
            tag.get("label") or tag.get("term") or tag.text or ""
            for path in (f"{_ATOM}category", "category")
            for tag in element.iterfind(path)
        ),
        date=_text(element, f"{_ATOM}published", "pubDate"),
    )


def _text(element: etree._Element, *paths: str) -> str:
    return next((text for path in paths if (text := element.findtext(path))), "")


def _from_json(body: bytes, url: str) -> tuple[str, list[Entry]]:
    """dotNotationUtil.php, convertJsonToRss: no home is read, the feed's own address stands for it."""
    entries = [
        Entry(
            guid=str(item["id"]),
            title=item.get("title", ""),
            link=item["url"],  # without one, an item is left out
            authors=(),
            content=item.get("content_html", ""),
            tags=tuple(item.get("tags", ())),
            date=item.get("date_published", ""),
        )
        for item in json.loads(body)["items"]
        if item.get("url")
    ]
    return url, entries
