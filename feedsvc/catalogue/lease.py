"""One publisher at a time.

The operating system or the database holds the lock, so that it ends with its
holder, however that ends.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import create_engine, func, make_url, select

from feedsvc.catalogue.engine import sqlite_path, translated
from feedsvc.errors import LeaseTakenError, StoreError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Any number would do; all feedsvc publishers on one database must use the same.
_ADVISORY_KEY = 0x66656564

# Windows locks bytes: one beyond what the holder writes about itself.
_LOCKED_BYTE = 1 << 20


@contextmanager
def hold_lease(url: str, holder: str) -> Iterator[None]:
    """Be the only publisher of a catalogue while the context lasts.

    Args:
        holder: Who we are, for whoever finds the lease taken.

    Raises:
        LeaseTakenError: Another one is; says who.
        StoreError: The lease cannot be asked for.
    """
    path = sqlite_path(make_url(url))
    with _file_lock(path.with_name(path.name + ".lease"), holder) if path else _advisory_lock(url):
        yield


@contextmanager
def _file_lock(path: Path, holder: str) -> Iterator[None]:
    try:
        stream = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror}); is its folder writable?") from None
    with stream:
        try:
            _lock(stream)
        except OSError:
            stream.seek(0)
            raise LeaseTakenError(stream.read().strip() or "another feedsvc", str(path.parent)) from None
        stream.truncate(0)
        stream.write(f"{holder} (process {os.getpid()})")
        stream.flush()
        yield
        stream.truncate(0)


def _lock(stream: IO[str]) -> None:
    if sys.platform == "win32":
        stream.seek(_LOCKED_BYTE)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        stream.seek(0)
    else:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def _advisory_lock(url: str) -> Iterator[None]:
    # Of its own connection: the lock lasts as long as the session.
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with translated(url), engine.connect() as connection:
            if not connection.scalar(select(func.pg_try_advisory_lock(_ADVISORY_KEY))):
                raise LeaseTakenError("another feedsvc", "this database")
            yield
    finally:
        engine.dispose()
