"""An article that is dated by day only gets the time at which it was first published."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import feedparser
import pytest

from feedsvc.articles.frontmatter.dates import is_day
from feedsvc.cli.workplace import workplace
from feedsvc.publisher.inspect.explain import explain
from tests.conftest import Clock
from tests.support.builders import NOON, make_site
from tests.support.processes import feedsvc
from tests.support.sites import Folder, article, make_plan

TODAY = "2026-05-01"


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    """A folder that was published this morning, with one article of this day."""
    made = Folder(tmp_path, clock, first_seen=True)
    made.write("first.md", article("First", date=TODAY))
    made.refresh()
    yield made
    made.store.close()


def dates(folder: Folder) -> dict[str, str]:
    """Return the date of each entry, by its title, the newest first."""
    entries = feedparser.parse(folder.body()).entries
    return {entry.title: entry.published for entry in entries}


def test_the_first_refresh_dates_nothing_by_the_clock(folder: Folder) -> None:
    """So two machines that begin with the same folder have the same bytes."""
    assert dates(folder) == {"First": "2026-05-01T00:00:00+00:00"}


def test_a_second_article_of_the_day_is_dated_by_the_moment_it_came(folder: Folder) -> None:
    """Consumers that keep the latest date they have seen would take it for an old one."""
    folder.write("second.md", article("Second", date=TODAY))

    folder.refresh()

    assert [*dates(folder).items()] == [
        ("Second", folder.clock.now.isoformat()),
        ("First", "2026-05-01T00:00:00+00:00"),
    ]


def test_the_date_in_a_name_is_a_day_too(folder: Folder) -> None:
    folder.write("2026-05-01-named.md", "Hello.")

    folder.refresh()

    assert dates(folder)["Named"] == folder.clock.now.isoformat()


@pytest.mark.parametrize(
    ("later", "wanted"),
    [
        (article("Second", "Edited.", date=TODAY), NOON + timedelta(minutes=2)),
        (article("Second", date="2026/5/1"), NOON + timedelta(minutes=2)),
        (article("Second", date="2026-05-01 09:30"), NOON - timedelta(hours=2, minutes=30)),
        (article("Second", date="2026-04-30"), NOON - timedelta(hours=36)),
    ],
)
def test_the_time_stays_as_long_as_the_author_says_the_same_day(
    folder: Folder, later: str, wanted: datetime
) -> None:
    folder.write("second.md", article("Second", date=TODAY))
    folder.refresh()

    folder.restart(first_seen=False)  # a later change of the setting moves nothing
    folder.write("second.md", later)
    folder.clock.forward(days=3)
    folder.refresh()

    assert dates(folder)["Second"] == wanted.isoformat()


def test_the_time_survives_a_rename_a_deletion_and_another_zone(folder: Folder) -> None:
    file = folder.write("second.md", article("Second", date=TODAY))
    folder.refresh()
    before = datetime.fromisoformat(dates(folder)["Second"])
    moved = file.rename(folder.root / "moved.md")
    folder.refresh()
    moved.rename(folder.root.parent / "away.md")
    folder.refresh()
    (folder.root.parent / "away.md").rename(moved)

    folder.restart(site=make_site(url=None, timezone=timezone(timedelta(hours=9))))
    folder.refresh()

    assert datetime.fromisoformat(dates(folder)["Second"]) == before


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-05-01 00:00", "2026-05-01T00:00:00+00:00"),
        ("2026-04-30", "2026-04-30T00:00:00+00:00"),
        ("2026-05-01T10:00:00Z", "2026-05-01T10:00:00+00:00"),
    ],
)
def test_a_time_or_another_day_that_its_author_has_written_counts(
    folder: Folder, date: str, expected: str
) -> None:
    folder.write("second.md", article("Second", date=date))

    folder.refresh()

    assert dates(folder)["Second"] == expected


def test_an_article_of_tomorrow_is_dated_by_the_refresh_that_publishes_it(folder: Folder) -> None:
    folder.write("soon.md", article("Soon", date="2026-05-02"))
    folder.refresh()

    folder.look(seconds=86_400)

    assert dates(folder)["Soon"] == folder.clock.now.isoformat()


def test_a_clock_that_is_behind_dates_nothing(folder: Folder) -> None:
    folder.clock.forward(hours=-3)
    folder.restart()
    folder.write("second.md", article("Second", date=TODAY))

    folder.refresh()
    folder.refresh()

    assert dates(folder)["Second"] == "2026-05-01T00:00:00+00:00"


def test_where_the_time_came_from_is_explained(folder: Folder) -> None:
    folder.write("second.md", article("Second", date=TODAY))
    folder.refresh()

    told = explain(make_plan(folder.root), folder.store.catalogue(), "second.md", cwd=folder.root, now=NOON)

    assert told.fields["published"].origin == (
        "front matter 'date', line 3; the time is that of its first publication, kept in the ledger"
    )


# Which dates are days


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-05-01", True),
        ("2026/5/1", True),
        ("2026.05.01 +09:00", True),
        ("2026년 5월 1일", True),
        ("1 May 2026", True),
        ("2026-05-01 00:00", False),
        ("2026-05-01T00:00:00Z", False),
        ("2026년 5월 1일 오전 9시", False),
        ("Fri, 1 May 2026 00:00:00 GMT", False),
        ("1777600000", False),
    ],
)
def test_a_day_is_a_date_without_a_time(written: str, day: bool) -> None:
    assert is_day(written) is day


# The setting


@pytest.mark.parametrize(
    ("said", "dialect", "first_seen"),
    [
        ("auto", "plain", True),
        ("auto", "jekyll", False),
        ("midnight", "plain", False),
        ("first-seen", "hugo", True),
    ],
)
def test_a_setting_decides_and_generators_keep_what_they_write(
    tmp_path: Path, said: str, dialect: str, first_seen: bool
) -> None:
    path = tmp_path / "feedsvc.toml"
    path.write_text(f'[articles]\ndirectory = "."\ndialect = "{dialect}"\ndate_only = "{said}"\n')

    plan = workplace(tmp_path, path, {}).plan()

    assert plan.first_seen is first_seen


# What comes too late for readers that go by dates


def test_an_article_that_is_dated_back_is_told_of_once(folder: Folder) -> None:
    folder.write("old.md", article("Old", date="2026-04-01"))
    folder.write("older.md", article("Older", date="2026-03-01"))

    first, second = folder.refresh(), folder.refresh()

    assert [str(notice) for notice in first.notices] == [
        "old.md: warning: is new, like 1 more that are new, and dated 2026-04-01T00:00:00+00:00, no later"
        " than first.md (2026-05-01T00:00:00+00:00), so readers that go by dates will not see it; give it a"
        " later 'date' if they are to"
    ]
    assert (second.notices, second.problems) == ((), ())


@pytest.mark.parametrize("date", [TODAY, "2026-05-01 11:00"])
def test_nothing_is_said_of_an_article_that_readers_see(folder: Folder, date: str) -> None:
    folder.write("second.md", article("Second", date=date))

    assert folder.refresh().notices == ()


def test_the_command_says_it(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(article("First", date="2026-04-02"))
    feedsvc("refresh", ".", cwd=tmp_path)
    (tmp_path / "b.md").write_text(article("Second", date="2026-04-01"))

    said = [feedsvc("refresh", ".", cwd=tmp_path).stderr for _ in range(2)]

    assert ["readers that go by dates will not see it" in each for each in said] == [True, False]
