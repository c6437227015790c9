"""The admin token: the configured one, else one of our own that is kept beside the catalogue."""

import logging
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from feedsvc.catalogue.files import move_in
from feedsvc.catalogue.permissions import give_to_owner
from feedsvc.config.values import is_admin_token
from feedsvc.errors import StoreError

log = logging.getLogger(__name__)

_NAME = "admin-token"
_ELSE = "or set server.admin_token"


def admin_token(folder: Path) -> str:
    """Return our own key to the operator's addresses; it is made once.

    Two that start at the same moment end with the same one.

    Args:
        folder: Where it is kept, for its owner's eyes only; must exist.

    Raises:
        StoreError: It cannot be written or read; says what to do.
    """
    path = folder / _NAME
    if not path.exists():
        _make(path)
    return _read(path)


def admin_link(url: str, token: str) -> str:
    """Return the address that lets a browser in, below *url*, the feeds' own."""
    return f"{url}/status?token={quote(token, safe='')}"


def _make(path: Path) -> None:
    try:
        handle, name = tempfile.mkstemp(prefix=f"{_NAME}.", dir=path.parent)  # 0600 from the start
        fresh = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(f"{secrets.token_urlsafe(32)}\n")
                stream.flush()
                os.fsync(handle)
            give_to_owner(fresh)
            move_in(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written ({error.strerror}); make its folder writable, {_ELSE}"
        ) from None


def _read(path: Path) -> str:
    try:
        _close_to_others(path)
        token = path.read_text(encoding="latin-1").strip()
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be read ({error.strerror}); let this user read it, or remove it and start again,"
            f" {_ELSE}"
        ) from None
    if not is_admin_token(token):
        raise StoreError(
            f"{path}: holds no token, which has at least 16 characters of ASCII and no blanks;"
            f" remove it and start again, {_ELSE}"
        )
    return token


def _close_to_others(path: Path) -> None:
    if os.name != "posix" or not path.stat().st_mode & 0o077:
        return
    with suppress(OSError):  # not ours, or a file system without modes
        path.chmod(0o600)
    mended = not path.stat().st_mode & 0o077
    log.warning("admin token was open to others path=%s mended=%s", path, mended)
