"""The file of a SQLite catalogue: looked into without a trace, and copied while others write."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from glob import escape
from pathlib import Path

from feedsvc.catalogue.checksum import add_checksum
from feedsvc.catalogue.permissions import make_file


def has_log(path: Path) -> bool:
    """Return whether a part of a SQLite database is in its log, as while somebody writes it."""
    place = path.resolve()
    log = place.with_name(f"{place.name}-wal")
    return log.exists() and log.stat().st_size > 0


def is_writable(path: Path) -> bool:
    """Return whether SQLite could write *path* and the files that it makes beside it."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def look_into(path: Path) -> sqlite3.Connection:
    """Connect where nothing can be written.

    In WAL mode, SQLite wants to make two files beside the catalogue even to read it. If they are
    there, somebody may be writing; if not, nobody is, and it can be read as it lies.
    """
    mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)


def copy_sqlite(path: Path, target: Path, *, checksum: bool = False) -> None:
    """Copy a SQLite database as it is at one moment, also while others write; *target* is whole or not there.

    Args:
        checksum: Add one to the copy, which somebody may restore long after.

    Raises:
        OSError, sqlite3.Error: It cannot be read or written.
    """
    fresh = fresh_beside(target)
    connect = sqlite3.connect if is_writable(path) else look_into
    try:
        make_file(fresh)
        with closing(connect(path)) as source, closing(sqlite3.connect(fresh)) as copy:
            source.backup(copy)
        if checksum:
            add_checksum(fresh)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def copy_file(path: Path, target: Path) -> None:
    """Copy a file so that only its owner can read the copy; *target* is whole or not there.

    Raises:
        OSError: It cannot be read or written.
    """
    fresh = fresh_beside(target)
    try:
        make_file(fresh)
        shutil.copyfile(path, fresh)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def fresh_beside(target: Path) -> Path:
    """Return the path at which *target* is made before it is moved in."""
    return target.with_name(f".{target.name}.{os.getpid()}.new")


def sweep_beside(target: Path) -> None:
    """Remove unfinished files that were to become *target*; no other process may be making one now."""
    for unfinished in target.parent.glob(f".{escape(target.name)}.[0-9]*.new*"):
        with suppress(OSError):
            unfinished.unlink()


def move_in(fresh: Path, path: Path) -> None:
    """Move a file that is whole into its place, unless another process was faster."""
    try:
        os.link(fresh, path)  # unlike a rename, never takes the place of another file
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        fresh.replace(path)
    fresh.unlink(missing_ok=True)
