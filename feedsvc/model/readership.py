"""Who reads: what the web has counted, and what is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class PollKey(NamedTuple):
    """What polls are counted by.

    Attributes:
        at: The beginning of the hour, or of the day (UTC), in seconds since 1970.
        path: Of the document.
        client: The name of the software that asks.
        status: Of the answer.
    """

    at: int
    path: str
    client: str
    status: int


class Polls(NamedTuple):
    """Counts of polls; they add up.

    Attributes:
        polls: How many there were.
        sent: Bytes of bodies that went out.
        saved: Bytes that the documents have beyond that: not sent at all, or compressed.
        conditional: Polls that named what the client has.
        invented: Polls with a date that we never sent.
    """

    polls: int = 0
    sent: int = 0
    saved: int = 0
    conditional: int = 0
    invented: int = 0

    def plus(self, other: "Polls", times: int = 1) -> "Polls":
        """Return the sum of this and *times* the other."""
        return Polls(*(mine + times * its for mine, its in zip(self, other, strict=True)))


class VisitorKey(NamedTuple):
    """Who asks for which feed.

    Attributes:
        feed: The feed's folder.
        client: The name of the software.
        origin: Where it asks from; "" for one that reads on behalf of many, from wherever. It is kept
            as a hash for a day, and then not at all.
    """

    feed: str
    client: str
    origin: str


class Visits(NamedTuple):
    """What one visitor did.

    Attributes:
        first, last: When it came, in seconds since 1970.
        subscribers: The most that it said it reads for; 0 if it reads for one.
    """

    polls: int
    first: int
    last: int
    subscribers: int

    def plus(self, other: "Visits") -> "Visits":
        """Return both together."""
        return Visits(
            self.polls + other.polls,
            min(self.first, other.first),
            max(self.last, other.last),
            max(self.subscribers, other.subscribers),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long answers took.

    Attributes:
        polls: By how long they took at most, in microseconds; 0: longer than any bound.
        seconds: That all of them took together.
    """

    polls: Mapping[int, int] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the web has counted since it last handed over; counts of all workers add up."""

    polls: Mapping[PollKey, Polls] = field(default_factory=dict)
    visits: Mapping[VisitorKey, Visits] = field(default_factory=dict)
    waits: Waits = field(default_factory=Waits)

    def __bool__(self) -> bool:
        """Return whether there is anything to hand over."""
        return bool(self.polls)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientReadership:
    """How one software reads one feed.

    Attributes:
        readers: Those that differ, on the day with the most of them; 1 of software that reads for many.
        subscribers: That it says it reads for, at the most; 0 if it reads for one.
        intervals: How often one of them came again.
        seconds: That lay between, all together.
    """

    feed: str
    client: str
    readers: int
    subscribers: int
    intervals: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Readership:
    """Who read since a moment.

    Attributes:
        since: The moment, as far back as counts are kept.
        polls: By path, client and status; `at` is 0.
        clients: By feed and software.
    """

    since: datetime
    polls: Mapping[PollKey, Polls]
    clients: tuple[ClientReadership, ...]
