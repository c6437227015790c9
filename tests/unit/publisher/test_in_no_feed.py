"""An article that is published and in no feed is told of, whichever filter keeps it out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feedsvc.model import Catalogue, TermKind, Where
from feedsvc.publisher.inspect.explain import explain
from feedsvc.publisher.inspect.survey import survey
from tests.conftest import Clock
from tests.support.builders import make_site, make_spec
from tests.support.sites import Folder, article, make_plan

CLUB = make_spec(folder="feeds/club/", name="club", title="", private=True)
TEA = make_spec(folder="feeds/tea/", name="tea", title="", where=Where(tags=("tea",)))
ENGLISH: dict[str, Any] = {"site": make_site(language="en"), "all_languages": False}
NO_TERMS: dict[str, Any] = {**ENGLISH, "kinds": (TermKind.TAG,)}


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    made.write("en.md", article("Boats"))
    yield made
    made.store.close()


def told(folder: Folder, **plan: Any) -> list[str]:
    """Return what a refresh says, after `check` has said the same."""
    folder.restart(**plan)
    refreshed = folder.refresh().problems
    looked = survey(make_plan(folder.root, **plan), Catalogue(), now=folder.clock()).problems
    assert refreshed == looked
    return [str(problem) for problem in refreshed if "in no feed" in problem.reason]


@pytest.mark.parametrize(
    ("head", "plan", "reason"),
    [
        ({"lang": "ko"}, NO_TERMS, "the feed of everything holds articles in its language (en) only"),
        (
            {"lang": "ko", "feeds": "club"},
            {**ENGLISH, "named": (CLUB,)},
            "the feed 'club' holds articles in its language (en) only",
        ),
        (
            {"feeds": "tea"},
            {**NO_TERMS, "named": (TEA,)},
            "the 'where' of the feed 'tea' wants something else",
        ),
        (
            {"lang": "ko", "feeds": "[tea, all]"},
            {**NO_TERMS, "named": (TEA,)},
            "the feed of everything holds articles in its language (en) only",
        ),
    ],
)
def test_it_is_named_with_the_reason(
    folder: Folder, head: dict[str, Any], plan: dict[str, Any], reason: str
) -> None:
    folder.write("x.md", article("Alone", **head))

    (line,) = told(folder, **plan)

    assert line.startswith(f"x.md: warning: is published and in no feed: {reason}; ")
    found = explain(make_plan(folder.root, **plan), Catalogue(), "x.md", cwd=folder.root, now=folder.clock())
    assert found.because == "no feed shows it, see below"


def test_many_are_told_of_in_one_line(folder: Folder) -> None:
    for number in range(1, 12):
        folder.write(f"{number:02}.md", article(str(number), lang="ko"))

    (line,) = told(folder, **NO_TERMS)

    assert line.startswith(
        ".: warning: 11 articles are published and in no feed (01.md, 02.md, 03.md and 8 more): the feed of"
    )


@pytest.mark.parametrize(
    ("head", "plan"),
    [
        ({"feed": "false"}, ENGLISH),
        ({"draft": "true", "lang": "ko"}, NO_TERMS),
        ({"lang": "ko"}, {**ENGLISH, "all_languages": True}),
        ({"lang": "ko"}, ENGLISH),
        ({"feeds": "tea", "tags": "tea"}, {**NO_TERMS, "named": (TEA,)}),
        ({"lang": "ko", "tags": "sea"}, NO_TERMS),
        ({"date": "2001-01-01"}, {**NO_TERMS, "everything": make_spec(limit=1, hours=1)}),
    ],
)
def test_who_keeps_out_on_purpose_or_is_in_some_feed_is_not_told_of(
    folder: Folder, head: dict[str, Any], plan: dict[str, Any]
) -> None:
    folder.write("x.md", article("Fine", **head))

    assert told(folder, **plan) == []


def test_an_article_that_is_too_old_for_its_feed_is_not_told_of(folder: Folder) -> None:
    fresh = make_spec(folder="feeds/fresh/", name="fresh", title="", where=Where(within=1))
    folder.write("x.md", article("Old", date="2001-01-01", feeds="fresh"))

    assert told(folder, **{**NO_TERMS, "named": (fresh,)}) == []
