"""Bodies as readers see them, each rendered once for as long as nothing about it changes."""

import json
import logging
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import PurePosixPath
from urllib.parse import quote

from feedsvc.articles.content import read_content
from feedsvc.articles.disk.media import MOST_VERSIONED
from feedsvc.articles.disk.scan import read
from feedsvc.articles.links.cross_references import Addresses, Page
from feedsvc.articles.links.resolve import Base
from feedsvc.articles.paths import lies_in, real_name
from feedsvc.articles.reading.permalinks import page_url
from feedsvc.model import Article, Catalogue, Content, Problem, Record, Severity, SourceFile
from feedsvc.publisher.media.changed_recordings import (
    SAMPLED,
    media_departures,
    renamed,
    replaced,
    sample_of,
)
from feedsvc.publisher.media.known import KnownMedia
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.privacy import Links
from feedsvc.publisher.refresh.faults import fault, log_fault
from feedsvc.publisher.refresh.looked_up_media import UNREAD, Looked, Stamp
from feedsvc.runtime.time_limit import TookTooLongError
from feedsvc.text.mediatypes import MEDIA_SUFFIXES
from feedsvc.text.urls import origin_of, path_of

log = logging.getLogger(__name__)

# The stamp of a file that the disk cannot tell us about.
_UNKNOWN = (-3,)

# What a generator keeps out of its lists and feeds has a page of the website all the same.
_PAGES = frozenset({"page", "unlisted", "hidden"})


class _Pictures:
    """The folder's pictures, by the folder that each lies in."""

    def __init__(self, media: Mapping[str, SourceFile]) -> None:
        self._media = media

    def first(self, folders: tuple[str, ...], patterns: tuple[str, ...]) -> str | None:
        """Return the first picture in *folders* that the first of *patterns* fits, which fits any."""
        paths = [path for folder in folders for path in self._in.get(folder.rstrip("/"), ())]
        found = (path for pattern in patterns for path in paths if fnmatchcase(_name(path).lower(), pattern))
        return next(found, None)

    @cached_property
    def _in(self) -> Mapping[str, list[str]]:
        pictures: dict[str, list[str]] = {}
        for path in sorted(filter(_is_picture, self._media)):
            pictures.setdefault(path.rpartition("/")[0], []).append(path)
        return pictures


@dataclass(frozen=True, slots=True)
class _Kept:
    """A rendered body, and all that it was made of."""

    url: str
    media_url: str
    digest: str
    path: str
    leading: str | None
    looked: Mapping[str, Stamp]
    asked: Mapping[str, Page | None]
    content: Content
    faults: tuple[Problem, ...] = ()


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
        self._versions: dict[str, tuple[Stamp, str]] = {}
        self._known = KnownMedia()
        self._moved: dict[str, str] = {}
        self._replaced: frozenset[str] = frozenset()
        self._media: Mapping[str, SourceFile] = {}
        self._unknown: Collection[str] = ()
        self._pictures = _Pictures({})
        self._links = Links()
        self._used: set[int] = set()
        self._variables = _variables(plan)

    def begin(
        self,
        media: Mapping[str, SourceFile],
        pages: Mapping[str, Page] | Links,
        unknown: Collection[str] = (),
    ) -> None:
        """Start a refresh: bodies that looked for what has changed are rendered anew.

        Args:
            pages: The pages that articles may link to; by path where nothing is private.
            unknown: Places that the disk cannot tell us about, as `Listing.unreadable`: media there stay
                as they were.
        """
        self._media = {**self._known.files(unknown, self._plan.root), **media}
        self._replaced |= replaced(self._known, self._media, self._sample_of)
        self._moved |= renamed(self._known, self._media, unknown, self._sample_of)
        self._unknown = unknown
        self._pictures = _Pictures(self._media)
        self._links = pages if isinstance(pages, Links) else Links(public=Addresses(pages))
        self._versions = {path: known for path, known in self._versions.items() if path in self._media}
        self._used = set()

    def end(self) -> tuple[Problem, ...]:
        """End a refresh: forget what it did not use, and return what was wrong with the rest."""
        self._kept = {key: kept for key, kept in self._kept.items() if key in self._used}
        self._known.keep({path for kept in self._kept.values() for path in kept.looked})
        return tuple(problem for kept in self._kept.values() for problem in kept.content.problems)

    def recall(self, known: str, moved: str = "") -> None:
        """Begin with the media that another process knew, as its `known` and `moved` gave them."""
        self._known = KnownMedia(known)
        with suppress(ValueError):  # then anew
            self._moved = dict(json.loads(moved or "{}"))

    @property
    def replaced(self) -> frozenset[str]:
        """Recordings that are others than those that were published under their names."""
        return self._replaced

    def settle(self) -> None:
        """Go on from what is published now."""
        self._replaced = frozenset()

    @property
    def moved(self) -> str:
        """Where recordings are now that once had other names, for another process."""
        return json.dumps(self._moved, sort_keys=True)

    def departed(self, media: Collection[str]) -> dict[str, str]:
        """Return the addresses that recordings once had, with those that they have among public *media*."""
        return media_departures(self._moved, media, self._plan.site.feeds_url)

    def _sample_of(self, file: SourceFile) -> str | None:
        try:
            return sample_of(self._read(file, limit=SAMPLED), file.size)
        except OSError:
            return None

    @property
    def known(self) -> str:
        """The known facts about media that bodies looked for, for another process."""
        return self._known.dump()

    @property
    def faults(self) -> tuple[Problem, ...]:
        """Problems of media that bodies looked for and that could not be read."""
        return tuple(fault for kept in self._kept.values() for fault in kept.faults)

    @property
    def complete(self) -> bool:
        """Every file that a body looked for could be read."""
        return all(UNREAD not in kept.looked.values() for kept in self._kept.values())

    def __call__(self, record: Record) -> Content:
        self._used.add(record.key)
        kept = self._kept.get(record.key)
        if kept is None or not self._holds(kept, record):
            kept = self._kept[record.key] = self._rendered(record)
        return kept.content

    def _holds(self, kept: _Kept, record: Record) -> bool:
        article, pages = record.article, self._links.of(record)
        folder = _folder(article)
        return (
            (kept.url, kept.media_url, kept.digest, kept.path)
            == (record.url, self._media_url(record), article.digest, article.path)
            and all(self._stamp(path) == stamp for path, stamp in kept.looked.items())
            and all(pages.find(ref, folder) == page for ref, page in kept.asked.items())
            and kept.leading == self._leading(article)
        )

    def _stamp(self, path: str) -> Stamp:
        file = self._media.get(path)
        if file is None:
            return _UNKNOWN if lies_in(path, self._unknown) else None
        return file.stamp

    def _rendered(self, record: Record) -> _Kept:
        looked = Looked(self._media, self._known, self._read, self._stamp)
        asked: dict[str, Page | None] = {}
        content = self._content(record, looked, asked)
        if not self._plan.inline:
            content = replace(content, image_inline=True)
        faults = tuple(looked.faults.values())
        content = replace(content, problems=(*content.problems, *faults)) if faults else content
        article = record.article
        leading = self._leading(article)
        made_of = record.url, self._media_url(record), article.digest, article.path
        return _Kept(*made_of, leading, looked.stamps, asked, content, faults)

    def _media_url(self, record: Record) -> str:
        below = self._links.folder if record.key in self._links.private else ""
        return f"{self._plan.site.feeds_url}/{below}media/"

    def _content(self, record: Record, looked: Looked, asked: dict[str, Page | None]) -> Content:
        article = record.article
        try:
            base = self._base(record, looked, asked)
            return self._render(article, base, look=looked.medium)
        except TookTooLongError as error:
            return self._as_before(record, f"cannot be shown as it is now, as {error}")
        except Exception as error:  # one body that trips a parser may not take the feed with it
            log_fault(log, f"cannot render path={article.path}", error)
            problem = fault(article.path, "cannot be shown but for its title")
            return Content(html="", excerpt="", problems=(problem,))

    def _as_before(self, record: Record, trouble: str) -> Content:
        """Return what was shown of an article last; nothing but its title where that is not known."""
        kept = self._kept.get(record.key)
        reason = f"{trouble}; simplify its markup, or split it"
        problem = Problem(path=record.article.path, severity=Severity.ERROR, reason=reason)
        return replace(kept.content if kept else Content(html="", excerpt=""), problems=(problem,))

    def _base(self, record: Record, looked: Looked, asked: dict[str, Page | None]) -> Base:
        site, dialect = self._plan.site, self._plan.dialect
        website = site.url or site.feeds_url
        folder, pages = _folder(record.article), self._links.of(record)

        def page(ref: str) -> Page | None:
            return asked.setdefault(ref, pages.find(ref, folder))

        def source(path: str) -> str | None:
            # To be noted; it may also find one that is only called alike.
            page(f"/{quote(real_name(path), errors='surrogateescape')}")
            found = pages.of(path)
            return found and found.url

        return Base(
            url=record.url,
            # Its own address holds a mark that is another one after each start.
            name=page_url(site.feeds_url, record.slug) if record.key in self._links.private else "",
            folder=folder,
            root=origin_of(website),
            path=path_of(website).rstrip("/"),
            ours=record.own_page,
            language=site.language,
            # Below a path of its own, somebody else has the rest of the host.
            website=site.url is not None or path_of(site.feeds_url).strip("/") != "",
            media_url=self._media_url(record),
            media=looked,
            version=lambda path: self._version(path, looked),
            roots=dialect.root_folders,
            beside=dialect.asset_folders(record.article),
            home=lambda file: next(
                filter(None, map(source, dialect.owner_articles(record.article, file))), None
            ),
            leading=self._leading(record.article),
            article=lambda ref: found.url if (found := page(ref)) else None,
            title=lambda ref: found.title if (found := page(ref)) else None,
            term=dialect.term_address,
            source=source,
            variables=self._variables,
            unknown=lambda path: lies_in(path, self._unknown),
        )

    def _leading(self, article: Article) -> str | None:
        """Return the picture that is the article's by its name; new ones may come at any time."""
        patterns = self._plan.dialect.lead_image_patterns(article.path)
        if not patterns:
            return None
        folders = (_folder(article), *self._plan.dialect.asset_folders(article))
        return self._pictures.first(folders, patterns)

    def _version(self, path: str, looked: Looked) -> str:
        """Return the version of a picture; a podcast's archive is too much to be read at each start."""
        file = looked[path]
        known = self._versions.get(path)
        if known is not None and known[0] == file.stamp:
            return known[1]
        if file.size > MOST_VERSIONED or not _is_picture(path):
            return ""
        found = looked.version(path)
        if path not in looked.faults:
            self._versions[path] = file.stamp, found
        return found


def linkable(catalogue: Catalogue, now: datetime) -> Mapping[str, Page]:
    """Return what articles may link to at *now*, by path: articles, and other pages of the website."""
    records = (record for record in catalogue.records if _has_page(record, now))
    return {record.article.path: Page(record.url, record.article.title) for record in records}


def _has_page(record: Record, now: datetime) -> bool:
    on_website = not (record.own_page or record.broken)
    return record.visible(now) or (on_website and record.hidden(now) in _PAGES)


def _variables(plan: Plan) -> Mapping[str, str]:
    site = plan.site
    website = site.url or site.feeds_url
    own, path = origin_of(website), path_of(website).rstrip("/")
    known = {"site.title": site.title, "site.description": site.description}
    # Addresses are ours to know: the generator's own may stand for another place.
    placed = {"site.url": own, "site.baseurl": path, "site.base_url": own + path, "SITEURL": own + path}
    return {**known, **plan.dialect.variables, **placed, "baseurl": path, "base_url": own + path}


def _folder(article: Article) -> str:
    return article.path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _is_picture(path: str) -> bool:
    return MEDIA_SUFFIXES.get(PurePosixPath(path).suffix.lower(), "").startswith("image/")
