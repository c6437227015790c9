"""Which thread answers: polls the server's own, at once; what may take a while, others.

Threads that share one interpreter lock hand it to each other at a price that
is a third of a poll's. So one thread of the server is awake and serves the
lane; it never waits for Flask, for the store, or for a client that is slow to
take a download. Only a body that is sent slowly has to be waited for in a
thread of the server, and then one of those that are asleep takes its place.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Semaphore
from typing import TYPE_CHECKING, Protocol

from feedsvc.web.answers.fast_path import Lane
from feedsvc.web.answers.media import MEDIA
from feedsvc.web.operator.auth import BODY_READ
from feedsvc.web.replies import NOSNIFF, Headers, Reply, unavailable
from feedsvc.web.threads import BusyError, Threads

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = logging.getLogger(__name__)

_MOST_REQUESTS = 16
_MOST_POSTS = 64
_MOST_DOWNLOADS = 128
_LONGEST_WHOLE = 250_000  # bytes; longer bodies are sent as they are read

_BUSY = unavailable("Too much is being asked for just now. Please try again in a moment.")


class Exchange(Protocol):
    """What the server hands over with a request, to be answered once, from any thread."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer with a whole body."""

    def response_iter(self, status: int, headers: Headers, body: "Parts") -> None:
        """Answer with parts of a body; returns when the client has them all."""


class Parts(Protocol):
    """A body as an application gives it."""

    def __next__(self) -> bytes:
        """Return the next part; raises StopIteration when there is none."""

    def close(self) -> None:
        """Give back what the body holds."""


class Dispatch:
    """Call it for each request.

    Requests that may hang for different reasons have different threads:
    documents that are not in memory wait for the store, media for a disk.

    Attributes:
        lane: Answers from memory what it can.
    """

    def __init__(
        self, lane: Lane, rest: Callable[[Exchange, "WSGIEnvironment"], object], *, spares: int
    ) -> None:
        """Take the lane, and an application that answers all other requests in the calling thread.

        Args:
            spares: Threads that the server has beyond one.
        """
        self.lane = lane
        self._rest = rest
        self._spares = Spares(spares)
        self._documents = Threads("document", most=_MOST_REQUESTS)
        self._requests = Threads("request", most=_MOST_REQUESTS)
        self._media = Threads("media", most=_MOST_REQUESTS)
        # A POST never waits for a thread: until its body is read, a thread of the server waits for it.
        self._posts = Threads("post", most=_MOST_POSTS, waiting=0)
        self._downloads = Threads("download", most=_MOST_DOWNLOADS)

    def __call__(self, exchange: Exchange, environ: "WSGIEnvironment") -> None:
        """Answer, or let another thread answer."""
        try:
            reply = self.lane.recall(environ)
            if reply is not None:
                _send(exchange, environ, reply)
            elif environ["REQUEST_METHOD"] == "POST":
                self._post(exchange, environ)
            else:
                threads = self._threads_for(environ["PATH_INFO"])
                _begin(threads, self._answer, exchange, environ)
        except Exception:
            _fail(exchange)
        # In here, this thread holds the request's body: the connection of a client that never sends the
        # rest would outlive its client, and the worker would wait for it when told to end.
        if not _has_body(environ):
            self._spares.sleep_if_wanted()

    def _threads_for(self, address: str) -> Threads:
        if self.lane.holds(address):
            return self._documents
        return self._media if MEDIA in address else self._requests

    def _post(self, exchange: Exchange, environ: "WSGIEnvironment") -> None:
        read = Event()
        environ[BODY_READ] = read.set

        def answer() -> None:
            try:
                self._answer(exchange, environ)
            finally:
                read.set()

        if _begin(self._posts, lambda *_: answer(), exchange, environ):
            with self._spares.replacing():
                read.wait()  # the server takes the body away when this returns

    def _answer(self, exchange: Exchange, environ: "WSGIEnvironment") -> None:
        try:
            self._rest(_Downloading(exchange, environ, self._downloads), environ)
        except Exception:
            _fail(exchange)


def _has_body(environ: "WSGIEnvironment") -> bool:
    """Return whether the request has a body (RFC 9112, 6.3); of HTTP/2, only if it tells the length."""
    return environ.get("CONTENT_LENGTH", "0") != "0" or "HTTP_TRANSFER_ENCODING" in environ


def _fail(exchange: Exchange) -> None:
    log.exception("this is a fault of feedsvc")
    exchange.response_bytes(500, [NOSNIFF], b"")


def _begin(
    threads: Threads,
    answer: Callable[[Exchange, "WSGIEnvironment"], None],
    exchange: Exchange,
    environ: "WSGIEnvironment",
) -> bool:
    """Let another thread answer; refuse and return False if there is none."""
    try:
        threads(answer, exchange, environ)
    except BusyError:
        _send(exchange, environ, _BUSY)
        return False
    return True


def _send(exchange: Exchange, environ: "WSGIEnvironment", reply: Reply) -> None:
    body = b"" if environ["REQUEST_METHOD"] == "HEAD" else reply.body
    exchange.response_bytes(reply.status, reply.headers, body)


class _Downloading:
    """An exchange whose downloads have threads of their own."""

    def __init__(self, exchange: Exchange, environ: "WSGIEnvironment", threads: Threads) -> None:
        self.response_bytes = exchange.response_bytes
        self._exchange = exchange
        self._environ = environ
        self._threads = threads

    def response_iter(self, status: int, headers: Headers, body: "Parts") -> None:
        if _length(headers) > _LONGEST_WHOLE:
            try:
                self._threads(self._exchange.response_iter, status, headers, body)
            except BusyError:
                body.close()
                _send(self._exchange, self._environ, _BUSY)
            return
        try:
            whole = b"".join(iter(body.__next__, None))
        finally:
            body.close()
        self._exchange.response_bytes(status, headers, whole)


def _length(headers: Headers) -> float:
    """Return the length of the body; infinity if the headers do not say."""
    said = next((value for name, value in headers if name.lower() == "content-length"), "")
    return int(said) if said.isdecimal() else float("inf")


class Spares:
    """Threads of the server that sleep until another one has to wait.

    Each comes here after it has answered a request, and does not go back.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._asleep = 0
        self._replaced = 0
        self._lock = Lock()
        self._wanted = Semaphore(0)

    def sleep_if_wanted(self) -> None:
        """Sleep until needed, unless this is the last that is awake and not waiting."""
        if self._asleep == self._most:
            return
        with self._lock:
            if self._asleep + self._replaced >= self._most:
                return
            self._asleep += 1
        self._wanted.acquire()

    @contextmanager
    def replacing(self) -> Iterator[None]:
        """Have another thread in the place of this one, which may have to wait."""
        with self._lock:
            self._replaced += 1
            if self._asleep:
                self._asleep -= 1
                self._wanted.release()
        try:
            yield
        finally:
            with self._lock:
                self._replaced -= 1
