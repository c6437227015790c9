"""Where things lie: the configuration, the articles, the state."""

import os
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

from feedsvc.config.settings import Config
from feedsvc.errors import ConfigError

CONFIG_NAME = "feedsvc.toml"
CONFIG_VARIABLE = "FEEDSVC_CONFIG"
_STATE = ".feedsvc"


def find_config(
    articles: Path | None, explicit: Path | None, *, environ: Mapping[str, str], cwd: Path
) -> Path | None:
    """Return the configuration file to read; None if there is none.

    One that was named, by *explicit* or in the environment, need not exist:
    to go on without it would be worse than to fail.

    Args:
        articles: ARTICLES of the command line.
        explicit: ``-c`` of the command line.
        cwd: What relative paths are relative to.
    """
    named = explicit or environ.get(CONFIG_VARIABLE)
    if named:
        return cwd / named
    if articles is not None:
        candidates = [cwd / articles / CONFIG_NAME]
    else:
        candidates = [cwd / CONFIG_NAME, cwd / "config" / CONFIG_NAME]
    return next((path for path in candidates if path.is_file()), None)


def articles_around(asked: Path, *, cwd: Path) -> Path | None:
    """Return the folder of articles that *asked* seems to lie in; None if nothing tells.

    The nearest folder above it that holds a configuration or state; else *cwd*,
    if it lies there. It need not exist, but the folder it would lie in: what is
    no path on this disk may be an id or a URL, and is sought from *cwd* on.
    """
    place = Path(os.path.normpath(cwd / asked))
    is_path = os.path.lexists(place.parent) and place.parent.is_dir()
    for folder in place.parents if is_path else (cwd, *cwd.parents):
        if (folder / CONFIG_NAME).is_file() or (folder / _STATE).is_dir():
            return folder
    return cwd if is_path and place.is_relative_to(cwd) else None


def locate(config: Config, articles: Path | None, *, cwd: Path) -> Path:
    """Return the articles folder, absolute: ARTICLES of the command line, else as configured.

    It need not exist.

    Raises:
        ConfigError: Neither names one.
    """
    chosen = articles or config.articles.directory
    if chosen is None:
        raise ConfigError(
            "no articles folder",
            [f"name it on the command line ('.' is this one), or set articles.directory in {CONFIG_NAME}"],
        )
    return cwd / chosen


def state_folders(
    config_path: Path | None, articles: Path, *, environ: Mapping[str, str]
) -> tuple[Path, Path]:
    """Return where state may lie: the first that can be written is to be used.

    Beside the configuration, or in the articles folder if there is none; else
    in the user's state folder (XDG Base Directory Specification), told apart
    by the real path.
    """
    home = (articles if config_path is None else config_path.parent).resolve()
    name = blake2b(os.fsencode(home), digest_size=8).hexdigest()
    return home / _STATE, _users_state(environ) / "feedsvc" / name


def _users_state(environ: Mapping[str, str]) -> Path:
    configured = Path(environ.get("XDG_STATE_HOME", ""))
    if configured.is_absolute():  # the specification: a relative one is to be ignored
        return configured
    return Path(environ.get("HOME") or Path.home()) / ".local" / "state"
