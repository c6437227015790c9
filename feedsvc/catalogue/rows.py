"""Reading and writing rows, as ledger and snapshots both do."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from feedsvc.catalogue import tables


def moment(seconds: int) -> datetime:
    """Return a stored time."""
    return datetime.fromtimestamp(seconds, UTC)


def in_order(table: Table, *columns: str) -> Any:
    """Select all of *table*, ordered by *columns*."""
    return select(table).order_by(*(table.c[name] for name in columns))


def setting(connection: Connection, name: str) -> str | None:
    """Return a single value; None if it was never set."""
    return connection.scalar(select(tables.setting.c.value).where(tables.setting.c.name == name))


def set_setting(connection: Connection, name: str, value: str) -> None:
    """Set a single value."""
    fresh = upsert(connection, tables.setting).values(name=name, value=value)
    connection.execute(fresh.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def locked_setting(connection: Connection, name: str) -> str | None:
    """Return a single value, locked until this transaction ends."""
    if connection.dialect.name == "postgresql":  # a row must be there to be locked
        connection.execute(
            upsert(connection, tables.setting).values(name=name, value="").on_conflict_do_nothing()
        )
    stored = select(tables.setting.c.value).where(tables.setting.c.name == name)
    return connection.scalar(stored.with_for_update()) or None


def upsert(connection: Connection, table: Table) -> Any:
    """Return an insertion into *table* to which ON CONFLICT can be added."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def add_rows(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    """Insert *rows*, of which there may be none."""
    if rows:
        connection.execute(insert(table), rows)


def remove_rows(connection: Connection, table: Table, column: str, keys: Iterable[object]) -> None:
    """Delete the rows whose *column* is one of *keys*."""
    # In slices: SQLite binds 32,766 values at the most.
    ordered = sorted(keys, key=str)
    for start in range(0, len(ordered), 1000):
        connection.execute(delete(table).where(table.c[column].in_(ordered[start : start + 1000])))
