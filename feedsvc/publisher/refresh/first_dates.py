"""When files that say no date were first published."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from feedsvc.articles.disk.git import first_commits
from feedsvc.articles.disk.repository import IncompleteError, UncommittedError
from feedsvc.model import Catalogue, Problem, Severity, SourceFile
from feedsvc.publisher.plan import Plan
from feedsvc.runtime.clocks import EARLIEST


class FirstDates:
    """Dates of undated files: git's, asked once and only if there is such a file, else the disk's."""

    def __init__(self, plan: Plan, now: datetime, undated: datetime | None) -> None:
        self._plan = plan
        self._now = now
        self._undated = undated
        self._commits: Mapping[str, datetime] | None = None
        self._uncommitted: set[str] = set()
        self._problems: list[Problem] = []

    def __call__(self, file: SourceFile) -> datetime:
        if self._commits is None:
            self._commits = self._ask()
        committed = self._commits.get(file.path)
        if committed is None:
            self._uncommitted.add(file.path)
        if committed is None and self._undated is not None:
            return self._undated  # the disk's time may come from the same clock
        return min(committed or self._on_disk(file), self._now)

    def _on_disk(self, file: SourceFile) -> datetime:
        try:
            modified = datetime.fromtimestamp(int(file.modified), UTC)
        except (ValueError, OverflowError, OSError):  # a clock gone wild has left a year of six digits
            return self._now
        return modified if modified >= EARLIEST else self._now

    def _ask(self) -> Mapping[str, datetime]:
        if self._plan.git_dates is False:
            return {}
        try:
            return first_commits(self._plan.root)
        except ValueError as error:
            if self._plan.git_dates is True or not isinstance(error, UncommittedError):
                result = "so undated articles have those of their files"
                remedy = "fetch its whole history" if isinstance(error, IncompleteError) else "mend that"
                reason = (
                    f"git gives no dates ({error}), {result}; {remedy}, or set articles.git_dates = false"
                )
                self._problems.append(Problem(path=".", severity=Severity.WARNING, reason=reason))
            return {}

    def problems(self, catalogue: Catalogue) -> Iterator[Problem]:
        """Yield what to say of the dates of *catalogue* that nobody has written."""
        yield from self._problems
        undated = [
            record.article.path
            for record in catalogue.records
            if record.article.path in self._uncommitted and not (record.gone or record.article.hidden)
        ]
        if undated and self._plan.checked_out and self._plan.git_dates is not False and not self._problems:
            first, *others = sorted(undated)
            more = f", like {len(others):,} more," if others else ""
            reason = (
                f"has no date{more} and a build service has just checked these files out, so they pass for"
                " new; write a 'date', commit them, or set articles.git_dates = false if that is meant"
            )
            yield Problem(path=first, severity=Severity.WARNING, reason=reason)
