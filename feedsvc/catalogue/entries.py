"""The entries that feeds are composed of."""

from collections.abc import Sequence
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, exists, select

from feedsvc.catalogue import tables
from feedsvc.catalogue.rows import add_rows, remove_rows, set_setting, setting
from feedsvc.model import Composable, Entry, Feed, Query

_entry, _term = tables.entry, tables.entry_term

_FEED = "composed"


def read_composable(connection: Connection, query: Query) -> tuple[Feed, list[Entry], str] | None:
    """Return the feed of everything without entries, what *query* wants, and the namespace of ids.

    None if no feeds are to be composed.
    """
    feed = setting(connection, _FEED)
    if not feed:
        return None
    wanted = (
        select(_entry.c.entry).order_by(_entry.c.published.desc(), _entry.c.key.desc()).limit(query.limit)
    )
    for kind in sorted({kind for kind, _ in query.terms}):
        slugs = [slug for each, slug in query.terms if each is kind]
        wanted = wanted.where(_has(_term.c.kind == kind.value, _term.c.slug.in_(slugs)))
    if query.excluded:
        wanted = wanted.where(~_has(_term.c.slug.in_(query.excluded)))
    if query.words:
        wanted = wanted.where(_entry.c.words.contains(query.words, autoescape=True))
    rows = connection.scalars(wanted).all()
    entries = [entry_of(row) for row in rows]
    return _feed_json().validate_json(feed), entries, setting(connection, "site_id") or ""


def entry_of(text: str) -> Entry:
    """Return an entry as it is stored; ValueError if it is none."""
    return _entry_json().validate_json(text)


def write_composable(connection: Connection, feed: Feed | None, entries: Sequence[Composable]) -> bool:
    """Replace what feeds are composed of; writes only what differs, and returns whether anything does.

    Args:
        feed: That of everything, without entries; None if none are to be composed.
    """
    stored = {row.key: row.entry for row in connection.execute(select(_entry.c.key, _entry.c.entry))}
    told = {each.key: _entry_json().dump_json(each.entry).decode() for each in entries}
    changed = [each for each in entries if stored.get(each.key) != told[each.key]]
    gone = (stored.keys() - told.keys()) | {each.key for each in changed}
    remove_rows(connection, _entry, "key", gone)
    remove_rows(connection, _term, "key", gone)
    add_rows(connection, _entry, [_row(each, told[each.key]) for each in changed])
    add_rows(connection, _term, [row for each in changed for row in _term_rows(each)])
    told_feed = "" if feed is None else _feed_json().dump_json(feed).decode()
    if told_feed == (setting(connection, _FEED) or ""):
        return bool(gone or changed)
    set_setting(connection, _FEED, told_feed)
    return True


def _row(each: Composable, entry: str) -> dict[str, object]:
    published = int(each.entry.published.timestamp())
    return {"key": each.key, "published": published, "words": each.words, "entry": entry}


def _term_rows(each: Composable) -> list[dict[str, object]]:
    return [{"kind": kind.value, "slug": slug, "key": each.key} for kind, slug in sorted(set(each.terms))]


def _has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_term.c.key == _entry.c.key, *conditions)


@cache
def _entry_json() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)


@cache
def _feed_json() -> TypeAdapter[Feed]:
    return TypeAdapter(Feed)
