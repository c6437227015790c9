"""All feeds in one list, as readers and programs take it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from feedsvc.feeds.directory import discovery_links, render_lists
from feedsvc.model import Author, Feed, Format
from tests.conftest import Clock
from tests.support.builders import make_feed, make_site
from tests.support.processes import feedsvc
from tests.support.sites import Folder, article


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    yield made
    made.store.close()


def lists(*feeds: Feed) -> tuple[etree._Element, dict[str, object]]:
    opml, listed = render_lists(feeds, make_site(), {"rss.xml": 1234})
    assert (opml.path, listed.path) == ("feeds.opml", "feeds.json")
    assert opml.media_type == "text/x-opml; charset=utf-8"
    return etree.fromstring(opml.body), json.loads(listed.body)


def test_readers_get_every_feed_terms_in_groups() -> None:
    tag = make_feed(title="Example: #R&D", folder="tags/r-d/", home="https://example.org/tags/r-d/")

    root, _ = lists(make_feed(), make_feed(title="Mine", folder="feeds/mine/"), tag)

    assert root.get("version") == "2.0"
    assert root.findtext("head/title") == "Example"
    assert [(o.get("text"), o.get("xmlUrl")) for o in root.findall("body/outline")] == [
        ("Example", "https://example.org/rss.xml"),
        ("Mine", "https://example.org/feeds/mine/rss.xml"),
        ("Tags", None),
    ]
    (outline,) = root.findall("body/outline/outline")
    assert dict(outline.items()) == {
        "type": "rss",
        "text": "Example: #R&D",
        "title": "Example: #R&D",
        "xmlUrl": "https://example.org/tags/r-d/rss.xml",
        "htmlUrl": "https://example.org/tags/r-d/",
        "language": "en",
    }


def test_programs_learn_what_each_feed_costs_and_whose_it_is() -> None:
    kim = Author(name="Kim", email="kim@example.org")

    _, listed = lists(make_feed(authors=(kim,), rights="CC BY 4.0", every=86_400, formats=(Format.RSS,)))

    assert listed["feeds"] == [
        {
            "title": "Example",
            "description": "Notes from an example",
            "url": "https://example.org/",
            "language": "en",
            "updated": "2026-05-01T12:00:00+00:00",
            "cadence": "daily",
            "entries": 1,
            "formats": [{"url": "https://example.org/rss.xml", "type": "application/rss+xml", "bytes": 1234}],
            "license": "CC BY 4.0",
            "contact": "kim@example.org",
        }
    ]


def test_a_private_feed_is_listed_nowhere() -> None:
    root, listed = lists(make_feed(), make_feed(title="Secret", folder="feeds/secret/", private=True))

    assert b"secret" not in etree.tostring(root).lower()
    assert "secret" not in json.dumps(listed).lower()


def test_links_for_pages_are_escaped_once() -> None:
    assert list(discovery_links(make_feed(title='"A" & B', formats=(Format.ATOM,)))) == [
        '<link rel="alternate" type="application/atom+xml" title="&quot;A&quot; &amp; B (Atom)"'
        ' href="https://example.org/atom.xml">'
    ]


def test_the_lists_are_published_and_change_with_their_feeds_only(folder: Folder) -> None:
    folder.write("a.md", article("A", categories="News"))
    folder.refresh()
    before = folder.body("feeds.opml")
    folder.restart()
    folder.refresh()

    assert folder.body("feeds.opml") == before
    assert b"categories/news/rss.xml" in before
    assert json.loads(folder.body("feeds.json"))["feeds"][0]["entries"] == 1


def test_discover_prints_lines_for_each_kind_of_page(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.md").write_text(article("A", categories="News"))

    run = feedsvc("discover", "articles", cwd=tmp_path, FEEDSVC_SERVER__URL="https://example.org/feeds")

    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert lines[:2] == [
        "<!-- every page -->",
        '<link rel="alternate" type="application/rss+xml" title="articles (RSS)"'
        ' href="https://example.org/feeds/rss.xml">',
    ]
    assert "<!-- the page of the category News -->" in lines
    assert not (tmp_path / "articles" / ".feedsvc").exists()
