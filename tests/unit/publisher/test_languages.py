"""Sites of several languages: which feed holds what."""

from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest

from feedsvc.model import Record
from tests.conftest import Clock
from tests.support.builders import make_site
from tests.support.sites import Folder, article


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    yield made
    made.store.close()


def titles(folder: Folder, path: str = "atom.xml") -> list[str]:
    return [entry.title for entry in feedparser.parse(folder.body(path)).entries]


def record(folder: Folder, path: str) -> Record:
    return next(each for each in folder.store.catalogue().records if each.article.path == path)


def test_a_translation_is_in_the_feed_of_its_language(folder: Folder) -> None:
    folder.write("guide.md", article("Guide"))
    folder.write("guide.ko.md", article("안내"))
    folder.write("trip/index.ko.md", article("여행"))

    folder.refresh()

    assert titles(folder) == ["Guide"]
    assert sorted(titles(folder, "languages/ko/atom.xml")) == ["안내", "여행"]
    assert feedparser.parse(folder.body("languages/ko/atom.xml")).feed.language == "ko"


def test_no_two_translations_share_an_address_or_an_id(folder: Folder) -> None:
    """The one that says no language is there for all, whatever the order of names."""
    for name in ("guide.ko.md", "guide.de.md", "guide.md"):
        folder.write(name, article("Guide"))

    report = folder.refresh()

    slugs = {name: record(folder, name).slug for name in ("guide.md", "guide.ko.md", "guide.de.md")}
    assert slugs["guide.md"] == "guide"
    assert sorted(slugs.values()) == ["guide", "guide-de", "guide-ko"]
    assert len({each.id for each in folder.store.catalogue().records}) == 3
    assert not [problem for problem in report.problems if "slug" in problem.reason]


def test_the_feed_of_a_term_holds_one_language_too(folder: Folder) -> None:
    folder.write("a.md", article("Boats", tags="sea"))
    folder.write("a.ko.md", article("배", tags="sea, 바다"))

    folder.refresh()

    assert titles(folder, "tags/sea/atom.xml") == ["Boats"]
    assert titles(folder, "tags/바다/atom.xml") == ["배"]  # else it would be empty


def test_all_languages_may_be_mixed(folder: Folder) -> None:
    folder.write("a.md", article("Boats"))
    folder.write("a.ko.md", article("배"))
    folder.restart(all_languages=True)

    report = folder.refresh()

    assert sorted(titles(folder)) == ["Boats", "배"]
    assert report.problems == ()


@pytest.mark.parametrize("decided", [True, False])
def test_who_has_decided_is_not_told_of_it(folder: Folder, decided: bool) -> None:
    folder.write("a.md", article("Boats"))
    folder.write("a.ko.md", article("배"))
    folder.restart(all_languages=False if decided else None)

    report = folder.refresh()

    assert len(report.problems) == (0 if decided else 1)


@pytest.mark.parametrize(
    ("sites", "articles", "same"),
    [
        ("en", "en-US", True),
        ("en-US", "en", True),
        ("en-US", "en-GB", False),
        ("zh-Hans", "zh-Hant", False),
        ("zh", "zh-TW", True),
        ("en", "ko", False),
        ("EN", "en-gb", True),
    ],
)
def test_a_region_may_be_left_open(folder: Folder, sites: str, articles: str, same: bool) -> None:
    folder.write("a.md", article("Stated", lang=articles))
    folder.write("b.md", article("Unstated"))
    folder.restart(site=make_site(url=None, language=sites))

    folder.refresh()

    assert ("Stated" in titles(folder)) is same


def test_a_feed_of_which_nothing_is_in_the_sites_language_holds_all(folder: Folder) -> None:
    folder.write("a.md", article("Bateaux", lang="fr"))
    folder.restart(site=make_site(url=None, language="en"))

    folder.refresh()

    assert titles(folder) == ["Bateaux"]


def test_the_language_that_most_articles_state_is_the_sites(folder: Folder) -> None:
    for number in range(3):
        folder.write(f"{number}.md", article(f"Lettre {number}", lang="fr"))
    folder.write("note.md", article("Note", lang="en"))
    folder.restart(guess_language=True)

    folder.refresh()

    assert feedparser.parse(folder.body()).feed.language == "fr"
    assert "Note" not in titles(folder)
