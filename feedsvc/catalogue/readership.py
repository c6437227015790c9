"""Who reads, as the catalogue keeps it: by hour, then by day, then not at all.

No address is stored. A visitor is a hash, with a salt that nobody has once the
day is over; from then on only their number is known.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    and_,
    case,
    delete,
    func,
    literal,
    or_,
    select,
)

from feedsvc.catalogue import tables
from feedsvc.catalogue.rows import in_order, set_setting, upsert
from feedsvc.model import ClientReadership, Counted, PollKey, Polls, Readership, VisitorKey, Visits, Waits
from feedsvc.runtime.clocks import EARLIEST

HOUR, DAY = 3600, 86_400  # seconds
_HOURS_KEPT = 7 * DAY
_DAYS_KEPT = 400 * DAY

# By so many days, machines can be apart.
_MOST_AHEAD = 1
_EARLIEST_DAY = int(EARLIEST.timestamp()) // DAY

_poll, _visitor, _audience = tables.poll.c, tables.visitor.c, tables.audience.c
_what = (_poll.path, _poll.client, _poll.status)
_counts = tuple(_poll[name] for name in Polls._fields)
_who = (_visitor.feed, _visitor.client)

# In the order of the columns of `audience`.
_came = (
    func.count(),
    func.max(_visitor.subscribers),
    func.sum(_visitor.polls - 1),
    func.sum(_visitor.last - _visitor.first),
)


class _Today(NamedTuple):
    """The day that is counted for, as its number since 1970, and its salt."""

    day: int
    salt: str


def add_counted(connection: Connection, counted: Counted, now: datetime) -> None:
    """Add what a worker has counted; the first to do so on a new day closes the one before."""
    salt = _today(connection, int(now.timestamp()) // DAY).salt
    polls = [{"span": HOUR, **key._asdict(), **its._asdict()} for key, its in sorted(counted.polls.items())]
    _add(connection, tables.poll, polls)
    _add(connection, tables.total, list(_totals(counted.polls)))
    _add(connection, tables.wait, _waits(counted.waits))
    _add(connection, tables.visitor, list(_marked(counted.visits, salt)))


def read_readership(connection: Connection, since: datetime) -> Readership:
    """Return who read since a moment: since its hour, or its day where hours are no longer known."""
    begin = int(since.timestamp())
    return Readership(
        since=since, polls=_polls(connection, begin), clients=tuple(_clients(connection, begin))
    )


def read_totals(connection: Connection) -> dict[tuple[str, int], Polls]:
    """Return all polls there ever were, by client and status: numbers that only grow."""
    rows = connection.execute(in_order(tables.total, "client", "status"))
    return {(row.client, row.status): Polls(row.polls, row.sent, row.saved) for row in rows}


def read_waits(connection: Connection) -> Waits:
    """Return how long all answers there ever were took."""
    rows = connection.execute(in_order(tables.wait, "bound")).all()
    return Waits(polls={row.bound: row.polls for row in rows}, seconds=sum(row.seconds for row in rows))


def salt_of(text: str) -> tuple[int, str]:
    """Return the day and the salt that is stored as *text*; ValueError if it is none."""
    day, salt = text.split()
    return int(day), salt


def _today(connection: Connection, day: int) -> _Today:
    """Return the day that counts; a clock behind the others' opens none that is closed.

    Nor does one that was never set. But a day that lies further ahead was that of a wrong clock.
    """
    name, value = tables.setting.c.name, tables.setting.c.value
    fresh = f"{day} {secrets.token_hex(16)}"
    first = upsert(connection, tables.setting).values(name="salt", value=fresh).on_conflict_do_nothing()
    connection.execute(first)
    # Others wait here until we are done: one of us closes the day.
    kept = connection.scalar(select(value).where(name == "salt").with_for_update())
    known, salt = salt_of(str(kept))
    if known - _MOST_AHEAD <= day <= known or day < _EARLIEST_DAY:
        return _Today(known, salt)
    _close(connection, known, day)
    set_setting(connection, "salt", fresh)
    return _Today(day, fresh.split()[1])


def _close(connection: Connection, known: int, day: int) -> None:
    """Keep of who came on the day *known* no more than their number, and forget the hours of long ago."""
    came = select(literal(known * DAY), *_who, *_came).group_by(*_who)
    connection.execute(_adding(connection, tables.audience).from_select(list(_audience), came))
    connection.execute(delete(tables.visitor))
    past = and_(_poll.span == HOUR, _poll.at < day * DAY - _HOURS_KEPT)
    begun = _poll.at - _poll.at % DAY
    by_day = select(literal(DAY), begun, *_what, *map(func.sum, _counts)).where(past).group_by(begun, *_what)
    connection.execute(_adding(connection, tables.poll).from_select(list(_poll), by_day))
    connection.execute(delete(tables.poll).where(or_(past, _poll.at < day * DAY - _DAYS_KEPT)))
    connection.execute(delete(tables.audience).where(_audience.day < day * DAY - _DAYS_KEPT))


def _polls(connection: Connection, begin: int) -> dict[PollKey, Polls]:
    within = or_(
        and_(_poll.span == HOUR, _poll.at >= begin - begin % HOUR),
        and_(_poll.span == DAY, _poll.at >= begin - begin % DAY),
    )
    found = select(*_what, *map(func.sum, _counts)).where(within).group_by(*_what).order_by(*_what)
    return {PollKey(0, *row[:3]): Polls(*map(int, row[3:])) for row in connection.execute(found)}


def _clients(connection: Connection, begin: int) -> Iterator[ClientReadership]:
    past = select(*list(_audience)[1:]).where(_audience.day >= begin - begin % DAY)
    today = select(*_who, *_came).group_by(*_who)
    rows = sorted(tuple(row) for each in (past, today) for row in connection.execute(each))
    for (feed, client), days in groupby(rows, key=lambda row: row[:2]):
        readers, subscribers, intervals, seconds = zip(*(day[2:] for day in days), strict=True)
        yield ClientReadership(
            feed=feed,
            client=client,
            readers=max(readers),
            subscribers=max(subscribers),
            intervals=int(sum(intervals)),
            seconds=int(sum(seconds)),
        )


def _totals(polls: Mapping[PollKey, Polls]) -> Iterator[dict[str, object]]:
    ordered = sorted(polls.items(), key=lambda item: (item[0].client, item[0].status))
    for (client, status), group in groupby(ordered, key=lambda item: (item[0].client, item[0].status)):
        its = [each for _, each in group]
        sums = {name: sum(getattr(each, name) for each in its) for name in ("polls", "sent", "saved")}
        yield {"client": client, "status": status, **sums}


def _waits(waits: Waits) -> list[dict[str, object]]:
    # Any row will do for the seconds, as long as all take the same.
    return [
        {"bound": bound, "polls": polls, "seconds": 0.0 if bound else waits.seconds}
        for bound, polls in sorted({0: 0, **waits.polls}.items())
    ]


def _marked(visits: Mapping[VisitorKey, Visits], salt: str) -> Iterator[dict[str, object]]:
    marked = sorted((key.feed, key.client, _mark(key, salt), its) for key, its in visits.items())
    for feed, client, mark, its in marked:
        yield {"feed": feed, "client": client, "mark": mark, **its._asdict()}


def _mark(key: VisitorKey, salt: str) -> int:
    """Return what tells visitors apart today, and tells nothing of them tomorrow."""
    said = "\0".join((key.client, key.origin)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(said, digest_size=8, key=salt.encode()).digest(), signed=True)


def _add(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Add rows, in their order: two workers that add at once would else lock each other out."""
    if rows:
        connection.execute(_adding(connection, table), rows)


def _adding(connection: Connection, table: Table) -> Any:
    """Return the statement that inserts a row, or adds it to the one that is there."""
    inserted = upsert(connection, table)
    keys = {column.name for column in table.primary_key}
    merged = {
        column.name: _merged(column, inserted.excluded[column.name])
        for column in table.c
        if column.name not in keys
    }
    return inserted.on_conflict_do_update(index_elements=sorted(keys), set_=merged)


def _merged(old: Column[Any], new: ColumnElement[Any]) -> ColumnElement[Any]:
    if old.name == "first":
        return case((old < new, old), else_=new)
    if old.name in ("last", "subscribers"):
        return case((old > new, old), else_=new)
    return old + new
