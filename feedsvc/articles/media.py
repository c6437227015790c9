"""Pictures and sound on disk: which files may leave the folder, and how their bytes are told apart."""

import os
import stat
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from feedsvc.articles.images import sniff

# By their bytes, whatever their names say: nothing else of the folder leaves it.
_MEDIA = frozenset(
    {
        "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/svg+xml",
        "image/bmp", "image/vnd.microsoft.icon",
        "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/flac",
        "video/mp4", "video/webm",
    }
)  # fmt: skip
_SNIFFED = 4096  # bytes; an SVG may begin with a long prologue

MOST_VERSIONED = 8_000_000
"""Bytes. Nobody waits until a larger file has been read only to know its version."""


def version(body: bytes) -> str:
    """Return 16 hex digits that differ if the bytes do; "" for more than `MOST_VERSIONED`."""
    return blake2b(body, digest_size=8).hexdigest() if len(body) <= MOST_VERSIONED else ""


def open_media(root: Path, path: str) -> tuple[BinaryIO, str] | None:
    """Open the media file at *path* and tell its type; None if it leads out of *root* or is none.

    Raises:
        OSError: It cannot be read.
    """
    try:
        location = (root / path).resolve(strict=True)
    except (RuntimeError, ValueError):  # a loop of links, up to Python 3.12; NUL in the name
        return None
    if not location.is_relative_to(root.resolve()):
        return None
    stream = _opened(location)
    media_type = sniff(stream.read(_SNIFFED)) if stat.S_ISREG(os.fstat(stream.fileno()).st_mode) else None
    if media_type not in _MEDIA:
        stream.close()
        return None
    stream.seek(0)
    return stream, media_type


def _opened(location: Path) -> BinaryIO:
    # By now, a FIFO that never opens, or a link that leads elsewhere, may have taken its place.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    return os.fdopen(os.open(location, flags), "rb")
