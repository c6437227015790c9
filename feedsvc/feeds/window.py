"""The window of a feed: how many of its entries it shows. One rule for all feeds, composed ones too."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from feedsvc.model import FeedSpec


def reach(published: Sequence[datetime], spec: FeedSpec) -> int:
    """Return how many of the entries with these dates, the newest first, the window of a feed holds.

    The newest `spec.limit`, and all within `spec.hours` before the newest one up to `spec.most`.
    """
    if not published:
        return 0
    since = published[0] - timedelta(hours=spec.hours)
    recent = sum(date >= since for date in published)
    return min(max(spec.limit, min(recent, spec.most)), len(published))


def fitting(sizes: Iterable[int], spec: FeedSpec) -> int:
    """Return how many entries, whose contents have so many bytes, fit into a feed; one always does.

    No size is looked at behind the first that does not fit.
    """
    total = count = 0
    for size in sizes:
        total += size
        if total > spec.size and count:
            return count
        count += 1
    return count
