"""What was made once, for as long as it is asked for."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Kept(Generic[_Key, _Value]):
    """Call it for what *make* makes of a key; what was not asked for longest makes room.

    Safe to call from many threads: two that miss at once both make it, which
    costs some time and harms nobody.
    """

    def __init__(self, make: Callable[[_Key], _Value], *, most: int) -> None:
        self._make = make
        self._most = most
        self._kept: OrderedDict[_Key, _Value] = OrderedDict()
        self._lock = Lock()

    def __call__(self, key: _Key) -> _Value:
        """Return what was made of *key*, or make it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = self._make(key)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made

    def forget(self, key: _Key) -> None:
        """Make it anew when it is asked for again."""
        with self._lock:
            self._kept.pop(key, None)
