"""The same work on every processor."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context, parent_process
from threading import Thread, current_thread, main_thread
from typing import Any, TypeVar

from feedsvc.runtime.interrupts import deaf_children
from feedsvc.runtime.time_limit import is_alone

_Portion = TypeVar("_Portion")
_Result = TypeVar("_Result")

_PORTIONS_WORTH_A_PROCESS = 5
_MOST_PROCESSES = 8

_work: Callable[[Any], Any]  # in a process of its own: what it is there for


def spread(work: Callable[[_Portion], _Result], portions: Sequence[_Portion]) -> Iterator[_Result]:
    """Yield what *work* makes of each of *portions*, in their order.

    This process does its part. Where there are few portions, or processes cannot
    be started or are killed, or this is not the main thread, it does it all.

    Args:
        work: Picklable and pure.
        portions: Each worth some hundredths of a second, as it travels there and back.
    """
    others = min(len(portions) // _PORTIONS_WORTH_A_PROCESS, _processors(), _MOST_PROCESSES) - 1
    done = 0
    if others > 0 and current_thread() is main_thread():
        with suppress(OSError, BrokenProcessPool):
            for result in _with_others(work, portions, others):
                yield result
                done += 1
    yield from map(work, portions[done:])


def _with_others(
    work: Callable[[_Portion], _Result], portions: Sequence[_Portion], others: int
) -> Iterator[_Result]:
    # Through a fork, a process has all that is loaded at once; but a fork of one with threads can deadlock.
    context = get_context("fork" if is_alone() else "spawn")
    pool = ProcessPoolExecutor(others, context, initializer=_begin, initargs=(work,))
    try:
        with deaf_children():
            left = {place: pool.submit(_do, portion) for place, portion in enumerate(portions)}
        own: dict[int, _Result] = {}
        waiting = list(left)
        for place, future in left.items():
            while not future.done() and waiting:  # others come from the front, this process from the end
                last = waiting.pop()
                if left[last].cancel():
                    own[last] = work(portions[last])
            yield own.pop(place) if place in own else future.result()
    finally:
        pool.shutdown(cancel_futures=True)


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
