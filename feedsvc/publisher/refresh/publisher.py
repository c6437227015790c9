"""One run over the road: read, think, write."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex

from feedsvc.articles.disk.scan import Listing
from feedsvc.catalogue import Store
from feedsvc.catalogue.ledger import check_storable
from feedsvc.feeds.build import build_entry
from feedsvc.feeds.select import gather_terms
from feedsvc.model import Catalogue, Content, Feed, Problem, Record, Release, Severity
from feedsvc.publisher.edition import Edition, empty_body
from feedsvc.publisher.media.changed_recordings import updated
from feedsvc.publisher.media.remote_images import Probe
from feedsvc.publisher.moved import forsaken, wanted_folders
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.privacy import Links, privacy_of
from feedsvc.publisher.refresh.backdated import backdated, remember_notices
from feedsvc.publisher.refresh.bodies import Contents, linkable
from feedsvc.publisher.refresh.fault_isolation import FaultIsolation
from feedsvc.publisher.refresh.gather import Gathered, Reader, public_summary
from feedsvc.publisher.refresh.in_no_feed import in_no_feed
from feedsvc.publisher.refresh.memo import Memory
from feedsvc.publisher.refresh.moment import Moment, Reached, lasting, moment_of, reached_by, remember_reached
from feedsvc.publisher.refresh.render import Renderer, next_age
from feedsvc.publisher.refresh.validated import Press, Printed
from feedsvc.runtime import clocks
from feedsvc.runtime.progress import Progress, unheard

log = logging.getLogger(__name__)


# Under this name, the catalogue keeps what other hosts have told.
_PROBED = "probed"
_FOLDERS = "folders"  # in which the configuration ever wanted feeds
_MEDIA = "media"  # what was found out about pictures and recordings
_MOVED = "moved_media"  # where recordings are now that were renamed

# Stands for a subscriber's key until `with_placeholder`. It is as long as a key, so that contents have
# the size that they are sent in; and nobody knows it, so no article can hold it.
_MARK = token_hex(22)[:43]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a refresh did.

    Attributes:
        generation: Of the snapshot it published; None if there was no news.
        visible: Articles in feeds.
        turns: When the next article becomes due or expires.
        again: Seconds after which to refresh again, as a file is on the move; None if none is.
        faults: The `problems` that are errors of the disk.
        clock: A message on the clock; None if it is right.
        notices: What is said once, of this refresh; no problem that could be mended and gone.
    """

    generation: int | None
    visible: int
    feeds: int
    problems: tuple[Problem, ...]
    turns: datetime | None
    again: float | None = None
    faults: tuple[Problem, ...] = ()
    clock: str | None = None
    notices: tuple[Problem, ...] = ()

    @property
    def settled(self) -> bool:
        """No file waits because it is on the move."""
        return self.again is None

    @property
    def unread(self) -> str | None:
        """What could not be read, in one line for everybody; None if everything could."""
        return public_summary(self.faults)

    @property
    def broken(self) -> int:
        """Files that cannot be used; of some, a last good version is published."""
        return len({problem.path for problem in self.problems if problem.severity is Severity.ERROR})


class Publisher:
    """Refreshes one store from one folder, again and again.

    Not safe for several threads at once: whoever schedules it sees to that.
    """

    def __init__(
        self,
        plan: Plan,
        store: Store,
        *,
        clock: Callable[[], datetime],
        patient: bool = False,
        reader: Reader | None = None,
        press: Press | None = None,
        probe: Probe | None = None,
    ) -> None:
        """Begin with nothing read.

        Args:
            patient: For who refreshes again and again: others wait here for what is on the move.
            reader: What reads the folder; None for the usual one.
            press: What makes documents of feeds.
            probe: What asks other hosts for pictures; None for the usual one, if `Plan.probe` wants it.
        """
        self._plan = plan
        self._store = store
        self._clock = clock
        self._reader = reader or Reader(plan, patient=patient)
        self._contents = Contents(plan)
        self._media: str | None = None  # as `_MEDIA` is kept
        self._memory = Memory()
        self._fault_isolation = FaultIsolation()
        self._press = press or Press()
        self._probe = probe
        self._last: _State | None = None
        self._latest = clocks.EARLIEST  # moment by which it was found out what is due
        self._complete = True
        self._generation = 0
        self._published: Mapping[str, str] | None = None  # ETags by path, if they are known
        self._reached: Reached | None = None
        self._report: Report

    def refresh(self, progress: Progress = unheard) -> Report:
        """Bring the published feeds up to date with the folder.

        Raises:
            SourceError, StoreError: Nothing changed; what was published stays.
        """
        begun = clocks.since_boot()
        before = self._before()
        clock = self._clock()
        moment = self._moment(clock.replace(microsecond=0))
        now = moment.now
        # The first snapshot must not lack an article that was saved a moment ago.
        listing, again = self._reader.look(before, now=clock, wait=not self._generation)
        if not self._is_news(listing, now):
            return replace(self._report, generation=None, again=again, clock=moment.trouble, notices=())
        self._latest = now
        before = lasting(before, moment)
        gathered = self._reader.gather(
            before, now=now, undated=moment.undated, listing=listing, progress=progress
        )

        def go_on(sound: Gathered) -> None:
            self._go_on(before, sound, now, begun, progress)

        self._fault_isolation(
            go_on, gathered, before, lambda some: trial(self._plan, some, self._contents, now)
        )
        self._report = replace(self._report, again=again, clock=moment.trouble)
        return self._report

    def _moment(self, clock: datetime) -> Moment:
        moment = moment_of(clock, self._reached)
        if moment.trouble is None:
            return moment
        self._reached = reached_by(self._store)  # the operator may have accepted the clock
        return moment_of(clock, self._reached)

    def _go_on(
        self, before: Catalogue, gathered: Gathered, now: datetime, begun: float, progress: Progress
    ) -> None:
        gathered = with_terms(self._plan, gathered, now=now)
        state, last = _state(gathered, now), self._last
        self._last = None  # should publishing fail, the next refresh asks the store anew
        if state.differs(last) or not self._complete or self._turned(now):
            catalogue = self._publish(before, gathered, now, begun, progress)
            state = replace(state, catalogue=catalogue)
            self._reach(gathered.catalogue, now)
        else:
            self._report = _report(self._plan, gathered, None, self._report.problems, now)
        self._last = state
        self._complete = gathered.complete and self._contents.complete
        faults = (*gathered.faults, *self._contents.faults)
        self._report = replace(self._report, faults=faults)

    def _is_news(self, listing: Listing, now: datetime) -> bool:
        """Return whether anything can have changed: the folder, or what is visible of it."""
        if self._last is None or listing != self._last.listing or not self._complete:
            return True
        return self._turned(now) or now < self._latest  # a clock that was set back makes others due

    def _turned(self, now: datetime) -> bool:
        """Return whether the moment has come at which an article appears, leaves, or is too old.

        Or at which a host that told nothing of a picture should be asked again.
        """
        if self._probe is not None and self._probe.is_due(now):
            return True
        return self._report.turns is not None and self._report.turns <= now

    def _before(self) -> Catalogue:
        """Return the ledger.

        Whoever holds the lease is the only writer, so what we wrote is what
        stands there; unless somebody has restored a backup meanwhile.
        """
        generation = self._store.generation()
        if self._last and generation == self._generation:
            return self._last.catalogue
        self._last, self._generation, self._published = None, generation, None
        self._reached = reached_by(self._store)
        return self._store.catalogue()

    def _begun(self, gathered: Gathered, now: datetime) -> Gathered:
        """Return *gathered* with the articles updated whose recordings were replaced; contents are begun."""
        edition = self._edition(gathered, now)
        self._begin(gathered, edition.privacy.links(edition.catalogue, linkable(edition.catalogue, now)))
        others = self._contents.replaced  # rarely any, so nobody knows who has them
        visible = edition.visible() if others else []
        keys = {record.key for record in visible if others & self._contents(record).recordings}
        return replace(gathered, catalogue=updated(gathered.catalogue, keys, now))

    def _edition(self, gathered: Gathered, now: datetime) -> Edition:
        marked = replace(gathered, privacy=replace(gathered.privacy, mark=_MARK))
        return edition_of(self._plan, marked, now, self._contents)

    def _render(self, edition: Edition, progress: Progress) -> Release:
        if self._plan.probe and self._probe is None:
            self._probe = Probe(self._store.remembered(_PROBED) or "")
        self._memory = self._memory.next()
        render = Renderer(memo=self._memory, press=self._press, probe=self._probe, progress=progress)
        rendered = render(edition, self._etags())
        if self._probe:
            self._store.remember(_PROBED, self._probe.dump())
        return rendered

    def _publish(
        self, before: Catalogue, gathered: Gathered, now: datetime, begun: float, progress: Progress
    ) -> Catalogue:
        """Publish, if there is news; returns the catalogue, with what was found out meanwhile."""
        gathered = self._begun(gathered, now)
        edition = self._edition(gathered, now)
        rendered = self._render(edition, progress)
        known = set((self._store.remembered(_FOLDERS) or "").split())
        folders = wanted_folders(self._plan, gathered.catalogue)
        left = forsaken(folders, known, self._plan)
        found = {*gathered.problems, *rendered.problems, *in_no_feed(edition), *left}
        problems = tuple(sorted({*found, *self._contents.end()}))
        notices = tuple(backdated(before, gathered.catalogue, gathered.site, now))
        catalogue = replace(gathered.catalogue, dates={**gathered.catalogue.dates, **rendered.feed_dates})
        release = replace(
            rendered,
            moved=self._contents.departed(rendered.media) | dict(rendered.moved),
            problems=problems,
            articles=catalogue.visible(now),
            feeds=catalogue.feeds + len(self._plan.named),
            seconds=clocks.since_boot() - begun,
        )
        generation = self._store.publish(release, before=before, after=catalogue, over=self._generation)
        self._generation = generation or self._generation
        remember_notices(self._store, generation, notices)
        kept = {path: etag for path, etag in self._etags().items() if path in release.kept}
        self._published = kept | {each.path: each.etag for each in release.documents}
        self._store.remember(_FOLDERS, " ".join(sorted(known | folders)))
        self._remember_media()
        self._report = replace(_report(self._plan, gathered, generation, problems, now), notices=notices)
        return catalogue

    def _etags(self) -> Mapping[str, str]:
        """Return the ETags of what is published now, by path."""
        if self._published is None:
            documents = self._store.snapshot().documents
            self._published = {path: each.etag for path, each in documents.items()}
        return self._published

    def _reach(self, catalogue: Catalogue, now: datetime) -> None:
        if self._report.generation is None:
            return
        before = self._reached or Reached(at=now, sequence=0)
        self._reached = before.after(catalogue, now)
        remember_reached(self._store, self._reached)

    def _remember_media(self) -> None:
        self._contents.settle()
        self._store.remember(_MOVED, self._contents.moved)
        if self._media != (found := self._contents.known):
            self._store.remember(_MEDIA, found)
            self._media = found

    def _begin(self, gathered: Gathered, pages: Links) -> None:
        listing = gathered.listing
        if self._media is None:
            self._media = self._store.remembered(_MEDIA) or ""
            self._contents.recall(self._media, self._store.remembered(_MOVED) or "")
        self._contents.begin(listing.media, pages, listing.unreadable | listing.waiting)


@dataclass(frozen=True, slots=True)
class _State:
    """What was seen, and all that documents and problems are made of."""

    listing: Listing
    catalogue: Catalogue
    visible: frozenset[int]
    problems: tuple[Problem, ...]

    def differs(self, other: "_State | None") -> bool:
        """Return whether documents or problems may be others; a file that was only touched changes none."""
        return other is None or (self.catalogue, self.visible, self.listing.media, self.problems) != (
            other.catalogue,
            other.visible,
            other.listing.media,
            other.problems,
        )


def _state(gathered: Gathered, now: datetime) -> _State:
    visible = frozenset(record.key for record in gathered.catalogue.records if record.visible(now))
    return _State(gathered.listing, gathered.catalogue, visible, gathered.problems)


def trial(plan: Plan, gathered: Gathered, content: Callable[[Record], Content], now: datetime) -> None:
    """Do the work of a refresh after the catalogue, and leave no trace; a faulty article raises."""
    alone = replace(gathered, catalogue=replace(gathered.catalogue, terms=(), withdrawals=()))
    edition = edition_of(plan, with_terms(plan, alone, now=now), now, content)
    catalogue = edition.catalogue
    Renderer(memo=Memory(), press=_unprinted)(edition)
    edition.privacy.links(catalogue, linkable(catalogue, now))
    wanted_folders(plan, catalogue)
    catalogue.turns(now)
    next_age(plan, catalogue, now)
    check_storable(catalogue)
    for record in edition.visible():  # older ones, too, which no feed shows any more
        build_entry(record, empty_body(record), gathered.site)


def _unprinted(_feed: Feed) -> Printed:
    return Printed(documents=(), unfit={}, left_out={})  # a press keeps faults to itself


def with_terms(plan: Plan, gathered: Gathered, *, now: datetime) -> Gathered:
    """Return *gathered* with what is private, the terms of the rest, and all terms that ever had a feed."""
    catalogue, site = gathered.catalogue, gathered.site
    privacy = privacy_of(plan, site, catalogue, now)
    readable = privacy.readable(catalogue.records)
    wanted = frozenset(_folder(path) for path in (*plan.aliases.values(), *plan.redirects.values()))
    terms = gather_terms(readable, catalogue.terms, plan.kinds, site=site, now=now, wanted=wanted)
    catalogue = replace(catalogue, terms=terms, secret=catalogue.secret | plan.secret)
    return replace(gathered, catalogue=catalogue, privacy=privacy)


def with_addresses(gathered: Gathered) -> Gathered:
    """Return *gathered* with addresses as they are shown, in which KEY stands for a subscriber's key."""
    return replace(gathered, catalogue=gathered.privacy.addressed(gathered.catalogue, gathered.site))


def edition_of(
    plan: Plan, gathered: Gathered, now: datetime, bodies: Callable[[Record], Content] = empty_body
) -> Edition:
    """Return the edition of *gathered*, which `with_terms` has returned."""
    addressed = with_addresses(gathered)
    return Edition(
        plan=plan,
        site=addressed.site,
        catalogue=addressed.catalogue,
        privacy=addressed.privacy,
        now=now,
        bodies=bodies,
    )


def _folder(path: str) -> str:
    return path.lstrip("/")[: path.lstrip("/").rfind("/") + 1]


def _report(
    plan: Plan, gathered: Gathered, generation: int | None, problems: tuple[Problem, ...], now: datetime
) -> Report:
    catalogue = gathered.catalogue
    return Report(
        generation=generation,
        visible=catalogue.visible(now),
        feeds=catalogue.feeds + len(plan.named),
        problems=problems,
        turns=min(filter(None, (catalogue.turns(now), next_age(plan, catalogue, now))), default=None),
    )
