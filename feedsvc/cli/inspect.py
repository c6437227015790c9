"""`feedsvc check`, `list` and `config`: look, and write nothing."""

import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from feedsvc.cli.progress import show_progress
from feedsvc.cli.streams import TOML, json_text, print_as
from feedsvc.cli.text import counted
from feedsvc.cli.workplace import Workplace, places, quiet_option, settings, workplace
from feedsvc.config import dump_config
from feedsvc.model import Problem, Severity
from feedsvc.publisher.inspect.survey import Listed, Survey, survey
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
    found = _survey(here, quiet=quiet)
    for problem in found.problems:
        click.echo(_FORMS[form](problem, here.articles))
    errors = sum(problem.severity is Severity.ERROR for problem in found.problems)
    warnings = len(found.problems) - errors
    if not quiet:
        click.echo(f"{_told(found)}, {counted(errors, 'error')}, {counted(warnings, 'warning')}", err=True)
    sys.exit(1 if errors or (strict and warnings) else 0)


@click.command("list")
@places
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl"]),
    default="table",
    show_default=True,
    help="For people, or one JSON object per line.",
)
def list_(articles: Path | None, path: Path | None, form: str) -> None:
    """List every article found, one per line, newest first."""
    found = _survey(workplace(articles, path))
    for article in found.articles:
        outdated = article.path in found.outdated
        click.echo(_as_json(article) if form == "jsonl" else _row(article, outdated=outdated))
    faulty = sum(article.reason == "broken" for article in found.articles) + len(found.outdated)
    if faulty:
        click.echo(f"{counted(faulty, 'article')} broken; `feedsvc check` says why", err=True)


@click.command()
@places
def config(articles: Path | None, path: Path | None) -> None:
    """Print the configuration in effect."""
    print_as(TOML)
    config, _ = settings(articles, path)
    configured = config.articles.directory is not None
    click.echo(dump_config(workplace(articles, path).config if configured else config))


def _survey(here: Workplace, *, quiet: bool = False) -> Survey:
    now = datetime.now(UTC).replace(microsecond=0)
    ledger, now = here.ledger(now)
    with show_progress(quiet=quiet) as progress:
        return survey(here.plan(), ledger, now=now, progress=progress)


def _row(article: Listed, *, outdated: bool) -> str:
    day = (article.published or "")[:10]
    state = article.reason or ("last good" if outdated else "")
    named = (article.path, article.title, article.url)
    return on_one_line("  ".join([f"{day:10}", f"{state:11}", *filter(None, named)]))


def _told(found: Survey) -> str:
    """Say how many articles readers would see, and how many not although they are meant to."""
    visible = sum(article.visible for article in found.articles)
    left_out = sum(article.reason in ("broken", "empty") for article in found.articles)
    outdated = f" ({len(found.outdated):,} in the last good version)" if found.outdated else ""
    return f"{counted(visible, 'article')} visible{outdated}, {left_out:,} left out"


def _as_text(problem: Problem, _root: Path) -> str:
    return str(problem)


def _as_line(problem: Problem, _root: Path) -> str:
    return _as_json(problem)


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


def _as_json(value: Problem | Listed) -> str:
    return on_one_line(json_text(asdict(value)))


_FORMS: dict[str, Callable[[Problem, Path], str]] = {
    "text": _as_text,
    "json": _as_line,
    "github": _as_annotation,
}
