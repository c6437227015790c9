"""Who may pass the operator's door: whoever has the admin token, or what only its owner can make of it."""

import hmac
import re
from functools import partial
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import IO
from urllib.parse import parse_qsl, urlencode

from flask import request
from werkzeug.http import dump_cookie

from feedsvc.text.urls import parts_of
from feedsvc.web.replies import Reply, text, unavailable
from feedsvc.web.threads import BusyError, Patience, StuckError

_COOKIE = "feedsvc_admin"
_PORTS = {"http": 80, "https": 443}
_THIRTY_DAYS = 2_592_000  # seconds

# Where GitHub, Gitea and Forgejo put the HMAC-SHA256 of a webhook's body, and what
# they write before its hexadecimal digits.
_SIGNATURES = {"X-Hub-Signature-256": "sha256=", "X-Gitea-Signature": "", "X-Forgejo-Signature": ""}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST_BODY = 25 * 1024 * 1024  # bytes; GitHub sends no longer ones
_READ_AT_ONCE = 65_536

# Whoever sends a body and then falls silent holds a thread of the server, and needs no token for that:
# all others are left to the readers of feeds.
BODIES_AT_ONCE = 4

BODY_READ = "feedsvc.body_read"
"""In the environment of a POST: a function to call once its body is read, so that a thread of the server
need not wait for the answer."""

# One answer, whatever was wrong: nobody shall learn which part of a guess was right.
_REFUSED = text(
    "This is for the operator: open the link that `feedsvc serve` prints, or send the admin token as bearer.",
    HTTPStatus.UNAUTHORIZED,
    [("WWW-Authenticate", 'Bearer realm="feedsvc"')],
)
_FOREIGN = text(
    "This was asked for by a page of another site. Open the status page here, and press its button.",
    HTTPStatus.FORBIDDEN,
)
_SLOW = text("The body took too long to come.", HTTPStatus.REQUEST_TIMEOUT)
_BUSY = unavailable("Too many webhooks are being read just now. Please try again.")


class Door:
    """Call it before an operator's address answers; what it returns, if anything, is the answer instead."""

    def __init__(self, token: str, *, url: str, patience: float = 30.0) -> None:
        """Take the admin token, in ASCII, and where the feeds are reached.

        Args:
            patience: Seconds that a signed body may take.
        """
        self._key = token.encode()
        self._token = token
        self._secure = url.startswith("https:")
        self._host = _host(url)
        # A browser keeps its cookies in a file: what lies there opens nothing else. Hence a key of its
        # own: made with the token, it would be a webhook's signature, of whatever body it was made from.
        key = hmac.digest(self._key, b"feedsvc admin cookie key", "sha256")
        self._badge = hmac.digest(key, b"feedsvc admin cookie", "sha256").hex()
        self._bodies = BoundedSemaphore(BODIES_AT_ONCE)
        self._reading = Patience("body", seconds=patience, most=BODIES_AT_ONCE)

    def __call__(self) -> Reply | None:
        """Let in, refuse, or turn a link with the token into a cookie."""
        if request.method == "OPTIONS":  # says nothing that the documentation does not
            return None
        if request.method != "POST" and (given := dict(_query()).get("token")) is not None:
            return self._enter() if _same(given, self._token) else _REFUSED
        refusal = None if self._has_token() else self._check_badge()
        if BODY_READ in request.environ:
            request.environ[BODY_READ]()
        return refusal

    def _has_token(self) -> bool:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and _same(given.strip(), self._token)

    def _has_badge(self) -> bool:
        # A browser may send two of one name, for two paths of a host.
        return any(_same(given, self._badge) for given in request.cookies.getlist(_COOKIE))

    def _check_badge(self) -> Reply | None:
        """Let in a browser that has the cookie; a POST has effects, so only if a page of ours sends it."""
        if not self._has_badge():
            return self._check_signature()
        return None if request.method != "POST" or self._is_asked_by_us() else _FOREIGN

    def _is_asked_by_us(self) -> bool:
        """Return whether a page of ours asks; `SameSite=Strict` admits every page of our domain."""
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site == "same-origin"
        # Browsers do not send that to an address of http. Then the origin must be our configured
        # host, or the one in Host, as through a mapped port.
        asking = _host(request.headers.get("Origin", ""))
        return asking != "" and asking in (self._host, request.headers.get("Host"))

    def _check_signature(self) -> Reply | None:
        """Let in whom a forge has signed the body for; reads it only if somebody claims that.

        Raises:
            RequestEntityTooLarge: it is longer than any that is sent in earnest.
        """
        claimed = _claimed_signatures()
        if request.method != "POST" or not claimed:
            return _REFUSED
        request.max_content_length = _LONGEST_BODY
        if not self._bodies.acquire(blocking=False):
            return _BUSY
        try:
            signature = self._reading(partial(self._sign, request.stream))
        except BusyError:
            return _BUSY
        except StuckError:
            return _SLOW
        finally:
            self._bodies.release()
        return None if any(_same(given, signature) for given in claimed) else _REFUSED

    def _sign(self, body: IO[bytes]) -> str:
        digest = hmac.new(self._key, digestmod="sha256")
        for part in iter(partial(body.read, _READ_AT_ONCE), b""):
            digest.update(part)
        return digest.hexdigest()

    def _enter(self) -> Reply:
        """Give a cookie and the same address without the token, which would stay in histories and logs."""
        rest = [(name, value) for name, value in _query() if name != "token"]
        query = f"?{urlencode(rest, encoding='latin-1')}" if rest else ""
        cookie = dump_cookie(
            _COOKIE,
            self._badge,
            max_age=_THIRTY_DAYS,
            path=None,  # then it is for the folder of this very address, however reached (RFC 6265, 5.1.4)
            secure=self._secure,  # with https configured, another port by http gets no cookie back
            httponly=True,
            samesite="Strict",
        )
        # Relative (RFC 9110, 10.2.2): what the browser asked may have another host, port or path in front.
        page = request.path.rpartition("/")[2]
        return text(
            "You are let in.", HTTPStatus.SEE_OTHER, [("Location", page + query), ("Set-Cookie", cookie)]
        )


def _host(url: str) -> str:
    """Return host and port of an absolute URL as a browser writes them; "" if *url* is no such URL."""
    parts = parts_of(url)
    if parts is None or parts.scheme not in _PORTS or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return host if parts.port in (None, _PORTS[parts.scheme]) else f"{host}:{parts.port}"


def _claimed_signatures() -> list[str]:
    """Return the digests in the headers of forges; what cannot be one is not worth reading a body for."""
    given = (
        request.headers[name].removeprefix(before)
        for name, before in _SIGNATURES.items()
        if name in request.headers and request.headers[name].startswith(before)
    )
    return [digest for digest in given if _DIGEST.fullmatch(digest)]


def _query() -> list[tuple[str, str]]:
    """Return the parameters of the query, byte for byte: Werkzeug fails at what is no UTF-8."""
    return parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True, encoding="latin-1")


def _same(given: str, expected: str) -> bool:
    """Return whether they are equal, in a time that does not tell how nearly."""
    return hmac.compare_digest(given.encode(), expected.encode())
