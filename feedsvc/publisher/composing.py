"""What readers' own feeds are composed of."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from feedsvc.feeds.build import build_entry
from feedsvc.feeds.compose import searched
from feedsvc.feeds.select import in_language, select, terms_of
from feedsvc.model import OWN_LANGUAGE, Composable, Content, FeedSpec, Record, Site, TermKind

# The newest; each has to be rendered, and lies in the catalogue a second time.
MOST = 1000


def composables(
    spec: FeedSpec,
    records: Sequence[Record],
    site: Site,
    content: Callable[[Record], Content],
    now: datetime,
) -> tuple[Composable, ...]:
    """Return the entries that may be asked for, just as the feed of everything has them: its newest.

    In whatever language: a query may name one.

    Args:
        spec: Of the feed of everything.
        records: That it selects from.
    """
    unbounded = replace(spec, language=None, limit=MOST, hours=0, size=sys.maxsize)
    wanted = select(records, unbounded, site=site, now=now, size_of=lambda _: 0).records
    own = {record.key for record in in_language(wanted, spec.language, site)}
    return tuple(
        Composable(
            key=record.key,
            entry=build_entry(record, content(record), site, spec),
            terms=(*_terms(record, site), *([OWN_LANGUAGE] if record.key in own else [])),
            words=searched(record, content(record).excerpt),
        )
        for record in wanted
    )


def _terms(record: Record, site: Site) -> list[tuple[TermKind, str]]:
    return [(term.kind, term.slug) for term in terms_of(record, site.language)]
