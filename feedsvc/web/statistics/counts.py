"""Who reads: counted beside the answers, and handed over to the catalogue now and then."""

import logging
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Protocol

from feedsvc.errors import StoreError
from feedsvc.model import Counted, PollKey, Polls, VisitorKey, Visits, Waits
from feedsvc.web.origin import Origins
from feedsvc.web.statistics.clients import OTHER, Client, Reads, client_of, subscribers_of
from feedsvc.web.threads import Loop

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = logging.getLogger(__name__)

HOUR = 3600
SECONDS_UNWRITTEN = 10.0  # so much is lost, should this process be killed
_SECONDS_UNSORTED = 0.2

# Microseconds; a poll that took longer than the last is counted under 0.
BOUNDS = (25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 1_000_000)
_SECONDS = tuple(bound / 1_000_000 for bound in BOUNDS)

# What memory and catalogue can bear, should somebody make up addresses and names.
_MOST_KEYS = 20_000
_MOST_UNLISTED = 100
_LONGEST_SAID = 300


# Compared by identity: to compare what it holds would cost each poll a tenth of its time.
@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """What is counted of an answer; the same for all who asked the same.

    Attributes:
        path: Of the document.
        feed: The folder of the feed; None for what is no feed.
        sent: Bytes of the body.
        saved: Bytes that the document has beyond that.
        conditional: The client said what it has.
        invented: By a date that was never ours.
    """

    path: str
    status: int
    feed: str | None = None
    sent: int = 0
    saved: int = 0
    conditional: bool = False
    invented: bool = False

    def to_head(self) -> "Answered":
        """Return the same for an answer whose body is not sent."""
        return replace(self, sent=0, saved=0)


class CountKeeper(Protocol):
    """What this asks of the catalogue; may raise StoreError."""

    def add_counted(self, counted: Counted, now: datetime) -> None:
        """Add what was counted since the last time."""


class Counts:
    """Call it for each answer; safe to call from many threads, and quick.

    Attributes:
        loop: The thread that adds up and hands over.
    """

    def __init__(
        self, keeper: CountKeeper, origins: Origins, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._keeper = keeper
        self._origins = origins
        self._clock = clock
        self._counting = Lock()
        self._answers: dict[tuple[Answered, str | None, str | None, str | None], int] = {}
        self._taken = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0
        self._sorting = Lock()
        self._unlisted: set[str] = set()
        self._store_gone = False
        self._written = monotonic()
        self.loop = Loop("counts", self._turn, every=_SECONDS_UNSORTED)
        self._begin()

    def __call__(self, answered: Answered, environ: "WSGIEnvironment", seconds: float) -> None:
        """Count an answer that took some seconds to find."""
        said = environ.get
        key = answered, said("HTTP_USER_AGENT"), said("REMOTE_ADDR"), said("HTTP_X_FORWARDED_FOR")
        place = bisect_left(_SECONDS, seconds)
        with self._counting:
            self._answers[key] = self._answers.get(key, 0) + 1
            self._taken[place] += 1
            self._seconds += seconds

    def stop(self) -> None:
        """Hand over what is left."""
        self.loop.stop()
        self.write()

    def write(self) -> None:
        """Hand over; what cannot be is kept, and handed over with what comes."""
        with self._sorting:
            self._sort()
            counted = Counted(
                polls=self._polls,
                visits=self._visits,
                waits=Waits(polls=+self._waits, seconds=self._waited),
            )
            if not counted:
                return
            try:
                self._keeper.add_counted(counted, datetime.fromtimestamp(self._clock(), UTC))
            except Exception as error:  # whatever it is, this thread must live on
                if not self._store_gone:
                    trace = None if isinstance(error, StoreError) else error
                    log.warning("counts are kept for later error=%s", error, exc_info=trace)
                self._store_gone = True
            else:
                self._store_gone = False
                self._begin()

    def _begin(self) -> None:
        self._polls: dict[PollKey, Polls] = {}
        self._visits: dict[VisitorKey, Visits] = {}
        self._waits: Counter[int] = Counter()
        self._waited = 0.0

    def _turn(self) -> None:
        with self._sorting:
            self._sort()
        if monotonic() - self._written >= SECONDS_UNWRITTEN:
            self._written = monotonic()
            self.write()

    def _sort(self) -> None:
        """Add up what came since the last time, which is when it came."""
        now = int(self._clock())
        with self._counting:
            answers, self._answers = self._answers, {}
            taken, self._taken = self._taken, [0] * len(self._taken)
            seconds, self._seconds = self._seconds, 0.0
        for bound, polls in zip((*BOUNDS, 0), taken, strict=True):
            self._waits[bound] += polls
        self._waited += seconds
        for (answered, *said), times in answers.items():
            try:
                self._add(answered, *said, times=times, now=now)
            except Exception:  # whatever it is, the others count and the thread lives on
                log.exception("this is a fault of feedsvc")

    def _add(
        self,
        answered: Answered,
        user_agent: str | None,
        peer: str | None,
        forwarded: str | None,
        *,
        times: int,
        now: int,
    ) -> None:
        said = (user_agent or "")[:_LONGEST_SAID]
        client = self._named(client_of(said))
        self._add_polls(answered, client.name, times, now - now % HOUR)
        if answered.feed is None or client.reads is Reads.NOBODY:
            return
        subscribers = subscribers_of(said)
        many = subscribers or client.reads is Reads.MANY
        origin = "" if many else self._origins(peer, forwarded)
        self._add_visits(VisitorKey(answered.feed, client.name, origin), Visits(times, now, now, subscribers))

    def _named(self, client: Client) -> Client:
        if client.listed or client.name in self._unlisted:
            return client
        if len(self._unlisted) >= _MOST_UNLISTED:
            return client._replace(name=OTHER)
        self._unlisted.add(client.name)
        return client

    def _add_polls(self, answered: Answered, client: str, times: int, hour: int) -> None:
        key = PollKey(hour, answered.path, client, answered.status)
        if key not in self._polls and len(self._polls) >= _MOST_KEYS:
            key = PollKey(hour, OTHER, OTHER, answered.status)
        one = Polls(1, answered.sent, answered.saved, answered.conditional, answered.invented)
        self._polls[key] = self._polls.get(key, Polls()).plus(one, times)

    def _add_visits(self, key: VisitorKey, visits: Visits) -> None:
        before = self._visits.get(key)
        if before is not None:
            self._visits[key] = before.plus(visits)
        elif len(self._visits) < _MOST_KEYS:
            self._visits[key] = visits
