"""Every feed that the configuration and the terms ask for. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from feedsvc.feeds.build import named_spec, term_spec
from feedsvc.model import FeedSpec, Site, Term
from feedsvc.publisher.plan import Plan


def everything_of(plan: Plan, site: Site) -> FeedSpec:
    """Return the feed of everything."""
    language = None if plan.all_languages else site.language
    return replace(plan.everything, title=site.title, language=language)


def named_of(plan: Plan, site: Site) -> Iterator[FeedSpec]:
    """Yield the feeds that the configuration names and that are not retired; no private one can be."""
    everything = everything_of(plan, site)
    wanted = (spec for spec in plan.named if spec.private or spec.folder not in plan.retired)
    yield from (named_spec(spec, everything) for spec in wanted)


def spec_of(plan: Plan, site: Site, term: Term) -> FeedSpec:
    """Return the feed of a term."""
    return term_spec(term, everything_of(plan, site), limit=plan.term_limit)
