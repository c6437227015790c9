"""Not to read a file that somebody is writing."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from feedsvc.articles.scan import Listing
from feedsvc.model import SourceFile

_Files = Mapping[str, SourceFile]


class Settling:
    """Shows a folder without what is on the move: a file whose stamp moved since the last look waits.

    One that has changed stands there as it was before, one that is new does not
    stand there yet, and one that is gone still does: editors and copying
    programs remove a file for a moment. What has stayed the same for two looks
    is shown as it is.
    """

    def __init__(self) -> None:
        self._looked: Listing | None = None
        self._shown = Listing()

    def __call__(self, listing: Listing) -> tuple[Listing, bool]:
        """Return what to show of *listing*, and whether that is all of it."""
        looked, self._looked = self._looked, listing
        if looked is None:
            self._shown = listing
            return listing, True
        articles, calm = _calm(
            _by_path(listing.articles), _by_path(looked.articles), _by_path(self._shown.articles)
        )
        media, calm_media = _calm(listing.media, looked.media, self._shown.media)
        self._shown = replace(listing, articles=tuple(articles.values()), media=media)
        return self._shown, calm and calm_media


def _by_path(files: Iterable[SourceFile]) -> _Files:
    return {file.path: file for file in files}


def _calm(now: _Files, looked: _Files, shown: _Files) -> tuple[_Files, bool]:
    """Return each file as it is, or as it was shown if it has moved; in order of their paths."""
    paths = sorted(now.keys() | looked.keys())
    moving = {path for path in paths if _stamp(now, path) != _stamp(looked, path)}
    chosen = {path: (shown if path in moving else now).get(path) for path in paths}
    return {path: file for path, file in chosen.items() if file is not None}, not moving


def _stamp(files: _Files, path: str) -> object:
    return files[path].stamp if path in files else None
