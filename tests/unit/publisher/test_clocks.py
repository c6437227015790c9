"""Clocks that are wrong: nothing leaves a feed for it, nothing comes early, and nothing is dated 1970."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsvc.errors import ClockError
from feedsvc.publisher.refresh.moment import Reached, accept_clock, moment_of
from feedsvc.runtime.clocks import EARLIEST
from tests.conftest import Clock
from tests.support.builders import NOON
from tests.support.sites import Folder, article
from tests.support.strategies import examples

EPOCH = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)

# What a clock may say that is behind: before 1980, at the day on which a system was made, an hour ago.
BEHIND = [
    EPOCH,
    datetime(1980, 1, 1, tzinfo=UTC),
    datetime(2021, 3, 1, tzinfo=UTC),
    NOON - timedelta(hours=1),
]


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Folder:
    return Folder(tmp_path, clock)


def titles(folder: Folder) -> list[str]:
    """Return what the feed of everything holds, in its order."""
    return re.findall(r"<title>(.*?)</title>", folder.body().decode())[1:]


def dates(folder: Folder) -> dict[str, datetime]:
    return {record.article.path: record.published for record in folder.store.catalogue().records}


def undated(folder: Folder, path: str, modified: datetime) -> None:
    file = folder.write(path, f"---\ntitle: {path[0].upper()}\n---\n\nHello.\n")
    os.utime(file, (modified.timestamp(), modified.timestamp()))


@pytest.mark.parametrize("clock_says", BEHIND, ids=str)
@pytest.mark.parametrize("restarted", [False, True])
def test_no_article_leaves_a_feed_because_the_clock_is_behind(
    folder: Folder, clock: Clock, clock_says: datetime, restarted: bool
) -> None:
    folder.write("a.md", article("A", date="2026-04-01"))
    folder.write("b.md", article("B", date=(NOON - timedelta(minutes=1)).isoformat()))
    folder.refresh()
    before = folder.snapshot

    clock.now = clock_says
    if restarted:
        folder.restart()
    report = folder.refresh()

    assert report.generation is None
    assert folder.snapshot == before
    assert report.visible == 2
    if restarted:
        assert report.clock is not None
        assert report.clock.startswith("the clock is behind 2026-05-01T12:01:00+00:00")


@pytest.mark.parametrize("clock_says", BEHIND, ids=str)
def test_articles_written_while_the_clock_is_behind_are_published(
    folder: Folder, clock: Clock, clock_says: datetime
) -> None:
    folder.write("a.md", article("A", date="2020-04-01"))
    folder.refresh()
    clock.now = clock_says

    folder.write("b.md", article("B", date="2020-04-02"))
    folder.refresh()

    assert titles(folder) == ["B", "A"]


@pytest.mark.parametrize("clock_says", BEHIND, ids=str)
def test_an_expired_article_does_not_come_back(folder: Folder, clock: Clock, clock_says: datetime) -> None:
    folder.write("a.md", article("A", date="2020-04-01"))
    folder.write("b.md", article("B", date="2020-04-02", expires=(NOON + timedelta(seconds=90)).isoformat()))
    folder.refresh()
    folder.refresh()
    assert titles(folder) == ["A"]
    clock.now = clock_says

    folder.write("c.md", article("C", date="2020-04-03"))
    folder.refresh()

    assert titles(folder) == ["C", "A"]


def test_a_planned_article_does_not_come_early_after_a_clock_jumped_ahead_and_back(
    folder: Folder, clock: Clock
) -> None:
    folder.write("a.md", article("A", date="2026-04-01"))
    folder.refresh()
    clock.now = datetime(2040, 1, 1, tzinfo=UTC)
    folder.write("b.md", article("B", date="2026-04-02"))
    folder.refresh()
    clock.now = NOON + timedelta(hours=1)

    folder.write("c.md", article("C", date="2027-01-01"))
    folder.write("d.md", article("D", date="2026-04-03", expires="2026-06-01"))
    report = folder.refresh()

    assert report.clock, "it is said"
    assert titles(folder) == ["D", "B", "A"]
    assert folder.refresh().clock is None, "and forgotten, as nothing depends on it"
    assert report.turns == datetime(2026, 6, 1, tzinfo=UTC)
    clock.now = datetime(2027, 1, 1, tzinfo=UTC)
    folder.refresh()
    assert titles(folder) == ["C", "B", "A"]


def test_an_article_that_a_clock_brought_early_stays(folder: Folder, clock: Clock) -> None:
    """Readers have it."""
    folder.write("a.md", article("A", date="2030-04-01"))
    clock.now = datetime(2040, 1, 1, tzinfo=UTC)
    folder.refresh()
    clock.now = NOON

    folder.restart()
    folder.write("b.md", article("B", date="2026-04-01"))
    folder.refresh()

    assert titles(folder) == ["A", "B"]


def ahead_and_back(folder: Folder, clock: Clock) -> None:
    """Publish an article by a clock that is ahead, and another one when that is right again."""
    folder.write("a.md", article("A", date="2030-04-01"))
    clock.now = datetime(2040, 1, 1, tzinfo=UTC)
    folder.refresh()
    clock.now = NOON
    folder.write("b.md", article("B", date="2026-04-01"))
    assert folder.refresh().clock, "it is said"


@pytest.mark.parametrize("restarted", [False, True])
def test_a_clock_that_the_operator_accepts_is_behind_no_more(
    folder: Folder, clock: Clock, restarted: bool
) -> None:
    ahead_and_back(folder, clock)
    before = dates(folder)
    said = folder.refresh().clock

    accepted = accept_clock(folder.store, clock.now)
    if restarted:
        folder.restart()
    folder.write("c.md", article("C", date="2026-04-02"))
    folder.write("d.md", article("D", date="2027-01-01"))
    report = folder.refresh()

    assert said
    assert "`feedsvc refresh --accept-clock`" in said
    assert accepted
    assert report.clock is None
    assert folder.refresh().clock is None
    assert titles(folder) == ["A", "C", "B"], "what readers have stays, and nothing comes early"
    assert before.items() <= dates(folder).items()
    assert not accept_clock(folder.store, clock.now), "there is nothing left to accept"


@pytest.mark.parametrize("clock_says", [EPOCH, NOON - timedelta(hours=1)], ids=str)
def test_a_clock_that_falls_behind_an_accepted_one_is_said(
    folder: Folder, clock: Clock, clock_says: datetime
) -> None:
    ahead_and_back(folder, clock)
    accept_clock(folder.store, clock.now)

    clock.now = clock_says
    folder.restart()
    report = folder.refresh()

    assert report.clock
    assert report.clock.startswith(f"the clock is behind {NOON:%Y-%m-%dT%H}")
    assert titles(folder) == ["A", "B"]


def test_a_clock_that_jumps_once_more_is_said_again(folder: Folder, clock: Clock) -> None:
    ahead_and_back(folder, clock)
    accept_clock(folder.store, clock.now)
    clock.now = datetime(2035, 1, 1, tzinfo=UTC)
    folder.write("e.md", article("E", date="2034-01-01"))
    folder.refresh()

    clock.now = NOON + timedelta(days=1)
    folder.restart()
    report = folder.refresh()

    assert report.clock
    assert report.clock.startswith("the clock is behind 2035-01-01")
    assert titles(folder) == ["E", "A", "B"]


def test_a_clock_in_1970_is_not_accepted(folder: Folder, clock: Clock) -> None:
    folder.write("a.md", article("A", date="2026-04-01"))
    folder.refresh()

    with pytest.raises(ClockError, match="the clock says 1970-01-01, which cannot be right; set it"):
        accept_clock(folder.store, EPOCH)

    clock.now = EPOCH
    assert "--accept-clock" not in str(folder.refresh().clock)


def test_an_edit_is_later_than_the_one_before_it(folder: Folder, clock: Clock) -> None:
    folder.write("a.md", article("A", body="One."))
    folder.refresh()
    folder.write("a.md", article("A", body="Two."))
    folder.refresh()
    (known,) = folder.store.catalogue().records
    clock.now = EPOCH

    folder.write("a.md", article("A", body="Three."))
    folder.refresh()

    (record,) = folder.store.catalogue().records
    assert known.updated < record.updated < known.updated + timedelta(minutes=2)


def test_when_the_clock_is_right_again_nothing_is_said_of_it(folder: Folder, clock: Clock) -> None:
    folder.write("a.md", article("A"))
    folder.refresh()
    clock.now = EPOCH
    assert folder.refresh().clock

    clock.now = NOON + timedelta(hours=1)

    assert folder.refresh().clock is None


DAYS = st.integers(-4, 4)


@settings(max_examples=examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from([*range(-4, 5), -20_000]), DAYS, st.booleans()), max_size=6))
def test_however_a_clock_is_set_nothing_leaves_and_nothing_comes_early(
    tmp_path: Path, steps: list[tuple[int, int, bool]]
) -> None:
    """Of each step: the day that the clock says, that of a new article, and whether there is a restart."""
    clock = Clock()
    folder = Folder(Path(mkdtemp(dir=tmp_path)), clock)
    folder.write("a.md", article("A", date=NOON.isoformat()))
    folder.refresh()
    due, seen, latest = {"A": NOON}, {"A"}, NOON
    told = {"A": NOON}  # the latest moment that a clock has told since an article was written
    for number, (day, dated, restarted) in enumerate(steps):
        clock.now = NOON + timedelta(days=day)
        latest = max(latest, clock.now + timedelta(minutes=1))
        due[title := f"B{number}"] = NOON + timedelta(days=dated)
        told[title] = NOON - timedelta(days=9)
        believed = clock.now + timedelta(minutes=1) if clock.now > EARLIEST else latest
        told = {each: max(moment, believed) for each, moment in told.items()}
        folder.write(f"{title}.md", article(title, date=due[title].isoformat()))
        if restarted:
            folder.restart()

        folder.refresh()

        shown = set(titles(folder))
        assert seen <= shown
        assert all(due[each] <= told[each] for each in shown)
        seen = shown
    folder.store.close()


# Dates of articles that bear none


@pytest.mark.parametrize("clock_says", BEHIND[:2], ids=str)
def test_an_undated_article_waits_for_a_clock_that_is_set(
    folder: Folder, clock: Clock, clock_says: datetime
) -> None:
    folder.write("a.md", article("A", date="2020-04-01"))
    folder.refresh()
    clock.now = clock_says
    undated(folder, "b.md", EPOCH)

    folder.refresh()
    assert titles(folder) == ["A"]

    clock.now = NOON + timedelta(days=9)
    report = folder.refresh()
    assert report.generation
    assert titles(folder) == ["B", "A"]
    assert dates(folder)["b.md"] == clock.now


@pytest.mark.parametrize("clock_says", BEHIND[:2], ids=str)
def test_an_undated_article_waits_no_longer_than_that_though_a_clock_was_ahead_once(
    folder: Folder, clock: Clock, clock_says: datetime
) -> None:
    """Set at last, the clock stands before the moment that counted while it was not."""
    clock.forward(days=365)
    folder.write("a.md", article("A", date="2020-04-01"))
    folder.refresh()
    clock.now = clock_says
    undated(folder, "b.md", EPOCH)
    folder.refresh()
    assert titles(folder) == ["A"]

    clock.now = NOON
    report = folder.refresh()

    assert report.generation
    assert titles(folder) == ["B", "A"]
    assert dates(folder)["b.md"].date() == NOON.date()


@pytest.mark.parametrize("hours", [1, 24 * 365 * 14])
def test_with_a_clock_that_was_set_back_an_undated_article_appears(
    folder: Folder, clock: Clock, hours: int
) -> None:
    clock.forward(hours=hours)
    folder.write("a.md", article("A", date="2020-04-01"))
    folder.refresh()
    clock.now = NOON
    undated(folder, "b.md", NOON)

    folder.refresh()

    assert titles(folder) == ["B", "A"]
    assert dates(folder)["b.md"] == NOON


@pytest.mark.parametrize("year", [1970, 1980, 1985, 1999])
def test_the_time_of_a_file_in_a_containers_image_is_no_date(folder: Folder, clock: Clock, year: int) -> None:
    undated(folder, "a.md", datetime(year, 1, 1, tzinfo=UTC))

    folder.refresh()

    assert dates(folder) == {"a.md": clock.now}


def test_an_undated_article_that_is_published_keeps_its_date(folder: Folder, clock: Clock) -> None:
    undated(folder, "a.md", NOON - timedelta(days=100))
    folder.refresh()
    before = dates(folder)
    clock.now = EPOCH

    undated(folder, "a.md", EPOCH)
    folder.restart()
    folder.refresh()

    assert dates(folder) == before
    assert titles(folder) == ["A"]


# A clock that was never set


def test_without_a_clock_nothing_is_published_for_the_first_time(folder: Folder, clock: Clock) -> None:
    folder.write("a.md", article("A", date="2026-04-01"))
    undated(folder, "b.md", EPOCH)
    clock.now = EPOCH

    with pytest.raises(ClockError, match=r"the clock says 1970-01-01, so nobody can tell"):
        folder.refresh()

    assert folder.snapshot.generation == 0
    clock.now = NOON
    folder.refresh()
    assert dates(folder)["b.md"] == clock.now


def test_a_catalogue_of_an_older_version_knows_what_it_has_reached(folder: Folder, clock: Clock) -> None:
    folder.write("a.md", article("A", date="2026-04-01"))
    folder.refresh()
    folder.store.remember("reached", "")
    clock.now = EPOCH
    folder.restart()

    folder.refresh()

    assert titles(folder) == ["A"]


def test_two_machines_may_be_some_seconds_apart() -> None:
    reached = Reached(at=NOON, sequence=3)

    assert moment_of(NOON - timedelta(seconds=5), reached).trouble is None
    assert moment_of(NOON - timedelta(seconds=6), reached).trouble is not None


def test_the_reached_moment_never_goes_back() -> None:
    reached = Reached(at=NOON, sequence=3)

    assert moment_of(EPOCH, reached).now == NOON
    assert EARLIEST < NOON
