"""The published snapshot as static files.

The folder may be shared with a site that another program writes: a manifest
says which files are ours, and no other is ever overwritten or removed.
"""

import errno
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from feedsvc.articles.disk.ignored_names import EXPORT_MANIFEST
from feedsvc.articles.disk.media import open_media
from feedsvc.articles.disk.scan import ScanRules
from feedsvc.catalogue import Store
from feedsvc.codings import MIN_BYTES, SMALL, compressible
from feedsvc.errors import SourceError, StoreError, UsageError, is_gone
from feedsvc.model import PRIVATE, Problem, Snapshot
from feedsvc.publisher.claimed_addresses import file_of
from feedsvc.publisher.export_folder import check_folder, check_kind
from feedsvc.publisher.manifest import Manifest, Print, is_inside, manifest_text, print_of, read_manifest
from feedsvc.publisher.refresh.gather import unread
from feedsvc.runtime.progress import Progress, told, unheard

# Errors of names that are too long for a disk, or hold characters that it does not take.
_OF_NAMES = frozenset({errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ})

# Bytes of compressed files that are made before they are written.
_MEMORY = 16_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export did, in files.

    Attributes:
        removed: Files of ours that are no longer wanted.
        foreign: Paths that we would have written, had they not been there.
        unheld: Paths whose names that disk cannot hold.
        faults: Problems of media that could not be read; their exported files stay.
    """

    written: int
    unchanged: int
    removed: int
    foreign: tuple[str, ...]
    unheld: tuple[str, ...] = ()
    faults: tuple[Problem, ...] = ()


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
            damaged, files that equal ours count as ours.
        precompress: Write documents compressed, too, for servers that send such files as they are.

    Raises:
        UsageError: *out* cannot be such a folder.
        SourceError: A file cannot be written.
        StoreError: The snapshot cannot be read.
    """
    try:
        check_kind(articles, out)
        snapshot = store.snapshot()
        files = [*_documents(store, snapshot)]
        media, faults = _media(snapshot, articles)
        if precompress:
            files += [coded for file in files for coded in _coded(file)]
        done = _export([*files, *media], [fault.path for fault in faults], out, clean, progress)
        return replace(done, faults=tuple(faults))
    except OSError as error:
        reason = f"cannot be written ({error.strerror}); the next export goes on from here"
        raise SourceError(f"{error.filename or out}: {reason}") from None


def check_out(articles: Path, out: Path, rules: ScanRules, *, clean: bool = False) -> None:
    """Refuse a folder that `export` would refuse, for who wants to know before anything is published.

    Raises:
        UsageError: *out* cannot be such a folder.
    """
    check_folder(articles, out, rules)
    with suppress(OSError):  # of which the export will tell
        _known(out, (), clean=clean)


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    its: Print
    open: Callable[[], BinaryIO]
    modified: float
    shrinks: bool = False

    def fresh(self, there: Print, _: Manifest) -> Print | None:
        """Return the whole print of what stands *there* if it is this very file."""
        return there if there.mark == self.its.mark else None

    def ready(self) -> "_File":
        """Return it with the print that it will have once it is written."""
        return self


@dataclass(frozen=True, slots=True)
class _Coded(_File):
    """A file that is compressed only when it is written; until then it has its source's print."""

    def fresh(self, there: Print, manifest: Manifest) -> Print | None:
        its = there._replace(source=self.its.mark)
        return its if manifest.knows(self.path, its) else None

    def ready(self) -> _File:
        with self.open() as stream:
            body = stream.read()
        its = print_of(BytesIO(body))._replace(source=self.its.mark)
        return _File(self.path, its, partial(BytesIO, body), self.modified)


def _export(
    files: Sequence[_File], unread: Sequence[str], out: Path, clean: bool, progress: Progress
) -> Exported:
    """Write *files*, and leave what was written of media that are *unread* as it is."""
    out.mkdir(parents=True, exist_ok=True)
    wanted = {*(file.path for file in files), *(f"media/{path}" for path in unread)}
    manifest = _known(out, files, clean=clean)
    ours = manifest.standing(out, wanted)
    unwanted = ours.keys() - wanted
    # First, as a folder may take the place of a file. If we are cut off here, the manifest lists files that
    # are gone, which does no harm.
    for path in sorted(unwanted):
        _remove(out, path)
    mine = [file for file in files if file.path in ours or _is_free(out, file.path)]
    prints = {path: its for path, its in ours.items() if path in wanted}
    fresh = {file.path: its for file in mine if (its := _fresh(file, prints, manifest))}
    prints |= fresh
    stale = [file for file in mine if clean or file.path not in fresh]
    unheld = set(_write_all(out, told(progress, "writing files", stale, len(stale)), prints))
    if stale or unwanted or clean or manifest.listed:
        _write_manifest(out, prints.items())
    theirs = wanted - prints.keys() - unheld
    return Exported(
        written=len(stale) - len(unheld),
        unchanged=len(mine) - len(stale),
        removed=len(unwanted),
        foreign=tuple(file.path for file in files if file.path in theirs),
        unheld=tuple(sorted(unheld)),
    )


def _write_all(out: Path, stale: Iterable[_File], prints: dict[str, Print]) -> Iterator[str]:
    """Write what is *stale* and note it in *prints*; yields the paths whose names cannot be."""
    for ready in _ready(stale):
        # If we are cut off in between, the next export knows both the old and the new files.
        _write_manifest(out, [*prints.items(), *((file.path, file.its) for file in ready)])
        for file in ready:
            try:
                with file.open() as body:
                    its = _write(out / file.path, body, file.modified)
            except OSError as error:
                if error.errno not in _OF_NAMES:
                    raise
                yield file.path
            else:
                prints[file.path] = its._replace(source=file.its.source)


def _ready(files: Iterable[_File]) -> Iterator[list[_File]]:
    """Yield files, ready to be written, in groups: as many compressed ones as memory shall hold."""
    ready, size = list[_File](), 0
    for each in files:
        ready.append(each.ready())
        size += ready[-1].its.size if ready[-1] is not each else 0
        if size > _MEMORY:
            yield ready
            ready, size = [], 0
    if ready:
        yield ready


def _fresh(file: _File, ours: Mapping[str, Print], manifest: Manifest) -> Print | None:
    return file.fresh(ours[file.path], manifest) if file.path in ours else None


def _known(out: Path, files: Sequence[_File], *, clean: bool) -> Manifest:
    """Return what may be ours."""
    try:
        return read_manifest(out)
    except UsageError:
        if clean:
            return Manifest(listed={file.path: frozenset({file.ready().its.mark}) for file in files})
        raise


def _is_free(out: Path, path: str) -> bool:
    """Return whether nothing is in the way of a new file."""
    target = out / path
    parent = next(folder for folder in target.parents if os.path.lexists(folder))
    return is_inside(out, target) and parent.is_dir() and not os.path.lexists(target)


def _documents(store: Store, snapshot: Snapshot) -> Iterator[_File]:
    """Yield every document that is a file, in order."""
    for path, document in sorted(snapshot.documents.items()):
        if path.startswith(PRIVATE):
            continue  # files have no keys
        if path.endswith("/") and not document.media_type.startswith("text/html"):
            continue  # a feed at the address of a folder: static hosts would call it HTML
        load = partial(_document, store, document.etag)
        shrinks = compressible(document.media_type) and document.length >= MIN_BYTES
        its = Print(document.length, document.etag)
        yield _File(file_of(path), its, load, document.last_modified.timestamp(), shrinks)


def _media(snapshot: Snapshot, articles: Path) -> tuple[list[_File], list[Problem]]:
    """Return every medium, in order, and the problems of those that cannot be read."""
    files, faults = [], []
    for path in sorted(snapshot.media):
        try:
            with _medium(articles, path) as stream:
                its, modified = print_of(stream), os.fstat(stream.fileno()).st_mtime
        except SourceError:  # the web would not serve it either
            continue
        except OSError as error:
            if not is_gone(error):
                faults.append(unread(path, error))
            continue
        files.append(_File(f"media/{path}", its, partial(_medium, articles, path), modified))
    return files, faults


def _coded(file: _File) -> Iterator[_File]:
    """Yield the same file in each coding, as old as itself: servers compare the times."""
    for suffix in SMALL if file.shrinks else ():
        made = partial(_compressed, file, suffix)
        yield _Coded(f"{file.path}{suffix}", file.its, made, file.modified)


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


def _write_manifest(out: Path, files: Collection[tuple[str, Print]]) -> None:
    _write(out / EXPORT_MANIFEST, BytesIO(manifest_text(files).encode()))


def _write(target: Path, body: BinaryIO, modified: float | None = None) -> Print:
    """Write a file, whole or not at all, and return the print of its bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    # Of a fixed length: the name of the file itself may be as long as a name can be.
    fresh = target.with_name(f".feedsvc-{print_of(BytesIO(target.name.encode())).mark}")
    fresh.unlink(missing_ok=True)  # left by one that was cut off
    try:
        with fresh.open("xb") as stream:
            its = print_of(body, into=stream)
        if modified is not None:
            # The date of the file is what a static server sends as Last-Modified.
            os.utime(fresh, (modified, modified))
        fresh.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error
    finally:
        fresh.unlink(missing_ok=True)
    return its


def _remove(out: Path, path: str) -> None:
    target = out / path
    target.unlink(missing_ok=True)
    for folder in target.parents:
        if folder == out or folder.is_symlink() or any(folder.iterdir()):
            return
        folder.rmdir()
