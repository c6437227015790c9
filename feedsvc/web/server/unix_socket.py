"""The Unix socket by which a proxy on the same machine reaches us: its owner, and its permissions."""

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path

from feedsvc.errors import UsageError

if sys.platform != "win32":
    import grp


def clear(path: Path) -> None:
    """Remove a socket that a killed server has left behind, and nothing else.

    Raises:
        UsageError: There is something else, or a server that answers.
    """
    if not path.parent.is_dir():
        raise UsageError(f"cannot listen at {path}: there is no folder {path.parent}")
    if not path.exists():
        return
    if not path.is_socket():
        raise UsageError(f"cannot listen at {path}: it is a file, not a socket")
    with suppress(ConnectionRefusedError), connect(path):
        raise UsageError(f"cannot listen at {path}: another server does")
    path.unlink()


def connect(path: Path) -> socket.socket:
    """Return a connection; raises OSError."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(1)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection


def find_group(name: str) -> int:
    """Return the number of a group that we may give a file to.

    Raises:
        UsageError: There is none, or it is not ours to give.
    """
    if sys.platform == "win32":
        raise UsageError("server.socket_group: Windows has no groups of files; leave it out")
    try:
        number = int(name) if name.isdecimal() else grp.getgrnam(name).gr_gid
    except KeyError:
        raise UsageError(
            f"server.socket_group: there is no group {name!r}; name one that the proxy is in"
        ) from None
    if os.geteuid() != 0 and number not in {os.getegid(), *os.getgroups()}:
        raise UsageError(
            f"server.socket_group: this user is not in the group {name!r}; add it to that group,"
            " in a unit of systemd by SupplementaryGroups="
        )
    return number


def open_to(path: Path, mode: int, group: int | None) -> None:
    """Set group and permissions; the group first, so that nobody else can connect in between."""
    if group is not None:
        os.chown(path, -1, group)
    path.chmod(mode)
