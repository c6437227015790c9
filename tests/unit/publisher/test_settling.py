"""A file that somebody is writing waits."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.disk.scan import Listing, MovedError, ScanRules, read, scan
from feedsvc.model import Catalogue, SourceFile
from feedsvc.publisher.refresh.gather import Reader
from feedsvc.publisher.refresh.settling import SECONDS_TO_SETTLE, Look, Settling
from tests.conftest import Clock
from tests.support.builders import NOON
from tests.support.sites import Folder, article, make_plan

NOW = NOON.timestamp()


def listing(**stamps: int) -> Listing:
    """A folder of articles `a`, `b`... each with a stamp."""
    return Listing(articles=tuple(file(name, stamp) for name, stamp in sorted(stamps.items())))


def file(name: str, stamp: int) -> SourceFile:
    return SourceFile(path=name, location=Path(name), size=stamp, stamp=(stamp,), modified=stamp)


def aged(name: str, seconds: float) -> SourceFile:
    """A file that was changed so long ago, as far as the disk's clock tells."""
    changed = int((NOW - seconds) * 1e9)
    return SourceFile(path=name, location=Path(name), size=1, stamp=(0, changed), modified=0)


class Looks:
    """Looks at a folder at chosen moments, each of which takes no time."""

    def __init__(self, *known: str, longest: float = 10) -> None:
        self.settling = Settling(longest=longest)
        self.known = frozenset(known)

    def __call__(self, at: float, found: Listing) -> tuple[Listing, float | None]:
        look = Look(listing=found, began=at, ended=at, at=NOW + at, known=self.known)
        return self.settling(look)

    def articles(self, at: float, found: Listing) -> list[tuple[str, int]]:
        """Return the names and stamps of the articles that are shown."""
        return [(each.path, each.size) for each in self(at, found)[0].articles]


def test_the_first_look_shows_what_was_not_changed_lately() -> None:
    assert Looks()(0, listing(a=1)) == (listing(a=1), None)


@pytest.mark.parametrize(
    ("seconds", "taken"), [(0.3, True), (0.2, False), (0.0, False), (-1, False), (-3600, True)]
)
def test_a_file_that_was_changed_this_moment_waits_even_at_the_first_look(
    seconds: float, taken: bool
) -> None:
    """The clock of the disk may be a little ahead; what lies far ahead says nothing."""
    young = Listing(articles=(aged("a", seconds),))
    looks = Looks()

    shown, again = looks(0, young)

    assert (shown.articles == young.articles, again is None) == (taken, taken)
    assert looks(0.25, young) == (young, None)


def test_a_changed_file_stays_as_it_was_until_it_has_stood_still() -> None:
    looks = Looks()
    looks(0, listing(a=1, b=1))

    assert looks(1, listing(a=2, b=1)) == (listing(a=1, b=1), 0.25)
    assert looks(1.1, listing(a=3, b=1)) == (listing(a=1, b=1), 0.25)
    assert looks(1.35, listing(a=3, b=1)) == (listing(a=3, b=1), None)


def test_many_looks_in_a_short_time_are_no_rest() -> None:
    """A notice, the rescan and a request may come together, while a file grows in steps."""
    looks = Looks()
    looks(0, listing(a=1))
    looks(1, listing(a=2))

    shown = [looks.articles(1 + step / 100, listing(a=2)) for step in range(1, 26)]

    assert shown == [[("a", 1)]] * 24 + [[("a", 2)]]


def test_a_look_that_takes_long_counts_from_its_end_to_the_beginning_of_the_next() -> None:
    """When in between the file was asked for is not known."""
    looks = Looks()
    looks(0, listing(a=1))
    slow = Look(listing=listing(a=2), began=1, ended=3, at=NOW, known=())

    looks.settling(slow)

    assert looks.articles(3.2, listing(a=2)) == [("a", 1)]
    assert looks.articles(3.25, listing(a=2)) == [("a", 2)]


def test_what_is_new_waits_and_others_do_not_wait_for_it() -> None:
    looks = Looks()
    looks(0, listing(a=1))
    looks(1, listing(a=2, b=1))

    assert looks.articles(1.25, listing(a=2, b=2)) == [("a", 2)]
    assert looks.articles(1.5, listing(a=2, b=2)) == [("a", 2), ("b", 2)]


def test_what_is_gone_for_a_moment_was_never_gone() -> None:
    """Some editors remove a file and write it anew."""
    looks = Looks()
    looks(0, listing(a=1))

    assert looks.articles(1, listing()) == [("a", 1)]
    assert looks.articles(1.2, listing(a=2)) == [("a", 1)]
    assert looks.articles(1.45, listing(a=2)) == [("a", 2)]


def test_a_known_file_that_the_first_look_misses_waits_like_one_that_vanishes() -> None:
    looks = Looks("a")

    first, again = looks(0, listing())
    second, _ = looks(0.25, listing())

    assert first.waiting == {"a"}
    assert again == 0.25
    assert second.waiting == frozenset()


def test_a_renamed_file_appears_when_the_old_one_vanishes_whatever_a_look_sees_first() -> None:
    looks = Looks("a")
    looks(0, listing(a=1))
    looks(1, listing(a=1, b=2))

    assert looks.articles(1.25, listing(b=2)) == [("a", 1)]
    assert looks.articles(1.5, listing(b=2)) == [("b", 2)]


def test_a_file_renamed_while_nobody_looked_appears_when_the_old_one_is_surely_gone() -> None:
    looks = Looks("a", "c")

    assert looks.articles(0, listing(b=1, c=1)) == [("c", 1)]
    assert looks.articles(0.25, listing(b=1, c=1)) == [("b", 1), ("c", 1)]


def test_a_file_that_comes_and_goes_keeps_no_other_waiting_for_long() -> None:
    looks = Looks("a")
    looks(0, listing(a=1))
    shown = []

    for step in range(1, 40):
        flapping = {} if step % 2 else {"a": 1}
        shown.append(looks.articles(step / 10, listing(b=1, **flapping)))

    assert ("b", 1) not in shown[1]
    assert all(("b", 1) in each for each in shown[-15:])


def test_pictures_wait_too() -> None:
    looks = Looks()
    looks(0, Listing(media={"a.jpg": file("a.jpg", 1)}))
    growing = Listing(media={"a.jpg": file("a.jpg", 2), "b.jpg": file("b.jpg", 1)})

    assert looks(1, growing) == (Listing(media={"a.jpg": file("a.jpg", 1)}), 0.25)
    assert looks(1.25, growing) == (growing, None)


def test_a_file_that_moves_for_long_is_looked_at_less_often_and_reported() -> None:
    looks = Looks(longest=5)
    looks(0, listing(a=0))

    found = [looks(step / 10, listing(a=step)) for step in range(1, 101)]

    assert [again for _, again in found[:3]] == pytest.approx([0.25] * 3)
    assert found[-1][1] == pytest.approx(9.9 / 8)
    assert [bool(shown.problems) for shown, _ in (found[49], found[-1])] == [False, True]
    rested, again = looks(10.5, listing(a=100))
    assert (rested.articles, rested.problems, again) == (listing(a=100).articles, (), None)


# Of what the disk says nothing


def unreadable(*places: str, **stamps: int) -> Listing:
    return replace(listing(**stamps), unreadable=frozenset(places))


def test_a_file_that_cannot_be_asked_for_stays_and_is_not_waited_for() -> None:
    looks = Looks("a", "b")
    looks(0, listing(a=1, b=1))

    for at in (1, 1.25, 60):
        shown, again = looks(at, unreadable("a", b=1))
        assert ([each.path for each in shown.articles], again) == (["a", "b"], None)


@pytest.mark.parametrize("known", [True, False])
def test_a_file_that_can_be_asked_for_again_waits_and_is_not_gone(known: bool) -> None:
    """Of a process that has never seen the files, and of one that has."""
    looks = Looks("s/a")
    looks(0, Listing(articles=(file("s/a", 1),)) if known else unreadable("s/"))
    looks(1, unreadable("s/"))
    back = Listing(articles=(file("s/a", 2),), media={"s/b.png": file("s/b.png", 1)})

    shown, _ = looks(2, back)
    rested = looks(2.25, back)

    assert ("s/a" in shown.waiting, [each.size for each in shown.articles]) == (not known, [1] * known)
    assert "s/b.png" in shown.waiting
    assert rested == (back, None)


def test_a_file_missing_after_an_error_is_gone_when_it_has_stayed_away() -> None:
    looks = Looks("s/a")
    looks(0, unreadable("s/"))

    assert looks(1, listing())[0].waiting == {"s/a"}
    assert looks(1.25, listing())[0].waiting == frozenset()
    assert looks(9, listing()) == (listing(), None)


# Whatever happens

names = st.sampled_from("abc")
folders = st.dictionaries(names, st.integers(0, 2)).map(lambda stamps: listing(**stamps))
gaps = st.sampled_from([0.0, 0.05, 0.1, 0.2, 0.25, 0.3, 1.0])


@given(st.lists(st.tuples(gaps, folders), min_size=1))
def test_rest_shows_everything_as_it_is(moves: list[tuple[float, Listing]]) -> None:
    looks, at = Looks(), 0.0
    for gap, found in moves:
        at += gap
        looks(at, found)

    looks(at + 1, moves[-1][1])

    assert looks(at + 2, moves[-1][1])[0] == replace(moves[-1][1])


@given(st.lists(st.tuples(gaps, folders), min_size=2))
def test_nothing_is_shown_that_has_not_stood_still(moves: list[tuple[float, Listing]]) -> None:
    looks, at = Looks(), 0.0
    since: dict[SourceFile, float] = dict.fromkeys(moves[0][1].articles, -1.0)
    rested = set(moves[0][1].articles)
    for gap, found in moves:
        at += gap
        since = {each: since.get(each, at) for each in found.articles}
        rested |= {each for each, began in since.items() if at - began >= SECONDS_TO_SETTLE}

        shown, _ = looks(at, found)

        assert set(shown.articles) <= rested


# Over the whole road


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
    still_waiting = folder.look(seconds=0.1)
    and_again = folder.look(seconds=0.2)
    published = folder.look(seconds=0.25)

    for each in (waiting, still_waiting, and_again):
        assert (each.settled, each.generation) == (False, None)
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


def test_a_file_renamed_while_nobody_looked_keeps_its_id(folder: Folder) -> None:
    folder.write("a.md", article("A")).rename(folder.root / "b.md")
    folder.refresh()
    (before,) = folder.store.catalogue().records
    (folder.root / "b.md").rename(folder.root / "c.md")
    folder.restart(patient=True)

    first, second = folder.refresh(), folder.refresh()

    assert (first.visible, second.visible) == (1, 1)
    (after,) = folder.store.catalogue().records
    assert (after.article.path, after.id, after.gone) == ("c.md", before.id, False)


class Writer:
    """Lists a folder, of which somebody writes one file at each look."""

    def __init__(self, file: Path, *texts: str) -> None:
        self._file = file
        self._texts = [*texts]

    def __call__(self, root: Path, rules: ScanRules) -> Listing:
        if self._texts:
            self._file.write_text(self._texts.pop(0))
        return scan(root, rules)


def test_a_single_refresh_waits_for_a_file_that_is_being_written(tmp_path: Path, clock: Clock) -> None:
    folder = Folder(tmp_path, clock)
    file = folder.write("a.md", article("A", body="Whole."))
    folder.refresh()
    folder.scan = Writer(file, *(article("A", body="Half" * times) for times in range(1, 5)))
    folder.restart()
    clock.now = clock.now.fromtimestamp(file.stat().st_mtime, clock.now.tzinfo)

    report = folder.publisher.refresh()

    assert (report.settled, report.problems) == (True, ())
    assert b"HalfHalfHalfHalf" in folder.body()
    folder.store.close()


def test_a_single_refresh_leaves_a_file_that_never_rests_as_it_was(tmp_path: Path, clock: Clock) -> None:
    folder = Folder(tmp_path, clock)
    file = folder.write("a.md", article("A", body="Whole."))
    folder.write("b.md", article("B"))
    folder.refresh()
    folder.scan = Writer(file, *(article("A", body="Half" * times) for times in range(1, 99)))
    folder.restart()
    clock.now = clock.now.fromtimestamp(file.stat().st_mtime, clock.now.tzinfo)

    report = folder.publisher.refresh()

    assert [str(problem) for problem in report.problems] == [
        "a.md: warning: changes all the time and stays as it was; it is read once it has not changed for 0.25"
        " seconds"
    ]
    assert report.visible == 2
    assert b"Whole." in folder.body()
    folder.store.close()


def test_a_file_that_is_written_between_the_look_and_the_reading_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(article("A", body="Whole."))

    def late(source: SourceFile, *, limit: int = -1) -> bytes:
        source.location.write_text("---\ntitle: Ha")
        return read(source, limit=limit)

    reader = Reader(make_plan(tmp_path), read=late)
    gathered = reader.gather(Catalogue(), now=NOON)

    assert gathered.catalogue.records == ()
    assert not gathered.complete
    assert [str(problem) for problem in gathered.problems] == [
        "a.md: warning: was written while it was read, so it stays as it was; it is read once it has come to"
        " rest"
    ]


def test_a_file_that_was_replaced_since_it_was_listed_is_not_taken_for_it(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("one")
    (source,) = scan(tmp_path, make_plan(tmp_path).rules).articles
    (tmp_path / "new").write_text("other")
    (tmp_path / "new").replace(source.location)

    with pytest.raises(MovedError, match="changed while it was read"):
        read(source)
