"""Tells those who serve that the publisher lives, also while it has no news."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from time import monotonic
from typing import Protocol

from feedsvc.errors import StoreError
from feedsvc.model import Pulse
from feedsvc.progress import Progress

SECONDS_UNTOLD = 10
"""Between two signs of life; a refresh each second without news is to write next to nothing."""


class PulseKeeper(Protocol):
    """What this asks of the catalogue; may raise StoreError."""

    def beat(self, pulse: Pulse) -> None:
        """Remember a sign of life."""


class Heart:
    """Gives signs of life: at the end of refreshes, and with the steps of long ones.

    A refresh that hangs gives none. One that fails does: what hinders it is
    told by other means.
    """

    def __init__(
        self,
        keeper: PulseKeeper,
        *,
        rescan: int,
        now: Callable[[], datetime],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Take what remembers, and the seconds between two refreshes."""
        self._keeper = keeper
        self._patience = 3 * rescan + 60  # also where the machine has much else to do
        self._now = now
        self._clock = clock
        self._told: float | None = None
        self._refreshed: datetime | None = None

    def beat(self, *, at_once: bool = False) -> None:
        """Give a sign of life, unless there was one a moment ago."""
        now = self._clock()
        if self._told is not None and now - self._told < SECONDS_UNTOLD and not at_once:
            return
        self._told = now
        pulse = Pulse(alive=self._now(), refreshed=self._refreshed, patience=self._patience)
        with suppress(StoreError):  # who serves sees by itself that the store is gone
            self._keeper.beat(pulse)

    @contextmanager
    def refreshing(self, progress: Progress) -> Iterator[Progress]:
        """Beat with each step that the refresh within tells, and at its end."""

        def stepped(doing: str, done: int, total: int) -> None:
            progress(doing, done, total)
            self.beat()

        try:
            yield stepped
        finally:
            is_first = self._refreshed is None
            self._refreshed = self._now()
            self.beat(at_once=is_first)
