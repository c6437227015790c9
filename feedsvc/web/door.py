"""Who may pass the operator's door: whoever has the admin token, or what only its owner can make of it."""

import hmac
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import request
from werkzeug.http import dump_cookie

from feedsvc.web.replies import Reply, text

_COOKIE = "feedsvc_admin"
_THIRTY_DAYS = 2_592_000  # seconds

# Where GitHub, Gitea and Forgejo put the HMAC-SHA256 of a webhook's body, and what
# they write before its hexadecimal digits.
_SIGNATURES = {"X-Hub-Signature-256": "sha256=", "X-Gitea-Signature": "", "X-Forgejo-Signature": ""}
_LONGEST_BODY = 25 * 1024 * 1024  # bytes; GitHub sends no longer ones
_READ_AT_ONCE = 65_536

# One answer, whatever was wrong: nobody shall learn which part of a guess was right.
_REFUSED = text(
    "This is for the operator: open the link that `feedsvc serve` prints, or send the admin token as bearer.",
    HTTPStatus.UNAUTHORIZED,
    [("WWW-Authenticate", 'Bearer realm="feedsvc"')],
)


class Door:
    """Call it before an operator's address answers; what it returns, if anything, is the answer instead."""

    def __init__(self, token: str, url: str) -> None:
        """Take the admin token, in ASCII, and the address of the feeds, which the cookie is for."""
        self._token = token
        self._url = url
        # A browser keeps its cookies in a file: what lies there opens nothing else.
        self._badge = self._hmac(b"feedsvc admin cookie").hexdigest()

    def __call__(self) -> Reply | None:
        """Let in, refuse, or turn a link with the token into a cookie."""
        if request.method == "OPTIONS":  # says nothing that the documentation does not
            return None
        if request.method != "POST" and (given := dict(_query()).get("token")) is not None:
            return self._enter() if _same(given, self._token) else _REFUSED
        return None if self._has_token() or self._has_badge() or self._is_signed() else _REFUSED

    def _has_token(self) -> bool:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and _same(given.strip(), self._token)

    def _has_badge(self) -> bool:
        # A browser may send two of one name, for two paths of a host.
        return any(_same(given, self._badge) for given in request.cookies.getlist(_COOKIE))

    def _is_signed(self) -> bool:
        """Return whether a forge has signed the body; reads it only if somebody claims that.

        Raises:
            RequestEntityTooLarge: it is longer than any that is sent in earnest.
        """
        given = [(name, request.headers[name]) for name in _SIGNATURES if name in request.headers]
        if request.method != "POST" or not given:
            return False
        request.max_content_length = _LONGEST_BODY
        digest = self._hmac()
        for part in iter(partial(request.stream.read, _READ_AT_ONCE), b""):
            digest.update(part)
        return any(_same(value, _SIGNATURES[name] + digest.hexdigest()) for name, value in given)

    def _enter(self) -> Reply:
        """Give a cookie and the same address without the token, which would stay in histories and logs."""
        rest = [(name, value) for name, value in _query() if name != "token"]
        query = f"?{urlencode(rest, encoding='latin-1')}" if rest else ""
        cookie = dump_cookie(
            _COOKIE,
            self._badge,
            max_age=_THIRTY_DAYS,
            path=f"{urlsplit(self._url).path}/",
            secure=self._url.startswith("https:"),
            httponly=True,
            samesite="Strict",
        )
        headers = [("Location", f"{self._url}{request.path}{query}"), ("Set-Cookie", cookie)]
        return text("You are let in.", HTTPStatus.SEE_OTHER, headers)

    def _hmac(self, message: bytes = b"") -> hmac.HMAC:
        return hmac.new(self._token.encode(), message, "sha256")


def _query() -> list[tuple[str, str]]:
    """Return the parameters of the query, byte for byte: Werkzeug fails at what is no UTF-8."""
    return parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True, encoding="latin-1")


def _same(given: str, expected: str) -> bool:
    """Return whether they are equal, in a time that does not tell how nearly."""
    return hmac.compare_digest(given.encode(), expected.encode())
