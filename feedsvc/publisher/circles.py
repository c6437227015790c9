"""Redirects that lead their readers in a circle. Pure."""

from collections.abc import Collection
from urllib.parse import SplitResult, unquote

from feedsvc.model import Departed, Departure
from feedsvc.text.urls import joined, origin_of, parts_of

# Browsers follow so many redirects, and most other programs fewer.
_MOST_STEPS = 20

_USUAL_PORTS = frozenset({80, 443})


def circle(path: str, departed: Departed, served: Collection[str], base: str) -> tuple[str, ...] | None:
    """Return the paths that readers are sent to from *path* without end; None if they arrive.

    A chain of more redirects than browsers follow has no end either.

    Args:
        path: May have a query.
        served: Paths of documents.
        base: `Site.feeds_url`.
    """
    before, _, query = path.partition("?")
    way = [(before, query)]
    while True:
        found = _next(*way[-1], departed, served)
        there = _below(base, found.target) if found and found.target else None
        if there is None:
            return None
        if there in way or len(way) > _MOST_STEPS:
            return tuple(f"{path}?{query}" if query else path for path, query in (*way, there))
        way.append(there)


def _next(path: str, query: str, departed: Departed, served: Collection[str]) -> Departure | None:
    if found := departed.asked(path, query):
        return found
    return None if path in served or f"{path}/" in served else departed.at(path)


def _below(base: str, url: str) -> tuple[str, str] | None:
    """Return the path below *base* that *url* leads to, and its query; None if it leads elsewhere."""
    there, ours = parts_of(url), parts_of(base)
    if there is None or ours is None or _machine(there) != _machine(ours):
        return None
    path = unquote(joined(f"{origin_of(url)}/", there.path or "/").removeprefix(origin_of(url)))
    prefix = f"{unquote(ours.path)}/"
    return (path.removeprefix(prefix), there.query) if path.startswith(prefix) else None


def _machine(parts: SplitResult) -> tuple[str | None, int | None]:
    """Return host and port; http and https mean the same site at their usual ports."""
    return parts.hostname, None if parts.port in _USUAL_PORTS else parts.port
