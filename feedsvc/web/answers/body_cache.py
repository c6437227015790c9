"""Bodies in memory, each in the codings that were asked for."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from feedsvc.errors import StoreError
from feedsvc.web.answers.encoding import IDENTITY, Coded, encode


class BodyGoneError(StoreError):
    """The body is no longer kept, because a newer generation has replaced it."""


class Bodies:
    """Call it for a body; what was not asked for longest makes room.

    Safe to call from many threads: two that miss at once both fetch, which
    costs a query and harms nobody.
    """

    def __init__(self, fetch: Callable[[str], bytes | None], *, capacity: int) -> None:
        self._fetch = fetch
        self._room = capacity
        self._kept: OrderedDict[tuple[str, str], Coded] = OrderedDict()
        self._lock = Lock()

    def __call__(self, etag: str, coding: str, make: Callable[[], bytes] | None = None) -> Coded:
        """Return the body with this *etag*, in *coding* if that makes it smaller.

        Args:
            make: Gives a body that the catalogue does not have.

        Raises:
            BodyGoneError: it is not kept any more.
            StoreError: it is not in memory, and the store is gone.
        """
        found = self.recall(etag, coding)
        if found is None:
            found = self._make(etag, coding, make)
            self._keep((etag, coding), found)
        return found

    def recall(self, etag: str, coding: str) -> Coded | None:
        """Return the body if it is in memory."""
        key = etag, coding
        with self._lock:
            if found := self._kept.get(key):
                self._kept.move_to_end(key)
            return found

    def _make(self, etag: str, coding: str, make: Callable[[], bytes] | None) -> Coded:
        if coding != IDENTITY:
            return encode(self(etag, IDENTITY, make).body, coding)
        body = make() if make else self._fetch(etag)
        if body is None:
            raise BodyGoneError(f"the body {etag} is no longer kept")
        return Coded(coding=IDENTITY, body=body)

    def _keep(self, key: tuple[str, str], made: Coded) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = made
            self._room -= len(made.body)
            while self._room < 0:
                _, dropped = self._kept.popitem(last=False)
                self._room += len(dropped.body)
