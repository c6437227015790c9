"""What was made of what, from one refresh to the next."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

_Made = TypeVar("_Made")
_NOTHING: Mapping[str, tuple[object, Any]] = {}


class Memory:
    """Makes documents and the like, but not again of what has not changed."""

    def __init__(self, before: Mapping[str, tuple[object, Any]] = _NOTHING) -> None:
        self._before = before
        self._made: dict[str, tuple[object, Any]] = {}

    def next(self) -> "Memory":
        """Return the memory of the next refresh; what this one was not asked for is forgotten."""
        return Memory(self._made)

    def __call__(self, path: str, make: Callable[..., _Made], *source: object) -> _Made:
        """Return what *make* makes of *source*, which is all that it depends on, for the address *path*."""
        known = self._before.get(path)
        made: _Made = known[1] if known is not None and known[0] == source else make(*source)
        self._made[path] = source, made
        return made
