"""`feedsvc backup` and `feedsvc restore`: the ids and dates of the articles, kept elsewhere too."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedsvc.catalogue import open_store
from feedsvc.cli.text import counted
from feedsvc.cli.workplace import places, workplace
from feedsvc.errors import NoCatalogueError

if TYPE_CHECKING:
    from feedsvc.catalogue.backup.carried_over import Outlasted

_FILE = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@_FILE
@places
def backup(file: Path, articles: Path | None, path: Path | None) -> None:
    """Write the catalogue into FILE; works while serving."""
    from feedsvc.catalogue.backup.copy import backup as write_backup

    here = workplace(articles, path)
    url = here.existing_store_url()
    if url is None:
        raise NoCatalogueError(
            f"{here.articles}: nothing has been published yet, so there is nothing to back up"
        )
    write_backup(url, file)
    click.echo(f"{file}: written", err=True)


@click.command()
@_FILE
@places
def restore(file: Path, articles: Path | None, path: Path | None) -> None:
    """Bring back the catalogue from FILE; works while serving.

    Articles that were published after the backup get ids and dates as if
    they were new.
    """
    from feedsvc.catalogue.backup.copy import restore as read_backup

    url = workplace(articles, path).store_url()
    done = read_backup(url, file, now=datetime.now(UTC))
    if done.aside is not None:
        click.echo(f"{done.aside}: the catalogue that could not be read", err=True)
    if not done.proved:
        click.echo(
            f"{file}: has no checksum, so only its rows were checked; `feedsvc backup` writes one now",
            err=True,
        )
    with open_store(url) as store:
        store.ask()
        known = sum(record.id is not None and not record.gone for record in store.catalogue().records)
        valid = sum(each.revoked is None for each in store.subscribers())
    if valid and not done.knew_revoked:
        click.echo(
            f"{counted(valid, 'key')} of private feeds may have been revoked since {file} was written;"
            " `feedsvc token list` shows them, `feedsvc token revoke` ends them",
            err=True,
        )
    click.echo(f"restored {counted(known, 'article')}; the next refresh reads the folder again", err=True)
    for line in _outlasted(done.outlasted):
        click.echo(line, err=True)


def _outlasted(outlasted: "Outlasted") -> Iterator[str]:
    """Yield in words how much is not as in the backup: a restore never undoes a deletion or a revocation."""
    for number, noun, fate in (
        (outlasted.deleted, "article", "deleted since the backup: not restored"),
        (outlasted.revoked, "key", "revoked since the backup: still revoked"),
        (outlasted.given, "key", "given since the backup: still valid"),
    ):
        if number:
            yield f"{counted(number, noun)} {fate}"
