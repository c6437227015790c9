"""Who reads: counted beside the answers, and handed over to the catalogue now and then."""

import logging
import time
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from feedsvc.errors import StoreError
from feedsvc.model import Counted, PollKey, Polls, VisitorKey, Visits, Waits
from feedsvc.web.clients import OTHER, Client, Reads, client_of, subscribers_of
from feedsvc.web.origin import Origins

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = logging.getLogger(__name__)

HOUR = 3600
SECONDS_UNWRITTEN = 10.0  # so much is lost, should this process be killed
_SECONDS_UNSORTED = 0.2

# Microseconds; a poll that took longer than the last is counted under 0.
BOUNDS = (25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 1_000_000)

# What memory and catalogue can bear, should somebody make up addresses and names.
_MOST_UNSORTED = 500_000
_MOST_KEYS = 20_000
_MOST_UNLISTED = 100
_LONGEST_SAID = 300

T = TypeVar("T")


class Answered(NamedTuple):
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
        return self._replace(sent=0, saved=0)


class CountKeeper(Protocol):
    """What this asks of the catalogue; may raise StoreError."""

    def add_counted(self, counted: Counted, now: datetime) -> None:
        """Add what was counted since the last time."""


class Counts:
    """Call it for each answer; safe to call from many threads, and quick.

    A thread of its own adds up and hands over.
    """

    def __init__(
        self, keeper: CountKeeper, origins: Origins, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._keeper = keeper
        self._origins = origins
        self._clock = clock
        # Appending to one is safe without a lock, where adding to a number is not.
        self._answers: deque[tuple[Answered, str | None, str | None, str | None]] = deque(
            maxlen=_MOST_UNSORTED
        )
        self._seconds: deque[float] = deque(maxlen=_MOST_UNSORTED)
        self._sorting = Lock()
        self._unlisted: set[str] = set()
        self._store_gone = False
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="counts", daemon=True)
        self._begin()

    def __call__(self, answered: Answered, environ: "WSGIEnvironment", seconds: float) -> None:
        """Count an answer that took some seconds to find."""
        said = environ.get
        self._answers.append(
            (answered, said("HTTP_USER_AGENT"), said("REMOTE_ADDR"), said("HTTP_X_FORWARDED_FOR"))
        )
        self._seconds.append(seconds)

    def start(self) -> None:
        """Begin to hand over what is counted."""
        self._thread.start()

    def stop(self) -> None:
        """Hand over what is left."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()
        self.write()

    def write(self) -> None:
        """Hand over; what cannot be is kept, and handed over with what comes."""
        with self._sorting:
            self._sort()
            counted = Counted(
                polls=self._polls,
                visits=self._visits,
                waits=Waits(polls=self._waits, seconds=self._waited),
            )
            if not counted:
                return
            try:
                self._keeper.add_counted(counted, datetime.fromtimestamp(self._clock(), UTC))
            except StoreError as error:
                if not self._store_gone:
                    log.warning("counts are kept for later error=%s", error)
                self._store_gone = True
            else:
                self._store_gone = False
                self._begin()

    def _begin(self) -> None:
        self._polls: dict[PollKey, Polls] = {}
        self._visits: dict[VisitorKey, Visits] = {}
        self._waits: Counter[int] = Counter()
        self._waited = 0.0

    def _run(self) -> None:
        written = self._clock()
        while not self._stopped.wait(_SECONDS_UNSORTED):
            with self._sorting:
                self._sort()
            if self._clock() - written >= SECONDS_UNWRITTEN:
                self.write()
                written = self._clock()

    def _sort(self) -> None:
        """Add up what came since the last time, which is when it came."""
        now = int(self._clock())
        for (answered, user_agent, peer, forwarded), times in Counter(_taken(self._answers)).items():
            said = (user_agent or "")[:_LONGEST_SAID]
            client = self._named(client_of(said))
            self._add_polls(answered, client.name, times, now - now % HOUR)
            if answered.feed is not None and client.reads is not Reads.NOBODY:
                subscribers = subscribers_of(said)
                many = subscribers or client.reads is Reads.MANY
                origin = "" if many else self._origins(peer, forwarded)
                self._add_visits(
                    VisitorKey(answered.feed, client.name, origin), Visits(times, now, now, subscribers)
                )
        seconds = _taken(self._seconds)
        self._waited += sum(seconds)
        self._waits += Counter(_bound(each) for each in seconds)

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


def _taken(waiting: deque[T]) -> list[T]:
    """Take what is there now; more may come meanwhile."""
    return [waiting.popleft() for _ in range(len(waiting))]


def _bound(seconds: float) -> int:
    place = bisect_left(BOUNDS, seconds * 1_000_000)
    return BOUNDS[place] if place < len(BOUNDS) else 0
