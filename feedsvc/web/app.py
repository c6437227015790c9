"""The Flask application: what is not a document, and the lane for what is."""

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, abort, request
from werkzeug.exceptions import HTTPException

from feedsvc.articles.paths import shown
from feedsvc.web.answers.fast_path import Lane
from feedsvc.web.answers.media import deliver
from feedsvc.web.answers.query_feeds import add_composed
from feedsvc.web.answers.snapshots import CurrentSnapshot, SnapshotReader
from feedsvc.web.operator.admin import add_admin
from feedsvc.web.operator.probes import probes
from feedsvc.web.origin import Origins
from feedsvc.web.replies import OPEN, OPTIONS, PREFLIGHT, REFUSED, Reply, text, unavailable
from feedsvc.web.settings import WebSettings
from feedsvc.web.statistics.counts import Counts

log = logging.getLogger(__name__)

_ALL = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
_A_DAY = "public, max-age=86400"
_NOTHING_YET = "Nothing has been published yet. Please try again in a moment."
_WORDS = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address takes other methods only; Allow says which.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The disk does not answer just now. Please try again in a moment.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here, and has been written to the log.",
}


class _Quiet(Flask):
    """Flask would write the path of a request into the log, and with it a subscriber's key."""

    def log_exception(self, exc_info: Any) -> None:
        """Log the exception, and nothing of the request."""
        log.error("this is a fault of feedsvc", exc_info=exc_info)


def create_app(reader: SnapshotReader, settings: WebSettings) -> Flask:
    """Return the application, serving what *reader* has published.

    Its `CurrentSnapshot` is ``app.extensions["current"]``, its `Counts`, if it counts,
    ``app.extensions["counts"]``; the caller starts them, once the process that will serve has been reached.
    """
    app = _Quiet(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # Werkzeug would redirect to the Host of the request
    current = app.extensions["current"] = CurrentSnapshot(reader, settings)
    _add_files(app, current, settings)
    _add_errors(app, current)
    counts = Counts(reader, Origins(settings.trusted_proxies)) if settings.statistics else None
    app.extensions["counts"] = counts
    loops = [*current.loops, *([counts.loop] if counts else [])]
    add_admin(app, current, settings, loops)
    app.after_request(_share)  # runs before what add_admin has added
    probe_replies = probes(current, loops)
    for address, answer in probe_replies.items():  # to other methods than the lane's
        app.add_url_rule(address, address, answer)
    lane = Lane(app.wsgi_app, current, settings, counts, probes=probe_replies)
    add_composed(app, current, lane, settings)
    app.wsgi_app = lane  # type: ignore[method-assign]
    return app


def _add_files(app: Flask, current: CurrentSnapshot, settings: WebSettings) -> None:
    @app.get("/media/<path:path>")
    def media(path: str) -> Response:
        known = current().snapshot.media
        # The first versions had names in addresses as they are.
        path = path if path in known else shown(path)
        if settings.articles is None or path not in known:
            abort(HTTPStatus.NOT_FOUND)
        return deliver(settings.articles, path) or abort(HTTPStatus.NOT_FOUND)

    @app.route("/private/<key>/media/<path:path>", methods=_ALL, provide_automatic_options=False)
    def private_media(key: str, path: str) -> Response | Reply:
        if request.method == "OPTIONS":  # whoever asks: that says nothing of the key
            return OPTIONS
        subscriber = current.keys(key)
        if subscriber is None or settings.articles is None:
            abort(HTTPStatus.NOT_FOUND)
        if path not in current().snapshot.private.get(subscriber.feed, ()):
            abort(HTTPStatus.NOT_FOUND)
        if request.method not in ("GET", "HEAD"):
            return REFUSED
        return deliver(settings.articles, path, private=True) or abort(HTTPStatus.NOT_FOUND)

    @app.get("/robots.txt")
    def robots() -> Reply:
        return text("User-agent: *\nDisallow: /private/", cache=_A_DAY)

    @app.get("/favicon.ico")
    def favicon() -> Reply:
        return Reply(HTTPStatus.NO_CONTENT, [("Cache-Control", _A_DAY)])


def _add_errors(app: Flask, current: CurrentSnapshot) -> None:
    @app.errorhandler(HTTPException)
    def explain(error: HTTPException) -> Reply:
        status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
        if status == HTTPStatus.NOT_FOUND and request.method == "OPTIONS":
            # A browser shows a script no 404, and no redirect, unless it has had leave to ask (Fetch, 4.8).
            return OPTIONS
        if status == HTTPStatus.NOT_FOUND and current().snapshot.generation == 0:
            return unavailable(_NOTHING_YET)
        # Allow and Content-Range belong to the error, the type to its HTML page.
        headers = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]
        return text(_WORDS.get(status) or status.description, status, headers)


def _share(response: Response) -> Response:
    response.headers.update(OPEN)
    if request.method == "OPTIONS" and response.status_code == HTTPStatus.OK:
        response.headers.update(PREFLIGHT)
        response.status_code = HTTPStatus.NO_CONTENT
    if response.status_code == HTTPStatus.NO_CONTENT:
        del response.headers["Content-Type"]
    return response
