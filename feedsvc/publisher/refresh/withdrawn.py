"""Which withdrawals a feed tells of."""

from datetime import datetime

from feedsvc.feeds.select import belongs, by_term
from feedsvc.model import Catalogue, FeedSpec, Site, Withdrawal
from feedsvc.publisher.privacy import PUBLIC, Privacy


class Withdrawn:
    """The withdrawals of a catalogue; each of thousands of feeds looks at those of its term alone."""

    def __init__(self, catalogue: Catalogue, privacy: Privacy, site: Site, now: datetime) -> None:
        keys = {each.key for each in catalogue.withdrawals}
        self._withdrawals = catalogue.withdrawals
        self._records = [record for record in catalogue.records if record.key in keys]
        self._by_term = by_term(self._records, site)
        self._privacy = privacy
        self._site = site
        self._now = now

    def __call__(self, spec: FeedSpec) -> list[Withdrawal]:
        """Return the withdrawals of entries that the feed had, or would have had; in order."""
        term = spec.term
        records = self._records if term is None else self._by_term.get((term.kind, term.slug), ())
        readable = self._privacy.readable(records, spec.name if spec.private else PUBLIC)
        had = {each.key for each in readable if belongs(each, spec, self._site, now=self._now)}
        return [each for each in self._withdrawals if each.key in had] if had else []
