"""Carries over what no restore undoes: revoked keys, articles taken back, dates of feeds, and counts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, update

from feedsvc.catalogue import tables
from feedsvc.catalogue.backup.integrity import is_usable
from feedsvc.catalogue.ledger import SECRET, record_of
from feedsvc.catalogue.rows import add_rows, set_setting, setting
from feedsvc.catalogue.subscribers import lock_subscribers

# In these tables, a catalogue has more than any of its backups.
COUNTED = (tables.poll, tables.total, tables.wait, tables.visitor, tables.audience)

# Settings by which the processes that use the catalogue now talk to each other.
_OF_THE_MOMENT = ("asked", "answered", "trouble", "heartbeat")

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOver:
    """The part of a catalogue that outlasts the backup that takes its place."""

    subscribers: tuple[_Row, ...]
    taken_back: tuple[_Row, ...]
    withdrawals: tuple[_Row, ...]
    settings: Mapping[str, str]
    secret: frozenset[str]
    dates: tuple[_Row, ...]


@dataclass(frozen=True, slots=True)
class Outlasted:
    """How much of a backup, or besides it, is as it was before the restore.

    Attributes:
        deleted: Articles of the backup that stay deleted.
        revoked: Keys, valid in the backup, that stay revoked.
        given: Keys that the backup does not know, and that stay valid.
    """

    deleted: int = 0
    revoked: int = 0
    given: int = 0


def carried_over(connection: Connection) -> CarriedOver:
    """Read the part that outlasts a restore; it cannot change until this transaction ends."""
    lock_subscribers(connection)
    salt = setting(connection, "salt")
    return CarriedOver(
        subscribers=_rows(connection, tables.subscriber),
        taken_back=tuple(_taken_back(connection)),
        withdrawals=_rows(connection, tables.withdrawal),
        settings={name: setting(connection, name) or "" for name in _OF_THE_MOMENT}
        | ({} if salt is None else {"salt": salt}),
        secret=_secret(connection),
        dates=_rows(connection, tables.feed),
    )


def bring_back(connection: Connection, kept: CarriedOver) -> Outlasted:
    """Add the *kept* part to a catalogue that now holds a backup."""
    outlasted = _outlasted(connection, kept)
    for name, value in kept.settings.items():
        set_setting(connection, name, value)
    if kept.secret:
        set_setting(connection, SECRET, " ".join(sorted(kept.secret | _secret(connection))))
    _bring_subscribers(connection, kept.subscribers)
    _bring_taken_back(connection, kept)
    _bring_dates(connection, kept.dates)
    return outlasted


def _outlasted(connection: Connection, kept: CarriedOver) -> Outlasted:
    article = tables.article.c
    present = set(connection.scalars(select(article.id).where(article.gone.is_(False))))
    valid = {row["digest"]: row["revoked"] is None for row in _rows(connection, tables.subscriber)}
    return Outlasted(
        deleted=sum(row["gone"] and row["id"] in present for row in kept.taken_back),
        revoked=sum(
            row["revoked"] is not None and valid.get(row["digest"], False) for row in kept.subscribers
        ),
        given=sum(row["revoked"] is None and row["digest"] not in valid for row in kept.subscribers),
    )


def add_counts(old: Connection, new: Connection) -> None:
    """Add the backup's counts of earlier times to the counts of the catalogue."""
    fresh = setting(new, "salt") is None
    for table in (tables.total, tables.wait):
        _add_larger(old, new, table)
    for table, column in ((tables.poll, tables.poll.c.at), (tables.audience, tables.audience.c.day)):
        first = new.scalar(select(func.min(column)))
        earlier = select(table) if first is None else select(table).where(column < first)
        add_rows(new, table, [dict(row) for row in old.execute(earlier).mappings()])
    if fresh:  # else its hashes are of another day, or are counted already
        add_rows(new, tables.visitor, [dict(row) for row in _rows(old, tables.visitor)])


def end_revoked(connection: Connection, revoked: Mapping[str, int]) -> None:
    """End the keys with these digests, at these times."""
    column = tables.subscriber.c
    for digest, at in revoked.items():
        ended = update(tables.subscriber).where(column.digest == digest, column.revoked.is_(None))
        connection.execute(ended.values(revoked=at))


def add_given(connection: Connection, rows: Iterable[_Row]) -> int:
    """Add the subscribers whom a backup does not know; returns how many of their keys are valid."""
    present = _rows(connection, tables.subscriber)
    digests = {row["digest"] for row in present}
    numbers = {row["number"] for row in present}
    valid = 0
    for row in rows:
        found: Any = SimpleNamespace(**row)
        if row["digest"] not in digests and is_usable(tables.subscriber, found):
            number = max(numbers) + 1 if found.number in numbers else found.number
            add_rows(connection, tables.subscriber, [{**row, "number": number}])
            digests.add(found.digest)
            numbers.add(number)
            valid += found.revoked is None
    return valid


def _rows(connection: Connection, table: Table) -> tuple[_Row, ...]:
    # A row that cannot be used may be the reason for the restore.
    return tuple(dict(row._mapping) for row in connection.execute(select(table)) if is_usable(table, row))


def _secret(connection: Connection) -> frozenset[str]:
    """Return the names of all feeds that ever were private."""
    return frozenset((setting(connection, SECRET) or "").split())


def _taken_back(connection: Connection) -> Iterator[_Row]:
    """Yield the articles that were published, and are deleted or retracted."""
    published = select(tables.article).where(tables.article.c.sequence.is_not(None))
    for row in connection.execute(published.order_by(tables.article.c.key)):
        if is_usable(tables.article, row) and (row.gone or record_of(row).article.hidden == "retracted"):
            yield dict(row._mapping)


def _bring_subscribers(connection: Connection, known: Iterable[_Row]) -> None:
    """Make *known* the subscribers, and keep those of the backup that are none of them."""
    before = _rows(connection, tables.subscriber)
    rows = {row["digest"]: dict(row) for row in known}
    numbers = {row["number"] for row in rows.values()}
    free = max((*numbers, *(row["number"] for row in before)), default=0) + 1
    for row in before:
        now = rows.get(row["digest"])
        if now is None:
            taken = row["number"] in numbers
            rows[row["digest"]] = {**row, "number": free if taken else row["number"]}
            free += taken
        elif now["revoked"] is None:
            now["revoked"] = row["revoked"]
    connection.execute(delete(tables.subscriber))
    add_rows(connection, tables.subscriber, list(rows.values()))


def _bring_taken_back(connection: Connection, kept: CarriedOver) -> None:
    """Keep articles taken back that were, with the notices for readers, unless the ledger uses their keys."""
    column = tables.article.c
    unique = (column.key, column.sequence, column.slug, column.id)
    present = connection.execute(select(*unique)).all()
    ids = {row.id: row.key for row in present}
    taken = [{row[place] for row in present} for place in range(len(unique))]
    for row in kept.taken_back:
        if row["id"] in ids:
            if row["gone"]:
                deleted = update(tables.article).where(column.id == row["id"])
                connection.execute(deleted.values(gone=True))
        elif not any(row[each.name] in values for each, values in zip(unique, taken, strict=True)):
            connection.execute(insert(tables.article).values(**row))
            ids[row["id"]] = row["key"]
    notices = {row["id"] for row in _rows(connection, tables.withdrawal)}
    back = {row["id"] for row in kept.taken_back}
    add_rows(
        connection,
        tables.withdrawal,
        [
            {**row, "key": ids[row["id"]]}
            for row in kept.withdrawals
            if row["id"] in ids and row["id"] in back and row["id"] not in notices
        ],
    )


def _bring_dates(connection: Connection, known: Iterable[_Row]) -> None:
    """Let no feed's date go back: readers have seen the later one."""
    both = sorted((*_rows(connection, tables.feed), *known), key=lambda row: row["updated"])
    latest = {row["folder"]: dict(row) for row in both}
    connection.execute(delete(tables.feed))
    add_rows(connection, tables.feed, list(latest.values()))


def _add_larger(old: Connection, new: Connection, table: Table) -> None:
    """Let each of *table*'s numbers, which only grow, be the larger one of two."""
    keys = [column.name for column in table.primary_key]
    rows = {tuple(row[key] for key in keys): dict(row) for row in _rows(new, table)}
    for row in _rows(old, table):
        key = tuple(row[key] for key in keys)
        now = rows.setdefault(key, dict(row))
        now |= {name: max(now[name], value) for name, value in row.items() if name not in keys}
    new.execute(delete(table))
    add_rows(new, table, list(rows.values()))
