"""The address of a database: as a path, for people, and without its password."""

import re
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.engine import URL


def shown(url: str) -> str:
    """Return a store's address for people: a path, or a URL without its password."""
    return str(sqlite_path(make_url(url)) or masked(url))


def masked(url: str) -> str:
    """Return the address of a database without its password."""
    scheme, mark, rest = url.partition("://")
    login, at, place = rest.rpartition("@")
    user, colon, _ = login.partition(":")
    shown = f"{scheme}{mark}{user}{colon}{'***' if colon else ''}{at}{place}"
    return re.sub(r"(?i)([?&][a-z]*password=)[^&]*", r"\1***", shown)


def sqlite_path(url: URL) -> Path | None:
    """Return the file of a SQLite database; None for any other."""
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if is_file else None


def sqlite_url(path: Path) -> str:
    """Return the address of the SQLite database *path*, whatever characters that holds."""
    # SQLAlchemy's own way fails at a name that is no UTF-8; these two characters are all that it needs.
    return "sqlite:///" + str(path).replace("%", "%25").replace("?", "%3F")
