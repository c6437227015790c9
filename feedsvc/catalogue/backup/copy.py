"""The whole catalogue into one file, and back; while it is being used."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, delete, insert, make_url, select

from feedsvc.catalogue import tables
from feedsvc.catalogue.backup.carried_over import (
    COUNTED,
    Outlasted,
    add_counts,
    add_given,
    bring_back,
    carried_over,
    end_revoked,
)
from feedsvc.catalogue.backup.file import is_catalogue, open_backup
from feedsvc.catalogue.changes import tell_news
from feedsvc.catalogue.checksum import add_checksum
from feedsvc.catalogue.dburl import shown, sqlite_path, sqlite_url
from feedsvc.catalogue.engine import open_engine, translated
from feedsvc.catalogue.files import copy_file, copy_sqlite, fresh_beside, sweep_beside
from feedsvc.catalogue.lease import hold_lease
from feedsvc.catalogue.rows import set_setting
from feedsvc.catalogue.snapshots import lock_generation, read_generation
from feedsvc.catalogue.subscribers import revoked_in, subscribers_in
from feedsvc.errors import DamagedStoreError, SchemaTooNewError, StoreError, UsageError

_ROWS_AT_ONCE = 50  # a body may have half a megabyte


@dataclass(frozen=True, slots=True)
class Restored:
    """Side effects of a restore.

    Attributes:
        aside: The new place of a catalogue that could not be used; None if there was none.
        proved: The backup has a checksum, which proves it; an older program wrote none.
        knew_revoked: Keys that were revoked since the backup was written are known and stay revoked;
            false if there was no catalogue that could be read.
        outlasted: The part that is not as in the backup, on purpose.
    """

    aside: Path | None
    proved: bool
    knew_revoked: bool
    outlasted: Outlasted = field(default_factory=Outlasted)


def backup(url: str, file: Path) -> None:
    """Write all of a catalogue, as it is at one moment, into *file*: itself a SQLite catalogue.

    Another backup in its place is replaced, anything else is not.

    Raises:
        UsageError: *file* is no place for a backup.
        StoreError: The catalogue cannot be copied there.
    """
    path = sqlite_path(make_url(url))
    _check_place(file, path)
    try:
        if path is not None:
            with _opened(url, create=False, untouched=True):  # says best what may be wrong with it
                copy_sqlite(path, file, checksum=True)
        else:
            _copy_out(url, file)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"{shown(url)}: cannot be copied to {file} ({error}); check both and their disks"
        ) from None


def restore(url: str, file: Path, *, now: datetime) -> Restored:
    """Make the catalogue what it was when *file* was written; whoever serves from it goes on at once.

    Documents that change back are dated now: pollers that know only a date
    must not take them for the documents that they have. Keys that were revoked
    since, and articles that were taken back, stay so; so do counts.

    Raises:
        UsageError: *file* is no backup, or a row of it cannot be used.
        StoreError: The catalogue cannot be written; then it is as it was.
    """
    seconds = int(now.timestamp())
    with open_backup(file) as copy:
        source = copy.engine
        try:
            with (
                _opened(url) as target,
                translated(url),
                source.connect() as old,
                target.execution_options(writes=True).begin() as new,
            ):
                return Restored(None, copy.proved, *_replace_all(old, new, seconds))
        except (DamagedStoreError, SchemaTooNewError):
            path = sqlite_path(make_url(url))
            if path is None:
                raise
        revoked = revoked_in(path)
        with source.begin() as connection:  # what was served from the other one is not known
            connection.execute(tables.document.update().values(last_modified=seconds))
            end_revoked(connection, revoked or {})
            outlasted = Outlasted(given=add_given(connection, subscribers_in(path)))
        source.dispose()
        with hold_lease(url, "feedsvc restore"):
            return Restored(_exchange(path, copy.path), copy.proved, revoked is not None, outlasted)


def _check_place(file: Path, catalogue: Path | None) -> None:
    if not file.parent.is_dir():
        raise UsageError(f"{file}: there is no folder {file.parent}; make it first")
    if not file.exists():
        return
    if catalogue is not None and catalogue.exists() and file.samefile(catalogue):
        raise UsageError(f"{file}: is the catalogue itself; choose another name")
    if not is_catalogue(file):
        raise UsageError(f"{file}: is there already and is no backup; choose another name")


def _copy_out(url: str, file: Path) -> None:
    fresh = fresh_beside(file)
    try:
        with _opened(url, create=False) as source, _opened(sqlite_url(fresh)) as target:
            # Else each table would be read at another moment.
            reading = source.execution_options(isolation_level="REPEATABLE READ")
            with translated(url), reading.connect() as old, target.begin() as new:
                for table in tables.metadata.sorted_tables:
                    _copy(table, old, new)
        add_checksum(fresh)  # closed, it is whole without its log
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


@contextmanager
def _opened(url: str, *, create: bool = True, untouched: bool = False) -> Iterator[Engine]:
    engine = open_engine(url, create=create, untouched=untouched)
    try:
        yield engine
    finally:
        engine.dispose()


def _exchange(path: Path, copy: Path) -> Path:
    """Put *copy* where a catalogue lies that cannot be used; a catalogue is there at every moment."""
    fresh = path.with_name(f"{path.name}.restored")
    aside = _unused(path.with_name(f"{path.name}.unusable"))
    try:
        for unfinished in (fresh, aside):
            sweep_beside(unfinished)
        copy_sqlite(copy, fresh)
        # SQLite would take another catalogue's log for its own.
        for suffix in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).replace(aside.with_name(aside.name + suffix))
        copy_file(path, aside)
        fresh.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path}: cannot be exchanged ({error}); is its folder writable?") from None
    return aside


def _unused(path: Path) -> Path:
    """Return *path*, or one with a number: an older file of that name may be the only copy of something."""
    numbered = (path.with_name(f"{path.name}-{number}") for number in count(2))
    return next(each for each in chain([path], numbered) if not os.path.lexists(each))


def _replace_all(old: Connection, new: Connection, now: int) -> tuple[bool, Outlasted]:
    """Replace a catalogue by another; returns whether there was one, and how much of it outlasts this."""
    # First of all: whoever publishes meanwhile waits for us, or we for them.
    current = lock_generation(new)
    kept = carried_over(new)
    served = {row.path: (row.etag, row.last_modified) for row in new.execute(select(tables.document))}
    # Larger than both: whoever serves or publishes sees that it is another one.
    generation = max(read_generation(old), current) + 1
    add_counts(old, new)
    replaced = [table for table in tables.metadata.sorted_tables if table not in COUNTED]
    for table in reversed(replaced):
        new.execute(delete(table))
    for table in replaced:
        _copy(table, old, new)
    outlasted = bring_back(new, kept)
    set_setting(new, "generation", str(generation))
    _redate(new, served, now)
    tell_news(new, generation)
    return current > 0 or bool(kept.subscribers), outlasted


def _redate(connection: Connection, served: Mapping[str, tuple[str, int]], now: int) -> None:
    document = tables.document
    for row in connection.execute(select(document)).all():
        etag, last_modified = served.get(row.path, (row.etag, 0))
        if etag != row.etag:
            dated = document.update().where(document.c.path == row.path)
            connection.execute(dated.values(last_modified=max(now, last_modified + 1)))


def _copy(table: Table, old: Connection, new: Connection) -> None:
    few = select(table).execution_options(yield_per=_ROWS_AT_ONCE)
    for rows in old.execute(few).mappings().partitions():
        new.execute(insert(table), [dict(row) for row in rows])
