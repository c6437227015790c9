"""Leaves out an article that makes a refresh raise, so that all others are published.

The cause is not known here. When a refresh raises, each half of the articles is
tried alone, then halves of the halves, until single articles are found that
raise alone. One among thousands costs the work of two more refreshes. An article
that was found is not searched for again while its file stays as it is.
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

# The last good version of a faulty article may raise, too; a version without text does not.
_ATTEMPTS = 3


class FaultIsolation:
    """Remembers which articles made a refresh raise, by their paths and bytes."""

    def __init__(self) -> None:
        self._faulty: set[tuple[str, str]] = set()

    def __call__(
        self,
        run: Callable[[Gathered], _Result],
        gathered: Gathered,
        before: Catalogue,
        trial: Callable[[Gathered], object],
    ) -> _Result:
        """Return what *run* makes of *gathered*, without the articles that make it raise.

        Args:
            before: The catalogue; its version of a faulty article stays, if that is another one.
            trial: Does the same work for some of the articles, without lasting effect.
        """
        for _ in range(_ATTEMPTS):
            healthy = self._healthy(gathered, before)
            try:
                return run(healthy)
            except FeedsvcError:
                raise
            except Exception:
                found = list(_culprits(trial, healthy, healthy.catalogue.records))
                if not found:
                    raise
            for record, error in found:
                log.error("cannot publish path=%s", record.article.path, exc_info=error)
            self._faulty |= {_mark(record.article) for record, _ in found}
        return run(self._healthy(gathered, before))

    def _healthy(self, gathered: Gathered, before: Catalogue) -> Gathered:
        if not self._faulty:
            return gathered
        catalogue = gathered.catalogue
        known = {record.key: record for record in before.records}
        faulty = [record for record in catalogue.records if _mark(record.article) in self._faulty]
        kept = {record.key: self._kept(record, known.get(record.key)) for record in faulty}
        records = (kept.get(record.key, record) for record in catalogue.records)
        healthy = replace(catalogue, records=tuple(record for record in records if record is not None))
        found = (fault(record.article.path, "cannot be published") for record in faulty if not record.gone)
        return replace(gathered, catalogue=healthy, problems=(*gathered.problems, *found))

    def _kept(self, record: Record, known: Record | None) -> Record | None:
        """Return the record to keep of a faulty article: its last good version, else one without text."""
        if known is None:
            return None
        if _mark(known.article) not in self._faulty:
            return replace(known, gone=record.gone, broken=not record.gone)
        article = known.article
        bare = Article(
            path=article.path,
            title=article.title,
            slug=article.slug,
            id=article.id,
            feeds=article.feeds,  # private feeds must stay the only ones to report its withdrawal
            digest=article.digest,
            hidden="broken",
        )
        return replace(known, article=bare, gone=record.gone)


def _culprits(
    trial: Callable[[Gathered], object], gathered: Gathered, records: Sequence[Record]
) -> Iterator[tuple[Record, Exception]]:
    """Yield the records for which *trial* raises alone, each with its error."""
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
