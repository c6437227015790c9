"""Which feeds have an article, and why others have it not."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feedsvc.feeds.addresses import absolute
from feedsvc.feeds.build import build_entry, content_size
from feedsvc.feeds.criteria import wants
from feedsvc.feeds.select import ALL, select, terms_of
from feedsvc.model import Content, FeedSpec, Record, Term
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.refresh.gather import Gathered
from feedsvc.publisher.refresh.render import specs


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


def memberships(
    record: Record,
    plan: Plan,
    gathered: Gathered,
    content: Callable[[Record], Content],
    *,
    now: datetime,
) -> Iterator[Membership]:
    """Yield the feeds that the article could be in: those of everything, and those of its terms."""
    site, catalogue = gathered.site, gathered.catalogue

    def size_of(each: Record) -> int:
        return content_size(content(each))

    def selected(records: Sequence[Record], spec: FeedSpec) -> list[int]:
        found = select(records, spec, site=site, now=now, size_of=size_of, content=content)
        return [each.key for each in found.records]

    terms = {(term.kind, term.slug): term for term in terms_of(record, site.language)}
    for spec, records in specs(plan, site, catalogue, gathered.privacy):
        if spec.term is not None and not terms.pop((spec.term.kind, spec.term.slug), None):
            continue
        # A private feed has an address for each of its subscribers, and none for all.
        url = None if spec.private else absolute(site.feeds_url, spec.folder)
        found = Membership(feed=_name(spec), url=url)
        shown = selected(records, spec)
        if record.key in shown:
            full = build_entry(record, content(record), site, spec).content is not None
            place = shown.index(record.key) + 1
            yield replace(found, place=place, of=len(shown), content="full" if full else "excerpt")
        elif hidden := record.hidden(now):
            yield replace(found, reason=hidden)
        else:
            unbounded = replace(spec, size=sys.maxsize)
            every = selected(records, replace(unbounded, limit=sys.maxsize))
            if record.key not in every:
                fits = spec.where is None or wants(spec.where, record, content, site=site, now=now)
                yield replace(found, reason=_unwanted(record, spec, fits=fits))
            else:
                yield _outside(found, record, spec, every, selected(records, unbounded))
    private = gathered.privacy.is_private(record)
    for term in terms.values():
        yield Membership(feed=_label(term), reason=_without_feed(term, record, plan, now, private=private))


def _without_feed(term: Term, record: Record, plan: Plan, now: datetime, *, private: bool) -> str:
    """Return why a term has no feed, or none with this article."""
    if term.kind not in plan.kinds:
        return "feeds.by leaves out feeds of this kind"
    if hidden := record.hidden(now):
        return hidden
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


def _unwanted(record: Record, spec: FeedSpec, *, fits: bool) -> str:
    """Return why a feed does not want an article, which *fits* its 'where' or does not."""
    own = record.article.feeds
    if own is not None and (spec.name or ALL) not in own:
        return (
            f"its 'feeds' name {', '.join(own)}" if own else "the article keeps out of feeds ('feed: false')"
        )
    if not fits:
        return "the feed's 'where' does not want it"
    return f'not in {spec.language}; feeds.languages = "all" takes it in'


def _name(spec: FeedSpec) -> str:
    if spec.term is not None:
        return _label(spec.term)
    kind = "private feed" if spec.private else "feed"
    return f"{kind} {spec.name}" if spec.name else "everything"


def _label(term: Term) -> str:
    return f"{term.kind.name.lower()} {term.label}"
