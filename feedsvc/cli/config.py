"""`feedsvc config`: the configuration in effect; writes nothing."""

from pathlib import Path

import click

from feedsvc.cli.streams import TOML, print_as
from feedsvc.cli.workplace import places, settings, workplace
from feedsvc.config import dump_config


@click.command()
@places
def config(articles: Path | None, path: Path | None) -> None:
    """Print the configuration in effect."""
    print_as(TOML)
    config, _ = settings(articles, path)
    configured = config.articles.directory is not None
    click.echo(dump_config(workplace(articles, path).config if configured else config))
