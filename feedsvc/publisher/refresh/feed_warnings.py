"""What is to be said of feeds that do not show all that they should."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from feedsvc.feeds.select import ALL, Selection, fits_entry, wants_content
from feedsvc.model import FeedSpec, Problem, Record, Severity
from feedsvc.publisher.plan import Plan

# Feeds that are named one by one; of more, only the number is told.
_MOST_NAMED = 3


class Remarks:
    """Collects what selecting entries has shown."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._empty: list[str] = []
        self._cut: list[tuple[str, int]] = []
        self._long: dict[str, int] = {}

    def note(self, spec: FeedSpec, chosen: Selection, size_of: Callable[[Record], int]) -> None:
        """Look at what was selected for a feed."""
        if spec.name and not chosen.wanted:
            self._empty.append(spec.name)
        if missing := chosen.window - len(chosen.records):
            self._cut.append((spec.title, missing))
        for record in chosen.records:
            if wants_content(record, spec) and not fits_entry(size := size_of(record)):
                self._long[record.article.path] = size

    def problems(self) -> Iterator[Problem]:
        """Yield what is to be said, each article and each kind of trouble once."""
        for name in self._empty:
            reason = f"no article is in the feed '{name}'; mend its 'where' if there should be"
            yield Problem(path=".", severity=Severity.WARNING, reason=reason)
        for path, size in self._long.items():
            kilobytes = f"{size // 1000} kB, more than 100"
            reason = f"its content has {kilobytes}, so its entries carry the excerpt only; split it"
            yield Problem(path=path, severity=Severity.WARNING, reason=reason)
        if self._cut:
            most = self._plan.everything.size
            named = ", ".join(f"'{title}' ({missing})" for title, missing in self._cut[:_MOST_NAMED])
            more = f" and {len(self._cut) - _MOST_NAMED} more feeds" if len(self._cut) > _MOST_NAMED else ""
            reason = (
                f"entries are left out of {named}{more}, because their contents have more than feeds.bytes"
                f" ({most}) together; raise it, or set feeds.content to excerpt"
            )
            yield Problem(path=".", severity=Severity.WARNING, reason=reason)


def unknown_feeds(records: Iterable[Record], plan: Plan, now: datetime) -> Iterator[Problem]:
    """Report articles that want to be in feeds that there are not."""
    known = {ALL, *(spec.name for spec in plan.named)}
    for record in records:
        for name in record.article.feeds or ():
            if name not in known and record.visible(now):
                these = ", ".join(f"'{each}'" for each in sorted(known))
                reason = (
                    f"there is no feed '{name}'; name in 'feeds' one that there is ({these}),"
                    " or write a [[feed]] of that name"
                )
                yield Problem(path=record.article.path, severity=Severity.WARNING, reason=reason)
