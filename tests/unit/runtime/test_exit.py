"""A process that serves ends at once, and nothing that was said is lost."""

import subprocess
import sys

import pytest

from tests.support.processes import SECONDS

_SLOW_TO_TIDY = """
import atexit, logging, sys, threading
from feedsvc.runtime.exit import end_at_once

class Module:
    def __del__(self):
        print("tidied")

kept = Module()
logging.basicConfig(stream=sys.stdout, format="%(message)s", level="INFO")
sys.stdout.reconfigure(write_through=False)
"""


def said(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _SLOW_TO_TIDY + code],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("end", ["end_at_once(last)", "atexit.register(end_at_once, last)"])
def test_what_comes_last_is_done_and_python_does_not_tidy(end: str) -> None:
    output = said(f"last = lambda: (print('handed over'), logging.info('logged'))\n{end}")

    assert output.split("\n") == ["handed over", "logged", ""]


def test_a_last_call_that_hangs_does_not_keep_the_process() -> None:
    assert said("print('begun'); end_at_once(threading.Event().wait)") == "begun\n"


def test_a_process_that_waits_for_ever_ends_some_seconds_after_it_was_told() -> None:
    """Its own handler of the signal is called, too, and an interrupt alone ends nothing."""
    output = said(
        """
import os, signal
from feedsvc.runtime.exit import end_when_told

end_when_told(lambda: print("handed over"))
signal.signal(signal.SIGTERM, lambda *_: print("told"))
signal.signal(signal.SIGINT, lambda *_: print("interrupted"))
os.kill(os.getpid(), signal.SIGINT)
os.kill(os.getpid(), signal.SIGTERM)
threading.Event().wait()
"""
    )

    assert output.split("\n") == ["interrupted", "told", "handed over", ""]
