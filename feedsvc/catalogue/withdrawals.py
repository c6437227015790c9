"""What became of entries that readers have seen: announced again, or taken back. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from feedsvc.catalogue.identity import composed
from feedsvc.feeds.build import mint
from feedsvc.model import Catalogue, Record, Withdrawal

# Feeds tell of the last 20 each; that many are kept for feeds that show few of them.
_MOST_KEPT = 200

# Of published articles; what vanishes beyond it was hardly taken back on purpose.
_MASS = 0.3
_FEW = 10


def announced(catalogue: Catalogue, now: datetime) -> Catalogue:
    """Return *catalogue* with the articles announced again whose authors want it now: once for each date.

    Such an article is a new entry, with an id and a date of its own, and its old entry is withdrawn.
    """
    taken = {record.id for record in catalogue.records}
    sequence = max((record.sequence or 0 for record in catalogue.records), default=0)
    records, withdrawals = [], list(catalogue.withdrawals)
    for record in catalogue.records:
        wanted = record.article.announced
        if record.id is None or wanted is None or wanted == record.announced or record.hidden(now):
            records.append(record)
        elif record.announced is None and wanted <= record.published:
            records.append(replace(record, announced=wanted))  # its first publication is its announcement
        elif wanted > now or (record.announced and wanted < record.announced):
            records.append(record)
        else:
            sequence += 1
            minted = _minted(record, wanted, catalogue.site_id, taken)
            taken.add(minted)
            if not record.provisional:
                withdrawals.append(Withdrawal(key=record.key, id=record.id, at=now))
            records.append(_anew(record, minted, wanted, sequence))
    return replace(catalogue, records=tuple(records), withdrawals=tuple(withdrawals))


def withdrawn(before: Catalogue, after: Catalogue, now: datetime) -> Catalogue:
    """Return *after* with the withdrawals that follow *before*, the latest first.

    Only what was published under a permanent id is withdrawn, by deleting its
    file or by `retracted`; a draft made of it again is not, nor is what
    vanishes in masses. What comes back is withdrawn no more.
    """
    was_there = {record.key: record for record in before.records if not _is_taken_back(record)}
    fresh = [r for r in after.records if _is_taken_back(r) and _was_published(was_there.get(r.key))]
    present = sum(_was_published(record) for record in was_there.values())
    if len(fresh) > max(_FEW, _MASS * present):
        fresh = []
    back = {record.id for record in after.records if not _is_taken_back(record)}
    kept = {each.id: each for each in after.withdrawals if each.id not in back}
    for record in fresh:
        if record.id is not None:
            kept.setdefault(record.id, Withdrawal(key=record.key, id=record.id, at=now))
    ordered = sorted(kept.values(), key=lambda each: (each.at, each.key, each.id), reverse=True)
    return replace(after, withdrawals=tuple(ordered[:_MOST_KEPT]))


def _is_taken_back(record: Record) -> bool:
    return record.gone or record.article.hidden == "retracted"


def _was_published(record: Record | None) -> bool:
    return record is not None and record.sequence is not None and not record.provisional


def _minted(record: Record, wanted: datetime, site_id: str, taken: set[str | None]) -> str:
    return next(candidate for candidate in _candidates(record, wanted, site_id) if candidate not in taken)


def _candidates(record: Record, wanted: datetime, site_id: str) -> Iterator[str]:
    name = f"{composed(record.article.path)}@{wanted.astimezone(UTC).isoformat()}"
    yield mint(site_id, name)
    yield from (mint(site_id, f"{name}#{number}") for number in count(2))


def _anew(record: Record, minted: str, wanted: datetime, sequence: int) -> Record:
    return replace(
        record,
        id=minted,
        announced=wanted,
        published=wanted,
        updated=max(record.updated, wanted),
        sequence=sequence,
    )
