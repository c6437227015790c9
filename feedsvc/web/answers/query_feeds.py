"""Feeds composed by query: answered from the catalogue, by the rules of all documents."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from http import HTTPStatus
from threading import Lock
from time import perf_counter
from typing import NamedTuple

from flask import Flask, abort, request

from feedsvc.errors import StoreError
from feedsvc.feeds.query_feeds import FOLDER, QueryError, canonical, composed_feed, read_query
from feedsvc.feeds.render import render_as
from feedsvc.model import Document, Format, Published, Query
from feedsvc.web.answers.body_cache import BodyGoneError
from feedsvc.web.answers.encoding import IDENTITY
from feedsvc.web.answers.fast_path import Lane
from feedsvc.web.answers.kept import Kept
from feedsvc.web.answers.prepared import Asked, Page
from feedsvc.web.answers.snapshots import CurrentSnapshot
from feedsvc.web.replies import Reply, text, unavailable
from feedsvc.web.settings import WebSettings

_MOST_KEPT = 1000  # pages, which are without bodies

# When these bytes were there first, nobody knows: no date is sent, and none compared.
_UNKNOWN = datetime.fromtimestamp(0, UTC)


class _Asked(NamedTuple):
    generation: int
    query: str
    form: Format


class Composed(NamedTuple):
    """A composed document.

    Attributes:
        body: Composes the document again, once; for when it is no longer in memory.
    """

    page: Page
    body: Callable[[], bytes]


class Composer:
    """Composes documents; their bodies lie in memory with all others, and make room for them."""

    def __init__(self, current: CurrentSnapshot, settings: WebSettings) -> None:
        """Take the snapshot, and how many entries a feed has."""
        self._current = current
        self._settings = settings
        self._rendering = Lock()
        self._pages = Kept(self._made, most=_MOST_KEPT)

    def __call__(self, query: str, form: Format) -> Composed | None:
        """Return a composed feed in one format; None if feeds are not composed here, or not in it.

        Args:
            query: As `canonical` has it.
        """
        asked = _Asked(self._current().snapshot.generation, query, form)
        page = self._pages(asked)
        if page is None:
            return None
        return Composed(page, cache(partial(self._body, asked, page.document.etag)))

    def _made(self, asked: _Asked) -> Page | None:
        document = self._document(asked)
        if document is None:
            return None
        self._current.bodies(document.etag, IDENTITY, lambda: document.body)
        return Page(_published(document), self._settings)

    def _body(self, asked: _Asked, etag: str) -> bytes:
        """Return the body again; raises BodyGoneError if the catalogue has got news meanwhile."""
        document = self._document(asked)
        if document is None or document.etag != etag:
            self._pages.forget(asked)
            raise BodyGoneError(etag)
        return document.body

    def _document(self, asked: _Asked) -> Document | None:
        query = _read(asked.query, self._settings)
        found = self._current.reader.composable(query)
        if found is None:
            return None
        # To render is work for one processor, and takes some ten times the memory of the document.
        with self._rendering:
            return render_as(composed_feed(found, query, limit=self._settings.limit), asked.form)


def add_composed(app: Flask, current: CurrentSnapshot, lane: Lane, settings: WebSettings) -> None:
    """Answer at ``/feeds/q/``."""
    composer = Composer(current, settings)

    @app.get(f"/{FOLDER}<name>")
    def composed(name: str) -> Reply:
        begun = perf_counter()
        if not settings.composed or name not in tuple(Format):
            abort(HTTPStatus.NOT_FOUND)
        try:
            said = request.query_string.decode(errors="surrogateescape")
            query = canonical(_read(said, settings), limit=settings.limit)
        except QueryError as error:
            return text(f"{error}.", HTTPStatus.BAD_REQUEST)
        if query != said:
            target = f"{settings.url}/{FOLDER}{name}" + (f"?{query}" if query else "")
            cache = f"public, max-age={settings.max_age}"
            return text(
                "One address for one feed.", HTTPStatus.MOVED_PERMANENTLY, [("Location", target)], cache=cache
            )
        try:
            return _answer(composer, lane, query, Format(name), begun) or abort(HTTPStatus.NOT_FOUND)
        except StoreError:
            return unavailable("The store cannot be reached just now. Please try again.")


def _read(query: str, settings: WebSettings) -> Query:
    return read_query(query, limit=settings.limit, most=max(settings.limit, settings.most))


def _answer(composer: Composer, lane: Lane, query: str, form: Format, begun: float) -> Reply | None:
    said = request.headers.get
    asked = Asked(request.path, said("If-None-Match"), None, said("Accept-Encoding"), said("Sec-Fetch-Dest"))
    try:
        found = composer(query, form)
        return found and lane.answer_composed(found.page, asked, found.body, request.environ, begun)
    except BodyGoneError:
        found = composer(query, form)
        return found and lane.answer_composed(found.page, asked, found.body, request.environ, begun)


def _published(document: Document) -> Published:
    return Published(
        path=document.path,
        media_type=document.media_type,
        links=document.links,
        etag=document.etag,
        last_modified=_UNKNOWN,
        length=len(document.body),
    )
