"""Which feeds have an article, and why others have it not."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from feedsvc.feeds.addresses import absolute
from feedsvc.feeds.criteria import wants
from feedsvc.feeds.select import ALL, terms_of
from feedsvc.model import FeedSpec, Record, Term
from feedsvc.publisher.edition import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Whether a feed has the article.

    Attributes:
        feed: "everything", or kind and label of a term, or the feed's name.
        url: Of its folder; None if there is no such feed, or it is private.
        place: Counted from the newest, which is 1, among *of* that could be in
            it; None if the article cannot.
        of: How many there are of them; if it is in the feed, how many that holds.
        content: "full" or "excerpt"; None if it is not in the feed.
        reason: Why it is not; None if it is.
    """

    feed: str
    url: str | None = None
    place: int | None = None
    of: int | None = None
    content: str | None = None
    reason: str | None = None


def memberships(record: Record, edition: Edition) -> Iterator[Membership]:
    """Yield the feeds that the article could be in: those of everything, and those of its terms."""
    site = edition.site
    terms = {(term.kind, term.slug): term for term in terms_of(record, site.language)}
    for spec, records in edition.feeds():
        if spec.term is not None and not terms.pop((spec.term.kind, spec.term.slug), None):
            continue
        yield _membership(record, edition, spec, records)
    for term in terms.values():
        yield Membership(feed=_label(term), reason=_without_feed(term, record, edition))


def _membership(record: Record, edition: Edition, spec: FeedSpec, records: Sequence[Record]) -> Membership:
    # A private feed has an address for each of its subscribers, and none for all.
    url = None if spec.private else absolute(edition.site.feeds_url, spec.folder)
    found = Membership(feed=_name(spec), url=url)
    shown = _selected(edition, spec, records)
    if record.key in shown:
        content = "excerpt" if edition.entry(record, spec).content is None else "full"
        return replace(found, place=shown.index(record.key) + 1, of=len(shown), content=content)
    if hidden := record.hidden(edition.now):
        return replace(found, reason=hidden)
    unbounded = replace(spec, size=sys.maxsize)
    every = _selected(edition, replace(unbounded, limit=sys.maxsize), records)
    if record.key not in every:
        return replace(found, reason=_unwanted(record, edition, spec))
    return _outside(found, record, spec, every, _selected(edition, unbounded, records))


def _selected(edition: Edition, spec: FeedSpec, records: Sequence[Record]) -> list[int]:
    return [record.key for record in edition.selection(spec, records).records]


def _without_feed(term: Term, record: Record, edition: Edition) -> str:
    """Return why a term has no feed, or none with this article."""
    if term.kind not in edition.plan.kinds:
        return "feeds.by leaves out feeds of this kind"
    if hidden := record.hidden(edition.now):
        return hidden
    private = edition.privacy.is_private(record)
    return "the article is private" if private else "no article is in another one"


def _outside(
    found: Membership, record: Record, spec: FeedSpec, every: Sequence[int], window: Sequence[int]
) -> Membership:
    """Return why a feed has no room for an article that it wants."""
    reason = (
        f"feeds.bytes ({spec.size}) is reached before it"
        if record.key in window
        else f"older than the newest {len(window)}"
    )
    return replace(found, place=every.index(record.key) + 1, of=len(every), reason=reason)


def _unwanted(record: Record, edition: Edition, spec: FeedSpec) -> str:
    """Return why a feed does not want an article."""
    own = record.article.feeds
    if own is not None and (spec.name or ALL) not in own:
        return (
            f"its 'feeds' name {', '.join(own)}" if own else "the article keeps out of feeds ('feed: false')"
        )
    if spec.where and not wants(spec.where, record, edition.bodies, site=edition.site, now=edition.now):
        return "the feed's 'where' does not want it"
    return f'not in {spec.language}; feeds.languages = "all" takes it in'


def _name(spec: FeedSpec) -> str:
    if spec.term is not None:
        return _label(spec.term)
    kind = "private feed" if spec.private else "feed"
    return f"{kind} {spec.name}" if spec.name else "everything"


def _label(term: Term) -> str:
    return f"{term.kind.name.lower()} {term.label}"
