"""A time for APScheduler that does not change when somebody sets the clock.

APScheduler asks `datetime.now(zone)` for the time, and plans in the answers. By
the machine's clock, it would do nothing for an hour after that was set back by
an hour, and would list each of the millions of runs that it had missed after
that was set far forward.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from apscheduler.triggers.base import BaseTrigger

_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)

# Nothing is planned for later, or the calendar's end would be reached.
_LONGEST = timedelta(days=36_525)


class Timeline(tzinfo):
    """A zone in which it is as many seconds after 1970 as have elapsed."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed

    def fromutc(self, _moment: datetime) -> datetime:
        """Return the time in this zone, whatever the time elsewhere."""
        return (_BEGIN + timedelta(seconds=self._elapsed())).replace(tzinfo=self)

    def after(self, seconds: float) -> datetime:
        """Return the moment in so many seconds; at once if they are less than none."""
        return datetime.now(self) + min(timedelta(seconds=max(seconds, 0)), _LONGEST)

    def utcoffset(self, _moment: datetime | None) -> timedelta:
        """See `tzinfo`."""
        return timedelta(0)

    def dst(self, _moment: datetime | None) -> timedelta:
        """See `tzinfo`."""
        return timedelta(0)

    def tzname(self, _moment: datetime | None) -> str:
        """See `tzinfo`."""
        return "elapsed"


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires again and again, so many seconds after it last did; missed runs are not made up for."""

    def __init__(self, seconds: float) -> None:
        self._interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """See `BaseTrigger`."""
        return now + self._interval
