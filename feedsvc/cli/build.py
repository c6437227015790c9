"""`feedsvc build`: publish once, and write the publication as static files."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedsvc.cli.progress import show_progress
from feedsvc.cli.single_run import open_run
from feedsvc.cli.text import counted
from feedsvc.cli.workplace import Workplace, places, quiet_option
from feedsvc.errors import LeaseTakenError
from feedsvc.publisher.refresh.gather import summary

if TYPE_CHECKING:
    from feedsvc.publisher.export import Exported


@click.command()
@places
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Folder for the files."
)
@click.option("--clean", is_flag=True, help="Write all files again, even equal ones.")
@click.option(
    "--precompress",
    is_flag=True,
    help="Write smaller .br, .gz and .zst copies of documents, for web servers that send them.",
)
@quiet_option
def build(
    articles: Path | None, path: Path | None, out: Path, clean: bool, precompress: bool, quiet: bool
) -> None:
    """Refresh once, and write feeds, pages and media as static files.

    Files of other programs in DIR are never changed. While `feedsvc serve`
    runs, its current feeds are written.
    """
    from feedsvc.publisher.export import check_out, export

    def check(here: Workplace) -> None:
        check_out(here.articles, out, here.plan().rules, clean=clean)

    with open_run(articles, path, quiet=quiet, check=check) as run:
        try:
            run.refresh("build")
        except LeaseTakenError as taken:
            run.say(f"{taken}; writing what it has published")
        with show_progress(quiet=quiet) as progress:
            done = export(
                run.store,
                run.here.articles,
                out,
                clean=clean,
                precompress=precompress,
                progress=progress,
            )
        run.say(f"{out}: {done.written:,} written, {done.unchanged:,} unchanged, {done.removed:,} removed")
    for line in _left(out, done):
        click.echo(line, err=True)


def _left(out: Path, done: "Exported") -> Iterator[str]:
    """Yield messages on files that were not written."""
    if done.foreign:
        first, *others = done.foreign
        more = f" and {counted(len(others), 'more file')}" if others else ""
        it = "they stay; take them away" if others else "it stays; take it away"
        yield f"{out / first}: somebody else has written it{more}, and {it} to have ours there"
    for path in done.unheld:
        yield f"{out / path}: that disk can have no such name, so the file is missing; shorten the name"
    if unread := summary(done.faults):
        yield f"{out / 'media'}: {unread}"
