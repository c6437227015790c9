"""The whole catalogue into one file, and back; while it is being used."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, Table, delete, insert, make_url, select

from feedsvc.catalogue import tables
from feedsvc.catalogue.engine import copy_sqlite, open_engine, sqlite_path, sqlite_url, translated
from feedsvc.catalogue.lease import hold_lease
from feedsvc.catalogue.rows import set_setting, setting
from feedsvc.catalogue.snapshots import read_generation
from feedsvc.errors import DamagedStoreError, SchemaTooNewError, StoreError, UsageError

_SQLITE_BEGINS = b"SQLite format 3\0"
_ROWS_AT_ONCE = 1000

# What is said between those who use the catalogue now, and not of what it holds.
_OF_THE_MOMENT = ("asked", "answered", "trouble")


def backup(url: str, file: Path) -> None:
    """Write all of a catalogue, as it is at one moment, into *file*: itself a SQLite catalogue.

    Another backup in its place is replaced, anything else is not.

    Raises:
        UsageError: *file* cannot be written.
        StoreError: The catalogue cannot be read.
    """
    if file.is_dir() or (file.exists() and not _is_sqlite(file)):
        raise UsageError(f"{file}: is there already and is no backup; choose another name")
    if not file.parent.is_dir():
        raise UsageError(f"{file}: there is no folder {file.parent}; make it first")
    path = sqlite_path(make_url(url))
    try:
        if path is not None:
            with _opened(url, create=False):  # says best what may be wrong with it
                copy_sqlite(path, file)
        else:
            _copy_out(url, file)
    except (OSError, sqlite3.Error) as error:
        raise UsageError(f"{file}: cannot be written ({error}); is its folder writable?") from None


def restore(url: str, file: Path, *, now: datetime) -> Path | None:
    """Make the catalogue what it was when *file* was written; whoever serves from it goes on at once.

    Documents that change back are dated now: pollers that know only a date
    must not take them for what they have.

    Returns:
        Where a catalogue lies that could not be read and had to make room; None if
        there was none.

    Raises:
        UsageError: *file* is no backup.
        StoreError: The catalogue cannot be written; then it is as it was.
    """
    if not file.is_file() or not _is_sqlite(file):
        raise UsageError(f"{file}: is no backup of feedsvc; name a file that `feedsvc backup` has written")
    with _opened_copy(file) as source:
        target, aside = _open_target(url)
        try:
            with (
                translated(url),
                source.connect() as old,
                target.execution_options(writes=True).begin() as new,
            ):
                _replace_all(old, new, int(now.timestamp()))
        finally:
            target.dispose()
    return aside


def _is_sqlite(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            return stream.read(len(_SQLITE_BEGINS)) == _SQLITE_BEGINS
    except OSError:
        return False


def _copy_out(url: str, file: Path) -> None:
    fresh = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        with _opened(url, create=False) as source, _opened(sqlite_url(fresh)) as target:
            # Else each table would be read at another moment.
            reading = source.execution_options(isolation_level="REPEATABLE READ")
            with translated(url), reading.connect() as old, target.begin() as new:
                for table in tables.metadata.sorted_tables:
                    _copy(table, old, new)
        fresh.replace(file)  # closed, it is whole without its log
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def _opened(url: str, *, create: bool = True) -> Iterator[Engine]:
    engine = open_engine(url, create=create)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _opened_copy(file: Path) -> Iterator[Engine]:
    """Open a copy of a backup, whose schema may be an older one; the backup itself stays as it is."""
    with TemporaryDirectory(prefix="feedsvc-") as folder:
        copy = Path(folder) / "backup.db"
        try:
            copy_sqlite(file, copy)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(f"{file}: cannot be read ({error})") from None
        try:
            open_engine(sqlite_url(copy)).dispose()
        except StoreError as error:
            raise StoreError(str(error).replace(str(copy), str(file))) from None
        with _opened(sqlite_url(copy)) as engine:
            with engine.connect() as connection:
                if read_generation(connection) == 0:
                    raise UsageError(f"{file}: holds no articles; it is no backup of feedsvc")
            yield engine


def _open_target(url: str) -> tuple[Engine, Path | None]:
    """Open the catalogue to restore into; one that cannot be used makes room, if it is a file."""
    path = sqlite_path(make_url(url))
    try:
        return open_engine(url), None
    except (DamagedStoreError, SchemaTooNewError):
        if path is None:
            raise
    with hold_lease(url, "feedsvc restore"):
        aside = path.with_name(f"{path.name}.unusable")
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).replace(aside.with_name(aside.name + suffix))
        path.replace(aside)
        return open_engine(url), aside


def _replace_all(old: Connection, new: Connection, now: int) -> None:
    said = {name: setting(new, name) or "" for name in _OF_THE_MOMENT}
    served = {row.path: (row.etag, row.last_modified) for row in new.execute(select(tables.document))}
    # Larger than both: whoever serves or publishes sees that it is another one.
    generation = max(read_generation(old), read_generation(new)) + 1
    for table in reversed(tables.metadata.sorted_tables):
        new.execute(delete(table))
    for table in tables.metadata.sorted_tables:
        _copy(table, old, new)
    for name, value in (*said.items(), ("generation", str(generation))):
        set_setting(new, name, value)
    _redate(new, served, now)


def _redate(connection: Connection, served: Mapping[str, tuple[str, int]], now: int) -> None:
    document = tables.document
    for row in connection.execute(select(document)).all():
        etag, last_modified = served.get(row.path, (row.etag, 0))
        if etag != row.etag:
            dated = document.update().where(document.c.path == row.path)
            connection.execute(dated.values(last_modified=max(now, last_modified + 1)))


def _copy(table: Table, old: Connection, new: Connection) -> None:
    for rows in old.execute(select(table)).mappings().partitions(_ROWS_AT_ONCE):
        new.execute(insert(table), [dict(row) for row in rows])
