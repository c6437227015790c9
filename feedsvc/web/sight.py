"""What a worker last saw of the store and of the publisher: told at once, whatever hangs."""

from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic

from feedsvc.model import Pulse


class Sight:
    """Kept by the thread that looks at the store; read from any thread, without waiting.

    Attributes:
        gone: Why the last look did not reach the store; None if it did.
        trouble: What hindered the publisher, when the store was last reached.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Begin with nothing seen."""
        self.gone: str | None = None
        self.trouble: str | None = None
        self._clock = clock
        self._reached: float | None = None
        self._alive = _Since(clock, now)
        self._refreshed = _Since(clock, now)
        self._patience: int | None = None

    def reached(self, trouble: str | None, pulse: Pulse | None) -> None:
        """Remember what a look has found."""
        self.gone, self.trouble, self._reached = None, trouble, self._clock()
        if pulse is not None:
            self._patience = pulse.patience
            self._alive.note(pulse.alive)
            self._refreshed.note(pulse.refreshed)

    def missed(self, reason: str) -> None:
        """Remember why a look has found nothing."""
        self.gone = reason

    @property
    def age(self) -> float | None:
        """Seconds since the store was last reached; None if it never was."""
        return None if self._reached is None else self._clock() - self._reached

    @property
    def refresh_age(self) -> float | None:
        """Seconds since the publisher's last refresh had ended; None if nobody has said."""
        return self._refreshed.age

    @property
    def standstill(self) -> float | None:
        """Seconds without a sign of life of the publisher; None as long as that is no cause for alarm."""
        if self.gone or self._patience is None or self._alive.watched <= self._patience:
            return None
        return self._alive.watched


class _Since:
    """How long ago a moment is that was told, perhaps by another machine's clock.

    That clock is believed once, for the first moment; from then on it counts
    when we heard of another one. So no clock that is set makes a publisher
    stand still.
    """

    def __init__(self, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._clock = clock
        self._now = now
        self._moment: datetime | None = None
        self._heard = clock()
        self._before = 0.0

    def note(self, moment: datetime | None) -> None:
        if moment is None or moment == self._moment:
            return
        ago = 0.0 if self._moment else max(0.0, (self._now() - moment).total_seconds())
        self._moment, self._heard, self._before = moment, self._clock(), ago

    @property
    def watched(self) -> float:
        """Seconds since we heard of it."""
        return self._clock() - self._heard

    @property
    def age(self) -> float | None:
        return None if self._moment is None else self.watched + self._before
