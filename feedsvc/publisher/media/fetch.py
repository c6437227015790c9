"""How another host is asked for a picture. The only module that knows urllib3.

Politely: a HEAD, then no more than the beginning, in a time that the host cannot
stretch. Only public addresses are asked, whatever a name or a redirect leads
to, so no article can make us look around in our own network.
"""

import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Timeout

from feedsvc.articles.images import measure
from feedsvc.text.urls import joined, parts_of

_BEGINNING = 64_000  # bytes; enough for the size of nearly every picture
_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGENT = "feedsvc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a host told of a picture; all None if nothing."""

    media_type: str | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None


def addresses_of(host: str) -> Sequence[str]:
    """Return the IP addresses of a host, each once, those first that the system can reach (RFC 6724)."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [*dict.fromkeys(str(each[4][0]) for each in found)]


class Asking:
    """One picture that is asked for; `end` ends it from another thread, whatever it is waiting for.

    A time limit for each read would not do: a host that sends a byte now and
    then never exceeds one.
    """

    def __init__(
        self,
        is_allowed: Callable[[str], bool],
        *,
        seconds: float,
        look_up: Callable[[str], Sequence[str]] = addresses_of,
    ) -> None:
        """Begin; the time runs from now.

        Args:
            is_allowed: Tells which IP addresses may be asked.
            look_up: Gives the IP addresses of a host.
        """
        self._is_allowed = is_allowed
        self._look_up = look_up
        self._until = monotonic() + seconds
        self._lock = Lock()
        self._line: socket.socket | None = None
        self._ended = False

    @property
    def left(self) -> float:
        """Seconds that are left; 0 once they are over."""
        return max(self._until - monotonic(), 0.0)

    def end(self) -> None:
        """Let whoever waits for the host fail at once."""
        with self._lock:
            self._ended = True
            self._hang_up()

    def ask(self, url: str) -> Told:
        """Return what the host tells.

        Raises:
            OSError, ValueError: It tells nothing.
        """
        try:
            url, headers = self._followed("HEAD", url, {})
            length = _whole(headers.get("content-length"))
            _, answer = self._followed("GET", url, {"Range": f"bytes=0-{_BEGINNING - 1}"})
        except urllib3.exceptions.HTTPError as error:
            raise OSError(str(error)) from None
        finally:
            self.end()
        beginning = answer["body"]
        assert isinstance(beginning, bytes)
        measured = measure(beginning)
        if measured.media_type is None:  # an error page that calls itself a picture
            return Told()
        return Told(
            media_type=measured.media_type, length=length, width=measured.width, height=measured.height
        )

    def _followed(
        self, method: str, url: str, headers: Mapping[str, str]
    ) -> tuple[str, Mapping[str, object]]:
        """Return the answer behind redirects, none of which may lead inside, and where it was found.

        The names of its headers are in lower case; its body is under ``body``.
        """
        for _ in range(_MOST_REDIRECTS + 1):
            status, told = self._once(method, url, headers)
            if status not in _REDIRECTS:
                if status not in (200, 206):
                    raise ValueError(f"answered {status}")
                return url, told
            url = joined(url, str(told.get("location", "")))
        raise ValueError("redirected too often")

    def _once(self, method: str, url: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, object]]:
        parts = parts_of(url)
        if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("no address of the web")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        sent = {"Host": parts.netloc, "User-Agent": _AGENT, "Accept": "image/*", **headers}
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        failed: Exception = OSError("has no address")
        for address in self._addresses(parts.hostname):
            try:
                return self._told(
                    self._pool(parts.scheme, parts.hostname, address, port), method, target, sent
                )
            except urllib3.exceptions.NewConnectionError as error:
                failed = error
        raise failed

    def _told(
        self, pool: urllib3.HTTPConnectionPool, method: str, target: str, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, object]]:
        with pool:
            response = pool.request(
                method, target, headers=headers, redirect=False, retries=False, preload_content=False
            )
            try:
                body = b"" if method == "HEAD" else self._beginning(response)
                # Their names have no case (RFC 9110, 5.1); many hosts write small letters.
                return response.status, {**{n.lower(): v for n, v in response.headers.items()}, "body": body}
            finally:
                response.close()

    def _addresses(self, host: str) -> Sequence[str]:
        """Return the addresses to ask one after another, if all may be; no second look-up gives others."""
        found = self._look_up(host)
        if not all(map(self._is_allowed, found)):
            raise ValueError("is not public")
        return found

    def _pool(self, scheme: str, host: str, address: str, port: int) -> urllib3.HTTPConnectionPool:
        timeout = Timeout(total=max(self.left, 0.001))  # 0 would mean at once, and None without end
        pool: urllib3.HTTPConnectionPool
        if scheme == "https":
            pool = urllib3.HTTPSConnectionPool(
                address, port, timeout=timeout, maxsize=1, server_hostname=host, assert_hostname=host
            )
        else:
            pool = urllib3.HTTPConnectionPool(address, port, timeout=timeout, maxsize=1)
        pool.ConnectionCls = _watched(HTTPSConnection if scheme == "https" else HTTPConnection, self._watch)
        return pool

    def _watch(self, line: socket.socket) -> None:
        """Have a hand on a new connection: a copy, as that for TLS takes the socket itself away."""
        with self._lock:
            self._hang_up()
            if self._ended:
                line.close()
                raise TimeoutError("the time is over")
            self._line = line.dup()

    def _hang_up(self) -> None:
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
            self._line.close()
            self._line = None

    def _beginning(self, response: urllib3.BaseHTTPResponse) -> bytes:
        """Return the first bytes of an answer, however slowly they come and many there are."""
        body = b""
        while len(body) < _BEGINNING and self.left:
            chunk = response.read1(_BEGINNING - len(body), decode_content=False)
            if not chunk:
                break
            body += chunk
        return body


def _watched(kind: type[HTTPConnection], watch: Callable[[socket.socket], None]) -> Any:
    """Return a kind of connection that shows each socket before a byte is sent."""

    class Watched(kind):  # type: ignore[valid-type, misc]
        def _new_conn(self) -> socket.socket:
            line: socket.socket = super()._new_conn()
            watch(line)
            return line

    return Watched


def _whole(text: object) -> int | None:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 12 else None
