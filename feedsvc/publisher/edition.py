"""Everything that the documents of one moment are made of."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feedsvc.feeds.build import build_entry, content_size
from feedsvc.feeds.select import Selection, by_term, newest_first, select
from feedsvc.model import Catalogue, Content, Entry, FeedSpec, Record, Site, Term, TermKind
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.privacy import Privacy
from feedsvc.publisher.specs import everything_of, named_of, spec_of


def empty_body(_: Record) -> Content:
    """Return no content, for callers that need none."""
    return Content(html="", excerpt="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One look at the site: all that its documents are made of, at one moment.

    Attributes:
        site: As the configuration, the generator and the articles describe it; it differs from
            `plan.site`, which lacks a guessed language.
        catalogue: With its terms, and with the addresses that `Privacy.addressed` gives.
        bodies: Gives the content of a record.
    """

    plan: Plan
    site: Site
    catalogue: Catalogue
    privacy: Privacy
    now: datetime
    bodies: Callable[[Record], Content] = empty_body

    def feeds(self) -> Iterator[tuple[FeedSpec, Sequence[Record]]]:
        """Yield every feed, that of everything first, with the records that it selects from."""
        public = self.privacy.readable(self.catalogue.records)
        yield everything_of(self.plan, self.site), public
        for spec in named_of(self.plan, self.site):
            if spec.private:
                readable = self.privacy.readable(self.catalogue.records, spec.name)
                yield replace(spec, keyed=self.privacy.folder), readable
            else:
                yield spec, public
        groups = by_term(public, self.site)
        for term in self.catalogue.terms:
            if term.folder not in self.plan.retired:
                yield spec_of(self.plan, self.site, term), groups.get((term.kind, term.slug), ())

    def selection(self, spec: FeedSpec, records: Sequence[Record]) -> Selection:
        """Return which of *records* the feed shows."""
        return select(
            records, spec, site=self.site, now=self.now, size_of=self.content_size, content=self.bodies
        )

    def content_size(self, record: Record) -> int:
        """Return the bytes of a record's content in an entry."""
        return content_size(self.bodies(record))

    def entry(self, record: Record, spec: FeedSpec | None = None) -> Entry:
        """Return a record as an entry of the feed *spec*; None for its own page."""
        return build_entry(record, self.bodies(record), self.site, spec)

    def visible(self) -> list[Record]:
        """Return the records that readers can see now."""
        return [record for record in self.catalogue.records if record.visible(self.now)]

    def with_pages(self) -> Sequence[Record]:
        """Return the records that feedsvc serves a page of, newest first."""
        return newest_first(r for r in self.catalogue.records if r.own_page and r.visible(self.now))

    def terms(self, kind: TermKind) -> list[Term]:
        """Return the terms of one kind that have a feed."""
        terms = self.catalogue.terms
        return [term for term in terms if term.kind is kind and term.folder not in self.plan.retired]
