"""Tells of articles that are published and that no feed holds, whatever keeps them out."""

from collections.abc import Iterator

from feedsvc.feeds.criteria import alike, wants
from feedsvc.feeds.select import ALL, wanted
from feedsvc.model import FeedSpec, Problem, Record, Severity
from feedsvc.publisher.edition import Edition
from feedsvc.publisher.specs import everything_of, named_of

# Articles that are named; of more, only the number is told.
_MOST_NAMED = 3


def in_no_feed(edition: Edition) -> Iterator[Problem]:
    """Report, once for each reason, the articles that no feed wants.

    Nothing is said of those that have left every window or grown too old, nor of
    those whose author keeps them out, or names a feed that there is not
    (`unknown_feeds` does).
    """
    site, now = edition.site, edition.now
    known = {ALL, *(spec.name for spec in edition.plan.named)}
    left = {record.key: record for record in edition.visible() if _asks(record, known)}
    for spec, records in edition.feeds():
        if not left:
            return
        for record in wanted(records, spec, left.keys(), site=site, now=now, content=edition.bodies):
            left.pop(record.key, None)
    by_reason: dict[str, list[str]] = {}
    for record in left.values():
        by_reason.setdefault(_why(record, edition), []).append(record.article.path)
    for reason, paths in sorted(by_reason.items()):
        yield _problem(reason, sorted(paths))


def _asks(record: Record, known: set[str]) -> bool:
    own = record.article.feeds
    return own is None or (bool(own) and known.issuperset(own))


def _why(record: Record, edition: Edition) -> str:
    """Return why the feed that an article is meant for does not want it, and what to do."""
    spec, site = _meant_for(record, edition), edition.site
    feed = f"the feed '{spec.name}'" if spec.name else "the feed of everything"
    if spec.language is not None and not alike(record.article.language or site.language, spec.language):
        held = f"{feed} holds articles in its language ({spec.language}) only"
        own = "give it another 'language', or " if spec.name else ""
        return f"{held}; {own}set feeds.languages to \"all\", or mend the 'lang' of the article"
    if spec.where is not None and not wants(spec.where, record, edition.bodies, site=site, now=edition.now):
        return f"the 'where' of {feed} wants something else; mend it, or the article"
    return "no feed wants them; `feedsvc explain` tells why of each"


def _meant_for(record: Record, edition: Edition) -> FeedSpec:
    own = record.article.feeds or ()
    everything = everything_of(edition.plan, edition.site)
    asked = (spec for spec in named_of(edition.plan, edition.site) if spec.name in own)
    return everything if ALL in own else next(asked, everything)


def _problem(reason: str, paths: list[str]) -> Problem:
    if len(paths) == 1:
        return Problem(
            path=paths[0], severity=Severity.WARNING, reason=f"is published and in no feed: {reason}"
        )
    more = f" and {len(paths) - _MOST_NAMED:,} more" if len(paths) > _MOST_NAMED else ""
    named = f"{', '.join(paths[:_MOST_NAMED])}{more}"
    counted = f"{len(paths):,} articles are published and in no feed ({named})"
    return Problem(path=".", severity=Severity.WARNING, reason=f"{counted}: {reason}")
