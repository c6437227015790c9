"""Notices from the file system that something was saved: the only module that knows watchfiles.

They only make news faster. On network shares and in containers they get lost,
so whoever watches must look at the folder from time to time all the same.

A folder that takes the place of another one gives no notice: a parent may be
renamed, a link on the way swapped, a disk mounted. So the folder's path is
asked several times a second which folder it leads to.
"""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from watchfiles import Change, watch

from feedsvc.articles.disk.ignored_names import is_ignored

log = logging.getLogger(__name__)

# A burst of saves, as of a checkout, is one notice: it ends when it has been quiet for
# the one time, or after the other.
_MILLISECONDS_QUIET = 100
_MILLISECONDS_LONGEST = 5_000

# Between two questions which folder the path leads to.
_MILLISECONDS_BETWEEN = 200

# After these, a folder that could not be watched is tried again.
_SECONDS_TO_TRY_AGAIN = 60

_MOUNTS = Path("/proc/self/mountinfo")  # of Linux; see proc_pid_mountinfo(5)
_ESCAPED = str.maketrans({char: f"\\{ord(char):03o}" for char in " \t\n\\"})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a folder's path leads.

    Attributes:
        folder: Device and inode of the folder; None if there is none.
        mounts: The file systems that are mounted on it and in it, as the system describes them.
    """

    folder: tuple[int, int] | None
    mounts: tuple[str, ...] = ()


class Watch:
    """Watches a folder, also one that vanishes and comes back, or is another one under the same name."""

    def __init__(self, root: Path) -> None:
        """Prepare; nothing is watched before `look`."""
        self._root = root
        self._stopped = Event()
        self._stopped.set()
        self._told: str | None = None

    def look(self, on_change: Callable[[], None]) -> None:
        """See to it that the folder is watched, in a thread.

        Args:
            on_change: Called from that thread, soon after something in the folder has changed, after another
                folder has taken its place, and once when the watching has begun.
        """
        if not self._stopped.is_set():
            return
        self._stopped = stopped = Event()
        try:
            Thread(target=self._run, args=(on_change, stopped), name="watch", daemon=True).start()
        except RuntimeError as error:  # the system has no more threads just now
            self._tell(str(error))
            stopped.set()

    def stop(self) -> None:
        """Watch no longer; does not wait for the thread to end."""
        self._stopped.set()

    def _run(self, on_change: Callable[[], None], stopped: Event) -> None:
        try:
            while not stopped.is_set():
                place = _place(self._root)
                if place.folder is None or not self._follow(place, on_change, stopped):
                    self._wait(place, stopped)
                if not stopped.is_set():
                    on_change()
        finally:
            stopped.set()  # should an error end the thread, the next look begins another one

    def _follow(self, place: _Place, on_change: Callable[[], None], stopped: Event) -> bool:
        """Watch the folder as long as it stands at *place*; returns whether that could be done."""
        try:
            begun = False
            for changes in watch(
                self._root,
                watch_filter=None,
                step=_MILLISECONDS_QUIET,
                debounce=_MILLISECONDS_LONGEST,
                stop_event=stopped,
                rust_timeout=_MILLISECONDS_BETWEEN,
                yield_on_timeout=True,
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                self._told = None
                # A folder that was deleted and made anew often has the same inode.
                if (Change.deleted, str(self._root)) in changes or _place(self._root) != place:
                    break
                # What was saved before the watching began was perhaps not seen.
                if not begun or any(is_news(self._root, path) for _, path in changes):
                    on_change()
                begun = True
        except Exception as error:  # rescanning goes on
            if _place(self._root) == place:
                self._tell(str(error))
                return False
        return True

    def _wait(self, place: _Place, stopped: Event) -> None:
        """Wait until another folder stands at *place*, or it is time to try again."""
        for _ in range(_SECONDS_TO_TRY_AGAIN * 1000 // _MILLISECONDS_BETWEEN):
            if stopped.wait(_MILLISECONDS_BETWEEN / 1000) or _place(self._root) != place:
                return

    def _tell(self, reason: str) -> None:
        if reason != self._told:
            log.warning("cannot watch folder=%s: %s; changes are seen at the next rescan", self._root, reason)
        self._told = reason


def is_news(root: Path, path: str) -> bool:
    """Return whether a change of *path* may concern the articles in *root*.

    Our own state, which may lie in it, changes all the time.
    """
    try:
        return not any(map(is_ignored, Path(path).relative_to(root).parts))
    except ValueError:  # of a place that a link leads to
        return True


def mounts_in(folder: str, table: str) -> tuple[str, ...]:
    """Return the lines of the system's *table* of mounts that stand for *folder* and places in it.

    Args:
        folder: Without links.
    """
    wanted = folder.translate(_ESCAPED).rstrip("/")
    # Each line is: ID, parent's ID, device, root, mount point, ... Other blanks than these are escaped.
    lines = ((line, line.split(" ")[4:5]) for line in table.split("\n"))
    return tuple(line for line, point in lines if point and f"{point[0]}/".startswith(f"{wanted}/"))


def _place(root: Path) -> _Place:
    try:
        status = root.stat()
    except OSError:
        return _Place(None)
    try:
        table = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:  # not Linux
        table = ""
    return _Place((status.st_dev, status.st_ino), mounts_in(os.path.realpath(root), table))
