"""When refreshes happen: the only module that knows APScheduler.

One job runs at a time, in one thread: the rescan every so many seconds, the
second at which the next article becomes due or expires, and a look whether
somebody beside us asks for a refresh.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from threading import Lock

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, JobExecutionEvent, JobSubmissionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from feedsvc.catalogue import Store
from feedsvc.errors import FeedsvcError, StoreError
from feedsvc.model import Problem
from feedsvc.publisher.refresh import Report

log = logging.getLogger(__name__)

_RESCAN, _TURN, _REQUESTS = "rescan", "turn", "requests"
_SECONDS_BETWEEN_LOOKS_FOR_REQUESTS = 0.5


class Schedule:
    """Refreshes until it is stopped, whatever goes wrong in between."""

    def __init__(self, refresh: Callable[[], Report], store: Store, *, rescan: int) -> None:
        """Prepare; nothing runs before `start`.

        Args:
            refresh: `Publisher.refresh`.
            rescan: Seconds between two looks at the folder.
        """
        self._refresh = refresh
        self._store = store
        self._running = Lock()
        self._told_late = False
        self._troubles: dict[str, str] = {}
        self._reported: str | None = "not yet known"
        self._problems: frozenset[Problem] = frozenset()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            # By default a run that comes a second late is dropped without a word.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_listener(self._failed, EVENT_JOB_ERROR)
        self._scheduler.add_listener(self._overtaken, EVENT_JOB_MAX_INSTANCES)
        self._scheduler.add_job(self._run, IntervalTrigger(seconds=rescan, timezone=UTC), id=_RESCAN)
        every = IntervalTrigger(seconds=_SECONDS_BETWEEN_LOOKS_FOR_REQUESTS, timezone=UTC)
        self._scheduler.add_job(self._look_for_requests, every, id=_REQUESTS)
        # APScheduler tells of every run, twice.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)

    def first(self) -> Report | None:
        """Refresh now, before anything is served, and plan from there.

        Returns:
            None if it failed, but there are published feeds to go on with.

        Raises:
            FeedsvcError: It failed, and there are none.
        """
        try:
            return self._run()
        except FeedsvcError as error:
            if self._store.generation() == 0:
                raise
            self._note(_RESCAN, str(error))
            return None

    def start(self) -> None:
        """Begin to refresh in a thread."""
        self._scheduler.start()

    def stop(self, *, wait: bool = False) -> None:
        """Plan no further refresh.

        Args:
            wait: For one that is running; it harms nobody if it is cut off.
        """
        if self._scheduler.running:
            self._scheduler.shutdown(wait=wait)

    @property
    def busy(self) -> bool:
        """A refresh is running."""
        return self._running.locked()

    def _run(self) -> Report:
        with self._running:
            report = self._refresh()
        self._told_late = False
        self._note(_RESCAN, None)
        self._tell(report)
        self._plan(report.turns)
        return report

    def _note(self, job: str, trouble: str | None) -> None:
        """Tell the log, once, and `/readyz` what hinders a job; None if nothing does."""
        if trouble == self._troubles.get(job):
            return self._report_health()
        if trouble is None:
            del self._troubles[job]
            log.info("recovered job=%s", job)
        else:
            self._troubles[job] = trouble
            log.error("failed job=%s: %s", job, trouble)
        return self._report_health()

    def _report_health(self) -> None:
        health = "; ".join(dict.fromkeys(self._troubles.values())) or None
        if health != self._reported:
            # A store that is gone cannot be told; the web sees that by itself.
            with suppress(StoreError):
                self._store.report_health(health)
                self._reported = health

    def _tell(self, report: Report) -> None:
        found = frozenset(report.problems)
        for problem in sorted(found - self._problems):
            log.warning("%s", problem)
        for problem in sorted(self._problems - found):
            log.info("mended: %s", problem)
        self._problems = found
        if report.generation is not None:
            log.info(
                "published generation=%d articles=%d feeds=%d problems=%d",
                report.generation,
                report.visible,
                report.feeds,
                len(found),
            )

    def _plan(self, turns: datetime | None) -> None:
        if turns is not None:
            trigger = DateTrigger(turns, timezone=UTC)
            self._scheduler.add_job(self._run, trigger, id=_TURN, replace_existing=True)

    def _look_for_requests(self) -> None:
        request = self._store.asked()
        if request:
            try:
                self._run()
            except FeedsvcError as error:
                self._note(_RESCAN, str(error))
            finally:  # or it would be asked again, twice a second
                self._store.answer(request)
        self._note(_REQUESTS, None)

    def _failed(self, event: JobExecutionEvent) -> None:
        error = event.exception
        if not isinstance(error, FeedsvcError):
            log.error("this is a fault of feedsvc", exc_info=error)
        self._note(_REQUESTS if event.job_id == _REQUESTS else _RESCAN, str(error) or type(error).__name__)

    def _overtaken(self, event: JobSubmissionEvent) -> None:
        if event.job_id == _RESCAN and not self._told_late:
            self._told_late = True
            log.warning("a refresh takes longer than articles.rescan; the next one is skipped")
