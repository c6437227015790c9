"""`feedsvc list`: one line for each article; writes nothing."""

from pathlib import Path

import click

from feedsvc.cli.site_survey import json_line, survey_site
from feedsvc.cli.text import counted
from feedsvc.cli.workplace import places, workplace
from feedsvc.publisher.inspect.survey import Listed
from feedsvc.text.terminal import on_one_line


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
    found = survey_site(workplace(articles, path))
    for article in found.articles:
        outdated = article.path in found.outdated
        click.echo(json_line(article) if form == "jsonl" else _row(article, outdated=outdated))
    faulty = sum(article.reason == "broken" for article in found.articles) + len(found.outdated)
    if faulty:
        click.echo(f"{counted(faulty, 'article')} broken; `feedsvc check` says why", err=True)


def _row(article: Listed, *, outdated: bool) -> str:
    day = (article.published or "")[:10]
    state = article.reason or ("last good" if outdated else "")
    named = (article.path, article.title, article.url)
    return on_one_line("  ".join([f"{day:10}", f"{state:11}", *filter(None, named)]))
