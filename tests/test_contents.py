"""Bodies are rendered once, until something changes that they depend on."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from feedsvc.articles.media import MOST_VERSIONED, version
from feedsvc.articles.scan import ScanRules, read, scan
from feedsvc.model import Content, Record, SourceFile
from feedsvc.publisher.contents import Contents
from tests.builders import make_article, make_record, make_site
from tests.pictures import png
from tests.sites import make_plan

WAVE, SEA = png(640, 480), png(800, 600)


class Desk:
    """Contents of the articles of one folder, refreshed at will; counts what is read of each file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.whole: list[str] = []
        self.heads: list[str] = []
        self.locked: set[str] = set()
        self.contents = Contents(make_plan(root), read=self._read)

    def _read(self, file: SourceFile, *, limit: int) -> bytes:
        if file.path in self.locked:
            raise PermissionError(file.path)
        (self.whole if limit > MOST_VERSIONED else self.heads).append(file.path)
        return read(file, limit=limit)

    def write(self, path: str, body: bytes) -> None:
        """Put a picture there as a careful program does, so that its stamp differs."""
        fresh = self.root / f".{path}.new"
        fresh.write_bytes(body)
        fresh.replace(self.root / path)

    def media(self) -> Mapping[str, SourceFile]:
        return scan(self.root, ScanRules(suffixes=frozenset())).media

    def refresh(self, *records: Record, media: Mapping[str, SourceFile] | None = None) -> list[Content]:
        self.contents.begin(self.media() if media is None else media)
        rendered = [self.contents(record) for record in records]
        self.contents.end()
        return rendered


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def body(markdown: str, key: int = 1, **changes: object) -> Record:
    article = make_article(body=markdown, digest=markdown, **changes)
    return make_record(key=key, article=article, own_page=True)


def test_a_body_is_rendered_once(desk: Desk) -> None:
    desk.write("wave.png", WAVE)
    record = body("![A wave](wave.png)")

    (first,), (second,) = desk.refresh(record), desk.refresh(record)

    assert second is first
    assert (desk.whole, desk.heads) == (["wave.png"], ["wave.png"])


def test_a_picture_that_no_body_looks_for_renders_nothing(desk: Desk) -> None:
    desk.write("wave.png", WAVE)
    desk.write("unused.png", WAVE)
    records = [body("![A wave](wave.png)"), body("No picture.", key=2)]
    before = desk.refresh(*records)

    desk.write("unused.png", SEA)
    changed = desk.refresh(*records)
    desk.write("new.png", SEA)
    (desk.root / "unused.png").unlink()
    after = desk.refresh(*records)

    assert all(a is b is c for a, b, c in zip(before, changed, after, strict=True))


def test_a_picture_renders_those_bodies_anew_that_looked_for_it(desk: Desk) -> None:
    for name in ("wave.png", "sea.png"):
        desk.write(name, WAVE)
    records = [body("![A wave](wave.png)"), body("![The sea](sea.png)", key=2)]
    wave, sea = desk.refresh(*records)

    desk.write("sea.png", SEA)
    same, other = desk.refresh(*records)

    assert same is wave
    assert sea.image is not None
    assert other.image is not None
    assert (sea.image.width, other.image.width) == (640, 800)
    assert other.image.url == f"https://example.org/media/sea.png?v={version(SEA)}"
    assert other.image.url in other.html
    assert desk.whole == ["wave.png", "sea.png", "sea.png"]


@pytest.mark.parametrize(
    "record",
    [
        body("![A wave](wave.png)"),
        body("![A wave](/wave.png)"),
        body("![A wave](sub/../wave.png)"),
        body("Hello.", image="wave.png"),
        body('<img src="data:," srcset="wave.png 2x">'),
        body("[A wave](wave.png)"),
    ],
    ids=lambda record: record.article.body,
)
def test_a_picture_that_comes_or_goes_renders_anew(desk: Desk, record: Record) -> None:
    (without,) = desk.refresh(record)
    desk.write("wave.png", WAVE)
    (found,) = desk.refresh(record)
    (desk.root / "wave.png").unlink()
    (gone,) = desk.refresh(record)

    address = f"/media/wave.png?v={version(WAVE)}"
    shown = [
        content.html + (content.image.url if content.image else "") for content in (without, found, gone)
    ]
    assert [address in each for each in shown] == [False, True, False]
    assert gone == without


def test_a_version_is_forgotten_with_its_file(desk: Desk) -> None:
    """A folder's files come and go for years, and the process stays."""
    record = body("![A wave](wave.png)")
    desk.write("wave.png", WAVE)
    there = desk.media()

    for media in (there, there, {}, there):
        desk.refresh(record, media=media)

    assert desk.whole == ["wave.png", "wave.png"]


def test_two_bodies_with_one_picture_read_it_once(desk: Desk) -> None:
    desk.write("wave.png", WAVE)

    desk.refresh(body("![A wave](wave.png)"), body("![Again](wave.png)", key=2))

    assert desk.whole == ["wave.png"]


def test_a_changed_article_does_not_read_its_picture_again(desk: Desk) -> None:
    desk.write("wave.png", WAVE)
    desk.refresh(body("![A wave](wave.png)"))

    desk.refresh(body("![A wave](wave.png) and more"))

    assert desk.whole == ["wave.png"]


@pytest.mark.parametrize(
    ("name", "size"), [("talk.mp3", 100), ("film.mp4", 100), ("large.png", MOST_VERSIONED + 1)]
)
def test_what_is_long_to_read_has_its_plain_address(desk: Desk, name: str, size: int) -> None:
    """A podcast's archive is not read at each start."""
    desk.write(name, b"ID3")
    os.truncate(desk.root / name, size)

    (content,) = desk.refresh(body(f"[Here]({name}?v=1)"))

    assert f'"https://example.org/media/{name}"' in content.html
    assert desk.whole == []


def test_the_same_bytes_have_the_same_address_on_any_machine(tmp_path: Path) -> None:
    rendered: list[Content] = []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        desk = Desk(tmp_path / name)
        desk.write("wave.png", WAVE)
        os.utime(tmp_path / name / "wave.png", (len(rendered), len(rendered)))
        rendered += desk.refresh(body("![A wave](wave.png)"))

    assert rendered[0] == rendered[1]


def test_a_picture_that_cannot_be_read_is_tried_again(desk: Desk) -> None:
    """A disk may fail for a moment, and no stamp tells that it works again."""
    desk.write("wave.png", WAVE)
    record = body("![A wave](wave.png)")
    desk.locked = {"wave.png"}
    (locked,) = desk.refresh(record)

    desk.locked = set()
    (readable,) = desk.refresh(record)

    assert locked.image is not None
    assert readable.image is not None
    assert (locked.image.url, locked.image.width) == ("https://example.org/media/wave.png", None)
    assert readable.image.url.endswith(f"?v={version(WAVE)}")
    assert desk.refresh(record) == [readable]


def test_a_rooted_picture_may_be_on_the_website_if_there_is_one(desk: Desk) -> None:
    elsewhere = Contents(make_plan(desk.root, site=make_site()))
    record = body("![x](/images/x.png)")

    (on_our_site,) = desk.refresh(record)
    elsewhere.begin({})
    on_website = elsewhere(record)

    reason = "there is no file '/images/x.png'; put it there, or mend its address"
    assert [p.reason for p in on_our_site.problems] == [reason]
    assert on_website.problems == ()
