"""Notices that the file of a SQLite catalogue was deleted, moved or replaced while it is open."""

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from feedsvc.errors import StoreError

_OPENED = "the file that was opened"

_Identity = tuple[int, int]  # of the disk and of the file on it


class SqliteFile:
    """The file at a path, as an engine found it first; no other one is ever opened in its place.

    What is deleted, moved or replaced while it is open goes on to be read and
    written, and is lost with the process.
    """

    def __init__(self, path: Path) -> None:
        """Open nothing yet."""
        self._path = path
        self._first: _Identity | None = None

    def connect(self) -> sqlite3.Connection:
        """Connect to a file that is there; SQLite would make an empty one in the place of one that is gone.

        Raises:
            StoreError: It is gone or replaced, or the disk says nothing of it.
        """
        if self._first is None:
            self._first = _identity(self._path)
        self._check(self._first)
        uri = f"{self._path.absolute().as_uri()}?mode=rw"
        return sqlite3.connect(uri, uri=True, check_same_thread=False)

    def guard(self, engine: Engine) -> None:
        """Have each transaction of *engine* fail that would read or write a file which is not there any more.

        SQLAlchemy closes the connection then, and the next one is refused likewise.
        """

        @event.listens_for(engine, "connect")
        def remember(_: object, record: Any) -> None:
            record.info[_OPENED] = _identity(self._path)

        @event.listens_for(engine, "checkout")
        def check(_: object, record: Any, __: object) -> None:
            self._check(record.info[_OPENED])

        @event.listens_for(engine, "commit")
        def check_again(connection: Connection) -> None:
            self._check(connection.info[_OPENED])

    def _check(self, opened: _Identity | None) -> None:
        found = _identity(self._path)
        if found is None:
            raise _gone(self._path)
        if not found == opened == self._first:
            raise StoreError(
                f"{self._path}: another file has taken the place of the catalogue; stop feedsvc,"
                " put the catalogue back or restore a backup (`feedsvc restore FILE`), and start again"
            )


def _gone(path: Path) -> StoreError:
    return StoreError(
        f"{path}: the catalogue was moved away or deleted; put it back,"
        " or stop feedsvc and restore a backup (`feedsvc restore FILE`)"
    )


def _identity(path: Path) -> _Identity | None:
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
