"""From selected records to a feed, still free of any format."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from statistics import median

from feedsvc.articles.links.licences import licence_of
from feedsvc.articles.links.resolve import Base, resolve
from feedsvc.feeds.addresses import absolute, front_page
from feedsvc.feeds.fragments import picture
from feedsvc.feeds.select import carried
from feedsvc.model import (
    Article,
    Attachment,
    Author,
    Content,
    Entry,
    Feed,
    FeedSpec,
    Image,
    Record,
    Site,
    Source,
    Term,
    TermKind,
    Withdrawal,
    Withdrawn,
    in_zone,
)
from feedsvc.text.ids import mint
from feedsvc.text.urls import normalized, origin_of

# Of RFC 6721's notices, in one document.
_MOST_WITHDRAWN = 20

_HOUR, _DAY, _WEEK = 3600, 86_400, 604_800


def term_spec(term: Term, everything: FeedSpec, *, limit: int) -> FeedSpec:
    """Return the feed of one term, alike in all else to the feed of *everything*."""
    label = f"#{term.label}" if term.kind is TermKind.TAG else term.label
    return replace(
        everything,
        folder=term.folder,
        title=f"{everything.title}: {label}",
        limit=limit,
        term=term,
        language=None if term.kind is TermKind.LANGUAGE else everything.language,
    )


def named_spec(own: FeedSpec, everything: FeedSpec) -> FeedSpec:
    """Return a feed that the configuration names, in a language of its own or that of *everything*."""
    chooses = own.where is not None and own.where.languages
    language = own.language or (None if chooses else everything.language)
    return replace(own, title=own.title or f"{everything.title}: {own.name}", language=language)


def content_size(content: Content) -> int:
    """Return the bytes that an entry with all of *content* carries, its lead image included."""
    return _size(_full(content))


def excerpt_of(article: Article, content: Content) -> str:
    """Return what an article says in short: of one without words, what its picture says, else its title."""
    return content.excerpt or content.alt or article.title


def build_feed(
    spec: FeedSpec,
    records: Sequence[Record],
    site: Site,
    content: Callable[[Record], Content],
    *,
    fallback_date: datetime,
    site_id: str,
    withdrawn: Sequence[Withdrawal] = (),
) -> Feed:
    """Return the feed of the *records* that were selected for *spec*, newest first.

    Args:
        fallback_date: The feed's date if it has no entries and shows no withdrawals.
        site_id: `Catalogue.site_id`; the feed's id depends on it and on the folder only.
        withdrawn: What was taken back of the feed's entries, the latest first.
    """
    entries = tuple(build_entry(record, content(record), site, spec) for record in records)
    gone = tuple(
        Withdrawn(id=each.id, at=in_zone(each.at, site.timezone)) for each in withdrawn[:_MOST_WITHDRAWN]
    )
    return Feed(
        id=mint(site_id, f"feed:{spec.folder}"),
        title=spec.title,
        description=spec.description or site.description,
        home=_home(spec, site),
        base=site.feeds_url,
        folder=spec.folder,
        updated=latest_news(entries, gone, in_zone(fallback_date, site.timezone)),
        language=_language(spec, site),
        authors=site.authors or (Author(name=site.title),),
        every=every(entries),
        formats=spec.formats,
        rights=site.rights,
        icon=site.icon,
        logo=site.logo,
        picture_size=site.picture_size,
        topic=spec.term.label if spec.term else "",
        hubs=() if spec.private else site.hubs,
        private=spec.private,
        keyed=spec.keyed,
        license=site.rights and licence_of(site.rights),
        entries=entries,
        withdrawn=gone,
    )


def latest_news(entries: Sequence[Entry], gone: Sequence[Withdrawn], otherwise: datetime) -> datetime:
    """Return when the last of *entries* came or was changed, or an entry went.

    Args:
        otherwise: The least that it is where there are no entries.
    """
    moments = [entry.moved for entry in entries] or [otherwise]
    return max((*moments, *(each.at for each in gone)))


def build_entry(record: Record, content: Content, site: Site, spec: FeedSpec | None = None) -> Entry:
    """Return the entry of a published record; feeds, pages and `explain` all show this entry.

    Args:
        spec: The feed that it is for, whose settings shape it; None for the article's own page, which
            has all content, however long.
    """
    if record.id is None:
        raise ValueError(f"{record.article.path}: an article without an id cannot be an entry")
    article = record.article
    own_language = article.language or site.language
    is_feeds = own_language.casefold() == (_language(spec, site) if spec else site.language).casefold()
    whole = _full(content)
    loaded = (_loaded(content.image),) if spec and spec.enclosures and content.image else ()
    return Entry(
        id=record.id,
        url=record.url,
        title=article.title,
        published=in_zone(record.published, site.timezone),
        updated=in_zone(record.updated, site.timezone),
        entered=None if record.entered is None else in_zone(record.entered, site.timezone),
        excerpt=excerpt_of(article, content),
        content=whole if spec is None or carried(record, spec, _size(whole)) else None,
        authors=article.authors or site.authors,
        categories=article.categories,
        tags=article.tags,
        language=None if is_feeds else own_language,
        contributors=article.contributors,
        image=content.image,
        pictured=content.image is not None and content.excerpt in ("", content.image.title),
        pictures=content.pictures,
        banner=content.banner,
        attachments=(*content.attachments, *loaded),
        source=_source(record, site),
        via=article.links.via,
        comments=_comments(record),
        related=article.links.related,
        license=article.links.license,
    )


def _comments(record: Record) -> str | None:
    if record.article.links.comments is None:
        return None
    base = Base(url=record.url, root=origin_of(record.url), media_url="")
    return resolve(record.article.links.comments, base).url or None


def _source(record: Record, site: Site) -> Source | None:
    """Return where an article comes from; one that names an address of its own site is from here."""
    if record.article.links.canonical is None:
        return None
    canonical = normalized(record.article.links.canonical)
    here = {_host(url) for url in (site.url, site.feeds_url, record.url) if url}
    host = _host(canonical)
    return None if host in here else Source(url=canonical, title=record.article.links.source_title or host)


def _host(url: str) -> str:
    return origin_of(normalized(url)).partition("://")[2]


def _loaded(image: Image) -> Attachment:
    return Attachment(url=image.url, media_type=image.media_type, length=image.length)


def _size(html: str) -> int:
    return len(html.encode(errors="surrogatepass"))  # an alt text from YAML may hold a lone surrogate


def _full(content: Content) -> str:
    if content.image is None or content.image_inline:
        return content.html
    return f"<p>{picture(content.image)}</p>{content.html}"


def _language(spec: FeedSpec, site: Site) -> str:
    if spec.term is not None and spec.term.kind is TermKind.LANGUAGE:
        return spec.term.label
    return spec.language or site.language


def _home(spec: FeedSpec, site: Site) -> str:
    if spec.folder == "" and site.url is not None:
        return absolute(site.url, "")
    if spec.keyed or site.paged:
        return absolute(site.feeds_url, spec.keyed or spec.folder)
    return front_page(site)


def every(entries: Sequence[Entry]) -> int:
    """Return the largest step not above half of the usual gap between two articles, in seconds."""
    if len(entries) < 3:
        return _HOUR
    dates = [entry.published.timestamp() for entry in entries]
    gap = median(newer - older for newer, older in pairwise(dates))
    return max((step for step in (_DAY, _WEEK) if step <= gap / 2), default=_HOUR)
