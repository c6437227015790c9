"""Tells of an article that is published under a date which readers take for an old one."""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from feedsvc.catalogue import Store
from feedsvc.model import Catalogue, Problem, Record, Severity, Site, in_zone

# Under this name, the catalogue keeps what was said of the last publication.
_NOTICES = "notices"


def backdated(before: Catalogue, after: Catalogue, site: Site, now: datetime) -> Iterator[Problem]:
    """Yield what to say, once, of the entries that came into the feeds between two catalogues.

    Many consumers keep the latest date they have seen, and pass over all that is not later.
    """
    known = {record.key: record for record in before.records}
    newest = max((record for record in before.records if record.visible(now)), key=_date, default=None)
    if newest is None:
        return
    came = (r for r in after.records if r.visible(now) and _has_entered(r, known.get(r.key)))
    found = sorted((r for r in came if _date(r) <= _date(newest)), key=lambda r: r.article.path)
    if found:
        first, *others = found
        more = f", like {len(others):,} more that are new," if others else ""
        dates = [in_zone(_date(record), site.timezone).isoformat() for record in (first, newest)]
        reason = (
            f"is new{more} and dated {dates[0]}, no later than {newest.article.path} ({dates[1]}), so readers"
            " that go by dates will not see it; give it a later 'date' if they are to"
        )
        yield Problem(path=first.article.path, severity=Severity.WARNING, reason=reason)


def _has_entered(record: Record, known: Record | None) -> bool:
    return record.entered is not None and (known is None or known.entered != record.entered)


def _date(record: Record) -> datetime:
    return record.published


def remember_notices(store: Store, generation: int | None, notices: Sequence[Problem]) -> None:
    """Keep what is said of a publication, for who has asked another process for it."""
    told = [[notice.path, notice.reason] for notice in notices]
    store.remember(_NOTICES, json.dumps([generation, told]) if told else "")


def notices_of(store: Store, generation: int) -> tuple[Problem, ...]:
    """Return what was said of a publication."""
    with suppress(ValueError):  # there is nothing
        said, told = json.loads(store.remembered(_NOTICES) or "")
        if said == generation:
            return tuple(Problem(path=p, severity=Severity.WARNING, reason=reason) for p, reason in told)
    return ()
