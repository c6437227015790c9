"""What readers' own feeds are composed of."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

from feedsvc.feeds.build import excerpt_of
from feedsvc.feeds.query_feeds import FOLDER, searched
from feedsvc.feeds.select import in_language, select, terms_of
from feedsvc.model import (
    OWN_LANGUAGE,
    Composable,
    Entry,
    Feed,
    Record,
    Site,
    Template,
    TermKind,
)
from feedsvc.publisher.edition import Edition
from feedsvc.publisher.refresh.memo import Memory
from feedsvc.publisher.refresh.validated import Printed

# The newest; each has to be rendered, and lies in the catalogue a second time.
MOST = 1000

# How many of them are proved in one go, and how often a feed of them says to be visited; see `Feed.every`.
_TOGETHER, _ANY = 50, 3600


def composables(edition: Edition) -> tuple[Composable, ...]:
    """Return the entries that may be asked for: the newest of the feed of everything, as it has them.

    They are in all languages, as a query may name one.
    """
    spec, records = next(edition.feeds())
    site = edition.site
    unbounded = replace(spec, language=None, limit=MOST, hours=0, size=sys.maxsize)
    wanted = select(records, unbounded, site=site, now=edition.now, size_of=lambda _: 0).records
    own = {record.key for record in in_language(wanted, spec.language, site)}
    return tuple(
        Composable(
            key=record.key,
            entry=edition.entry(record, spec),
            terms=(*_terms(record, site), *([OWN_LANGUAGE] if record.key in own else [])),
            words=searched(record, excerpt_of(record.article, edition.bodies(record))),
        )
        for record in wanted
    )


def _terms(record: Record, site: Site) -> list[tuple[TermKind, str]]:
    return [(term.kind, term.slug) for term in terms_of(record, site.language)]


def proved(
    found: tuple[Template, Sequence[Composable]] | None, memory: Memory, press: Callable[[Feed], Printed]
) -> tuple[tuple[Template, Sequence[Composable]] | None, Printed]:
    """Return *found* without entries that cannot stand in a feed, and the press's reasons.

    Entries are printed in groups that do not change when another article comes.

    Args:
        found: None if no feeds are composed.
    """
    left_out: dict[str, str] = {}
    printed = Printed(documents=(), unfit={}, left_out=left_out)
    if found is None:
        return None, printed
    template, composed = found
    groups: dict[int, list[Entry]] = {}
    for each in sorted(composed, key=lambda each: each.key):
        groups.setdefault(each.key // _TOGETHER, []).append(each.entry)
    for number, entries in groups.items():
        feed = replace(template.feed, updated=entries[0].updated, every=_ANY, entries=tuple(entries))
        left_out |= memory(f"{FOLDER}{number}", press, feed).left_out
    return (template, tuple(each for each in composed if each.entry.id not in left_out)), printed
