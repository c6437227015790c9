"""How far long work has come, as it is shown."""

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest
from rich.console import Console

from feedsvc.cli.progress import Bars, Lines
from feedsvc.progress import told
from tests.conftest import Clock
from tests.processes import feedsvc
from tests.sites import Folder, article


class Seconds:
    """A clock of seconds that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    """Tells when something was drawn on it."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn = Event()

    def write(self, text: str) -> int:
        if "reading" in text:
            self.drawn.set()
        return super().write(text)


def test_what_is_done_within_a_second_shows_nothing() -> None:
    lines: list[str] = []
    progress = Lines(lines.append, clock=Seconds())

    list(told(progress, "reading", range(10_000), 10_000))

    assert lines == []


def test_lines_come_now_and_then_and_count() -> None:
    lines: list[str] = []
    clock = Seconds()
    progress = Lines(lines.append, clock=clock)
    for done in range(1, 10_001):
        clock.now += 0.001
        progress("reading", done, 10_000)

    assert lines == ["reading: 1,000 of 10,000", "reading: 6,000 of 10,000"]


def test_work_of_unknown_length_has_no_count() -> None:
    lines: list[str] = []
    clock = Seconds()
    progress = Lines(lines.append, clock=clock)
    clock.now += 1

    progress("migrating the catalogue", 0, 0)

    assert lines == ["migrating the catalogue"]


def test_bars_are_drawn_also_while_nothing_is_told_and_are_taken_away() -> None:
    terminal = Terminal()
    bars = Bars(Console(file=terminal, force_terminal=True, width=80), after=0.01)
    bars("reading", 3, 10)

    assert terminal.drawn.wait(10)
    bars("reading", 10, 10)
    bars("building feeds", 1, 2)
    bars.close()

    drawn = terminal.getvalue()
    assert "10/10" in drawn
    assert "building feeds" in drawn
    assert drawn.endswith("\x1b[2K")  # the last line is erased


def test_bars_of_short_work_are_never_drawn() -> None:
    terminal = Terminal()
    bars = Bars(Console(file=terminal, force_terminal=True), after=60)
    bars("reading", 3, 10)

    bars.close()

    assert terminal.getvalue() == ""


def test_every_stage_of_a_refresh_is_told(tmp_path: Path, clock: Clock) -> None:
    folder = Folder(tmp_path, clock)
    for name in "abc":
        folder.write(f"{name}.md", article(name, category="News"))
    steps: list[tuple[str, int, int]] = []

    folder.publisher.refresh(lambda *step: steps.append(step))

    assert [step for step in steps if step[1] == step[2]] == [
        ("reading", 3, 3),
        ("building feeds", 3, 3),
        ("building pages", 3, 3),
    ]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles that take longer than a second."""
    home = tmp_path_factory.mktemp("many")
    (home / "articles").mkdir()
    text = "\n\n".join(f"Paragraph {n} with *some* [markup](https://example.org/{n})." for n in range(30))
    for number in range(600):
        (home / "articles" / f"{number}.md").write_text(article(str(number), body=text))
    return home


def test_a_terminal_sees_bars(many: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "feedsvc", "build", "articles", "--out", "bars"]
    process = subprocess.Popen(
        command, cwd=many, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"}
    )
    os.close(theirs)

    seen = _all(ours)

    assert process.wait(timeout=30) == 0
    assert b"building pages" in seen
    assert b"/600" in seen
    assert b"600 articles in 2 feeds" in seen


def _all(terminal: int) -> bytes:
    seen = b""
    try:
        while chunk := os.read(terminal, 65536):
            seen += chunk
    except OSError:  # Linux's way to say that the other side has closed
        pass
    finally:
        os.close(terminal)
    return seen


def test_others_read_lines(many: Path) -> None:
    done = feedsvc("build", "articles", "--out", "lines", cwd=many, XDG_STATE_HOME="elsewhere")

    assert re.search(r"^building (feeds: \d of 2|pages: \d+ of 600)$", done.stderr, re.MULTILINE)
    assert "\x1b" not in done.stderr


def test_quiet_says_nothing(many: Path) -> None:
    done = feedsvc("build", "articles", "--out", "quiet", "--quiet", cwd=many)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
