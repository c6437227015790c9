"""Bodies as readers see them, each rendered once for as long as nothing about it changes."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from feedsvc.articles.content import read_content
from feedsvc.articles.images import MEDIA_SUFFIXES
from feedsvc.articles.links import Base
from feedsvc.articles.media import MOST_VERSIONED, version
from feedsvc.articles.scan import read
from feedsvc.model import Content, Problem, Record, Severity, Site, SourceFile
from feedsvc.publisher.plan import Plan

log = logging.getLogger(__name__)

# Enough of a file to tell its type and, for a picture, its size in pixels.
_HEAD = 256_000

# Of a file that could not be read: no file has it, so it is tried again.
_UNREAD = (-1,)

_Stamp = tuple[int, ...] | None


class _Looked(Mapping[str, SourceFile]):
    """The folder's media; notes which of them a body asks for, found or not."""

    def __init__(self, media: Mapping[str, SourceFile], read: Callable[..., bytes]) -> None:
        self._media = media
        self._read = read
        self.stamps: dict[str, _Stamp] = {}

    def __getitem__(self, path: str) -> SourceFile:
        self.stamps.setdefault(path, _stamp(self._media, path))
        return self._media[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._media)

    def __len__(self) -> int:
        return len(self._media)

    def load(self, path: str, limit: int) -> bytes | None:
        """Return the first *limit* bytes of a file; None if it cannot be read."""
        try:
            return self._read(self[path], limit=limit)
        except OSError:
            self.stamps[path] = _UNREAD
            return None


@dataclass(frozen=True, slots=True)
class _Kept:
    url: str
    digest: str
    path: str
    looked: Mapping[str, _Stamp]
    content: Content


class Contents:
    """Gives the content of a record; remembers it between refreshes."""

    def __init__(
        self,
        plan: Plan,
        *,
        read: Callable[..., bytes] = read,
        render: Callable[..., Content] = read_content,
    ) -> None:
        """Begin with nothing rendered.

        Args:
            render: `read_content`, or `skim_content` for who needs no HTML.
        """
        self._plan = plan
        self._read = read
        self._render = render
        self._kept: dict[int, _Kept] = {}
        self._versions: dict[str, tuple[_Stamp, str]] = {}
        self._media: Mapping[str, SourceFile] = {}
        self._used: set[int] = set()

    def begin(self, media: Mapping[str, SourceFile]) -> None:
        """Start a refresh: bodies that looked for what has changed among *media* are rendered anew."""
        self._media = media
        self._versions = {path: known for path, known in self._versions.items() if path in media}
        self._used = set()

    def end(self) -> tuple[Problem, ...]:
        """End a refresh: forget what it did not use, and return what was wrong with the rest."""
        self._kept = {key: kept for key, kept in self._kept.items() if key in self._used}
        return tuple(problem for kept in self._kept.values() for problem in kept.content.problems)

    @property
    def complete(self) -> bool:
        """Every file that a body looked for could be read."""
        return all(_UNREAD not in kept.looked.values() for kept in self._kept.values())

    def __call__(self, record: Record) -> Content:
        self._used.add(record.key)
        kept = self._kept.get(record.key)
        if kept is None or not self._holds(kept, record):
            kept = self._kept[record.key] = self._rendered(record)
        return kept.content

    def _holds(self, kept: _Kept, record: Record) -> bool:
        article = record.article
        return (kept.url, kept.digest, kept.path) == (record.url, article.digest, article.path) and all(
            _stamp(self._media, path) == stamp for path, stamp in kept.looked.items()
        )

    def _rendered(self, record: Record) -> _Kept:
        looked = _Looked(self._media, self._read)
        content = self._content(record, looked)
        if not self._plan.inline:
            content = replace(content, image_inline=True)
        article = record.article
        return _Kept(record.url, article.digest, article.path, looked.stamps, content)

    def _content(self, record: Record, looked: _Looked) -> Content:
        article = record.article
        try:
            return self._render(
                article, self._base(record, looked), load=lambda path: looked.load(path, _HEAD)
            )
        except Exception:  # one body that trips a parser may not take the feed with it
            log.exception("cannot render path=%s", article.path)
            reason = (
                "cannot be shown but for its title; this is a fault of feedsvc, so report it with this file"
            )
            problem = Problem(path=article.path, severity=Severity.ERROR, reason=reason)
            return Content(html="", excerpt="", problems=(problem,))

    def _base(self, record: Record, looked: _Looked) -> Base:
        site: Site = self._plan.site
        root = urlsplit(site.url or site.feeds_url)
        return Base(
            url=record.url,
            folder=record.article.path.rpartition("/")[0],
            root=f"{root.scheme}://{root.netloc}",
            ours=record.own_page,
            # Below a path of its own, somebody else has the rest of the host.
            website=site.url is not None or urlsplit(site.feeds_url).path.strip("/") != "",
            media_url=f"{site.feeds_url}/media/",
            media=looked,
            version=lambda path: self._version(path, looked),
        )

    def _version(self, path: str, looked: _Looked) -> str:
        """Return the version of a picture; a podcast's archive is too much to be read at each start."""
        file = looked[path]
        known = self._versions.get(path)
        if known is not None and known[0] == file.stamp:
            return known[1]
        if file.size > MOST_VERSIONED or not _is_picture(path):
            return ""
        body = looked.load(path, MOST_VERSIONED + 1)
        if body is None:
            return ""
        self._versions[path] = file.stamp, version(body)
        return self._versions[path][1]


def _stamp(media: Mapping[str, SourceFile], path: str) -> _Stamp:
    file = media.get(path)
    return None if file is None else file.stamp


def _is_picture(path: str) -> bool:
    return MEDIA_SUFFIXES.get(PurePosixPath(path).suffix.lower(), "").startswith("image/")
