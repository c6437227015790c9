"""The second half of a refresh: from the catalogue to documents. Pure but for *content* and *memory*."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from feedsvc.articles.permalinks import article_page
from feedsvc.feeds.addresses import absolute
from feedsvc.feeds.build import build_entry, build_feed, content_size, named_spec, term_spec
from feedsvc.feeds.lists import render_lists
from feedsvc.feeds.pages import render_article_page, render_feed_page, render_terms_page
from feedsvc.feeds.select import belongs, by_term, newest_first, select
from feedsvc.feeds.where import ages
from feedsvc.model import (
    Catalogue,
    Composable,
    Content,
    Document,
    Entry,
    Feed,
    FeedSpec,
    Format,
    Image,
    Problem,
    Record,
    Site,
    Term,
    TermKind,
    Withdrawal,
)
from feedsvc.progress import Progress, told, unheard
from feedsvc.publisher.claims import admit
from feedsvc.publisher.composing import composables, template
from feedsvc.publisher.departures import departures
from feedsvc.publisher.lead_images import without_shared
from feedsvc.publisher.memory import Memory
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.press import Press, Printed
from feedsvc.publisher.press import told as told_of
from feedsvc.publisher.probe import Probe
from feedsvc.publisher.remarks import Remarks, unknown_feeds

# The front page lists feeds up to here; a site may have thousands of tags.
_MOST_LINKS = 200

# Of a feed that has never had an entry.
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


_PRESS = Press()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """All that a snapshot is made of.

    Attributes:
        media: Local files that the documents refer to.
        composed: The feed of everything without entries, and what feeds may be composed of; None
            if none are.
        kept: Paths of documents that are to stay as they were.
        departed: As in `Snapshot`.
        problems: What feeds could not show as it is, or not at all.
    """

    documents: tuple[Document, ...]
    composed: tuple[Feed, Sequence[Composable]] | None = None
    kept: frozenset[str] = frozenset()
    media: frozenset[str]
    departed: Mapping[str, str]
    problems: tuple[Problem, ...] = ()


def render(
    plan: Plan,
    site: Site,
    catalogue: Catalogue,
    content: Callable[[Record], Content],
    memory: Memory,
    *,
    now: datetime,
    press: Callable[[Feed], Printed] = _PRESS,
    probe: Probe | None = None,
    progress: Progress = unheard,
) -> Rendered:
    """Return every document of *catalogue* at *now*."""
    shown: dict[int, Content] = {}
    content, site = _refined(plan, site, catalogue, content, probe, now)
    plan, refused = admit(plan, document_paths(plan, site, catalogue, now))

    def noted(record: Record) -> Content:
        return shown.setdefault(record.key, content(record))

    memory.begin()
    feeds: list[Feed] = []
    printed: list[Printed] = []
    documents: list[Document] = []
    remarks = Remarks(plan)
    building = _feeds(plan, site, catalogue, noted, now, remarks)
    for feed in told(progress, "building feeds", building, catalogue.feeds + len(plan.named)):
        feeds.append(feed)
        printed.append(memory(feed.folder, press, feed))
        documents += printed[-1].documents
    documents += render_lists(feeds, site, {each.path: len(each.body) for each in documents})
    if plan.pages:
        documents += _feed_pages(feeds, site, memory)
        documents += _terms_pages(plan, catalogue, feeds[0], site)
    # Entries link to our own pages, so these are no matter of choice.
    paged = _with_pages(catalogue, now)
    for record in told(progress, "building pages", paged, len(paged)):
        documents += _article_page(record, noted(record), plan, site, memory)
    documents += _aliases(plan.aliases, documents)
    whole = template(feeds) if plan.composed else None
    composed = (whole, composables(catalogue, site, noted, now)) if whole else None
    return Rendered(
        documents=tuple(documents),
        composed=composed,
        kept=frozenset(path for each in printed for path in each.unfit),
        media=frozenset(path for each in shown.values() for path in each.media),
        departed=departures(plan, site, catalogue),
        problems=(*refused, *remarks.problems(), *_problems(plan, catalogue, printed, now)),
    )


def document_paths(plan: Plan, site: Site, catalogue: Catalogue, now: datetime) -> frozenset[str]:
    """Return the paths of all documents that `render` makes of *catalogue*, but for `Plan.aliases`."""
    feeds = [spec for spec, _ in specs(plan, site, catalogue)]
    pages = [spec.folder for spec in feeds if not spec.private] if plan.pages else []
    kinds = [f"{kind}/" for kind in plan.kinds if plan.pages and _terms(kind, plan, catalogue)]
    return frozenset(
        (
            *(spec.folder + form.value for spec in feeds for form in spec.formats),
            *("feeds.opml", "feeds.json", *pages, *kinds),
            *(article_page(record.slug) for record in _with_pages(catalogue, now)),
        )
    )


def _refined(
    plan: Plan,
    site: Site,
    catalogue: Catalogue,
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
    content = _probed(probe, content, plan, site, catalogue, now)
    return content, _with_size(site, probe)


def _probed(
    probe: Probe,
    content: Callable[[Record], Content],
    plan: Plan,
    site: Site,
    catalogue: Catalogue,
    now: datetime,
) -> Callable[[Record], Content]:
    """Return *content* with what other hosts tell of the lead images that feeds show."""

    def size_of(record: Record) -> int:
        return content_size(content(record))

    shown = {
        record.key: record
        for spec, records in specs(plan, site, catalogue)
        for record in select(records, spec, site=site, now=now, size_of=size_of, content=content).records
    }
    images = [image for record in shown.values() if (image := content(record).image) and image.length is None]
    probe.ask((*(image.url for image in images), *_marks(site)))

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


def specs(plan: Plan, site: Site, catalogue: Catalogue) -> Iterator[tuple[FeedSpec, Sequence[Record]]]:
    """Yield every feed there is, that of everything first, with the records it selects from."""
    yield from (
        (spec, records) for spec, records in _specs(plan, site, catalogue) if spec.folder not in plan.retired
    )


def _specs(plan: Plan, site: Site, catalogue: Catalogue) -> Iterator[tuple[FeedSpec, Sequence[Record]]]:
    language = None if plan.all_languages else site.language
    everything = replace(plan.everything, title=site.title, language=language, secret=plan.secret)
    yield everything, catalogue.records
    for spec in plan.named:
        yield named_spec(spec, everything), catalogue.records
    groups = by_term(catalogue.records, site)
    for term in catalogue.terms:
        spec = term_spec(term, everything, limit=plan.term_limit)
        yield spec, groups.get((term.kind, term.slug), ())


def next_age(plan: Plan, catalogue: Catalogue, now: datetime) -> datetime | None:
    """Return when, after *now*, an article becomes too old for a feed; None if none does."""
    wheres = [spec.where for spec in plan.named if spec.where]
    moments = (ages(where, record, now) for where in wheres for record in catalogue.records)
    return min(filter(None, moments), default=None)


def _feeds(
    plan: Plan,
    site: Site,
    catalogue: Catalogue,
    content: Callable[[Record], Content],
    now: datetime,
    remarks: Remarks,
) -> Iterator[Feed]:
    fallback = max(
        (r.updated for r in catalogue.records if r.id is not None and r.updated <= now), default=_LONG_AGO
    )

    def size_of(record: Record) -> int:
        return content_size(content(record))

    for spec, records in specs(plan, site, catalogue):
        chosen = select(records, spec, site=site, now=now, size_of=size_of, content=content)
        remarks.note(spec, chosen, size_of)
        yield build_feed(
            spec,
            chosen.records,
            site,
            content,
            fallback_date=fallback,
            site_id=catalogue.site_id,
            withdrawn=_withdrawn(spec, catalogue, site, now),
        )


def _withdrawn(spec: FeedSpec, catalogue: Catalogue, site: Site, now: datetime) -> list[Withdrawal]:
    """Return what was taken back of the entries that the feed had, or would have had."""
    if not catalogue.withdrawals:
        return []
    records = {record.key: record for record in catalogue.records}
    return [
        each
        for each in catalogue.withdrawals
        if each.key in records and belongs(records[each.key], spec, site, now=now)
    ]


def _aliases(aliases: Mapping[str, str], documents: Sequence[Document]) -> Iterator[Document]:
    """Yield the same bytes at further addresses, of which none may be a document's own."""
    known = {document.path: document for document in documents}
    for alias, path in aliases.items():
        if path in known and alias not in known:
            yield replace(known[path], path=alias)


def _feed_pages(feeds: Sequence[Feed], site: Site, memory: Memory) -> Iterator[Document]:
    front, *others = (feed for feed in feeds if not feed.private)
    links = [(feed.title, absolute(feed.base, feed.folder)) for feed in others[:_MOST_LINKS]]
    for feed, beside in ((front, links), *((other, []) for other in others)):
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


def _article_page(record: Record, content: Content, plan: Plan, site: Site, memory: Memory) -> list[Document]:
    entry, folder = build_entry(record, content, site), article_page(record.slug)
    return memory(folder, _render_article_page, entry, site, folder, plan.everything.formats)


def _render_article_page(entry: Entry, site: Site, folder: str, formats: Sequence[Format]) -> list[Document]:
    return [render_article_page(entry, site.title, site, folder=folder, formats=formats)]
