"""Threads of our own: for long work, for calls that may hang, and for work that is repeated."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any, Protocol, TypeVar

log = logging.getLogger(__name__)

_T = TypeVar("_T")

MOST_WAITING = 2000
"""For each kind of threads. So many clients may poll at once after news; there may be more connections."""


class StuckError(Exception):
    """A call has not returned in time. It may return later; its result is dropped then."""


class BusyError(StuckError):
    """A call was not begun: all threads are busy, or hang, or the system gives us no more of them."""


class Startable(Protocol):
    """A thread that is not running yet."""

    def start(self) -> None:
        """Begin; raises RuntimeError if the system gives no thread."""


def log_threads_that_die() -> None:
    """Write to the log when any thread of this process ends by an exception."""

    def tell(died: threading.ExceptHookArgs) -> None:
        name = died.thread.name if died.thread else "unknown"
        fault = died.exc_value or died.exc_type()
        log.error("thread died name=%s", name, exc_info=fault)

    threading.excepthook = tell


def _new_thread(run: Callable[[], None], name: str) -> Startable:
    return Thread(target=run, name=name, daemon=True)


class Threads:
    """Call it with a function for another thread; threads are made as they are needed.

    Unlike with `concurrent.futures`, the process does not wait for them at its
    end: a download may take hours.
    """

    def __init__(
        self,
        name: str,
        *,
        most: int,
        waiting: int = MOST_WAITING,
        new: Callable[[Callable[[], None], str], Startable] = _new_thread,
    ) -> None:
        """Begin with none.

        Args:
            waiting: How many calls may wait for a thread.
            new: Makes a thread from what it shall run and its name.
        """
        self._name = name
        self._most = most
        self._most_taken = most + waiting
        self._new = new
        self._waiting: SimpleQueue[tuple[Callable[..., object], tuple[Any, ...]]] = SimpleQueue()
        self._lock = Lock()
        self._made = 0
        self._busy = 0

    def __call__(self, work: Callable[..., object], *arguments: Any) -> None:
        """Let a thread call *work* soon; when all are busy, after the calls that wait already.

        Raises:
            BusyError: No thread will call it.
        """
        with self._lock:
            if self._busy >= self._most_taken:
                raise BusyError
            if self._busy >= self._made < self._most:
                self._make()
            self._busy += 1
        self._waiting.put((work, arguments))

    def _make(self) -> None:
        try:
            self._new(self._run, f"{self._name}-{self._made + 1}").start()
        except RuntimeError as error:  # the system has no more threads, and ours may be busy for hours
            raise BusyError from error
        self._made += 1

    def _run(self) -> None:
        while True:
            work, arguments = self._waiting.get()
            try:
                work(*arguments)
            except Exception:
                log.exception("this is a fault of feedsvc")
            del work, arguments  # they hold a body, and the next may be long in coming
            with self._lock:
                self._busy -= 1


class Patience:
    """Call it with a call that may hang: it is waited for, but not for ever.

    A call that hangs goes on in its thread: nothing can end a read from a disk
    that is gone. Once all threads hang, no further call is begun.
    """

    def __init__(self, name: str, *, seconds: float, most: int = 8, threads: Threads | None = None) -> None:
        """Begin with nothing that hangs.

        Args:
            seconds: The time that a call may take.
            most: Calls at once; others wait, within their seconds.
        """
        self.seconds = seconds
        self._most = most
        self._threads = threads or Threads(name, most=most)
        self._running: dict[Future[Any], float] = {}

    def __call__(self, call: Callable[[], _T], seconds: float | None = None) -> _T:
        """Return what *call* returns, or raise what it raises.

        Args:
            seconds: The time that this call may take; None for the usual time.

        Raises:
            BusyError: It was not begun.
            StuckError: It took longer.
        """
        patience = self.seconds if seconds is None else seconds
        if self._all_hang():
            raise BusyError
        done: Future[_T] = Future()
        self._threads(self._run, done, call, patience)
        try:
            return done.result(patience)
        except TimeoutError:
            if done.done() and not done.cancelled():  # the call's own, or it came back just now
                return done.result()
            done.cancel()  # if no thread has begun with it, none will
            raise StuckError from None

    def _run(self, done: Future[_T], call: Callable[[], _T], patience: float) -> None:
        if not done.set_running_or_notify_cancel():
            return
        self._running[done] = monotonic() + patience
        try:
            result = call()
        except BaseException as error:
            done.set_exception(error)
        else:
            done.set_result(result)
        finally:
            del self._running[done]

    def _all_hang(self) -> bool:
        now = monotonic()
        return sum(end < now for end in [*self._running.values()]) >= self._most


class Loop:
    """A thread that does something again and again, whatever goes wrong in between."""

    def __init__(
        self,
        name: str,
        turn: Callable[[], object],
        *,
        every: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Prepare; nothing runs before `start`.

        Args:
            name: Of the thread, for the log and the operator.
            every: Seconds between two turns.
        """
        self.name = name
        self._turn = turn
        self._every = every
        self._clock = clock
        self._ended = clock()
        self._trouble: str | None = None
        self._stopped = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    @property
    def trouble(self) -> str | None:
        """The thread's name and the type of its last turn's exception; None if that went well. Public."""
        return self._trouble

    @property
    def age(self) -> float:
        """Seconds since a turn ended, well or not; since it was made, before the first."""
        return self._clock() - self._ended

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Begin no further turn, and wait for one that is under way."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def turn(self) -> None:
        """Take one turn. An exception is logged, and not again while turns go on to fail by the same one."""
        try:
            self._turn()
        except Exception as error:  # whatever it is, this thread must live on
            trouble = f"{self.name} ({type(error).__name__})"
            if trouble != self._trouble:
                log.exception("this is a fault of feedsvc loop=%s", self.name)
            self._trouble = trouble
        else:
            self._trouble = None
        self._ended = self._clock()

    def _run(self) -> None:
        while not self._stopped.wait(self._every):
            self.turn()
