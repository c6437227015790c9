"""All articles and all problems, without publishing anything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote

from feedsvc.articles.content import skim_content
from feedsvc.feeds.build import build_entry
from feedsvc.feeds.select import natural, newest_first, select
from feedsvc.model import Catalogue, Content, Problem, Record, Severity, Site, SourceFile, in_zone
from feedsvc.publisher.claimed_addresses import admit
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.privacy import Links
from feedsvc.publisher.refresh.bodies import Contents, linkable
from feedsvc.publisher.refresh.fault_isolation import FaultIsolation
from feedsvc.publisher.refresh.feed_warnings import Remarks, unknown_feeds
from feedsvc.publisher.refresh.gather import Gathered, Reader
from feedsvc.publisher.refresh.in_no_feed import in_no_feed
from feedsvc.publisher.refresh.processes import spread
from feedsvc.publisher.refresh.publisher import edition_of, trial, with_addresses, with_terms
from feedsvc.publisher.refresh.render import document_paths
from feedsvc.runtime.progress import Progress, told, unheard
from feedsvc.text.urls import path_of

# Articles that are looked at in one go: some tenths of a second.
_PORTION = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An article as `feedsvc list` shows it; what is not known is None.

    Attributes:
        id: None while provisional.
        published, updated: RFC 3339, with the site's offset.
        reason: Why it is not visible; None if it is.
    """

    path: str
    id: str | None = None
    url: str | None = None
    title: str | None = None
    published: str | None = None
    updated: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str | None = None
    excerpt: str | None = None
    image: str | None = None
    visible: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a folder holds: every file that could be an article, newest first, and what is wrong.

    Attributes:
        outdated: Paths of articles that are visible as they were when their files could last be used.
    """

    articles: tuple[Listed, ...]
    problems: tuple[Problem, ...]
    outdated: frozenset[str] = frozenset()


def survey(plan: Plan, before: Catalogue, *, now: datetime, progress: Progress = unheard) -> Survey:
    """Look at everything, as a refresh would that follows *before*.

    Raises:
        SourceError: The folder cannot be read.
    """
    gathered = Reader(plan).gather(before, now=now, looking=True, progress=progress)
    contents = Contents(plan, render=skim_content)
    contents.begin(gathered.listing.media, {})

    def look(sound: Gathered) -> Survey:
        return _surveyed(plan, with_addresses(with_terms(plan, sound, now=now)), now, progress)

    return FaultIsolation()(look, gathered, before, lambda some: trial(plan, some, contents, now))


def _surveyed(plan: Plan, gathered: Gathered, now: datetime, progress: Progress) -> Survey:
    present = newest_first(record for record in gathered.catalogue.records if not record.gone)
    portions = [present[first : first + _PORTION] for first in range(0, len(present), _PORTION)]
    look = _Look(
        plan=plan,
        site=gathered.site,
        media=gathered.listing.media,
        unknown=gathered.listing.unreadable,
        pages=gathered.privacy.links(gathered.catalogue, linkable(gathered.catalogue, now)),
        now=now,
    )
    rows: list[Listed] = []
    problems = {*gathered.problems, *unknown_feeds(present, plan, now), *_left_alone(look, gathered)}
    problems.update(_refused(plan, gathered, now))
    recordings: list[_Recording] = []
    for listed, found, heard in told(progress, "checking bodies", spread(look, portions), len(portions)):
        rows += listed
        problems.update(found)
        recordings += heard
    problems.update(_told_twice(recordings))
    return Survey(
        articles=(*rows, *_unreadable(gathered, present)),
        problems=tuple(sorted(problems)),
        outdated=frozenset(r.article.path for r in present if r.broken and r.hidden(now) is None),
    )


def _left_alone(look: "_Look", gathered: Gathered) -> Iterator[Problem]:
    """Yield what is to be said of feeds without articles, and of articles without feeds."""
    plan, site, now = look.plan, look.site, look.now
    contents = Contents(plan, render=skim_content)
    contents.begin(look.media, look.pages, look.unknown)
    remarks = Remarks(plan)
    edition = edition_of(plan, gathered, now, contents)
    for spec, records in edition.feeds():
        if spec.name:
            chosen = select(records, spec, site=site, now=now, size_of=lambda _: 0, content=contents)
            remarks.note(spec, chosen, lambda _: 0)
    yield from remarks.problems()
    yield from in_no_feed(edition)


def _refused(plan: Plan, gathered: Gathered, now: datetime) -> tuple[Problem, ...]:
    """Return what is to be said of addresses that the configuration asks for and cannot have."""
    return admit(plan, document_paths(edition_of(plan, gathered, now)))[1]


class _Recording(NamedTuple):
    """A recording, and the article that offers it."""

    url: str
    language: str | None
    path: str


def _told_twice(recordings: Sequence[_Recording]) -> Iterator[Problem]:
    """Yield what is to be said of recordings in two articles; translations may well share one."""
    first: dict[tuple[str, str | None], str] = {}
    for url, language, path in sorted(recordings, key=lambda each: natural(each.path)):
        other = first.setdefault((url, language), path)
        if other != path:
            name = unquote(path_of(url)).rpartition("/")[2]
            reason = (
                f"has the recording '{name}' of {other} too, so players of podcasts show it twice; take it"
                " out of one of them"
            )
            yield Problem(path=path, severity=Severity.WARNING, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """Looks at some articles; all that it needs goes along to another process."""

    plan: Plan
    site: Site
    media: Mapping[str, SourceFile]
    unknown: frozenset[str]
    pages: Links
    now: datetime

    def __call__(
        self, records: Sequence[Record]
    ) -> tuple[list[Listed], tuple[Problem, ...], list["_Recording"]]:
        contents = Contents(self.plan, render=skim_content)
        contents.begin(self.media, self.pages, self.unknown)
        rows = [self._listed(record, contents(record)) for record in records]
        visible = [record for record in records if record.visible(self.now)]
        recordings = [
            _Recording(attachment.url, record.article.language, record.article.path)
            for record in visible
            for attachment in contents(record).attachments
        ]
        return rows, contents.end(), recordings

    def _listed(self, record: Record, content: Content) -> Listed:
        if record.visible(self.now):
            build_entry(record, content, self.site)  # what trips it would trip a refresh
        return _listed(record, content, self.site, self.now)


def _listed(record: Record, content: Content, site: Site, now: datetime) -> Listed:
    article = record.article
    hidden = record.hidden(now)
    return Listed(
        path=article.path,
        id=None if record.provisional else record.id,
        url=record.url,
        title=article.title,
        published=in_zone(record.published, site.timezone).isoformat(),
        updated=in_zone(record.updated, site.timezone).isoformat(),
        authors=tuple(author.name for author in article.authors or site.authors),
        categories=article.categories,
        tags=article.tags,
        language=article.language or site.language,
        excerpt=content.excerpt,
        image=content.image.url if content.image else None,
        visible=hidden is None,
        reason=hidden,
    )


def _unreadable(gathered: Gathered, present: Sequence[Record]) -> Iterator[Listed]:
    """Yield the files of which no version was ever good."""
    known = {record.article.path for record in present}
    faulty = {problem.path for problem in gathered.problems if problem.severity is Severity.ERROR}
    for file in sorted(gathered.listing.articles, key=lambda file: natural(file.path)):
        if file.path not in known and file.path not in gathered.copies:
            yield Listed(path=file.path, reason="broken" if file.path in faulty else "empty")
