"""The last net: what may take for ever is done in a process that can be ended."""

import os
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from feedsvc.errors import FeedsvcError
from feedsvc.runtime.interrupts import deaf_children

_Result = TypeVar("_Result")

SECONDS = 10
"""Of the processor. By the clock it may take three times as long, on a machine that has other work to do."""


class TookTooLongError(FeedsvcError):
    """It was not done within `SECONDS`, or the process that did it was killed."""

    def __init__(self) -> None:
        super().__init__(f"it takes more than {SECONDS} seconds")


def within_limit(function: Callable[[str], _Result], text: str, *, seconds: int = SECONDS) -> _Result:
    """Return what *function*, of a module, makes of *text*, in a process of its own.

    Where none can be started, this process does it.

    Raises:
        TookTooLongError: It takes more than *seconds* of the processor.
    """
    # Through a fork, a process has all that is loaded at once; but a fork of one with threads can deadlock.
    context = get_context("fork") if is_alone() else get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(function, text, seconds, sending), daemon=True)
    try:
        with deaf_children():
            process.start()
    except OSError:
        return function(text)
    try:
        sending.close()
        if not receiving.poll(seconds * 3):
            raise TookTooLongError
        found = receiving.recv()
    except EOFError:
        raise TookTooLongError from None
    finally:
        process.kill()
        process.join()
        receiving.close()
    if isinstance(found, Exception):
        raise found
    return found  # type: ignore[no-any-return]


def is_alone() -> bool:
    """Return whether this process surely has no thread but this one, those of libraries included."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir()) == 1
    except OSError:  # no Linux
        return False


def _run(function: Callable[[str], object], text: str, seconds: int, sending: Connection) -> None:
    with suppress(ImportError, OSError, ValueError):  # Windows has no such limit
        import resource

        used = int(resource.getrusage(resource.RUSAGE_SELF).ru_utime)  # spawned, it has loaded modules
        resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, used + seconds + 1))
    try:
        found: object = function(text)
    except Exception as error:
        found = error
    sending.send(found)
    sending.close()
    os._exit(0)  # as it may be a copy of a process that has more to end
