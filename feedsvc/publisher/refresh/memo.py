"""What was made of what, from one refresh to the next."""

from collections.abc import Callable
from typing import Any, TypeVar

_Made = TypeVar("_Made")


class Memory:
    """Makes documents and the like, but not again of what has not changed.

    What a refresh does not ask for is forgotten with the next.
    """

    def __init__(self) -> None:
        self._made: dict[str, tuple[object, Any]] = {}
        self._before: dict[str, tuple[object, Any]] = {}

    def begin(self) -> None:
        """Start a refresh."""
        self._before, self._made = self._made, {}

    def __call__(self, path: str, make: Callable[..., _Made], *source: object) -> _Made:
        """Return what *make* makes of *source*, which is all that it depends on, for the address *path*."""
        known = self._before.get(path)
        made: _Made = known[1] if known is not None and known[0] == source else make(*source)
        self._made[path] = source, made
        return made
