"""Addresses that had a document once: where it is now, or that it is gone."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, quote

_LONGEST_QUERY = 2000  # characters of a request's query that are looked at


class Departure(NamedTuple):
    """What has left from an address.

    Attributes:
        path: What `Snapshot.departed` has; "" for the folder at the root.
        target: Where it is now; "" if it is gone for good.
    """

    path: str
    target: str


class Departed:
    """What has left, by path, and by the query of old addresses such as ``/?feed=rss2``.

    Attributes:
        by_query: Some of it is known by a query.
    """

    def __init__(self, departed: Mapping[str, str]) -> None:
        """Take `Snapshot.departed`."""
        self._paths = {path: to for path, to in departed.items() if not (to and "?" in path)}
        self._longest = max(map(len, self._paths), default=0)
        self._queries: dict[str, list[tuple[frozenset[tuple[str, str]], Departure]]] = {}
        for path, to in departed.items():
            if path not in self._paths:
                before, _, query = path.partition("?")
                self._queries.setdefault(before, []).append((parameters(query), Departure(path, to)))
        self.by_query = bool(self._queries)

    def at(self, path: str) -> Departure | None:
        """Return what has left from *path*; None if nothing has."""
        if not self._paths:
            return None
        if path in self._paths:
            return Departure(path, self._paths[path])
        for end in range(min(len(path), self._longest), 0, -1):
            if path[end - 1] == "/" and (target := self._paths.get(path[:end])) is not None:
                return Departure(path[:end], _along(target, path[end:]))
        folder = f"{path}/"
        return Departure(folder, self._paths[folder]) if folder in self._paths else None

    def asked(self, path: str, query: str) -> Departure | None:
        """Return what has left from *path* with some of these parameters; that with most of them counts."""
        known = self._queries.get(path)
        if not known or len(query) > _LONGEST_QUERY:
            return None
        said = parameters(query)
        found = [(len(asked), departure) for asked, departure in known if asked <= said]
        return max(found, key=lambda each: each[0])[1] if found else None


def parameters(query: str) -> frozenset[tuple[str, str]]:
    """Return the parameters of a query; those without a value have "" for one."""
    return frozenset(parse_qsl(query, keep_blank_values=True, errors="replace"))


def _along(target: str, rest: str) -> str:
    """Return where *rest* of a path is now: below a target that is a folder; a file has nothing below it."""
    return target + quote(rest) if target.endswith("/") else target
