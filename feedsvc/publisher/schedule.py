"""When refreshes happen: the only module that knows APScheduler.

One job runs at a time, in one thread: the rescan every so many seconds, the
second at which the next article becomes due or expires, a look soon after
something was saved, and one whether somebody beside us asks for a refresh.

APScheduler goes by the clock, which anybody may set, so it gets a time of ours
(`timeline`). Only the second at which an article becomes due is the clock's.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from threading import Lock
from typing import Protocol

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, JobSubmissionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from feedsvc.catalogue import Store
from feedsvc.errors import FeedsvcError, StoreError
from feedsvc.model import Problem, Severity
from feedsvc.publisher.refresh.publisher import Report
from feedsvc.publisher.timeline import Every, Timeline
from feedsvc.runtime import clocks
from feedsvc.text.terminal import on_one_line

log = logging.getLogger(__name__)

_RESCAN, _TURN, _SOON, _REQUESTS = "rescan", "turn", "soon", "requests"
_SECONDS_BETWEEN_LOOKS_FOR_REQUESTS = 0.5
_LEVELS = {Severity.ERROR: logging.ERROR, Severity.WARNING: logging.WARNING}
_CENTURY = 36_525 * 86_400.0

# A clock that is corrected little by little was not set.
_SECONDS_SET = 1.0

# After a failure there is another look after this; then after twice as long, and so on.
_SECONDS_TO_RECOVER = 0.25

# Whoever asked for a refresh is not kept waiting for a file that never comes to rest.
_LOOKS_TO_SETTLE = 5


class Watch(Protocol):
    """Tells of changes in the articles folder, as `feedsvc.publisher.watch.Watch` does."""

    def look(self, on_change: Callable[[], None]) -> None:
        """See to it that *on_change* is called, from any thread, soon after a change."""

    def stop(self) -> None:
        """Call it no more."""


class Unwatched:
    """Tells of nothing."""

    def look(self, on_change: Callable[[], None]) -> None:
        """See `Watch`."""

    def stop(self) -> None:
        """See `Watch`."""


_conforms: type[Watch] = Unwatched


class Schedule:
    """Refreshes until it is stopped, whatever goes wrong in between."""

    def __init__(
        self,
        refresh: Callable[[], Report],
        store: Store,
        *,
        rescan: int,
        watch: Watch | None = None,
        clock: Callable[[], datetime] = clocks.now,
        elapsed: Callable[[], float] = clocks.since_boot,
    ) -> None:
        """Prepare; nothing runs before `start`.

        Args:
            refresh: `Publisher.refresh`.
            rescan: Seconds between two looks at the folder.
            watch: What brings news between them.
            clock: By which articles become due.
            elapsed: Seconds of a clock that nobody sets, for all else.
        """
        self._refresh = refresh
        self._store = store
        self._rescan = rescan
        self._watch = watch or Unwatched()
        self._failures = 0
        self._unsettled = 0
        self._unread: str | None = None
        self._behind: str | None = None
        self._running = Lock()
        self._stopped = False
        self._told_late = False
        self._troubles: dict[str, str] = {}
        self._reported: tuple[str | None, str | None] | None = None
        self._problems: frozenset[Problem] = frozenset()
        self._clock = clock
        self._elapsed = elapsed
        self._ahead = self._lead()
        self._turns: datetime | None = None
        self._timeline = Timeline(elapsed)
        self._scheduler = BackgroundScheduler(
            timezone=self._timeline,
            executors={"default": ThreadPoolExecutor(1)},
            # By default a run that comes a second late is dropped without a word.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_listener(self._overtaken, EVENT_JOB_MAX_INSTANCES)
        self._add(_RESCAN, self._run, rescan)
        self._add(_REQUESTS, self._look_for_requests, _SECONDS_BETWEEN_LOOKS_FOR_REQUESTS)
        # These wait until somebody sets their time. A job that ran once and were then removed would
        # trip APScheduler, should it be shut down in that moment.
        self._add(_TURN, self._run, _CENTURY, next_run_time=None)
        # Two: one may wait in the queue while one runs, and sees whatever others would have.
        self._add(_SOON, self._run, _CENTURY, next_run_time=None, max_instances=2)
        # APScheduler tells of every run, twice.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)

    def _add(self, job: str, run: Callable[[], object], seconds: float, **options: object) -> None:
        def go_on() -> None:
            with self._running:
                if self._stopped:  # APScheduler runs what is in its queue, also after it was shut down
                    return
                # Here, in the job's own thread: a listener to APScheduler's events may be called
                # while that works on its plan, and what it plans then is lost.
                try:
                    run()
                except Exception as error:
                    self._fail(_REQUESTS if job == _REQUESTS else _RESCAN, error)

        self._scheduler.add_job(go_on, Every(seconds), id=job, **options)

    def first(self) -> None:
        """Refresh now, before anything is served.

        Raises:
            FeedsvcError: It failed.
        """
        self._run()

    def start(self) -> None:
        """Begin to refresh in a thread, at once."""
        self._soon()
        self._scheduler.start()

    def stop(self, *, wait: bool = False) -> None:
        """Begin no further refresh.

        Args:
            wait: For one that is running; it harms nobody if it is cut off.
        """
        self._stopped = True
        self._watch.stop()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if wait:
            with self._running:
                pass

    def _run(self) -> bool:
        """Refresh; return whether that was all, and nothing waits because it is on the move."""
        # Before the refresh looks at the folder: what is saved in between must be noticed.
        self._watch.look(self._soon)
        report = self._refresh()
        self._failures = 0
        self._unsettled = 0 if report.settled else self._unsettled + 1
        if self._unread and not report.unread:
            # What could not be read could not be watched either.
            self._watch.stop()
            self._watch.look(self._soon)
        self._unread = report.unread
        self._tell_of_the_clock(report.clock)
        self._note(_RESCAN, None)
        self._tell(report)
        self._plan(report)
        return report.settled

    def _soon(self, seconds: float = 0) -> None:
        """Refresh after *seconds*, or as soon as the refresh that is running has ended."""
        moment = self._timeline.after(seconds)
        with suppress(JobLookupError):  # of a notice that comes when all has been shut down
            job = self._scheduler.get_job(_SOON)
            if job is None or job.next_run_time is None or moment < job.next_run_time:
                self._scheduler.modify_job(_SOON, next_run_time=moment)

    def _note(self, job: str, trouble: str | None) -> None:
        """Tell the log, once, and `/readyz` what hinders a job; None if nothing does."""
        if trouble != self._troubles.get(job):
            if trouble is None:
                del self._troubles[job]
                log.info("recovered job=%s", job)
            else:
                self._troubles[job] = trouble
                log.error("failed job=%s: %s", job, trouble)
        self._report_health()

    def _tell_of_the_clock(self, trouble: str | None) -> None:
        if trouble is not None and trouble != self._behind:
            log.error("%s", trouble)
        elif trouble is None and self._behind is not None:
            log.info("the clock is behind no more")
        self._behind = trouble

    def _report_health(self) -> None:
        hampered = "; ".join(filter(None, (self._unread, self._behind))) or None
        health = "; ".join(dict.fromkeys(self._troubles.values())) or None, hampered
        if health != self._reported:
            # A store that is gone cannot be told; the web sees that by itself.
            with suppress(StoreError):
                self._store.report_health(*health)
                self._reported = health

    def _tell(self, report: Report) -> None:
        found = frozenset(report.problems)
        for problem in (*sorted(found - self._problems), *report.notices):
            # A line of the log has its level, so the text says it no second time.
            log.log(_LEVELS[problem.severity], "%s", on_one_line(f"{problem.place}: {problem.reason}"))
        faulty = {problem.path for problem in found}
        for path in sorted({problem.path for problem in self._problems} - faulty):
            log.info("mended path=%s", path)
        self._problems = found
        if report.generation is not None:
            log.info(
                "published generation=%d articles=%d feeds=%d problems=%d",
                report.generation,
                report.visible,
                report.feeds,
                len(found),
            )

    def _plan(self, report: Report) -> None:
        self._turns = report.turns
        self._plan_turn()
        if report.again is not None:
            self._soon(min(self._rescan, report.again))

    def _plan_turn(self) -> None:
        if self._turns is not None:
            seconds = (self._turns - self._clock()).total_seconds()
            with suppress(JobLookupError):  # all has been shut down meanwhile
                self._scheduler.modify_job(_TURN, next_run_time=self._timeline.after(seconds))

    def _lead(self) -> float:
        return self._clock().timestamp() - self._elapsed()

    def _see_the_clock(self) -> None:
        """Refresh, and plan anew, if somebody has set the clock."""
        ahead = self._lead()
        if abs(ahead - self._ahead) > _SECONDS_SET:
            log.warning("the clock was set seconds=%+.0f", ahead - self._ahead)
            self._ahead = ahead
            self._plan_turn()
            self._soon()

    def _look_for_requests(self) -> None:
        self._see_the_clock()
        if request := self._store.asked():
            try:
                done = self._run() or self._unsettled >= _LOOKS_TO_SETTLE
            except Exception as error:  # unanswered, it would be asked again twice a second
                self._fail(_RESCAN, error)
                done = True
            if done:
                self._store.answer(request)
        self._note(_REQUESTS, None)

    def _fail(self, job: str, error: Exception) -> None:
        if not isinstance(error, FeedsvcError):
            log.error("this is a fault of feedsvc", exc_info=error)
        self._note(job, str(error) or type(error).__name__)
        if job == _RESCAN:  # what has failed may have been looking at a folder on the move
            self._failures += 1
            # Below 2 to the power of 20, or a float would overflow one day.
            self._soon(min(self._rescan, _SECONDS_TO_RECOVER * 2 ** min(self._failures - 1, 20)))

    def _overtaken(self, event: JobSubmissionEvent) -> None:
        if event.job_id == _RESCAN and not self._told_late:
            self._told_late = True
            log.warning("a refresh takes longer than articles.rescan; the next one is skipped")
