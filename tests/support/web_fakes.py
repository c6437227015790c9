"""A catalogue in memory with the interface that the web reads through, and requests to what it serves."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from werkzeug.test import Client

from feedsvc.errors import StoreError
from feedsvc.model import (
    Counted,
    Document,
    Format,
    Found,
    Heartbeat,
    Polls,
    Problem,
    Publication,
    Published,
    Query,
    Snapshot,
    Subscriber,
    Waits,
)
from feedsvc.web.answers.snapshots import CurrentSnapshot, SnapshotReader
from feedsvc.web.app import create_app
from feedsvc.web.settings import WebSettings

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
NOON_HTTP = "Fri, 01 May 2026 12:00:00 GMT"
ALLOWED_HEADERS = (
    "Accept, Accept-Language, A-IM, Cache-Control, Content-Type, If-Modified-Since, If-None-Match,"
    " Pragma, Range, User-Agent"
)
TOKEN = "correct-horse-battery-staple"  # the operator's
BEARER = {"Authorization": f"Bearer {TOKEN}"}
RSS = b"<rss>" + b"<item>Hello, world.</item>" * 20 + b"</rss>"


def make_document(**changes: Any) -> Document:
    """The RSS feed of everything."""
    return Document(**({"path": "rss.xml", "media_type": Format.RSS.media_type, "body": RSS} | changes))


def make_page(path: str) -> Document:
    """A page for people."""
    return make_document(path=path, media_type="text/html; charset=utf-8", body=f"<h1>{path}</h1>".encode())


class FakeReader:
    """Keeps the bodies of the last snapshot only; raises StoreError while `down`."""

    def __init__(self, *documents: Document, media: Iterable[str] = ()) -> None:
        self.down = False
        self.fault: str | None = None
        self.alive: Heartbeat | None = None
        self.found: tuple[Problem, ...] = ()
        self.requests = 0
        self.composed: Found | None = None
        self.queries: list[Query] = []
        self.known: tuple[Subscriber, ...] = ()
        self.uses: Counter[int] = Counter()
        self.counted: list[Counted] = []
        self.counts: tuple[dict[tuple[str, int], Polls], Waits] = ({}, Waits())
        self.bodies: dict[str, bytes] = {}
        self.published = Snapshot()
        if documents:
            self.publish(*documents, media=media)

    def publish(self, *documents: Document, media: Iterable[str] = (), at: datetime = NOON) -> None:
        self.bodies = {document.etag: document.body for document in documents}
        self.published = Snapshot(
            generation=self.published.generation + 1,
            documents={document.path: _published(document, at) for document in documents},
            media=frozenset(media),
        )

    def composable(self, query: Query) -> Found | None:
        self._up().queries.append(query)
        return self.composed

    def subscribers(self) -> tuple[Subscriber, ...]:
        return self._up().known

    def subscribers_stamp(self) -> tuple[Subscriber, ...]:
        return self._up().known

    def count_uses(self, uses: Mapping[int, int]) -> None:
        self._up().uses.update(uses)

    def add_counted(self, counted: Counted, now: datetime) -> None:  # noqa: ARG002
        self._up().counted.append(counted)

    def totals(self) -> tuple[dict[tuple[str, int], Polls], Waits]:
        self._up()
        return self.counts

    def generation(self) -> int:
        return self._up().published.generation

    def changed(self) -> bool:
        self._up()
        return True

    def snapshot(self) -> Snapshot:
        return self._up().published

    def body(self, etag: str) -> bytes | None:
        return self._up().bodies.get(etag)

    def health(self) -> str | None:
        return self._up().fault

    def heartbeat(self) -> Heartbeat | None:
        return self._up().alive

    def problems(self) -> tuple[Problem, ...]:
        return self._up().found

    def publications(self) -> tuple[Publication, ...]:
        generation = self._up().published.generation
        return tuple(
            Publication(generation=number, at=NOON, articles=number, feeds=1)
            for number in range(generation, 0, -1)
        )

    def waiting(self) -> int:
        return self._up().requests

    def ask(self) -> int:
        self._up().requests += 1
        return self.requests

    def _up(self) -> "FakeReader":
        if self.down:
            raise StoreError("no route to the store")
        return self


_conforms: type[SnapshotReader] = FakeReader


def _published(document: Document, at: datetime) -> Published:
    return Published(
        path=document.path,
        media_type=document.media_type,
        links=document.links,
        etag=document.etag,
        last_modified=at,
        length=len(document.body),
    )


def serve(reader: SnapshotReader, **settings: Any) -> tuple[Client, CurrentSnapshot]:
    """Return a client of the application, and the snapshot it serves, whose thread is not started."""
    app = create_app(reader, WebSettings(**({"url": "https://example.org/feeds"} | settings)))
    return Client(app), app.extensions["current"]


def open_example() -> FakeReader:
    """What the real server opens in its workers."""
    return FakeReader(make_document(), make_page(""))
