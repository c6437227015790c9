"""The road, once and again: what readers see when files change."""

import errno
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest

from feedsvc.articles.disk.media import version
from feedsvc.articles.disk.scan import read
from feedsvc.catalogue import Store
from feedsvc.catalogue.engine import open_engine
from feedsvc.errors import SourceError, StoreError
from feedsvc.model import Catalogue, Release, Severity, SourceFile, TermKind
from feedsvc.publisher.inspect.survey import survey
from feedsvc.publisher.refresh.gather import Reader
from feedsvc.publisher.refresh.publisher import Publisher
from tests.conftest import Clock
from tests.support.builders import NOON, make_site
from tests.support.sites import Folder, article, make_plan


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    yield made
    made.store.close()


def titles(folder: Folder, path: str = "atom.xml") -> list[str]:
    return [entry.title for entry in feedparser.parse(folder.body(path)).entries]


def ids(folder: Folder) -> list[str]:
    return [entry.id for entry in feedparser.parse(folder.body()).entries]


def test_an_empty_folder_gives_valid_empty_feeds(folder: Folder) -> None:
    report = folder.refresh()

    parsed = feedparser.parse(folder.body())
    assert not parsed.bozo
    assert (parsed.entries, parsed.feed.updated) == ([], "2000-01-01T00:00:00+00:00")
    assert report.generation == 1


def test_an_article_is_in_every_feed_it_belongs_to(folder: Folder) -> None:
    folder.write("a.md", article(categories="[News]", tags="[C++]", author="Kim", lang="ko"))

    folder.refresh()

    feeds = {path.removesuffix("rss.xml") for path in folder.snapshot.documents if path.endswith("rss.xml")}
    assert {"", "categories/news/", "authors/kim/", "languages/ko/"} < feeds
    assert any(path.startswith("tags/c-") for path in feeds)
    assert titles(folder, "categories/news/atom.xml") == ["Hello"]


def test_a_feed_can_have_another_address_too(folder: Folder) -> None:
    folder.write("a.md", article())
    folder.restart(aliases={"feed.xml": "atom.xml", "rss.xml": "atom.xml", "none.xml": "missing.xml"})

    folder.refresh()

    assert folder.body("feed.xml") == folder.body("atom.xml")
    assert folder.snapshot.documents["feed.xml"].media_type.startswith("application/atom+xml")
    assert folder.body("rss.xml") != folder.body("atom.xml")  # the address of another document
    assert "none.xml" not in folder.snapshot.documents


def test_no_news_publishes_nothing(folder: Folder) -> None:
    folder.write("a.md", article())
    folder.refresh()
    before, bodies = folder.snapshot, folder.bodies()

    assert folder.refresh().generation is None
    folder.restart()
    assert folder.refresh().generation is None

    assert folder.snapshot == before
    assert folder.bodies() == bodies


def test_a_touched_file_is_no_news(folder: Folder) -> None:
    file = folder.write("a.md", article())
    folder.refresh()
    os.utime(file, (1, 1))

    assert folder.refresh().generation is None


def test_an_incremental_refresh_gives_what_a_full_one_gives(folder: Folder) -> None:
    folder.write("a.md", article("A", tags="[x]"))
    folder.write("b.md", article("B", tags="[x, y]"))
    folder.refresh()
    folder.write("c.md", article("C", tags="[y]"))
    folder.write("a.md", article("A changed"))
    folder.refresh()
    incremental = folder.bodies()

    folder.restart()
    assert folder.refresh().generation is None

    assert folder.bodies() == incremental


def test_a_broken_article_hurts_nobody_and_is_reported_with_its_line(folder: Folder) -> None:
    folder.write("good.md", article("Good"))
    folder.write("bad.md", "---\ntitle: Bad\n\nno end\n")

    report = folder.refresh()

    assert titles(folder) == ["Good"]
    assert [str(problem) for problem in report.problems] == [
        "bad.md:1: error: the front matter has no end; close it with a line '---'"
    ]
    assert folder.store.problems() == report.problems


def test_an_article_that_breaks_keeps_its_last_good_version(folder: Folder) -> None:
    folder.write("a.md", article("Good"))
    folder.refresh()
    bodies = folder.bodies()

    for damage in (b"", b"---\ntitle: Half wri", b"\xff\xfe\x00", b"caf\xe9"):
        folder.write("a.md", damage)
        assert folder.refresh().generation is None
        folder.restart()

    assert folder.bodies() == bodies


def test_a_folder_named_like_an_article_takes_its_place(folder: Folder) -> None:
    file = folder.write("a.md", article("File"))
    folder.refresh()
    file.unlink()
    folder.write("a.md/b.md", article("Inside"))

    folder.refresh()

    assert titles(folder) == ["Inside"]


def test_a_renamed_article_keeps_its_id_and_address(folder: Folder) -> None:
    file = folder.write("a.md", article())
    folder.refresh()
    before = folder.bodies()
    file.rename(folder.root / "renamed.md")

    assert folder.refresh().generation is None
    assert folder.bodies() == before


def test_a_deleted_article_leaves_and_comes_back_the_same(folder: Folder) -> None:
    folder.write("stays.md", article("Stays"))
    file = folder.write("a.md", article("Leaves", categories="[Rare]"))
    folder.refresh()
    before = ids(folder)
    text = file.read_bytes()

    file.unlink()
    folder.refresh()
    assert titles(folder) == ["Stays"]
    assert titles(folder, "categories/rare/atom.xml") == []

    folder.write("a.md", text)
    folder.refresh()
    assert ids(folder) == before


def test_a_future_article_appears_at_its_second_and_an_expiring_one_leaves_at_its(
    folder: Folder, clock: Clock
) -> None:
    due, over = "2026-05-02 00:00:00", "2026-05-03 00:00:00"
    folder.write("now.md", article("Now"))
    folder.write("planned.md", article("Planned", date=due, expires=over))

    seen = {}
    for moment in (
        datetime(2026, 5, 1, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 5, 2, tzinfo=UTC),
        datetime(2026, 5, 2, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 5, 3, tzinfo=UTC),
    ):
        clock.now = moment
        report = folder.publisher.refresh()
        seen[moment] = (titles(folder), report.turns)

    assert list(seen.values()) == [
        (["Now"], datetime(2026, 5, 2, tzinfo=UTC)),
        (["Planned", "Now"], datetime(2026, 5, 3, tzinfo=UTC)),
        (["Planned", "Now"], datetime(2026, 5, 3, tzinfo=UTC)),
        (["Now"], None),
    ]


def test_what_is_planned_shapes_nothing_that_is_published(folder: Folder) -> None:
    folder.write("now.md", article("Now"))
    folder.refresh()
    before = folder.bodies()
    folder.write("planned.md", article("Planned", date="2027-01-01", categories="[Secret]", tags="[secret]"))
    folder.write("draft.md", article("Draft", draft="true", categories="[Secret]"))

    assert folder.refresh().generation is None
    assert folder.bodies() == before


def test_a_missing_folder_changes_nothing(folder: Folder) -> None:
    folder.write("a.md", article())
    folder.refresh()
    before = folder.snapshot
    folder.root.rename(folder.root.with_name("elsewhere"))

    with pytest.raises(SourceError, match="cannot be listed"):
        folder.refresh()

    assert folder.snapshot == before


def test_a_mass_loss_is_refused(folder: Folder) -> None:
    """An unmounted disk looks like an empty folder."""
    for number in range(12):
        folder.write(f"{number}.md", article(str(number)))
    folder.refresh()
    before = folder.snapshot
    shutil.rmtree(folder.root)
    folder.root.mkdir()

    with pytest.raises(SourceError, match="12 of 12 articles have vanished at once"):
        folder.refresh()
    assert folder.snapshot == before

    folder.restart(max_loss=1)
    folder.refresh()
    assert titles(folder) == []


def test_a_mass_loss_can_be_looked_at(folder: Folder) -> None:
    """What is missing must be seen to be mended."""
    for number in range(12):
        folder.write(f"{number}.md", article(str(number)))
    folder.refresh()
    shutil.rmtree(folder.root)
    folder.root.mkdir()

    found = survey(make_plan(folder.root), folder.store.catalogue(), now=folder.clock())

    assert [(problem.path, problem.severity) for problem in found.problems] == [(".", Severity.ERROR)]
    assert "12 of 12 articles have vanished at once" in found.problems[0].reason


def test_a_few_articles_may_always_be_deleted(folder: Folder) -> None:
    for number in range(10):
        folder.write(f"{number}.md", article(str(number)))
    folder.refresh()
    shutil.rmtree(folder.root)
    folder.root.mkdir()

    folder.refresh()

    assert titles(folder) == []


class FullDisk(Store):
    """A store that cannot be written while it is full."""

    full = False

    def publish(self, release: Release, **ledger: Any) -> int | None:
        if self.full:
            raise StoreError("disk full")
        return super().publish(release, **ledger)


def test_a_publication_that_fails_is_made_up_for(tmp_path: Path, clock: Clock, folder: Folder) -> None:
    """Nothing is half published, and nothing is forgotten."""
    url = f"sqlite:///{tmp_path / 'full.db'}"
    disk = FullDisk(open_engine(url), url)
    publisher = Publisher(make_plan(folder.root), disk, clock=clock)
    folder.write("a.md", article("A"))
    publisher.refresh()
    before = disk.snapshot()
    folder.write("b.md", article("B"))
    disk.full = True
    with pytest.raises(StoreError):
        publisher.refresh()
    assert disk.snapshot() == before

    disk.full = False
    report = publisher.refresh()

    assert (report.generation, report.visible) == (2, 2)
    disk.close()


def test_ids_outlive_a_move_to_another_domain(folder: Folder) -> None:
    folder.write("a.md", article())
    folder.refresh()
    before = ids(folder)

    folder.restart(site=make_site(url=None, feeds_url="https://moved.example", namespace="moved.example"))
    folder.refresh()

    assert ids(folder) == before
    assert b"https://moved.example/articles/a/" in folder.body()


def test_pictures_beside_an_article_are_published_with_it(folder: Folder) -> None:
    pixel = b"GIF89a\x80\x02\xe0\x01\x00\x00\x00;"
    folder.write("trip/index.md", article(body="![A wave](wave.gif)"))
    folder.write("trip/wave.gif", pixel)
    folder.write("trip/private.gif", pixel)

    folder.refresh()

    (entry,) = feedparser.parse(folder.body()).entries
    (enclosure,) = entry.enclosures
    assert enclosure.href == f"https://example.org/media/trip/wave.gif?v={version(pixel)}"
    assert (enclosure.length, enclosure.type) == (str(len(pixel)), "image/gif")
    assert entry.media_content[0]["width"] == "640"
    assert folder.snapshot.media == {"trip/wave.gif"}


def test_a_picture_that_comes_later_is_found(folder: Folder) -> None:
    folder.write("a.md", article(body="![A wave](wave.gif)"))
    assert [p.reason for p in folder.refresh().problems] == [
        "there is no file 'wave.gif'; put it there, or mend its address"
    ]

    folder.write("wave.gif", b"GIF89a\x80\x02\xe0\x01\x00\x00\x00;")

    assert folder.refresh().problems == ()
    assert folder.snapshot.media == {"wave.gif"}


def test_two_articles_with_one_slug_both_have_a_page(folder: Folder) -> None:
    folder.write("one/same.md", article("One"))
    folder.write("two/same.md", article("Two"))

    report = folder.refresh()

    links = [entry.link for entry in feedparser.parse(folder.body()).entries]
    assert len(set(links)) == 2
    for link in links:
        assert link.removeprefix("https://example.org/") in folder.snapshot.documents
    assert [p.path for p in report.problems] == ["two/same.md"]


def test_only_the_wanted_kinds_of_terms_get_feeds(folder: Folder) -> None:
    folder.write("a.md", article(categories="[News]", tags="[x]"))
    folder.restart(kinds=(TermKind.CATEGORY,))

    report = folder.refresh()

    assert report.feeds == 2


def test_a_large_folder_shows_its_newest(folder: Folder) -> None:
    for number in range(50):
        day = (NOON - timedelta(days=100 - number)).date().isoformat()
        folder.write(f"{number}.md", article(f"Article {number}", date=day))

    folder.refresh()

    assert titles(folder) == [f"Article {number}" for number in range(49, 19, -1)]


def test_a_file_that_could_not_be_read_is_tried_again_though_it_has_not_changed(folder: Folder) -> None:
    folder.write("a.md", article("A"))
    faults = [OSError(errno.EIO, "Input/output error")]

    def unsure(file: SourceFile, *, limit: int = -1) -> bytes:
        if faults:
            raise faults.pop()
        return read(file, limit=limit)

    reader = Reader(make_plan(folder.root), read=unsure)
    first = reader.gather(Catalogue(), now=folder.clock())
    second = reader.gather(first.catalogue, now=folder.clock())

    assert [problem.path for problem in first.problems] == ["a.md"]
    assert (first.complete, first.catalogue.records) == (False, ())
    assert (second.complete, second.problems) == (True, ())
    assert [record.article.title for record in second.catalogue.records] == ["A"]


def test_a_picture_that_many_share_is_nobodys(folder: Folder) -> None:
    folder.restart(ignore_shared=2)
    pixel = b"GIF89a\x80\x02\xe0\x01\x00\x00\x00;"
    for name in ("logo", "own"):
        folder.write(f"{name}.gif", pixel)
    for number in range(3):
        more = "![](own.gif)" if number == 0 else ""
        folder.write(
            f"{number}.md", article(f"N{number}", body=f"![](logo.gif) {more}", date=f"2026-04-0{number + 1}")
        )

    folder.refresh()

    parsed = feedparser.parse(folder.body("rss.xml"))
    assert [
        [each.href.split("/")[-1].split("?")[0] for each in entry.enclosures] for entry in parsed.entries
    ] == [
        [],
        [],
        ["own.gif"],
    ]
    assert all("logo.gif" in entry.content[0].value for entry in parsed.entries)
