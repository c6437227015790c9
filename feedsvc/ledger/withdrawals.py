"""What became of entries that readers have seen: announced again, or taken back. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from feedsvc.ledger.identity import composed
from feedsvc.model import Catalogue, Record, Withdrawal
from feedsvc.text.ids import mint

# What vanishes beyond this share was hardly deleted on purpose.
_MASS = 0.3

# Fewer may always vanish: somebody tidies up a small folder.
_ALWAYS_ALLOWED_LOSS = 10


def mass_loss(before: Catalogue, after: Catalogue, most: float) -> tuple[int, int] | None:
    """Return how many of how many articles have vanished; None if people delete as many on purpose.

    Args:
        most: Share of articles that may vanish at once.
    """
    present = {record.key for record in before.records if not record.gone}
    lost = sum(record.gone and record.key in present for record in after.records)
    return (lost, len(present)) if lost > max(_ALWAYS_ALLOWED_LOSS, most * len(present)) else None


def announced(
    before: Catalogue, after: Catalogue, now: datetime, entering: datetime | None = None
) -> Catalogue:
    """Return *after* with the articles announced again whose authors want it by now: once for each date.

    Such an article is a new entry, with an id and a date of its own, and the
    entry that readers know from *before* is withdrawn.

    Args:
        entering: As `Record.entered` of such an entry.
    """
    known = {record.id for record in before.records if _was_published(record)}
    notices = {each.id: each for each in after.withdrawals}
    taken = {record.id for record in after.records} | notices.keys()
    sequence = max((record.sequence or 0 for record in after.records), default=0)
    records = []
    for record in after.records:
        wanted = _due(record, now)
        if wanted is None:
            records.append(record)
            continue
        sequence += 1
        minted = next(each for each in _candidates(record, wanted, after.site_id) if each not in taken)
        taken.add(minted)
        if record.id is not None and record.id in known:
            notices.setdefault(record.id, Withdrawal(key=record.key, id=record.id, at=now))
        fresh = replace(record, id=minted, sequence=sequence, entered=entering)
        records.append(_redated(fresh, wanted))
    return replace(after, records=tuple(records), withdrawals=tuple(notices.values()))


def withdrawn(before: Catalogue, after: Catalogue, now: datetime) -> Catalogue:
    """Return *after* with the withdrawals that follow *before*, the latest first.

    Only what was published under a permanent id is withdrawn, by deleting its
    file or by `retracted`; a draft made of it again is not, nor are files that
    vanish in masses. What comes back is withdrawn no more.
    """
    there = {record.key for record in before.records if _was_published(record) and not _is_taken_back(record)}
    fresh = [record for record in after.records if record.key in there and _is_taken_back(record)]
    if mass_loss(before, after, _MASS):
        fresh = [record for record in fresh if not record.gone]
    back = {record.id for record in after.records if not _is_taken_back(record)}
    kept = [each for each in after.withdrawals if each.id not in back]
    kept += [Withdrawal(key=record.key, id=record.id or "", at=now) for record in fresh]
    return replace(after, withdrawals=latest_first(kept))


def latest_first(withdrawals: list[Withdrawal]) -> tuple[Withdrawal, ...]:
    """Return *withdrawals* in the order that a `Catalogue` has them in."""
    return tuple(sorted(withdrawals, key=lambda each: (each.at, each.key, each.id), reverse=True))


def _is_taken_back(record: Record) -> bool:
    return record.gone or record.article.hidden == "retracted"


def _was_published(record: Record) -> bool:
    return record.sequence is not None and not record.provisional


def _due(record: Record, now: datetime) -> datetime | None:
    """Return the date under which the article is to be announced now; what it is dated already is none."""
    wanted = record.article.dates.announced
    if wanted is None or not record.visible(now):
        return None
    return wanted if record.published < wanted <= now else None


def _candidates(record: Record, wanted: datetime, site_id: str) -> Iterator[str]:
    name = f"{composed(record.article.path)}@{wanted.astimezone(UTC).isoformat()}"
    yield mint(site_id, name)
    yield from (mint(site_id, f"{name}#{number}") for number in count(2))


def _redated(record: Record, wanted: datetime) -> Record:
    updated = max(record.updated, wanted)
    return replace(record, announced=wanted, published=wanted, updated=updated)
