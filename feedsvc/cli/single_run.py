"""One refresh by a command that ends after it: `feedsvc build` or `feedsvc refresh`."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from feedsvc.catalogue import Store, open_store
from feedsvc.catalogue.lease import hold_lease
from feedsvc.cli.progress import show_progress
from feedsvc.cli.text import counted
from feedsvc.cli.workplace import PROVISIONAL, Workplace, workplace
from feedsvc.errors import LeaseTakenError, SourceError, StoreError
from feedsvc.publisher.refresh.backdated import notices_of
from feedsvc.publisher.refresh.moment import Moment, accept_clock, lasting, moment_of, reached_by
from feedsvc.publisher.refresh.publisher import Publisher, Report

# Longer than any refresh of ten thousand articles, shorter than a cron job's patience.
_SECONDS_TO_WAIT = 300

# By then, every worker has looked for the news.
_SECONDS_TO_SERVE = 0.5


@contextmanager
def open_run(
    articles: Path | None,
    path: Path | None,
    *,
    quiet: bool,
    check: Callable[[Workplace], None] = lambda _: None,
) -> Iterator["SingleRun"]:
    """Open the store for one run; *check* may refuse the run before anything is written."""
    here = workplace(articles, path, {"log": {"level": "warning" if quiet else None}})
    check(here)
    url = here.store_url()
    with show_progress(quiet=quiet) as progress:
        store = open_store(url, progress=progress)
    try:
        yield SingleRun(here, url, store, quiet=quiet)
    finally:
        store.close()


class SingleRun:
    """One refresh of a workplace; its report goes to standard error."""

    def __init__(self, here: Workplace, url: str, store: Store, *, quiet: bool) -> None:
        self.here = here
        self.store = store
        self._url = url
        self._quiet = quiet

    def say(self, line: str) -> None:
        """Say what is no trouble."""
        if not self._quiet:
            click.echo(line, err=True)

    def refresh(self, command: str) -> None:
        """Refresh, unless somebody else does: LeaseTakenError says who."""
        with hold_lease(self._url, f"feedsvc {command} of {self.here.articles}"):
            plan = self.here.plan()
            with show_progress(quiet=self._quiet) as progress:
                report = Publisher(plan, self.store, clock=_now).refresh(progress)
        self._tell(report)
        if not plan.site.public:
            self.say(f"{plan.site.feeds_url}: {PROVISIONAL}")

    def accept_clock(self) -> None:
        """Take the clock for right from now on.

        Raises:
            ClockError: It cannot be.
        """
        accepted = accept_clock(self.store, _now())
        self.say(
            "the clock is accepted" if accepted else "the clock is not behind, so there is nothing to accept"
        )

    def ask(self, taken: LeaseTakenError) -> None:
        """Have the holder of the lease refresh; if it leaves meanwhile, do it ourselves."""
        before = self.store.generation()
        request = self.store.ask()
        deadline = time.monotonic() + _SECONDS_TO_WAIT
        while self.store.answered() < request:
            if time.monotonic() > deadline:
                raise StoreError(f"{taken}, but has not refreshed within {_SECONDS_TO_WAIT} seconds")
            time.sleep(0.1)
            with suppress(LeaseTakenError):
                self.refresh("refresh")
                self.store.answer(request)
                return
        if failure := self.store.failure():
            raise SourceError(failure)
        time.sleep(_SECONDS_TO_SERVE)
        self._tell(self._report(since=before))
        self.say(f"by {taken.holder}")

    def _report(self, *, since: int) -> Report:
        """Return what the holder of the lease has to report *since* that generation."""
        generation, moment = self.store.generation(), self._moment()
        catalogue = lasting(self.store.catalogue(), moment)
        return Report(
            generation=generation if generation != since else None,
            visible=catalogue.visible(moment.now),
            feeds=catalogue.feeds + len(self.here.config.feed),
            problems=self.store.problems(),
            turns=None,
            clock=moment.trouble,
            notices=() if generation == since else notices_of(self.store, generation),
        )

    def _moment(self) -> Moment:
        return moment_of(_now(), reached_by(self.store))

    def _tell(self, report: Report) -> None:
        for problem in (*report.problems, *report.notices):
            click.echo(problem, err=True)
        if report.clock:
            click.echo(report.clock, err=True)
        news = "no news" if report.generation is None else f"published generation {report.generation}"
        broken = f"; {counted(report.broken, 'file')} broken" if report.broken else ""
        articles, feeds = counted(report.visible, "article"), counted(report.feeds, "feed")
        self.say(f"{news}: {articles} in {feeds}{broken}")


def _now() -> datetime:
    return datetime.now(UTC)
