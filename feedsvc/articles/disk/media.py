"""Pictures and sound on disk: which files may leave the folder, and how their bytes are told apart."""

import errno
import os
import stat
from contextlib import ExitStack
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from feedsvc.articles.disk.durations import duration_of
from feedsvc.articles.paths import real_name
from feedsvc.text.mediatypes import SERVED_TYPES, type_of

_SNIFFED = 4096  # bytes; an SVG may begin with a long prologue
_PART = 65_536  # bytes
_hash = partial(blake2b, digest_size=8)

MOST_VERSIONED = 8_000_000
"""Bytes. Nobody waits until a larger file has been read only to know its version."""


def version(body: bytes) -> str:
    """Return 16 hex digits that differ if the bytes do; "" for more than `MOST_VERSIONED`."""
    return _hash(body).hexdigest() if len(body) <= MOST_VERSIONED else ""


def file_version(stream: BinaryIO) -> str:
    """Return the `version` of a file open at its beginning, which is read in parts, to its end."""
    found = _hash()
    for part in iter(partial(stream.read, _PART), b""):
        found.update(part)
    return found.hexdigest() if stream.tell() <= MOST_VERSIONED else ""


def open_media(root: Path, path: str) -> tuple[BinaryIO, str] | None:
    """Open the media file shown as *path* and tell its type; None if it leads out of *root* or is none.

    Raises:
        OSError: It cannot be read.
    """
    try:
        location = (root / real_name(path)).resolve(strict=True)
    except RuntimeError:  # Python 3.13 raises this itself
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from None
    except ValueError:  # NUL in the name
        return None
    if not location.is_relative_to(root.resolve()):
        return None
    with ExitStack() as closing:
        try:
            stream = closing.enter_context(_opened(location))
        except IsADirectoryError:
            return None
        media_type = _type_inside(root.resolve(), stream, path)
        if media_type is None:
            return None
        closing.pop_all()
        return stream, media_type


def duration(location: Path) -> int | None:
    """Return the seconds that a recording lasts; None if it does not tell.

    Raises:
        OSError: It cannot be read.
    """
    with _opened(location.resolve(strict=True)) as stream:
        return duration_of(stream)


def _type_inside(root: Path, stream: BinaryIO, path: str) -> str | None:
    """Return the type of an open media file; None if it lies outside *root*, a path without links."""
    descriptor = stream.fileno()
    # By now, a link may have taken the place of a folder on the way. Only Linux tells what was opened;
    # elsewhere, whoever can write into the folder can win this race.
    opened = Path(f"/proc/self/fd/{descriptor}")
    if opened.is_symlink() and not opened.readlink().is_relative_to(root):
        return None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        return None
    media_type = type_of(stream.read(_SNIFFED), path)
    stream.seek(0)
    # By its bytes, whatever its name says: nothing else of the folder leaves it.
    return media_type if media_type in SERVED_TYPES else None


def _opened(location: Path) -> BinaryIO:
    # By now, a FIFO that never opens, or a link that leads elsewhere, may have taken its place.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    return os.fdopen(os.open(location, flags), "rb")
