"""`feedsvc init`: a configuration to start from, which changes nothing yet."""

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISDIR

import click

from feedsvc.articles.disk.sites import open_site
from feedsvc.cli.text import counted
from feedsvc.cli.workplace import Workplace, detected
from feedsvc.config import load_config, sample_config
from feedsvc.config.paths import CONFIG_NAME, is_there
from feedsvc.errors import UsageError

_NOTE = """\

It was written by `feedsvc init`, which found {articles}. It sets nothing but the folder,
so feeds are what they are without it; title, language, dialect and git_dates show what was found."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "-c",
    "--config",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Another path for the configuration; the state will lie beside it.",
)
def init(folder: Path, path: Path | None) -> None:
    """Write a commented configuration, DIR/feedsvc.toml.

    DIR is a folder of articles. The comments in the file show values
    that were found there. It changes nothing until you uncomment a line.
    """
    file = path or folder / CONFIG_NAME
    if not is_there(folder, S_ISDIR):
        raise UsageError(f"{folder}: is no folder; name the one that the articles lie in")
    if os.path.lexists(file):
        raise UsageError(f"{file}: is there already; edit that one, or move it away first")
    found = _look(folder)
    articles = counted(found.articles, "article")
    directory = os.path.relpath(folder, file.parent)
    _write(file, sample_config(directory, detected=found.settings, note=_NOTE.format(articles=articles)))
    place = shlex.quote(str(folder)) if path is None else f"-c {shlex.quote(str(path))}"
    click.echo(
        f"{file}: written; {articles} found\nnext:\n  feedsvc check {place}\n"
        f"  set site.title and server.url in {file}\n  feedsvc serve {place}"
    )


def _write(file: Path, text: str) -> None:
    """Write a new file, whole or not at all."""
    try:
        with file.open("x", encoding="utf-8") as stream:  # somebody may have been faster
            try:
                stream.write(text)
                stream.flush()
            except OSError:
                file.unlink()
                raise
    except OSError as error:
        raise UsageError(f"{file}: cannot be written ({error.strerror}); make its folder writable") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a folder shows of itself; settings by their full names."""

    articles: int
    settings: Mapping[str, object]


def _look(folder: Path) -> _Found:
    """Look at *folder* as a refresh without any configuration would."""
    from feedsvc.articles.disk.git import first_commits
    from feedsvc.publisher.refresh.gather import Reader

    articles = Path(os.path.normpath(Path.cwd() / folder))
    dialect = open_site(articles)
    said, problems = detected(dialect, articles)
    config = load_config(None, environ={}, detected=said)
    here = Workplace(config=config, path=None, articles=articles, dialect=dialect, problems=problems)
    plan = here.plan()
    ledger, now = here.ledger(datetime.now(UTC).replace(microsecond=0))
    gathered = Reader(plan).gather(ledger, now=now)
    try:
        dated = bool(first_commits(plan.root))
    except ValueError:
        dated = False
    return _Found(
        articles=sum(not record.gone for record in gathered.catalogue.records),
        settings={
            **said,
            "site.title": plan.site.title,
            "site.language": gathered.site.language,
            "articles.dialect": plan.dialect.name,
            "articles.git_dates": dated,
        },
    )
