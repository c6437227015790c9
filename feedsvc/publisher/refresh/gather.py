"""The first half of a refresh: look at the folder, read what is new, compare with the ledger."""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path

from feedsvc.articles.disk.scan import Listing, MovedError, ScanRules, read, scan
from feedsvc.articles.language import language_of
from feedsvc.articles.reading.permalinks import article_url, generators_id
from feedsvc.articles.reading.read import MOST_BYTES, Reading
from feedsvc.errors import FeedsvcError, SourceError
from feedsvc.feeds.select import ALL, in_language
from feedsvc.ledger.compare import Circumstances, clashes, compare
from feedsvc.ledger.duplicates import duplicates
from feedsvc.ledger.duplicates import told as told_of
from feedsvc.ledger.withdrawals import mass_loss
from feedsvc.model import Catalogue, Problem, Severity, Site, SourceFile, TermKind
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.privacy import Privacy
from feedsvc.publisher.refresh.culprits import culprits
from feedsvc.publisher.refresh.faults import fault, log_fault
from feedsvc.publisher.refresh.first_dates import FirstDates
from feedsvc.publisher.refresh.processes import spread
from feedsvc.publisher.refresh.settling import Look, Settling
from feedsvc.runtime.progress import Progress, told, unheard

log = logging.getLogger(__name__)

_UNKNOWN = Privacy()

# Files that are read in one go: some hundredths of a second.
_PORTION = 100

# A command that looks only once waits no longer than this for files that move.
_SECONDS_TO_WAIT = 2.0

# A service that looks again and again reports files that have moved for so long.
_SECONDS_RESTLESS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What folder and ledger say together.

    Attributes:
        copies: Paths of files that were left out, each with the path of its original.
        privacy: Of the catalogue; `with_terms` finds it.
        complete: Every file could be read; else a file that has not changed may be news all the same.
        faults: The `problems` that are errors of the disk.
    """

    catalogue: Catalogue
    listing: Listing
    site: Site
    problems: tuple[Problem, ...]
    copies: Mapping[str, str] = field(default_factory=dict)
    privacy: Privacy = _UNKNOWN
    complete: bool = True
    faults: tuple[Problem, ...] = ()


class Reader:
    """Reads a folder again and again, and only what has changed since.

    Not safe for several threads at once.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        patient: bool = False,
        scan: Callable[[Path, ScanRules], Listing] = scan,
        read: Callable[..., bytes] = read,
        ticks: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Begin with nothing read.

        Args:
            patient: For who looks again and again: others wait here for what is on the move.
            ticks: Gives seconds, by a clock that nobody sets.
            pause: Waits for some seconds.
        """
        self._plan = plan
        self._patient = patient
        self._settling = Settling(longest=_SECONDS_RESTLESS if patient else _SECONDS_TO_WAIT)
        self._scan = scan
        self._read = read
        self._ticks = ticks
        self._pause = pause
        self._readings: dict[str, Reading] = {}
        self._unread: dict[str, Reading] = {}
        self._tripped: frozenset[str] = frozenset()

    def look(self, before: Catalogue, *, now: datetime, wait: bool = False) -> tuple[Listing, float | None]:
        """Return what the folder holds, and after how many seconds to look again; see `Settling`.

        Args:
            wait: For what is on the move, but for `_SECONDS_TO_WAIT` at most, as who is not patient does.

        Raises:
            SourceError: The folder cannot be listed.
        """
        known = frozenset(record.article.path for record in before.records if not record.gone)
        begun = self._ticks()
        listing, again = self._settled(known, now)
        while again is not None and (wait or not self._patient) and self._ticks() - begun <= _SECONDS_TO_WAIT:
            self._pause(again)
            listing, again = self._settled(known, now)
        return listing, again

    def _settled(self, known: frozenset[str], now: datetime) -> tuple[Listing, float | None]:
        began = self._ticks()
        listing = self._scan(self._plan.root, self._plan.rules)
        look = Look(listing=listing, began=began, ended=self._ticks(), at=now.timestamp(), known=known)
        return self._settling(look)

    def gather(
        self,
        before: Catalogue,
        *,
        now: datetime,
        undated: datetime | None = None,
        listing: Listing | None = None,
        looking: bool = False,
        progress: Progress = unheard,
    ) -> Gathered:
        """Return the catalogue that follows *before*; writes nothing.

        Args:
            undated: The date under which undated articles wait, as the clock is not set; None if it is.
            listing: What `look` has found; None for what stands there now, half written or not.
            looking: Nothing will be published: many lost articles are a problem, and no reason to stop.

        Raises:
            SourceError: The folder cannot be listed, or has lost more articles
                at once than anybody deletes on purpose.
        """
        plan = self._plan
        listing = self._scan(plan.root, plan.rules) if listing is None else listing
        readings = self._read_all(listing.articles, progress)
        # What could not be read may be readable next time, though nothing about it has changed.
        self._readings = {each.file.path: each for each in readings if not each.unread}
        self._unread = {each.file.path: each for each in readings if each.unread}
        complete = len(self._readings) == len(readings)
        decide = _Decision(
            plan=plan,
            before=before,
            listing=listing,
            dates=FirstDates(plan, now, undated),
            now=now,
            looking=looking,
        )
        return replace(self._undisturbed(decide, readings), complete=complete)

    def _undisturbed(self, decide: "_Decision", readings: Sequence[Reading]) -> Gathered:
        """Return what is decided without the articles that make it raise, which stay as they were."""
        tripped: dict[str, Exception] = {}
        while True:
            try:
                gathered = decide([_broken(each) if each.file.path in tripped else each for each in readings])
                break
            except FeedsvcError:
                raise
            except Exception:
                suspects = [each for each in readings if each.article and each.file.path not in tripped]
                found = _culprits(decide, suspects, readings)
                if not found:
                    raise
                tripped |= found
        tripped |= decide.tripped
        for path in sorted(tripped.keys() - self._tripped):
            log_fault(log, f"cannot publish path={path}", tripped[path])
        self._tripped = frozenset(tripped)
        return gathered

    def _read_all(self, files: Sequence[SourceFile], progress: Progress) -> list[Reading]:
        """Return what is in each of *files*; only those that have changed are read."""
        known = {file.path: self._readings.get(file.path) for file in files}
        fresh = [file for file in files if (own := known[file.path]) is None or own.file.stamp != file.stamp]
        portions = [fresh[first : first + _PORTION] for first in range(0, len(fresh), _PORTION)]
        read = chain.from_iterable(spread(_Read(plan=self._plan, read=self._read), portions))
        found = map(self._until_at_rest, read)
        known |= {each.file.path: each for each in told(progress, "reading", found, len(fresh))}
        return [reading for reading in known.values() if reading is not None]

    def _until_at_rest(self, reading: Reading) -> Reading:
        """Return what was said of a file that could not be read, while it is about to be readable again.

        It moves then, and is shown as it was before; nobody has written it.
        """
        before = self._unread.get(reading.file.path)
        moved = any(problem.severity is Severity.WARNING for problem in reading.problems)
        same = before is not None and before.file.stamp == reading.file.stamp
        return before if before is not None and same and reading.unread and moved else reading


def _culprits(
    decide: "_Decision", suspects: Sequence[Reading], readings: Sequence[Reading]
) -> dict[str, Exception]:
    """Return the paths of *suspects* that make *decide* raise, alone or together."""

    def work(some: Sequence[Reading]) -> None:
        tried = {reading.file.path for reading in some}
        decide([each if each.file.path in tried else _broken(each) for each in readings])

    known = {(record.article.path, record.article.digest) for record in decide.before.records}
    # Of two articles that cannot stand together, the one that readers have stays as it is.
    ordered = sorted(suspects, key=lambda each: _mark(each) not in known)
    return {found.suspect.file.path: found.error for found in culprits(ordered, work)}


def _mark(reading: Reading) -> tuple[str, str | None]:
    return reading.file.path, reading.article.digest if reading.article else None


def _broken(reading: Reading) -> Reading:
    """Return *reading* without its article, so that the last good version stays."""
    if reading.article is None:
        return reading
    return replace(reading, article=None, problems=(fault(reading.file.path, "cannot be published"),))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decision:
    """Decides what follows from what was read.

    Attributes:
        tripped: Articles that could not be compared with the ledger, and stay as they were, by their paths.
    """

    plan: Plan
    before: Catalogue
    listing: Listing
    dates: FirstDates
    now: datetime
    looking: bool
    tripped: dict[str, Exception] = field(default_factory=dict)

    def __call__(self, readings: Sequence[Reading]) -> Gathered:
        plan, before, listing, around = self.plan, self.before, self.listing, self._around()
        self.tripped.clear()
        after = compare(before, readings, around)
        copies = duplicates(before, after, readings, plan.rules, listing.unreadable)
        if copies:
            readings = [each for each in readings if each.file.path not in copies]
            after = compare(before, readings, around)
        site = _site(plan, after)
        # Of an expression of the site's that takes too long, each article tells.
        found = [*dict.fromkeys(problem for reading in readings for problem in reading.problems)]
        found += [fault(path, "cannot be published") for path in self.tripped]
        if loss := _mass_loss(before, after, plan.max_loss):
            if not self.looking:
                raise SourceError(loss)
            found.append(Problem(path=".", severity=Severity.ERROR, reason=loss))
        return Gathered(
            catalogue=after,
            listing=listing,
            site=site,
            problems=(
                *(*plan.problems, *listing.problems, *found, *clashes(after)),
                *(*self.dates.problems(after), *told_of(copies), *_left_out(plan, after, site, self.now)),
            ),
            copies=copies,
            faults=(*listing.faults, *_faults(readings)),
        )

    def _around(self) -> Circumstances:
        site = self.plan.site
        return Circumstances(
            now=self.now,
            site=site,
            first_date=self.dates,
            address=partial(article_url, site=site),
            feed_id=partial(generators_id, site=site),
            unreadable=self.listing.unreadable,
            waiting=self.listing.waiting,
            first_seen=self.plan.first_seen,
            tripped=self.tripped.__setitem__,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """Reads some files; all that it needs goes along to another process."""

    plan: Plan
    read: Callable[..., bytes]

    def __call__(self, files: Sequence[SourceFile]) -> list[Reading]:
        return [self._reading(file) for file in files]

    def _reading(self, file: SourceFile) -> Reading:
        try:
            raw = self.read(file, limit=MOST_BYTES + 1)
        except OSError as error:
            problem = unread(file.path, error)
            return Reading(file=file, article=None, problems=(problem,), unread=True)
        try:
            return self.plan.read(file, raw)
        except Exception as error:  # one file that trips a parser may not keep all others waiting
            log_fault(log, f"cannot read path={file.path}", error)
            problem = fault(file.path, "cannot be understood")
            return Reading(file=file, article=None, problems=(problem,))


def unread(path: str, error: OSError) -> Problem:
    """Return the problem of an article or a medium that could not be read."""
    if isinstance(error, MovedError):
        doing = "was written" if error.written else "was given other permissions or another place"
        reason = f"{doing} while it was read, so it stays as it was; it is read once it has come to rest"
        return Problem(path=path, severity=Severity.WARNING, reason=reason)
    cause = error.strerror or error
    reason = f"cannot be read ({cause}), so it stays as it was; check its permissions and its disk"
    return Problem(path=path, severity=Severity.ERROR, reason=reason)


def summary(faults: Collection[Problem]) -> str | None:
    """Return what could not be read in one line; None if everything could."""
    return _summed_up(faults, lambda fault: f"{fault.path}: {fault.reason}")


def public_summary(faults: Collection[Problem]) -> str | None:
    """Return the same without paths: a probe shows it to everybody, and a private article has a name, too."""
    named = "; the log and `feedsvc check` name it"
    return _summed_up(faults, lambda fault: f"a file or folder {fault.reason}{named}")


def _summed_up(faults: Collection[Problem], told: Callable[[Problem], str]) -> str | None:
    if not faults:
        return None
    first, *more = sorted(set(faults))
    return told(first) + (f"; and {len(more)} more" if more else "")


def _faults(readings: Iterable[Reading]) -> Iterator[Problem]:
    problems = (problem for each in readings if each.unread for problem in each.problems)
    return (problem for problem in problems if problem.severity is Severity.ERROR)


def _mass_loss(before: Catalogue, after: Catalogue, most: float) -> str | None:
    """Return what to say of more vanished articles than anybody deletes on purpose; None of fewer."""
    loss = mass_loss(before, after, most)
    if loss is None:
        return None
    lost, present = loss
    return (
        f"{lost} of {present} articles have vanished at once; is a disk missing? The published feeds stay"
        " as they are. If they were deleted on purpose, stop `feedsvc serve`, run"
        " FEEDSVC_ARTICLES__MAX_LOSS=1 feedsvc refresh once, and start it again"
    )


def _left_out(plan: Plan, catalogue: Catalogue, site: Site, now: datetime) -> Iterator[Problem]:
    """Report articles that are in the feed of their language only, if nobody has decided that."""
    if TermKind.LANGUAGE not in plan.kinds:
        return  # no feed holds them, which `in_no_feed` reports
    meant = (r for r in catalogue.records if r.article.feeds is None or ALL in r.article.feeds)
    visible = [record for record in meant if record.visible(now)]
    foreign = len(visible) - len(in_language(visible, site.language, site))
    if foreign and plan.all_languages is None:
        are = "is" if foreign == 1 else "are"
        reason = (
            f"{foreign} of {len(visible)} articles {are} not in the site's language"
            f" ({site.language}), so only"
            " the feeds of their languages hold them;"
            ' set feeds.languages to "all", or to "default" if that is meant'
        )
        yield Problem(path=".", severity=Severity.WARNING, reason=reason)


def _site(plan: Plan, catalogue: Catalogue) -> Site:
    if not plan.guess_language:
        return plan.site
    oldest = sorted((r for r in catalogue.records if r.sequence), key=lambda r: r.sequence or 0)[:10]
    return replace(plan.site, language=language_of([r.article for r in oldest])) if oldest else plan.site
