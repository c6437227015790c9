"""What other hosts say of the pictures that articles take from there: type, bytes and pixels.

A picture on somebody else's server is asked for politely: a HEAD, then no more
than its beginning. Only public addresses are asked, whatever a name or a
redirect leads to, so no article can make us look around in our own network.
"""

import ipaddress
import json
import logging
import socket
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from time import monotonic

import urllib3
from urllib3.util import Timeout

from feedsvc.articles.images import measure
from feedsvc.model import Image
from feedsvc.urls import joined, parts_of

log = logging.getLogger(__name__)

_SECONDS = 5.0
_BEGINNING = 64_000  # bytes; enough for the size of nearly every picture
_MOST_REDIRECTS = 3
_AT_ONCE = 8
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGENT = "feedsvc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What was found out; all None if nothing was."""

    media_type: str | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None


class Probe:
    """Asks for pictures, each once for as long as it is remembered."""

    def __init__(self, known: str = "", *, is_allowed: Callable[[str], bool] | None = None) -> None:
        """Begin with what is known.

        Args:
            known: As `dump` gave it.
            is_allowed: Tells which IP addresses may be asked; public ones.
        """
        self._known: dict[str, Probed] = {}
        with suppress(ValueError, TypeError, AttributeError):  # what cannot be read is asked for anew
            self._known = {url: Probed(**told) for url, told in json.loads(known or "{}").items()}
        self._is_allowed = is_allowed or is_public

    def ask(self, urls: Iterable[str]) -> None:
        """Find out about *urls*, several at once, and forget all others."""
        wanted = list(dict.fromkeys(urls))
        fresh = [url for url in wanted if url not in self._known]
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            found = dict(zip(fresh, threads.map(self._probed, fresh), strict=True))
        self._known = {url: self._known.get(url) or found[url] for url in wanted}

    def __call__(self, image: Image) -> Image:
        """Return *image* with what was found out of it, where nothing better is known."""
        found = self._known.get(image.url)
        if found is None:
            return image
        sized = image.width is not None and image.height is not None
        return replace(
            image,
            media_type=found.media_type or image.media_type,
            length=found.length if image.length is None else image.length,
            width=image.width if sized else found.width,
            height=image.height if sized else found.height,
        )

    def dump(self) -> str:
        """Return what is known, for a next time."""
        return json.dumps({url: asdict(told) for url, told in sorted(self._known.items())})

    def _probed(self, url: str) -> Probed:
        try:
            return self._asked(url)
        except (OSError, ValueError, urllib3.exceptions.HTTPError) as error:
            log.info("cannot probe url=%s error=%s", url, error)
            return Probed()

    def _asked(self, url: str) -> Probed:
        url, told = self._followed("HEAD", url, {})
        length = _whole(told.get("Content-Length"))
        _, answer = self._followed("GET", url, {"Range": f"bytes=0-{_BEGINNING - 1}"})
        beginning = answer["body"]
        assert isinstance(beginning, bytes)
        measured = measure(beginning)
        if measured.media_type is None:  # an error page that calls itself a picture
            return Probed()
        return Probed(
            media_type=measured.media_type, length=length, width=measured.width, height=measured.height
        )

    def _followed(
        self, method: str, url: str, headers: Mapping[str, str]
    ) -> tuple[str, Mapping[str, object]]:
        """Return the answer behind redirects, none of which may lead inside, and where it was found."""
        for _ in range(_MOST_REDIRECTS + 1):
            status, told = self._once(method, url, headers)
            if status not in _REDIRECTS:
                if status not in (200, 206):
                    raise ValueError(f"answered {status}")
                return url, told
            url = joined(url, str(told.get("Location", "")))
        raise ValueError("redirected too often")

    def _once(self, method: str, url: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, object]]:
        parts = parts_of(url)
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("no address of the web")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with _pool(parts.scheme, parts.hostname, self._address(parts.hostname, port), port) as pool:
            response = pool.request(
                method,
                (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
                headers={"Host": parts.netloc, "User-Agent": _AGENT, "Accept": "image/*", **headers},
                redirect=False,
                retries=False,
                preload_content=False,
            )
            try:
                body = b"" if method == "HEAD" else _beginning(response, monotonic() + _SECONDS)
                return response.status, {**response.headers, "body": body}
            finally:
                response.close()

    def _address(self, host: str, port: int) -> str:
        """Return the address to ask, if it may be; no second look-up can then give another."""
        found = {str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        if not found or not all(map(self._is_allowed, found)):
            raise ValueError("is not public")
        return sorted(found)[0]


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public network."""
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_global and not (mapped or ip).is_multicast)


def _pool(scheme: str, host: str, address: str, port: int) -> urllib3.HTTPConnectionPool:
    timeout = Timeout(total=_SECONDS)
    if scheme == "https":
        return urllib3.HTTPSConnectionPool(
            address, port, timeout=timeout, maxsize=1, server_hostname=host, assert_hostname=host
        )
    return urllib3.HTTPConnectionPool(address, port, timeout=timeout, maxsize=1)


def _beginning(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """Return the first bytes of an answer, however slowly they come and many there are."""
    body = b""
    while len(body) < _BEGINNING and monotonic() < deadline:
        chunk = response.read1(_BEGINNING - len(body), decode_content=False)
        if not chunk:
            break
        body += chunk
    return body


def _whole(text: object) -> int | None:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 12 else None
