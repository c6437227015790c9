"""What few articles say of themselves: origins, companions, recordings, and which feeds may have them."""

from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from feedsvc.articles.dialects import PLAIN
from feedsvc.articles.fields import duration_of
from feedsvc.articles.links.licences import licence_of
from feedsvc.articles.reading.article import ReadingRules
from feedsvc.articles.reading.read import read_article
from feedsvc.model import Article, Attachment, Author, SourceFile

CC_BY = "https://creativecommons.org/licenses/by/4.0/"


def article(head: str, body: str = "Hello.", **options: Any) -> Article:
    raw = f"---\ntitle: A\n{head}\n---\n{body}".encode()
    file = SourceFile(path="a/b.md", location=Path("b.md"), size=len(raw), stamp=(), modified=0)
    found = read_article(file, raw, ReadingRules(dialect=PLAIN, zone=UTC, **options)).article
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ("canonical_url: https://first.example/ä", "links.canonical", "https://first.example/%C3%A4"),
        ("canonical_url: /here/", "links.canonical", None),
        (
            "canonical: {url: 'https://first.example/', title: First}",
            "links.canonical",
            "https://first.example/",
        ),
        ("canonical: {url: 'https://first.example/', title: First}", "links.source_title", "First"),
        ("source: The Paper", "links.source_title", "The Paper"),
        ("source: https://first.example/", "links.via", "https://first.example/"),
        ("source: HTTPS://first.example/", "links.source_title", ""),
        ("via: https://found.example/", "links.via", "https://found.example/"),
        ("comments: true", "links.comments", None),
        ("comments: https://talk.example/1", "links.comments", "https://talk.example/1"),
        ("comments: '#comments'", "links.comments", "#comments"),
        (
            "related: [https://a.example/, /b/, 'https://c.example/']",
            "links.related",
            ("https://a.example/", "https://c.example/"),
        ),
        ("license: CC BY 4.0", "links.license", CC_BY),
        ("licence: https://example.org/terms", "links.license", "https://example.org/terms"),
        ("license: ask me", "links.license", None),
        ("contributors: [Kim, Lee]", "contributors", (Author(name="Kim"), Author(name="Lee"))),
        ("correction: The year was 1999.", "correction", "The year was 1999."),
        ("correction: false", "correction", None),
        ("image: {path: a.png, caption: A cat, credit: Kim}", "lead_image.title", "A cat"),
        ("image: {path: a.png, caption: A cat, credit: Kim}", "lead_image.credit", "Kim"),
        ("image: a.png\nphoto-credit: Lee", "lead_image.credit", "Lee"),
        ("image: a.png\nphoto-credit: Lee on <a href='https://e.org'>E</a>", "lead_image.credit", "Lee on E"),
        (
            "image: {path: a.png, caption: 'A <em>List</em><T> of [all](/a)'}",
            "lead_image.title",
            "A List<T> of all",
        ),
        ("full: false", "full", False),
        ("content: excerpt", "full", False),
        ("feed_content: full", "full", True),
        ("feed: false", "feeds", ()),
        ("rss: false", "feeds", ()),
        ("exclude-from-feed: true", "feeds", ()),
        ("feed: true", "feeds", None),
        ("feeds: [Podcast, news]", "feeds", ("podcast", "news")),
        ("announce: 2026-11-22", "dates.announced", datetime(2026, 11, 22, tzinfo=UTC)),
        ("retracted: true", "hidden", "retracted"),
        ("retracted: the figures were wrong", "hidden", "retracted"),
        ("retracted: false", "hidden", None),
        ("tags: [a]", "collection", "a"),
    ],
)
def test_what_a_head_says_is_understood(head: str, field: str, value: object) -> None:
    assert attrgetter(field)(article(head)) == value


@pytest.mark.parametrize(
    ("head", "attachments"),
    [
        ("audio: talk.mp3\nduration: '12:34'", (Attachment(url="talk.mp3", duration=754),)),
        (
            "enclosure: {url: 'https://e.org/a', type: audio/mpeg, length: 99, title: Talk}",
            (Attachment(url="https://e.org/a", title="Talk", media_type="audio/mpeg", length=99),),
        ),
        ("enclosure: picture.png", ()),
        ("video: https://www.youtube.com/watch?v=1", ()),
        ("attachments: [a.mp3, b.m4a]", (Attachment(url="a.mp3"), Attachment(url="b.m4a"))),
        ("podcast: true", ()),
    ],
)
def test_recordings_are_understood_in_every_shape(head: str, attachments: tuple[Attachment, ...]) -> None:
    assert article(head).attachments == attachments


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("754", 754),
        ("12:34", 754),
        ("1:02:03", 3723),
        ("PT12M34S", 754),
        ("pt1h", 3600),
        ("long", None),
        ("", None),
    ],
)
def test_durations_are_seconds(said: str, seconds: int | None) -> None:
    assert duration_of(said) == seconds


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("CC-BY-SA-3.0", "https://creativecommons.org/licenses/by-sa/3.0/"),
        ("CC-BY-3.0-AT", "https://creativecommons.org/licenses/by/3.0/at/"),
        (
            "Creative Commons Attribution-ShareAlike 4.0 International License",
            "https://creativecommons.org/licenses/by-sa/4.0/",
        ),
        ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("MIT", "https://spdx.org/licenses/MIT.html"),
        ("The MIT License", "https://spdx.org/licenses/MIT.html"),
        ("apache-2.0", "https://spdx.org/licenses/Apache-2.0.html"),
        ("Apache License, Version 2.0", "https://spdx.org/licenses/Apache-2.0.html"),
        ("GPLv3", "https://spdx.org/licenses/GPL-3.0-only.html"),
        ("GPL-3.0-or-later", "https://spdx.org/licenses/GPL-3.0-or-later.html"),
        ("the usual license", None),
        ("license", None),
        ("Creative Commons BY", CC_BY),
        ("CC0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ],
)
def test_a_well_known_licence_has_an_address(said: str, address: str | None) -> None:
    assert licence_of(said) == address


def test_only_a_correction_that_is_there_is_part_of_what_is_significant() -> None:
    plain, corrected = article("x: 1"), article("correction: It was 1999.")

    assert plain.fingerprint == article("x: 2").fingerprint
    assert corrected.fingerprint != plain.fingerprint


def test_the_front_matter_that_feeds_select_by_is_kept() -> None:
    found = article("series: [one, Two]\nRating: 5", selected_keys=frozenset({"series", "rating"}))

    assert found.fields == (("rating", "5"), ("series", "one"), ("series", "Two"))
    assert article("series: one").fields == ()
