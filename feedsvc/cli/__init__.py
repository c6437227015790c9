"""The command line: the composition root, and the one place that catches."""

import errno
import gc
import os
import sys

import click

from feedsvc.cli.backup import backup, restore
from feedsvc.cli.build import build
from feedsvc.cli.check import check
from feedsvc.cli.config import config
from feedsvc.cli.discover import discover
from feedsvc.cli.explain import explain
from feedsvc.cli.init import init
from feedsvc.cli.list import list_
from feedsvc.cli.refresh import refresh
from feedsvc.cli.serve import serve
from feedsvc.cli.stats import stats
from feedsvc.cli.streams import take_any_text
from feedsvc.cli.token import token
from feedsvc.errors import FeedsvcError, StoreError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="feedsvc", message="%(prog)s %(version)s")
def cli() -> None:
    """Publish a folder of articles as RSS, Atom and JSON feeds."""


for command in (
    serve,
    build,
    refresh,
    check,
    list_,
    config,
    backup,
    restore,
    explain,
    discover,
    init,
    token,
    stats,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line; what was foreseen ends in one message, not in a traceback."""
    # Looking for cycles among thousands of articles, which have none, took a tenth of a refresh.
    gc.set_threshold(100_000, 50, 1000)
    for stream in (sys.stdout, sys.stderr):
        take_any_text(stream)
    # Other processes of ours would look for Python's own modules in the folder we stand in first: a site's.
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        cli()
    except FeedsvcError as error:
        click.echo(f"feedsvc: {error}", err=True)
        sys.exit(error.exit_status)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        click.echo(f"feedsvc: the output cannot be written ({error.strerror})", err=True)
        sys.exit(StoreError.exit_status)
