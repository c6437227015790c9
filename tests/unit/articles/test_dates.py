"""Dates as people write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.frontmatter.dates import as_instant

SEOUL = ZoneInfo("Asia/Seoul")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-05-01", "2024-05-01T00:00:00+09:00"),
        ("2024-5-1", "2024-05-01T00:00:00+09:00"),
        ("2024/05/01", "2024-05-01T00:00:00+09:00"),
        ("2024-05-01 00:30", "2024-05-01T00:30:00+09:00"),
        ("2021-01-15 9:05:00 +0900", "2021-01-15T09:05:00+09:00"),
        ("2015-03-17 14:00:00 -4", "2015-03-17T14:00:00-04:00"),
        ("2024-05-01T23:30:00-05:00", "2024-05-01T23:30:00-05:00"),
        ("2024-05-01T09:00:00.123456Z", "2024-05-01T09:00:00+00:00"),
        ("2024-05-01 24:00:00", "2024-05-02T00:00:00+09:00"),
        ("2016-12-31 23:59:60 UTC", "2016-12-31T23:59:59+00:00"),
        ("Wed, 01 May 2024 09:00:00 GMT", "2024-05-01T09:00:00+00:00"),
        ("May 3, 2024 10:00 PM", "2024-05-03T22:00:00+09:00"),
        ("3 May 2024 10:00 EST", "2024-05-03T10:00:00-05:00"),
        ("2024-05-01 10:00 PM", "2024-05-01T22:00:00+09:00"),
        ("2024/05/01 12:30 a.m.", "2024-05-01T00:30:00+09:00"),
        ("2024-05-01 10:00:00 EST", "2024-05-01T10:00:00-05:00"),
        ("2024-05-01 10:00:00 +0900 KST", "2024-05-01T10:00:00+09:00"),
        ("2024년 5월 1일", "2024-05-01T00:00:00+09:00"),
        ("2026년 11월 10일 오후 3시 20분", "2026-11-10T15:20:00+09:00"),
        ("2026년 11월 10일 오전 12시 5분 9초", "2026-11-10T00:05:09+09:00"),
        ("2026년 11월 10일 15시", "2026-11-10T15:00:00+09:00"),
        ("2026-11-10 오후 3:20", "2026-11-10T15:20:00+09:00"),
        ("2026-11-10 오후 12:20:30", "2026-11-10T12:20:30+09:00"),
        ("1714521600", "2024-05-01T09:00:00+09:00"),
    ],
)
def test_a_date_in_any_usual_form_is_read_in_the_offset_it_names(written: str, expected: str) -> None:
    """Some generators make addresses of the day as it was written."""
    moment, guessed = as_instant(written, SEOUL)

    assert moment.isoformat() == expected
    assert not guessed


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2023-01-29 18:30:22 2023 -0800", "2023-01-29T18:30:22+09:00"),
        ("2021-02-08 16:30-:00+16:30", "2021-02-08T16:30:00+09:00"),
        ("2024-05-01 10:00 XYZ", "2024-05-01T10:00:00+09:00"),
        ("03/04/2024", "2024-03-04T00:00:00+09:00"),
        ("June 2024", "2024-06-01T00:00:00+09:00"),
    ],
)
def test_a_date_that_only_half_reads_is_called_a_guess(written: str, expected: str) -> None:
    moment, guessed = as_instant(written, SEOUL)

    assert moment.isoformat() == expected
    assert guessed


@pytest.mark.parametrize(
    "written",
    [
        *("2024-02-30", "9999-99-99", "0001-01-01", "24:00:00", "soon", "May 3", "2024-05-01 10:00 +25:00"),
        *("", "Jun 27 09:00 +0900", "Mon, 09:00 -0500", "31 2024", "9999999999"),
    ],
)
def test_what_is_no_date_is_refused(written: str) -> None:
    """In particular, nothing that is missing may come from today's date."""
    with pytest.raises(ValueError, match=r"\w"):
        as_instant(written, SEOUL)


IMPOSSIBLE = "is no day of the calendar"
UNKNOWN = "is no date between 1970 and 2099; write it like 2024-06-27 09:00"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("2024-11-31", IMPOSSIBLE),
        ("2023/2/29 10:00", IMPOSSIBLE),
        ("2024-11-00", IMPOSSIBLE),
        ("2024년 6월 31일", IMPOSSIBLE),
        ("2024-13-01", UNKNOWN),
        ("1969-11-31", UNKNOWN),
        ("2024-11-30 25:00", UNKNOWN),
        ("soon", UNKNOWN),
    ],
)
def test_what_is_wrong_with_a_date_is_said(written: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault) as refused:
        as_instant(written, SEOUL)

    assert str(refused.value) == f"'{written}' {fault}"


def test_an_hour_that_daylight_saving_skips_becomes_one_that_exists() -> None:
    moment, _ = as_instant("2024-03-31 02:30", ZoneInfo("Europe/Berlin"))

    assert moment.isoformat() == "2024-03-31T03:30:00+02:00"


def test_a_date_keeps_the_offset_that_it_was_written_with() -> None:
    """Some generators have the day as it was written in an address, whatever the site's zone."""
    assert as_instant("2024-05-01T23:30:00-05:00", SEOUL)[0].isoformat() == "2024-05-01T23:30:00-05:00"


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2099, 12, 30)))  # noqa: DTZ001
def test_what_a_machine_writes_comes_back(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)

    assert as_instant(aware.isoformat(), SEOUL)[0] == aware.replace(microsecond=0)


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    try:
        moment, _ = as_instant(text, SEOUL)
    except ValueError:
        return

    assert moment.tzinfo is not None
    assert moment.microsecond == 0
    assert 1969 <= moment.year <= 2100
