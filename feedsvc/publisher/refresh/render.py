"""The second half of a refresh: from an edition to a release."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from feedsvc.articles.reading.permalinks import article_page
from feedsvc.feeds.addresses import absolute
from feedsvc.feeds.build import build_feed
from feedsvc.feeds.criteria import ages
from feedsvc.feeds.directory import render_lists
from feedsvc.feeds.pages import render_article_page, render_feed_page, render_terms_page
from feedsvc.feeds.subscriber_key import with_placeholder
from feedsvc.model import (
    PRIVATE,
    Catalogue,
    Composable,
    Content,
    Document,
    Entry,
    Feed,
    FeedSpec,
    Image,
    Problem,
    Record,
    Release,
    Site,
    Template,
)
from feedsvc.publisher.claimed_addresses import admit
from feedsvc.publisher.edition import Edition
from feedsvc.publisher.media.remote_images import Probe
from feedsvc.publisher.moved import departures
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.privacy import PUBLIC, Privacy
from feedsvc.publisher.refresh.feed_dates import FeedDates, newest
from feedsvc.publisher.refresh.feed_warnings import Remarks, unknown_feeds
from feedsvc.publisher.refresh.lead_images import without_shared
from feedsvc.publisher.refresh.memo import Memory
from feedsvc.publisher.refresh.query_feeds import composables, proved
from feedsvc.publisher.refresh.validated import Press, Printed
from feedsvc.publisher.refresh.validated import told as told_of
from feedsvc.publisher.refresh.withdrawn import Withdrawn
from feedsvc.publisher.specs import everything_of, named_of
from feedsvc.runtime.progress import Progress, told, unheard

# The front page lists feeds up to here; a site may have thousands of tags.
_MOST_LINKS = 200

_PRESS = Press()
_NOTHING_PUBLISHED: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """Makes documents of an edition.

    Attributes:
        memo: Documents of the refresh before, of which most are the same.
        press: Makes documents of a feed, and validates them.
        probe: Asks other hosts for the size of their images; None to ask nobody.
    """

    memo: Memory
    press: Callable[[Feed], Printed] = _PRESS
    probe: Probe | None = None
    progress: Progress = unheard

    def __call__(self, edition: Edition, published: Mapping[str, str] = _NOTHING_PUBLISHED) -> Release:
        """Return all documents of *edition*, and the problems of feeds.

        Args:
            published: ETags of the documents that are published now, by path.
        """
        edition = self._with_images(replace(edition, site=replace(edition.site, paged=edition.plan.pages)))
        plan, refused = admit(edition.plan, document_paths(edition))
        shown = _Shown(edition.bodies)
        edition = replace(edition, plan=plan, bodies=shown)
        warnings = Remarks(plan)
        made = self._feeds(edition, published, warnings)
        feeds, printed = [feed for feed, _ in made], [each for _, each in made]
        documents = [document for each in printed for document in each.documents]
        documents += render_lists(feeds, edition.site, {each.path: len(each.body) for each in documents})
        documents += self._pages(edition, feeds)
        documents += _aliases(plan.aliases, documents)
        query_feeds, beside = self._query_feeds(edition, feeds[0])
        return Release(
            at=edition.now,
            documents=tuple(_ready(document, edition.privacy) for document in documents),
            query_feeds=query_feeds,
            kept=frozenset(path for each in printed for path in each.unfit),
            media=shown.media(edition.privacy),
            private=shown.private_media(edition.privacy),
            moved=departures(edition),
            problems=(*refused, *warnings.problems(), *_problems(edition, [*printed, beside])),
            feed_dates={feed.folder: feed.updated for feed in feeds},
        )

    def _with_images(self, edition: Edition) -> Edition:
        """Return *edition* with what all articles together, or other hosts, tell of images."""
        most, bodies = edition.plan.ignore_shared, edition.bodies
        if most:
            edition = replace(edition, bodies=without_shared(bodies, edition.visible(), most))
        return edition if self.probe is None else _probed(edition, self.probe)

    def _feeds(
        self, edition: Edition, published: Mapping[str, str], warnings: Remarks
    ) -> list[tuple[Feed, Printed]]:
        dates = FeedDates(
            last=edition.catalogue.dates,
            published=published,
            ready=partial(_ready, privacy=edition.privacy),
            now=edition.now,
            zone=edition.site.timezone,
        )
        total = edition.catalogue.feeds + len(edition.plan.named)
        building = told(self.progress, "building feeds", _feeds(edition, warnings), total)
        return [dates(feed, partial(self.memo, feed.folder, self.press)) for feed in building]

    def _pages(self, edition: Edition, feeds: Sequence[Feed]) -> Iterator[Document]:
        for path, feed, links in _feed_pages(edition, feeds):
            yield from self.memo(path, _feed_page, feed, edition.site, links)
        if edition.plan.pages:
            yield from _terms_pages(edition, feeds[0])
        # Entries link to our own pages, so these are no matter of choice.
        records = edition.with_pages()
        for record in told(self.progress, "building pages", records, len(records)):
            for page in _article_pages(edition, record):
                yield from self.memo(page.folder, _article_page, page, edition.site)

    def _query_feeds(
        self, edition: Edition, everything: Feed
    ) -> tuple[tuple[Template, Sequence[Composable]] | None, Printed]:
        if not edition.plan.composed:
            return proved(None, self.memo, self.press)
        spec, _ = next(edition.feeds())
        feed = replace(everything, entries=())
        template = Template(feed=feed, spec=spec, site_id=edition.catalogue.site_id)
        return proved((template, composables(edition)), self.memo, self.press)


class _Shown:
    """Gives contents, and notes which of them the documents of a release show."""

    def __init__(self, bodies: Callable[[Record], Content]) -> None:
        self._bodies = bodies
        self._shown: dict[int, Content] = {}

    def __call__(self, record: Record) -> Content:
        """Return the content of a record."""
        return self._shown.setdefault(record.key, self._bodies(record))

    def media(self, privacy: Privacy) -> frozenset[str]:
        """Return the local files that public documents refer to."""
        public = (content for key, content in self._shown.items() if key not in privacy.holders)
        return frozenset(path for content in public for path in content.media)

    def private_media(self, privacy: Privacy) -> Mapping[str, frozenset[str]]:
        """Return the local files of each private feed, by its name."""
        found: dict[str, frozenset[str]] = {}
        for key, holders in privacy.holders.items():
            for name in holders if key in self._shown else ():
                found[name] = found.get(name, frozenset()) | self._shown[key].media
        return {name: media for name, media in found.items() if media}


def document_paths(edition: Edition) -> frozenset[str]:
    """Return the paths of all public documents that a `Renderer` makes, but for `Plan.aliases`."""
    plan = edition.plan
    feeds = [spec for spec, _ in edition.feeds() if not spec.private]
    pages = [spec.folder for spec in feeds if plan.pages or (edition.site.url is None and not spec.folder)]
    kinds = [f"{kind}/" for kind in plan.kinds if plan.pages and edition.terms(kind)]
    return frozenset(
        (
            *(spec.folder + form.value for spec in feeds for form in spec.formats),
            *("feeds.opml", "feeds.json", *pages, *kinds),
            *(article_page(record.slug) for record in edition.privacy.readable(edition.with_pages())),
        )
    )


def _ready(document: Document, privacy: Privacy) -> Document:
    """Return *document* as it is published: one copy of a private document serves all subscribers."""
    return with_placeholder(document, privacy.mark) if document.path.startswith(PRIVATE) else document


def _probed(edition: Edition, probe: Probe) -> Edition:
    """Return *edition* with what other hosts tell of the lead images that feeds show."""
    bodies = edition.bodies
    selections = (edition.selection(spec, records) for spec, records in edition.feeds())
    shown = {record.key: record for chosen in selections for record in chosen.records}
    images = [image for record in shown.values() if (image := bodies(record).image) and image.length is None]
    probe.ask((*(image.url for image in images), *_marks(edition.site)), edition.now)

    def known(record: Record) -> Content:
        found = bodies(record)
        return replace(found, image=probe(found.image)) if found.image else found

    return replace(edition, bodies=known, site=_with_size(edition.site, probe))


def _marks(site: Site) -> list[str]:
    """Return the picture of the site that RSS shows."""
    return [picture for picture in (site.logo or site.icon,) if picture]


def _with_size(site: Site, probe: Probe) -> Site:
    found = next((probe(Image(url=url)) for url in _marks(site)), None)
    if found is None or found.width is None or found.height is None:
        return site
    return replace(site, picture_size=(found.width, found.height))


def _problems(edition: Edition, printed: Sequence[Printed]) -> Iterator[Problem]:
    records = edition.catalogue.records
    yield from told_of(printed, {record.id: record.article.path for record in records if record.id})
    yield from unknown_feeds(records, edition.plan, edition.now)


def next_age(plan: Plan, catalogue: Catalogue, now: datetime) -> datetime | None:
    """Return when, after *now*, an article becomes too old for a feed; None if none does."""
    wheres = [spec.where for spec in plan.named if spec.where]
    moments = (ages(where, record, now) for where in wheres for record in catalogue.records)
    return min(filter(None, moments), default=None)


def _feeds(edition: Edition, warnings: Remarks) -> Iterator[Feed]:
    fallbacks: dict[str, datetime] = {}
    withdrawn = Withdrawn(edition)
    for spec, records in edition.feeds():
        reader = spec.name if spec.private else PUBLIC
        chosen = edition.selection(spec, records)
        warnings.note(spec, chosen, edition.content_size)
        if reader not in fallbacks:
            readable = edition.privacy.readable(edition.catalogue.records, reader)
            fallbacks[reader] = newest(readable, edition.now)
        yield build_feed(
            spec,
            chosen.records,
            edition.site,
            edition.bodies,
            fallback_date=fallbacks[reader],
            site_id=edition.catalogue.site_id,
            withdrawn=withdrawn(spec),
        )


def _aliases(aliases: Mapping[str, str], documents: Sequence[Document]) -> Iterator[Document]:
    """Yield the same bytes at further addresses, of which none may be a document's own."""
    known = {document.path: document for document in documents if not document.path.startswith(PRIVATE)}
    for alias, path in aliases.items():
        if path in known and alias not in known:
            yield replace(known[path], path=alias)


_Links = Sequence[tuple[str, str]]
"""Titles and addresses."""


def _feed_pages(edition: Edition, feeds: Sequence[Feed]) -> Iterator[tuple[str, Feed, _Links]]:
    """Yield path, feed and links of each page. A page that a home link leads to is always made."""
    front, *others = (feed for feed in feeds if not feed.private)
    if edition.plan.pages:
        beside = [(feed.title, absolute(feed.base, feed.folder)) for feed in others[:_MOST_LINKS]]
        yield f"{front.folder}index", front, beside
        yield from ((f"{feed.folder}index", feed, []) for feed in others)
    elif edition.site.url is None:
        yield f"{front.folder}index", front, []
    yield from ((f"{feed.folder}index", feed, []) for feed in feeds if feed.private)


def _feed_page(feed: Feed, site: Site, beside: _Links) -> list[Document]:
    return [render_feed_page(feed, site, beside)]


def _terms_pages(edition: Edition, everything: Feed) -> Iterator[Document]:
    """Yield a page for each kind of terms, at the address that names their scheme in feeds."""
    site = edition.site
    for kind in edition.plan.kinds:
        links = [(term.label, absolute(site.feeds_url, term.folder)) for term in edition.terms(kind)]
        if links:
            yield render_terms_page(kind.value.capitalize(), f"{kind}/", links, everything, site)


@dataclass(frozen=True, slots=True)
class _ArticlePage:
    """What the page of an article is made of.

    Attributes:
        feed: To which it links.
        up: The folder of that feed, if it is private; "" if not.
    """

    entry: Entry
    folder: str
    feed: FeedSpec
    up: str


def _article_pages(edition: Edition, record: Record) -> Iterator[_ArticlePage]:
    """Yield the page of an article; a private one has a page in each feed that holds it, and no other."""
    plan, site, privacy = edition.plan, edition.site, edition.privacy
    entry = edition.entry(record)
    if not privacy.is_private(record):
        yield _ArticlePage(entry, article_page(record.slug), everything_of(plan, site), "")
        return
    feeds = {spec.name: spec for spec in named_of(plan, site)}
    for folder, name in privacy.pages(record):
        yield _ArticlePage(entry, folder, feeds[name], privacy.folder)


def _article_page(page: _ArticlePage, site: Site) -> list[Document]:
    feed = page.feed
    rendered = render_article_page(
        page.entry, feed.title, site, folder=page.folder, formats=feed.formats, up=page.up
    )
    return [rendered]
