"""The date of a feed moves whenever its documents do, and never goes back.

What a feed shows tells a date: that of the last entry that came, was changed or
was taken back. But an entry may also expire, lose a tag, become a draft again,
or change in a way that its author calls minor. So the date that was published
last counts too, and documents that change without a later date are given one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from feedsvc.model import Document, Feed, Record, in_zone
from feedsvc.publisher.refresh.validated import Printed

# Of a feed that has never had an entry.
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDates:
    """Dates feeds.

    Attributes:
        last: The date that each feed had last, by its folder.
        published: ETags of what is published now, by path.
        ready: Makes a document as it would be published.
    """

    last: Mapping[str, datetime]
    published: Mapping[str, str]
    ready: Callable[[Document], Document]
    now: datetime
    zone: tzinfo

    def __call__(self, feed: Feed, make: Callable[[Feed], Printed]) -> tuple[Feed, Printed]:
        """Return *feed* with its date, and what *make* makes of it."""
        last = self.last.get(feed.folder)
        if last is not None and last > feed.updated:
            feed = self._dated(feed, last)
        printed = make(feed)
        moved = last is not None and feed.updated > last
        if moved or not any(map(self._is_news, printed.documents)):
            return feed, printed
        feed = self._dated(feed, max(self.now, feed.updated + timedelta(seconds=1)))
        return feed, make(feed)

    def _dated(self, feed: Feed, date: datetime) -> Feed:
        return replace(feed, updated=in_zone(date, self.zone))

    def _is_news(self, document: Document) -> bool:
        """Return whether another document was published at the address of this one."""
        etag = self.published.get(document.path)
        return etag is not None and etag != self.ready(document).etag


def newest(records: Iterable[Record], now: datetime) -> datetime:
    """Return the date of a feed that is empty."""
    return max((r.updated for r in records if r.id is not None and r.updated <= now), default=_LONG_AGO)
