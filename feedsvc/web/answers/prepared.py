"""A published document with its headers worked out."""

import re
from http import HTTPStatus
from typing import NamedTuple

from werkzeug.http import http_date

from feedsvc.codings import compressible
from feedsvc.feeds.pages import STYLE_HASH
from feedsvc.model import PRIVATE, Format, Published
from feedsvc.web.answers.conditional import is_invented
from feedsvc.web.answers.encoding import Coded
from feedsvc.web.replies import OPEN, Headers, Reply
from feedsvc.web.settings import WebSettings
from feedsvc.web.statistics.counts import Answered

DAY = 86_400
_ARCHIVE = re.compile(r"(?:^|/)archive/\d+/")  # a page of a feed's history (RFC 5005, 4)
_FEEDS = frozenset(form.media_type for form in Format)
_SHOWN_AS_XML = frozenset({Format.RSS.media_type, Format.ATOM.media_type})


PRIVATE_HEADERS: Headers = [("Referrer-Policy", "no-referrer"), ("X-Robots-Tag", "noindex")]


# A page shows what an article shows, from wherever its author has it, in our style; nothing of it
# may run, send, frame or be framed, should the sanitiser overlook something one day.
_POLICY = (
    "Content-Security-Policy",
    f"default-src 'none'; style-src '{STYLE_HASH}'; img-src http: https: data:; media-src http: https:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)

# What `Asked` is when it has no names.
Key = tuple[str, str | None, str | None, str | None, str | None, str]


class Asked(NamedTuple):
    """All that a request for a document says; headers that are not there are None."""

    address: str
    if_none_match: str | None
    if_modified_since: str | None
    accept_encoding: str | None
    destination: str | None
    host: str = ""


class Answer(NamedTuple):
    """What a request is answered.

    Attributes:
        reply: Without the body that may go along.
        etag: Of the document.
        coding: Of that body; None if none goes along.
    """

    reply: Reply
    etag: str
    coding: str | None = None


class Page:
    """What is the same for every request for one document.

    Attributes:
        document: The document.
        feed: The folder of the feed that it is; None if it is none.
        compressible: Its type is worth a content coding.
        shown: Browsers would download it, so they get it as plain XML.
        unchanged: The headers of a 304: what guides caches, and nothing of the
            body (RFC 9110, 15.4.5).
        last_modified: The header, apart: it is not sent while the clock stands
            behind it.
        modified: The same in seconds.
        full: The headers of a 200, by coding asked for and browser view.
    """

    __slots__ = (
        "compressible",
        "document",
        "feed",
        "full",
        "last_modified",
        "modified",
        "shown",
        "unchanged",
    )

    def __init__(self, document: Published, settings: WebSettings) -> None:
        self.document = document
        is_feed = document.media_type in _FEEDS
        self.feed = document.path.rpartition("/")[0] if is_feed else None
        self.compressible = compressible(document.media_type)
        self.shown = settings.browser_view and document.media_type in _SHOWN_AS_XML
        self.last_modified = ("Last-Modified", http_date(document.last_modified))
        self.modified = document.last_modified.timestamp()
        self.full: dict[tuple[str, bool], Headers] = {}
        self.unchanged: Headers = [
            ("ETag", f'W/"{document.etag}"'),
            ("Cache-Control", cache_control(document.path, settings.max_age)),
            ("Vary", "Accept-Encoding, Sec-Fetch-Dest" if settings.browser_view else "Accept-Encoding"),
            *OPEN,
            *(PRIVATE_HEADERS if document.path.startswith(PRIVATE) else ()),
        ]

    def answered(self, status: HTTPStatus, asked: Asked, sent: int = 0) -> Answered:
        """Return what is counted of an answer with so many bytes."""
        return Answered(
            path=self.document.path,
            status=status.value,
            feed=self.feed,
            sent=sent,
            saved=max(self.document.length - sent, 0),
            conditional=(asked.if_none_match or asked.if_modified_since) is not None,
            invented=is_invented(asked.if_modified_since, self.document.last_modified),
        )

    def describe(self, coded: Coded, *, as_xml: bool) -> Headers:
        """Return the headers of a 200 with this body."""
        media_type = "application/xml; charset=utf-8" if as_xml else self.document.media_type
        headers = [
            ("Content-Type", media_type),
            ("Content-Length", str(len(coded.body))),
            *self.unchanged,
        ]
        if coded.coding != "identity":
            headers.append(("Content-Encoding", coded.coding))
        if self.document.links:
            headers.append(("Link", self.document.links))
        if media_type.startswith("text/html"):
            headers.append(_POLICY)
        return headers


def cache_control(path: str, max_age: int) -> str:
    """Return Cache-Control for the document at *path* (RFC 9111, 5.2; RFC 5861)."""
    if path.startswith(PRIVATE):
        return f"private, max-age={max_age}"
    seconds = DAY if _ARCHIVE.search(path) else max_age
    return f"public, max-age={seconds}, stale-while-revalidate=60, stale-if-error={DAY}"
