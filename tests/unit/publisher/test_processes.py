"""Work on several processors: the same results in the same order, and no trace when it is cut off."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from multiprocessing import parent_process
from pathlib import Path

import pytest

from feedsvc.publisher.refresh.processes import spread
from tests.support.places import ROOT
from tests.support.processes import SECONDS, until

MANY = range(40)

several_processors = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2,
    reason="one processor is all there is",
)


def where(number: int) -> tuple[int, int]:
    return number, os.getpid()


def killed_at_twenty(number: int) -> int:
    """As by a system that runs out of memory; survives in the process that pytest runs in."""
    if number == 20 and parent_process() is not None:
        os._exit(9)
    return number


def failing_at_twenty(number: int) -> int:
    if number == 20:
        raise ArithmeticError(number)
    return number


def slow(number: int) -> int:
    """Together, longer than the test waits."""
    # In one piece: several processes write into this pipe, and `print` may write a line in two.
    os.write(1, b"begun\n")
    time.sleep(1)
    return number


def where_once_another_is_at_work(folder: Path, number: int) -> tuple[int, int]:
    """Wait for company: on a busy machine, one process could do it all before the other has begun."""
    (folder / str(os.getpid())).touch()
    until(lambda: len(list(folder.iterdir())) > 1)
    return where(number)


@several_processors
def test_many_portions_are_done_by_several_and_come_back_in_order(tmp_path: Path) -> None:
    done = list(spread(partial(where_once_another_is_at_work, tmp_path), MANY))

    assert [number for number, _ in done] == list(MANY)
    assert len({process for _, process in done}) > 1


def test_few_portions_are_done_here() -> None:
    done = list(spread(where, range(5)))

    assert done == [(number, os.getpid()) for number in range(5)]


def test_when_a_process_is_killed_this_one_goes_on() -> None:
    assert list(spread(killed_at_twenty, MANY)) == list(MANY)


def test_a_fault_in_the_work_is_a_fault() -> None:
    with pytest.raises(ArithmeticError):
        list(spread(failing_at_twenty, MANY))


@several_processors
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_ctrl_c_and_worse_end_all_of_it(how: signal.Signals) -> None:
    """Ctrl-C goes to the whole group of processes; kill -9 to the first of them only."""
    # What runs in the background of a shell without jobs is deaf to Ctrl-C.
    hear = "signal.signal(signal.SIGINT, signal.default_int_handler)"
    script = f"from tests.unit.publisher.test_processes import *\n{hear}\nlist(spread(slow, MANY))"
    command = [sys.executable, "-c", script]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "begun\n"

        (os.killpg if how is signal.SIGINT else os.kill)(run.pid, how)

        _, said = run.communicate(timeout=SECONDS)  # ends when nobody holds the pipes any more
    assert said.count("Traceback") == (how is signal.SIGINT)
