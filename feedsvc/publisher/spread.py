"""The same work on every processor."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any, TypeVar

_Portion = TypeVar("_Portion")
_Result = TypeVar("_Result")

# A process of its own takes half a second to load everything: less work is done sooner without.
_PORTIONS_WORTH_A_PROCESS = 10
_MOST_PROCESSES = 8

_work: Callable[[Any], Any]  # in a process of its own: what it is there for


def spread(work: Callable[[_Portion], _Result], portions: Sequence[_Portion]) -> Iterator[_Result]:
    """Yield what *work* makes of each of *portions*, in their order; for the main thread.

    A portion is to be worth some tenths of a second. Where there are few of
    them, or processes cannot be started or are killed, this process does it.

    Args:
        work: Picklable and pure.
    """
    processes = min(len(portions) // _PORTIONS_WORTH_A_PROCESS, _processors(), _MOST_PROCESSES)
    done = 0
    if processes > 1:
        with suppress(OSError, BrokenProcessPool):
            for result in _in_processes(work, portions, processes):
                yield result
                done += 1
    yield from map(work, portions[done:])


def _in_processes(
    work: Callable[[_Portion], _Result], portions: Sequence[_Portion], processes: int
) -> Iterator[_Result]:
    # A fork of a process with threads can deadlock.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_begin, initargs=(work,))
    try:
        with _deaf_children():
            results = pool.map(_do, portions)
        yield from results
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Let processes started here ignore Ctrl-C, which goes to all at once: their parent ends them."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin(work: Callable[[Any], Any]) -> None:
    """Get ready, in the new process; what is the same for all portions is handed over once."""
    global _work
    _work = work
    Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _do(portion: Any) -> Any:
    return _work(portion)


def _end_with_parent() -> None:
    """End when the parent is gone without having ended us, as after kill -9."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _processors() -> int:
    """Return how many processors we may use, which can be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
