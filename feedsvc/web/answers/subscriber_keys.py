"""The keys to private feeds: whose they are, and how often they are used."""

import hmac
import logging
import time
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from threading import Lock
from typing import Protocol

from feedsvc.catalogue.subscribers import key_digest
from feedsvc.errors import StoreError
from feedsvc.model import Subscriber

log = logging.getLogger(__name__)

_SECONDS_BETWEEN = 1.0  # in which the store is asked for one unknown key at most
_SECONDS_UNWRITTEN = 10.0  # so much is lost, should this process be killed


class SubscriberReader(Protocol):
    """What this asks of the catalogue; every method may raise StoreError."""

    def subscribers(self) -> Sequence[Subscriber]:
        """Return all that there ever were."""

    def subscribers_stamp(self) -> Hashable:
        """Return what differs as soon as somebody was added or revoked; cheap."""

    def count_uses(self, uses: Mapping[int, int]) -> None:
        """Add to how often subscribers' addresses were asked."""


class Keys:
    """Call it for the subscriber who has a key; safe to call from many threads.

    All keys are in memory, those that nobody has used yet, too: a store that is gone stops no subscriber.
    """

    def __init__(self, reader: SubscriberReader, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._reader = reader
        self._clock = clock
        self._lock = Lock()
        # Rebound as one, as two threads may look at the same time.
        self._known: tuple[Hashable, Mapping[str, Subscriber]] | None = None
        self._asked = float("-inf")
        self._uses: Counter[int] = Counter()
        self._written = clock()

    def __call__(self, key: str) -> Subscriber | None:
        """Return whose key it is, revoked or not; None if nobody's.

        The store is asked for a key only that `look` has not seen, as just after it was given.

        Raises:
            StoreError: The store is gone, and was never read.
        """
        digest = key_digest(key)
        return self._find(digest) or (self._find(digest) if self._looked_again() else None)

    def look(self) -> None:
        """Learn who was added or revoked; raises StoreError."""
        # Taken first: a change between the two is learnt the next time.
        stamp = self._reader.subscribers_stamp()
        if self._known is None or stamp != self._known[0]:
            self._known = stamp, {each.digest: each for each in self._reader.subscribers()}

    def used(self, subscriber: Subscriber) -> None:
        """Count a use."""
        with self._lock:
            self._uses[subscriber.number] += 1

    def write(self, *, at_once: bool = False) -> None:
        """Write what was counted, if it is time to; what cannot be written is kept for later."""
        if not self._uses or (self._clock() - self._written < _SECONDS_UNWRITTEN and not at_once):
            return
        with self._lock:
            uses, self._uses = self._uses, Counter()
        self._written = self._clock()
        try:
            self._reader.count_uses(uses)
        except StoreError as error:
            log.warning("uses of private feeds kept for later error=%s", error)
            with self._lock:
                self._uses += uses

    def _find(self, digest: str) -> Subscriber | None:
        found = self._known[1].get(digest) if self._known else None
        # Time tells nothing: what is looked up is a digest, of which nobody can choose the beginning.
        return found if found and hmac.compare_digest(found.digest, digest) else None

    def _looked_again(self) -> bool:
        """Look, unless somebody has just done so for another unknown key."""
        if self._known is not None and self._clock() - self._asked <= _SECONDS_BETWEEN:
            return False
        self._asked = self._clock()  # other threads need not wait for the same store
        try:
            self.look()
        except StoreError:
            if self._known is None:
                raise
        self._asked = self._clock()  # a store that hangs has taken its time, and is not asked at once
        return True
