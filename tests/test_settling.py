"""A file that somebody is writing waits."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.scan import Listing
from feedsvc.model import SourceFile
from feedsvc.publisher.settling import Settling
from tests.conftest import Clock
from tests.sites import Folder, article


def listing(**stamps: int) -> Listing:
    """A folder of articles `a`, `b`... each with a stamp."""
    return Listing(articles=tuple(file(name, stamp) for name, stamp in sorted(stamps.items())))


def file(name: str, stamp: int) -> SourceFile:
    return SourceFile(path=name, location=Path(name), size=stamp, stamp=(stamp,), modified=stamp)


def test_the_first_look_shows_all() -> None:
    assert Settling()(listing(a=1)) == (listing(a=1), True)


def test_what_has_changed_stays_as_it_was_until_it_has_not_moved_between_two_looks() -> None:
    settling = Settling()
    settling(listing(a=1, b=1))

    assert settling(listing(a=2, b=1)) == (listing(a=1, b=1), False)
    assert settling(listing(a=3, b=1)) == (listing(a=1, b=1), False)
    assert settling(listing(a=3, b=1)) == (listing(a=3, b=1), True)


def test_what_is_new_waits_and_others_do_not_wait_for_it() -> None:
    settling = Settling()
    settling(listing(a=1))
    settling(listing(a=2, b=1))

    assert settling(listing(a=2, b=2)) == (listing(a=2), False)
    assert settling(listing(a=2, b=2)) == (listing(a=2, b=2), True)


def test_what_is_gone_for_a_moment_was_never_gone() -> None:
    """Some editors remove a file and write it anew."""
    settling = Settling()
    settling(listing(a=1))

    assert settling(listing()) == (listing(a=1), False)
    assert settling(listing(a=2)) == (listing(a=1), False)
    assert settling(listing(a=2)) == (listing(a=2), True)


def test_pictures_wait_too() -> None:
    settling = Settling()
    settling(Listing(media={"a.jpg": file("a.jpg", 1)}))
    growing = Listing(media={"a.jpg": file("a.jpg", 2), "b.jpg": file("b.jpg", 1)})

    assert settling(growing) == (Listing(media={"a.jpg": file("a.jpg", 1)}), False)
    assert settling(growing) == (growing, True)


folders = st.dictionaries(st.sampled_from("abc"), st.integers(0, 2)).map(lambda stamps: listing(**stamps))


@given(st.lists(folders, min_size=1))
def test_rest_shows_everything_as_it_is(looks: list[Listing]) -> None:
    settling = Settling()
    for look in looks:
        settling(look)

    assert settling(looks[-1]) == (looks[-1], True)


@given(st.lists(folders, min_size=2))
def test_nothing_is_shown_that_did_not_rest(looks: list[Listing]) -> None:
    settling = Settling()
    rested = set(looks[0].articles)
    settling(looks[0])
    for before, now in pairwise(looks):
        rested |= set(before.articles) & set(now.articles)

        shown, settled = settling(now)

        assert set(shown.articles) <= rested
        assert settled == (before == now)


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    """A folder whose publisher lets files settle."""
    made = Folder(tmp_path, clock)
    made.restart(patient=True)
    yield made
    made.store.close()


def test_a_half_written_article_is_not_read(folder: Folder) -> None:
    folder.write("a.md", article("A", body="Whole."))
    folder.refresh()
    folder.write("a.md", article("A", body="Whole, and mo"))

    waiting = folder.refresh()
    folder.write("a.md", article("A", body="Whole, and more."))
    still_waiting = folder.refresh()
    published = folder.refresh()

    assert (waiting.settled, waiting.generation) == (False, None)
    assert (still_waiting.settled, still_waiting.generation) == (False, None)
    assert (published.settled, published.generation) == (True, 2)
    assert b"and more." in folder.body()


def test_a_renamed_article_is_never_away(folder: Folder) -> None:
    file = folder.write("a.md", article("A"))
    folder.refresh()
    before = folder.body()

    file.rename(file.with_name("b.md"))
    waiting, done = folder.refresh(), folder.refresh()

    assert (waiting.visible, done.visible) == (1, 1)
    [record] = folder.store.catalogue().records
    assert (record.article.path, record.gone) == ("b.md", False)
    assert record.id is not None
    assert record.id.encode() in before
