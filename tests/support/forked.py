"""Commands that are forked from a process that has imported feedsvc, as `python -m feedsvc` would run them.

The import takes most of the time of a command, and the tests run hundreds of commands. A fork is a
process as real as any other: it has its own number, environment, folder, output and end.
"""

import atexit
import gc
import io
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.places import ROOT

# What Python and the loader read at their start, so that a fork would not see it.
_AT_THE_START = ("PYTHON", "LD_", "LC_", "LANG", "TZ")

_LARGEST = 1 << 17  # bytes of an order


class Forked:
    """A command that runs: as much of `subprocess.Popen` as the tests need.

    Args:
        before: Words of a command that the process to be forked is itself run by.
        streams: Descriptors of its input, its output, and its messages.
    """

    def __init__(
        self,
        arguments: Sequence[str | Path],
        *,
        cwd: Path,
        environ: Mapping[str, str],
        streams: Sequence[int],
        before: Sequence[str] = (),
    ) -> None:
        early = {name: value for name, value in environ.items() if name.startswith(_AT_THE_START)}
        umask = os.umask(0)
        os.umask(umask)
        order = {
            "arguments": [*map(str, arguments)],
            "cwd": str(cwd.absolute()),
            "environ": dict(environ),
            "umask": umask,
        }
        self._told, telling = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with telling:
            orders = _imported(tuple(before), tuple(sorted(early.items())))
            socket.send_fds(orders, [json.dumps(order).encode()], [telling.fileno(), *streams])
        self.pid = int(self._told.recv(32))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status; None as long as it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(timeout=0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status once it has ended; negative for the signal that ended it."""
        if self.returncode is None:
            self._told.settimeout(timeout)
            try:
                self.returncode = int(self._told.recv(32))
            except (TimeoutError, BlockingIOError):
                raise subprocess.TimeoutExpired("feedsvc", timeout or 0) from None
            self._told.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it is known to have ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


@cache
def _imported(before: tuple[str, ...], early: tuple[tuple[str, str], ...]) -> socket.socket:
    """Return where a process that has imported feedsvc takes orders; it ends with this one."""
    orders, taken = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with taken:
        process = subprocess.Popen(
            [*before, sys.executable, "-m", "tests.support.forked", str(taken.fileno())],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.startswith(_AT_THE_START)}
            | dict(early),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[taken.fileno()],
        )

    def end() -> None:
        orders.close()
        process.wait()

    atexit.register(end)
    return orders


# In the process that has imported feedsvc


def main() -> None:
    """Take orders; returns in the processes that are commands, at their ends."""
    gc.disable()
    _load()
    gc.freeze()  # else each fork would go through all that they share, and so copy it
    gc.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # from the terminal: nobody gives orders any more
    orders = socket.socket(fileno=int(sys.argv[1]))
    while True:
        order, descriptors, _, _ = socket.recv_fds(orders, _LARGEST, 4)
        _reap()
        if not order:
            os._exit(0)
        if os.fork() == 0:
            orders.close()
            _fork_again(*descriptors)
            return _run(**json.loads(order))
        for descriptor in descriptors:
            os.close(descriptor)


def _load() -> None:
    """Import what the commands import, at their start or later."""

    import feedsvc.cli
    import feedsvc.publisher.export
    import feedsvc.publisher.schedule
    import feedsvc.publisher.watch
    import feedsvc.web.server.server  # noqa: F401


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _fork_again(told: int, *streams: int) -> None:
    """Return in the process that is the command; the one between tells its number, and how it ended."""
    with socket.socket(fileno=told) as telling:
        if child := os.fork():
            for stream in streams:
                os.close(stream)
            telling.send(b"%d" % child)
            _, status = os.waitpid(child, 0)
            telling.send(b"%d" % os.waitstatus_to_exitcode(status))
            os._exit(0)
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _run(arguments: list[str], cwd: str, environ: Mapping[str, str], umask: int) -> None:
    os.umask(umask)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    sys.stdin, sys.stdout, sys.stderr = map(_anew, (sys.stdin, sys.stdout, sys.stderr), "rww")
    sys.path[0] = cwd
    sys.argv[1:] = arguments
    runpy.run_module("feedsvc", run_name="__main__", alter_sys=True)


def _anew(stream: Any, mode: str) -> io.TextIOWrapper:
    """Return a stream over the same descriptor, which leads to another kind of file by now."""
    buffering = 0 if isinstance(stream.buffer, io.RawIOBase) else -1  # PYTHONUNBUFFERED
    return io.TextIOWrapper(
        open(stream.fileno(), f"{mode}b", buffering, closefd=False),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


if __name__ == "__main__":
    main()
