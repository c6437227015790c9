"""The media that a body asks for, and what their files tell."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from feedsvc.articles.disk.media import MOST_VERSIONED, duration, version
from feedsvc.articles.images import Medium, medium_of
from feedsvc.model import Problem, SourceFile
from feedsvc.publisher.media.changed_recordings import SAMPLED, is_recording, sample_of
from feedsvc.publisher.media.known import KnownMedia, is_remembered
from feedsvc.publisher.refresh.gather import unread

# Enough of a file to tell its type and, for a picture, its size in pixels.
_HEAD = 256_000

UNREAD = (-1,)
"""The stamp of a file that could not be read: no real file has it, so reading is tried again."""

Stamp = tuple[int, ...] | None


class Looked(Mapping[str, SourceFile]):
    """The folder's media; notes which of them a body asks for, found or not."""

    def __init__(
        self,
        media: Mapping[str, SourceFile],
        known: KnownMedia,
        read: Callable[..., bytes],
        stamp: Callable[[str], Stamp],
    ) -> None:
        self._media = media
        self._known = known
        self._read = read
        self._stamp = stamp
        self.stamps: dict[str, Stamp] = {}
        self.faults: dict[str, Problem] = {}

    def __getitem__(self, path: str) -> SourceFile:
        self.stamps.setdefault(path, self._stamp(path))
        return self._media[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._media)

    def __len__(self) -> int:
        return len(self._media)

    def medium(self, path: str) -> Medium | None:
        """Return what a file is, or was when it could last be read; None if that is not known."""
        head = self._load(path, _HEAD)
        if head is not None:
            found = medium_of(head, self[path].size, path)
            self._known.note(path, medium=replace(found, duration=self._duration(path, found)))
            self._sample(path)
        return self._known[path].medium

    def _sample(self, path: str) -> None:
        file = self[path]
        if is_recording(path) and self._known[path].stamp != file.stamp:
            body = self._load(path, SAMPLED)
            if body is not None:
                self._known.note_sample(path, sample_of(body, file.size), file.stamp)

    def _duration(self, path: str, found: Medium) -> int | None:
        """Return how long a recording lasts, or that which was known when it could last be read."""
        if not (found.media_type or "").startswith(("audio/", "video/")):
            return None
        try:
            return duration(self[path].location)
        except OSError:
            before = self._known[path].medium
            return before.duration if before else None

    def version(self, path: str) -> str:
        """Return the version of a file, or that which it had when it could last be read."""
        body = self._load(path, MOST_VERSIONED + 1)
        if body is not None:
            self._known.note(path, version=version(body))
        return self._known[path].version

    def _load(self, path: str, limit: int) -> bytes | None:
        """Return the first *limit* bytes of a file; None if it cannot be read."""
        file = self[path]
        if is_remembered(file):
            return None
        try:
            return self._read(file, limit=limit)
        except OSError as error:
            self.stamps[path] = UNREAD
            self.faults[path] = unread(path, error)
            return None
