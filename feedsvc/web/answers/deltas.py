"""Deltas: to clients that ask for no more, only the entries that are new since what they have (RFC 3229).

Never through a cache: one that revalidates for its clients asks with an ETag of
its own, and would hand a part of the feed to readers who need the whole.
"""

import re
from functools import partial
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING

from feedsvc.feeds.delta import delta
from feedsvc.model import Format
from feedsvc.web.answers.body_cache import Bodies, BodyGoneError
from feedsvc.web.answers.conditional import tags_of
from feedsvc.web.answers.delta_readers import takes_deltas
from feedsvc.web.answers.encoding import IDENTITY, Coded, negotiate
from feedsvc.web.answers.kept import Kept
from feedsvc.web.answers.prepared import Asked, Page
from feedsvc.web.origin import Origins
from feedsvc.web.replies import OPEN, Headers, Reply
from feedsvc.web.settings import WebSettings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_FEEDS = frozenset({Format.RSS.media_type, Format.ATOM.media_type})
_OURS = re.compile(r"[0-9a-f]{32}")
_MOST_KEPT = 10_000  # pairs of versions of which is known whether there is a delta
_MOST_TAGS = 5


class _NoDeltaError(Exception):
    """There is nothing to send but the whole."""


class Deltas:
    """Call it for the answer to a request that takes deltas; safe to call from many threads."""

    def __init__(self, bodies: Bodies, origins: Origins, settings: WebSettings) -> None:
        """Take where all bodies lie, what knows the addresses of caches, and who gets deltas."""
        self._bodies = bodies
        self._origins = origins
        self._to = settings.deltas
        self._making = Lock()
        self._worth = Kept(self._is_worth_it, most=_MOST_KEPT)

    def wanted(self, environ: "WSGIEnvironment") -> bool:
        """Return whether the client itself, and no cache, asks for deltas of feeds, and may get them."""
        accepted = environ.get("HTTP_A_IM")
        if accepted is None or self._to is False or "HTTP_VIA" in environ:
            return False
        if self._to == "known" and not takes_deltas(environ.get("HTTP_USER_AGENT", "")):
            return False
        manipulations = (each.partition(";")[0].strip().lower() for each in accepted.split(","))
        return "feed" in manipulations and not self._origins.is_proxy(environ.get("REMOTE_ADDR", ""))

    def __call__(self, page: Page, asked: Asked) -> Reply | None:
        """Return what is new since one of the versions that the client names; None if it needs the whole."""
        if page.document.media_type not in _FEEDS or asked.if_none_match is None:
            return None
        known = [tag for tag in tags_of(asked.if_none_match) if _OURS.fullmatch(tag)][:_MOST_TAGS]
        pairs = ((page.document.etag, tag) for tag in known)
        pair = next(filter(self._worth, pairs), None)
        if pair is None:
            return None
        try:
            return _reply(page, asked, self._body(pair, negotiate(asked.accept_encoding or "")))
        except _NoDeltaError:  # it has left the memory, and its old version the catalogue
            return None

    def _is_worth_it(self, pair: tuple[str, str]) -> bool:
        try:
            self._body(pair, IDENTITY)
        except _NoDeltaError:
            return False
        return True

    def _body(self, pair: tuple[str, str], coding: str) -> Coded:
        return self._bodies("..".join(pair), coding, partial(self._made, *pair))

    def _made(self, etag: str, old: str) -> bytes:
        """Return what is new in one body since another.

        Raises:
            _NoDeltaError: That is not kept, is none of the feed, or the whole is not longer.
        """
        try:
            before = self._bodies(old, IDENTITY).body
        except BodyGoneError:  # older than what is kept, or nobody's
            raise _NoDeltaError from None
        new = self._bodies(etag, IDENTITY).body
        try:
            with self._making:  # the trees of two documents take some ten times their memory
                made = delta(new, before)
        except ValueError:
            raise _NoDeltaError from None
        if len(made) >= len(new):
            raise _NoDeltaError
        return made


def _reply(page: Page, asked: Asked, coded: Coded) -> Reply:
    headers: Headers = [
        ("Content-Type", page.document.media_type),
        ("Content-Length", str(len(coded.body))),
        ("ETag", f'W/"{page.document.etag}"'),  # of the whole, which the client has now
        page.last_modified,
        ("IM", "feed"),
        ("Cache-Control", "no-store, im"),
        ("Vary", "Accept-Encoding, A-IM"),
        *OPEN,
    ]
    if coded.coding != IDENTITY:
        headers.append(("Content-Encoding", coded.coding))
    if page.document.links:
        headers.append(("Link", page.document.links))
    answered = page.answered(HTTPStatus.IM_USED, asked, len(coded.body))
    return Reply(HTTPStatus.IM_USED, headers, coded.body, answered)
