"""The shape of an answer, and the headers that many answers share."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from feedsvc.web.statistics.counts import Answered

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Headers = list[tuple[str, str]]

# Whether or not an Origin is sent: a cache would give the answer to one
# without to one with.
CORS: Headers = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Last-Modified, Link"),
]
NOSNIFF = ("X-Content-Type-Options", "nosniff")

OPEN: Headers = [*CORS, NOSNIFF]
"""Of every answer that anybody may read."""

ALLOW = "GET, HEAD, OPTIONS"
PREFLIGHT: Headers = [
    ("Access-Control-Allow-Methods", ALLOW),
    # What readers that run in a browser send with a poll, or with a part of a recording.
    (
        "Access-Control-Allow-Headers",
        "Accept, Accept-Language, A-IM, Cache-Control, Content-Type, If-Modified-Since, If-None-Match,"
        " Pragma, Range, User-Agent",
    ),
    ("Access-Control-Max-Age", "86400"),
]
RETRY_SECONDS = 5
RETRY: Headers = [("Retry-After", str(RETRY_SECONDS))]


# Not frozen: one is made for most polls, and freezing would cost each of them a twentieth.
@dataclass(slots=True)
class Reply:
    """A finished answer; itself a WSGI application.

    Attributes:
        answered: What is counted of it; None if nothing is.
    """

    status: HTTPStatus
    headers: Headers
    body: bytes = field(default=b"", repr=False)
    answered: Answered | None = None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        """Send it; to HEAD without the body, but with its Content-Length (RFC 9110, 9.3.2)."""
        # A server may change the list it is given (PEP 3333), and ours are shared.
        start_response(f"{self.status.value} {self.status.phrase}", [*self.headers])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.body]


def text(
    body: str, status: HTTPStatus = HTTPStatus.OK, headers: Headers | None = None, *, cache: str = "no-store"
) -> Reply:
    """Return a line of plain text for a person, not to be cached unless said so."""
    content = f"{body}\n".encode()
    described = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(content))),
        ("Cache-Control", cache),
    ]
    return Reply(status, [*described, *OPEN, *(headers or [])], content)


def unavailable(reason: str) -> Reply:
    """Return a 503 that says when to come again."""
    return text(reason, HTTPStatus.SERVICE_UNAVAILABLE, RETRY)


_ALLOWED: Headers = [("Allow", ALLOW)]
OPTIONS = Reply(HTTPStatus.NO_CONTENT, [*_ALLOWED, *OPEN, *PREFLIGHT])
REFUSED = text("This address can only be read.", HTTPStatus.METHOD_NOT_ALLOWED, _ALLOWED)
