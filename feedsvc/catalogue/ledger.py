"""The ledger: what is remembered of each article, term and problem."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete

from feedsvc.catalogue import tables
from feedsvc.catalogue.rows import add_rows, in_order, moment, remove_rows, set_setting, setting
from feedsvc.ledger.withdrawals import latest_first
from feedsvc.model import Article, Catalogue, Problem, Record, Severity, Term, TermKind, Withdrawal

SECRET = "secret"  # names of feeds, which have no blanks in them


def read_catalogue(connection: Connection) -> Catalogue:
    """Return the ledger; empty before the first refresh."""
    return Catalogue(
        site_id=setting(connection, "site_id") or Catalogue().site_id,
        records=tuple(record_of(row) for row in connection.execute(in_order(tables.article, "key"))),
        terms=tuple(
            Term(kind=TermKind(row.kind), slug=row.slug, label=row.label)
            for row in connection.execute(in_order(tables.term, "kind", "slug"))
        ),
        withdrawals=_withdrawals(connection),
        secret=frozenset((setting(connection, SECRET) or "").split()),
        dates={
            row.folder: moment(row.updated) for row in connection.execute(in_order(tables.feed, "folder"))
        },
    )


def _withdrawals(connection: Connection) -> tuple[Withdrawal, ...]:
    found = [
        Withdrawal(key=row.key, id=row.id, at=moment(row.at))
        for row in connection.execute(in_order(tables.withdrawal, "id"))
    ]
    return latest_first(found)


def read_problems(connection: Connection) -> tuple[Problem, ...]:
    """Return what the last refresh found wrong, in its order."""
    return tuple(
        Problem(path=row.path, line=row.line, severity=Severity(row.severity), reason=row.reason)
        for row in connection.execute(in_order(tables.problem, "number"))
    )


def write_catalogue(connection: Connection, before: Catalogue, after: Catalogue) -> None:
    """Write what differs between *before*, which is stored, and *after*."""
    if after.site_id != before.site_id:
        set_setting(connection, "site_id", after.site_id)
    if after.secret != before.secret:
        set_setting(connection, SECRET, " ".join(sorted(after.secret)))
    old = {record.key: record for record in before.records}
    changed = [record for record in after.records if old.get(record.key) != record]
    # Out with the old rows first: renames and minting may swap what must be unique.
    remove_rows(connection, tables.article, "key", old.keys() - {r.key for r in after.records})
    remove_rows(connection, tables.article, "key", {record.key for record in changed} & old.keys())
    add_rows(connection, tables.article, [_row(record) for record in changed])
    if after.withdrawals != before.withdrawals:
        connection.execute(delete(tables.withdrawal))
        rows: list[dict[str, object]] = [
            {"id": each.id, "key": each.key, "at": int(each.at.timestamp())} for each in after.withdrawals
        ]
        add_rows(connection, tables.withdrawal, rows)
    if after.terms != before.terms:
        connection.execute(delete(tables.term))
        add_rows(
            connection, tables.term, [{"kind": t.kind, "slug": t.slug, "label": t.label} for t in after.terms]
        )
    write_dates(connection, before.dates, after.dates)


def write_dates(
    connection: Connection, before: Mapping[str, datetime], after: Mapping[str, datetime]
) -> None:
    """Write the dates of feeds that differ between *before*, which are stored, and *after*."""
    changed = {folder: date for folder, date in after.items() if before.get(folder) != date}
    remove_rows(connection, tables.feed, "folder", (before.keys() - after.keys()) | changed.keys())
    add_rows(
        connection,
        tables.feed,
        [{"folder": folder, "updated": int(date.timestamp())} for folder, date in changed.items()],
    )


def check_storable(catalogue: Catalogue) -> None:
    """Make the rows of all articles; one that makes none raises."""
    for record in catalogue.records:
        _row(record)


def write_problems(connection: Connection, problems: Sequence[Problem]) -> None:
    """Replace the problems, unless they are the same."""
    if read_problems(connection) == tuple(problems):
        return
    connection.execute(delete(tables.problem))
    rows = [
        {"number": number, "path": p.path, "line": p.line, "severity": p.severity, "reason": p.reason}
        for number, p in enumerate(problems)
    ]
    add_rows(connection, tables.problem, rows)


@cache
def _article_json() -> TypeAdapter[Article]:
    return TypeAdapter(Article)


def record_of(row: Any) -> Record:
    """Return what a row of the table of articles says.

    Raises:
        ValueError, OverflowError: It says nothing that can be used.
    """
    return Record(
        key=row.key,
        id=row.id,
        provisional=row.provisional,
        sequence=row.sequence,
        slug=row.slug,
        url=row.url,
        own_page=row.own_page,
        published=moment(row.published),
        updated=moment(row.updated),
        gone=row.gone,
        broken=row.broken,
        announced=None if row.announced is None else moment(row.announced),
        entered=None if row.entered is None else moment(row.entered),
        article=_article_json().validate_json(row.article),
    )


def _row(record: Record) -> dict[str, object]:
    return {
        "key": record.key,
        "id": record.id,
        "provisional": record.provisional,
        "sequence": record.sequence,
        "slug": record.slug,
        "url": record.url,
        "own_page": record.own_page,
        "published": int(record.published.timestamp()),
        "updated": int(record.updated.timestamp()),
        "gone": record.gone,
        "broken": record.broken,
        "announced": None if record.announced is None else int(record.announced.timestamp()),
        "entered": None if record.entered is None else int(record.entered.timestamp()),
        "article": _article_json().dump_json(record.article).decode(),
    }
