"""One article that trips the road is left out, so that all others go on.

Nothing here knows what it trips over. Where the road breaks off, halves of the
articles are sent over it by themselves, and halves of these, until those are
found that trip it alone: for one among thousands, that is the work of two more
refreshes, and what was found is not looked for again while the file stays as it is.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from feedsvc.errors import FeedsvcError
from feedsvc.model import Article, Catalogue, Record
from feedsvc.publisher.faults import fault
from feedsvc.publisher.gather import Gathered

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")

# Of an article that trips, the last good version may trip, too; one without any text does not.
_ATTEMPTS = 3


class Sifting:
    """Remembers which articles have tripped the road, by their paths and bytes."""

    def __init__(self) -> None:
        self._tripped: set[tuple[str, str]] = set()

    def __call__(
        self,
        run: Callable[[Gathered], _Result],
        gathered: Gathered,
        before: Catalogue,
        trial: Callable[[Gathered], object],
    ) -> _Result:
        """Return what *run* makes of *gathered*, less the articles that trip it.

        Args:
            before: What the catalogue holds: its version of an article stays, if that is another one.
            trial: Goes the same road with some of the articles, without lasting effect.
        """
        for _ in range(_ATTEMPTS):
            sound = self._sound(gathered, before)
            try:
                return run(sound)
            except FeedsvcError:
                raise
            except Exception:
                found = list(_culprits(trial, sound, sound.catalogue.records))
                if not found:
                    raise
            for record, error in found:
                log.error("cannot publish path=%s", record.article.path, exc_info=error)
            self._tripped |= {_mark(record.article) for record, _ in found}
        return run(self._sound(gathered, before))

    def _sound(self, gathered: Gathered, before: Catalogue) -> Gathered:
        if not self._tripped:
            return gathered
        catalogue = gathered.catalogue
        known = {record.key: record for record in before.records}
        faulty = [record for record in catalogue.records if _mark(record.article) in self._tripped]
        kept = {record.key: self._kept(record, known.get(record.key)) for record in faulty}
        records = (kept.get(record.key, record) for record in catalogue.records)
        sound = replace(catalogue, records=tuple(record for record in records if record is not None))
        found = (fault(record.article.path, "cannot be published") for record in faulty if not record.gone)
        return replace(gathered, catalogue=sound, problems=(*gathered.problems, *found))

    def _kept(self, record: Record, known: Record | None) -> Record | None:
        """Return what the catalogue keeps of an article that trips: its last good version, else its name."""
        if known is None:
            return None
        if _mark(known.article) not in self._tripped:
            return replace(known, gone=record.gone, broken=not record.gone)
        article = known.article
        bare = Article(
            path=article.path,
            title=article.title,
            slug=article.slug,
            id=article.id,
            feeds=article.feeds,  # who may learn that it was there
            digest=article.digest,
            hidden="broken",
        )
        return replace(known, article=bare, gone=record.gone)


def _culprits(
    trial: Callable[[Gathered], object], gathered: Gathered, records: Sequence[Record]
) -> Iterator[tuple[Record, Exception]]:
    """Yield the records that *trial* trips over alone, each with what it raises."""
    try:
        trial(replace(gathered, catalogue=replace(gathered.catalogue, records=tuple(records))))
    except FeedsvcError:
        raise
    except Exception as error:
        if len(records) == 1:
            yield records[0], error
        elif records:
            half = len(records) // 2
            yield from _culprits(trial, gathered, records[:half])
            yield from _culprits(trial, gathered, records[half:])


def _mark(article: Article) -> tuple[str, str]:
    return article.path, article.digest
