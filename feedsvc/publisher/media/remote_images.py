"""What other hosts say of the pictures that articles take from there: type, bytes and pixels."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from threading import Thread

from feedsvc.model import Image
from feedsvc.publisher.media.fetch import Asking, Told
from feedsvc.publisher.media.public_addresses import is_global_address
from feedsvc.text.urls import parts_of

log = logging.getLogger(__name__)

_SECONDS = 5.0  # for each picture, from the look-up of its host's name to its last byte
_AT_ONCE = 8
_SECONDS_UNASKED = 86_400  # a host that failed is asked again a day later


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed(Told):
    """What was told.

    Attributes:
        failed: When nothing was, in seconds since 1970.
    """

    failed: int | None = None

    def is_old(self, now: datetime) -> bool:
        """Return whether it is a failure that should be forgotten; so are those of a clock that was ahead."""
        if self.failed is None:
            return self == Probed()
        return not 0 <= now.timestamp() - self.failed < _SECONDS_UNASKED


class Probe:
    """Asks for pictures, each once for as long as it is remembered."""

    def __init__(
        self,
        known: str = "",
        *,
        is_allowed: Callable[[str], bool] = is_global_address,
        seconds: float = _SECONDS,
    ) -> None:
        """Begin with what is known.

        Args:
            known: As `dump` gave it.
            is_allowed: Tells which IP addresses may be asked; public ones.
            seconds: That a picture may take.
        """
        self._known: dict[str, Probed] = {}
        with suppress(ValueError, TypeError, AttributeError):  # what cannot be read is asked for anew
            self._known = {url: Probed(**told) for url, told in json.loads(known or "{}").items()}
        self._is_allowed = is_allowed
        self._seconds = seconds

    def ask(self, urls: Iterable[str], now: datetime) -> None:
        """Find out about *urls*, several at once, and forget all others, and failures of yesterday."""
        wanted = list(dict.fromkeys(urls))
        kept = {
            url: self._known[url] for url in wanted if url in self._known and not self._known[url].is_old(now)
        }
        failed = Probed(failed=int(now.timestamp()))
        fresh = [url for url in wanted if url not in kept]
        told = dict.fromkeys(fresh, failed) | {
            url: Probed(**asdict(each)) for url, each in self._told(fresh) if each != Told()
        }
        self._known = {url: kept.get(url) or told[url] for url in wanted}

    def is_due(self, now: datetime) -> bool:
        """Return whether a failure is so old that its host should be asked again."""
        return any(told.is_old(now) for told in self._known.values())

    def __call__(self, image: Image) -> Image:
        """Return *image* with what was found out of it, where nothing better is known."""
        found = self._known.get(image.url)
        if found is None:
            return image
        sized = image.width is not None and image.height is not None
        return replace(
            image,
            media_type=found.media_type or image.media_type,
            length=found.length if image.length is None else image.length,
            width=image.width if sized else found.width,
            height=image.height if sized else found.height,
        )

    def dump(self) -> str:
        """Return what is known, for a next time."""
        return json.dumps({url: asdict(told) for url, told in sorted(self._known.items())})

    def _told(self, urls: Sequence[str]) -> Iterator[tuple[str, Told]]:
        """Yield what hosts tell; a host that once took all the time it may is not asked any more."""
        slow: set[str] = set()
        waiting = list(urls)
        while waiting:
            now, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
            asked = [_Asked(url, self._is_allowed, self._seconds) for url in now]
            for each in asked:
                each.wait()
                if each.told is not None:
                    yield each.url, each.told
                else:
                    slow.add(_host(each.url))
            waiting = [url for url in waiting if _host(url) not in slow]


class _Asked:
    """A picture that is asked for in a thread of its own, because even to look up a name may hang."""

    def __init__(self, url: str, is_allowed: Callable[[str], bool], seconds: float) -> None:
        self.url = url
        self.told: Told | None = None
        self._asking = Asking(is_allowed, seconds=seconds)
        self._thread = Thread(target=self._ask, name="picture", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until the answer is there, or the time over; then `told` is None."""
        self._thread.join(self._asking.left)
        self._asking.end()
        if self.told is None:
            log.info("cannot probe url=%s error=it takes too long", self.url)

    def _ask(self) -> None:
        try:
            self.told = self._asking.ask(self.url)
        except (OSError, ValueError) as error:
            if self._asking.left:
                log.info("cannot probe url=%s error=%s", self.url, error)
                self.told = Told()


def _host(url: str) -> str:
    parts = parts_of(url)
    return parts.netloc if parts else url
