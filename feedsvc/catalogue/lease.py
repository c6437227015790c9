"""One publisher at a time.

The operating system or the database holds the lock, so that it ends with its
holder, however that ends.
"""

import errno
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import Connection, func, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.catalogue.dburl import shown, sqlite_path
from feedsvc.catalogue.engine import connect, translated
from feedsvc.catalogue.permissions import give_to_owner, way_out
from feedsvc.errors import LeaseTakenError, StoreError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

log = logging.getLogger(__name__)

# Any number would do; all feedsvc publishers on one database must use the same.
_ADVISORY_KEY = 0x66656564

_HOLDER = f"""
    SELECT application_name, client_addr
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = {_ADVISORY_KEY} AND objsubid = 1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

# How systems say that somebody else has the lock; anything else means that there are no locks.
_TAKEN = frozenset({errno.EAGAIN, errno.EACCES, errno.EDEADLK})

# Windows locks bytes: one beyond what the holder writes about itself.
_LOCKED_BYTE = 1 << 20


class Lease(Protocol):
    """The right to publish."""

    def lost(self) -> str | None:
        """Return why it is ours no more, for a person; None if it is. To be asked before each refresh.

        It can be lost while its holder lives, if the state folder is moved
        away or the database drops the session. It comes back with the folder,
        and with the database unless another publisher was faster.
        """

    def sign_off(self) -> None:
        """Name no holder any more: the process ends now, and the lease with it."""


@contextmanager
def hold_lease(url: str, holder: str) -> Iterator[Lease]:
    """Be the only publisher of a catalogue while the context lasts.

    Args:
        holder: Who we are, for whoever finds the lease taken.

    Raises:
        LeaseTakenError: Another one is; says who.
        StoreError: The lease cannot be asked for.
    """
    path = sqlite_path(make_url(url))
    with (
        _file_lock(path.with_name(path.name + ".lease"), holder)
        if path
        else _advisory_lock(url, holder) as lease
    ):
        yield lease


class _FileLease:
    """A lock on a file, which counts for whoever finds that file at its path."""

    def __init__(self, path: Path, stream: IO[bytes]) -> None:
        self._path = path
        self._stream = stream

    def lost(self) -> str | None:
        try:
            ours = os.path.samestat(self._path.stat(), os.fstat(self._stream.fileno()))
        except (FileNotFoundError, NotADirectoryError):
            ours = False
        except OSError:  # a share that is away for a moment; the store will say so itself
            ours = True
        away = "the state was moved away or replaced; nothing is published until it is back"
        return None if ours else f"{self._path.parent}: {away}"

    def sign_off(self) -> None:
        _sign(self._stream, "")


@contextmanager
def _file_lock(path: Path, holder: str) -> Iterator[Lease]:
    try:
        stream = open(path, "a+b", buffering=0, opener=_opener)  # noqa: SIM115
        give_to_owner(path)
    except OSError as error:
        reason = way_out(path) if path.exists() else "is its folder writable?"
        raise StoreError(f"{path}: cannot be written ({error.strerror}); {reason}") from None
    with stream:
        try:
            _lock(stream)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise StoreError(
                    f"{path}: cannot be locked ({error.strerror}); put the state on a local disk"
                ) from None
            stream.seek(0)
            said = stream.read().decode(errors="replace").strip()
            raise LeaseTakenError(said or "another feedsvc", str(path.parent)) from None
        _sign(stream, f"{holder} (process {os.getpid()})")
        lease = _FileLease(path, stream)
        try:
            yield lease
        finally:
            lease.sign_off()


def _opener(path: str, flags: int) -> int:
    # A link, which somebody else may have put there, would lead us to another file.
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)


def _sign(stream: IO[bytes], text: str) -> None:
    with suppress(OSError):  # a full disk: the lock is what counts
        stream.truncate(0)
        stream.write(text.encode(errors="backslashreplace"))


def _lock(stream: IO[bytes]) -> None:
    if sys.platform == "win32":
        stream.seek(_LOCKED_BYTE)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        stream.seek(0)
    else:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


class _SessionLease:
    """A lock of a database session; when that is lost, a new one tries to get it."""

    def __init__(self, connection: Connection, holder: str) -> None:
        self._connection = connection
        self._holder = holder
        # The driver's connection and its process at the server, as a restarted server may reuse the number.
        self._session: tuple[object, int] | None = None

    def lost(self) -> str | None:
        try:
            return self._other_holder()
        except SQLAlchemyError as error:  # as after a restart of the server, which is over perhaps
            cause = _cause(error)
        self._drop()
        try:
            other = self._other_holder()
        except SQLAlchemyError as error:
            self._drop()
            return f"the database does not answer ({_cause(error)}); nothing is published until it does"
        log.warning("session of the database lost, and a new one begun error=%s", cause)
        return other

    def sign_off(self) -> None:
        """Do nothing: the server knows the holders by their sessions."""

    def holder(self) -> str:
        """Return who has the lease, as far as the server tells."""
        name, address = self._connection.execute(text(_HOLDER)).one_or_none() or (None, None)
        return f"{name or 'another feedsvc'}{f' on {address}' if address else ''}"

    def _other_holder(self) -> str | None:
        number = self._connection.scalar(select(func.pg_backend_pid()))
        session = (self._connection.connection.driver_connection, int(number or 0))
        if session != self._session:
            self._connection.execute(select(func.set_config("application_name", self._holder, False)))
            locked = self._connection.scalar(select(func.pg_try_advisory_lock(_ADVISORY_KEY)))
            self._session = session if locked else None
        if self._session is not None:
            return None
        return (
            f"{self.holder()} has taken over, because our session of the database was lost;"
            " nothing is published from here until it ends"
        )

    def _drop(self) -> None:
        """Give the connection up; the next statement connects anew."""
        self._session = None
        with suppress(SQLAlchemyError):
            self._connection.rollback()


@contextmanager
def _advisory_lock(url: str, holder: str) -> Iterator[Lease]:
    # Of its own connection: the lock lasts as long as the session.
    engine = connect(make_url(url), isolation_level="AUTOCOMMIT")
    try:
        with translated(url), engine.connect() as connection:
            lease = _SessionLease(connection, holder)
            if lease.lost() is not None:
                raise LeaseTakenError(lease.holder(), shown(url))
            yield lease
    finally:
        engine.dispose()


def _cause(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).partition("\n")[0]
