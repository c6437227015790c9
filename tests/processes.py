"""The real program in a process of its own, on a port of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from threading import Event
from typing import Self

import pytest

_PAUSE = Event()  # never set: between two looks, the server may have the processor

SECONDS = 30  # a bound for whatever should take a moment


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
    return subprocess.run(
        [*before, sys.executable, "-m", "feedsvc", *map(str, arguments)],
        cwd=cwd,
        env=environment(cwd, environ),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


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
        program: tuple[str, ...] = (sys.executable, "-m", "feedsvc"),
        before: Sequence[str] = (),
        **environ: str,
    ) -> None:
        """Start it, behind the words *before*.

        What it says goes into its log, but for the addresses if *output* takes them.
        """
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = cwd / "serve.log"
        own = [*program, "serve", *map(str, arguments), "--port", str(self.port)]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [*before, *own], cwd=cwd, env=environment(cwd, environ), stdout=output or log, stderr=log
            )

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
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            _PAUSE.wait(0.02)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it as an operator would; returns its exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout=5)

    def _answers(self) -> bool:
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(home: Path, more: dict[str, str]) -> dict[str, str]:
    """Return the environment without settings of the machine's own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("FEEDSVC_")}
    return clean | {"HOME": str(home), "XDG_STATE_HOME": str(home / "state")} | more
