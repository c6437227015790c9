"""The express lane: documents are answered here, in front of Flask's routing.

A poll costs a look-up in a dictionary and a comparison of tags. Whatever is
not a document goes on to the application behind.
"""

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from feedsvc.errors import StoreError
from feedsvc.web.bodies import BodyGoneError
from feedsvc.web.conditional import not_modified
from feedsvc.web.current import CurrentSnapshot, Prepared
from feedsvc.web.encoding import IDENTITY, negotiate
from feedsvc.web.page import Page
from feedsvc.web.replies import ALLOW, CORS, PREFLIGHT, Headers, Reply, text, unavailable
from feedsvc.web.settings import WebSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ALLOWED: Headers = [("Allow", ALLOW)]
_OPTIONS = Reply(HTTPStatus.NO_CONTENT, [*_ALLOWED, *CORS, *PREFLIGHT])
_REFUSED = text("This address can only be read.", HTTPStatus.METHOD_NOT_ALLOWED, _ALLOWED)


class Lane:
    """A WSGI application that serves the current snapshot's documents, and asks *behind* for the rest."""

    def __init__(
        self,
        behind: "WSGIApplication",
        current: CurrentSnapshot,
        settings: WebSettings,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._behind = behind
        self._current = current
        self._settings = settings
        self._clock = clock

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer from one snapshot, whole."""
        reply = self._try_twice(environ)
        return (reply or self._behind)(environ, start_response)

    def _try_twice(self, environ: "WSGIEnvironment") -> Reply | None:
        prepared = self._current()
        try:
            try:
                return self._answer(prepared, environ)
            except BodyGoneError:
                return self._answer(self._current.reload(prepared), environ)
        except StoreError:
            return unavailable("The store cannot be reached just now. Please try again.")

    def _answer(self, prepared: Prepared, environ: "WSGIEnvironment") -> Reply | None:
        address = environ["PATH_INFO"]
        method = environ["REQUEST_METHOD"]
        page = prepared.page(address)
        if page is None:
            folder = prepared.folder(address)
            return None if folder is None else self._moved(folder)
        if method in ("GET", "HEAD"):
            return self._deliver(page, environ)
        return _OPTIONS if method == "OPTIONS" else _REFUSED

    def _moved(self, folder: str) -> Reply:
        location = ("Location", f"{self._settings.url}/{quote(folder)}")
        cache = f"public, max-age={self._settings.max_age}"
        return text("It is a folder.", HTTPStatus.PERMANENT_REDIRECT, [location], cache=cache)

    def _deliver(self, page: Page, environ: "WSGIEnvironment") -> Reply:
        # A date that lies ahead of our clock must not be sent (RFC 9110, 8.8.2.1).
        dated = page.document.last_modified.timestamp() <= self._clock()
        if not_modified(
            environ.get("HTTP_IF_NONE_MATCH"),
            environ.get("HTTP_IF_MODIFIED_SINCE"),
            etag=page.document.etag,
            modified=page.document.last_modified if dated else None,
            strict=self._settings.strict_ims,
        ):
            return Reply(HTTPStatus.NOT_MODIFIED, page.unchanged)
        coding = negotiate(environ.get("HTTP_ACCEPT_ENCODING", "")) if page.compressible else IDENTITY
        as_xml = page.shown and environ.get("HTTP_SEC_FETCH_DEST") == "document"
        coded = self._current.bodies(page.document.etag, coding)
        headers = page.full.get((coding, as_xml))
        if headers is None:
            headers = page.full[coding, as_xml] = page.describe(coded, as_xml=as_xml)
        return Reply(HTTPStatus.OK, [*headers, page.last_modified] if dated else headers, coded.body)
