"""What runs in each web worker, a spawned process of its own."""

import atexit
import ctypes
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from threading import Lock, Thread
from typing import TypeVar

from flask import Flask

from feedsvc.errors import FeedsvcError, StoreError
from feedsvc.model import (
    Counted,
    Found,
    Heartbeat,
    Polls,
    Problem,
    Publication,
    Query,
    Snapshot,
    Subscriber,
    Waits,
)
from feedsvc.runtime.exit import end_at_once, end_when_told
from feedsvc.web.answers.snapshots import SnapshotReader
from feedsvc.web.app import create_app
from feedsvc.web.settings import WebSettings
from feedsvc.web.threads import Patience, StuckError, log_threads_that_die

log = logging.getLogger(__name__)

_T = TypeVar("_T")

SECONDS_TO_ANSWER = 5.0
_SECONDS_TO_LOAD = 60.0  # a snapshot of very many documents
_M_ARENA_MAX = -8  # malloc.h


def create(settings: WebSettings, open_reader: Callable[[], SnapshotReader]) -> Flask:
    """Return the application, its eye on the next snapshot open; called once in each worker."""
    _share_memory()
    log_threads_that_die()
    try:
        app = create_app(LateReader(open_reader), settings)
    except FeedsvcError as error:
        log.error("worker cannot start error=%s", error)
        raise SystemExit(error.exit_status) from None
    current, counts = app.extensions["current"], app.extensions["counts"]
    current.start()
    if counts:
        counts.loop.start()

    def hand_over() -> None:
        current.keys.write(at_once=True)
        if counts:
            counts.stop()

    atexit.register(end_at_once, hand_over)
    end_when_told(hand_over)
    Thread(target=_end_with_parent, name="parent", daemon=True).start()
    return app


class LateReader:
    """A catalogue that may be away when we start, or stop to answer.

    It is opened at the first call that can. A call is given up after a few
    seconds, whether a server, a disk or the holder of a lock hangs. Handing over
    counts may take longer, as no request waits for it.
    """

    def __init__(
        self, open_reader: Callable[[], SnapshotReader], *, patience: float = SECONDS_TO_ANSWER
    ) -> None:
        """Open nothing yet.

        Args:
            patience: Seconds after which a call is given up.
        """
        self._open = open_reader
        self._patience = Patience("store", seconds=patience)
        # A lock on the catalogue may stop who writes, and nobody who reads.
        self._writing = Patience("store-writing", seconds=patience)
        self._opening = Lock()
        self._opened: SnapshotReader | None = None

    def generation(self) -> int:
        """See `SnapshotReader`."""
        return self._ask(lambda reader: reader.generation())

    def changed(self) -> bool:
        """See `SnapshotReader`."""
        return self._ask(lambda reader: reader.changed())

    def snapshot(self) -> Snapshot:
        """See `SnapshotReader`."""
        return self._ask(lambda reader: reader.snapshot(), _SECONDS_TO_LOAD)

    def body(self, etag: str) -> bytes | None:
        """See `SnapshotReader`."""
        return self._ask(lambda reader: reader.body(etag))

    def health(self) -> str | None:
        """See `SnapshotReader`."""
        return self._ask(lambda reader: reader.health())

    def heartbeat(self) -> Heartbeat | None:
        """See `SnapshotReader`."""
        return self._ask(lambda reader: reader.heartbeat())

    def problems(self) -> Sequence[Problem]:
        """See `SnapshotReader`."""
        return self._ask(lambda reader: reader.problems())

    def publications(self) -> Sequence[Publication]:
        """See `SnapshotReader`."""
        return self._ask(lambda reader: reader.publications())

    def composable(self, query: Query) -> Found | None:
        """See `SnapshotReader`."""
        return self._ask(lambda reader: reader.composable(query))

    def subscribers(self) -> Sequence[Subscriber]:
        """See `SnapshotReader`."""
        return self._ask(lambda reader: reader.subscribers())

    def subscribers_stamp(self) -> Hashable:
        """See `SnapshotReader`."""
        return self._ask(lambda reader: reader.subscribers_stamp())

    def count_uses(self, uses: Mapping[int, int]) -> None:
        """See `SnapshotReader`."""
        self._reader().count_uses(uses)

    def add_counted(self, counted: Counted, now: datetime) -> None:
        """See `SnapshotReader`."""
        self._reader().add_counted(counted, now)

    def totals(self) -> tuple[Mapping[tuple[str, int], Polls], Waits]:
        """See `SnapshotReader`."""
        return self._ask(lambda reader: reader.totals())

    def waiting(self) -> int:
        """See `SnapshotReader`."""
        return self._ask(lambda reader: reader.waiting())

    def ask(self) -> int:
        """See `SnapshotReader`."""
        return self._ask(lambda reader: reader.ask(), patience=self._writing)

    def _ask(
        self,
        question: Callable[[SnapshotReader], _T],
        seconds: float | None = None,
        patience: Patience | None = None,
    ) -> _T:
        try:
            return (patience or self._patience)(lambda: question(self._reader()), seconds)
        except StuckError:
            limit = seconds or self._patience.seconds
            raise StoreError(f"the store has not answered within {limit:g} seconds") from None

    def _reader(self) -> SnapshotReader:
        if self._opened is None:
            with self._opening:
                self._opened = self._opened or self._open()
        return self._opened


_conforms: type[SnapshotReader] = LateReader


def _share_memory() -> None:
    """Let all threads of this process take memory from one place.

    The C library of most Linux systems gives each thread a place of its own,
    which keeps what that thread once needed (mallopt(3), M_ARENA_MAX): a hundred
    megabytes where many threads have composed a feed. Threads of Python take
    turns anyway.
    """
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # musl has no such function
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def _end_with_parent() -> None:
    """Stop when the supervisor is gone without having stopped us, as after kill -9."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
