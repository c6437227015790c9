"""Subscribers of private feeds, as the catalogue keeps them."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from feedsvc.catalogue import tables
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


def add_subscriber(connection: Connection, feed: str, who: str, digest: str, now: datetime) -> int:
    """Remember a subscriber; returns the number."""
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


def revoke_subscriber(connection: Connection, number: int, now: datetime) -> None:
    """End the address of a subscriber."""
    ended = update(_table).where(_table.c.number == number, _table.c.revoked.is_(None))
    connection.execute(ended.values(revoked=int(now.timestamp())))


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
