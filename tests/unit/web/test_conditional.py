"""Who already has the document."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import http_date

from feedsvc.web.answers.conditional import matches, not_modified
from tests.support.web_fakes import NOON, NOON_HTTP


@pytest.mark.parametrize(
    "field",
    [
        '"abc"',
        'W/"abc"',
        'w/"abc"',
        "*",
        " * ",
        '"old", "abc"',
        '"old","abc"',
        'W/"old" , W/"abc"',
        '"with, comma", "abc"',
        '"", "abc"',
        "abc",  # some clients lose the quotes
        "W/abc",
        "old, abc",
        '"abc-gzip"',  # Apache compressed us
        'W/"abc-br"',
        '"abc-zstd"',
        '"abc-deflate"',
        '"abc;gzip"',  # Jetty, once
        '"abc--gzip"',  # Jetty, now
        '"abc"-gzip',
    ],
)
def test_a_tag_is_recognised(field: str) -> None:
    assert matches(field, "abc")


@pytest.mark.parametrize(
    "field",
    [
        "",
        '"old"',
        '"ABC"',
        '"abcd"',
        '"xabc"',
        '"abc-"',
        '"abc-gz"',
        '"-gzip"',
        '"x, abc"',
        '"*"',
        '"a", *',
        "W/",
        '"',
    ],
)
def test_another_tag_is_not(field: str) -> None:
    assert not matches(field, "abc")


def test_a_tag_that_ends_like_a_coding_is_itself() -> None:
    assert matches('"abc-br"', "abc-br")


@pytest.mark.parametrize(
    ("if_none_match", "if_modified_since", "expected"),
    [
        (None, None, False),
        ('"abc"', None, True),
        ('"old"', None, False),
        (None, NOON_HTTP, True),
        (None, http_date(NOON + timedelta(days=1)), True),
        (None, http_date(NOON - timedelta(seconds=1)), False),
        (None, "Friday, 01-May-26 12:00:00 GMT", True),  # RFC 850
        (None, "Fri May  1 12:00:00 2026", True),  # asctime
        (None, "Fri, 01 May 2026 21:00:00 +0900", True),
        (None, "Thu, 01 Jan 1970 00:00:00 GMT", False),
        (None, "yesterday, about tea time", False),
        (None, "Mon, 01 Jan 99999999999999999999 00:00:00 GMT", False),
        (None, "", False),
        ('"old"', NOON_HTTP, False),  # the tag wins
        ('"abc"', "Thu, 01 Jan 1970 00:00:00 GMT", True),
        ("", NOON_HTTP, False),  # an empty list is a list
    ],
)
def test_conditions(if_none_match: str | None, if_modified_since: str | None, expected: bool) -> None:
    assert not_modified(if_none_match, if_modified_since, etag="abc", modified=NOON) is expected


@pytest.mark.parametrize(
    ("since", "expected"),
    [(NOON, True), (NOON + timedelta(seconds=1), False), (NOON - timedelta(seconds=1), False)],
)
def test_strictly_only_our_own_date_counts(since: object, expected: bool) -> None:
    """Clients invent dates, and a wrong 304 hides articles."""
    answer = not_modified(None, http_date(since), etag="abc", modified=NOON, strict=True)  # type: ignore[arg-type]

    assert answer is expected


def test_a_date_that_was_not_sent_is_not_compared() -> None:
    assert not not_modified(None, NOON_HTTP, etag="abc", modified=None)


@given(if_none_match=st.text(), if_modified_since=st.text())
def test_no_header_is_too_strange(if_none_match: str, if_modified_since: str) -> None:
    not_modified(if_none_match, None, etag="abc", modified=NOON)
    not_modified(None, if_modified_since, etag="abc", modified=NOON)


@given(before=st.lists(st.from_regex(r'(?:W/)?"[^"]*"', fullmatch=True)), weak=st.sampled_from(["", "W/"]))
def test_our_tag_is_found_in_any_list(before: list[str], weak: str) -> None:
    assert matches(", ".join([*before, f'{weak}"abc"']), "abc")
