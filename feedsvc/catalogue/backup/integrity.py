"""Checks that every row of a catalogue can be used, before anything depends on it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, Table, select
from sqlalchemy.exc import SQLAlchemyError

from feedsvc.catalogue import tables
from feedsvc.catalogue.ledger import read_catalogue, record_of
from feedsvc.catalogue.query_feeds import entry_of, read_composable
from feedsvc.catalogue.readership import read_readership, read_totals, read_waits, salt_of
from feedsvc.catalogue.rows import moment
from feedsvc.catalogue.snapshots import read_publications, read_snapshot
from feedsvc.catalogue.subscribers import read_subscribers
from feedsvc.model import Query, Severity, TermKind

_ROWS_AT_ONCE = 50  # a body may have half a megabyte

_NUMBERS = frozenset({"generation", "asked", "answered"})

_FAULTS = (SQLAlchemyError, ValueError, TypeError, OverflowError, OSError)

_Check = Callable[[Any], object]


def first_fault(connection: Connection) -> str | None:
    """Return the first row that cannot be used and why, or what is wrong with all; None if all is well."""
    for table in tables.metadata.sorted_tables:
        if fault := _fault_of(table, connection):
            return fault
    for what, read in _WHOLE.items():
        try:
            read(connection)
        except _FAULTS as error:
            return f"{what}: {_first_line(error)}"
    return _missing_body(connection)


def is_usable(table: Table, row: Row[Any]) -> bool:
    """Return whether a row can be used."""
    try:
        _check(table, row)
    except _FAULTS:
        return False
    return True


def _check(table: Table, row: Row[Any]) -> None:
    for column in table.c:
        _check_value(getattr(row, column.name), column)
    _CHECKS.get(table.name, bool)(row)


def _fault_of(table: Table, connection: Connection) -> str | None:
    keys = [column.name for column in table.primary_key]
    row: Row[Any] | None = None
    try:
        for row in connection.execute(select(table).execution_options(yield_per=_ROWS_AT_ONCE)):
            _check(table, row)
    except _FAULTS as error:
        # A row that cannot even be fetched is the one behind the last that could.
        last = "" if row is None else " ".join(str(getattr(row, key)) for key in keys)
        return f"table {table.name}, at or behind row '{last}': {_first_line(error)}"
    return None


def _check_value(value: object, column: Any) -> None:
    """Raise for a value that the database accepted although the type of its column forbids it."""
    kind = column.type
    if value is None:
        if not column.nullable:
            raise ValueError(f"{column.name} is missing")
    elif not isinstance(value, (int, float) if kind.python_type is float else kind.python_type):
        raise TypeError(f"{column.name} is of type {type(value).__name__}")  # SQLite takes anything anywhere
    elif isinstance(value, int) and value.bit_length() > (63 if isinstance(kind, BigInteger) else 31):
        raise OverflowError(f"{column.name} is too large")


def _moments(*names: str) -> _Check:
    return lambda row: [moment(getattr(row, name)) for name in names if getattr(row, name) is not None]


def _check_setting(row: Any) -> None:
    if row.name in _NUMBERS:
        int(row.value or 0)
    elif row.name == "composed_moved":
        moment(int(row.value))
    elif row.name == "salt":
        salt_of(row.value)


def _check_body(row: Any) -> None:
    if blake2b(row.bytes, digest_size=16).hexdigest() != row.etag:
        raise ValueError("its bytes are others than they were")


_CHECKS: Mapping[str, _Check] = {
    "setting": _check_setting,
    "article": record_of,
    "feed": _moments("updated"),
    "term": lambda row: TermKind(row.kind),
    "problem": lambda row: Severity(row.severity),
    "document": _moments("last_modified"),
    "body": _check_body,
    "publication": _moments("at"),
    "withdrawal": _moments("at"),
    "subscriber": _moments("made", "revoked", "last_used"),
    "entry": lambda row: entry_of(row.entry),
    "poll": _moments("at"),
    "audience": _moments("day"),
}

# Tables together, as web workers and the publisher read them.
_WHOLE: Mapping[str, Callable[[Connection], object]] = {
    "its ledger": read_catalogue,
    "its snapshot": read_snapshot,
    "its publications": read_publications,
    "its subscribers": read_subscribers,
    "its composed feeds": lambda connection: read_composable(connection, Query()),
    "its readership": lambda connection: read_readership(connection, datetime.fromtimestamp(0, UTC)),
    "its counts": lambda connection: (read_totals(connection), read_waits(connection)),
}


def _missing_body(connection: Connection) -> str | None:
    kept = select(tables.body.c.etag)
    paths = select(tables.document.c.path).where(tables.document.c.etag.not_in(kept)).limit(1)
    path = connection.scalar(paths)
    return None if path is None else f"the body of its document '{path}' is missing"


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).partition("\n")[0]
