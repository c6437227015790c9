"""The first half of a refresh: look at the folder, read what is new, compare with the ledger."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain

from feedsvc.articles.git import first_commits
from feedsvc.articles.language import language_of
from feedsvc.articles.permalinks import article_url, generators_id
from feedsvc.articles.reading import MOST_BYTES, Reading
from feedsvc.articles.repository import IncompleteError, UncommittedError
from feedsvc.articles.scan import Listing, read, scan
from feedsvc.catalogue.compare import Circumstances, clashes, compare
from feedsvc.catalogue.duplicates import duplicates
from feedsvc.catalogue.duplicates import told as told_of
from feedsvc.catalogue.withdrawals import mass_loss
from feedsvc.errors import SourceError
from feedsvc.feeds.select import in_language
from feedsvc.model import Article, Catalogue, Problem, Severity, Site, SourceFile
from feedsvc.progress import Progress, told, unheard
from feedsvc.publisher.faults import fault
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.privacy import Privacy
from feedsvc.publisher.settling import Settling
from feedsvc.publisher.spread import spread

log = logging.getLogger(__name__)

_UNKNOWN = Privacy()

# Files that are read in one go: some hundredths of a second.
_PORTION = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What folder and ledger say together.

    Attributes:
        copies: Paths of files that were left out, each with the path of what it is a copy of.
        privacy: Of the catalogue; `with_terms` finds it.
        complete: Every file could be read; else a file that has not changed may be news all the same.
    """

    catalogue: Catalogue
    listing: Listing
    site: Site
    problems: tuple[Problem, ...]
    copies: Mapping[str, str] = field(default_factory=dict)
    privacy: Privacy = _UNKNOWN
    complete: bool = True


class Reader:
    """Reads a folder again and again, and only what has changed since.

    Not safe for several threads at once.
    """

    def __init__(self, plan: Plan, *, patient: bool = False, read: Callable[..., bytes] = read) -> None:
        """Begin with nothing read.

        Args:
            patient: Let files wait that have moved since the last look (see `Settling`);
                for who looks again and again.
        """
        self._plan = plan
        self._settling = Settling() if patient else None
        self._read = read
        self._readings: dict[str, Reading] = {}

    def look(self) -> tuple[Listing, bool]:
        """Return what the folder holds, and whether that is all of it; see `Settling`.

        Raises:
            SourceError: The folder cannot be listed.
        """
        listing = scan(self._plan.root, self._plan.rules)
        return self._settling(listing) if self._settling else (listing, True)

    def gather(
        self,
        before: Catalogue,
        *,
        now: datetime,
        listing: Listing | None = None,
        looking: bool = False,
        progress: Progress = unheard,
    ) -> Gathered:
        """Return the catalogue that follows *before*; writes nothing.

        Args:
            listing: What `look` has found; None to look now.
            looking: Nothing will be published: many lost articles are a problem, and no reason to stop.

        Raises:
            SourceError: The folder cannot be listed, or has lost more articles
                at once than anybody deletes on purpose.
        """
        plan = self._plan
        listing = self.look()[0] if listing is None else listing
        readings = self._read_all(listing.articles, progress)
        # What could not be read may be readable next time, though nothing about it has changed.
        self._readings = {each.file.path: each for each in readings if not each.unread}
        complete = len(self._readings) == len(readings)
        dates = _FirstDates(plan, now)
        tripped: dict[str, Problem] = {}
        around = self._around(listing, dates, now, tripped)
        after = compare(before, readings, around)
        copies = duplicates(before, after, readings, plan.rules)
        if copies:
            readings = [each for each in readings if each.file.path not in copies]
            after = compare(before, readings, around)
        site = _site(plan, after)
        found = [*(problem for reading in readings for problem in reading.problems), *tripped.values()]
        if loss := _mass_loss(before, after, plan.max_loss):
            if not looking:
                raise SourceError(loss)
            found.append(Problem(path=".", severity=Severity.ERROR, reason=loss))
        return Gathered(
            catalogue=after,
            listing=listing,
            site=site,
            problems=(
                *(*plan.problems, *listing.problems, *found, *clashes(after), *dates.problems),
                *(*told_of(copies), *_left_out(plan, after, site, now)),
            ),
            copies=copies,
            complete=complete,
        )

    def _around(
        self, listing: Listing, dates: "_FirstDates", now: datetime, tripped: dict[str, Problem]
    ) -> Circumstances:
        """Return what comparing needs; an article that trips it goes into *tripped*, by its path."""

        def note(path: str, error: Exception) -> None:
            log.error("cannot publish path=%s", path, exc_info=error)
            tripped[path] = fault(path, "cannot be published")

        return Circumstances(
            now=now,
            site=self._plan.site,
            first_date=dates,
            address=self._address,
            feed_id=self._feed_id,
            unreadable=listing.unreadable,
            tripped=note,
        )

    def _read_all(self, files: Sequence[SourceFile], progress: Progress) -> list[Reading]:
        """Return what is in each of *files*; only those that have changed are read."""
        known = {file.path: self._readings.get(file.path) for file in files}
        fresh = [file for file in files if (own := known[file.path]) is None or own.file.stamp != file.stamp]
        portions = [fresh[first : first + _PORTION] for first in range(0, len(fresh), _PORTION)]
        found = chain.from_iterable(spread(_Read(plan=self._plan, read=self._read), portions))
        known |= {each.file.path: each for each in told(progress, "reading", found, len(fresh))}
        return [reading for reading in known.values() if reading is not None]

    def _address(self, article: Article, published: datetime, slug: str) -> tuple[str, bool]:
        return article_url(article, published, slug, site=self._plan.site)

    def _feed_id(self, article: Article, published: datetime) -> str | None:
        return generators_id(article, published, site=self._plan.site)


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
            reason = f"cannot be read ({error.strerror or error}); check its permissions and its disk"
            problem = Problem(path=file.path, severity=Severity.ERROR, reason=reason)
            return Reading(file=file, article=None, problems=(problem,), unread=True)
        try:
            return self.plan.read(file, raw)
        except Exception:  # one file that trips a parser may not keep all others waiting
            log.exception("cannot read path=%s", file.path)
            problem = fault(file.path, "cannot be understood")
            return Reading(file=file, article=None, problems=(problem,))


class _FirstDates:
    """Dates of undated files: git's, asked once and only if there is such a file, else the disk's."""

    def __init__(self, plan: Plan, now: datetime) -> None:
        self._plan = plan
        self._now = now
        self._commits: Mapping[str, datetime] | None = None
        self.problems: list[Problem] = []

    def __call__(self, file: SourceFile) -> datetime:
        if self._commits is None:
            self._commits = self._ask()
        try:
            on_disk = datetime.fromtimestamp(int(file.modified), UTC)
        except (ValueError, OverflowError, OSError):  # a clock gone wild has left a year of six digits
            on_disk = self._now
        return min(self._commits.get(file.path, on_disk), self._now)

    def _ask(self) -> Mapping[str, datetime]:
        if self._plan.git_dates is False:
            return {}
        try:
            return first_commits(self._plan.root)
        except ValueError as error:
            if self._plan.git_dates is True or not isinstance(error, UncommittedError):
                result = "so undated articles have those of their files"
                remedy = "fetch its whole history" if isinstance(error, IncompleteError) else "mend that"
                reason = (
                    f"git gives no dates ({error}), {result}; {remedy}, or set articles.git_dates = false"
                )
                self.problems.append(Problem(path=".", severity=Severity.WARNING, reason=reason))
            return {}


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
    visible = [record for record in catalogue.records if record.visible(now)]
    foreign = len(visible) - len(in_language(visible, site.language, site))
    if foreign and plan.all_languages is None:
        reason = (
            f"{foreign} of {len(visible)} articles are not in the site's language ({site.language}), so only"
            " the feeds of their languages hold them;"
            ' set feeds.languages to "all", or to "default" if that is meant'
        )
        yield Problem(path=".", severity=Severity.WARNING, reason=reason)


def _site(plan: Plan, catalogue: Catalogue) -> Site:
    if not plan.guess_language:
        return plan.site
    oldest = sorted((r for r in catalogue.records if r.sequence), key=lambda r: r.sequence or 0)[:10]
    return replace(plan.site, language=language_of([r.article for r in oldest])) if oldest else plan.site
