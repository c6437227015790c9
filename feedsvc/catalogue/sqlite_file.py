"""Notices that the file of a SQLite catalogue was deleted, moved or replaced while it is open."""

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from feedsvc.errors import StoreError

_OPENED = "the file that was opened"


def connect_existing(path: Path) -> sqlite3.Connection:
    """Connect to an existing file; SQLite would make an empty one where it is gone.

    Raises:
        StoreError: It is gone, or the disk says nothing of it.
    """
    if _identity(path) is None:
        raise _gone(path)
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, check_same_thread=False)


def refuse_other_file(engine: Engine, path: Path) -> None:
    """Make each transaction of *engine* fail once its file is no longer the one at *path*.

    SQLite would go on reading and writing a file that was deleted, moved or
    replaced, and its content would be lost with the process.
    """

    @event.listens_for(engine, "connect")
    def remember(_: object, record: Any) -> None:
        record.info[_OPENED] = _identity(path)

    @event.listens_for(engine, "checkout")
    def check(_: object, record: Any, __: object) -> None:
        _check(path, record.info[_OPENED])

    @event.listens_for(engine, "commit")
    def check_again(connection: Connection) -> None:
        _check(path, connection.info[_OPENED])


def _check(path: Path, opened: tuple[int, int] | None) -> None:
    found = _identity(path)
    if found is None:
        raise _gone(path)
    if found != opened:
        raise StoreError(
            f"{path}: another file has taken the place of the catalogue; stop feedsvc, put the catalogue back"
            " or restore a backup (`feedsvc restore FILE`), and start again"
        )


def _gone(path: Path) -> StoreError:
    return StoreError(
        f"{path}: the catalogue was moved away or deleted; put it back,"
        " or stop feedsvc and restore a backup (`feedsvc restore FILE`)"
    )


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from others; None if it is gone.

    Raises:
        StoreError: The disk says nothing of it.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - several times a second
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        reason = f"cannot be asked for ({error.strerror}); check its permissions and its disk"
        raise StoreError(f"{path}: {reason}") from None
    return found.st_dev, found.st_ino
