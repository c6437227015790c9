"""Makes state readable for its owner only: files of mode 600 in folders of mode 700.

Files that root makes are given to the owner of their folder, so that a command
that was run as root leaves no file that the service cannot use.
"""

import logging
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from glob import escape
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from feedsvc.errors import StoreError

if sys.platform != "win32":
    import pwd

log = logging.getLogger(__name__)

_OF_OTHERS = 0o077

# The suffixes of files that belong to a catalogue.
_BESIDE = ("-wal", "-shm", "-journal", ".lease", ".schema-*", ".unusable*", ".restored*", ".*.new*")


def make_file(path: Path) -> None:
    """Make an empty file that only its owner can read.

    Raises:
        OSError: It cannot be made, or is there already.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        give_to_owner(path)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make a folder, and missing ones above it, that only their owner can enter; it may exist.

    Raises:
        OSError: It cannot be made.
    """
    missing = [each for each in (path, *path.parents) if not os.path.lexists(each)]
    for each in reversed(missing):
        with suppress(FileExistsError):  # another process was faster
            each.mkdir(0o700)
            give_to_owner(each)
    if not path.is_dir():
        raise NotADirectoryError(path)


def give_to_owner(path: Path) -> None:
    """Give a file that root has made to the owner of its folder."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return
    folder = path.parent.stat()
    if folder.st_uid != 0:
        with suppress(OSError):  # a share that lets nobody do so
            os.chown(path, folder.st_uid, folder.st_gid, follow_symlinks=False)


def close_folder(folder: Path) -> None:
    """Let only its owner enter *folder* and read the files in it."""
    with suppress(OSError):  # it cannot be listed: opening a file in it will say why
        _close([folder.resolve(), *sorted(folder.iterdir())], folder)


def close_catalogue(path: Path) -> None:
    """Let only their owner read a SQLite catalogue and the files that belong to it."""
    beside = (found for each in _BESIDE for found in path.parent.glob(escape(path.name) + each))
    _close([path, *beside], path)


def must_be_ours(path: Path) -> None:
    """Check that we may write a SQLite catalogue, its folder, and files of other users in it.

    Raises:
        StoreError: We may not; names the file and its owner.
    """
    names = [path.name, *(f"{path.name}{suffix}" for suffix in ("-wal", "-shm", ".lease"))]
    for each in (*(path.with_name(name) for name in names), path.parent):
        if each.exists() and not os.access(each, os.R_OK | os.W_OK):
            raise StoreError(f"{each}: cannot be written; {way_out(each)}")


def way_out(path: Path) -> str:
    """Return the remedy for a file that we may not read or write."""
    if sys.platform != "win32":
        with suppress(OSError):
            owner, us = path.stat().st_uid, os.geteuid()
            if owner != us:
                theirs = _name(owner)
                return f"it belongs to {theirs}: give it to {_name(us)} (chown), or run as {theirs}"
    return "is its disk read-only, or does its mode forbid it?"


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # as in a container
        return f"user {uid}"


def _close(paths: Iterable[Path], place: Path) -> None:
    """Take from others the right to read *paths*; logs it once, naming *place*."""
    if sys.platform == "win32":
        return
    open_ones = [path for path in paths if _mend(path)]
    if open_ones:
        left = [path for path in open_ones if _is_open(path)]
        # A disk without modes is nobody's fault, and is met again at each start.
        log.log(
            logging.INFO if left else logging.WARNING,
            "state was open to others path=%s mended=%s",
            place,
            not left,
        )


def _is_open(path: Path) -> bool:
    try:
        return bool(path.lstat().st_mode & _OF_OTHERS)
    except OSError:  # gone this moment
        return False


def _mend(path: Path) -> bool:
    """Give *path* the right owner and mode; returns whether others could read it."""
    try:
        status = path.lstat()
    except OSError:  # gone this moment
        return False
    # Somebody who may write the folder could lead root to any file, by a link.
    if not (S_ISDIR(status.st_mode) or (S_ISREG(status.st_mode) and status.st_nlink == 1)):
        return False
    if status.st_uid == 0:
        give_to_owner(path)
    if not status.st_mode & _OF_OTHERS:
        return False
    with suppress(OSError):  # not ours, or a file system without modes
        path.chmod(status.st_mode & 0o700)
    return True
