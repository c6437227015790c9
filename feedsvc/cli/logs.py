"""Log lines on standard error: one per event, as text or as JSON."""

import logging
import logging.config
import sys
import time
from typing import Any

from feedsvc.cli.streams import json_text, take_any_text


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json_text(line, sys.stderr)


class TextLines(logging.Formatter):
    """Formats a record as text, with its time in UTC."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802
        """Return the time of *record*."""
        return _time(record)


def _time(record: logging.LogRecord) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))


def on_stderr() -> logging.Handler:
    """Return the handler for lines of any text on standard error; each worker has its own."""
    take_any_text(sys.stderr)
    return logging.StreamHandler()


def logging_config(level: str, form: str) -> dict[str, Any]:
    """Return what `logging.config.dictConfig` takes; the workers get the same."""
    formatter = JsonLines if form == "json" else TextLines
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"{__name__}.{formatter.__name__}"}},
        "handlers": {"stderr": {"()": f"{__name__}.on_stderr", "formatter": "line"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {"feedsvc": {"level": level.upper()}},
    }
