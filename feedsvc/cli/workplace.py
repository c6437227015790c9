"""What every command starts from: the configuration, the articles, and where the state lies."""

import logging
import logging.config
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from stat import S_ISDIR
from typing import Any

import click

from feedsvc.articles.dialects import PLAIN, Dialect
from feedsvc.articles.disk.sites import open_site, unread, where_said
from feedsvc.catalogue import Store, open_reader
from feedsvc.catalogue.dburl import sqlite_url
from feedsvc.catalogue.permissions import close_folder, make_file, make_folder
from feedsvc.cli.logs import logging_config
from feedsvc.config import (
    Config,
    acceptable,
    find_config,
    load_config,
    locate,
    make_site,
    state_folders,
)
from feedsvc.config.assembly import make_plan
from feedsvc.config.paths import config_places, is_there
from feedsvc.errors import NoCatalogueError, SourceError, StoreError
from feedsvc.model import Catalogue, Problem, Severity, Site
from feedsvc.publisher.plan import Plan

log = logging.getLogger(__name__)

_CATALOGUE = "catalogue.db"

PROVISIONAL = "addresses and ids are provisional until server.url is an address that others can reach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """A configuration and the folder it is for.

    Attributes:
        path: Of the configuration; None if there is none.
        articles: The articles folder, absolute; it need not exist.
        dialect: How the site is laid out; what it says of itself is in `config`,
            unless somebody has set something else.
        problems: What the site says of itself, but cannot be.
        read_from: Files that, if they come or change, make another configuration.
    """

    config: Config
    path: Path | None
    articles: Path
    dialect: Dialect = PLAIN
    problems: tuple[Problem, ...] = ()
    read_from: tuple[Path, ...] = ()

    @property
    def site(self) -> Site:
        """Whose feeds these are, as far as the configuration tells."""
        return make_site(self.config, self.articles)

    def plan(self) -> Plan:
        """Return what is to be published."""
        return make_plan(
            self.config,
            self.articles,
            dialect=self.dialect,
            problems=self.problems,
            config_path=self.path,
        )

    def store_url(self) -> str:
        """Return the address of the catalogue; makes the folder it lies in.

        Raises:
            SourceError: It would lie in an articles folder that is not there.
            StoreError: There is no folder that can be written.
        """
        if self.config.store.url:
            return self.config.store.url
        # Where a catalogue lies already, there it stays, writable or not: another one would
        # give every article another id.
        folder = self._lived_in() or self._make_state_folder("store.url to a database elsewhere")
        return sqlite_url(folder / _CATALOGUE)

    def state_folder(self) -> Path:
        """Return the folder for what is ours alone, even if the catalogue is elsewhere.

        Raises:
            SourceError: It would lie in an articles folder that is not there.
            StoreError: There is none that can be written.
        """
        return self._lived_in() or self._make_state_folder("server.admin_token")

    def existing_store_url(self) -> str | None:
        """Return the address of the catalogue; None if there is none in the state folder."""
        if self.config.store.url:
            return self.config.store.url
        found = _existing(self._state_folders())
        return None if found is None else sqlite_url(found / _CATALOGUE)

    def existing_store(self) -> Store | None:
        """Return the catalogue to look into; None if nothing was ever published. Writes nothing."""
        url = self.existing_store_url()
        try:
            return open_reader(url, untouched=True) if url else None
        except NoCatalogueError:
            return None

    def ledger(self, clock: datetime) -> tuple[Catalogue, datetime]:
        """Return the ledger, and the moment for a command that only looks; writes nothing to disk.

        The ledger is empty if nothing was ever published. The moment is that of the *clock*, if it is right;
        if not, standard error tells.
        """
        from feedsvc.publisher.refresh.moment import looked_at

        store = self.existing_store()
        try:
            catalogue, moment = looked_at(store, clock)
        finally:
            if store is not None:
                store.close()
        if moment.trouble:
            click.echo(moment.trouble, err=True)
        return catalogue, moment.now

    def _lived_in(self) -> Path | None:
        """Return the state folder that has a catalogue, after closing everything in it to others."""
        found = _existing(self._state_folders())
        if found is not None:
            close_folder(found)
        return found

    def _make_state_folder(self, way_out: str) -> Path:
        # Made by us, a folder that is missing would be published as an empty one.
        if self.path is None and not is_there(self.articles, S_ISDIR):
            raise SourceError(f"{self.articles}: there is no such folder")
        folders = self._state_folders()
        made = _writable(folders)
        if made is None:
            tried = " and ".join(map(str, folders))
            way_out = f"{way_out}, or HOME to a folder of this user's" if len(folders) == 1 else way_out
            raise StoreError(f"no folder for the state can be written: tried {tried}; set {way_out}")
        return made

    def _state_folders(self) -> tuple[Path, ...]:
        return state_folders(self.path, self.articles, environ=os.environ)


def settings(
    articles: Path | None, path: Path | None, overrides: Mapping[str, Mapping[str, object]] | None = None
) -> tuple[Config, Path | None]:
    """Find and read the configuration; returns it and its path, if there is one.

    Raises:
        ConfigError: It cannot be used.
    """
    found, given = _given(articles, path, overrides)
    return load_config(found, environ=os.environ, overrides=given), found


def workplace(
    articles: Path | None, path: Path | None, overrides: Mapping[str, Mapping[str, object]] | None = None
) -> Workplace:
    """Return where to work, and set up the log as configured there.

    Raises:
        ConfigError: There is no usable configuration, or no articles folder is named.
        SourceError: The articles folder is a file.
    """
    config, found = settings(articles, path, overrides)
    logging.config.dictConfig(logging_config(config.log.level, config.log.format))
    folder = Path(os.path.normpath(locate(config, articles, cwd=Path.cwd())))
    if os.path.isfile(folder):  # noqa: PTH113 - Path.is_file raises where a folder is out of reach
        raise SourceError(f"{folder}: is a file; name the folder it lies in")
    dialect = open_site(folder, config.articles.dialect)
    said, problems = detected(dialect, folder)
    if said:
        given = _given(articles, path, overrides)[1]
        config = load_config(found, environ=os.environ, overrides=given, detected=said)
    places = config_places(articles, path, environ=os.environ, cwd=Path.cwd())
    read_from = places if found is None else places[: places.index(found) + 1]
    return Workplace(
        config=config, path=found, articles=folder, dialect=dialect, problems=problems, read_from=read_from
    )


def _given(
    articles: Path | None, path: Path | None, overrides: Mapping[str, Mapping[str, object]] | None
) -> tuple[Path | None, dict[str, Mapping[str, object]]]:
    """Return the configuration file, and what the command line sets."""
    found = find_config(articles, path, environ=os.environ, cwd=Path.cwd())
    return found, {"articles": {"directory": articles and Path.cwd() / articles}, **(overrides or {})}


def detected(dialect: Dialect, articles: Path) -> tuple[Mapping[str, object], tuple[Problem, ...]]:
    """Return what the site says of itself, as settings, and what it says that cannot be."""
    usable, faults = acceptable(dialect.settings)
    missed = (_not_read(path) for path in unread(articles))
    refused = (_not_followed(key, fault, dialect, articles) for key, fault in faults.items())
    return usable, (*missed, *refused)


def _not_read(path: str) -> Problem:
    reason = (
        "cannot be read, or is larger than 1 MB, so the site is understood without it; check its permissions"
    )
    return Problem(path=path, severity=Severity.WARNING, reason=reason)


def _not_followed(key: str, fault: str, dialect: Dialect, articles: Path) -> Problem:
    path, line = where_said(articles, dialect.name, str(dialect.settings[key]))
    reason = f"what {dialect.name} has here for {key} {fault}, and does not count; mend it, or set {key}"
    return Problem(path=path, line=line, severity=Severity.WARNING, reason=reason)


config_option = click.option(
    "-c",
    "--config",
    "path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The configuration to read.",
)


def places(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give *command* the argument ARTICLES and the option -c."""
    argument = click.argument(
        "articles", required=False, type=click.Path(path_type=Path), metavar="[ARTICLES]"
    )
    return argument(config_option(command))


quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print only problems.")


def _existing(folders: Iterable[Path]) -> Path | None:
    return next((folder for folder in folders if is_there(folder / _CATALOGUE)), None)


def _writable(folders: tuple[Path, ...]) -> Path | None:
    for folder in folders:
        try:
            make_folder(folder)
            ignore = folder / ".gitignore"
            if not ignore.exists():
                with suppress(FileExistsError):  # another process was faster
                    make_file(ignore)
                ignore.write_text("*\n", encoding="utf-8")
        except OSError:
            continue
        close_folder(folder)
        if os.access(folder, os.W_OK):
            if folder != folders[0] and log.isEnabledFor(logging.INFO):
                click.echo(
                    f"the state goes to {folder}, as nothing is written to {folders[0].parent}", err=True
                )
            return folder
    return None
