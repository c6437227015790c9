"""The survey of a site that `feedsvc check` and `feedsvc list` print."""

from dataclasses import asdict
from datetime import UTC, datetime

from feedsvc.cli.progress import show_progress
from feedsvc.cli.streams import json_text
from feedsvc.cli.workplace import Workplace
from feedsvc.model import Problem
from feedsvc.publisher.inspect.survey import Listed, Survey, survey
from feedsvc.text.terminal import on_one_line


def survey_site(here: Workplace, *, quiet: bool = False) -> Survey:
    """Return the articles and the problems that the next refresh would find; writes nothing to disk."""
    now = datetime.now(UTC).replace(microsecond=0)
    ledger, now = here.ledger(now)
    with show_progress(quiet=quiet) as progress:
        return survey(here.plan(), ledger, now=now, progress=progress)


def json_line(value: Problem | Listed) -> str:
    """Return *value* as a JSON object on one line."""
    return on_one_line(json_text(asdict(value)))
