"""Redirects that lead their readers in a circle. Pure."""

from collections.abc import Collection, Mapping
from urllib.parse import SplitResult, unquote

from feedsvc.model import where_now
from feedsvc.urls import joined, origin_of, parts_of

# Browsers follow so many redirects, and most other programs fewer.
_MOST_STEPS = 20

_USUAL_PORTS = frozenset({80, 443})


def circle(
    path: str, departed: Mapping[str, str], served: Collection[str], base: str
) -> tuple[str, ...] | None:
    """Return the paths that readers are sent to from *path* without end; None if they arrive.

    A chain of more redirects than browsers follow has no end either.

    Args:
        departed: As in `Snapshot`.
        served: Paths of documents.
        base: `Site.feeds_url`.
    """
    way = [path]
    while True:
        if way[-1] in served or f"{way[-1]}/" in served:
            return None
        found = where_now(departed, way[-1])
        there = _below(base, found[1]) if found and found[1] else None
        if there is None:
            return None
        if there in way or len(way) > _MOST_STEPS:
            return (*way, there)
        way.append(there)


def _below(base: str, url: str) -> str | None:
    """Return the path below *base* that *url* leads to; None if it leads elsewhere."""
    there, ours = parts_of(url), parts_of(base)
    if there is None or ours is None or _machine(there) != _machine(ours):
        return None
    path = unquote(joined(f"{origin_of(url)}/", there.path or "/").removeprefix(origin_of(url)))
    prefix = f"{unquote(ours.path)}/"
    return path.removeprefix(prefix) if path.startswith(prefix) else None


def _machine(parts: SplitResult) -> tuple[str | None, int | None]:
    """Return host and port; http and https mean the same site at their usual ports."""
    return parts.hostname, None if parts.port in _USUAL_PORTS else parts.port
