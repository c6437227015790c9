"""The real program in a process of its own, on a port of its own."""

import io
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from tempfile import TemporaryFile
from threading import Event
from typing import Self

import pytest

from tests.support.forked import Forked

_PAUSE = Event()  # never set: between two looks, the server may have the processor

SECONDS = 30  # a bound for whatever should take a moment

# Below those that systems give to outgoing connections; tests in several processes begin at different ones.
_PORTS = itertools.cycle(10_000 + (os.getpid() * 7919 + number) % 20_000 for number in range(20_000))


@dataclass(frozen=True)
class Answer:
    """An HTTP response."""

    status: int
    headers: Message
    body: bytes


def feedsvc(
    *arguments: str | Path, cwd: Path, before: Sequence[str] = (), **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run a command, behind the words *before*, to its end."""
    return in_text(run(*arguments, cwd=cwd, environ=environment(cwd, environ), before=before))


def in_text(done: subprocess.CompletedProcess[bytes]) -> subprocess.CompletedProcess[str]:
    """Return *done* with its output read as text."""
    text = (io.TextIOWrapper(io.BytesIO(stream)).read() for stream in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, *text)


def feedsvc_of_its_own(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in a Python that is started for it."""
    return subprocess.run(
        [sys.executable, "-m", "feedsvc", *map(str, arguments)],
        cwd=cwd,
        env=environment(cwd, {}),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def run(
    *arguments: str | Path, cwd: Path, environ: Mapping[str, str], before: Sequence[str] = ()
) -> subprocess.CompletedProcess[bytes]:
    """Run a command, behind the words *before*, to its end; its environment is *environ* and nothing else."""
    with TemporaryFile() as output, TemporaryFile() as messages, Path(os.devnull).open("rb") as nothing:
        streams = [each.fileno() for each in (nothing, output, messages)]
        forked = Forked(arguments, cwd=cwd, environ=environ, streams=streams, before=before)
        try:
            status = forked.wait(timeout=SECONDS)
        finally:
            forked.kill()
        output.seek(0)
        messages.seek(0)
        return subprocess.CompletedProcess(arguments, status, output.read(), messages.read())


def powerless() -> tuple[str, ...]:
    """Return what a command begins with to be stopped by permissions, which do not stop root."""
    if os.name != "posix":
        pytest.skip("permissions are of another kind here")
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("we are root, and there is no setpriv to do without its powers")
    powers = "-dac_override,-dac_read_search"
    return ("setpriv", f"--inh-caps={powers}", f"--bounding-set={powers}")


class Served:
    """`feedsvc serve`, from the moment it answers to its end."""

    def __init__(
        self,
        *arguments: str | Path,
        cwd: Path,
        port: int | None = None,
        output: int | None = None,
        program: str | None = None,
        before: Sequence[str] = (),
        **environ: str,
    ) -> None:
        """Start it, or the installed *program*, behind the words *before*.

        What it says goes into its log, but for the addresses if *output* takes them.
        """
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = cwd / "serve.log"
        own = ["serve", *map(str, arguments), "--port", str(self.port)]
        clean = environment(cwd, environ)
        self.process: Forked | subprocess.Popen[bytes]
        with self._log.open("ab") as log, Path(os.devnull).open("rb") as nothing:
            if program:
                self.process = subprocess.Popen([program, *own], cwd=cwd, env=clean, stdout=log, stderr=log)
            else:
                streams = [nothing.fileno(), output or log.fileno(), log.fileno()]
                self.process = Forked(own, cwd=cwd, environ=clean, streams=streams, before=before)

    def __enter__(self) -> Self:
        self.until(self._answers)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @property
    def log(self) -> str:
        """What it has said so far."""
        return self._log.read_text(encoding="utf-8")

    def get(self, path: str = "/atom.xml", method: str = "GET", **headers: str) -> Answer:
        """Ask for *path*; names of headers are written with underscores."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def until(self, condition: Callable[[], object]) -> None:
        """Wait until *condition* holds, at most `SECONDS`."""
        until(condition, self._is_alive, lambda: self.log)

    def _is_alive(self) -> bool:
        return self.process.poll() is None

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it as an operator would; returns its exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout=SECONDS)

    def _answers(self) -> bool:
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False


def until(
    condition: Callable[[], object],
    still: Callable[[], bool] = lambda: True,
    told: Callable[[], str] = lambda: "it has not come about",
) -> None:
    """Wait until *condition* holds, at most `SECONDS`, and as long as it *still* can.

    Args:
        told: What to say where it does not.
    """
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert still(), told()
        assert time.monotonic() < deadline, told()
        _PAUSE.wait(0.02)


def free_port() -> int:
    """Return a port that no other test gets, and that the system gives to no connection meanwhile."""
    while True:
        port = next(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port


def environment(home: Path, more: dict[str, str]) -> dict[str, str]:
    """Return the environment without settings of the machine's own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FEEDSVC_")}
    # Else each of the hundreds of processes would compile all modules anew.
    clean.pop("PYTHONDONTWRITEBYTECODE", None)
    return clean | {"HOME": str(home), "XDG_STATE_HOME": str(home / "state")} | more
