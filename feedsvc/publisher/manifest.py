"""The list of our files in an export, which tells its readers nothing.

The manifest lies among files that a server shows to everybody. So it holds no
path, and no digest of a path either, which could be found by guessing: each
line is a digest of a path together with the bytes that we wrote there. Only
somebody who has the file can look up its line.
"""

import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, NamedTuple

from feedsvc.articles.disk.ignored_names import EXPORT_MANIFEST
from feedsvc.errors import UsageError

# Bytes. A film need not fit into memory.
_BLOCK = 1_000_000

# How older manifests say that a file is ours whatever it holds.
_ANY = "*"


class Print(NamedTuple):
    """Identifies the bytes of a file.

    Attributes:
        mark: Differs if the bytes do.
        source: The mark of the text that they are a compressed form of; "" if they are none.
    """

    size: int
    mark: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files that an earlier export wrote.

    Attributes:
        files: A line for each file, as `_line` makes them.
        made: A line for each compressed file, with its source.
        sizes: Of our files: one of another size need not be read to know that it is not ours.
        listed: Our files by path with their marks, in a manifest of an older feedsvc.
    """

    files: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()
    sizes: frozenset[int] = frozenset()
    listed: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def standing(self, out: Path, wanted: Collection[str]) -> dict[str, Print]:
        """Return which files below *out* are still as we wrote them; another program may have replaced some.

        Args:
            wanted: Paths that are likely ours; others are only looked for while some of ours are missing.
        """
        found = {path: its for path in {*wanted, *self.listed} if (its := self._ours(out, path))}
        if self.files - {_line(path, its) for path, its in found.items()}:
            for path, size in _files_below(out):
                if path not in found and size in self.sizes and (its := self._ours(out, path)):
                    found[path] = its
        return found

    def knows(self, path: str, its: Print) -> bool:
        """Return whether the compressed file *path* was written with such bytes, and from that source."""
        return _line(path, its) in self.made

    def _ours(self, out: Path, path: str) -> Print | None:
        try:
            if not (is_inside(out, out / path) and (out / path).is_file()):
                return None
            with (out / path).open("rb") as stream:
                its = print_of(stream)
        except OSError:  # we have not written a file that we may not read
            return None
        known = self.listed.get(path, frozenset())
        return its if _line(path, its) in self.files or its.mark in known or _ANY in known else None


def read_manifest(out: Path) -> Manifest:
    """Return the manifest in *out*; an empty one if there is none.

    Raises:
        UsageError: It is damaged.
    """
    manifest = out / EXPORT_MANIFEST
    try:
        found = json.loads(manifest.read_text(encoding="utf-8"))
        files = found["files"]
        if isinstance(files, list):
            return Manifest(frozenset(files), frozenset(found["made"]), frozenset(found["sizes"]))
        return Manifest(listed={str(path): frozenset(str(marks).split()) for path, marks in files.items()})
    except FileNotFoundError:
        return Manifest()
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise UsageError(
            f"{manifest}: is damaged, so we cannot tell which files are ours; export with --clean, which"
            f" takes over what equals our files, or empty {out}"
        ) from None


def manifest_text(files: Collection[tuple[str, Print]]) -> str:
    """Return the manifest of *files*, by path; one that is being replaced has several prints."""
    lists: dict[str, set[str] | set[int]] = {
        "files": {_line(path, its._replace(source="")) for path, its in files},
        "made": {_line(path, its) for path, its in files if its.source},
        "sizes": {its.size for _, its in files},
    }
    return json.dumps({name: sorted(values) for name, values in lists.items()}, indent=1)


def print_of(body: BinaryIO, into: BinaryIO | None = None) -> Print:
    """Return the print of *body*, and copy its bytes *into* another file on the way."""
    digest, size = blake2b(digest_size=16), 0
    while block := body.read(_BLOCK):
        digest.update(block)
        size += len(block)
        if into is not None:
            into.write(block)
    return Print(size, digest.hexdigest())


def is_inside(out: Path, target: Path) -> bool:
    """Return whether *target* lies in *out*; no link, and no manifest leads elsewhere."""
    try:
        parent = Path(os.path.realpath(target.parent))
    except ValueError:  # no name of a file at all
        return False
    # Path.is_symlink raises where a name is too long to be one.
    return parent.is_relative_to(os.path.realpath(out)) and not os.path.islink(target)  # noqa: PTH114


def _line(path: str, its: Print) -> str:
    said = "\0".join((path, its.mark, its.source)).encode("utf-8", "surrogatepass")
    return blake2b(said, digest_size=16).hexdigest()


def _files_below(out: Path, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Yield the path and the size of every file, following no link."""
    try:
        with os.scandir(out / prefix) as listing:
            members = sorted(listing, key=lambda member: member.name)
    except OSError:  # somebody else's
        return
    for member in members:
        if member.is_dir(follow_symlinks=False):
            yield from _files_below(out, f"{prefix}{member.name}/")
        elif member.is_file(follow_symlinks=False):
            yield prefix + member.name, member.stat(follow_symlinks=False).st_size
