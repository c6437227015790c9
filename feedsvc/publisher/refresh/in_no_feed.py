"""Tells of articles that are published and that no feed holds, whatever keeps them out."""

from collections.abc import Callable, Iterator
from datetime import datetime

from feedsvc.feeds.criteria import alike, wants
from feedsvc.feeds.select import ALL, wanted
from feedsvc.model import Catalogue, Content, FeedSpec, Problem, Record, Severity, Site
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.privacy import Privacy
from feedsvc.publisher.refresh.render import specs
from feedsvc.publisher.specs import everything_of, named_of

# Articles that are named; of more, only the number is told.
_MOST_NAMED = 3


def in_no_feed(
    plan: Plan,
    site: Site,
    catalogue: Catalogue,
    privacy: Privacy,
    content: Callable[[Record], Content],
    now: datetime,
) -> Iterator[Problem]:
    """Report, once for each reason, the articles that no feed wants.

    Nothing is said of those that have left every window or grown too old, nor of
    those whose author keeps them out, or names a feed that there is not
    (`remarks.unknown_feeds` does).
    """
    known = {ALL, *(spec.name for spec in plan.named)}
    left = {r.key: r for r in catalogue.records if r.visible(now) and _asks(r, known)}
    for spec, records in specs(plan, site, catalogue, privacy):
        if not left:
            return
        for record in wanted(records, spec, left.keys(), site=site, now=now, content=content):
            left.pop(record.key, None)
    by_reason: dict[str, list[str]] = {}
    for record in left.values():
        by_reason.setdefault(_why(record, plan, site, content, now), []).append(record.article.path)
    for reason, paths in sorted(by_reason.items()):
        yield _problem(reason, sorted(paths))


def _asks(record: Record, known: set[str]) -> bool:
    own = record.article.feeds
    return own is None or (bool(own) and known.issuperset(own))


def _why(record: Record, plan: Plan, site: Site, content: Callable[[Record], Content], now: datetime) -> str:
    """Return why the feed that an article is meant for does not want it, and what to do."""
    spec = _meant_for(record, plan, site)
    feed = f"the feed '{spec.name}'" if spec.name else "the feed of everything"
    if spec.language is not None and not alike(record.article.language or site.language, spec.language):
        held = f"{feed} holds articles in its language ({spec.language}) only"
        own = "give it another 'language', or " if spec.name else ""
        return f"{held}; {own}set feeds.languages to \"all\", or mend the 'lang' of the article"
    if spec.where is not None and not wants(spec.where, record, content, site=site, now=now):
        return f"the 'where' of {feed} wants something else; mend it, or the article"
    return "no feed wants them; `feedsvc explain` tells why of each"


def _meant_for(record: Record, plan: Plan, site: Site) -> FeedSpec:
    own = record.article.feeds or ()
    asked = (spec for spec in named_of(plan, site) if spec.name in own)
    return everything_of(plan, site) if ALL in own else next(asked, everything_of(plan, site))


def _problem(reason: str, paths: list[str]) -> Problem:
    if len(paths) == 1:
        return Problem(
            path=paths[0], severity=Severity.WARNING, reason=f"is published and in no feed: {reason}"
        )
    more = f" and {len(paths) - _MOST_NAMED:,} more" if len(paths) > _MOST_NAMED else ""
    named = f"{', '.join(paths[:_MOST_NAMED])}{more}"
    counted = f"{len(paths):,} articles are published and in no feed ({named})"
    return Problem(path=".", severity=Severity.WARNING, reason=f"{counted}: {reason}")
