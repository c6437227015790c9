"""Fair shares: who fetches again and again in full is asked to wait (RFC 6585, 4)."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from ipaddress import ip_address, ip_network
from math import ceil
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from feedsvc.web.origin import Origins
from feedsvc.web.replies import Reply, text
from feedsvc.web.settings import WebSettings
from feedsvc.web.statistics.counts import Answered

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = logging.getLogger(__name__)

_DAY = 86_400  # seconds
_LONGEST_SAID = 300


class _Who(NamedTuple):
    origin: str
    user_agent: str
    path: str
    query: str


@dataclass(slots=True)
class _Fetches:
    """What somebody has fetched of one document in full.

    Attributes:
        last: When it was given, in seconds of the clock.
        begun: When the first of `blind` was.
        blind: How often since then, for requests that did not say what they have.
    """

    last: float
    begun: float
    blind: int = 0


class Fairness:
    """Call it before a feed is sent whole; safe to call from many threads.

    What can be answered 304 is never refused, nor a first fetch. Each worker
    counts for itself, and remembers those who came last.
    """

    def __init__(
        self,
        settings: WebSettings,
        origins: Origins,
        *,
        clock: Callable[[], float] = time.monotonic,
        most: int = 50_000,
    ) -> None:
        """Take the limits, who tells clients apart, and how many of them to remember."""
        self._interval = settings.min_interval
        self._blind = settings.require_validators_after
        self._unlimited = tuple(map(ip_network, settings.unlimited))
        self._origins = origins
        self._clock = clock
        self._most = most
        self._lock = Lock()
        self._known: OrderedDict[_Who, _Fetches] = OrderedDict()
        self._warned = False

    def __call__(self, answered: Answered, environ: "WSGIEnvironment", query: str = "") -> Reply | None:
        """Return the refusal to give what is asked for; None if it may be given, and then it counts."""
        origin = self._limited(environ)
        if not origin:
            return None
        who = _Who(origin, environ.get("HTTP_USER_AGENT", "")[:_LONGEST_SAID], answered.path, query)
        with self._lock:
            wait = self._wait(who, conditional=answered.conditional)
        return _refusal(wait, answered) if wait > 0 else None

    def _limited(self, environ: "WSGIEnvironment") -> str:
        """Return whose share it is; "" if nobody's, since we cannot tell or they may have all."""
        peer, forwarded = environ.get("REMOTE_ADDR"), environ.get("HTTP_X_FORWARDED_FOR")
        address = self._origins.address(peer, forwarded)
        if forwarded and address == peer and not self._warned:
            self._warned = True
            log.warning("clients of a proxy look like one address=%s; is it in server.trusted_proxies?", peer)
        if not address or any(ip_address(address) in network for network in self._unlimited):
            return ""
        return self._origins(peer, forwarded)

    def _wait(self, who: _Who, *, conditional: bool) -> float:
        """Return the seconds to wait; if there are none, remember that it was given."""
        now = self._clock()
        fetches = self._known.get(who)
        if fetches is None:
            fetches = self._known[who] = _Fetches(now - self._interval, now)
            if len(self._known) > self._most:
                self._known.popitem(last=False)
        if now - fetches.begun >= _DAY:
            fetches.begun, fetches.blind = now, 0
        wait = fetches.last + self._interval - now
        if self._blind and not conditional and fetches.blind >= self._blind:
            wait = max(wait, fetches.begun + _DAY - now)
        if wait <= 0:
            fetches.last = now
            fetches.blind += not conditional
            self._known.move_to_end(who)
        return wait


def _refusal(wait: float, answered: Answered) -> Reply:
    reply = text(
        "You have fetched this just before. Ask again later, and with If-None-Match: that is always welcome.",
        HTTPStatus.TOO_MANY_REQUESTS,
        [("Retry-After", str(ceil(wait)))],
    )
    reply.answered = replace(
        answered, status=HTTPStatus.TOO_MANY_REQUESTS.value, sent=len(reply.body), saved=0
    )
    return reply
