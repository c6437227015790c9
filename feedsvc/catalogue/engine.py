"""Open the database, and bring its tables up to date."""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from glob import escape
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
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

from feedsvc.errors import ConfigError, DamagedStoreError, NoCatalogueError, SchemaTooNewError, StoreError
from feedsvc.progress import Progress, unheard

log = logging.getLogger(__name__)

# The newest migration. Asking the migrations themselves would import Alembic
# at each start, which takes longer than the rest of it.
HEAD = "0002"

_DAMAGED = (
    "The catalogue is damaged. It holds the ids of your articles and is not made anew:"
    " restore a backup (`feedsvc restore FILE`), or move the file away to start over."
)

_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_SECONDS = 10


def open_engine(url: str, *, create: bool = True, progress: Progress = unheard) -> Engine:
    """Return an engine on an up-to-date catalogue.

    Args:
        url: As SQLAlchemy writes it, such as ``sqlite:////var/lib/feedsvc/catalogue.db``.
        create: Make or migrate the database where needed; else it must be there.

    Raises:
        ConfigError: *url* cannot be understood, or its driver is not installed.
        StoreError: The database is missing, damaged, out of reach or too new.
    """
    try:
        parsed = make_url(url)
        path = sqlite_path(parsed)
        if path is not None:
            _prepare(path, create=create)
        engine = _engine(parsed, look=path if path and not create and not _writable(path) else None)
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
            _bring_up_to_date(engine, create=create, progress=progress)
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
        raise StoreError(f"{shown(url)}: {_cause(error)}; the published feeds stay as they are") from error
    except IntegrityError as error:
        raise StoreError(
            f"{shown(url)}: another publisher has written meanwhile; the next refresh goes on"
        ) from error
    except DatabaseError as error:
        raise DamagedStoreError(f"{shown(url)}: {_cause(error)}. {_DAMAGED}") from error
    except SQLAlchemyError as error:
        raise StoreError(f"{shown(url)}: {error}") from error


def shown(url: str) -> str:
    """Return a store's address for people: a path, or a URL without its password."""
    parsed = make_url(url)
    return str(sqlite_path(parsed) or parsed.render_as_string(hide_password=True))


def sqlite_path(url: URL) -> Path | None:
    """Return the file of a SQLite database; None for any other."""
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if is_file else None


def sqlite_url(path: Path) -> str:
    """Return the address of the SQLite database *path*, whatever characters that holds."""
    # SQLAlchemy's own way fails at a name that is no UTF-8; these two characters are all that it needs.
    return "sqlite:///" + str(path).replace("%", "%25").replace("?", "%3F")


def _engine(url: URL, *, look: Path | None = None) -> Engine:
    """Return an engine; for one that may only *look*, each transaction is a connection of its own."""
    if look is None:
        engine = create_engine(url)
    else:
        engine = create_engine(url, creator=partial(_look_into, look), poolclass=NullPool)
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


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _look_into(path: Path) -> sqlite3.Connection:
    """Connect where nothing can be written.

    In WAL mode, SQLite wants to make two files beside the catalogue even to read it. If they are
    there, somebody may be writing; if not, nobody is, and it can be read as it lies.
    """
    mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "mode=ro&immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)


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
    if create and not _writable(path):
        raise StoreError(
            f"{path}: cannot be written; is its disk read-only, or does it belong to another user?"
        )
    if create:
        _sweep(path)


def _create(path: Path) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    engine = _engine(make_url(sqlite_url(fresh)))
    try:
        with closing(sqlite3.connect(fresh)) as database:
            database.execute(
                "PRAGMA journal_mode=WAL"
            )  # kept in the file: readers and the writer do not wait
        _migrate(engine)
        engine.dispose()  # closed, the file is whole without its log
        _move_in(fresh, path)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        if path.exists():  # another process was faster, and has swept ours away
            return
        reason = _cause(error) if isinstance(error, SQLAlchemyError) else str(error)
        raise StoreError(f"{path}: cannot be created ({reason}); is its folder writable?") from None
    finally:
        engine.dispose()


def _move_in(fresh: Path, path: Path) -> None:
    """Move a new catalogue into its place, unless another process was faster."""
    try:
        os.link(fresh, path)  # unlike a rename, never takes the place of another file
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        fresh.replace(path)
    fresh.unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """Remove what was being made when its maker was killed; since *path* is there, nobody needs it."""
    for unfinished in path.parent.glob(f"{escape(path.name)}.[0-9]*.new*"):
        with suppress(OSError):
            unfinished.unlink()


def _bring_up_to_date(engine: Engine, *, create: bool, progress: Progress) -> None:
    version = _version(engine)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise SchemaTooNewError(
            f"{shown(str(engine.url))}: was written by a newer feedsvc (schema {version}, this one knows"
            f" {HEAD}); install that version again, or `feedsvc restore` a backup from before the upgrade"
        )
    if version is None and not create:
        raise NoCatalogueError(f"{shown(str(engine.url))}: there is no catalogue yet; nothing was published")
    if not create:
        raise StoreError(
            f"{shown(str(engine.url))}: needs a migration; start `feedsvc serve` or `feedsvc refresh`"
        )
    if version is not None:
        progress("migrating the catalogue", 0, 0)
        _keep(engine, version)
    _migrate(engine)


def _keep(engine: Engine, version: str) -> None:
    """Leave a copy of the catalogue as it was, for who must go back to the feedsvc that wrote it."""
    path = sqlite_path(engine.url)
    if path is None:
        log.info("migrating schema=%s to=%s", version, HEAD)
        return
    kept = path.with_name(f"{path.name}.schema-{version}")
    copy_sqlite(path, kept)
    log.info("migrating schema=%s to=%s; a copy is kept in %s", version, HEAD, kept)


def copy_sqlite(path: Path, target: Path) -> None:
    """Copy a SQLite database as it is at one moment, also while others write; *target* is whole or not there.

    Raises:
        OSError, sqlite3.Error: It cannot be read or written.
    """
    fresh = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(fresh)) as copy:
            source.backup(copy)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        if not engine.dialect.has_table(connection, "alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _cause(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).partition("\n")[0]
