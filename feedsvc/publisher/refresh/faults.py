"""What is said of articles at which feedsvc itself fails."""

import logging
import traceback
from pathlib import Path

from feedsvc.model import Problem, Severity
from feedsvc.text.terminal import on_one_line


def fault(path: str, trouble: str, *, files: str = "this file") -> Problem:
    """Return the problem of the article at *path*; *trouble* says what cannot be done with it."""
    reason = f"{trouble}; this is a fault of feedsvc, so report it with {files}"
    return Problem(path=path, severity=Severity.ERROR, reason=reason)


def log_fault(log: logging.Logger, doing: str, error: Exception) -> None:
    """Write to the log what failed and where, on one line; the traceback only where `log.level` is debug."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    log.error("%s error=%s", doing, on_one_line(f"{type(error).__name__}: {error}{place}"))
    log.debug("%s", doing, exc_info=error)
