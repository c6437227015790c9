"""What runs in each web worker, a spawned process of its own."""

import atexit
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from threading import Lock, Thread

from flask import Flask

from feedsvc.errors import FeedsvcError
from feedsvc.model import (
    Counted,
    Entry,
    Feed,
    Polls,
    Problem,
    Publication,
    Query,
    Snapshot,
    Subscriber,
    Waits,
)
from feedsvc.web.app import create_app
from feedsvc.web.current import SnapshotReader
from feedsvc.web.settings import WebSettings

log = logging.getLogger(__name__)


def create(settings: WebSettings, open_reader: Callable[[], SnapshotReader]) -> Flask:
    """Return the application, its eye on the next snapshot open; called once in each worker."""
    if hasattr(os, "setpgid"):  # Ctrl-C goes to a whole group: we are stopped by our parent, in order
        os.setpgid(0, 0)
    Thread(target=_end_with_parent, name="parent", daemon=True).start()
    try:
        app = create_app(LateReader(open_reader), settings)
    except FeedsvcError as error:
        log.error("worker cannot start error=%s", error)
        raise SystemExit(error.exit_status) from None
    app.extensions["current"].start()
    atexit.register(app.extensions["current"].keys.write, at_once=True)
    if counts := app.extensions["counts"]:
        counts.start()
        atexit.register(counts.stop)
    return app


class LateReader:
    """A catalogue that may be away when we start: it is opened at the first call that can."""

    def __init__(self, open_reader: Callable[[], SnapshotReader]) -> None:
        self._open = open_reader
        self._opening = Lock()
        self._opened: SnapshotReader | None = None

    def generation(self) -> int:
        """See `SnapshotReader`."""
        return self._reader().generation()

    def changed(self) -> bool:
        """See `SnapshotReader`."""
        return self._reader().changed()

    def snapshot(self) -> Snapshot:
        """See `SnapshotReader`."""
        return self._reader().snapshot()

    def body(self, etag: str) -> bytes | None:
        """See `SnapshotReader`."""
        return self._reader().body(etag)

    def health(self) -> str | None:
        """See `SnapshotReader`."""
        return self._reader().health()

    def problems(self) -> Sequence[Problem]:
        """See `SnapshotReader`."""
        return self._reader().problems()

    def publications(self) -> Sequence[Publication]:
        """See `SnapshotReader`."""
        return self._reader().publications()

    def composable(self, query: Query) -> tuple[Feed, list[Entry], str] | None:
        """See `SnapshotReader`."""
        return self._reader().composable(query)

    def subscribers(self) -> Sequence[Subscriber]:
        """See `SnapshotReader`."""
        return self._reader().subscribers()

    def count_uses(self, uses: Mapping[int, int]) -> None:
        """See `SnapshotReader`."""
        self._reader().count_uses(uses)

    def add_counted(self, counted: Counted, now: datetime) -> None:
        """See `SnapshotReader`."""
        self._reader().add_counted(counted, now)

    def totals(self) -> tuple[Mapping[tuple[str, int], Polls], Waits]:
        """See `SnapshotReader`."""
        return self._reader().totals()

    def waiting(self) -> int:
        """See `SnapshotReader`."""
        return self._reader().waiting()

    def ask(self) -> int:
        """See `SnapshotReader`."""
        return self._reader().ask()

    def _reader(self) -> SnapshotReader:
        if self._opened is None:
            with self._opening:
                self._opened = self._opened or self._open()
        return self._opened


_conforms: type[SnapshotReader] = LateReader


def _end_with_parent() -> None:
    """Stop when the supervisor is gone without having stopped us, as after kill -9."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
