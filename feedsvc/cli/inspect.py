"""`feedsvc check`, `list` and `config`: look, and write nothing."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from feedsvc.cli.workplace import Workplace, places, settings, workplace
from feedsvc.config import dump_config
from feedsvc.model import Catalogue, Problem, Severity
from feedsvc.publisher.survey import Listed, Survey, survey


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
def check(articles: Path | None, path: Path | None, form: str) -> None:
    """Read everything, publish nothing, and list what is wrong.

    Exits with 1 if an article would be left out although it is meant to be
    published. Made for CI.
    """
    found = _survey(workplace(articles, path))
    for problem in found.problems:
        click.echo(_FORMS[form](problem))
    visible = sum(article.visible for article in found.articles)
    errors = sum(problem.severity is Severity.ERROR for problem in found.problems)
    warnings = len(found.problems) - errors
    click.echo(
        f"{_count(visible, 'article')}, {_count(errors, 'error')}, {_count(warnings, 'warning')}", err=True
    )
    sys.exit(1 if errors else 0)


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
        click.echo(json.dumps(asdict(article), ensure_ascii=False) if form == "jsonl" else _row(article))
    broken = sum(article.reason == "broken" for article in found.articles)
    if broken:
        click.echo(f"{_count(broken, 'article')} broken; `feedsvc check` says why", err=True)


@click.command()
@places
def config(articles: Path | None, path: Path | None) -> None:
    """Print the effective configuration."""
    click.echo(dump_config(settings(articles, path)[0]))


def _survey(here: Workplace) -> Survey:
    store = here.existing_store()
    before = Catalogue()
    if store is not None:
        before = store.catalogue()
        store.close()
    return survey(here.plan(), before, now=datetime.now(UTC).replace(microsecond=0))


def _row(article: Listed) -> str:
    day = (article.published or "")[:10]
    state = article.reason or ""
    return f"{day:10}  {state:11}  {article.path}  {article.title or ''}".rstrip()


def _as_json(problem: Problem) -> str:
    return json.dumps(asdict(problem), ensure_ascii=False)


def _as_annotation(problem: Problem) -> str:
    """Return a workflow command of GitHub Actions, with its own escapes."""
    path = problem.path.replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    reason = problem.reason.replace("%", "%25").replace("\n", "%0A")
    line = f",line={problem.line}" if problem.line else ""
    return f"::{problem.severity} file={path}{line}::{reason}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


_FORMS: dict[str, Callable[[Problem], str]] = {"text": str, "json": _as_json, "github": _as_annotation}
