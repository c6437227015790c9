"""The fields of an article as feeds have them, and where each value came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from feedsvc.articles.disk.git import first_commits
from feedsvc.articles.excerpt import marked, summary_text
from feedsvc.articles.html.clean import parse
from feedsvc.articles.images import is_reference
from feedsvc.articles.markup.convert import to_html
from feedsvc.articles.reading.origins import Origin
from feedsvc.articles.reading.permalinks import generators_id
from feedsvc.feeds.build import excerpt_of
from feedsvc.ledger.identity import stated_id
from feedsvc.model import Article, Content, Image, Problem, Record, Site, SourceFile, in_zone
from feedsvc.publisher.plan import Plan

_LAST_GOOD = Origin("the last good version, in the ledger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The value of a field, and where it came from, in words."""

    value: str | tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of the article whose fields are asked for.

    Attributes:
        known: The record as the ledger has it; None if it has none.
        file: None if it is gone.
        origins: As its file was read; None if the file cannot be used.
        content: As its feeds carry it.
        bare: As they would if its front matter named no picture.
        site_id: `Catalogue.site_id`.
    """

    record: Record
    known: Record | None
    file: SourceFile | None
    origins: Mapping[str, Origin] | None
    content: Content
    bare: Content
    plan: Plan
    site: Site
    site_id: str


def fields_of(seen: Seen) -> dict[str, Field]:
    """Return the fields that have a value, by name."""
    return {name: Field(value=value, origin=str(origin)) for name, value, origin in _fields(seen) if value}


_Row = tuple[str, str | tuple[str, ...], object]


def _fields(seen: Seen) -> Iterator[_Row]:
    record, article, site = seen.record, seen.record.article, seen.site
    origins = seen.origins if seen.origins is not None else _outdated(article)
    yield "title", article.title, origins.get("title")
    yield "published", _written(record.published, site), _timed(seen, origins) or _dated(seen)
    yield "updated", _written(record.updated, site), _changed(seen, origins)
    yield "expires", _written(article.dates.expires, site), origins.get("expires")
    yield "id", record.id or "", _identified(seen, origins)
    yield "url", record.url, _addressed(seen, origins)
    yield "slug", record.slug, _named(seen, origins)
    authors = article.authors or site.authors
    by = origins.get("authors") if article.authors else "site.authors"
    yield "authors", tuple(author.name for author in authors), by
    yield "categories", article.categories, origins.get("categories")
    yield "tags", article.tags, origins.get("tags")
    guess = "guessed from the oldest articles" if seen.plan.guess_language else "site.language"
    yield "language", article.language or site.language, origins.get("language") or guess
    yield "excerpt", excerpt_of(article, seen.content), _excerpted(seen, origins)
    yield from _pictured(seen, origins)


def _outdated(article: Article) -> Mapping[str, Origin]:
    """Return the ledger as the origin of each field that has a value."""
    named = (name for part in (article, article.dates) for name in part.__slots__ if getattr(part, name))
    return dict.fromkeys((*named, "image"), _LAST_GOOD)


def _written(moment: datetime | None, site: Site) -> str:
    return in_zone(moment, site.timezone).isoformat() if moment else ""


def _timed(seen: Seen, origins: Mapping[str, Origin]) -> object:
    origin, record = origins.get("published"), seen.record
    if origin and record.article.dates.day_only and record.entered == record.published:
        return f"{origin}; the time is that of its first publication, kept in the ledger"
    return origin


def _dated(seen: Seen) -> str:
    """Return where the date of an article without one came from."""
    source = _first_date(seen)
    if seen.known is not None and seen.known.id is not None:
        return (
            f"{source}, frozen in the ledger" if source else "the ledger, frozen when it was first published"
        )
    if source is None:
        source = "the ledger" if seen.known else "this moment, as the file's time lies ahead"
    return f"{source}, frozen once it is published"


def _first_date(seen: Seen) -> str | None:
    if seen.file is None:
        return None
    published = seen.record.published.timestamp()
    if seen.plan.git_dates is not False:
        try:
            committed = first_commits(seen.plan.root).get(seen.file.path)
        except ValueError:
            committed = None
        if committed is not None and committed.timestamp() == published:
            return "git's first commit"
    return "the file's time" if int(seen.file.modified) == published else None


def _changed(seen: Seen, origins: Mapping[str, Origin]) -> object:
    record = seen.record
    if record.updated == record.article.dates.updated:
        return origins.get("updated")
    if record.updated == record.published:
        return "as published"
    if seen.known is not None and seen.known.updated == record.updated:
        return "the ledger: when its last change was seen"
    return "it has changed since the last refresh"


def _identified(seen: Seen, origins: Mapping[str, Origin]) -> str:
    record = seen.record
    generators = generators_id(record.article, record.published, site=seen.site)
    origin = "minted from site.id and the path"
    if record.id == generators:
        origin = f"as in the feed that {seen.plan.dialect.name} makes"
    if record.id == stated_id(record.article, seen.site_id):
        origin = str(origins.get("id"))
    elif seen.known is not None and seen.known.id == record.id and record.id != generators:
        origin = "the ledger, since it was first published"
    return f"{origin}; provisional" if record.provisional else origin


def _addressed(seen: Seen, origins: Mapping[str, Origin]) -> object:
    if not seen.record.own_page:
        return origins.get("permalink")
    if seen.site.url is None:
        return "a page of ours, as site.url is not set"
    return "a page of ours, as nothing gives an address on the website"


def _named(seen: Seen, origins: Mapping[str, Origin]) -> object:
    record = seen.record
    if record.slug == record.article.slug:
        return origins.get("slug")
    if seen.known is not None and seen.known.slug == record.slug and record.id is not None:
        return "the ledger, fixed when it was first seen"
    return f"{origins.get('slug')}; its end tells it apart from another article's"


def _excerpted(seen: Seen, origins: Mapping[str, Origin]) -> object:
    article = seen.record.article
    if not seen.content.excerpt:
        return "the text for its picture" if seen.content.alt else "the title"
    if article.summary and summary_text(article.summary):
        return origins.get("summary")
    lead = marked(parse(to_html(article.body, article.markup)))
    return "the text that a comment such as <!--more--> marks" if lead else "the first paragraph"


def _pictured(seen: Seen, origins: Mapping[str, Origin]) -> Iterator[_Row]:
    image = seen.content.image
    if image is None:
        return
    # A picture that is named but cannot be used is a problem, and the body's is taken.
    refused: set[Problem] = set(seen.content.problems) - set(seen.bare.problems)
    lead = seen.record.article.lead_image
    named = lead is not None and is_reference(lead.reference) and not refused
    yield "image", image.url, origins.get("image") if named else "the first picture of the body"
    measured = "measured" if image.length is not None else "as its address and the body tell"
    yield "image size", _size(image), measured


def _size(image: Image) -> tuple[str, ...]:
    size = f"{image.width} x {image.height} pixels" if image.width and image.height else ""
    length = f"{image.length} bytes" if image.length is not None else ""
    return tuple(filter(None, (image.media_type or "", size, length)))
