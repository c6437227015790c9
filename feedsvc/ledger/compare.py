"""Tell what the folder holds now from what the ledger remembers. Pure.

An article keeps its record, and with it its id and its date, whatever happens
to its file: edited, broken, deleted and restored, renamed or moved.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedsvc.articles.paths import formerly, lies_in
from feedsvc.articles.reading.read import Reading
from feedsvc.feeds.select import natural, newest_first
from feedsvc.ledger.identity import composed, mint_id, stated_id, unique_slug
from feedsvc.ledger.renames import moved_bodies
from feedsvc.ledger.withdrawals import announced, withdrawn
from feedsvc.model import Article, Catalogue, Problem, Record, Severity, Site, SourceFile, in_zone

_Likeness = Callable[[Article], object]


def _raised(_path: str, error: Exception) -> None:
    raise error


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What comparing needs to know besides files and ledger.

    Attributes:
        now: The moment of this refresh.
        first_date: Gives the date of an undated file that is seen for the first time.
        address: Gives an article's URL, and whether it is a page of ours, from
            the article, its date of publication and its unique slug.
        feed_id: Gives the id that the site's generator gives an article of that date, if it gives one.
        unreadable: As in `Listing`: files there are neither gone nor renamed.
        waiting: As in `Listing`: files that are moving are neither gone nor renamed.
        first_seen: An article that is first published on the day of its date, which names no time, is dated
            by that moment.
        tripped: Called with the path of an article whose comparison raised, and the exception; that
            article stays as it was, and the others go on.
    """

    now: datetime
    site: Site
    first_date: Callable[[SourceFile], datetime]
    address: Callable[[Article, datetime, str], tuple[str, bool]]
    feed_id: Callable[[Article, datetime], str | None] = lambda _article, _published: None
    unreadable: Collection[str] = ()
    waiting: Collection[str] = ()
    first_seen: bool = False
    tripped: Callable[[str, Exception], None] = _raised


def compare(before: Catalogue, readings: Iterable[Reading], around: Circumstances) -> Catalogue:
    """Return the catalogue that follows *before* when the folder holds *readings*.

    Nothing depends on the order of *readings*. Terms stay as they were.
    """
    around = replace(
        around,
        unreadable=frozenset({*around.unreadable, *map(formerly, around.unreadable)}),
        waiting=frozenset({*around.waiting, *map(formerly, around.waiting)}),
    )
    ordered = sorted(readings, key=lambda reading: (_is_translated(reading), natural(reading.file.path)))
    continued = _continued(before.records, ordered, around)
    kept = {record.key for record in continued.values()}
    absent = [_without_file(r, around) for r in before.records if r.key not in kept]
    # A draft that was deleted leaves nothing behind.
    records = [record for record in absent if record.id or not record.gone]
    next_key = max((record.key for record in before.records), default=0) + 1
    taken = {record.slug for record in (*records, *continued.values())}
    for reading in ordered:
        record = continued.get(reading.file.path)
        if record is not None:
            records.append(_with_file(record, reading, around))
        elif (fresh := _fresh(reading, next_key, taken, around)) is not None:
            records.append(fresh)
            next_key += 1
            taken.add(fresh.slug)
    entering = _entering(before, around.now)
    after = _published(replace(before, records=tuple(sorted(records, key=lambda r: r.key))), around, entering)
    return withdrawn(before, announced(before, after, around.now, entering), around.now)


def _entering(before: Catalogue, now: datetime) -> datetime | None:
    """Return when an article that is first published now enters the feeds; see `Record.entered`.

    It is no earlier than the last publication, also while the clock is behind.
    """
    if not before.was_published:
        return None
    return max((now, *(record.seen for record in before.records if record.seen is not None)))


def _is_translated(reading: Reading) -> bool:
    """Return whether the article says its language: of `guide.md` and `guide.ko.md`, the first is "guide"."""
    return reading.article is not None and reading.article.language is not None


def clashes(catalogue: Catalogue) -> Iterator[Problem]:
    """Report articles that want the same id, slug or address as an older one."""
    present = [record for record in catalogue.records if not record.gone]
    wishes: tuple[tuple[str, Callable[[Record], object]], ...] = (
        ("id", lambda record: stated_id(record.article, catalogue.site_id)),
        ("slug", lambda record: (record.article.slug, record.article.language) if record.own_page else None),
        ("address", lambda record: None if record.own_page else record.url),
    )
    for name, wish in wishes:
        first: dict[object, Record] = {}
        for record in present:
            wanted = wish(record)
            older = first.setdefault(wanted, record)
            if wanted is not None and older is not record:
                reason = f"has the same {name} as {older.article.path}{_AND_SO[name]} of its own"
                yield Problem(path=record.article.path, severity=Severity.WARNING, reason=reason)


_AND_SO = {
    "id": " and got another; write an 'id'",
    "slug": " and got a longer one; write a 'slug'",
    "address": ", where readers find only one of them; write a 'permalink'",
}


def _continued(
    records: Sequence[Record], readings: Sequence[Reading], around: Circumstances
) -> dict[str, Record]:
    """Return, by path, the record that each file continues."""
    articles = {reading.file.path: reading.article for reading in readings}
    present = {record.article.path: record for record in records if not record.gone}
    continued = {path: present[path] for path in articles if path in present}
    respelled = {composed(path): record for path, record in present.items() if path not in articles}
    for path in [path for path in articles if path not in continued]:
        spellings = map(composed, (path, formerly(path)))
        if record := next(filter(None, (respelled.pop(each, None) for each in spellings)), None):
            continued[path] = record
    for path, other in [*_shown_alike(articles, continued)]:
        continued[path] = continued.pop(other)
    kept = {record.key for record in continued.values()}
    lost = [record for record in records if record.key not in kept and not _unknown(record, around)]
    known = {path: article for path, article in articles.items() if article}
    moved = moved_bodies(lost, known, continued)
    taken_over = {*_taken_over(records, articles, continued), *moved} & continued.keys()
    lost += [continued.pop(path) for path in sorted(taken_over)]
    strangers = [article for path, article in known.items() if path not in continued]
    return continued | _renamed(lost, strangers, moved)


def _shown_alike(
    articles: Mapping[str, Article | None], continued: Mapping[str, Record]
) -> Iterator[tuple[str, str]]:
    """Yield paths, each with another one that the first versions showed alike and that has its record."""
    for path, article in articles.items():
        other = formerly(path)
        if other != path and path not in continued and other in continued:
            marks = _marks(continued[other].article)
            if marks & _marks(article) and not marks & _marks(articles.get(other)):
                yield path, other


def _taken_over(
    records: Sequence[Record], articles: Mapping[str, Article | None], continued: Mapping[str, Record]
) -> Iterator[str]:
    """Yield the paths that hold another known article now: names were swapped, shifted or written over.

    A copy is none: there, the other article is still where it was.
    """
    known = {mark: record for record in records for mark in _marks(record.article)}
    for path, owner in list(continued.items()):
        marks = _marks(articles[path])
        other = next((known[mark] for mark in sorted(marks) if mark in known), None)
        if other is None or marks & _marks(owner.article):
            continue
        if not marks & _marks(articles.get(other.article.path)):
            yield path


def _marks(article: Article | None) -> set[tuple[str, str]]:
    """Return what says for sure which article it is."""
    if article is None:
        return set()
    return {(name, mark) for name, mark in (("digest", article.digest), ("id", article.id)) if mark}


def _renamed(
    lost: Sequence[Record], strangers: Sequence[Article], moved: Mapping[str, Record]
) -> dict[str, Record]:
    """Return, by new path, the lost records that go on under a new path; the surest likeness first.

    Args:
        moved: As told by bodies; see `moved_bodies`.
    """
    found: dict[str, Record] = {}
    for likeness in _SURE:
        for records, articles in _alike(lost, strangers, found, likeness):
            found |= {a.path: r for a, r in zip(articles, records, strict=False)}
    taken = {record.key for record in found.values()}
    found |= {p: record for p, record in moved.items() if p not in found and record.key not in taken}
    present = [record for record in lost if not record.gone]
    for likeness in _WEAK:
        for records, articles in _alike(present, strangers, found, likeness):
            if len(articles) == len(records) == 1:
                found[articles[0].path] = records[0]
    return found


def _alike(
    lost: Sequence[Record], strangers: Sequence[Article], found: Mapping[str, Record], likeness: _Likeness
) -> list[tuple[list[Record], list[Article]]]:
    """Return the records and the articles that are alike, but for those that were found already."""
    taken = {record.key for record in found.values()}
    candidates: dict[object, list[Record]] = defaultdict(list)
    for record in sorted(lost, key=lambda r: (r.gone, natural(r.article.path))):
        if record.key not in taken:
            candidates[likeness(record.article)].append(record)
    groups: dict[object, list[Article]] = defaultdict(list)
    for article in strangers:
        if article.path not in found and likeness(article) is not None:
            groups[likeness(article)].append(article)
    return [(candidates[mark], articles) for mark, articles in groups.items()]


# Bytes, a front-matter id, or the same title in the same place say which article
# it is, even if its file was away for years.
_SURE: tuple[_Likeness, ...] = (
    lambda article: article.digest or None,
    lambda article: article.id,
    lambda article: (article.path, article.title),
)
# A body (see `moved_bodies`), a slug or a title alone says so only at the moment of
# the change, and only where it is unique: a new "weekly.md" is not the one that was
# deleted in spring.
_WEAK: tuple[_Likeness, ...] = (
    lambda article: article.slug,
    lambda article: (article.title, article.dates.published) if article.dates.published else None,
)


def _unknown(record: Record, around: Circumstances) -> bool:
    """Return whether the disk cannot tell us about the record's file."""
    path = record.article.path
    return not record.gone and (path in around.waiting or lies_in(path, around.unreadable))


def _without_file(record: Record, around: Circumstances) -> Record:
    if _unknown(record, around):
        return record if record.article.path in around.waiting else replace(record, broken=True)
    return replace(_unchanged(record, around), gone=True, broken=False)


def _fresh(reading: Reading, key: int, taken: Collection[str], around: Circumstances) -> Record | None:
    """Return the record of a file that continues none; None if there is no article in it."""
    if reading.article is None:
        return None
    try:
        published = reading.article.dates.published or around.first_date(reading.file)
        return _new(reading.article, published, key, unique_slug(reading.article, taken), around)
    except Exception as error:
        around.tripped(reading.file.path, error)
        return None


def _with_file(record: Record, reading: Reading, around: Circumstances) -> Record:
    """Return the record of an article whose file is there, good or broken."""
    article = reading.article
    if article is None:
        return replace(_unchanged(record, around), gone=False, broken=True)
    try:
        return _followed(record, reading.file, article, around)
    except Exception as error:
        around.tripped(reading.file.path, error)
        return replace(record, gone=False, broken=True)


def _unchanged(record: Record, around: Circumstances) -> Record:
    """Return the record of an article without news, with its new address if the site has moved."""
    try:
        return _readdressed(record, around)
    except Exception as error:
        around.tripped(record.article.path, error)
        return record


def _followed(record: Record, file: SourceFile, article: Article, around: Circumstances) -> Record:
    """Return the record, changed as the file says now."""
    if record.id is None:  # its first date is the one it is published with; a draft needs none
        first = article.dates.published or (record.published if article.hidden else around.first_date(file))
        return _new(article, first, record.key, record.slug, around)
    stated = filter(None, (record.announced, _stated(record, article)))
    published = max(stated, default=record.published)
    # What a newer version of ours, or another configuration, finds in the same bytes is no edit.
    changed = article.digest != record.article.digest or not article.digest
    edited = changed and article.fingerprint != record.article.fingerprint and not article.minor
    updated = article.dates.updated or (_edited(record, around.now) if edited else record.updated)
    if record.updated == record.published and not edited and not article.dates.updated:
        updated = published  # never edited: a corrected date is no update
    followed = replace(
        record,
        published=published,
        updated=max(published, updated),
        article=article,
        gone=False,
        broken=False,
    )
    return _readdressed(followed, around)


def _dated(record: Record, around: Circumstances) -> Record:
    """Return a record that is published now, dated by this moment if its author has only written this day.

    Consumers that keep the latest date they have seen would take a second article of that day for an old one.
    """
    now, zone = around.now, around.site.timezone
    is_today = in_zone(record.published, zone).date() == in_zone(now, zone).date()
    # No clock that is behind dates anything.
    if not (around.first_seen and record.article.dates.day_only and is_today and record.entered == now):
        return record
    return _readdressed(replace(record, published=now, updated=max(record.updated, now)), around)


def _stated(record: Record, article: Article) -> datetime | None:
    """Return the date that the author states; the time that the ledger has given that day stays."""
    before = record.article
    timed = record.entered == record.published and before.dates.day_only and article.dates.day_only
    if timed and before.dates.published and article.dates.published:
        same = before.dates.published.date() == article.dates.published.date()  # as written, in whatever zone
        return record.published if same else article.dates.published
    return article.dates.published


def _edited(record: Record, now: datetime) -> datetime:
    """Return the moment of an edit: later than the last one, also while the clock is behind."""
    behind = record.seen is not None and now <= record.updated
    return record.updated + timedelta(seconds=1) if behind else now


def _new(article: Article, published: datetime, key: int, slug: str, around: Circumstances) -> Record:
    url, own_page = around.address(article, published, slug)
    return Record(
        key=key,
        slug=slug,
        url=url,
        own_page=own_page,
        published=published,
        updated=max(published, article.dates.updated or published),
        article=article,
    )


def _readdressed(record: Record, around: Circumstances) -> Record:
    if (
        record.announced
        and not record.article.dates.published
        and ":year" in (record.article.permalink or "")
    ):
        return record  # only the address itself still knows the date that it was made of
    url, own_page = around.address(record.article, record.published, record.slug)
    return replace(record, url=url, own_page=own_page)


def _published(catalogue: Catalogue, around: Circumstances, entering: datetime | None) -> Catalogue:
    """Mint what has become visible, and once more what was provisional until now."""
    site_id = catalogue.site_id
    if around.site.public and site_id == "localhost":
        site_id = around.site.namespace
    # Once there was a public address, all ids are permanent, even those minted while it is away.
    permanent = around.site.public or site_id != "localhost"
    records = {record.key: record for record in catalogue.records}
    taken = {r.id for r in catalogue.records if r.id and not (r.provisional and around.site.public)}
    taken |= {each.id for each in catalogue.withdrawals}
    sequence = max((r.sequence or 0 for r in catalogue.records), default=0)
    for record in reversed(newest_first(catalogue.records)):
        visible_first = record.id is None and record.hidden(around.now) is None
        if not visible_first and not (record.provisional and around.site.public):
            continue
        try:
            generators = around.feed_id(record.article, record.published)
            minted = mint_id(record.article, site_id, taken, generators=generators)
        except Exception as error:
            around.tripped(record.article.path, error)
            continue
        taken.add(minted)
        if record.sequence is None:
            sequence += 1
            record = _dated(replace(record, sequence=sequence, entered=entering), around)
        records[record.key] = replace(record, id=minted, provisional=not permanent)
    return replace(catalogue, site_id=site_id, records=tuple(records.values()))
