"""Remembers type, size and version of pictures and recordings, for when the disk cannot tell."""

import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from feedsvc.articles.images import Medium
from feedsvc.articles.paths import lies_in
from feedsvc.model import SourceFile

# The stamp of files that are known from memory; no real file has it.
_REMEMBERED = (-2,)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMedium:
    """The facts about a file that feeds state.

    Attributes:
        version: As `articles.media.version` gives it; "" if it has none, or nobody asked.
        sample: Of a recording, as `sample_of` gives it; "" if it was never read.
        stamp: Of the file when that was.
    """

    medium: Medium | None = None
    version: str = ""
    sample: str = ""
    stamp: tuple[int, ...] = ()


_NOTHING = KnownMedium()


class KnownMedia:
    """Remembers media from one refresh to the next, and from one process to the next."""

    def __init__(self, known: str = "") -> None:
        """Begin with what `dump` gave."""
        self._known: dict[str, KnownMedium] = {}
        with suppress(ValueError, TypeError, KeyError, AttributeError):  # then anew
            self._known = {
                path: KnownMedium(
                    medium=told["medium"] and Medium(**told["medium"]),
                    version=told["version"],
                    sample=told.get("sample", ""),
                    stamp=tuple(told.get("stamp", ())),
                )
                for path, told in json.loads(known or "{}").items()
            }

    def __getitem__(self, path: str) -> KnownMedium:
        return self._known.get(path, _NOTHING)

    def note(self, path: str, *, medium: Medium | None = None, version: str | None = None) -> None:
        """Remember the given facts, and keep the others."""
        known = self[path]
        if medium is not None:
            known = replace(known, medium=medium)
        if version is not None:
            known = replace(known, version=version)
        self._known[path] = known

    def note_sample(self, path: str, sample: str, stamp: tuple[int, ...]) -> None:
        """Remember what a recording is, by its bytes."""
        self._known[path] = replace(self[path], sample=sample, stamp=stamp)

    def sampled(self) -> list[tuple[str, KnownMedium]]:
        """Return the recordings that were ever read, by their paths."""
        return sorted(
            ((path, known) for path, known in self._known.items() if known.sample), key=lambda item: item[0]
        )

    def keep(self, paths: Collection[str]) -> None:
        """Forget all others."""
        self._known = {path: known for path, known in self._known.items() if path in paths}

    def files(self, unknown: Collection[str], root: Path) -> dict[str, SourceFile]:
        """Return the remembered files that lie in *unknown* places."""
        return {
            path: SourceFile(
                path=path, location=root / path, size=medium.length, stamp=_REMEMBERED, modified=0
            )
            for path, known in self._known.items()
            if (medium := known.medium) is not None and lies_in(path, unknown)
        }

    def dump(self) -> str:
        """Return everything as text, for `__init__`."""
        return json.dumps({path: asdict(known) for path, known in sorted(self._known.items())})


def is_remembered(file: SourceFile) -> bool:
    """Return whether *file* is known from memory only."""
    return file.stamp == _REMEMBERED
