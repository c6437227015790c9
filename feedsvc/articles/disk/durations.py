"""How long a recording lasts."""

from math import isfinite
from typing import Any, BinaryIO

# A usual file takes some hundred reads; one that was made to be slow is given up.
_MOST_READS = 20_000
_MOST_BYTES = 64_000_000

_LONGEST = 10_000_000  # seconds, some months


def duration_of(stream: BinaryIO) -> int | None:
    """Return the seconds that an open recording lasts, at least one; None if it does not tell."""
    from tinytag import TinyTag, TinyTagException  # who has no recordings needs none of it

    try:
        bounded: Any = _Bounded(stream)
        seconds = TinyTag.get(file_obj=bounded, tags=False).duration
    except (TinyTagException, _TooLongError):
        return None
    if not seconds or not isfinite(seconds) or not 0 < seconds <= _LONGEST:
        return None
    return max(1, round(seconds))


class _TooLongError(Exception):
    """So much needs to be read that it is not worth it."""


class _Bounded:
    """A file that can be read no more than a sound one needs."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell = stream.seek, stream.tell
        self._reads = self._bytes = 0

    def read(self, size: int = -1) -> bytes:
        found = self._stream.read(size)
        self._reads += 1
        self._bytes += len(found)
        if self._reads > _MOST_READS or self._bytes > _MOST_BYTES:
            raise _TooLongError
        return found
