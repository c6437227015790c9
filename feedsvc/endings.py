"""The end of a process that serves.

Python would take its modules apart first, which frees memory that the system
frees anyway. That is a second of work, and many seconds on a busy machine.
"""

import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import NoReturn

_SECONDS_FOR_THE_LAST = 2.0


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
