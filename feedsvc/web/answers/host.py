"""Whether a request names one host, as HTTP/1.1 demands (RFC 9112, 3.2).

Two Host headers, of which a proxy before us reads one and we another, are how
requests are smuggled; the server joins them by a comma.
"""

import re
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from feedsvc.web.replies import text

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# A name or an address, and a port (RFC 3986, 3.2.2); without the comma that a name might have.
_HOST = re.compile(r"(?:[\w.~!$&'()*+;=%-]+|\[[\w.:~%-]+\])(?::[0-9]*)?", re.ASCII)
_LONGEST = 300  # characters: a name of the DNS has 253

MISDIRECTED = text(
    "A request names one host, in one Host header; this one names none, several, or something else.",
    HTTPStatus.BAD_REQUEST,
)


def names_one_host(environ: "WSGIEnvironment") -> bool:
    """Return whether a request has the one host that its version of HTTP demands; HTTP/1.0 demands none.

    An empty one is that of no http address (RFC 9110, 4.2.1). The server shows
    it like one that is not there, and like one of other characters than ASCII.
    """
    host = environ.get("HTTP_HOST")
    if not host:
        return environ.get("SERVER_PROTOCOL") != "HTTP/1.1"
    return len(host) <= _LONGEST and _is_host(host)


@lru_cache(maxsize=256)
def _is_host(host: str) -> bool:
    return _HOST.fullmatch(host) is not None
