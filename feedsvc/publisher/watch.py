"""Notices from the file system that something was saved: the only module that knows watchfiles.

They only make news faster. On network shares and in containers they get lost,
so whoever watches must look at the folder from time to time all the same.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Thread

from watchfiles import Change, watch

from feedsvc.articles.ignored_names import is_ignored

log = logging.getLogger(__name__)

# A burst of saves, as of a checkout, is one notice: it ends when it has been quiet for
# the one time, or after the other.
_MILLISECONDS_QUIET = 100
_MILLISECONDS_LONGEST = 5_000

# Names on the way to a folder; a link that has just been made may lead in a circle.
_MOST_STEPS = 1_000


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a folder's path leads.

    Attributes:
        folder: Device and inode of the folder.
        way: Links on the way to it, and its own real path: replacing one of them moves the folder.
    """

    folder: tuple[int, int]
    way: frozenset[str]


class Watch:
    """Watches a folder, also one that vanishes and comes back, or is another one under the same name."""

    def __init__(self, root: Path) -> None:
        """Prepare; nothing is watched before `look`."""
        self._root = root
        self._watched: _Place | None = None
        self._stopped = Event()
        self._told: str | None = None

    def look(self, on_change: Callable[[], None]) -> None:
        """Watch the folder that is there now, and the links that lead to it.

        Args:
            on_change: Called from another thread, soon after something in it or on the way has changed.
        """
        found = _place(self._root)
        if found == self._watched:
            return
        self.stop()
        self._watched, self._stopped = found, Event()
        if found is None:
            return
        stopped = self._stopped

        def watch_folder() -> None:
            self._run((self._root,), partial(is_news, self._root), stopped, on_change)

        def watch_way() -> None:
            folders = sorted({Path(each).parent for each in found.way})
            self._run(folders, found.way.__contains__, stopped, on_change, recursive=False)

        try:
            for run in (watch_folder, watch_way):
                Thread(target=run, name="watch", daemon=True).start()
        except RuntimeError as error:  # the system has no more threads just now
            self._tell(str(error))
            self.stop()

    def stop(self) -> None:
        """Watch no longer; does not wait for the threads to end."""
        self._stopped.set()
        self._watched = None

    def _run(
        self,
        folders: Sequence[Path],
        wanted: Callable[[str], bool],
        stopped: Event,
        on_change: Callable[[], None],
        *,
        recursive: bool = True,
    ) -> None:
        try:
            for changes in watch(
                *folders,
                watch_filter=lambda _, path: wanted(path),
                step=_MILLISECONDS_QUIET,
                debounce=_MILLISECONDS_LONGEST,
                stop_event=stopped,
                raise_interrupt=False,
                recursive=recursive,
                ignore_permission_denied=True,
            ):
                self._told = None
                # Another folder may stand there now, even one with the same inode.
                moved = not recursive or (Change.deleted, str(self._root)) in changes
                if moved and not stopped.is_set():
                    self._watched = None
                on_change()
        except Exception as error:  # rescanning goes on, and the next look tries again
            self._tell(str(error))
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
        return not any(map(is_ignored, Path(path).relative_to(root).parts))
    except ValueError:  # of a place that a link leads to
        return True


def _place(root: Path) -> _Place | None:
    """Return where *root* leads; None if it leads nowhere."""
    try:
        status = root.stat()
        return _Place((status.st_dev, status.st_ino), frozenset(_way(root)))
    except OSError:
        return None


def _way(root: Path) -> Iterator[str]:
    """Yield the links on the way to *root*, each at its real place, and the place where the way ends."""
    ahead = [*reversed(root.absolute().parts[1:])]
    here = first = Path(root.absolute().anchor)
    for _ in range(_MOST_STEPS):
        if not ahead:
            break
        name = ahead.pop()
        entry = here.parent if name == ".." else here / name
        if not entry.is_symlink():
            here = entry
            continue
        yield str(entry)
        target = entry.readlink()
        ahead += reversed([part for part in target.parts if part != target.anchor])
        here = first if target.is_absolute() else here
    yield str(here)
