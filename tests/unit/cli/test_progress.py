"""How far long work has come, as it is shown."""

import io
import os
import pty
import re
import select
from contextlib import closing, redirect_stderr
from pathlib import Path
from threading import Event

from rich.console import Console

from feedsvc.cli.progress import Bars, Lines, show_progress
from feedsvc.runtime.progress import told
from tests.conftest import Clock
from tests.support.processes import SECONDS, feedsvc
from tests.support.sites import Folder, article


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

    assert terminal.drawn.wait(SECONDS)
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
    folder.store.close()

    assert [step for step in steps if step[1] == step[2]] == [
        ("reading", 3, 3),
        ("building feeds", 2, 2),
        ("building pages", 3, 3),
    ]


def read_until(terminal: int, wanted: bytes) -> bytes:
    seen = b""
    while wanted not in seen and select.select([terminal], [], [], SECONDS)[0]:
        seen += os.read(terminal, 65536)
    return seen


def test_a_terminal_sees_bars() -> None:
    ours, theirs = pty.openpty()
    with (
        closing(os.fdopen(ours, "rb", buffering=0)),
        os.fdopen(theirs, "w") as terminal,
        redirect_stderr(terminal),
        show_progress(quiet=False, after=0.01) as progress,
    ):
        progress("reading", 3, 10)

        assert b"3/10" in read_until(ours, b"3/10")


def test_others_read_lines() -> None:
    with redirect_stderr(io.StringIO()) as stream, show_progress(quiet=False, after=0) as progress:
        progress("reading", 3, 10)

    assert stream.getvalue() == "reading: 3 of 10\n"


def test_whoever_asks_for_quiet_sees_neither() -> None:
    with redirect_stderr(io.StringIO()) as stream, show_progress(quiet=True, after=0) as progress:
        progress("reading", 3, 10)

    assert stream.getvalue() == ""


def test_a_command_tells_how_far_it_has_come_unless_it_is_to_be_quiet(tmp_path: Path) -> None:
    """So many articles take longer than a second anywhere."""
    body = "\n\n".join(f"Paragraph {n} with *some* [markup](https://example.org/{n})." for n in range(30))
    for number in range(400):
        (tmp_path / f"{number}.md").write_text(article(str(number), body=body))

    told_of = feedsvc("refresh", ".", cwd=tmp_path)
    quiet = feedsvc("refresh", ".", "--quiet", cwd=tmp_path)

    assert re.search(r"^building \w+: \d+ of \d+$", told_of.stderr, re.MULTILINE)
    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
