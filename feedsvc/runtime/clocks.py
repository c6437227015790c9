"""The time of the machine's clock, and a time that nobody can set.

Machines without a battery begin in 1970, or with the day on which their system
was made, until they have asked the network; and anybody may set a clock. So
durations are measured by `since_boot`, which nobody can set.
"""

import time
from datetime import UTC, datetime

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Earlier times come from a clock that was never set, or from a file in a container's image."""


def now() -> datetime:
    """Return what the clock says, right or wrong."""
    return datetime.now(UTC)


def since_boot() -> float:
    """Return the seconds since some moment in the past; they go on while the machine sleeps."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)
