"""The published snapshot as static files.

The folder may be shared with a site that another program writes: a manifest
says which files are ours, and no other is ever overwritten or removed.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path

from feedsvc.articles.scan import EXPORT_MANIFEST
from feedsvc.catalogue import Store
from feedsvc.errors import SourceError, StoreError, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export did, in files.

    Attributes:
        foreign: Paths that we would have written, had they not been there.
    """

    written: int
    unchanged: int
    removed: int
    foreign: tuple[str, ...]


def export(store: Store, articles: Path, out: Path) -> Exported:
    """Write the current snapshot below *out*; equal files are left alone.

    Args:
        articles: Where the media lie.

    Raises:
        UsageError: *out* cannot be such a folder.
        SourceError: A file cannot be written.
        StoreError: The snapshot cannot be read.
    """
    _check(articles, out)
    try:
        return _export(store, articles, out)
    except OSError as error:
        raise SourceError(f"{error.filename or out}: cannot be written ({error.strerror})") from None


def _check(articles: Path, out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is a file; --out needs a folder")
    if out.resolve() == articles.resolve():
        raise UsageError(f"{out}: is the folder of articles itself; choose another for --out")


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    mark: str  # differs if the bytes do
    load: Callable[[], bytes]
    modified: float


def _export(store: Store, articles: Path, out: Path) -> Exported:
    out.mkdir(parents=True, exist_ok=True)
    ours = {path: mark for path, mark in _read_manifest(out).items() if _is_ours(out, path, mark)}
    files: list[_File] = []
    foreign: list[_File] = []
    for file in _files(store, articles):
        (files if file.path in ours or _is_free(out, file.path) else foreign).append(file)
    wanted = {file.path: file.mark for file in files}
    stale = [file for file in files if ours.get(file.path) != file.mark]
    if stale:
        # Cut off in between, we know again what is new and what is old.
        _write_manifest(out, {path: f"{wanted.get(path, '')} {ours.get(path, '')}" for path in ours | wanted})
    for file in stale:
        body = file.load()
        wanted[file.path] = _mark(body)
        _write(out / file.path, body, file.modified)
    removed = ours.keys() - wanted.keys()
    for path in removed:
        _remove(out, path)
    if stale or removed:
        _write_manifest(out, wanted)
    return Exported(
        written=len(stale),
        unchanged=len(files) - len(stale),
        removed=len(removed),
        foreign=tuple(file.path for file in foreign),
    )


def _is_ours(out: Path, path: str, mark: str) -> bool:
    """Return whether what stands there is what we wrote; another program may have replaced it."""
    target = out / path
    return _is_inside(out, target) and target.is_file() and _mark(target.read_bytes()) in mark.split()


def _is_free(out: Path, path: str) -> bool:
    """Return whether nothing is in the way of a new file."""
    target = out / path
    parent = next(folder for folder in target.parents if os.path.lexists(folder))
    return _is_inside(out, target) and parent.is_dir() and not os.path.lexists(target)


def _is_inside(out: Path, target: Path) -> bool:
    # No link, and no manifest that somebody sent us, may lead us elsewhere.
    return target.parent.resolve().is_relative_to(out.resolve()) and not target.is_symlink()


def _mark(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


def _files(store: Store, articles: Path) -> Iterator[_File]:
    """Yield every file of the current snapshot, in order."""
    snapshot = store.snapshot()
    for path, document in sorted(snapshot.documents.items()):
        name = f"{path}index.html" if not path or path.endswith("/") else path
        load = partial(_body, store, document.etag)
        yield _File(name, document.etag, load, document.last_modified.timestamp())
    for path in sorted(snapshot.media):
        source = articles / path
        # It may have gone since, or become a link out of the folder.
        if source.is_file() and source.resolve().is_relative_to(articles.resolve()):
            mark = _mark(source.read_bytes())
            yield _File(f"media/{path}", mark, source.read_bytes, source.stat().st_mtime)


def _body(store: Store, etag: str) -> bytes:
    body = store.body(etag)
    if body is None:
        raise StoreError("a newer snapshot was published meanwhile; run the export again")
    return body


def _read_manifest(out: Path) -> dict[str, str]:
    manifest = out / EXPORT_MANIFEST
    try:
        found = json.loads(manifest.read_text(encoding="utf-8"))
        return {str(path): str(digest) for path, digest in found["files"].items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, AttributeError, TypeError):
        raise UsageError(
            f"{manifest}: is damaged, so we cannot tell which files are ours; empty {out} and export again"
        ) from None


def _write_manifest(out: Path, files: Mapping[str, str]) -> None:
    text = json.dumps({"files": dict(sorted(files.items()))}, ensure_ascii=False, indent=1)
    _write(out / EXPORT_MANIFEST, text.encode())


def _write(target: Path, body: bytes, modified: float | None = None) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    fresh.write_bytes(body)
    if modified is not None:
        # The date of the file is what a static server sends as Last-Modified.
        os.utime(fresh, (modified, modified))
    fresh.replace(target)


def _remove(out: Path, path: str) -> None:
    target = out / path
    target.unlink(missing_ok=True)
    for folder in target.parents:
        if folder == out or any(folder.iterdir()):
            return
        folder.rmdir()
