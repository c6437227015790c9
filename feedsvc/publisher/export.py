"""The published snapshot as static files.

The folder may be shared with a site that another program writes: a manifest
says which files are ours, and no other is ever overwritten or removed.
"""

import errno
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from feedsvc.articles.media import open_media
from feedsvc.articles.scan import EXPORT_MANIFEST
from feedsvc.catalogue import Store
from feedsvc.codings import MIN_BYTES, SMALL, compressible
from feedsvc.errors import SourceError, StoreError, UsageError
from feedsvc.model import PRIVATE
from feedsvc.progress import Progress, told, unheard
from feedsvc.publisher.claims import file_of

# Bytes. A film need not fit into memory.
_BLOCK = 1_000_000

# Said of names that are too long for a disk, or hold what its names cannot.
_OF_NAMES = frozenset({errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ})

# In the manifest, of a compressed file while files are written: what it will hold is not known yet.
_ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export did, in files.

    Attributes:
        removed: Files of ours that are no longer wanted.
        foreign: Paths that we would have written, had they not been there.
        unheld: Paths whose names that disk cannot hold.
    """

    written: int
    unchanged: int
    removed: int
    foreign: tuple[str, ...]
    unheld: tuple[str, ...] = ()


def export(
    store: Store,
    articles: Path,
    out: Path,
    *,
    clean: bool = False,
    precompress: bool = False,
    progress: Progress = unheard,
) -> Exported:
    """Write the current snapshot below *out*; equal files are left alone.

    Args:
        articles: Where the media lie.
        clean: Write everything anew, also what is equal. Where the manifest is
            damaged, what equals our files is ours.
        precompress: Write documents compressed, too, for servers that send such files as they are.

    Raises:
        UsageError: *out* cannot be such a folder.
        SourceError: A file cannot be written.
        StoreError: The snapshot cannot be read.
    """
    try:
        _check(articles, out)
        files = [*_files(store, articles)]
        if precompress:
            files += [coded for file in files for coded in _coded(file)]
        return _export(files, out, clean, progress)
    except OSError as error:
        reason = f"cannot be written ({error.strerror}); the next export goes on from here"
        raise SourceError(f"{error.filename or out}: {reason}") from None


def _check(articles: Path, out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is a file; --out needs a folder")
    if os.path.realpath(out) == os.path.realpath(articles):
        raise UsageError(f"{out}: is the folder of articles itself; choose another for --out")


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    mark: str  # differs if the bytes do
    open: Callable[[], BinaryIO]
    modified: float
    shrinks: bool = False
    coding: str | None = None  # then the mark is that of the file it is made from

    def is_fresh(self, known: str | None) -> bool:
        """Return whether a line of the manifest is of this very file."""
        if self.coding is None or known is None:
            return known == self.mark
        return known.partition(" ")[2] == self.mark


def _export(files: Sequence[_File], out: Path, clean: bool, progress: Progress) -> Exported:
    out.mkdir(parents=True, exist_ok=True)
    wanted = {file.path for file in files}
    ours = {path: mark for path, mark in _known(out, files, clean=clean).items() if _is_ours(out, path, mark)}
    unwanted = ours.keys() - wanted
    # First: where a file was, a folder may have to be. Cut off behind this, the manifest lists what is gone.
    for path in sorted(unwanted):
        _remove(out, path)
    kept = {path: mark for path, mark in ours.items() if path in wanted}
    mine = [file for file in files if file.path in kept or _is_free(out, file.path)]
    stale = [file for file in mine if clean or not file.is_fresh(kept.get(file.path))]
    marks = {file.path: kept.get(file.path, file.mark) for file in mine}
    if stale:
        # Cut off in between, we know again what is new and what is old.
        between = {file.path: _ANY if file.coding else file.mark for file in mine}
        _write_manifest(out, {path: f"{mark} {kept.get(path, '')}" for path, mark in between.items()})
    written = dict(_written(out, told(progress, "writing files", stale, len(stale))))
    unheld = {path for path, mark in written.items() if mark is None}
    marks = {path: written.get(path) or mark for path, mark in marks.items() if path not in unheld}
    if stale or unwanted or clean:
        _write_manifest(out, marks)
    theirs = wanted - marks.keys() - unheld
    return Exported(
        written=len(stale) - len(unheld),
        unchanged=len(mine) - len(stale),
        removed=len(unwanted),
        foreign=tuple(file.path for file in files if file.path in theirs),
        unheld=tuple(sorted(unheld)),
    )


def _written(out: Path, files: Iterable[_File]) -> Iterator[tuple[str, str | None]]:
    """Write *files*; yields the path of each, and its line of the manifest; None where its name cannot be."""
    for file in files:
        try:
            with file.open() as body:
                mark = _write(out / file.path, body, file.modified)
        except OSError as error:
            if error.errno not in _OF_NAMES:
                raise
            yield file.path, None
        else:
            yield file.path, f"{mark} {file.mark}" if file.coding else mark


def _known(out: Path, files: Sequence[_File], *, clean: bool) -> Mapping[str, str]:
    """Return what may be ours, by path."""
    try:
        return _read_manifest(out)
    except UsageError:
        if clean:
            return {file.path: _mark(file.open()) if file.coding else file.mark for file in files}
        raise


def _is_ours(out: Path, path: str, mark: str) -> bool:
    """Return whether what stands there is what we wrote; another program may have replaced it."""
    target = out / path
    if not (_is_inside(out, target) and os.path.isfile(target)):  # noqa: PTH113
        return False
    marks = mark.split()
    with target.open("rb") as stream:
        return _ANY in marks or _mark(stream) in marks


def _is_free(out: Path, path: str) -> bool:
    """Return whether nothing is in the way of a new file."""
    target = out / path
    parent = next(folder for folder in target.parents if os.path.lexists(folder))
    return _is_inside(out, target) and parent.is_dir() and not os.path.lexists(target)


def _is_inside(out: Path, target: Path) -> bool:
    # No link, and no manifest that somebody sent us, may lead us elsewhere.
    try:
        parent = Path(os.path.realpath(target.parent))
    except ValueError:  # no name of a file at all
        return False
    # Path.is_symlink raises where a name is too long to be one.
    return parent.is_relative_to(os.path.realpath(out)) and not os.path.islink(target)  # noqa: PTH114


def _mark(body: BinaryIO, into: BinaryIO | None = None) -> str:
    """Return what tells the bytes of *body* apart, and copy them *into* another file on the way."""
    digest = blake2b(digest_size=16)
    while block := body.read(_BLOCK):
        digest.update(block)
        if into is not None:
            into.write(block)
    return digest.hexdigest()


def _files(store: Store, articles: Path) -> Iterator[_File]:
    """Yield every file of the current snapshot, in order."""
    snapshot = store.snapshot()
    for path, document in sorted(snapshot.documents.items()):
        if path.startswith(PRIVATE):
            continue  # files have no keys
        if path.endswith("/") and not document.media_type.startswith("text/html"):
            continue  # a feed at the address of a folder: static hosts would call it HTML
        load = partial(_document, store, document.etag)
        shrinks = compressible(document.media_type) and document.length >= MIN_BYTES
        yield _File(file_of(path), document.etag, load, document.last_modified.timestamp(), shrinks)
    for path in sorted(snapshot.media):
        try:
            with _medium(articles, path) as stream:
                mark, modified = _mark(stream), os.fstat(stream.fileno()).st_mtime
        except (OSError, SourceError):  # gone since, or nothing that the web would serve
            continue
        yield _File(f"media/{path}", mark, partial(_medium, articles, path), modified)


def _coded(file: _File) -> Iterator[_File]:
    """Yield the same file in each coding, as old as itself: servers compare the times."""
    for suffix in SMALL if file.shrinks else ():
        made = partial(_compressed, file, suffix)
        yield _File(f"{file.path}{suffix}", file.mark, made, file.modified, coding=suffix)


def _compressed(file: _File, suffix: str) -> BinaryIO:
    with file.open() as body:
        return BytesIO(SMALL[suffix](body.read()))


def _document(store: Store, etag: str) -> BinaryIO:
    body = store.body(etag)
    if body is None:
        raise StoreError("a newer snapshot was published meanwhile; run the export again")
    return BytesIO(body)


def _medium(articles: Path, path: str) -> BinaryIO:
    opened = open_media(articles, path)
    if opened is None:
        raise SourceError(f"{articles / path}: is no picture, sound or film any more; run the export again")
    return opened[0]


def _read_manifest(out: Path) -> dict[str, str]:
    manifest = out / EXPORT_MANIFEST
    try:
        found = json.loads(manifest.read_text(encoding="utf-8"))
        return {str(path): str(digest) for path, digest in found["files"].items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise UsageError(
            f"{manifest}: is damaged, so we cannot tell which files are ours; export with --clean, which"
            f" takes over what equals our files, or empty {out}"
        ) from None


def _write_manifest(out: Path, files: Mapping[str, str]) -> None:
    text = json.dumps({"files": dict(sorted(files.items()))}, ensure_ascii=False, indent=1)
    _write(out / EXPORT_MANIFEST, BytesIO(text.encode()))


def _write(target: Path, body: BinaryIO, modified: float | None = None) -> str:
    """Write a file, whole or not at all, and return the mark of its bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # Of a fixed length: the name of the file itself may be as long as a name can be.
    fresh = target.with_name(f".feedsvc-{_mark(BytesIO(target.name.encode()))}")
    fresh.unlink(missing_ok=True)  # left by one that was cut off
    try:
        with fresh.open("xb") as stream:
            mark = _mark(body, into=stream)
        if modified is not None:
            # The date of the file is what a static server sends as Last-Modified.
            os.utime(fresh, (modified, modified))
        fresh.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error
    finally:
        fresh.unlink(missing_ok=True)
    return mark


def _remove(out: Path, path: str) -> None:
    target = out / path
    target.unlink(missing_ok=True)
    for folder in target.parents:
        if folder == out or folder.is_symlink() or any(folder.iterdir()):
            return
        folder.rmdir()
