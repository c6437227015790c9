"""Leaves out articles that make a refresh raise, alone or together, so that all others are published.

The cause is not known here: `culprits` tries some of the articles, then others.
An article that was found is not searched for again while its file stays as it
is, and the file of the one that it cannot stand beside.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from feedsvc.errors import FeedsvcError
from feedsvc.model import Article, Catalogue, Problem, Record
from feedsvc.publisher.refresh.culprits import Culprit, culprits
from feedsvc.publisher.refresh.faults import fault, log_fault
from feedsvc.publisher.refresh.gather import Gathered

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")
_Mark = tuple[str, str]
"""Path and digest of an article."""


class FaultIsolation:
    """Remembers which articles made a refresh raise, by their paths and bytes."""

    def __init__(self) -> None:
        # Of each the articles that it cannot stand beside; None if it raises alone.
        self._faulty: dict[_Mark, set[_Mark | None]] = {}

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
        while True:
            healthy = self._healthy(gathered, before)
            try:
                return run(healthy)
            except FeedsvcError:
                raise
            except Exception:
                # The last good version of a faulty article may raise, too; a version without text does not.
                if not self._search(healthy, before, trial):
                    raise

    def _search(self, gathered: Gathered, before: Catalogue, trial: Callable[[Gathered], object]) -> bool:
        """Remember which articles make *trial* raise; returns whether there are any that were not known."""

        def work(records: Sequence[Record]) -> None:
            ordered = tuple(sorted(records, key=lambda record: record.key))
            trial(replace(gathered, catalogue=replace(gathered.catalogue, records=ordered)))

        # Of two articles that cannot stand together, the one that readers have stays as it is.
        known = {_mark(record.article) for record in before.records}
        suspects = sorted(gathered.catalogue.records, key=lambda record: _mark(record.article) not in known)
        news = [self._remember(found) for found in culprits(suspects, work)]
        return any(news)

    def _remember(self, found: Culprit[Record]) -> bool:
        article = found.suspect.article
        beside = None if found.beside is None else _mark(found.beside.article)
        others = self._faulty.setdefault(_mark(article), set())
        if beside in others:
            return False
        others.add(beside)
        log_fault(log, f"cannot publish path={article.path}", found.error)
        return True

    def _healthy(self, gathered: Gathered, before: Catalogue) -> Gathered:
        if not self._faulty:
            return gathered
        catalogue = gathered.catalogue
        known = {record.key: record for record in before.records}
        present = {_mark(record.article) for record in catalogue.records}
        # Of those that were found, the last good version may stand there.
        found = [record for record in catalogue.records if _mark(record.article) in self._faulty]
        present |= {_mark(known[record.key].article) for record in found if record.key in known}
        faulty = [record for record in found if self._hindered(record.article, present)]
        kept = {record.key: self._kept(record, known.get(record.key), present) for record in faulty}
        records = (kept.get(record.key, record) for record in catalogue.records)
        healthy = replace(catalogue, records=tuple(record for record in records if record is not None))
        problems = (self._problem(record.article, present) for record in faulty if not record.gone)
        return replace(gathered, catalogue=healthy, problems=(*gathered.problems, *problems))

    def _hindered(self, article: Article, present: Collection[_Mark]) -> bool:
        return any(other is None or other in present for other in self._faulty.get(_mark(article), ()))

    def _problem(self, article: Article, present: Collection[_Mark]) -> Problem:
        others = self._faulty[_mark(article)]
        if None in others:
            return fault(article.path, "cannot be published")
        path, _ = min(other for other in others if other is not None and other in present)
        return fault(article.path, f"cannot be published beside '{path}'", files="both files")

    def _kept(self, record: Record, known: Record | None, present: Collection[_Mark]) -> Record | None:
        """Return the record to keep of a faulty article: its last good version, else one without text."""
        if known is None:
            return None
        if not self._hindered(known.article, present):
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


def _mark(article: Article) -> _Mark:
    return article.path, article.digest
