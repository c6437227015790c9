"""The keys to private feeds: whose they are, and how often they are used."""

import hmac
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from typing import Protocol

from feedsvc.catalogue.subscribers import key_digest
from feedsvc.errors import StoreError
from feedsvc.model import Subscriber

log = logging.getLogger(__name__)

_SECONDS_KNOWN = 1.0  # so soon, a revocation counts
_SECONDS_UNWRITTEN = 10.0  # so much is lost, should this process be killed


class SubscriberReader(Protocol):
    """What this asks of the catalogue; every method may raise StoreError."""

    def subscribers(self) -> Sequence[Subscriber]:
        """Return all that there ever were."""

    def count_uses(self, uses: Mapping[int, int]) -> None:
        """Add to how often subscribers' addresses were asked."""


class Keys:
    """Call it for the subscriber who has a key; safe to call from many threads."""

    def __init__(self, reader: SubscriberReader, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._reader = reader
        self._clock = clock
        self._lock = Lock()
        self._known: Mapping[str, Subscriber] = {}
        self._read = float("-inf")
        self._uses: Counter[int] = Counter()
        self._written = clock()

    def __call__(self, key: str) -> Subscriber | None:
        """Return whose key it is, revoked or not; None if nobody's.

        Raises:
            StoreError: The catalogue is gone, and nobody was known before.
        """
        digest = key_digest(key)
        found = self._subscribers().get(digest)
        # Time tells nothing: what is looked up is a digest, of which nobody can choose the beginning.
        return found if found and hmac.compare_digest(found.digest, digest) else None

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

    def _subscribers(self) -> Mapping[str, Subscriber]:
        now = self._clock()
        if now - self._read > _SECONDS_KNOWN:
            try:
                self._known = {each.digest: each for each in self._reader.subscribers()}
            except StoreError:
                if not self._known:
                    raise
            self._read = self._clock()  # a store that hangs has taken its time, and is not asked at once
        return self._known
