"""The real program while somebody sets the machine's clock."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.places import ROOT
from tests.support.processes import Served, feedsvc
from tests.support.sites import article

COMPILER = shutil.which("cc")
pytestmark = pytest.mark.skipif(COMPILER is None, reason="the clock is a library in C")

TOKEN = "0123456789abcdef"
HOUR = 3600


class Machine:
    """A site on a machine whose clock can be set."""

    def __init__(self, folder: Path, library: Path) -> None:
        self.root = folder / "site"
        self.root.mkdir()
        self._ahead = folder / "ahead"
        self.set(0)
        self._environ: dict[str, Any] = {
            "LD_PRELOAD": str(library),
            "CLOCK_AHEAD": str(self._ahead),
            "FEEDSVC_SERVER__ADMIN_TOKEN": TOKEN,
            "FEEDSVC_ARTICLES__RESCAN": "1",
        }

    def set(self, seconds: float) -> None:
        """Set the clock ahead by some seconds, or back."""
        fresh = self._ahead.with_suffix(".new")
        fresh.write_text(str(int(seconds)), encoding="utf-8")
        fresh.replace(self._ahead)

    def to_1970(self) -> None:
        """Let the clock be as in a machine without a battery, some minutes after it was started."""
        self.set(300 - time.time())

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return feedsvc(*arguments, self.root, cwd=self.root, **self._environ)

    def serve(self) -> Served:
        return Served(self.root, cwd=self.root.parent, **self._environ)

    def write(self, name: str, text: str, *, modified: float | None = None) -> None:
        """Write an article as a whole."""
        fresh = self.root.parent / name
        fresh.write_text(text, encoding="utf-8")
        if modified is not None:
            os.utime(fresh, (modified, modified))
        fresh.replace(self.root / name)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("clock") / "clock.so"
    source = ROOT / "tests/support/clock.c"
    if subprocess.run([str(COMPILER), "-shared", "-fPIC", "-O2", "-o", made, source], check=False).returncode:
        pytest.skip("the compiler has no headers")
    return made


@pytest.fixture
def machine(tmp_path: Path, library: Path) -> Iterator[Machine]:
    made = Machine(tmp_path, library)
    made.write("a.md", article("Always", date="2024-04-01"))
    yield made
    made.set(0)


def ask(served: Served) -> None:
    assert served.get("/refresh", "POST", Authorization=f"Bearer {TOKEN}").status == 202


def holds(served: Served, title: str) -> bool:
    return f"<title>{title}</title>".encode() in served.get().body


def test_a_start_in_1970_takes_nothing_away(machine: Machine) -> None:
    assert machine.run("refresh").returncode == 0
    machine.to_1970()
    machine.write("b.md", article("Dated", date="2024-04-02"))
    machine.write("c.md", "---\ntitle: Undated\n---\n\nHello.\n", modified=400)

    with machine.serve() as served:
        served.until(lambda: holds(served, "Dated"))
        assert holds(served, "Always")
        assert not holds(served, "Undated")
        assert b"the clock is behind 20" in served.get("/readyz").body

        machine.set(0)

        served.until(lambda: holds(served, "Undated"))
        assert b">1970-" not in served.get().body
        served.until(lambda: b"behind" not in served.get("/readyz").body)


def test_a_first_start_in_1970_waits_for_the_clock(machine: Machine) -> None:
    machine.to_1970()
    machine.write("b.md", "---\ntitle: Undated\n---\n\nHello.\n", modified=400)

    with machine.serve() as served:
        served.until(lambda: "so nobody can tell which articles are due" in served.log)
        assert served.get("/readyz").status == 503

        machine.set(0)

        served.until(lambda: served.get("/readyz").status == 200)
        assert holds(served, "Undated")
        assert b">1970-" not in served.get().body


@pytest.mark.parametrize("hours", [-1, 1, -24 * 365 * 3, 24 * 365 * 30], ids=str)
def test_a_clock_that_is_set_under_the_service_keeps_nobody_waiting(machine: Machine, hours: int) -> None:
    with machine.serve() as served:
        served.until(lambda: holds(served, "Always"))

        machine.set(hours * HOUR)

        machine.write("b.md", article("Beside", date="2020-04-02"))
        done = machine.run("refresh")
        assert done.returncode == 0, done.stderr
        assert holds(served, "Beside")
        assert holds(served, "Always")
        ask(served)
        machine.write("c.md", article("Saved", date="2020-04-03"))
        served.until(lambda: holds(served, "Saved"))
        assert served.stop() == 0


def test_a_machine_that_was_started_in_1970_is_not_overwhelmed(machine: Machine) -> None:
    """Of each job, one run was missed, and not one for each half second since 1970."""
    assert machine.run("refresh").returncode == 0
    machine.to_1970()
    with machine.serve() as served:
        served.until(lambda: "the clock is behind" in served.log)

        machine.set(0)

        machine.write("b.md", article("Saved", date="2024-04-02"))
        served.until(lambda: holds(served, "Saved"))
        memory = Path(f"/proc/{served.process.pid}/status").read_text(encoding="utf-8")
    (most,) = [int(line.split()[1]) for line in memory.splitlines() if line.startswith("VmHWM")]
    assert most < 500_000  # kilobytes


def test_a_command_says_that_the_clock_is_behind(machine: Machine) -> None:
    assert machine.run("refresh").returncode == 0
    machine.to_1970()

    done = machine.run("refresh")
    listed, checked = machine.run("list"), machine.run("check", "--strict")

    assert "the clock is behind 20" in done.stderr
    assert done.returncode == 0
    assert "future" not in listed.stdout
    assert "the clock is behind 20" in listed.stderr
    assert "the clock is behind 20" in checked.stderr
    assert checked.returncode == 0


def test_a_first_command_in_1970_publishes_nothing(machine: Machine) -> None:
    machine.to_1970()

    done = machine.run("refresh")

    assert "the clock says 1970-01-01, so" in machine.run("list").stderr
    assert done.returncode == 3
    assert done.stderr.startswith("feedsvc: the clock says 1970-01-01, so")


def test_a_clock_that_was_ahead_can_be_accepted_beside_the_service(machine: Machine) -> None:
    ahead = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 200 * 24 * HOUR))
    machine.write("b.md", article("Early", date=ahead))
    machine.set(365 * 24 * HOUR)
    with machine.serve() as served:
        served.until(lambda: holds(served, "Early"))
        machine.set(0)
        served.until(lambda: b"--accept-clock" in served.get("/readyz").body)

        done = machine.run("refresh", "--accept-clock")

        assert done.returncode == 0, done.stderr
        assert b"behind" not in served.get("/readyz").body
        assert holds(served, "Early")
