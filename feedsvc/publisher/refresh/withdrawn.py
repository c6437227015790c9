"""Which withdrawals a feed tells of."""

from feedsvc.feeds.select import belongs, by_term
from feedsvc.model import FeedSpec, Withdrawal
from feedsvc.publisher.edition import Edition
from feedsvc.publisher.privacy import PUBLIC


class Withdrawn:
    """The withdrawals of an edition; each of thousands of feeds looks at those of its term alone."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        keys = {each.key for each in edition.catalogue.withdrawals}
        self._records = [record for record in edition.catalogue.records if record.key in keys]
        self._by_term = by_term(self._records, edition.site)

    def __call__(self, spec: FeedSpec) -> list[Withdrawal]:
        """Return the withdrawals of entries that the feed had, or would have had; in order."""
        edition, term = self._edition, spec.term
        records = self._records if term is None else self._by_term.get((term.kind, term.slug), ())
        readable = edition.privacy.readable(records, spec.name if spec.private else PUBLIC)
        had = {each.key for each in readable if belongs(each, spec, edition.site, now=edition.now)}
        return [each for each in edition.catalogue.withdrawals if each.key in had] if had else []
