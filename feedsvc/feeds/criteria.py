"""Which articles a feed of one's own wants."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from pathspec import GitIgnoreSpec

from feedsvc.model import Content, Record, Site, Where
from feedsvc.text.mediatypes import guess_type
from feedsvc.text.slugs import slug


def wants(
    where: Where, record: Record, content: Callable[[Record], Content], *, site: Site, now: datetime
) -> bool:
    """Return whether *where* wants an article.

    Args:
        content: Called only where the kinds of media count.
    """
    if not all(_tests(where, record, content, site, now)):
        return False
    excluded = where.excluded
    if excluded is None or excluded == Where():
        return True
    return not any(_tests(excluded, record, content, site, now))


def ages(where: Where, record: Record, now: datetime) -> datetime | None:
    """Return when, after *now*, an article becomes too old for *where*, or old enough; None if never."""
    bounds = [each.within for each in (where, where.excluded) if each is not None and each.within is not None]
    moments = (record.published + timedelta(days=days) for days in bounds)
    return min((moment for moment in moments if moment > now), default=None)


def ageless(where: Where) -> Where:
    """Return *where* without conditions that depend on time or on a rendered body."""
    excluded = where.excluded and ageless(where.excluded)
    return replace(where, within=None, media=(), excluded=excluded)


def timeless(where: Where) -> Where:
    """Return *where* without conditions that depend on time."""
    return replace(where, within=None, excluded=where.excluded and timeless(where.excluded))


def alike(one: str, other: str) -> bool:
    """Return whether one of two language tags says no more than the other (RFC 4647, 3.3.1)."""
    shorter, longer = sorted((f"{one}-".casefold(), f"{other}-".casefold()), key=len)
    return longer.startswith(shorter)


def _tests(
    where: Where, record: Record, content: Callable[[Record], Content], site: Site, now: datetime
) -> Iterator[bool]:
    """Yield, for each criterion that is given, whether the article meets it; the cheapest first."""
    article = record.article
    for wanted, labels in (
        (where.categories, article.categories),
        (where.tags, article.tags),
        (where.authors, [author.name for author in article.authors or site.authors]),
    ):
        if wanted:
            yield not _slugs(wanted).isdisjoint(map(_slug, labels))
    if where.languages:
        own = article.language or site.language
        yield any(alike(own, wanted) for wanted in where.languages)
    if where.within is not None:
        yield record.published + timedelta(days=where.within) > now
    if where.paths:
        yield _spec(where.paths).match_file(article.path)
    if where.collections:
        yield _folded(article.collection or "") in map(_folded, where.collections)
    if where.titles:
        yield any(_folded(text) in _folded(article.title) for text in where.titles)
    for key, values in where.fields:
        yield _has_field(article.fields, key, values)
    if where.media:
        yield not _kinds(content(record)).isdisjoint(where.media)


# One feed is held against thousands of articles, and one article against thousands of feeds.
@lru_cache(maxsize=1_024)
def _spec(paths: tuple[str, ...]) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines(paths)


@lru_cache(maxsize=1_024)
def _slugs(labels: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(slug, labels))


_slug = lru_cache(maxsize=16_384)(slug)


def _has_field(fields: Sequence[tuple[str, str]], key: str, values: Sequence[str]) -> bool:
    found = [_folded(value) for name, value in fields if name == key]
    return bool(found) if not values else any(_folded(value) in found for value in values)


def _kinds(content: Content) -> set[str]:
    types = [attachment.media_type or guess_type(attachment.url) or "" for attachment in content.attachments]
    return {each.partition("/")[0] for each in types} | ({"image"} if content.image else set())


def _folded(text: str) -> str:
    return text.casefold()
