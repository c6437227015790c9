"""Recordings: their types, their order, how long they last, and what is wrong with them."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree

from feedsvc.articles.disk.durations import duration_of
from feedsvc.feeds.atom import render_atom
from feedsvc.feeds.rss import render_rss
from feedsvc.model import Attachment, Catalogue, Feed
from feedsvc.publisher.inspect.survey import survey
from feedsvc.publisher.media.changed_recordings import media_departures
from feedsvc.text.mediatypes import guess_type, type_of
from tests.conftest import Clock
from tests.support.builders import NOON, make_entry, make_feed, make_image
from tests.support.sites import Folder, article, make_plan
from tests.support.web_fakes import serve

MEDIA = "{http://search.yahoo.com/mrss/}"

# MPEG 1, layer III, 128 kbit/s at 44.1 kHz: each frame lasts 1152 / 44100 seconds.
FRAME = b"\xff\xfb\x90\x64" + bytes(413)
M4A = b"\0\0\0\x18ftypM4A \0\0\0\0mp42isom"
MP4 = b"\0\0\0\x18ftypisom\0\0\0\0mp42isom"
MOV = b"\0\0\0\x14ftypqt  \0\0\0\0qt  "
EBML = b"\x1aE\xdf\xa3" + bytes(20)
ADTS = b"\xff\xf1\x50\x80" + bytes(20)
ID3 = b"ID3\x04\0\0\0\0\0\0"


def mp3(seconds: int, title: bytes = b"") -> bytes:
    """A recording that lasts so long."""
    size = len(title)
    tag = b"ID3\x04\0\0" + bytes([0, 0, size >> 7, size & 127]) + title if title else b""
    return tag + FRAME * round(seconds * 44100 / 1152)


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    yield made
    made.store.close()


# Types


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.m4a", "audio/x-m4a"),
        ("a.m4b", "audio/mp4"),
        ("a.aac", "audio/aac"),
        ("a.mka", "audio/matroska"),
        ("a.m4v", "video/x-m4v"),
        ("a.MOV", "video/quicktime"),
        ("a.epub", "application/epub+zip"),
    ],
)
def test_a_suffix_tells_the_type_of_a_recording(name: str, media_type: str) -> None:
    assert guess_type(f"https://example.org/{name}?x=1") == media_type


@pytest.mark.parametrize(
    ("head", "name", "media_type"),
    [
        (M4A, "a.m4a", "audio/x-m4a"),
        (MP4, "a.m4a", "audio/x-m4a"),
        (M4A, "a.m4b", "audio/mp4"),
        (M4A, "a.mp4", "audio/mp4"),
        (MP4, "a.mp4", "video/mp4"),
        (MOV, "a.mp4", "video/mp4"),
        (MP4, "a.m4v", "video/x-m4v"),
        (MOV, "a.mov", "video/quicktime"),
        (MP4, "a.mp3", "video/mp4"),
        (EBML, "a.webm", "video/webm"),
        (EBML, "a.mka", "audio/matroska"),
        (ADTS, "a.aac", "audio/aac"),
        (ADTS, "a.mp3", "audio/aac"),
        (ID3, "a.aac", "audio/aac"),
        (ID3, "a.mp3", "audio/mpeg"),
        (ID3, "a.ogg", "audio/mpeg"),
        (FRAME, "a.mp3", "audio/mpeg"),
        (b"Hello.", "a.mp3", None),
    ],
)
def test_bytes_tell_the_type_and_the_name_where_they_look_alike(
    head: bytes, name: str, media_type: str | None
) -> None:
    assert type_of(head, name) == media_type


# Order


@pytest.mark.parametrize("render", [render_rss, render_atom])
def test_the_recording_stands_before_the_picture(render: Callable[[Feed], bytes]) -> None:
    """SimplePie takes the first file for the episode."""
    talk = Attachment(url="https://example.org/talk.mp3", media_type="audio/mpeg", length=9)
    entry = make_entry(image=make_image(), attachments=(talk,))

    root = etree.fromstring(render(make_feed(entries=(entry,))))

    assert [each.get("medium") for each in root.iter(f"{MEDIA}content")] == ["audio", "image"]


@pytest.mark.parametrize(
    ("named", "first"),
    [
        ("[a.ogg, a.m4a, a.mp3]", "a.mp3"),
        ("[a.mp4, a.ogg, a.m4a]", "a.m4a"),
        ("[a.mp4, a.flac]", "a.flac"),
        ("[a.epub, a.mov]", "a.mov"),
        ("[a.m4b, a.m4a]", "a.m4a"),
        ("[{url: a, type: audio/mpeg}, a.m4a]", "a"),
    ],
)
def test_of_several_recordings_the_one_that_most_players_take_is_the_enclosure(
    folder: Folder, named: str, first: str
) -> None:
    urls = named.replace("a.", "https://cdn.example.org/a.").replace(
        "url: a,", "url: 'https://cdn.example.org/a',"
    )
    folder.write("a.md", article(enclosures=urls))
    folder.refresh()

    (enclosure,) = etree.fromstring(folder.body("rss.xml")).iter("enclosure")

    assert enclosure.get("url") == f"https://cdn.example.org/{first}"


@pytest.mark.parametrize(
    ("sources", "best"),
    [
        ("<source src='a.ogg'><source src='a.mp3'><source src='a.m4a'>", "a.mp3"),
        ("<source src='a.ogg'><source src='a?f=1' type='audio/mpeg'>", "a?f=1"),
        ("<source src='a.ogg'><source src='a.flac'>", "a.ogg"),
    ],
)
def test_of_the_sources_of_one_recording_the_best_is_offered(folder: Folder, sources: str, best: str) -> None:
    absolute = sources.replace("src='", "src='https://cdn.example.org/")
    folder.write("a.md", article(body=f"<audio controls>{absolute}</audio>"))
    folder.refresh()

    (enclosure,) = etree.fromstring(folder.body("rss.xml")).iter("enclosure")

    assert enclosure.get("url") == f"https://cdn.example.org/{best}"


def test_a_source_that_is_missing_gives_way_to_another(folder: Folder) -> None:
    folder.write("a.ogg", b"OggS" + bytes(60))
    folder.write("a.md", article(body="<audio><source src='a.mp3'><source src='a.ogg'></audio>"))
    folder.refresh()

    (enclosure,) = etree.fromstring(folder.body("rss.xml")).iter("enclosure")

    assert enclosure.get("type") == "audio/ogg"


# Durations


def test_a_recording_of_the_folder_tells_how_long_it_lasts(folder: Folder) -> None:
    folder.write("talk.mp3", mp3(90))
    folder.write("a.md", article(audio="talk.mp3"))
    folder.refresh()

    (content,) = etree.fromstring(folder.body("rss.xml")).iter(f"{MEDIA}content")

    assert (content.get("duration"), content.get("fileSize")) == ("90", str(len(mp3(90))))


def test_what_the_author_says_counts_more_than_what_was_measured(folder: Folder) -> None:
    folder.write("talk.mp3", mp3(90))
    folder.write("a.md", article(audio="talk.mp3", duration="'1:00'"))
    folder.refresh()

    (content,) = etree.fromstring(folder.body("rss.xml")).iter(f"{MEDIA}content")

    assert content.get("duration") == "60"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ID3",
        b"\xff\xfb",
        M4A,
        b"OggS" + bytes(100),
        b"RIFF\0\0\0\0WAVE",
        ID3 + bytes(900_000),
        b"fLaC",
        MOV,
    ],
)
def test_a_broken_recording_has_no_duration_and_takes_no_time(body: bytes) -> None:
    assert duration_of(BytesIO(body)) is None


# What is wrong


def told(root: Path) -> list[str]:
    return [str(problem) for problem in survey(make_plan(root), Catalogue(), now=NOON).problems]


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("talk.mp3", b"", "'talk.mp3' is empty; put the recording there"),
        ("talk.mp3", b"Hello.", "'talk.mp3' holds no recording, whatever its name says; replace it"),
        (
            "talk.mp3",
            M4A,
            "'talk.mp3' holds audio/mp4, whatever its name says; give it the suffix of that",
        ),
    ],
)
def test_a_recording_that_is_none_is_told_of(folder: Folder, name: str, body: bytes, message: str) -> None:
    folder.write(name, body)
    folder.write("a.md", article(audio=name))

    assert told(folder.root) == [f"a.md: warning: {message}"]


def test_what_is_no_recording_is_not_offered_as_one(folder: Folder) -> None:
    folder.write("talk.mp3", b"Hello.")
    folder.write("a.md", article(audio="talk.mp3"))
    folder.refresh()

    assert b"talk.mp3" not in folder.body("rss.xml") + folder.body("feed.json")


def test_a_recording_in_two_articles_is_told_of_and_in_two_languages_is_not(folder: Folder) -> None:
    folder.write("talk.mp3", mp3(1))
    folder.write("a.md", article("A", audio="talk.mp3"))
    folder.write("b.md", article("B", body="<audio src='talk.mp3'></audio>"))
    folder.write("a.ko.md", article("C", audio="talk.mp3"))
    folder.write("d.md", article("D", audio="talk.mp3", draft="true"))

    assert [each for each in told(folder.root) if "talk" in each] == [
        "b.md: warning: has the recording 'talk.mp3' of a.md too, so players of podcasts show it twice; take"
        " it out of one of them"
    ]


# Replaced, and renamed


@pytest.fixture
def podcast(folder: Folder) -> Folder:
    """A folder with an episode that was published."""
    folder.write("talk.mp3", mp3(90))
    folder.write("a.md", article("Talk", audio="talk.mp3"))
    folder.refresh()
    return folder


def updated(folder: Folder) -> datetime:
    (entry,) = etree.fromstring(folder.body("atom.xml")).iter("{http://www.w3.org/2005/Atom}entry")
    return datetime.fromisoformat(entry.findtext("{http://www.w3.org/2005/Atom}updated") or "")


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("seconds", [91, 90])
def test_a_recording_that_is_replaced_under_its_name_is_an_update(
    podcast: Folder, seconds: int, restarted: bool
) -> None:
    (before,) = etree.fromstring(podcast.body("rss.xml")).iter("enclosure")
    if restarted:
        podcast.restart()
    podcast.write("talk.mp3", mp3(seconds)[:-1] + b"x")

    podcast.refresh()
    now = podcast.clock.now
    podcast.refresh()

    (enclosure,) = etree.fromstring(podcast.body("rss.xml")).iter("enclosure")
    assert enclosure.get("url") == before.get("url") == "https://example.org/media/talk.mp3"
    assert enclosure.get("length") == str(len(mp3(seconds)))
    assert updated(podcast) == now


def test_a_recording_that_is_only_touched_is_no_update(podcast: Folder) -> None:
    before = podcast.bodies()
    os.utime(podcast.root / "talk.mp3", (0, 0))
    podcast.restart()

    assert (podcast.refresh().generation, podcast.bodies()) == (None, before)


@pytest.mark.parametrize("said", [{"minor": "true"}, {"updated": "2026-04-01"}])
def test_an_author_decides_whether_a_replaced_recording_is_an_update(
    folder: Folder, said: dict[str, str]
) -> None:
    folder.write("talk.mp3", mp3(90))
    folder.write("a.md", article("Talk", audio="talk.mp3", **said))
    folder.refresh()
    before = updated(folder)
    folder.write("talk.mp3", mp3(91))

    folder.refresh()

    assert updated(folder) == before


def test_a_recording_that_was_renamed_is_found_at_its_old_addresses(podcast: Folder) -> None:
    """Also if its file and its article are changed one after the other, and twice."""
    for name in ("a talk.mp3", "\ud1a0\ud06c.mp3"):
        next(podcast.root.glob("*.mp3")).rename(podcast.root / name)
        podcast.refresh()
        podcast.write("a.md", article("Talk", audio=f"'{name}'"))
        podcast.restart()
        podcast.refresh()

    client = serve(podcast.store, articles=podcast.root)[0]
    answers = [client.get(f"/media/{name}") for name in ("talk.mp3", "a%20talk.mp3")]

    assert [each.status_code for each in answers] == [301, 301]
    where = "https://example.org/media/%ED%86%A0%ED%81%AC.mp3"
    assert {each.headers["Location"] for each in answers} == {where}


def test_a_recording_that_got_its_first_name_back_is_found_at_all_others() -> None:
    moved = {"a.mp3": "b.mp3", "b.mp3": "c.mp3", "c.mp3": "a.mp3"}

    found = media_departures(moved, {"a.mp3"}, "https://example.org")

    assert found == dict.fromkeys(("media/b.mp3", "media/c.mp3"), "https://example.org/media/a.mp3")


def test_an_old_name_that_is_used_again_leads_nowhere_else(podcast: Folder) -> None:
    (podcast.root / "talk.mp3").rename(podcast.root / "first.mp3")
    podcast.write("a.md", article("Talk", audio="first.mp3"))
    podcast.refresh()
    assert "media/talk.mp3" in podcast.snapshot.departed

    podcast.write("talk.mp3", mp3(30))
    podcast.write("b.md", article("Second", audio="talk.mp3"))
    podcast.refresh()

    assert "media/talk.mp3" not in podcast.snapshot.departed
