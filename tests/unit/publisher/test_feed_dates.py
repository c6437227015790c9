"""The date of a feed moves when the feed does, and only then, and never goes back."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from feedsvc.catalogue.backup.copy import backup, restore
from feedsvc.feeds.query_feeds import composed_feed
from feedsvc.feeds.render import render_feed
from feedsvc.model import Document, Query, TermKind, Where
from tests.conftest import Clock
from tests.support.builders import make_spec
from tests.support.sites import Folder, article

ATOM = "{http://www.w3.org/2005/Atom}"

FEEDS = {
    "composed": True,
    "named": (
        make_spec(folder="feeds/sea/", name="sea", where=Where(tags=("sea",)), limit=2, hours=0),
        make_spec(folder="private/inner/", name="inner", where=Where(tags=("in",)), private=True),
    ),
}


class Dated(NamedTuple):
    """A feed as a consumer sees it: its date, and all else that it says."""

    date: datetime
    rest: bytes
    empty: bool


def dated(body: bytes) -> Dated:
    root = etree.fromstring(body.replace(b"\x01", b"KEY"))  # as a subscriber gets it
    (element,) = root.findall(f"{ATOM}updated") or root.findall("channel/lastBuildDate")
    text = element.text or ""
    date = parsedate_to_datetime(text) if element.tag == "lastBuildDate" else datetime.fromisoformat(text)
    element.text = ""
    entries = [*root.findall(f"{ATOM}entry"), *root.findall("channel/item")]
    return Dated(date, etree.tostring(root), not entries)


def seen(folder: Folder) -> dict[str, Dated]:
    """Return every feed that is published, and one that readers compose."""
    bodies = folder.bodies() | composed(folder)
    return {path: dated(body) for path, body in bodies.items() if path.endswith(".xml")}


def composed(folder: Folder) -> dict[str, bytes]:
    query = Query(terms=((TermKind.TAG, "sea"),))
    found = folder.store.composable(query)
    made: list[Document] = [] if found is None else render_feed(composed_feed(found, query, limit=30))
    return {f"q:{each.path}": each.body for each in made if each.path.endswith(".xml")}


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    """Three articles from before, published for the first time."""
    made = Folder(tmp_path, clock, **FEEDS)
    for day in (1, 2, 3):
        made.write(f"{day}.md", article(f"Day {day}", date=f"2026-04-0{day}", tags="[sea, in]"))
    made.refresh()
    yield made
    made.store.close()


def test_feeds_that_are_made_of_nothing_but_a_folder_have_the_dates_of_its_articles(folder: Folder) -> None:
    """So two machines that begin with the same folder have the same bytes."""
    assert {each.date.isoformat() for each in seen(folder).values()} == {"2026-04-03T00:00:00+00:00"}
    assert [record.entered for record in folder.store.catalogue().records] == [None] * 3


def rewritten(path: str, **front: str) -> Callable[[Folder], object]:
    return lambda folder: folder.write(path, article(f"Day {path[0]}", **{"tags": "[sea, in]"} | front))


@pytest.mark.parametrize(
    "change",
    {
        "a second one of the same day": rewritten("9.md", date="2026-04-03"),
        "a backdated one": rewritten("9.md", date="2026-04-02T12:00:00Z"),
        "a deletion": lambda folder: (folder.root / "3.md").unlink(),
        "a draft again": rewritten("3.md", date="2026-04-03", draft="true"),
        "an expiry": rewritten("3.md", date="2026-04-03", expires="2026-04-04"),
        "other tags": rewritten("3.md", date="2026-04-03", tags="[]"),
        "another category": rewritten("3.md", date="2026-04-03", categories="New"),
        "a minor change": lambda folder: folder.write(
            "3.md", article("Day 3", "Other.", date="2026-04-03", tags="[sea, in]", minor="true")
        ),
        "an earlier date": rewritten("3.md", date="2026-03-03"),
        "an update that is dated back": lambda folder: folder.write(
            "3.md", article("Day 3", "Other.", date="2026-04-03", updated="2026-04-03", tags="[sea, in]")
        ),
    }.items(),
    ids=lambda item: item[0],
)  # fmt: skip
def test_the_date_of_each_feed_is_when_it_was_changed(
    folder: Folder, change: tuple[str, Callable[[Folder], object]]
) -> None:
    before = seen(folder)

    change[1](folder)
    folder.refresh()

    after = seen(folder)
    moved = {path for path in before if after[path].rest != before[path].rest}
    assert {"atom.xml", "feeds/sea/rss.xml", "private/inner/rss.xml", "q:feeds/q/atom.xml"} <= moved
    assert {after[path].date for path in moved} == {folder.clock.now}


def test_an_article_that_becomes_due_dates_the_feed(folder: Folder) -> None:
    folder.write("9.md", article("Soon", date="2026-05-01T12:30:00Z", tags="[sea]"))
    folder.refresh()
    before = seen(folder)

    folder.look(seconds=3600)

    assert before["atom.xml"].date < seen(folder)["atom.xml"].date == folder.clock.now


def test_what_is_published_twice_within_a_second_is_dated_a_second_later(folder: Folder) -> None:
    folder.write("8.md", article("Eight", date="2026-04-03"))
    folder.refresh()
    first = seen(folder)["rss.xml"].date

    folder.write("9.md", article("Nine", date="2026-04-03"))
    folder.look(seconds=0)

    assert seen(folder)["rss.xml"].date == first + timedelta(seconds=1)


def test_a_clock_that_was_set_back_takes_no_date_back(folder: Folder) -> None:
    folder.write("8.md", article("Eight", date="2026-04-02", tags="[sea]"))
    folder.refresh()
    before = seen(folder)

    folder.clock.forward(days=-10)
    folder.restart()
    folder.write("9.md", article("Nine", date="2026-04-02", tags="[sea]"))
    folder.refresh()

    after = seen(folder)
    assert after["atom.xml"].date > before["atom.xml"].date
    assert after["q:feeds/q/rss.xml"].date >= before["q:feeds/q/rss.xml"].date


def test_another_process_goes_on_with_the_same_dates(folder: Folder) -> None:
    folder.write("9.md", article("Nine", date="2026-04-02", tags="[sea]"))
    folder.refresh()
    before = folder.bodies()

    folder.restart()
    report = folder.refresh()

    assert (report.generation, folder.bodies()) == (None, before)


def test_a_restore_takes_no_date_back(folder: Folder, tmp_path: Path) -> None:
    """Readers have seen the later one."""
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"
    folder.write("8.md", article("Eight", date="2026-04-02"))
    folder.refresh()
    backup(url, tmp_path / "backup.db")
    folder.write("9.md", article("Nine", date="2026-04-02"))
    folder.refresh()
    before = seen(folder)["atom.xml"].date

    restore(url, tmp_path / "backup.db", now=folder.clock.now)
    folder.restart()
    folder.refresh()

    assert seen(folder)["atom.xml"].date > before
    assert [r.entered is None for r in folder.store.catalogue().records] == [True] * 3 + [False] * 2


# Whatever happens

NAMES = st.sampled_from(["a.md", "b.md", "c.md", "d.md"])
HEADS = st.fixed_dictionaries(
    {
        "date": st.sampled_from(["2026-04-01", "2026-04-02T10:00:00Z", "2026-05-01", "2026-05-01T12:05:00Z"]),
        "tags": st.sampled_from(["[]", "[sea]", "[sea, in]", "[land]"]),
    },
    optional={
        "draft": st.just("true"),
        "minor": st.just("true"),
        "expires": st.sampled_from(["2026-05-01T12:03:00Z", "2026-05-01T12:09:00Z"]),
        "updated": st.sampled_from(["2026-04-01", "2026-05-01"]),
        "private": st.just("x"),
    },
)
STEPS = st.lists(
    st.tuples(NAMES, st.none() | st.tuples(HEADS, st.sampled_from("xyz")), st.sampled_from([0, 1, 60, 200])),
    min_size=2,
    max_size=7,
)


def step(folder: Folder, path: str, written: tuple[dict[str, Any], str] | None, seconds: int) -> None:
    if written is None:
        (folder.root / path).unlink(missing_ok=True)
    else:
        folder.write(path, article(path, written[1], **written[0]))
    folder.look(seconds=seconds)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_a_date_moves_if_and_only_if_something_else_in_the_feed_does(
    steps: list[tuple[str, tuple[dict[str, Any], str] | None, int]],
) -> None:
    with TemporaryDirectory() as directory:
        folder = Folder(Path(directory), Clock(), **FEEDS)
        folder.write("e.md", article("Eve", date="2026-04-01"))
        folder.refresh()
        for each in steps:
            before, modified = seen(folder), folder.snapshot.documents
            step(folder, *each)
            now = seen(folder)
            for path, feed in before.items():
                changed = now[path].rest != feed.rest
                if path.startswith("q:") and each[2] < 60:
                    continue  # without dates of their own, two of one second may be alike
                assert now[path].date > feed.date if changed else now[path].date >= feed.date, path
                if path in modified:
                    last, then = folder.snapshot.documents[path].last_modified, modified[path].last_modified
                    assert last > then if changed else last >= then, path
                    # An empty feed has the newest date of them all, and formats share one date.
                    assert changed or feed.empty or now[path].date == feed.date or path.endswith("rss.xml")
        bodies = folder.bodies()
        folder.look(seconds=0)
        assert folder.bodies() == bodies
        folder.store.close()
