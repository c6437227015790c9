"""When refreshes happen, and what is told when they fail."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue
from threading import Event

import pytest

from feedsvc.catalogue import Store, open_store
from feedsvc.errors import SourceError
from feedsvc.model import Problem, Severity
from feedsvc.publisher.refresh.publisher import Report
from feedsvc.publisher.schedule import Schedule, Watch
from feedsvc.runtime import clocks
from tests.support.processes import SECONDS, until

PROBLEM = Problem(path="a.md", line=3, severity=Severity.ERROR, reason="broken")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'catalogue.db'}")
    yield opened
    opened.close()


class Refreshes:
    """Refreshes as they are told to come out; tells when one happened."""

    def __init__(self, *outcomes: Report | Exception) -> None:
        self._outcomes = list(outcomes)
        self.done: Queue[datetime] = Queue()

    def __call__(self) -> Report:
        outcome = self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]
        self.done.put(datetime.now(UTC))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class FakeWatch:
    """Tells of a change when `on_change` is called."""

    def __init__(self) -> None:
        self.stopped = False

    def look(self, on_change: Callable[[], None]) -> None:
        self.on_change = on_change

    def stop(self) -> None:
        self.stopped = True


_conforms: type[Watch] = FakeWatch


def report(
    *problems: Problem, turns: datetime | None = None, generation: int | None = None, settled: bool = True
) -> Report:
    return Report(
        generation=generation,
        visible=1,
        feeds=1,
        problems=problems,
        turns=turns,
        again=None if settled else 0.25,
    )


@pytest.fixture
def scheduled(store: Store) -> Iterator[Callable[..., tuple[Schedule, Refreshes]]]:
    made: list[Schedule] = []

    def schedule(*outcomes: Report | Exception, rescan: int = 3600) -> tuple[Schedule, Refreshes]:
        refreshes = Refreshes(*outcomes)
        made.append(Schedule(refreshes, store, rescan=rescan))
        return made[-1], refreshes

    yield schedule
    for each in made:
        each.stop(wait=True)


def test_it_rescans(scheduled: Callable[..., tuple[Schedule, Refreshes]]) -> None:
    schedule, refreshes = scheduled(report(), rescan=1)

    schedule.start()

    assert refreshes.done.get(timeout=SECONDS)
    assert refreshes.done.get(timeout=SECONDS)


def test_it_goes_on_after_a_failure(
    scheduled: Callable[..., tuple[Schedule, Refreshes]], store: Store
) -> None:
    schedule, refreshes = scheduled(SourceError("no folder"), ValueError("a fault"), report(), rescan=1)

    schedule.start()

    for _ in range(4):  # the fourth begins after the third was seen to the end
        assert refreshes.done.get(timeout=SECONDS)
    assert store.health() is None


def test_it_refreshes_at_the_second_an_article_is_due(
    scheduled: Callable[..., tuple[Schedule, Refreshes]],
) -> None:
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)
    schedule, refreshes = scheduled(report(turns=due), report(turns=due), report())

    schedule.first()
    schedule.start()

    for _ in range(2):  # the first, and the one that a start begins with
        refreshes.done.get(timeout=SECONDS)
    assert due <= refreshes.done.get(timeout=SECONDS)


def test_it_refreshes_for_whoever_asks(
    scheduled: Callable[..., tuple[Schedule, Refreshes]], store: Store
) -> None:
    schedule, refreshes = scheduled(report())
    request = store.ask()

    schedule.start()

    for _ in range(2):  # the one that a start begins with, and the one asked for
        assert refreshes.done.get(timeout=SECONDS)
    until(lambda: store.answered() == request)


def test_it_can_be_left_in_the_middle_of_a_refresh(store: Store) -> None:
    """Whoever stops the service does not wait for ten thousand articles."""
    begun, go_on, ended = Event(), Event(), Event()

    def slow() -> Report:
        begun.set()
        go_on.wait(SECONDS)
        ended.set()
        return report()

    schedule = Schedule(slow, store, rescan=1)
    schedule.start()
    assert begun.wait(SECONDS)

    schedule.stop()

    assert not ended.is_set()
    go_on.set()
    schedule.stop(wait=True)


def test_a_first_failure_without_feeds_to_go_on_with_is_final(
    scheduled: Callable[..., tuple[Schedule, Refreshes]],
) -> None:
    schedule, _ = scheduled(SourceError("no folder"))

    with pytest.raises(SourceError):
        schedule.first()


def test_it_refreshes_soon_after_something_was_saved(store: Store) -> None:
    refreshes, watch = Refreshes(report()), FakeWatch()
    schedule = Schedule(refreshes, store, rescan=3600, watch=watch)
    schedule.start()
    refreshes.done.get(timeout=SECONDS)

    watch.on_change()

    assert refreshes.done.get(timeout=SECONDS)
    schedule.stop(wait=True)
    assert watch.stopped


def test_what_is_saved_during_a_refresh_is_one_more_refresh(store: Store) -> None:
    begun, go_on, watch = Queue[int](), Event(), FakeWatch()

    def slow() -> Report:
        begun.put(1)
        go_on.wait(SECONDS)
        return report()

    schedule = Schedule(slow, store, rescan=3600, watch=watch)
    schedule.start()
    begun.get(timeout=SECONDS)

    for _ in range(50):
        watch.on_change()
    go_on.set()

    begun.get(timeout=SECONDS)
    schedule.stop(wait=True)
    assert begun.qsize() <= 1  # of a notice that came when the second had begun


def test_it_soon_looks_again_at_what_was_on_the_move(
    scheduled: Callable[..., tuple[Schedule, Refreshes]],
) -> None:
    moving = report(settled=False)
    schedule, refreshes = scheduled(moving, moving, report())

    schedule.start()

    for _ in range(3):
        assert refreshes.done.get(timeout=SECONDS)
    schedule.stop(wait=True)
    assert refreshes.done.empty()


def test_whoever_asks_is_answered_when_all_has_settled(store: Store) -> None:
    answered: list[int] = []
    outcomes = [report(settled=False), report(settled=False), report()]
    settled = Event()

    def refresh() -> Report:
        answered.append(store.answered())
        if len(outcomes) == 1:
            settled.set()
            return outcomes[0]
        return outcomes.pop(0)

    store.ask()
    schedule = Schedule(refresh, store, rescan=3600)

    schedule.start()

    assert settled.wait(SECONDS)
    schedule.stop(wait=True)
    assert set(answered) == {0}


def test_trouble_of_a_former_life_is_forgotten(
    scheduled: Callable[..., tuple[Schedule, Refreshes]], store: Store
) -> None:
    store.report_health("killed in the middle of it")
    schedule, _ = scheduled(report())

    schedule.first()

    assert store.health() is None


def test_a_problem_is_told_once_and_told_again_when_mended(
    scheduled: Callable[..., tuple[Schedule, Refreshes]], caplog: pytest.LogCaptureFixture
) -> None:
    schedule, _ = scheduled(report(PROBLEM), report(PROBLEM), report())

    with caplog.at_level(logging.INFO, logger="feedsvc"):
        for _ in range(3):
            schedule.first()

    told = [(each.levelname, each.getMessage()) for each in caplog.records]
    assert told == [("ERROR", "a.md:3: broken"), ("INFO", "mended path=a.md")]


def test_after_a_failure_it_soon_looks_again(
    scheduled: Callable[..., tuple[Schedule, Refreshes]],
) -> None:
    """A deployment that empties the folder first is over before the next rescan."""
    schedule, refreshes = scheduled(SourceError("all have vanished"), report())

    schedule.start()

    for _ in range(2):
        assert refreshes.done.get(timeout=SECONDS)


def test_the_end_comes_in_order_whenever_it_comes(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    begun, go_on = Event(), Event()

    def slow() -> Report:
        begun.set()
        go_on.wait(SECONDS)
        return report(turns=datetime.now(UTC) + timedelta(hours=1), settled=False)

    schedule = Schedule(slow, store, rescan=1, watch=(watch := FakeWatch()))
    schedule.start()
    assert begun.wait(SECONDS)
    watch.on_change()  # one more waits in the queue

    schedule.stop()
    begun.clear()
    go_on.set()
    schedule.stop(wait=True)

    assert not begun.is_set()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert store.health() is None


class SetClock:
    """The machine's clock, by which somebody has set it."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


BY = [timedelta(hours=-1), timedelta(days=-365 * 56), timedelta(hours=1), timedelta(days=365 * 56)]


@pytest.mark.parametrize("ahead", BY, ids=str)
def test_a_clock_that_is_set_keeps_nobody_waiting(store: Store, ahead: timedelta) -> None:
    clock, refreshes = SetClock(), Refreshes(report())
    schedule = Schedule(refreshes, store, rescan=1, clock=clock)
    schedule.start()
    refreshes.done.get(timeout=SECONDS)

    clock.ahead = ahead

    request = store.ask()
    until(lambda: store.answered() == request)
    while not refreshes.done.empty():
        refreshes.done.get()
    for _ in range(2):
        assert refreshes.done.get(timeout=SECONDS), "it goes on to rescan"
    schedule.stop(wait=True)


def test_a_clock_that_is_set_is_a_reason_to_look(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    clock, refreshes = SetClock(), Refreshes(report())
    schedule = Schedule(refreshes, store, rescan=3600, clock=clock)
    schedule.start()
    refreshes.done.get(timeout=SECONDS)

    clock.ahead = timedelta(hours=-1)

    assert refreshes.done.get(timeout=SECONDS)
    schedule.stop(wait=True)
    assert caplog.messages == ["the clock was set seconds=-3600"]


def test_an_article_is_due_by_the_clock_however_it_came_to_be_so_late(store: Store) -> None:
    clock = SetClock()
    refreshes = Refreshes(report(turns=datetime.now(UTC) + timedelta(minutes=50)))
    schedule = Schedule(refreshes, store, rescan=3600, clock=clock)
    schedule.start()
    refreshes.done.get(timeout=SECONDS)

    clock.ahead = timedelta(minutes=50, seconds=-3)

    for _ in range(2):  # one as the clock was set, and the turn
        assert refreshes.done.get(timeout=SECONDS)
    schedule.stop(wait=True)


def test_missed_runs_are_done_once(store: Store) -> None:
    """A laptop may sleep for weeks, and count the seconds meanwhile."""
    slept = 0.0
    refreshes = Refreshes(report())
    schedule = Schedule(refreshes, store, rescan=3600, elapsed=lambda: clocks.since_boot() + slept)
    schedule.start()
    refreshes.done.get(timeout=SECONDS)

    slept = 56 * 365 * 86_400

    assert refreshes.done.get(timeout=SECONDS)
    schedule.stop(wait=True)
    assert refreshes.done.qsize() <= 1  # of the rescan, and of the clock, which is behind now


def test_a_moment_beyond_all_calendars_is_no_trouble(store: Store) -> None:
    clock, refreshes = SetClock(), Refreshes(report(turns=datetime.max.replace(tzinfo=UTC)))
    clock.ahead = timedelta(days=-365 * 56)
    schedule = Schedule(refreshes, store, rescan=3600, clock=clock)

    schedule.first()

    assert store.health() is None
