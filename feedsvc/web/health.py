"""How a worker last found the store and the publisher: answered from memory, also while the store hangs."""

from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic

from feedsvc.model import Heartbeat


class LastLook:
    """Written by the thread that looks at the store; read from any thread, without waiting.

    Attributes:
        gone: Why the last look did not reach the store; None if it did.
        trouble: What hindered the publisher, as the store said when it was last reached; None if nothing did.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Begin before the first look."""
        self.gone: str | None = None
        self.trouble: str | None = None
        self._clock = clock
        self._reached: float | None = None
        self._alive = _Since(clock, now)
        self._refreshed = _Since(clock, now)
        self._patience: int | None = None

    def reached(self, trouble: str | None, heartbeat: Heartbeat | None) -> None:
        """Remember a look that reached the store."""
        if self.gone:  # meanwhile no heartbeat could be told
            self._alive.wait_anew()
        self.gone, self.trouble, self._reached = None, trouble, self._clock()
        if heartbeat is not None:
            self._patience = heartbeat.patience
            self._alive.note(heartbeat.alive)
            self._refreshed.note(heartbeat.refreshed)

    def missed(self, reason: str) -> None:
        """Remember why a look did not reach the store."""
        self.gone = reason

    @property
    def age(self) -> float | None:
        """Seconds since the store was last reached; None if it never was."""
        return None if self._reached is None else self._clock() - self._reached

    @property
    def refresh_age(self) -> float | None:
        """Seconds since the publisher's last refresh had ended; None before the first heartbeat."""
        return self._refreshed.age

    @property
    def standstill(self) -> float | None:
        """Seconds without a heartbeat of the publisher; None as long as that is no cause for alarm."""
        if self.gone or self._patience is None or self._alive.watched <= self._patience:
            return None
        return self._alive.watched


class _Since:
    """How long ago a moment is that the publisher's clock gave, perhaps on another machine.

    Its first moment is compared with our clock. Later ones count from the
    instant at which we heard of them, so that a publisher whose clock is set
    does not seem to stand still.
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

    def wait_anew(self) -> None:
        """Count from now on when the next moment is due."""
        self._before += self.watched
        self._heard = self._clock()

    @property
    def watched(self) -> float:
        """Seconds since we heard of it."""
        return self._clock() - self._heard

    @property
    def age(self) -> float | None:
        return None if self._moment is None else self.watched + self._before
