"""The end of a process that serves.

Python would take its modules apart first, which frees memory that the system
frees anyway. That is a second of work, and many seconds on a busy machine.
"""

import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import sleep
from typing import NoReturn

_SECONDS_FOR_THE_LAST = 2.0
_SECONDS_FOR_REQUESTS = 3.5

# Above the sum of both: on a busy machine, a thread may wake seconds after its time.
SECONDS_TO_END = 8
"""A process that `end_when_told` watches has ended by then, after it got SIGTERM."""


def end_at_once(last: Callable[[], object] | None = None) -> NoReturn:
    """End this process with status 0.

    Args:
        last: Is done before, in a thread that is given up after two seconds: a store may hang.
    """
    if last is not None:
        thread = Thread(target=last, name="last", daemon=True)
        with suppress(RuntimeError):  # the system has no more threads just now
            thread.start()
            thread.join(_SECONDS_FOR_THE_LAST)
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # whoever read our output has gone
            stream.flush()
    os._exit(0)


def end_when_told(last: Callable[[], object]) -> None:
    """Have this process end some seconds after SIGTERM, though its server should wait for a client for ever.

    For the main thread. It works beside whatever handles the signal.

    Args:
        last: As for `end_at_once`.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)

    def watch() -> None:
        while os.read(reading, 1)[0] != signal.SIGTERM:
            pass
        sleep(_SECONDS_FOR_REQUESTS)
        end_at_once(last)

    Thread(target=watch, name="end", daemon=True).start()
