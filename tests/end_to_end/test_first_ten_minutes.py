"""What docs/first-ten-minutes.md shows is what happens."""

import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import ndiff
from itertools import pairwise
from pathlib import Path
from typing import Self

import pytest
from markdown_it import MarkdownIt

from tests.support.places import ROOT
from tests.support.processes import SECONDS

DOCUMENT = ROOT / "docs" / "first-ten-minutes.md"

MARK = b"\x1e"  # ASCII's record separator: no command writes it
# `$?` is still the command's when the next one asks for it.
_MARK_THE_END = r"status=$?; printf '\036'; (exit $status)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command, and what the document says it prints.

    Attributes:
        line: Of the command, in the document, from 1.
        is_run: False where the document says that we do not.
    """

    line: int
    command: str
    expected: tuple[str, ...]
    is_run: bool = True


def steps(text: str) -> Iterator[Step]:
    """Yield the steps of a document: the prompts in its blocks of `console`."""
    for before, token in pairwise(MarkdownIt("commonmark").parse(text)):
        if token.type == "fence" and token.info == "console" and token.map:
            is_run = before.content.strip() != "<!-- not run by the tests -->"
            yield from _steps_of(token.content.splitlines(), first=token.map[0] + 2, is_run=is_run)


def _steps_of(lines: list[str], *, first: int, is_run: bool) -> Iterator[Step]:
    starts = [index for index, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in pairwise([*starts, len(lines)]):
        told = start + 1
        while told < end and lines[told].startswith(">"):
            told += 1
        command = "\n".join(line[2:] for line in lines[start:told])
        yield Step(line=first + start, command=command, expected=tuple(lines[told:end]), is_run=is_run)


def agrees(expected: tuple[str, ...], printed: list[str]) -> bool:
    """Return whether that is what was to be printed: `…` stands for what it may be."""
    pattern = "".join(r"(?:.*\n)*" if line == "…" else _pattern(line) + r"\n" for line in expected)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def _pattern(line: str) -> str:
    return ".*".join(map(re.escape, line.split("…")))


def difference(step: Step, printed: list[str]) -> str:
    """Return what people need to see why the two do not agree."""
    patterns = [line for line in step.expected if line != "…"]
    # A line that is as expected shall look so, whatever stands for its `…`.
    shown = [next((p for p in patterns if re.fullmatch(_pattern(p), line)), line) for line in printed]
    lines = [f"{DOCUMENT.relative_to(ROOT)}:{step.line}: (- as written, + as it is)", f"$ {step.command}"]
    return "\n".join([*lines, *ndiff(step.expected, shown)])


class Shell:
    """A bash that is told one command after another, and what it leaves running."""

    def __init__(self, home: Path, **environ: str) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._bash = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=home,
            env={"HOME": str(home), "PATH": path} | environ,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._bash:
            os.killpg(self._bash.pid, signal.SIGKILL)

    def run(self, command: str) -> tuple[list[str], bool]:
        """Return the lines that were printed, and whether the command has come to its end."""
        assert self._bash.stdin
        self._bash.stdin.write(f"{command}\n{_MARK_THE_END}\n".encode())
        self._bash.stdin.flush()
        printed = b"".join(self._printed())
        return printed.removesuffix(MARK).decode(errors="replace").splitlines(), printed.endswith(MARK)

    def _printed(self) -> Iterator[bytes]:
        assert self._bash.stdout
        deadline = time.monotonic() + SECONDS
        piece = b" "
        while piece and not piece.endswith(MARK):
            left = max(0, deadline - time.monotonic())
            readable, _, _ = select.select([self._bash.stdout], [], [], left)
            piece = os.read(self._bash.stdout.fileno(), 65536) if readable else b""
            yield piece


def _free_port() -> int:
    """Return a port of four digits, as 8000 is: columns shall stand as they do in the document."""
    for port in range(8001 + os.getpid() % 1000, 10_000):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise OSError("no port is free")


@pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="needs bash and curl")
def test_a_newcomer_sees_what_the_document_shows(tmp_path: Path) -> None:
    port = str(_free_port())
    told = DOCUMENT.read_text(encoding="utf-8").replace("8000", port)
    road = [step for step in steps(told) if step.is_run]
    assert road

    with Shell(tmp_path, FEEDSVC_SERVER__PORT=port) as shell:
        for step in road:
            printed, ended = shell.run(step.command)

            if not ended:
                printed.append(f"(came to no end; {SECONDS} s are allowed)")
            if not ended or not agrees(step.expected, printed):
                pytest.fail(difference(step, printed), pytrace=False)


def test_it_is_installed_as_the_readme_says() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    installing = [step for step in steps(DOCUMENT.read_text(encoding="utf-8")) if not step.is_run]

    assert [step.command for step in installing][-1] == "pip install ."
    assert "    pip install .\n" in readme


def test_a_step_knows_its_line_its_command_and_its_output() -> None:
    text = "One.\n\n```console\n$ cat <<E\n> hi\n>\n> E\nhi\n\n$ true\n```\n"

    assert list(steps(text)) == [
        Step(line=4, command="cat <<E\nhi\n\nE", expected=("hi", "")),
        Step(line=10, command="true", expected=()),
    ]


@pytest.mark.parametrize(
    ("expected", "printed", "agreed"),
    [
        ("", "", True),
        ("", "a", False),
        ("a", "", False),
        ("a b", "a  b", False),
        ("a … c", "a b b c", True),
        ("a … c", "a b", False),
        ("a.c", "abc", False),
        ("a\n…\nd", "a\nb\nc\nd", True),
        ("a\n…\nd", "a\nd", True),
        ("a\n…", "b", False),
        ("a …", "a b\nc", False),
    ],
)
def test_only_an_ellipsis_may_differ(expected: str, printed: str, agreed: bool) -> None:
    assert agrees(tuple(expected.splitlines()), printed.splitlines()) is agreed


def test_a_difference_shows_the_line_of_the_document_and_only_what_differs() -> None:
    step = Step(line=7, command="ls", expected=("a …", "b"))

    assert difference(step, ["a 1", "c"]).splitlines() == [
        "docs/first-ten-minutes.md:7: (- as written, + as it is)",
        "$ ls",
        "  a …",
        "- b",
        "+ c",
    ]
