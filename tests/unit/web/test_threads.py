"""Threads of our own: used again, bounded, given up when they hang, and alive whatever goes wrong."""

import logging
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Event, Thread, current_thread

import pytest

from feedsvc.web.threads import (
    BusyError,
    Loop,
    Patience,
    Startable,
    StuckError,
    Threads,
    log_threads_that_die,
)
from tests.support.processes import SECONDS


@pytest.fixture
def may_end() -> Iterator[Event]:
    """Set at the end, so that nothing hangs on."""
    event = Event()
    yield event
    event.set()


def test_a_call_that_all_threads_are_too_busy_for_waits_its_turn(may_end: Event) -> None:
    threads, done = Threads("t", most=2), SimpleQueue[int]()

    def work(number: int) -> None:
        may_end.wait(SECONDS)
        done.put(number)

    for number in range(5):
        threads(work, number)
    assert done.empty()
    may_end.set()

    assert sorted(done.get(timeout=SECONDS) for _ in range(5)) == [0, 1, 2, 3, 4]


def test_threads_are_used_again() -> None:
    threads, seen = Threads("t", most=9), SimpleQueue[str]()

    for _ in range(3):
        threads(lambda: seen.put(current_thread().name))
        seen.get(timeout=SECONDS)
    threads(lambda: seen.put(current_thread().name))

    assert seen.get(timeout=SECONDS) in ("t-1", "t-2")


def test_a_call_too_many_is_refused(may_end: Event) -> None:
    threads, done = Threads("t", most=2, waiting=3), SimpleQueue[int]()

    def work(number: int) -> None:
        may_end.wait(SECONDS)
        done.put(number)

    for number in range(5):
        threads(work, number)
    with pytest.raises(BusyError):
        threads(work, 5)
    may_end.set()

    assert sorted(done.get(timeout=SECONDS) for _ in range(5)) == [0, 1, 2, 3, 4]


class Exhausted:
    """A system that gives so many threads, and no more."""

    def __init__(self, given: int) -> None:
        self.left = given

    def __call__(self, run: Callable[[], None], name: str) -> Startable:
        self.left -= 1
        return Thread(target=run, name=name, daemon=True) if self.left >= 0 else self

    def start(self) -> None:
        raise RuntimeError("can't start new thread")


def test_a_thread_that_the_system_does_not_give_is_not_counted() -> None:
    system, seen = Exhausted(0), SimpleQueue[str]()
    threads = Threads("t", most=2, waiting=0, new=system)

    for _ in range(5):
        with pytest.raises(BusyError):
            threads(seen.put, "never")
    system.left = 1
    threads(seen.put, "at last")

    assert seen.get(timeout=SECONDS) == "at last"
    assert seen.empty()


def test_a_call_without_a_thread_does_not_wait_for_busy_ones(may_end: Event) -> None:
    """They may be busy for hours."""
    threads = Threads("t", most=2, new=Exhausted(1))
    threads(may_end.wait, SECONDS)

    with pytest.raises(BusyError):
        threads(print)


def test_a_thread_that_dies_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Of whatever library it is: else it would be missed only by what is not done any more."""
    before = threading.excepthook

    def die() -> None:
        raise ZeroDivisionError

    try:
        log_threads_that_die()
        dying = Thread(target=die, name="dying")
        dying.start()
        dying.join()
    finally:
        threading.excepthook = before

    (record,) = caplog.records
    assert record.getMessage() == "thread died name=dying"
    assert record.exc_info is not None


# Patience


def test_a_call_in_time_is_as_if_it_were_made_here() -> None:
    patience = Patience("p", seconds=SECONDS)

    assert patience(lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        patience(lambda: 1 // 0)


def test_a_call_may_raise_a_timeout_of_its_own() -> None:
    def fail() -> None:
        raise TimeoutError("of a socket")

    with pytest.raises(TimeoutError, match="of a socket"):
        Patience("p", seconds=SECONDS)(fail)


def test_a_call_that_hangs_is_given_up_and_others_are_made(may_end: Event) -> None:
    patience = Patience("p", seconds=0.01, most=3)

    for _ in range(2):
        with pytest.raises(StuckError):
            patience(may_end.wait)

    assert patience(lambda: 42, SECONDS) == 42


def test_once_all_hang_no_further_call_is_begun_until_one_comes_back(may_end: Event) -> None:
    patience, begun = Patience("p", seconds=0.01, most=3), SimpleQueue[int]()

    def hang() -> None:
        begun.put(1)
        may_end.wait(SECONDS)

    for _ in range(20):
        with pytest.raises(StuckError):
            patience(hang)
    assert begun.qsize() == 3
    may_end.set()

    assert _until(lambda: patience(lambda: 42, SECONDS)) == 42


def _until(call: Callable[[], int]) -> int:
    """Return what *call* returns once nothing hangs any more."""
    for _ in range(1_000_000):
        try:
            return call()
        except StuckError:
            continue
    raise AssertionError("it hangs on")


def test_a_call_that_no_thread_can_be_had_for_is_refused_at_once() -> None:
    system = Exhausted(0)
    patience = Patience("p", seconds=SECONDS, threads=Threads("p", most=3, new=system))

    with pytest.raises(BusyError):
        patience(lambda: 42)
    system.left = 1

    assert patience(lambda: 42) == 42


def test_a_call_that_nobody_waits_for_any_more_is_not_begun(may_end: Event) -> None:
    patience, begun = Patience("p", seconds=0.01, most=1), SimpleQueue[str]()
    with pytest.raises(StuckError):
        patience(lambda: may_end.wait(SECONDS), seconds=0.5)

    with pytest.raises(StuckError):
        patience(lambda: begun.put("late"))
    may_end.set()

    assert _until(lambda: patience(lambda: 42, SECONDS)) == 42
    assert begun.empty()


# Loops


def faulty(*faults: Exception | None) -> Callable[[], None]:
    """Return what raises one after the other; None stands for a turn that goes well."""
    left = iter(faults)

    def turn() -> None:
        fault = next(left, None)
        if fault is not None:
            raise fault

    return turn


def test_a_loop_survives_whatever_its_turns_raise() -> None:
    turns = SimpleQueue[int]()

    def turn() -> None:
        turns.put(1)
        raise MemoryError

    loop = Loop("l", turn, every=0.001)
    loop.start()
    seen = [turns.get(timeout=SECONDS) for _ in range(3)]
    loop.stop()

    assert seen == [1, 1, 1]


def test_a_repeated_exception_is_logged_once_with_its_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fault = KeyError("a")
    loop = Loop("l", faulty(fault, fault, fault, None, fault), every=1)

    for _ in range(3):
        loop.turn()

    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    loop.turn()
    loop.turn()
    assert len(caplog.records) == 2  # it had gone well in between


def test_an_exception_is_reported_until_a_turn_goes_well() -> None:
    loop = Loop("counts", faulty(KeyError("secret"), None), every=1)

    loop.turn()
    trouble = loop.trouble
    loop.turn()

    assert trouble == "counts (KeyError)"
    assert loop.trouble is None


def test_a_loop_tells_how_long_ago_a_turn_ended() -> None:
    now = [100.0]
    loop = Loop("l", lambda: None, every=1, clock=lambda: now[0])

    now[0] = 107.0
    idle = loop.age
    loop.turn()

    assert (idle, loop.age) == (7.0, 0.0)
