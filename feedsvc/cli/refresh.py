"""`feedsvc refresh`: publish once, or ask the process that serves to do it."""

from pathlib import Path

import click

from feedsvc.cli.single_run import open_run
from feedsvc.cli.workplace import places, quiet_option
from feedsvc.errors import LeaseTakenError


@click.command()
@places
@click.option(
    "--accept-clock",
    is_flag=True,
    help="The clock is right now: the feeds were published while it was ahead.",
)
@quiet_option
def refresh(articles: Path | None, path: Path | None, accept_clock: bool, quiet: bool) -> None:
    """Refresh the store once, and end.

    While `feedsvc serve` runs, the command asks it for a refresh.
    """
    with open_run(articles, path, quiet=quiet) as run:
        if accept_clock:
            run.accept_clock()
        try:
            run.refresh("refresh")
        except LeaseTakenError as taken:
            run.ask(taken)
