"""Keeps files that are being written from being read. Pure: the time comes in."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from feedsvc.articles.disk.scan import Listing
from feedsvc.articles.paths import lies_in
from feedsvc.model import Problem, Severity, SourceFile

SECONDS_TO_SETTLE = 0.25
"""A file is read once it has not changed for that time."""

# A file that has moved for long is looked at less often: after an eighth of that time.
_SHARE = 8

# Seconds for which a file that appears waits for one that vanishes, as both may be one file that was
# renamed; but not longer, as some files vanish and come back all the time.
_LONGEST_TOGETHER = 2.0

# Seconds by which a clock of another machine may be ahead of ours.
_AHEAD = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The folder, listed once.

    Attributes:
        began, ended: Seconds of a clock that nobody sets.
        at: When it began, in seconds since 1970.
        known: Paths of all articles that are there as far as the ledger knows.
    """

    listing: Listing
    began: float
    ended: float
    at: float
    known: Collection[str] = ()


class Settling:
    """Shows a folder without the changes of files that are still moving: whose stamps have just changed.

    A changed file is shown as it was before, a new file not yet, and a deleted
    file still: editors and copying programs remove a file for a moment. A file
    that the disk cannot tell us about stays, too.
    """

    def __init__(self, *, longest: float) -> None:
        """Begin with nothing seen.

        Args:
            longest: Seconds after which a problem tells of a file that goes on moving.
        """
        self._longest = longest
        self._articles = _Files()
        self._media = _Files()

    def __call__(self, look: Look) -> tuple[Listing, float | None]:
        """Return the listing to show, and after how many seconds to look again; None if nothing moves."""
        listing = look.listing
        self._articles.look(_by_path(listing.articles), look, look.known)
        self._media.look(listing.media, look, ())
        moving = [files for files in (self._articles, self._media) if files.moving]
        slow = {_restless(path) for files in moving for path in files.moving_for(self._longest, look)}
        shown = replace(
            listing,
            articles=tuple(self._articles.shown()),
            media={file.path: file for file in self._media.shown()},
            waiting=frozenset(path for files in moving for path in files.waiting(look.known)),
            problems=tuple(sorted({*listing.problems, *slow})),
        )
        return shown, min((files.next_rest(look) for files in moving), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Motion:
    """A file that has changed.

    Attributes:
        stamp: As it was seen last; None if it was not there.
        since: The end of the look that saw it so for the first time.
        begun: The end of the look that saw it move for the first time.
        unknown: At the look before, the disk gave an error instead.
    """

    stamp: tuple[int, ...] | None
    since: float
    begun: float
    unknown: bool

    def rests(self, look: Look) -> bool:
        return look.began - self.since >= SECONDS_TO_SETTLE


class _Files:
    """Files of one kind, articles or media."""

    def __init__(self) -> None:
        # None is a file that is known to be gone.
        self._shown: dict[str, SourceFile | None] = {}
        self._first = True
        self._unreadable: frozenset[str] = frozenset()
        self.moving: dict[str, _Motion] = {}

    def look(self, found: Mapping[str, SourceFile], look: Look, known: Collection[str]) -> None:
        """Note which files have moved since the last look, and show those that have come to rest."""
        if self._first:
            self._shown |= _at_rest(found, look, known)
            self._first = False
        for path in {*found, *self._shown, *self.moving, *known}:
            self._note(path, found.get(path), look)
        self._unreadable = look.listing.unreadable
        vanishing = any(motion.stamp is None and not motion.rests(look) for motion in self.moving.values())
        for path, motion in [*self.moving.items()]:
            appears = motion.stamp is not None and self._shown.get(path) is None
            together = vanishing and appears and look.began - motion.since < _LONGEST_TOGETHER
            if motion.rests(look) and not together:
                self._shown[path] = found.get(path)
                del self.moving[path]

    def _note(self, path: str, file: SourceFile | None, look: Look) -> None:
        motion = self.moving.get(path)
        if file is None and lies_in(path, look.listing.unreadable):
            self.moving.pop(path, None)
        elif motion is not None and motion.stamp != _stamp(file):
            self.moving[path] = replace(motion, stamp=_stamp(file), since=look.ended)
        elif motion is None and not (path in self._shown and _stamp(file) == _stamp(self._shown[path])):
            unknown = lies_in(path, self._unreadable)
            now = look.ended
            self.moving[path] = _Motion(stamp=_stamp(file), since=now, begun=now, unknown=unknown)

    def shown(self) -> Iterator[SourceFile]:
        """Yield the files that are there, in order of their paths."""
        return (file for _, file in sorted(self._shown.items()) if file is not None)

    def waiting(self, known: Collection[str]) -> Iterator[str]:
        """Yield files that the ledger knows, but that are not shown in any form."""
        for path, motion in self.moving.items():
            if self._shown.get(path) is None and (path in known or motion.unknown):
                yield path

    def moving_for(self, seconds: float, look: Look) -> Iterator[str]:
        """Yield the files that have been moving for more than *seconds*."""
        return (path for path, motion in self.moving.items() if look.ended - motion.begun > seconds)

    def next_rest(self, look: Look) -> float:
        """Return after how many seconds one of those that move may have come to rest."""
        return min(
            max(motion.since + SECONDS_TO_SETTLE - look.ended, (look.ended - motion.begun) / _SHARE)
            for motion in self.moving.values()
            if not motion.rests(look)
        )


def _at_rest(
    found: Mapping[str, SourceFile], look: Look, known: Collection[str]
) -> dict[str, SourceFile | None]:
    """Return the files that are old enough by their own times, at the first look.

    While a file of the ledger is missing, a file that the ledger does not know may
    be that one under a new name, so it waits.
    """
    whole = all(path in found or lies_in(path, look.listing.unreadable) for path in known)
    return {
        path: file
        for path, file in found.items()
        if (whole or path in known) and not _is_young(file, look.at)
    }


def _by_path(files: Iterable[SourceFile]) -> dict[str, SourceFile]:
    return {file.path: file for file in files}


def _stamp(file: SourceFile | None) -> tuple[int, ...] | None:
    return None if file is None else file.stamp


def _is_young(file: SourceFile, at: float) -> bool:
    """Return whether *file* may be about to change: the time of its last change by the disk's clock tells."""
    return -_AHEAD < at - max(file.stamp[:2]) / 1e9 < SECONDS_TO_SETTLE


def _restless(path: str) -> Problem:
    reason = "changes all the time and stays as it was; it is read once it has not changed for 0.25 seconds"
    return Problem(path=path, severity=Severity.WARNING, reason=reason)
