"""Where to look for what has left an address."""

from collections.abc import Mapping
from urllib.parse import quote


def where_now(departed: Mapping[str, str], path: str) -> tuple[str, str] | None:
    """Return the path of `Snapshot.departed` that *path* is or lies below, and where *path* is now.

    That is "" if it is gone. None if nothing has left from there.
    """
    if path in departed:
        return path, departed[path]
    for end in range(len(path), 0, -1):
        if path[end - 1] == "/" and (target := departed.get(path[:end])) is not None:
            return path[:end], target and target + quote(path[end:])
    folder = f"{path}/"
    return (folder, departed[folder]) if folder in departed else None
