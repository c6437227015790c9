"""Signs of life of whoever publishes, for those who serve what it has published."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What a publisher last told of itself.

    Attributes:
        alive: When it had ended a refresh, or had come a step further in a long one.
        refreshed: When its last refresh ended, well or not; None before the first.
        patience: Seconds without a sign, after which it stands still.
    """

    alive: datetime
    refreshed: datetime | None
    patience: int
