"""Notices from the file system that something was saved: the only module that knows watchfiles.

They only make news faster. On network shares and in containers they get lost,
so whoever watches must look at the folder from time to time all the same.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from watchfiles import Change, watch

from feedsvc.articles.scan import is_overlooked

log = logging.getLogger(__name__)

# A burst of saves, as of a checkout, is one notice: it ends when it has been quiet for
# the one time, or after the other.
_MILLISECONDS_QUIET = 100
_MILLISECONDS_LONGEST = 5_000


class Watch:
    """Watches a folder, also one that vanishes and comes back, or is another one under the same name."""

    def __init__(self, root: Path) -> None:
        """Prepare; nothing is watched before `look`."""
        self._root = root
        self._watched: tuple[int, int] | None = None
        self._stopped = Event()
        self._told: str | None = None

    def look(self, on_change: Callable[[], None]) -> None:
        """See to it that the folder which is there now is being watched.

        Args:
            on_change: Called from another thread, soon after something in it has changed.
        """
        found = self._identity()
        if found == self._watched:
            return
        self.stop()
        self._watched, self._stopped = found, Event()
        if found is None:
            return
        try:
            run = Thread(target=self._run, args=(on_change, self._stopped), name="watch", daemon=True)
            run.start()
        except RuntimeError as error:  # the system has no more threads just now
            self._tell(str(error))
            self._watched = None

    def stop(self) -> None:
        """Watch no longer; does not wait for the thread to end."""
        self._stopped.set()
        self._watched = None

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = self._root.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _run(self, on_change: Callable[[], None], stopped: Event) -> None:
        try:
            for changes in watch(
                self._root,
                watch_filter=lambda _, path: is_news(self._root, path),
                step=_MILLISECONDS_QUIET,
                debounce=_MILLISECONDS_LONGEST,
                stop_event=stopped,
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                self._told = None
                if (Change.deleted, str(self._root)) in changes:
                    self._watched = None  # another folder of this name may have the same inode
                on_change()
        except Exception as error:  # whatever it is: rescanning goes on, and the next look tries again
            self._tell(str(error))
        finally:
            if not stopped.is_set():
                self._watched = None

    def _tell(self, reason: str) -> None:
        if reason != self._told:
            log.warning("cannot watch folder=%s: %s; changes are seen at the next rescan", self._root, reason)
        self._told = reason


def is_news(root: Path, path: str) -> bool:
    """Return whether a change of *path* may concern the articles in *root*.

    Our own state, which may lie in it, changes all the time.
    """
    try:
        return not any(map(is_overlooked, Path(path).relative_to(root).parts))
    except ValueError:  # of a place that a link leads to
        return True
