"""Which articles a feed shows, and which terms have feeds."""

from collections.abc import Callable
from datetime import timedelta
from random import shuffle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.feeds.select import gather_terms, natural, newest_first, select, terms_of
from feedsvc.model import Author, FeedSpec, Record, Term, TermKind
from tests.support.builders import NOON, make_article, make_record, make_site, make_spec

KINDS = tuple(TermKind)


def chosen(
    records: list[Record], spec: FeedSpec | None = None, size_of: Callable[[Record], int] = lambda _: 0
) -> list[int]:
    """Return the keys of what a feed at NOON shows."""
    selected = select(records, spec or make_spec(), site=make_site(), now=NOON, size_of=size_of).records
    return [record.key for record in selected]


def about(**article: Any) -> Record:
    return make_record(article=make_article(**article))


def hourly(count: int) -> list[Record]:
    """One article an hour; key 1 is the newest, published at NOON."""
    return [make_record(key=n + 1, published=NOON - timedelta(hours=n)) for n in range(count)]


def test_numbers_in_paths_count_as_numbers() -> None:
    paths = ["part-10.md", "part-9.md", "part-1b.md", "part.md", "2/x.md", "10/x.md"]

    assert sorted(paths, key=natural) == [
        "2/x.md",
        "10/x.md",
        "part-1b.md",
        "part-9.md",
        "part-10.md",
        "part.md",
    ]


@given(st.lists(st.text(), unique=True))
def test_the_natural_order_of_paths_is_total(paths: list[str]) -> None:
    """Two machines that list the folder differently serve the same bytes."""
    backwards = paths[::-1]

    assert sorted(paths, key=natural) == sorted(backwards, key=natural)


def test_the_newest_comes_first_and_equal_dates_go_by_path() -> None:
    older = make_record(key=1, published=NOON - timedelta(seconds=1))
    ninth = make_record(key=2, article=make_article(path="note-9.md"))
    tenth = make_record(key=3, article=make_article(path="note-10.md"))

    assert newest_first([older, ninth, tenth]) == [tenth, ninth, older]


def test_the_order_does_not_depend_on_the_order_of_the_records() -> None:
    records = [make_record(key=n) for n in range(9)]
    expected = chosen(records)

    shuffle(records)

    assert chosen(records) == expected


def test_an_article_appears_at_its_second() -> None:
    due = make_record(published=NOON)
    later = make_record(key=2, published=NOON + timedelta(seconds=1))

    assert chosen([due, later]) == [due.key]


@pytest.mark.parametrize(
    "record",
    [
        make_record(id=None),
        make_record(gone=True),
        about(hidden="draft"),
        about(expires=NOON),
    ],
    ids=["without an id", "gone", "draft", "expired"],
)
def test_what_is_not_visible_is_not_selected(record: Record) -> None:
    assert chosen([record]) == []


def test_a_broken_article_stays_in_its_last_good_version() -> None:
    assert chosen([make_record(broken=True)]) == [1]


@pytest.mark.parametrize(
    ("kind", "slug"),
    [
        (TermKind.CATEGORY, "news"),
        (TermKind.TAG, "web-design"),
        (TermKind.AUTHOR, "kim"),
        (TermKind.LANGUAGE, "ko"),
    ],
)
def test_a_feed_by_term_shows_the_articles_with_it(kind: TermKind, slug: str) -> None:
    with_it = about(categories=("News",), tags=("Web  Design",), authors=(Author(name="KIM"),), language="ko")
    spec = make_spec(term=Term(kind=kind, slug=slug, label="whatever"))

    assert chosen([with_it, make_record(key=2)], spec) == [1]


def test_an_article_without_a_language_is_in_the_sites() -> None:
    spec = make_spec(term=Term(kind=TermKind.LANGUAGE, slug="en", label="en"))

    assert chosen([make_record(key=1), make_record(key=2, article=make_article(language="ko"))], spec) == [1]


def test_a_quiet_site_shows_the_newest_by_number() -> None:
    weekly = [make_record(key=n, published=NOON - timedelta(weeks=n)) for n in range(9)]

    assert chosen(weekly, make_spec(limit=3)) == [0, 1, 2]


def test_a_busy_day_is_shown_whole() -> None:
    """Or a reader that polls once a day would miss articles for good."""
    assert chosen(hourly(9), make_spec(limit=3, hours=5, most=100)) == [1, 2, 3, 4, 5, 6]


def test_even_a_busy_day_has_an_end() -> None:
    assert chosen(hourly(9), make_spec(limit=3, hours=5, most=4)) == [1, 2, 3, 4]


def test_a_limit_above_the_end_of_a_busy_day_holds() -> None:
    assert chosen(hourly(9), make_spec(limit=7, hours=1, most=4)) == [1, 2, 3, 4, 5, 6, 7]


def test_what_is_planned_shapes_nothing() -> None:
    """The hours count from the newest visible article, not from the newest of all."""
    planned = make_record(key=99, published=NOON + timedelta(hours=1))
    spec = make_spec(limit=1, hours=2)

    assert chosen([planned, *hourly(9)], spec) == chosen(hourly(9), spec)


def test_contents_together_stay_within_the_size() -> None:
    assert chosen(hourly(9), make_spec(size=250), lambda _: 100) == [1, 2]


def test_a_feed_shows_at_least_one_entry() -> None:
    assert chosen(hourly(9), make_spec(size=50), lambda _: 100) == [1]


def test_an_entry_that_carries_its_excerpt_only_does_not_count() -> None:
    sizes = {1: 100_001, 2: 100_000, 3: 1}

    assert chosen(hourly(3), make_spec(size=100_000), lambda record: sizes[record.key]) == [1, 2]


def test_nothing_counts_in_a_feed_of_excerpts() -> None:
    assert len(chosen(hourly(9), make_spec(size=1, full=False), lambda _: 100)) == 9


def test_terms_are_the_articles_own_each_once() -> None:
    record = about(categories=("News", "NEWS"), tags=("C++",), authors=(Author(name="Kim"),))

    assert [(term.kind, term.label) for term in terms_of(record, "en")] == [
        (TermKind.CATEGORY, "News"),
        (TermKind.TAG, "C++"),
        (TermKind.AUTHOR, "Kim"),
        (TermKind.LANGUAGE, "en"),
    ]


def test_a_term_is_spelled_as_in_the_oldest_visible_article() -> None:
    """A newer spelling must not rename a feed that people subscribe to."""
    hidden = make_record(
        published=NOON - timedelta(days=2), article=make_article(tags=("WEB",), hidden="draft")
    )
    old = make_record(published=NOON - timedelta(days=1), article=make_article(tags=("Web",)))
    new = make_record(published=NOON, article=make_article(tags=("web",)))
    known = Term(kind=TermKind.TAG, slug="web", label="wEb")

    terms = gather_terms([new, old, hidden], [known], [TermKind.TAG], site=make_site(), now=NOON)

    assert terms == (Term(kind=TermKind.TAG, slug="web", label="Web"),)


def test_a_term_that_lost_its_last_article_keeps_its_feed() -> None:
    known = Term(kind=TermKind.CATEGORY, slug="old", label="Old")

    assert gather_terms([], [known], KINDS, site=make_site(), now=NOON) == (known,)


def test_only_the_wanted_kinds_have_feeds() -> None:
    known = Term(kind=TermKind.CATEGORY, slug="old", label="Old")
    record = about(tags=("web",), categories=("News",))

    terms = gather_terms([record], [known], [TermKind.TAG], site=make_site(), now=NOON)

    assert [term.slug for term in terms] == ["web"]


def test_terms_come_in_a_fixed_order() -> None:
    records = [about(tags=("b", "a"), categories=("z",)), about(tags=("a", "c"))]

    terms = gather_terms(records, [], KINDS, site=make_site(), now=NOON)

    assert [term.folder for term in terms] == ["categories/z/", "tags/a/", "tags/b/", "tags/c/"]


ENGLISH = Term(kind=TermKind.LANGUAGE, slug="en", label="en")


@pytest.mark.parametrize(
    ("languages", "known", "wanted", "folders"),
    [
        ((None, None), [], (), []),
        ((None, "en"), [], (), []),
        (("ko", "ko"), [], (), ["languages/ko/"]),  # which the site does not say it is in
        ((None, "ko"), [], (), ["languages/en/", "languages/ko/"]),
        (("en-GB", None), [], (), ["languages/en-gb/", "languages/en/"]),
        ((None, None), [ENGLISH], (), ["languages/en/"]),  # somebody may have subscribed to it
        ((None, None), [], ("languages/en/",), ["languages/en/"]),
        ((None, None), [], ("languages/ko/",), []),
    ],
)
def test_a_site_in_one_language_has_no_feed_of_it_unless_it_had_one(
    languages: tuple[str | None, ...], known: list[Term], wanted: tuple[str, ...], folders: list[str]
) -> None:
    records = [about(language=language) for language in languages]

    terms = gather_terms(records, known, KINDS, site=make_site(), now=NOON, wanted=frozenset(wanted))

    assert sorted(term.folder for term in terms) == sorted(folders)


def test_an_article_that_keeps_out_of_all_feeds_gives_its_terms_no_feed() -> None:
    kept = [
        make_record(article=make_article(tags=("open",), feeds=("all",))),
        make_record(article=make_article(tags=("nowhere",), feeds=())),
    ]

    terms = gather_terms(kept, [], [TermKind.TAG], site=make_site(), now=NOON)

    assert [term.label for term in terms] == ["open"]
