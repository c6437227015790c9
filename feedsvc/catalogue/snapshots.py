"""Snapshots: all documents, swapped at once."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select, update

from feedsvc.catalogue import tables
from feedsvc.catalogue.rows import add_rows, in_order, moment, remove_rows, set_setting, setting
from feedsvc.model import Document, Publication, Published, Release, Snapshot

# Generations for which a body outlives the last document that named it.
_KEPT_GENERATIONS = 50


def read_generation(connection: Connection) -> int:
    """Return the number of the current snapshot; 0 before the first."""
    return int(setting(connection, "generation") or 0)


def lock_generation(connection: Connection) -> int:
    """Return the number of the current snapshot, which nobody else changes until this transaction ends."""
    stored = select(tables.setting.c.value).where(tables.setting.c.name == "generation")
    return int(connection.scalar(stored.with_for_update()) or 0)


def read_snapshot(connection: Connection) -> Snapshot:
    """Return the current snapshot, without bodies."""
    files = _media(connection)
    return Snapshot(
        generation=read_generation(connection),
        documents=_documents(connection),
        media=frozenset(path for path in files if not path.startswith("/")),
        private=_by_feed(files),
        departed={row.path: row.target for row in connection.execute(in_order(tables.departed, "path"))},
    )


def write_snapshot(connection: Connection, release: Release, *, news: bool = False) -> int | None:
    """Make *release* the current snapshot; writes only what differs.

    Args:
        news: Something else has changed that belongs to a snapshot.

    Returns:
        The new generation; None if nothing differs.
    """
    before, stored = read_snapshot(connection), _media(connection)
    old, documents, files = before.documents, release.documents, _media_rows(release)
    changed = [document for document in documents if not _is_published(document, old.get(document.path))]
    vanished = old.keys() - {document.path for document in documents} - set(release.kept)
    same = not news and stored == files and before.departed == release.moved
    if not changed and not vanished and same:
        return None
    generation, now = before.generation + 1, int(release.at.timestamp())
    remove_rows(connection, tables.document, "path", vanished | {document.path for document in changed})
    add_rows(connection, tables.document, [_published_row(d, old.get(d.path), now) for d in changed])
    _keep_bodies(connection, changed, generation)
    remove_rows(connection, tables.media, "path", stored - files)
    add_rows(connection, tables.media, [{"path": path} for path in sorted(files - stored)])
    if before.departed != release.moved:
        connection.execute(delete(tables.departed))
        moved: list[dict[str, object]] = [
            {"path": path, "target": target} for path, target in release.moved.items()
        ]
        add_rows(connection, tables.departed, moved)
    _write_publication(connection, release, generation)
    set_setting(connection, "generation", str(generation))
    return generation


def read_publications(connection: Connection) -> tuple[Publication, ...]:
    """Return the last publications, the newest first."""
    newest = select(tables.publication).order_by(tables.publication.c.generation.desc())
    return tuple(
        Publication(
            generation=row.generation,
            at=moment(row.at),
            articles=row.articles,
            feeds=row.feeds,
            seconds=row.seconds,
        )
        for row in connection.execute(newest)
    )


def _write_publication(connection: Connection, release: Release, generation: int) -> None:
    """Remember a publication, and forget those whose bodies are gone."""
    column = tables.publication.c.generation
    connection.execute(delete(tables.publication).where(column < generation - _KEPT_GENERATIONS))
    row: dict[str, object] = {
        "generation": generation,
        "at": int(release.at.timestamp()),
        "articles": release.articles,
        "feeds": release.feeds,
        "seconds": release.seconds,
    }
    add_rows(connection, tables.publication, [row])


def _media_rows(release: Release) -> set[str]:
    """Return media as they are stored: those that only a private feed has, below its name.

    No path of a file begins with a slash, so nothing of the one can be taken for the other.
    """
    private = {f"/{feed}/{path}" for feed, paths in release.private.items() for path in paths}
    return private.union(release.media)


def _media(connection: Connection) -> set[str]:
    return set(connection.scalars(select(tables.media.c.path)))


def _by_feed(files: Iterable[str]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for path in files:
        if path.startswith("/"):
            feed, _, below = path[1:].partition("/")
            found.setdefault(feed, set()).add(below)
    return {feed: frozenset(paths) for feed, paths in found.items()}


def _documents(connection: Connection) -> dict[str, Published]:
    return {
        row.path: Published(
            path=row.path,
            media_type=row.media_type,
            links=row.links,
            etag=row.etag,
            last_modified=moment(row.last_modified),
            length=row.length,
        )
        for row in connection.execute(in_order(tables.document, "path"))
    }


def _is_published(document: Document, old: Published | None) -> bool:
    return old is not None and (document.etag, document.media_type, document.links) == (
        old.etag,
        old.media_type,
        old.links,
    )


def _published_row(document: Document, old: Published | None, now: int) -> dict[str, object]:
    # Two publications in one second would share a Last-Modified: the later one is dated ahead.
    before = 0 if old is None else int(old.last_modified.timestamp())
    same_bytes = old is not None and old.etag == document.etag
    last_modified = before if same_bytes else max(now, before + 1)
    return {
        "path": document.path,
        "media_type": document.media_type,
        "links": document.links,
        "etag": document.etag,
        "last_modified": last_modified,
        "length": len(document.body),
    }


def _keep_bodies(connection: Connection, changed: Iterable[Document], generation: int) -> None:
    stored = set(connection.scalars(select(tables.body.c.etag)))
    fresh = {d.etag: d.body for d in changed if d.etag not in stored}
    add_rows(connection, tables.body, [{"etag": etag, "bytes": body} for etag, body in fresh.items()])
    wanted = select(tables.document.c.etag)
    column = tables.body.c
    back = column.retired.is_not(None) & column.etag.in_(wanted)
    connection.execute(update(tables.body).where(back).values(retired=None))
    newly = column.retired.is_(None) & column.etag.not_in(wanted)
    connection.execute(update(tables.body).where(newly).values(retired=generation))
    connection.execute(delete(tables.body).where(column.retired < generation - _KEPT_GENERATIONS))
