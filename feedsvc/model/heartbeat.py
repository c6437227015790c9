"""A publisher's sign of life, from which web workers tell that it has not stopped."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """The last sign of life of a publisher.

    Attributes:
        alive: When it ended a refresh, or came a step further in a long one.
        refreshed: When its last refresh ended, well or not; None before the first.
        patience: Seconds without another heartbeat after which it counts as standing still.
    """

    alive: datetime
    refreshed: datetime | None
    patience: int
