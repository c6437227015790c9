"""Bodies as readers see them, each rendered once for as long as nothing about it changes."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from feedsvc.articles.content import read_content
from feedsvc.articles.links import Base
from feedsvc.articles.scan import read
from feedsvc.model import Content, Problem, Record, Severity, Site, SourceFile
from feedsvc.publisher.plan import Plan

log = logging.getLogger(__name__)

# Enough of a file to tell its type and, for a picture, its size in pixels.
_HEAD = 256_000


@dataclass(frozen=True, slots=True)
class _Kept:
    url: str
    digest: str
    path: str
    content: Content


class Contents:
    """Gives the content of a record; remembers it between refreshes."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._kept: dict[int, _Kept] = {}
        self._media: Mapping[str, SourceFile] = {}
        self._used: set[int] = set()

    def begin(self, media: Mapping[str, SourceFile]) -> None:
        """Start a refresh: what other *media* may have changed is rendered anew."""
        if {path: file.stamp for path, file in media.items()} != {p: f.stamp for p, f in self._media.items()}:
            self._kept.clear()
        self._media = media
        self._used = set()

    def end(self) -> tuple[Problem, ...]:
        """End a refresh: forget what it did not use, and return what was wrong with the rest."""
        self._kept = {key: kept for key, kept in self._kept.items() if key in self._used}
        return tuple(problem for kept in self._kept.values() for problem in kept.content.problems)

    def __call__(self, record: Record) -> Content:
        self._used.add(record.key)
        article = record.article
        kept = self._kept.get(record.key)
        if kept is None or (kept.url, kept.digest, kept.path) != (record.url, article.digest, article.path):
            kept = _Kept(record.url, article.digest, article.path, self._rendered(record))
            self._kept[record.key] = kept
        return kept.content

    def _rendered(self, record: Record) -> Content:
        article = record.article
        try:
            content = read_content(article, self._base(record, self._plan.site), load=self._load)
        except Exception:  # one body that trips a parser may not take the feed with it
            log.exception("cannot render path=%s", article.path)
            reason = (
                "its body cannot be shown; the feed has its title only. This is a fault of feedsvc: report it"
            )
            problem = Problem(path=article.path, severity=Severity.ERROR, reason=reason)
            return Content(html="", excerpt="", problems=(problem,))
        return content if self._plan.inline else replace(content, image_inline=True)

    def _base(self, record: Record, site: Site) -> Base:
        root = urlsplit(site.url or site.feeds_url)
        return Base(
            url=record.url,
            folder=record.article.path.rpartition("/")[0],
            root=f"{root.scheme}://{root.netloc}",
            ours=record.own_page,
            media_url=f"{site.feeds_url}/media/",
            media=self._media,
        )

    def _load(self, path: str) -> bytes | None:
        try:
            return read(self._media[path], limit=_HEAD)
        except OSError:
            return None
