"""The second half of a refresh: from the catalogue to documents. Pure but for *content* and *memory*."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from feedsvc.articles.reading.permalinks import article_page
from feedsvc.feeds.addresses import absolute
from feedsvc.feeds.build import build_entry, build_feed, content_size
from feedsvc.feeds.criteria import ages
from feedsvc.feeds.directory import render_lists
from feedsvc.feeds.pages import render_article_page, render_feed_page, render_terms_page
from feedsvc.feeds.select import by_term, newest_first, select
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
    Term,
    TermKind,
)
from feedsvc.publisher.claimed_addresses import admit
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
from feedsvc.publisher.specs import everything_of, named_of, spec_of
from feedsvc.runtime.progress import Progress, told, unheard

# The front page lists feeds up to here; a site may have thousands of tags.
_MOST_LINKS = 200

_PRESS = Press()
_NOTHING_PRIVATE = Privacy()
_NOTHING_PUBLISHED: Mapping[str, str] = {}


def render(
    plan: Plan,
    site: Site,
    catalogue: Catalogue,
    content: Callable[[Record], Content],
    memory: Memory,
    *,
    now: datetime,
    privacy: Privacy = _NOTHING_PRIVATE,
    published: Mapping[str, str] = _NOTHING_PUBLISHED,
    press: Callable[[Feed], Printed] = _PRESS,
    probe: Probe | None = None,
    progress: Progress = unheard,
) -> Release:
    """Return every document of *catalogue*, which `Privacy.addressed` has returned, at *now*.

    Args:
        published: ETags of the documents that are published now, by path.
    """
    shown: dict[int, Content] = {}
    site = replace(site, paged=plan.pages)
    content, site = _refined(plan, site, catalogue, privacy, content, probe, now)
    plan, refused = admit(plan, document_paths(plan, site, catalogue, privacy, now))

    def noted(record: Record) -> Content:
        return shown.setdefault(record.key, content(record))

    memory.begin()
    remarks = Remarks(plan)
    ready = partial(_ready, privacy=privacy)
    dates = FeedDates(last=catalogue.dates, published=published, ready=ready, now=now, zone=site.timezone)
    building = _feeds(plan, site, catalogue, privacy, noted, now, remarks)
    building = told(progress, "building feeds", building, catalogue.feeds + len(plan.named))
    made = [dates(feed, partial(memory, feed.folder, press)) for feed in building]
    feeds, printed = [feed for feed, _ in made], [each for _, each in made]
    documents = [document for each in printed for document in each.documents]
    documents += render_lists(feeds, site, {each.path: len(each.body) for each in documents})
    documents += _feed_pages(feeds, plan, site, memory)
    if plan.pages:
        documents += _terms_pages(plan, catalogue, feeds[0], site)
    # Entries link to our own pages, so these are no matter of choice.
    paged = _with_pages(catalogue, now)
    for record in told(progress, "building pages", paged, len(paged)):
        documents += _article_pages(record, noted, plan, site, privacy, memory)
    documents += _aliases(plan.aliases, documents)
    composed = _composed(plan, site, catalogue, privacy, feeds[0], noted, now) if plan.composed else None
    composed, beside = proved(composed, memory, press)
    return Release(
        at=now,
        documents=tuple(map(ready, documents)),
        query_feeds=composed,
        kept=frozenset(path for each in printed for path in each.unfit),
        media=frozenset(p for key, c in shown.items() if key not in privacy.holders for p in c.media),
        private=_private_media(privacy, shown),
        moved=departures(plan, site, catalogue, privacy),
        problems=(*refused, *remarks.problems(), *_problems(plan, catalogue, [*printed, beside], now)),
        feed_dates={feed.folder: feed.updated for feed in feeds},
    )


def document_paths(
    plan: Plan, site: Site, catalogue: Catalogue, privacy: Privacy, now: datetime
) -> frozenset[str]:
    """Return the paths of all public documents that `render` makes, but for `Plan.aliases`."""
    feeds = [spec for spec, _ in specs(plan, site, catalogue, privacy) if not spec.private]
    pages = [spec.folder for spec in feeds if plan.pages or (site.url is None and not spec.folder)]
    kinds = [f"{kind}/" for kind in plan.kinds if plan.pages and _terms(kind, plan, catalogue)]
    paged = privacy.readable(_with_pages(catalogue, now))
    return frozenset(
        (
            *(spec.folder + form.value for spec in feeds for form in spec.formats),
            *("feeds.opml", "feeds.json", *pages, *kinds),
            *(article_page(record.slug) for record in paged),
        )
    )


def _composed(
    plan: Plan,
    site: Site,
    catalogue: Catalogue,
    privacy: Privacy,
    everything: Feed,
    content: Callable[[Record], Content],
    now: datetime,
) -> tuple[Template, Sequence[Composable]]:
    spec, records = next(specs(plan, site, catalogue, privacy))
    feed = replace(everything, entries=())
    template = Template(feed=feed, spec=spec, site_id=catalogue.site_id)
    return template, composables(spec, records, site, content, now)


def _ready(document: Document, privacy: Privacy) -> Document:
    """Return *document* as it is published: one copy of a private document serves all subscribers."""
    return with_placeholder(document, privacy.mark) if document.path.startswith(PRIVATE) else document


def _private_media(privacy: Privacy, shown: Mapping[int, Content]) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for key, holders in privacy.holders.items():
        for name in holders if key in shown else ():
            found[name] = found.get(name, frozenset()) | shown[key].media
    return {name: media for name, media in found.items() if media}


def _refined(
    plan: Plan,
    site: Site,
    catalogue: Catalogue,
    privacy: Privacy,
    content: Callable[[Record], Content],
    probe: Probe | None,
    now: datetime,
) -> tuple[Callable[[Record], Content], Site]:
    """Return contents and site with what all articles together, or other hosts, tell of pictures."""
    if plan.ignore_shared:
        visible = [record for record in catalogue.records if record.visible(now)]
        content = without_shared(content, visible, plan.ignore_shared)
    if probe is None:
        return content, site
    content = _probed(probe, content, plan, site, catalogue, privacy, now)
    return content, _with_size(site, probe)


def _probed(
    probe: Probe,
    content: Callable[[Record], Content],
    plan: Plan,
    site: Site,
    catalogue: Catalogue,
    privacy: Privacy,
    now: datetime,
) -> Callable[[Record], Content]:
    """Return *content* with what other hosts tell of the lead images that feeds show."""

    def size_of(record: Record) -> int:
        return content_size(content(record))

    shown = {
        record.key: record
        for spec, records in specs(plan, site, catalogue, privacy)
        for record in select(records, spec, site=site, now=now, size_of=size_of, content=content).records
    }
    images = [image for record in shown.values() if (image := content(record).image) and image.length is None]
    probe.ask((*(image.url for image in images), *_marks(site)), now)

    def known(record: Record) -> Content:
        found = content(record)
        return replace(found, image=probe(found.image)) if found.image else found

    return known


def _marks(site: Site) -> list[str]:
    """Return the picture of the site that RSS shows."""
    return [picture for picture in (site.logo or site.icon,) if picture]


def _with_size(site: Site, probe: Probe) -> Site:
    found = next((probe(Image(url=url)) for url in _marks(site)), None)
    if found is None or found.width is None or found.height is None:
        return site
    return replace(site, picture_size=(found.width, found.height))


def _problems(
    plan: Plan,
    catalogue: Catalogue,
    printed: Sequence[Printed],
    now: datetime,
) -> Iterator[Problem]:
    paths = {record.id: record.article.path for record in catalogue.records if record.id}
    yield from told_of(printed, paths)
    yield from unknown_feeds(catalogue.records, plan, now)


def specs(
    plan: Plan, site: Site, catalogue: Catalogue, privacy: Privacy
) -> Iterator[tuple[FeedSpec, Sequence[Record]]]:
    """Yield every feed there is, that of everything first, with the records it selects from."""
    public = privacy.readable(catalogue.records)
    yield everything_of(plan, site), public
    for spec in named_of(plan, site):
        if spec.private:
            yield replace(spec, keyed=privacy.folder), privacy.readable(catalogue.records, spec.name)
        else:
            yield spec, public
    groups = by_term(public, site)
    for term in catalogue.terms:
        if term.folder not in plan.retired:
            yield spec_of(plan, site, term), groups.get((term.kind, term.slug), ())


def next_age(plan: Plan, catalogue: Catalogue, now: datetime) -> datetime | None:
    """Return when, after *now*, an article becomes too old for a feed; None if none does."""
    wheres = [spec.where for spec in plan.named if spec.where]
    moments = (ages(where, record, now) for where in wheres for record in catalogue.records)
    return min(filter(None, moments), default=None)


def _feeds(
    plan: Plan,
    site: Site,
    catalogue: Catalogue,
    privacy: Privacy,
    content: Callable[[Record], Content],
    now: datetime,
    remarks: Remarks,
) -> Iterator[Feed]:
    def size_of(record: Record) -> int:
        return content_size(content(record))

    fallbacks: dict[str, datetime] = {}
    withdrawn = Withdrawn(catalogue, privacy, site, now)
    for spec, records in specs(plan, site, catalogue, privacy):
        reader = spec.name if spec.private else PUBLIC
        chosen = select(records, spec, site=site, now=now, size_of=size_of, content=content)
        remarks.note(spec, chosen, size_of)
        if reader not in fallbacks:
            fallbacks[reader] = newest(privacy.readable(catalogue.records, reader), now)
        yield build_feed(
            spec,
            chosen.records,
            site,
            content,
            fallback_date=fallbacks[reader],
            site_id=catalogue.site_id,
            withdrawn=withdrawn(spec),
        )


def _aliases(aliases: Mapping[str, str], documents: Sequence[Document]) -> Iterator[Document]:
    """Yield the same bytes at further addresses, of which none may be a document's own."""
    known = {document.path: document for document in documents if not document.path.startswith(PRIVATE)}
    for alias, path in aliases.items():
        if path in known and alias not in known:
            yield replace(known[path], path=alias)


def _feed_pages(feeds: Sequence[Feed], plan: Plan, site: Site, memory: Memory) -> Iterator[Document]:
    """Yield the pages of feeds. Those that a home link leads to are no choice."""
    front, *others = (feed for feed in feeds if not feed.private)
    links = [(feed.title, absolute(feed.base, feed.folder)) for feed in others[:_MOST_LINKS]]
    public = [(front, links), *((other, []) for other in others)] if plan.pages else []
    public += [] if plan.pages or site.url is not None else [(front, [])]
    for feed, beside in (*public, *((feed, []) for feed in feeds if feed.private)):
        yield from memory(f"{feed.folder}index", _feed_page, feed, site, beside)


def _terms_pages(plan: Plan, catalogue: Catalogue, everything: Feed, site: Site) -> Iterator[Document]:
    """Yield a page for each kind of terms, at the address that names their scheme in feeds."""
    for kind in plan.kinds:
        terms = _terms(kind, plan, catalogue)
        links = [(term.label, absolute(site.feeds_url, term.folder)) for term in terms]
        if links:
            yield render_terms_page(kind.value.capitalize(), f"{kind}/", links, everything, site)


def _terms(kind: TermKind, plan: Plan, catalogue: Catalogue) -> list[Term]:
    return [term for term in catalogue.terms if term.kind is kind and term.folder not in plan.retired]


def _with_pages(catalogue: Catalogue, now: datetime) -> Sequence[Record]:
    """Return the records that have a page of ours, newest first."""
    return newest_first(record for record in catalogue.records if record.own_page and record.visible(now))


def _feed_page(feed: Feed, site: Site, beside: Sequence[tuple[str, str]]) -> list[Document]:
    return [render_feed_page(feed, site, beside)]


def _article_pages(
    record: Record,
    content: Callable[[Record], Content],
    plan: Plan,
    site: Site,
    privacy: Privacy,
    memory: Memory,
) -> Iterator[Document]:
    """Yield the page of an article; a private one has a page in each feed that holds it, and no other."""
    if not privacy.is_private(record):
        entry, folder = build_entry(record, content(record), site), article_page(record.slug)
        yield from memory(folder, _article_page, entry, site, folder, everything_of(plan, site), "")
        return
    feeds = {spec.name: spec for spec in named_of(plan, site)}
    for folder, name in privacy.pages(record):
        entry = build_entry(record, content(record), site)
        yield from memory(folder, _article_page, entry, site, folder, feeds[name], privacy.folder)


def _article_page(entry: Entry, site: Site, folder: str, feed: FeedSpec, up: str) -> list[Document]:
    return [render_article_page(entry, feed.title, site, folder=folder, formats=feed.formats, up=up)]
