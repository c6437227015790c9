"""Open the database, and bring its tables up to date."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from glob import escape
from pathlib import Path
from threading import get_ident
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.pool import NullPool

from feedsvc.catalogue.dburl import shown, sqlite_path, sqlite_url
from feedsvc.catalogue.files import is_writable, look_into, move_in
from feedsvc.catalogue.permissions import close_catalogue, make_file, must_be_ours, way_out
from feedsvc.catalogue.schema import bring_up_to_date, migrate
from feedsvc.catalogue.sqlite_file import SqliteFile
from feedsvc.errors import ConfigError, DamagedStoreError, NoCatalogueError, StoreError
from feedsvc.runtime.progress import Progress, unheard

_DAMAGED = (
    "The catalogue is damaged. It holds the ids of your articles and is not made anew:"
    " restore a backup (`feedsvc restore FILE`), or move the file away to start over."
)

# What SQLite calls an operational error, though no waiting mends it.
_DAMAGES = ("no such table", "no such column", "Could not decode to UTF-8")

# By PostgreSQL's SQLSTATE, where its own words do not tell the operator what to do.
_WAITED_TOO_LONG: dict[str | None, str] = {
    "55P03": "another session keeps a lock on the tables; see pg_locks for its process id, and end it",
    "57014": "the database was too slow and the time limit of a statement is over; see what keeps it busy",
}

_BUSY_SECONDS = 10
_POOL_SECONDS = 5  # that a thread waits for a connection while all are in use


def open_engine(
    url: str,
    *,
    create: bool = True,
    untouched: bool = False,
    keep: bool = True,
    progress: Progress = unheard,
) -> Engine:
    """Return an engine on an up-to-date catalogue.

    Args:
        url: As SQLAlchemy writes it, such as ``sqlite:////var/lib/feedsvc/catalogue.db``.
        create: Make or migrate the database where needed; else it must be there.
        untouched: Leave the files of SQLite as they are, for who only looks once.
        keep: Leave a copy beside it of a SQLite catalogue that is migrated.

    Raises:
        ConfigError: *url* cannot be understood, or its driver is not installed.
        StoreError: The database is missing, damaged, out of reach or too new.
    """
    try:
        parsed = make_url(url)
        path = sqlite_path(parsed)
        if path is not None:
            _prepare(path, create=create)
        looks = path and not create and (untouched or not is_writable(path))
        engine = _engine(parsed, look=path if looks else None)
    except (ArgumentError, NoSuchModuleError):
        raise ConfigError("store.url", ["must read sqlite:///PATH or postgresql+psycopg://…"]) from None
    except ImportError:
        raise ConfigError(
            "store.url", ["PostgreSQL needs a driver; pip install 'feedsvc[postgres]'"]
        ) from None
    except OSError as error:  # of a folder that is not ours to enter
        raise StoreError(
            f"{shown(url)}: cannot be opened ({error.strerror}); run as the user it belongs to"
        ) from None
    try:
        with translated(url):
            bring_up_to_date(engine, create=create, keep=keep, progress=progress)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Turn what the database raises into a StoreError that says what to do."""
    try:
        yield
    except OperationalError as error:
        if sqlite_path(make_url(url)) and _cause(error).startswith(_DAMAGES):
            raise DamagedStoreError(f"{shown(url)}: {_cause(error)}. {_DAMAGED}") from error
        raise StoreError(f"{shown(url)}: {_cause(error)}; the published feeds stay as they are") from error
    except IntegrityError as error:
        raise StoreError(
            f"{shown(url)}: another publisher has written meanwhile; the next refresh goes on"
        ) from error
    except DatabaseError as error:
        if sqlite_path(make_url(url)) is None:  # a right that is missing, a table that somebody dropped
            raise StoreError(f"{shown(url)}: {_cause(error)}; ask who runs the database") from error
        raise DamagedStoreError(f"{shown(url)}: {_cause(error)}. {_DAMAGED}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"{shown(url)}: {error}") from error
    except UnicodeDecodeError as error:  # of a damaged name in what SQLite says of the damage
        raise DamagedStoreError(f"{shown(url)}: damaged names of tables. {_DAMAGED}") from error


def connect(url: URL, *, patience: float | None = None, **options: Any) -> Engine:
    """Return an engine whose connections end within a bound when the database server stands still.

    Args:
        patience: Seconds that a server may be silent, if not the usual ones.
        options: As `sqlalchemy.create_engine` takes them.
    """
    engine = create_engine(url, pool_timeout=_POOL_SECONDS, **options)
    if engine.dialect.driver == "psycopg":
        from feedsvc.catalogue.postgres import (  # the driver is installed by who needs it
            SECONDS_SILENT,
            limit,
        )

        limit(engine, patience or SECONDS_SILENT)
    return engine


def _engine(url: URL, *, look: Path | None = None) -> Engine:
    """Return an engine; for one that may only *look*, each transaction is a connection of its own."""
    path = sqlite_path(url)
    if look is not None:
        engine = create_engine(url, creator=partial(look_into, look), poolclass=NullPool)
    elif path is not None:
        file = SqliteFile(path)
        engine = connect(url, creator=file.connect)
        file.guard(engine)
    else:
        engine = connect(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, below
    try:
        connection.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}").close()
        connection.execute("PRAGMA synchronous=FULL").close()
    except sqlite3.Error:
        connection.close()  # nobody else would
        raise


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail as busy at once, without
    # waiting, if somebody else wrote in between.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare(path: Path, *, create: bool) -> None:
    if not path.exists():
        if not create:
            raise NoCatalogueError(
                f"{path}: there is no catalogue yet; start `feedsvc serve` or `feedsvc refresh` first"
            )
        _create(path)
    elif path.stat().st_size == 0:
        # We never leave an empty file: it is made elsewhere and moved here whole.
        raise DamagedStoreError(f"{path}: the file is empty. {_DAMAGED}")
    if create:
        must_be_ours(path)
        close_catalogue(path)
        _sweep(path)
    elif not os.access(path, os.R_OK):
        raise StoreError(f"{path}: cannot be read; {way_out(path)}")


def _create(path: Path) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{get_ident()}.new")
    engine = _engine(make_url(sqlite_url(fresh)))
    try:
        make_file(fresh)  # SQLite gives its log the same mode
        with closing(sqlite3.connect(fresh)) as database:
            database.execute(
                "PRAGMA journal_mode=WAL"
            )  # kept in the file: readers and the writer do not wait
        migrate(engine)
        engine.dispose()  # closed, the file is whole without its log
        move_in(fresh, path)
    except (OSError, sqlite3.Error, SQLAlchemyError, StoreError) as error:
        if path.exists():  # another process was faster, and has swept ours away
            return
        reason = _cause(error) if isinstance(error, SQLAlchemyError) else _reason(error)
        raise StoreError(f"{path}: cannot be created ({reason}); is its folder writable?") from None
    finally:
        engine.dispose()


def _sweep(path: Path) -> None:
    """Remove what was being made when its maker was killed; since *path* is there, nobody needs it."""
    for unfinished in path.parent.glob(f"{escape(path.name)}.[0-9]*.new*"):
        with suppress(OSError):
            unfinished.unlink()


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)


def _cause(error: SQLAlchemyError) -> str:
    known = _WAITED_TOO_LONG.get(getattr(getattr(error, "orig", None), "sqlstate", None))
    if known:
        return known
    return str(getattr(error, "orig", None) or error).partition("\n")[0]
