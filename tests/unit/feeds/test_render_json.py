"""JSON Feed 1.1."""

import json
from datetime import timedelta, timezone
from typing import Any

from feedsvc.feeds.jsonfeed import render_json
from feedsvc.model import Attachment, Author, Feed, Source
from tests.support.builders import NOON, make_entry, make_feed, make_image

SEOUL = timezone(timedelta(hours=9))


def read(feed: Feed) -> Any:
    return json.loads(render_json(feed))


def test_the_feed_says_whose_it_is() -> None:
    feed = make_feed(
        folder="tags/한/",
        authors=(Author(name="Kim", email="kim@example.org", uri="https://kim.example/"),),
        icon="https://example.org/icon.png",
        hubs=("https://hub.example/",),
        entries=(),
    )
    kim = {"name": "Kim", "url": "https://kim.example/"}

    assert read(feed) == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Example",
        "home_page_url": "https://example.org/",
        "feed_url": "https://example.org/tags/%ED%95%9C/feed.json",
        "description": "Notes from an example",
        "icon": "https://example.org/icon.png",
        "favicon": "https://example.org/icon.png",
        "language": "en",
        "authors": [kim],
        "author": kim,
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "items": [],
    }


def test_an_item_says_what_the_entry_says() -> None:
    """`author` is of version 1.0; several readers know no other."""
    entry = make_entry(
        published=NOON.astimezone(SEOUL),
        updated=NOON.astimezone(SEOUL) + timedelta(hours=1),
        authors=(Author(name="Kim"), Author(name="Lee")),
        categories=("News",),
        tags=("web", "News"),
        language="ko",
        image=make_image(),
    )

    assert read(make_feed(entries=(entry,)))["items"] == [
        {
            "id": entry.id,
            "url": "https://example.org/hello/",
            "title": "Hello",
            "summary": "Hello, world.",
            "image": "https://example.org/hello.png",
            "date_published": "2026-05-01T21:00:00+09:00",
            "date_modified": "2026-05-01T22:00:00+09:00",
            "authors": [{"name": "Kim"}, {"name": "Lee"}],
            "author": {"name": "Kim"},
            "tags": ["News", "web"],
            "language": "ko",
            "attachments": [
                {
                    "url": "https://example.org/hello.png",
                    "mime_type": "image/png",
                    "size_in_bytes": 12345,
                }
            ],
            "content_html": "<p>Hello, world.</p>",
        }
    ]


def test_an_item_without_content_has_its_excerpt_as_text() -> None:
    """JSON Feed demands one or the other, even if there is nothing to read."""
    short, nothing = make_entry(content=None), make_entry(content=None, excerpt="")

    first, second = read(make_feed(entries=(short, nothing)))["items"]

    assert (first["content_text"], second["content_text"]) == ("Hello, world.", "")
    assert "content_html" not in first | second


def test_letters_of_every_script_stand_as_they_are() -> None:
    body = render_json(make_feed(title="한국어"))

    assert b'"title": "' + "한국어".encode() in body
    assert body.startswith(b'{\n  "version"')
    assert body.endswith(b"}\n")


def test_an_item_tells_of_recordings_banner_and_origin() -> None:
    sound = Attachment(
        url="https://e.org/a.mp3", title="Talk", media_type="audio/mpeg", length=9, duration=61
    )
    entry = make_entry(
        attachments=(sound,),
        banner=make_image(url="https://e.org/wide.png"),
        source=Source(url="https://elsewhere.example/a", title="Elsewhere"),
    )

    (item,) = read(make_feed(entries=(entry,)))["items"]

    assert item["attachments"] == [
        {
            "url": "https://e.org/a.mp3",
            "mime_type": "audio/mpeg",
            "title": "Talk",
            "size_in_bytes": 9,
            "duration_in_seconds": 61,
        }
    ]
    assert item["banner_image"] == "https://e.org/wide.png"
    assert item["external_url"] == "https://elsewhere.example/a"


def test_a_private_feed_without_a_subscriber_names_no_address_of_its_own() -> None:
    assert "feed_url" not in read(make_feed(private=True))
