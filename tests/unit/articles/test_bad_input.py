"""Whatever lies in the folder, the feed lives, and somebody is told."""

import struct
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest

from tests.conftest import Clock
from tests.support.sites import Folder, article

GIF = b"GIF89a\x80\x02\xe0\x01\x00\x00\x00;"
HUGE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 30_000, 30_000, 8, 0, 0, 0, 0)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    made.write("good.md", article("Good"))
    yield made
    made.store.close()


def told(folder: Folder, path: str = "odd.md") -> list[str]:
    """Publish, see that every feed lives with the good article in it, and return what is said of a file."""
    problems = folder.refresh().problems
    for form in ("rss.xml", "atom.xml"):
        parsed = feedparser.parse(folder.body(form))
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert "Good" in [entry.title for entry in parsed.entries]
    return [problem.reason for problem in problems if problem.path == path]


def titles(folder: Folder) -> list[str]:
    return [entry.title for entry in feedparser.parse(folder.body()).entries]


@pytest.mark.parametrize(
    ("text", "title", "said"),
    [
        (
            article("Odd \x0b\x01 title", body="a\x00b"),
            "Odd title",
            "character U+000B cannot stand in a feed",
        ),
        (article("Odd", body="before ]]> after"), "Odd", None),
        (article("''"), "Odd", None),
        (article("Odd", categories='["  ", ""]'), "Odd", None),
        (article("Odd", author='" "'), "Odd", None),
        (article("Odd", body="&#0;&#x1f;&#xFFFE; &nbsp; <b>unclosed"), "Odd", None),
        (article("Odd", body="x" * 5_000_000), None, "is larger than 4 MB"),
        (article("Odd", image="gone.jpg"), "Odd", "there is no file 'gone.jpg'"),
        (article("Odd", body="![](gone.png)"), "Odd", "there is no file 'gone.png'"),
        (article("Odd", audio="gone.mp3"), "Odd", "there is no file 'gone.mp3'"),
        ("---\ntitle: [Odd\n", None, "the front matter has no end"),
    ],
)
def test_an_odd_article_takes_nothing_with_it(
    folder: Folder, text: str, title: str | None, said: str | None
) -> None:
    folder.write("odd.md", text)

    reasons = told(folder)

    assert titles(folder) == (["Odd title" if title == "Odd title" else "Odd", "Good"] if title else ["Good"])
    assert any(reason.startswith(said) for reason in reasons) if said else reasons == []


@pytest.mark.parametrize(
    ("name", "content", "kind", "size"),
    [
        ("a.gif", GIF, "image/gif", ("640", "480")),
        ("huge.png", HUGE, "image/png", ("30000", "30000")),
        ("drawing.svg", SVG, "image/svg+xml", ("9", "9")),
        ("wrong.jpg", GIF, "image/gif", ("640", "480")),
    ],
)
def test_an_odd_picture_is_told_of_as_it_is(
    folder: Folder, name: str, content: bytes, kind: str, size: tuple[str | None, str | None]
) -> None:
    folder.write(name, content)
    folder.write("odd.md", article("Odd", image=name))

    told(folder)

    entry = next(e for e in feedparser.parse(folder.body("rss.xml")).entries if e.title == "Odd")
    (enclosure,) = entry.enclosures
    assert (enclosure.type, enclosure.length) == (kind, str(len(content)))
    media = entry.media_content[0]
    assert (media.get("width"), media.get("height")) == size


@pytest.mark.parametrize("written", ["in front", "in the text"])
@pytest.mark.parametrize("content", [b"", b"<!doctype html><p>Not found", b"\x7fELF\0\0\1"])
def test_what_is_no_picture_is_not_passed_off_as_one(folder: Folder, content: bytes, written: str) -> None:
    """Readers would show a broken one; we would not even serve it."""
    folder.write("page.jpg", content)
    folder.write("good.gif", GIF)
    body = "![Good](good.gif)" if written == "in front" else "![Bad](page.jpg)\n\n![Good](good.gif)"
    folder.write("odd.md", article("Odd", body, **({"image": "page.jpg"} if written == "in front" else {})))

    reasons = told(folder)

    assert reasons == ["'page.jpg' holds no picture, whatever its name says; replace it"]
    entry = next(e for e in feedparser.parse(folder.body("rss.xml")).entries if e.title == "Odd")
    (enclosure,) = entry.enclosures
    assert "good.gif" in enclosure.href


def test_two_articles_that_want_one_id_are_two_entries(folder: Folder) -> None:
    folder.write("odd.md", article("Odd", id="urn:x:1"))
    folder.write("other.md", article("Other", id="urn:x:1"))

    reasons = told(folder, "other.md")

    ids = [entry.id for entry in feedparser.parse(folder.body()).entries]
    assert len(set(ids)) == 3
    assert any("same id" in reason for reason in reasons)


def test_a_feed_by_nobody_is_by_the_site(folder: Folder) -> None:
    told(folder)

    assert feedparser.parse(folder.body()).feed.author == "Example"
