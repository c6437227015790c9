"""Which articles only private feeds hold, and where their subscribers find them. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from feedsvc.articles.links.cross_references import Addresses, Page
from feedsvc.articles.reading.permalinks import article_page, page_url
from feedsvc.feeds.select import ALL, by_term, claimed, terms_of
from feedsvc.model import PRIVATE, Catalogue, FeedSpec, Record, Site
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.specs import everything_of, named_of, spec_of

PUBLIC = ""
"""Everybody without a key, in place of the name of a private feed."""

_SHOWN = "KEY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Which articles only private feeds hold.

    Attributes:
        holders: By the key of each such record, the names of the private feeds that hold it; empty
            if there is no feed of the name that the article gives, or if that feed does not want it.
        mark: The stand-in for a subscriber's key in addresses.
    """

    holders: Mapping[int, frozenset[str]] = field(default_factory=dict)
    mark: str = _SHOWN

    @property
    def folder(self) -> str:
        """Where private feeds are, as their subscribers reach them."""
        return f"{PRIVATE}{self.mark}/"

    def readable(self, records: Iterable[Record], reader: str = PUBLIC) -> Sequence[Record]:
        """Return the *records* that the readers of a feed may know about.

        Args:
            reader: The name of a private feed, or `PUBLIC`.
        """
        holders = self.holders
        return [r for r in records if r.key not in holders or reader in holders[r.key]]

    def is_private(self, record: Record) -> bool:
        """Return whether only subscribers may know about a record."""
        return record.key in self.holders

    def pages(self, record: Record) -> Iterator[tuple[str, str]]:
        """Yield the path of each page of a private record, with the name of the feed that it belongs to."""
        for name in sorted(self.holders.get(record.key, ())):
            yield f"{PRIVATE}{name}/{article_page(record.slug)}", name

    def addressed(self, catalogue: Catalogue, site: Site) -> Catalogue:
        """Return *catalogue* with the addresses at which subscribers find the pages of private records."""
        if not self.holders:
            return catalogue
        base = f"{site.feeds_url}/{PRIVATE}{self.mark}"
        records = tuple(
            replace(r, url=page_url(base, r.slug)) if r.own_page and self.is_private(r) else r
            for r in catalogue.records
        )
        return replace(catalogue, records=records)

    def links(self, catalogue: Catalogue, pages: Mapping[str, Page]) -> "Links":
        """Return which of *pages* articles may link to.

        Args:
            catalogue: As `addressed` returns it.
            pages: Of all articles, by their paths; see `linkable`.
        """
        private = {r.article.path: self.holders[r.key] for r in catalogue.records if self.is_private(r)}
        public = {path: page for path, page in pages.items() if path not in private}
        by_holders = {
            holders: Addresses(
                {p: page for p, page in pages.items() if p in public or (holders and holders <= private[p])}
            )
            for holders in set(self.holders.values())
        }
        return Links(
            public=Addresses(public),
            private={key: by_holders[holders] for key, holders in self.holders.items()},
            folder=self.folder,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The pages that articles may link to: only pages that their own readers may have.

    Attributes:
        public: From public articles.
        private: From each private article, by the key of its record: public pages, and pages of articles
            that are in all feeds that hold it.
        folder: As `Privacy.folder`.
    """

    public: Addresses = field(default_factory=lambda: Addresses({}))
    private: Mapping[int, Addresses] = field(default_factory=dict)
    folder: str = ""

    def of(self, record: Record) -> Addresses:
        """Return the pages that an article may link to."""
        return self.private.get(record.key, self.public)


def once_secret(plan: Plan, catalogue: Catalogue) -> frozenset[str]:
    """Return the names of all feeds that are private or have been, but for those that are public now."""
    public = {spec.name for spec in plan.named if not spec.private}
    return (catalogue.secret | plan.secret) - public


def privacy_of(plan: Plan, site: Site, catalogue: Catalogue, now: datetime) -> Privacy:
    """Return which articles only private feeds hold.

    Where there is or was a private feed, an article that names its feeds is private
    if none of them is public: so a slip in a name, or a feed taken out of the
    configuration, makes nothing public. Any other article is private if a private
    feed holds it and no public one does.
    """
    secret = once_secret(plan, catalogue)
    if not secret:
        return Privacy()
    public = {ALL, *(spec.name for spec in plan.named if not spec.private)}
    held = _held(plan, site, catalogue, now)
    kept = {
        record.key
        for record in catalogue.records
        if record.article.feeds and public.isdisjoint(record.article.feeds)
    }
    undecided = {record.key: record for record in catalogue.records if record.key in held.keys() - kept}
    others = [record for record in catalogue.records if record.key not in kept]
    for spec, records in _public(plan, site, others, undecided):
        for record in claimed(records, spec, site=site, now=now):
            undecided.pop(record.key, None)
    return Privacy(holders={key: frozenset(held.get(key, ())) for key in sorted(kept | undecided.keys())})


def _held(plan: Plan, site: Site, catalogue: Catalogue, now: datetime) -> Mapping[int, set[str]]:
    """Return the names of the private feeds that hold each record, by its key."""
    held: dict[int, set[str]] = {}
    for spec in named_of(plan, site):
        if spec.private:
            for record in claimed(catalogue.records, spec, site=site, now=now):
                held.setdefault(record.key, set()).add(spec.name)
    return held


def _public(
    plan: Plan, site: Site, records: Sequence[Record], undecided: Mapping[int, Record]
) -> Iterator[tuple[FeedSpec, Sequence[Record]]]:
    """Yield the public feeds that may hold what is *undecided* while it is, each with its records."""
    if undecided:
        yield everything_of(plan, site), records
    yield from ((spec, records) for spec in named_of(plan, site) if not spec.private and undecided)
    if undecided:
        groups = by_term(records, site)
        terms = {term for record in undecided.values() for term in terms_of(record, site.language)}
        specs = (spec_of(plan, site, term) for term in terms if term.kind in plan.kinds)
        yield from (
            (spec, groups[spec.term.kind, spec.term.slug])
            for spec in specs
            if spec.term and spec.folder not in plan.retired
        )
