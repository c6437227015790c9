"""Tells web workers that the publisher lives, also while it has no news."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from time import monotonic
from typing import Protocol

from feedsvc.errors import StoreError
from feedsvc.model import Heartbeat
from feedsvc.runtime.progress import Progress

SECONDS_BETWEEN = 10
"""Between two heartbeats, so that refreshes each second without news write next to nothing."""


class HeartbeatStore(Protocol):
    """The part of the catalogue that keeps heartbeats; may raise StoreError."""

    def record_heartbeat(self, heartbeat: Heartbeat) -> None:
        """Remember a heartbeat."""


class HeartbeatSender:
    """Sends heartbeats at the end of refreshes, and with the steps of long ones.

    A refresh that hangs sends none. A refresh that fails sends one, since the
    store says by other means why it failed.
    """

    def __init__(
        self,
        store: HeartbeatStore,
        *,
        rescan: int,
        now: Callable[[], datetime],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Take the store, and the seconds between two refreshes."""
        self._store = store
        self._patience = 3 * rescan + 60  # also where the machine has much else to do
        self._now = now
        self._clock = clock
        self._sent: float | None = None
        self._refreshed: datetime | None = None

    def send(self, *, at_once: bool = False) -> None:
        """Send a heartbeat, unless one was sent a moment ago."""
        now = self._clock()
        if self._sent is not None and now - self._sent < SECONDS_BETWEEN and not at_once:
            return
        self._sent = now
        heartbeat = Heartbeat(alive=self._now(), refreshed=self._refreshed, patience=self._patience)
        with suppress(StoreError):  # web workers see by themselves that the store is gone
            self._store.record_heartbeat(heartbeat)

    @contextmanager
    def refreshing(self, progress: Progress) -> Iterator[Progress]:
        """Send a heartbeat with each step of the refresh inside, and at its end."""

        def stepped(doing: str, done: int, total: int) -> None:
            progress(doing, done, total)
            self.send()

        try:
            yield stepped
        finally:
            is_first = self._refreshed is None
            self._refreshed = self._now()
            self.send(at_once=is_first)
