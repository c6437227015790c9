"""`feedsvc check`: list the problems of a site, and write nothing."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from feedsvc.cli.site_survey import json_line, survey_site
from feedsvc.cli.text import counted
from feedsvc.cli.workplace import places, quiet_option, workplace
from feedsvc.model import Problem, Severity
from feedsvc.publisher.inspect.survey import Survey
from feedsvc.text.terminal import on_one_line


@click.command()
@places
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="For people, for programs, or as annotations of a GitHub workflow.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings, too.")
@quiet_option
def check(articles: Path | None, path: Path | None, form: str, strict: bool, quiet: bool) -> None:
    """Read everything, publish nothing, and list all problems.

    Exits with 1 if there is an error, which leaves out an article, or its
    latest change, against the author's intention. Made for CI.
    """
    here = workplace(articles, path)
    found = survey_site(here, quiet=quiet)
    for problem in found.problems:
        click.echo(_FORMS[form](problem, here.articles))
    errors = sum(problem.severity is Severity.ERROR for problem in found.problems)
    warnings = len(found.problems) - errors
    if not quiet:
        click.echo(f"{_totals(found)}, {counted(errors, 'error')}, {counted(warnings, 'warning')}", err=True)
    sys.exit(1 if errors or (strict and warnings) else 0)


def _totals(found: Survey) -> str:
    """Say how many articles readers would see, and how many not although they are meant to."""
    visible = sum(article.visible for article in found.articles)
    left_out = sum(article.reason in ("broken", "empty") for article in found.articles)
    outdated = f" ({len(found.outdated):,} in the last good version)" if found.outdated else ""
    return f"{counted(visible, 'article')} visible{outdated}, {left_out:,} left out"


def _as_text(problem: Problem, _root: Path) -> str:
    return str(problem)


def _as_line(problem: Problem, _root: Path) -> str:
    return json_line(problem)


def _as_annotation(problem: Problem, root: Path) -> str:
    """Return a workflow command of GitHub Actions.

    GitHub finds the file by its path in the repository, which is checked out in $GITHUB_WORKSPACE.
    """
    repository = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    file = (root.resolve() / problem.path).as_posix()
    properties = {
        "file": file.removeprefix(f"{repository.as_posix()}/"),
        "line": str(problem.line or ""),
        "title": "feedsvc",
    }
    given = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in properties.items() if value)
    return f"::{problem.severity} {given}::{_escaped(on_one_line(problem.reason))}"


def _escaped(text: str, more: str = "") -> str:
    """Return *text* as GitHub's own toolkit escapes it: percent-encoded where it has a meaning."""
    return "".join(f"%{ord(char):02X}" if char in f"%\r\n{more}" else char for char in text)


_FORMS: dict[str, Callable[[Problem, Path], str]] = {
    "text": _as_text,
    "json": _as_line,
    "github": _as_annotation,
}
