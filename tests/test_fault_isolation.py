"""An article that trips feedsvc is left out, or stays as it was, and all others go on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import feedparser
import pytest

from feedsvc.articles.dialects.plain import Plain
from feedsvc.articles.reading import Reading
from feedsvc.articles.scan import Listing, ScanRules
from feedsvc.catalogue.compare import Circumstances, compare
from feedsvc.errors import StoreError
from feedsvc.model import Article, Catalogue, Record, Severity
from feedsvc.publisher.explain import explain
from feedsvc.publisher.fault_isolation import FaultIsolation
from feedsvc.publisher.gather import Gathered
from feedsvc.publisher.survey import survey
from tests.builders import NOON, make_article, make_record, make_site
from tests.conftest import Clock
from tests.sites import Folder, article, make_plan
from tests.test_compare import source_file

FAULT = "this is a fault of feedsvc, so report it with this file"


@dataclass(frozen=True, slots=True)
class Tripped(Plain):
    """Knows a generator's sites, but not what to make of poison."""

    def leads(self, path: str) -> tuple[str, ...]:  # noqa: ARG002
        return ("*cover*",)

    def beside(self, article: Article) -> tuple[str, ...]:
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
    assert [r.getMessage() for r in caplog.records].count("cannot publish path=a.md") == 1
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
        [Reading(file=source_file(each.path), article=each) for each in (new, fresh, good)],
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
