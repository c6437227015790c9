"""The entries that feeds are composed of."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Select, exists, select

from feedsvc.catalogue import tables
from feedsvc.catalogue.rows import add_rows, moment, remove_rows, set_setting, setting
from feedsvc.feeds.window import fitting
from feedsvc.model import (
    OWN_LANGUAGE,
    Composable,
    Entry,
    Feed,
    FeedSpec,
    Found,
    Query,
    Template,
    TermKind,
)

_entry, _term = tables.entry, tables.entry_term

# The feed of everything without entries, and what shapes it.
_FEED, _SPEC = "composed", "composed_spec"

# When an entry last went, or was changed without a date that says so.
_MOVED = "composed_moved"

_MOST_ALIKE = 1000  # entries of one second: no more are composable at all
_FETCHED_AT_ONCE = 20


def read_composable(connection: Connection, query: Query) -> Found | None:
    """Return the entries for *query*; None if no feeds are to be composed."""
    template = _template(connection)
    if template is None:
        return None
    wanted = _matching(query).limit(max(query.limit, template.spec.most))
    names_language = any(kind is TermKind.LANGUAGE for kind, _ in query.terms)
    # As any feed: in the language of the feed of everything, unless nothing is.
    own = wanted if names_language else wanted.where(_has_term(*OWN_LANGUAGE))
    entries = _read(connection, own, template.spec) or _read(connection, wanted, template.spec)
    return Found(template=template, entries=entries)


def _read(connection: Connection, wanted: Select[Any], spec: FeedSpec) -> tuple[Entry, ...]:
    """Return the first entries, as many as fit into a feed; the others are not even fetched."""
    with connection.execute(wanted, execution_options={"yield_per": _FETCHED_AT_ONCE}) as rows:
        read: list[Entry] = []

        def sizes() -> Iterator[int]:
            for text in rows.scalars():
                read.append(entry_of(text))
                yield read[-1].size

        return tuple(read[: fitting(sizes(), spec)])


def _template(connection: Connection) -> Template | None:
    feed, spec = setting(connection, _FEED), setting(connection, _SPEC)
    if not feed:
        return None
    read = _feed_json().validate_json(feed)
    if not spec:  # last published by a version that stored none
        return None
    site_id = setting(connection, "site_id") or ""
    return Template(
        feed=read, spec=_spec_json().validate_json(spec), site_id=site_id, moved=_moved(connection)
    )


def _moved(connection: Connection) -> datetime | None:
    stored = setting(connection, _MOVED)
    return moment(int(stored)) if stored else None


def _matching(query: Query) -> Select[Any]:
    wanted = select(_entry.c.entry).order_by(_entry.c.published.desc())
    for kind in sorted({kind for kind, _ in query.terms}):
        wanted = wanted.where(_has_term(kind, *(slug for each, slug in query.terms if each is kind)))
    if query.excluded:
        wanted = wanted.where(~_has(_term.c.slug.in_(query.excluded)))
    if query.words:
        wanted = wanted.where(_entry.c.words.contains(query.words, autoescape=True))
    return wanted


def entry_of(text: str) -> Entry:
    """Return an entry as it is stored; ValueError if it is none."""
    return _entry_json().validate_json(text)


def write_composable(
    connection: Connection, template: Template | None, entries: Sequence[Composable], *, now: datetime
) -> bool:
    """Replace what feeds are composed of; writes only what differs, and returns whether anything does.

    Args:
        template: None if no feeds are to be composed.
        entries: The newest first.
    """
    stored = _stored(connection)
    told = dict(_told(entries))
    changed = {key: row for key, row in told.items() if stored.get(key) != row}
    gone = (stored.keys() - told.keys()) | changed.keys()
    remove_rows(connection, _entry, "key", gone)
    remove_rows(connection, _term, "key", gone)
    add_rows(connection, _entry, [row.entry(key) for key, row in changed.items()])
    add_rows(connection, _term, [each for key, row in changed.items() for each in row.term_rows(key)])
    feed = "" if template is None else _feed_json().dump_json(template.feed).decode()
    spec = "" if template is None else _spec_json().dump_json(template.spec).decode()
    said = {name: text for name, text in ((_FEED, feed), (_SPEC, spec)) if text != _said(connection, name)}
    if stored and _is_undated(stored.keys() - told.keys(), changed, entries, now):
        said[_MOVED] = str(_later(_moved(connection), now))
    for name, text in said.items():
        set_setting(connection, name, text)
    return bool(gone or changed or said)


def _is_undated(
    gone: Collection[int], changed: Collection[int], entries: Sequence[Composable], now: datetime
) -> bool:
    """Return whether no date of an entry says that it went, or was changed, at this moment."""
    return bool(gone) or any(each.key in changed and each.entry.moved < now for each in entries)


def _later(before: datetime | None, now: datetime) -> int:
    seconds = int(now.timestamp())
    return seconds if before is None else max(seconds, int(before.timestamp()) + 1)


def _said(connection: Connection, name: str) -> str:
    return setting(connection, name) or ""


class _Row(NamedTuple):
    """An entry as it is stored.

    Attributes:
        place: Orders entries: the seconds of their dates, and among equal ones as feeds have them.
    """

    place: int
    words: str
    json: str
    terms: frozenset[tuple[str, str]]

    def entry(self, key: int) -> dict[str, object]:
        return {"key": key, "published": self.place, "words": self.words, "entry": self.json}

    def term_rows(self, key: int) -> list[dict[str, object]]:
        return [{"kind": kind, "slug": slug, "key": key} for kind, slug in sorted(self.terms)]


def _told(entries: Sequence[Composable]) -> Iterator[tuple[int, _Row]]:
    """Yield the rows of *entries*, the newest first, by their keys."""
    alike: Counter[int] = Counter()
    for each in reversed(entries):
        seconds = int(each.entry.published.timestamp())
        place = seconds * _MOST_ALIKE + alike[seconds]
        alike[seconds] += 1
        json = _entry_json().dump_json(each.entry).decode()
        yield each.key, _Row(place, each.words, json, frozenset((k.value, slug) for k, slug in each.terms))


def _stored(connection: Connection) -> dict[int, _Row]:
    terms: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for row in connection.execute(select(_term)):
        terms[row.key].add((row.kind, row.slug))
    return {
        row.key: _Row(row.published, row.words, row.entry, frozenset(terms[row.key]))
        for row in connection.execute(select(_entry))
    }


def _has_term(kind: TermKind, *slugs: str) -> ColumnElement[bool]:
    return _has(_term.c.kind == kind.value, _term.c.slug.in_(slugs))


def _has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_term.c.key == _entry.c.key, *conditions)


@cache
def _entry_json() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)


@cache
def _feed_json() -> TypeAdapter[Feed]:
    return TypeAdapter(Feed)


@cache
def _spec_json() -> TypeAdapter[FeedSpec]:
    return TypeAdapter(FeedSpec)
