"""Which articles a feed shows, in which order, and which terms have feeds."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from feedsvc.feeds.criteria import ageless, alike, timeless, wants
from feedsvc.feeds.window import fitting, reach
from feedsvc.model import Content, FeedSpec, Record, Site, Term, TermKind
from feedsvc.text.slugs import slug

# Bytes. A longer article would fill the window of a feed by itself.
_MOST_CONTENT = 100_000

# What an article calls the feed of everything.
ALL = "all"

_DIGITS = re.compile(r"([0-9]+)")


class Selection(NamedTuple):
    """What a feed shows.

    Attributes:
        window: How many entries it would show, were their contents not too large together.
        wanted: How many articles belong into it.
    """

    records: tuple[Record, ...]
    window: int
    wanted: int


@lru_cache(maxsize=100_000)
def natural(path: str) -> tuple[tuple[str | int, ...], str]:
    """Return a key that sorts *path* as people count: ``-9`` before ``-10``."""
    parts = _DIGITS.split(path)  # text and digits in turn, text first
    return tuple(int(part) if place % 2 else part for place, part in enumerate(parts)), path


def newest_first(records: Iterable[Record]) -> list[Record]:
    """Return *records* by date of publication, equal dates by natural path, both descending.

    The order is total: it does not depend on the order of *records*.
    """
    return sorted(records, key=lambda r: (r.published, natural(r.article.path), r.key), reverse=True)


def fits_entry(size: int) -> bool:
    """Return whether content of *size* bytes is not too long for any entry."""
    return size <= _MOST_CONTENT


def select(
    records: Iterable[Record],
    spec: FeedSpec,
    *,
    site: Site,
    now: datetime,
    size_of: Callable[[Record], int],
    content: Callable[[Record], Content] | None = None,
) -> Selection:
    """Return the records that *spec* asks for, newest first.

    The newest `spec.limit`, and all within `spec.hours` before the newest
    visible one up to `spec.most`; cut where their contents exceed `spec.size`
    bytes together, but never to less than one.

    Args:
        size_of: Bytes of the content that an entry would carry (see
            `build.content_size`); called for records near the top only.
        content: Called only if the feed wants kinds of media.
    """
    visible = (record for record in records if record.visible(now) and _belongs(record, spec, site))
    wanted = newest_first(in_language(list(visible), spec.language, site))
    if spec.where is not None:
        where, known = spec.where, content or _no_content
        wanted = [record for record in wanted if wants(where, record, known, site=site, now=now)]
    window = wanted[: reach([record.published for record in wanted], spec)]
    sizes = (_carried_size(record, spec, size_of) for record in window)
    return Selection(tuple(window[: fitting(sizes, spec)]), len(window), len(wanted))


def wanted(
    records: Iterable[Record],
    spec: FeedSpec,
    keys: Collection[int],
    *,
    site: Site,
    now: datetime,
    content: Callable[[Record], Content],
) -> list[Record]:
    """Return which of *records* with these *keys* a feed shows, were its window without end, at any age."""
    fitting = [record for record in records if record.visible(now) and _belongs(record, spec, site)]
    if not any(record.key in keys for record in fitting):
        return []
    spoken = [record for record in in_language(fitting, spec.language, site) if record.key in keys]
    where = spec.where and timeless(spec.where)
    return [r for r in spoken if where is None or wants(where, r, content, site=site, now=now)]


def belongs(record: Record, spec: FeedSpec, site: Site, *, now: datetime) -> bool:
    """Return whether an article would be in a feed, were it visible; media are not looked at."""
    if not _belongs(record, spec, site):
        return False
    own = record.article.language or site.language
    if spec.language is not None and not alike(own, spec.language):
        return False
    return spec.where is None or wants(spec.where, record, _no_content, site=site, now=now)


def claimed(records: Iterable[Record], spec: FeedSpec, *, site: Site, now: datetime) -> list[Record]:
    """Return the records that a feed has had or may have: hidden or not, of any age, with any media."""
    fitting = [record for record in records if _belongs(record, spec, site)]
    if spec.language is not None:
        spoken = [r for r in fitting if alike(r.article.language or site.language, spec.language)]
        fitting = spoken if any(record.visible(now) for record in spoken) else fitting
    if spec.where is None:
        return fitting
    where = ageless(spec.where)
    return [record for record in fitting if wants(where, record, _no_content, site=site, now=now)]


def carried(record: Record, spec: FeedSpec, size: int) -> bool:
    """Return whether an article's entry carries all its content, of *size* bytes, or its excerpt only.

    The article itself decides first.
    """
    return wants_content(record, spec) and fits_entry(size)


def wants_content(record: Record, spec: FeedSpec) -> bool:
    """Return whether an article's entry is to carry all its content, were it not too long."""
    return spec.full if record.article.full is None else record.article.full


def terms_of(record: Record, site_language: str) -> tuple[Term, ...]:
    """Return the terms of an article, each once; without a language it is in *site_language*."""
    terms: dict[tuple[TermKind, str], Term] = {}
    for kind in TermKind:
        for label in _labels(record, kind, site_language):
            term = Term(kind=kind, slug=slug(label), label=label)
            terms.setdefault((kind, term.slug), term)
    return tuple(terms.values())


def by_term(records: Iterable[Record], site: Site) -> Mapping[tuple[TermKind, str], Sequence[Record]]:
    """Return the records of each term, by its kind and slug: thousands of feeds need one look at all."""
    groups: dict[tuple[TermKind, str], list[Record]] = defaultdict(list)
    for record in records:
        for term in terms_of(record, site.language):
            groups[term.kind, term.slug].append(record)
    return groups


def gather_terms(
    records: Iterable[Record],
    known: Iterable[Term],
    kinds: Collection[TermKind],
    *,
    site: Site,
    now: datetime,
    wanted: Set[str] = frozenset(),
) -> tuple[Term, ...]:
    """Return the terms of *kinds* that have feeds, in a fixed order.

    A *known* term that lost its last article keeps its feed. A label is
    spelled as in the oldest visible article, so a new one renames no feed. One
    that keeps out of all feeds has none of its terms. The site's language has
    none if no article is in another one: it would be the feed of everything.

    Args:
        wanted: Folders of feeds that are asked for by another address.
    """
    old = {(term.kind, term.slug): term for term in known}
    found: dict[tuple[TermKind, str], Term] = {}
    shown = (record for record in records if record.visible(now) and record.article.feeds != ())
    for record in newest_first(shown):
        found |= {(term.kind, term.slug): term for term in terms_of(record, site.language)}
    terms = old | found
    languages = [key for key in terms if key[0] is TermKind.LANGUAGE]
    if len(languages) == 1 and languages[0] not in old:
        (only,) = languages
        if alike(terms[only].label, site.language) and terms[only].folder not in wanted:
            del terms[only]
    return tuple(terms[key] for key in sorted(terms) if terms[key].kind in kinds)


def _belongs(record: Record, spec: FeedSpec, site: Site) -> bool:
    """Return whether an article may stand in a feed: as it says itself, and for its terms."""
    own, term = record.article.feeds, spec.term
    if term is None:
        return own is None or (spec.name or ALL) in own
    if own == ():
        return False
    return any(slug(label) == term.slug for label in _labels(record, term.kind, site.language))


def in_language(records: Sequence[Record], language: str | None, site: Site) -> Sequence[Record]:
    """Return the *records* in a language; all of them if it is None, or if none is in it."""
    if language is None:
        return records
    return [r for r in records if alike(r.article.language or site.language, language)] or records


def _no_content(_: Record) -> Content:
    return Content(html="", excerpt="")


def _labels(record: Record, kind: TermKind, site_language: str) -> tuple[str, ...]:
    article = record.article
    match kind:
        case TermKind.CATEGORY:
            return article.categories
        case TermKind.TAG:
            return article.tags
        case TermKind.AUTHOR:
            return tuple(author.name for author in article.authors)
    return (article.language or site_language,)


def _carried_size(record: Record, spec: FeedSpec, size_of: Callable[[Record], int]) -> int:
    if not wants_content(record, spec):
        return 0  # its body need not even be rendered
    size = size_of(record)
    return size if carried(record, spec, size) else 0
