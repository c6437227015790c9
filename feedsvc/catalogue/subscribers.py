"""Subscribers of private feeds, as the catalogue keeps them."""

import hashlib
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text, update

from feedsvc.catalogue import tables
from feedsvc.catalogue.files import look_into
from feedsvc.catalogue.rows import add_rows, in_order, moment
from feedsvc.model import Subscriber

_table = tables.subscriber


def key_digest(key: str) -> str:
    """Return what is kept of a key: it cannot be turned back, so who reads the catalogue reads no feed.

    A key has 256 random bits, so nothing slower is needed.
    """
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def read_subscribers(connection: Connection) -> tuple[Subscriber, ...]:
    """Return all that there ever were, the oldest first."""
    return tuple(_subscriber(row) for row in connection.execute(in_order(_table, "number")))


def read_stamp(connection: Connection) -> tuple[int | None, ...]:
    """Return what differs as soon as somebody was added or revoked, but not after each use; cheap."""
    column = _table.c
    newest = (func.max(each) for each in (column.number, column.made, column.revoked))
    return tuple(connection.execute(select(func.count(), func.count(column.revoked), *newest)).one())


def add_subscriber(connection: Connection, feed: str, who: str, digest: str, now: datetime) -> int:
    """Remember a subscriber; returns the number."""
    lock_subscribers(connection)
    number = int(connection.scalar(select(func.max(_table.c.number))) or 0) + 1
    row: dict[str, object] = {
        "number": number,
        "feed": feed,
        "who": who,
        "digest": digest,
        "made": int(now.timestamp()),
        "used": 0,
    }
    add_rows(connection, _table, [row])
    return number


def lock_subscribers(connection: Connection) -> None:
    """Keep others from adding, revoking or counting subscribers until this transaction ends."""
    if connection.dialect.name == "postgresql":  # of SQLite, there is one writer
        connection.execute(text(f"LOCK TABLE {_table.name} IN EXCLUSIVE MODE"))


def revoke_subscriber(connection: Connection, number: int, now: datetime) -> None:
    """End the address of a subscriber."""
    ended = update(_table).where(_table.c.number == number, _table.c.revoked.is_(None))
    connection.execute(ended.values(revoked=int(now.timestamp())))


def revoked_in(path: Path) -> dict[str, int] | None:
    """Return when keys were revoked, by digest, in a SQLite catalogue that cannot be used otherwise.

    None if not even that can be read.
    """
    try:
        with closing(look_into(path)) as database:
            rows = database.execute("SELECT digest, revoked FROM subscriber WHERE revoked IS NOT NULL")
            return {str(digest): int(revoked) for digest, revoked in rows}
    except (sqlite3.Error, ValueError, TypeError):
        return None


def subscribers_in(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a SQLite catalogue that cannot be used otherwise; none if they cannot be read."""
    names = [column.name for column in _table.c]
    try:
        with closing(look_into(path)) as database:
            rows = database.execute(f"SELECT {', '.join(names)} FROM {_table.name}").fetchall()
    except (sqlite3.Error, UnicodeDecodeError):
        return []
    return [dict(zip(names, row, strict=True)) for row in rows]


def count_uses(connection: Connection, uses: Mapping[int, int], now: datetime) -> None:
    """Add to how often subscribers' addresses were asked."""
    for number, times in sorted(uses.items()):
        counted = update(_table).where(_table.c.number == number)
        connection.execute(counted.values(used=_table.c.used + times, last_used=int(now.timestamp())))


def _subscriber(row: Any) -> Subscriber:
    return Subscriber(
        number=row.number,
        feed=row.feed,
        who=row.who,
        digest=row.digest,
        made=moment(row.made),
        revoked=None if row.revoked is None else moment(row.revoked),
        used=row.used,
        last_used=None if row.last_used is None else moment(row.last_used),
    )
