"""Ctrl-C, which a terminal sends to a process and to all the processes that it has started."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def deaf_children() -> Iterator[None]:
    """Let processes that are started meanwhile be deaf to Ctrl-C: their parent hears it, and ends them.

    In the parent it is held back, not ignored, so one that comes now is not lost.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
