"""The checksum at the end of a backup, which proves that its bytes are those that were written.

SQLite reads no byte behind the last page, so a file with a checksum is a database as before.
"""

import os
import re
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

_MARK = b"\nfeedsvc backup, SHA-256 "
_CHECKSUM = re.compile(re.escape(_MARK) + rb"([0-9a-f]{64})\n")
_LENGTH = len(_MARK) + 65
_SQLITE = b"SQLite format 3\0"
_READ_AT_ONCE = 1 << 20
_HEADER = 100  # bytes, https://www.sqlite.org/fileformat2.html#the_database_header


def add_checksum(path: Path) -> None:
    """Add the checksum to a database that nobody writes, and wait until the disk has both.

    Raises:
        OSError: It cannot be read or written.
    """
    with path.open("r+b") as stream:
        digest = _digest(stream, stream.seek(0, os.SEEK_END))
        stream.seek(0, os.SEEK_END)
        stream.write(_MARK + digest + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def has_checksum(path: Path) -> bool:
    """Return whether a file ends in a checksum, right or wrong; raises OSError."""
    with path.open("rb") as stream:
        return _written(stream) is not None


def is_right(path: Path) -> bool:
    """Return whether a file ends in the checksum of the bytes before it; raises OSError."""
    with path.open("rb") as stream:
        written = _written(stream)
        return written == _digest(stream, stream.seek(0, os.SEEK_END) - _LENGTH)


def may_be_sqlite(path: Path) -> bool:
    """Return whether a file begins as each database of SQLite does; raises OSError."""
    with path.open("rb") as stream:
        return stream.read(len(_SQLITE)) == _SQLITE


def is_too_long(path: Path) -> bool:
    """Return whether bytes stand behind the last page, as its header counts them; raises OSError."""
    with path.open("rb") as stream:
        header = stream.read(_HEADER)
        size = stream.seek(0, os.SEEK_END)
    if len(header) < _HEADER or header[24:28] != header[92:96]:  # then the count is not valid
        return False
    page = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    return 0 < pages * (65536 if page == 1 else page) < size


def _written(stream: BinaryIO) -> bytes | None:
    stream.seek(max(0, stream.seek(0, os.SEEK_END) - _LENGTH))
    found = _CHECKSUM.fullmatch(stream.read(_LENGTH))
    return found and found[1]


def _digest(stream: BinaryIO, size: int) -> bytes:
    """Return the digest of the first *size* bytes."""
    stream.seek(0)
    hashed = sha256()
    while size > 0 and (part := stream.read(min(size, _READ_AT_ONCE))):
        hashed.update(part)
        size -= len(part)
    return hashed.hexdigest().encode()
