"""The second half of a refresh: from the catalogue to documents. Pure but for *content*."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from feedsvc.articles.permalinks import article_page
from feedsvc.feeds.addresses import absolute
from feedsvc.feeds.build import build_entry, build_feed, content_size, term_spec
from feedsvc.feeds.documents import render_feed
from feedsvc.feeds.pages import render_article_page, render_feed_page
from feedsvc.feeds.select import newest_first, select
from feedsvc.model import Catalogue, Content, Document, Feed, Record, Site
from feedsvc.publisher.plan import Plan

# Of a feed that has never had an entry.
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """All that a snapshot is made of.

    Attributes:
        media: Local files that the documents refer to.
    """

    documents: tuple[Document, ...]
    media: frozenset[str]


def render(
    plan: Plan, site: Site, catalogue: Catalogue, content: Callable[[Record], Content], *, now: datetime
) -> Rendered:
    """Return every document of *catalogue* at *now*."""
    shown: dict[int, Content] = {}

    def noted(record: Record) -> Content:
        return shown.setdefault(record.key, content(record))

    feeds = list(_feeds(plan, site, catalogue, noted, now))
    documents = [document for feed in feeds for document in render_feed(feed)]
    if plan.pages:
        documents += _feed_pages(feeds, site)
    # Entries link to our own pages, so these are no matter of choice.
    documents += _article_pages(plan, site, catalogue, noted, now)
    media = frozenset(path for each in shown.values() for path in each.media)
    return Rendered(documents=tuple(documents), media=media)


def _feeds(
    plan: Plan, site: Site, catalogue: Catalogue, content: Callable[[Record], Content], now: datetime
) -> Iterator[Feed]:
    fallback = max((r.updated for r in catalogue.records if r.id is not None), default=_LONG_AGO)
    everything = replace(plan.everything, title=site.title)
    specs = [everything, *(term_spec(t, everything, limit=plan.term_limit) for t in catalogue.terms)]
    for spec in specs:
        chosen = select(
            catalogue.records, spec, site=site, now=now, size_of=lambda record: content_size(content(record))
        )
        yield build_feed(spec, chosen, site, content, fallback_date=fallback, site_id=catalogue.site_id)


def _feed_pages(feeds: Sequence[Feed], site: Site) -> Iterator[Document]:
    links = {feed.folder: (feed.title, absolute(feed.base, feed.folder)) for feed in feeds}
    for feed in feeds:
        yield render_feed_page(feed, site, [link for folder, link in links.items() if folder != feed.folder])


def _article_pages(
    plan: Plan, site: Site, catalogue: Catalogue, content: Callable[[Record], Content], now: datetime
) -> Iterator[Document]:
    visible = [r for r in catalogue.records if r.own_page and r.visible(now)]
    for record in newest_first(visible):
        entry = build_entry(record, content(record), site, language=site.language)
        yield render_article_page(
            entry, site.title, site, folder=article_page(record.slug), formats=plan.everything.formats
        )
