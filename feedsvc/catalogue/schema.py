"""The tables, brought up to date."""

import logging
import re
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, text

from feedsvc.catalogue.dburl import shown, sqlite_path
from feedsvc.catalogue.files import copy_sqlite, sweep_beside
from feedsvc.errors import DamagedStoreError, NoCatalogueError, SchemaTooNewError, StoreError
from feedsvc.runtime.progress import Progress

log = logging.getLogger(__name__)

# The newest migration. Asking the migrations themselves would import Alembic
# at each start, which takes longer than the rest of it.
HEAD = "0006"

_VERSION = re.compile("(?!0000)[0-9]{4}")
_MIGRATIONS = Path(__file__).parent / "migrations"

# Any number would do, but the one of the lease.
_MIGRATION_KEY = 0x66656565


def bring_up_to_date(engine: Engine, *, create: bool, keep: bool, progress: Progress) -> None:
    """See to it that the newest tables are there.

    Raises:
        StoreError: They are not, and may not be made; or newer ones are.
    """
    with engine.connect() as connection:
        version = _version(connection)
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
    migrate(engine, keep=keep)


def _keep(engine: Engine, version: str) -> None:
    """Leave a copy of the catalogue as it was, for who must go back to the feedsvc that wrote it."""
    path = sqlite_path(engine.url)
    if path is None:
        log.info("migrating schema=%s to=%s", version, HEAD)
        return
    kept = path.with_name(f"{path.name}.schema-{version}")
    sweep_beside(kept)
    copy_sqlite(path, kept, checksum=True)
    log.info("migrating schema=%s to=%s; a copy is kept in %s", version, HEAD, kept)


def _version(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    versions = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    if len(versions) == 1 and _VERSION.fullmatch(str(versions[0])):
        return str(versions[0])
    raise DamagedStoreError(
        f"{shown(str(connection.engine.url))}: its schema is {', '.join(map(str, versions)) or 'missing'},"
        " which no feedsvc has written. Restore a backup (`feedsvc restore FILE`)"
    )


def migrate(engine: Engine, *, keep: bool = True) -> None:
    """Run the migrations that are missing, in one transaction and in one process."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":  # SQLite's transaction is a lock by itself
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_KEY)))
        version = _version(connection)
        if version == HEAD:  # another process was faster
            return
        if version is not None and keep:
            _keep(engine, version)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
