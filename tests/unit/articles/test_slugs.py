"""Addresses of terms and articles."""

import pytest
from hypothesis import given

from feedsvc.text.slugs import article_slug, slug
from tests.support.strategies import TEXT


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("News", "news"),
        ("  Web   Design ", "web-design"),
        ("한국어", "한국어"),
        ("日本語 タグ", "日本語-タグ"),
        ("हिन्दी", "हिन्दी"),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "full-width"),
        ("Straße", "strasse"),
        ("snake_case", "snake_case"),
        ("-- a - b --", "a-b"),
        ("x²", "x2"),
    ],
)
def test_a_label_of_letters_and_blanks_reads_as_itself(label: str, expected: str) -> None:
    assert slug(label) == expected


CONFUSABLE = ["C++", "C#", "C", "a/b", "ab", "a.b", "🎉", "❤️", "!!!", "", "-", ".", ".."]


@pytest.mark.parametrize("label", CONFUSABLE)
def test_what_dropping_would_confuse_is_kept_apart(label: str) -> None:
    others = {slug(other) for other in CONFUSABLE if other != label}

    assert slug(label) not in others


def test_the_hash_follows_the_readable_part() -> None:
    assert slug("C++").startswith("c-")
    assert len(slug("C++")) == len("c-") + 6
    assert len(slug("🎉")) == 6


def test_the_hash_does_not_depend_on_case_or_blanks() -> None:
    assert slug(" c++") == slug("C++ ")


def test_a_long_label_is_cut_and_kept_apart() -> None:
    """An address segment is a folder's name in a static export."""
    long = "가" * 300

    assert slug(long) != slug(long + "가")
    assert len(slug(long).encode()) <= 120
    assert slug(long).startswith("가" * 37)


@given(TEXT)
def test_every_label_gives_one_safe_segment(label: str) -> None:
    segment = slug(label)

    assert segment
    assert not set(segment) & set("/\\. \t\n\0?#%<&\ud800")
    assert len(segment.encode()) <= 120


@given(TEXT)
def test_the_segment_of_a_segment_is_itself(label: str) -> None:
    """Whoever links to a feed by its address segment finds it."""
    assert slug(slug(label)) == slug(label)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("A: Title!", "a-title"), ("What's new in C++?", "whats-new-in-c"), ("가" * 99, "가" * 40)],
)
def test_an_article_has_a_readable_address(text: str, expected: str) -> None:
    assert article_slug(text) == expected


def test_an_article_named_by_an_emoji_has_an_address_too() -> None:
    assert article_slug("🎉") == slug("🎉")
