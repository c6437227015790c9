"""Where things lie: the configuration, the articles, the state."""

import os
import re
from collections.abc import Callable, Mapping
from hashlib import blake2b
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from feedsvc.config.settings import Config
from feedsvc.errors import ConfigError, SourceError

CONFIG_NAME = "feedsvc.toml"
CONFIG_VARIABLE = "FEEDSVC_CONFIG"
STATE_NAME = ".feedsvc"


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

    Raises:
        SourceError: We may not look.
    """
    places = config_places(articles, explicit, environ=environ, cwd=cwd)
    if explicit or environ.get(CONFIG_VARIABLE):
        return places[0]
    return next((path for path in places if is_there(path, S_ISREG)), None)


def config_places(
    articles: Path | None, explicit: Path | None, *, environ: Mapping[str, str], cwd: Path
) -> tuple[Path, ...]:
    """Return where `find_config` looks, in this order; the arguments are the same."""
    named = explicit or environ.get(CONFIG_VARIABLE)
    if named:
        return (cwd / named,)
    if articles is not None:
        return (cwd / articles / CONFIG_NAME,)
    return cwd / CONFIG_NAME, cwd / "config" / CONFIG_NAME


def where_written(config: Path | None, path: str, *, below: Path) -> tuple[str, int]:
    """Return the configuration as a path, and the line in it that names the address *path*.

    The path is relative to *below* if it lies there, and "." if there is none; without such a line, it is 0.
    """
    if config is None:
        return ".", 0
    shown = (config.relative_to(below) if config.is_relative_to(below) else config).as_posix()
    address = re.compile(rf"""(?!\s*to\b)[^#]*["']/*{re.escape(path.strip("/"))}/*["']""")
    try:
        lines = config.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        return shown, 0
    return shown, next((number for number, line in enumerate(lines, start=1) if address.match(line)), 0)


def articles_around(asked: Path, *, cwd: Path) -> Path | None:
    """Return the folder of articles that *asked* seems to lie in; None if nothing tells.

    The nearest folder above it that holds a configuration or state; else *cwd*,
    if it lies there. It need not exist, but the folder it would lie in: what is
    no path on this disk may be an id or a URL, and is sought from *cwd* on.

    Raises:
        SourceError: We may not look.
    """
    place = Path(os.path.normpath(cwd / asked))
    is_path = os.path.lexists(place.parent) and is_there(place.parent, S_ISDIR)
    for folder in place.parents if is_path else (cwd, *cwd.parents):
        if is_there(folder / CONFIG_NAME, S_ISREG) or is_there(folder / STATE_NAME, S_ISDIR):
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
) -> tuple[Path, ...]:
    """Return where state may lie: the first that can be written is to be used.

    Beside the configuration, or in the articles folder if there is none; else
    in the user's state folder (XDG Base Directory Specification), told apart
    by the real path, unless the user has none.
    """
    # Unlike Path.resolve(), does not fail at links that lead in a circle.
    home = Path(os.path.realpath(articles if config_path is None else config_path.parent))
    name = blake2b(os.fsencode(home), digest_size=8).hexdigest()
    users = _users_state(environ)
    return (home / STATE_NAME,) if users is None else (home / STATE_NAME, users / "feedsvc" / name)


def is_there(path: Path, is_kind: Callable[[int], bool] = bool) -> bool:
    """Return whether something lies at *path*, links followed, and its mode is of that kind.

    Raises:
        SourceError: We may not look, which is no answer: settings and ids hang on it.
    """
    try:
        return is_kind(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise SourceError(
            f"{path}: cannot be looked for ({error.strerror}); check it, or run as the user it belongs to"
        ) from None


def _users_state(environ: Mapping[str, str]) -> Path | None:
    configured = Path(environ.get("XDG_STATE_HOME", ""))
    if configured.is_absolute():  # the specification: a relative one is to be ignored
        return configured
    try:
        return Path(environ.get("HOME") or Path.home()) / ".local" / "state"
    except RuntimeError:  # neither HOME nor a name, as in containers that are run as any user
        return None
