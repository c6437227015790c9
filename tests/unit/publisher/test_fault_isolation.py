"""An article that trips feedsvc is left out, or stays as it was, and all others go on."""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.dialects.plain import Plain
from feedsvc.articles.dialects.protocol import ArticleFacts, PathMetadata
from feedsvc.articles.disk.scan import Listing, ScanRules
from feedsvc.articles.reading.read import Reading
from feedsvc.errors import StoreError
from feedsvc.ledger.compare import Circumstances, compare
from feedsvc.model import Article, Catalogue, Record, Severity
from feedsvc.publisher.inspect.explain import explain
from feedsvc.publisher.inspect.survey import survey
from feedsvc.publisher.refresh.fault_isolation import FaultIsolation
from feedsvc.publisher.refresh.gather import Gathered
from tests.conftest import Clock
from tests.support.builders import NOON, make_article, make_file, make_record, make_site
from tests.support.sites import Folder, article, make_plan

FAULT = "this is a fault of feedsvc, so report it with this file"


@dataclass(frozen=True, slots=True)
class Tripped(Plain):
    """Knows a generator's sites, but not what to make of poison."""

    def lead_image_patterns(self, path: str) -> tuple[str, ...]:  # noqa: ARG002
        return ("*cover*",)

    def asset_folders(self, article: Article) -> tuple[str, ...]:
        if "poison" in article.title.casefold():
            raise LookupError(article.path)
        return ()


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Folder:
    return Folder(tmp_path, clock, rules=ScanRules(dialect=Tripped()), composed=True)


def titles(folder: Folder, path: str = "atom.xml") -> set[str]:
    return {entry.title for entry in feedparser.parse(folder.body(path)).entries}


def errors(folder: Folder) -> list[str]:
    return [str(problem) for problem in folder.store.problems() if problem.severity is Severity.ERROR]


def test_an_article_that_makes_a_refresh_raise_is_left_out_and_named(folder: Folder) -> None:
    for name in ("a", "b", "c", "d"):
        folder.write(f"{name}.md", article(name.upper(), tags="[t]"))
    folder.write("e.md", article("Poison", tags="[t, only]"))

    report = folder.refresh()

    assert titles(folder) == titles(folder, "tags/t/rss.xml") == {"A", "B", "C", "D"}
    assert errors(folder) == [f"e.md: error: cannot be published; {FAULT}"]
    assert report.broken == 1
    assert not any("poison" in path or "only" in path for path in folder.snapshot.documents)
    assert {record.article.path for record in folder.store.catalogue().records} == {
        f"{name}.md" for name in "abcd"
    }


def test_the_last_good_version_of_a_faulty_article_stays(folder: Folder) -> None:
    folder.write("a.md", article("A"))
    folder.write("b.md", article("B"))
    folder.refresh()
    known = {entry.title: entry.id for entry in feedparser.parse(folder.body()).entries}

    folder.write("a.md", article("A poison"))
    folder.write("c.md", article("C"))
    folder.refresh()
    folder.refresh()
    kept = titles(folder)
    folder.write("a.md", article("A, mended"))
    folder.refresh()

    assert kept == {"A", "B", "C"}
    assert {entry.id for entry in feedparser.parse(folder.body()).entries} > set(known.values())
    assert titles(folder) == {"A, mended", "B", "C"}
    assert errors(folder) == []


def test_an_article_of_which_no_version_is_good_any_more_keeps_its_id(tmp_path: Path, clock: Clock) -> None:
    """So it may be after an upgrade of feedsvc: what was published yesterday trips today's version."""
    folder = Folder(tmp_path, clock)
    folder.write("a.md", article("A"))
    folder.write("b.md", article("Poison"))
    folder.refresh()
    known = {record.article.path: record.id for record in folder.store.catalogue().records}

    folder.restart(rules=ScanRules(dialect=Tripped()))
    folder.refresh()
    left = titles(folder)
    folder.restart(rules=ScanRules())
    folder.refresh()

    assert left == {"A"}
    assert titles(folder) == {"A", "Poison"}
    assert {record.article.path: record.id for record in folder.store.catalogue().records} == known
    assert folder.store.catalogue().withdrawals == ()


def test_a_faulty_article_is_not_searched_for_again(folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    folder.write("a.md", article("Poison"))
    folder.refresh()
    folder.write("b.md", article("B"))

    folder.refresh()
    again = folder.refresh()

    assert titles(folder) == {"B"}
    assert again.generation is None
    told = [r.getMessage() for r in caplog.records if "cannot publish" in r.getMessage()]
    assert [re.sub(r"\d+$", "N", each) for each in told] == [
        "cannot publish path=a.md error=LookupError: a.md at test_fault_isolation.py:N"
    ]
    assert not any(record.exc_info for record in caplog.records if record.levelno > logging.DEBUG)
    assert errors(folder) == [f"a.md: error: cannot be published; {FAULT}"]


def test_a_look_reports_articles_that_would_make_a_refresh_raise(folder: Folder) -> None:
    folder.write("a.md", article("A"))
    folder.write("b.md", article("Poison"))
    plan = make_plan(folder.root, rules=ScanRules(dialect=Tripped()))

    found = survey(plan, Catalogue(), now=NOON)
    explained = explain(plan, Catalogue(), "b.md", cwd=folder.root, now=NOON)

    assert [(row.path, row.reason) for row in found.articles] == [("a.md", None), ("b.md", "broken")]
    assert [str(problem) for problem in found.problems] == [f"b.md: error: cannot be published; {FAULT}"]
    assert explained.reason == "broken"
    assert [problem.reason for problem in explained.problems] == [f"cannot be published; {FAULT}"]


# What is compared


def around(trips: Callable[[Article], bool], tripped: Callable[[str, Exception], None]) -> Circumstances:
    def address(article: Article, *_: object) -> tuple[str, bool]:
        if trips(article):
            raise LookupError(article.path)
        return f"https://example.org/{article.slug}/", False

    return Circumstances(
        now=NOON, site=make_site(), first_date=lambda _: NOON, address=address, tripped=tripped
    )


def test_an_article_that_cannot_be_compared_stays_as_it_was() -> None:
    said: list[str] = []
    known = make_record(key=1, article=make_article(path="a.md", title="A", digest="1"))
    new = make_article(path="a.md", title="A poison", digest="2", published=NOON)
    fresh = make_article(path="b.md", title="B poison", slug="b", digest="3", published=NOON)
    good = make_article(path="c.md", title="C", slug="c", digest="4", published=NOON)

    after = compare(
        Catalogue(site_id="example.org", records=(known,)),
        [Reading(file=make_file(each.path), article=each) for each in (new, fresh, good)],
        around(lambda article: "poison" in article.title, lambda path, _: said.append(path)),
    )

    assert said == ["a.md", "b.md"]
    assert [record.article.title for record in after.records] == ["A", "C"]
    assert after.records[0] == replace(known, broken=True)


# How much it costs


def gathered(records: Sequence[Record]) -> Gathered:
    return Gathered(
        catalogue=Catalogue(records=tuple(records)), listing=Listing(), site=make_site(), problems=()
    )


@pytest.mark.parametrize("bad", [{17}, {0, 999}, {500, 501, 502}])
def test_finding_one_article_among_thousands_costs_a_few_refreshes(bad: set[int]) -> None:
    records = [make_record(key=key, article=make_article(path=f"{key}.md")) for key in range(1000)]
    looked: list[int] = []

    def run(sound: Gathered) -> list[int]:
        keys = [record.key for record in sound.catalogue.records]
        looked.append(len(keys))
        if bad & set(keys):
            raise LookupError
        return keys

    left = FaultIsolation()(run, gathered(records), Catalogue(), run)

    assert set(left) == set(range(1000)) - bad
    assert sum(looked) <= 1000 * (3 + 2 * len(bad))


@given(
    st.lists(st.frozensets(st.integers(0, 19), min_size=1, max_size=4), max_size=6),
    st.frozensets(st.integers(0, 19)),
)
def test_whatever_articles_trip_together_the_rest_is_published(
    clashes: list[frozenset[int]], known: frozenset[int]
) -> None:
    """Each clash is a set of articles that make a refresh raise if all of them are there."""
    records = [
        make_record(key=key, article=make_article(path=f"{key:02}.md", digest="2")) for key in range(20)
    ]
    older = [make_record(key=key, article=make_article(path=f"{key:02}.md", digest="1")) for key in known]

    def run(some: Gathered) -> Gathered:
        new = {record.key for record in some.catalogue.records if record.article.digest == "2"}
        if any(clash <= new for clash in clashes):
            raise LookupError(sorted(new))
        return some

    isolation = FaultIsolation()
    left = isolation(run, gathered(records), Catalogue(records=tuple(older)), run)
    again = isolation(run, gathered(records), Catalogue(records=tuple(older)), lambda _: 1 / 0)

    published = {record.key for record in left.catalogue.records if record.article.digest == "2"}
    named = {int(problem.path[:2]) for problem in left.problems}
    assert named == set(range(20)) - published
    assert all(any(clash <= published | {key} for clash in clashes) for key in named), "none for nothing"
    assert {record.key for record in left.catalogue.records} == published | known
    assert again == left, "and nothing is searched for again"


def test_two_articles_that_trip_together_are_told_of_each_other() -> None:
    records = [make_record(key=key, article=make_article(path=f"{key}.md")) for key in range(5)]

    def run(some: Gathered) -> Gathered:
        if {1, 3} <= {record.key for record in some.catalogue.records}:
            raise LookupError
        return some

    isolation = FaultIsolation()
    left = isolation(run, gathered(records), Catalogue(), run)
    alone = isolation(run, gathered([each for each in records if each.key != 1]), Catalogue(), run)

    assert [str(problem) for problem in left.problems] == [
        "3.md: error: cannot be published beside '1.md'; this is a fault of feedsvc, so report it with both"
        " files"
    ]
    assert [record.key for record in left.catalogue.records] == [0, 1, 2, 4]
    assert [record.key for record in alone.catalogue.records] == [0, 2, 3, 4], "the other one has gone"


def test_of_two_articles_that_trip_together_the_one_that_readers_have_stays() -> None:
    records = [
        make_record(key=key, article=make_article(path=f"{key}.md", digest=str(key))) for key in (1, 2)
    ]

    def run(some: Gathered) -> list[int]:
        if len(some.catalogue.records) > 1:
            raise LookupError
        return [record.key for record in some.catalogue.records]

    left = FaultIsolation()(run, gathered(records), Catalogue(records=(records[1],)), run)

    assert left == [2]


class Touchy(str):
    """A text that raises when it is compared with another one of its kind."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Touchy) and other is not self:
            raise LookupError("touchy")
        return str(self) == other

    def __hash__(self) -> int:
        return 7  # so that a dictionary compares


@dataclass(frozen=True, slots=True)
class Irritated(Plain):
    """Gives some articles an id that cannot stand beside another such id."""

    def feed_id(self, facts: ArticleFacts, permalink: str | None) -> str | None:  # noqa: ARG002
        return Touchy(f"https://example.org/{facts.path}") if "touchy" in facts.path else None


@dataclass(frozen=True, slots=True)
class Divided(Plain):
    """Gives some articles a language that cannot stand beside another such one."""

    def path_metadata(self, path: str) -> PathMetadata:
        return PathMetadata(stem=path, language=Touchy("en") if "touchy" in path else None)


@pytest.mark.parametrize("dialect", [Irritated(), Divided()], ids=["id", "language"])
def test_articles_that_trip_a_refresh_only_together_cost_one_of_them(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, dialect: Plain
) -> None:
    folder = Folder(
        tmp_path, clock, rules=ScanRules(dialect=dialect), site=make_site(url="https://example.org")
    )
    folder.write("a.md", article("A"))
    folder.write("touchy1.md", article("Touchy 1", slug="touchy"))
    folder.refresh()
    before = titles(folder)

    folder.write("touchy2.md", article("Touchy 2", slug="touchy"))
    folder.write("b.md", article("B"))
    folder.refresh()

    assert before == {"A", "Touchy 1"}
    assert titles(folder) == {"A", "Touchy 1", "B"}
    assert [each.split(":")[0] for each in errors(folder)] == ["touchy2.md"]
    assert not any(record.exc_info for record in caplog.records if record.levelno > logging.DEBUG)


def test_a_fault_without_a_guilty_article_is_raised() -> None:
    records = [make_record(key=key, article=make_article(path=f"{key}.md")) for key in range(4)]

    def run(_: Gathered) -> None:
        raise LookupError("the printer is on fire")

    with pytest.raises(LookupError, match="printer"):
        FaultIsolation()(run, gathered(records), Catalogue(), lambda _: None)


def test_a_store_that_says_no_is_not_looked_into() -> None:
    runs: list[int] = []

    def run(sound: Gathered) -> None:
        runs.append(len(sound.catalogue.records))
        raise StoreError("locked")

    with pytest.raises(StoreError, match="locked"):
        FaultIsolation()(run, gathered([make_record()]), Catalogue(), run)

    assert runs == [1]
