"""Feeds composed by query: answered from the catalogue, by the rules of all documents."""

from datetime import UTC, datetime
from http import HTTPStatus
from time import perf_counter
from typing import NamedTuple

from flask import Flask, abort, request

from feedsvc.errors import StoreError
from feedsvc.feeds.compose import FOLDER, QueryError, canonical, composed_feed, read_query
from feedsvc.feeds.documents import render_feed
from feedsvc.model import Document, Format, Published, Query
from feedsvc.web.current import CurrentSnapshot
from feedsvc.web.kept import Kept
from feedsvc.web.lane import Lane
from feedsvc.web.page import Asked, Page
from feedsvc.web.replies import Reply, text, unavailable
from feedsvc.web.settings import WebSettings

_MOST_KEPT = 200

# When these bytes were there first, nobody knows: no date is sent, and none compared.
_UNKNOWN = datetime.fromtimestamp(0, UTC)


class _Asked(NamedTuple):
    generation: int
    query: str
    form: Format


class Composer:
    """Composes documents, and keeps those asked for last."""

    def __init__(self, current: CurrentSnapshot, settings: WebSettings) -> None:
        """Take the snapshot, and how many entries a feed has."""
        self._current = current
        self._settings = settings
        self._kept = Kept(self._made, most=_MOST_KEPT)

    def __call__(self, query: str, form: Format) -> Document | None:
        """Return a composed feed in one format; None if feeds are not composed here, or not in it.

        Args:
            query: As `canonical` has it.
        """
        return self._kept(_Asked(self._current().snapshot.generation, query, form))

    def _made(self, asked: _Asked) -> Document | None:
        query = _read(asked.query, self._settings)
        found = self._current.reader.composable(query)
        if found is None:
            return None
        feed = composed_feed(found, query, limit=self._settings.limit)
        return next((each for each in render_feed(feed) if each.path == FOLDER + asked.form), None)


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
            document = composer(query, Format(name))
        except StoreError:
            return unavailable("The store cannot be reached just now. Please try again.")
        return _reply(document, lane, settings, begun) if document else abort(HTTPStatus.NOT_FOUND)


def _read(query: str, settings: WebSettings) -> Query:
    return read_query(query, limit=settings.limit, most=max(settings.limit, settings.most))


def _reply(document: Document, lane: Lane, settings: WebSettings, begun: float) -> Reply:
    page = Page(
        Published(
            path=document.path,
            media_type=document.media_type,
            links=document.links,
            etag=document.etag,
            last_modified=_UNKNOWN,
            length=len(document.body),
        ),
        settings,
    )
    said = request.headers.get
    asked = Asked(
        request.path,
        said("If-None-Match"),
        None,
        said("Accept-Encoding"),
        said("Sec-Fetch-Dest"),
    )
    return lane.answer_composed(page, asked, document.body, request.environ, begun)
