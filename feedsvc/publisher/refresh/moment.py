"""The moment of a refresh: the time of the clock, checked against the catalogue.

The catalogue knows when it was last published. A clock that stands before that
is wrong, or was wrong then; nobody can tell which. So articles that were
published by then stay as they were at that time, and others go by the clock.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from sys import maxsize

from feedsvc.catalogue import Store
from feedsvc.errors import ClockError
from feedsvc.model import Catalogue, Record
from feedsvc.runtime.clocks import EARLIEST

# Under these names, the catalogue keeps how far it has come, and the clock that the operator accepts.
_REACHED = "reached"
_ACCEPTED = "accepted clock"

# The clocks of machines that publish in turns differ by some seconds.
_APART = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The operator's word that a clock is right.

    Attributes:
        clock: What it said.
        ahead: Moments of publications for which the clock must have been ahead, then.
    """

    clock: datetime
    ahead: frozenset[datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far the catalogue has come.

    Attributes:
        at: The latest moment at which it was published.
        sequence: Of the article that was first published last, by then.
        then: The latest moment since, at which there were more articles; None if the clock never fell behind.
        accepted: The operator's last word on the clock.
    """

    at: datetime
    sequence: int
    then: "Reached | None" = None
    accepted: Accepted | None = None

    @property
    def latest(self) -> datetime:
        """The moment behind which no clock can be right."""
        if self.accepted is None:
            return self.at
        believed = (step.at for step in self.steps() if step.at not in self.accepted.ahead)
        return max([self.accepted.clock, *believed])

    def seen(self, record: Record) -> datetime | None:
        """Return the latest moment at which the article was published; None if it never was."""
        if record.sequence is None:
            return None
        if record.sequence <= self.sequence:
            return self.at
        return self.then.seen(record) if self.then else None

    def after(self, catalogue: Catalogue, now: datetime) -> "Reached":
        """Return how far it has come when *catalogue* was published at *now*.

        A clock that was ahead once is forgotten when no article depends on it.
        """
        steps = [
            step
            for step in self.steps()
            if any(self.seen(each) == step.at and _depends(each, now, step.at) for each in catalogue.records)
        ]
        newest = max((each.sequence or 0 for each in catalogue.records), default=0)
        reached = Reached(at=now, sequence=newest)
        for step in reversed(steps):
            reached = replace(step, then=reached, accepted=None)
        return replace(reached, accepted=self.accepted)

    def steps(self) -> Iterator["Reached"]:
        """Yield this and what followed, each at an earlier moment."""
        yield self
        if self.then:
            yield from self.then.steps()


def _depends(record: Record, now: datetime, later: datetime) -> bool:
    """Return whether it makes a difference to an article which of two moments counts."""
    moments = (record.due, record.article.dates.expires)
    hidden = record.gone or record.article.hidden
    return not hidden and any(each is not None and now < each <= later for each in moments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a refresh is.

    Attributes:
        now: The moment by which articles appear and leave.
        behind: How far the catalogue has come, if the clock stands before that.
        undated: The date under which articles without one wait for a clock that is set; None if it is.
        trouble: A message on the clock, the same words for the same trouble; None if it is right.
    """

    now: datetime
    behind: Reached | None = None
    undated: datetime | None = None
    trouble: str | None = None


def reached_by(store: Store) -> Reached | None:
    """Return how far a catalogue has come; None if nothing was ever published."""
    reached = _reached_by(store)
    return reached and replace(reached, accepted=_accepted_by(store))


def _reached_by(store: Store) -> Reached | None:
    with suppress(ValueError):  # a catalogue of a version that kept nothing here
        reached = None
        for step in reversed((store.remembered(_REACHED) or "").split(";")):
            at, sequence = step.split()
            reached = Reached(at=datetime.fromisoformat(at), sequence=int(sequence), then=reached)
        return reached
    moments = [each.at for each in store.publications() if each.at >= EARLIEST]
    return Reached(at=max(moments), sequence=maxsize) if moments else None


def _accepted_by(store: Store) -> Accepted | None:
    with suppress(ValueError):
        clock, *ahead = map(datetime.fromisoformat, (store.remembered(_ACCEPTED) or "").split())
        return Accepted(clock=clock, ahead=frozenset(ahead))
    return None


def accept_clock(store: Store, clock: datetime) -> bool:
    """Have the *clock* be taken for right from now on; returns whether it was not until now.

    Articles that were published by a clock that was ahead stay: readers have them.

    Raises:
        ClockError: It was never set.
    """
    if clock < EARLIEST:
        raise ClockError(
            f"the clock says {clock.date()}, which cannot be right; set it, or have it set from the network"
            " (NTP)"
        )
    reached = reached_by(store)
    if moment_of(clock, reached).trouble is None or reached is None:
        return False
    ahead = sorted(step.at for step in reached.steps() if step.at > clock)
    store.remember(_ACCEPTED, " ".join(each.isoformat() for each in (clock, *ahead)))
    return True


def remember_reached(store: Store, reached: Reached) -> None:
    """Keep how far a catalogue has come."""
    steps = (f"{step.at.isoformat()} {step.sequence}" for step in reached.steps())
    store.remember(_REACHED, ";".join(steps))


def moment_of(clock: datetime, reached: Reached | None) -> Moment:
    """Return the moment that a *clock* shows to a catalogue.

    Raises:
        ClockError: The clock was never set, and nothing tells better.
    """
    if reached is None:
        if clock < EARLIEST:
            raise ClockError(
                f"the clock says {clock.date()}, so nobody can tell which articles are due, and nothing"
                " is published; set it, or have it set from the network (NTP)"
            )
        return Moment(now=clock)
    if clock >= reached.latest - _APART:
        return Moment(now=clock, behind=reached if clock < reached.at else None)
    if clock < EARLIEST:
        undated, waiting = reached.latest + timedelta(seconds=1), "a later date, or without one,"
        way_out = "set it, or have it set from the network (NTP)"
    else:
        undated, waiting = None, "a later date"
        way_out = (
            "set it, or have it set from the network (NTP); if it is right and was ahead then,"
            " `feedsvc refresh --accept-clock` says so"
        )
    return Moment(
        now=clock if undated is None else reached.latest,
        behind=reached,
        undated=undated,
        trouble=(
            f"the clock is behind {reached.latest.isoformat()}, when the feeds were last published: no"
            f" article leaves them for that, but new ones with {waiting} wait; {way_out}"
        ),
    )


def looked_at(store: Store | None, clock: datetime) -> tuple[Catalogue, Moment]:
    """Return the catalogue and the moment for a command that publishes nothing.

    Args:
        store: None if nothing was ever published.
    """
    catalogue, reached = (store.catalogue(), reached_by(store)) if store else (Catalogue(), None)
    try:
        moment = moment_of(clock, reached)
    except ClockError as error:
        moment = Moment(now=clock, trouble=str(error))
    return lasting(catalogue, moment), moment


def lasting(catalogue: Catalogue, moment: Moment) -> Catalogue:
    """Return *catalogue* with records from which a clock that is behind takes nothing."""
    records = tuple(_lasting(record, moment.behind) for record in catalogue.records)
    return catalogue if records == catalogue.records else replace(catalogue, records=records)


def _lasting(record: Record, behind: Reached | None) -> Record:
    seen = None if behind is None else behind.seen(record)
    return record if record.seen == seen else replace(record, seen=seen)
