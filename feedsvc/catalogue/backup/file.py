"""A backup, proved to be whole before a catalogue makes room for it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from feedsvc.catalogue import tables
from feedsvc.catalogue.backup.integrity import first_fault
from feedsvc.catalogue.checksum import has_checksum, is_right, is_too_long, may_be_sqlite
from feedsvc.catalogue.dburl import sqlite_url
from feedsvc.catalogue.engine import open_engine
from feedsvc.catalogue.files import copy_file, copy_sqlite, has_log, look_into
from feedsvc.catalogue.snapshots import read_generation
from feedsvc.errors import DamagedStoreError, StoreError, UsageError

# SQLite names what is damaged, and its name may be damaged too.
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class BackupCopy:
    """A copy of a backup, brought up to date; the backup itself stays as it is.

    Attributes:
        engine: On the copy at *path*.
        proved: A checksum proves each byte; else the rows were read, and any of them may be another.
    """

    path: Path
    engine: Engine
    proved: bool


def is_catalogue(file: Path) -> bool:
    """Return whether a file is a SQLite catalogue, of any schema."""
    try:
        with closing(look_into(file)) as database:
            names = {name for (name,) in database.execute("SELECT name FROM sqlite_schema")}
    except _UNREADABLE:
        return False
    return {"alembic_version", tables.setting.name, tables.article.name} <= names


@contextmanager
def open_backup(file: Path) -> Iterator[BackupCopy]:
    """Copy a backup into a folder that is removed in the end, prove that it is whole, and open the copy.

    Raises:
        UsageError: *file* is no backup, or is damaged.
        StoreError: A newer program wrote it.
    """
    _check_file(file)
    with TemporaryDirectory(prefix="feedsvc-") as folder:
        copy = Path(folder) / "backup.db"
        proved = _copy(file, copy)
        _check_pages(file, copy)
        engine = _open(file, copy)
        try:
            _check_rows(file, engine)
            yield BackupCopy(copy, engine, proved)
        finally:
            engine.dispose()


def _check_file(file: Path) -> None:
    try:
        if not file.exists():
            raise UsageError(f"{file}: there is no such file; name one that `feedsvc backup` has written")
        is_backup = file.is_file() and (has_checksum(file) or (may_be_sqlite(file) and is_catalogue(file)))
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror}); let this user read it") from None
    if not is_backup:
        raise UsageError(f"{file}: is no backup of feedsvc; name a file that `feedsvc backup` has written")


def _copy(file: Path, copy: Path) -> bool:
    """Copy a backup; returns whether its checksum proves the copy."""
    try:
        # A log holds more than the checksum was made of: the backup has become a catalogue in use.
        proved = has_checksum(file) and not has_log(file)
        if proved:
            copy_file(file, copy)
        elif is_too_long(file) and not has_log(file):
            raise _damaged(file, "bytes stand behind its last page")
        else:
            copy_sqlite(file, copy)
    except (OSError, *_UNREADABLE) as error:
        raise UsageError(f"{file}: cannot be copied to {copy.parent} ({error}); check both disks") from None
    if proved and not is_right(copy):
        raise _damaged(file, "its bytes are not those that its checksum was made of")
    return proved


def _check_pages(file: Path, copy: Path) -> None:
    try:
        with closing(sqlite3.connect(copy)) as database:
            said = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except _UNREADABLE as error:
        raise _damaged(file, str(error)) from None
    if said != "ok":
        raise _damaged(file, "its pages contradict each other")


def _open(file: Path, copy: Path) -> Engine:
    try:
        return open_engine(sqlite_url(copy), keep=False)
    except DamagedStoreError as error:
        raise _damaged(file, _reason(error, copy)) from None
    except StoreError as error:
        raise StoreError(str(error).replace(str(copy), str(file))) from None


def _reason(error: StoreError, copy: Path) -> str:
    """Return the fault alone: what to do about a catalogue is not what to do about a backup."""
    return str(error).removeprefix(f"{copy}: ").partition(". ")[0]


def _check_rows(file: Path, engine: Engine) -> None:
    with engine.connect() as connection:
        fault = first_fault(connection)
        if fault is not None:
            raise _damaged(file, fault)
        if read_generation(connection) == 0:
            raise UsageError(f"{file}: holds no articles; take another backup")


def _damaged(file: Path, fault: str) -> UsageError:
    return UsageError(f"{file}: is damaged ({fault}); take another backup")
