"""Atom 1.0, judged by feedparser and lxml."""

from datetime import timedelta, timezone

import feedparser
import pytest
from lxml import etree

from feedsvc.feeds.atom import render_atom
from feedsvc.model import Attachment, Author, Feed, Source, Withdrawn
from tests.support.builders import NOON, make_entry, make_feed, make_image
from tests.support.xmltree import attributes, elements, texts

ATOM = "{http://www.w3.org/2005/Atom}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
SEOUL = timezone(timedelta(hours=9))


def root_of(feed: Feed) -> etree._Element:
    return etree.fromstring(render_atom(feed))


def test_the_feed_says_whose_it_is() -> None:
    feed = make_feed(
        authors=(Author(name="Kim", email="kim@example.org", uri="https://kim.example/"),),
        updated=NOON.astimezone(SEOUL),
        rights="CC BY",
        icon="https://example.org/icon.png",
        logo="https://example.org/logo.png",
    )

    root = root_of(feed)

    assert root.get(LANGUAGE) == "en"
    assert texts(root, "atom:id") == [feed.id]
    assert texts(root, "atom:title") == ["Example"]
    assert texts(root, "atom:subtitle") == ["Notes from an example"]
    assert texts(root, "atom:updated") == ["2026-05-01T21:00:00+09:00"]
    assert texts(root, "atom:author/*") == ["Kim", "kim@example.org", "https://kim.example/"]
    assert texts(root, "atom:rights") == ["CC BY"]
    assert texts(root, "atom:icon") == ["https://example.org/icon.png"]
    assert texts(root, "atom:logo") == ["https://example.org/logo.png"]
    assert texts(root, "atom:generator") == ["feedsvc"]
    assert attributes(root, "atom:generator") == [{}]  # a version would change every byte with every release


def test_the_feed_links_to_its_home_first_and_to_no_other_format() -> None:
    """Some readers open the first link, whatever its rel, and some the last alternate one."""
    assert attributes(root_of(make_feed(hubs=("https://hub.example/",))), "atom:link") == [
        {"rel": "alternate", "href": "https://example.org/", "type": "text/html"},
        {"rel": "self", "href": "https://example.org/atom.xml", "type": "application/atom+xml"},
        {"rel": "hub", "href": "https://hub.example/"},
    ]


def test_an_entry_says_what_it_says_in_a_fixed_order() -> None:
    entry = make_entry(
        published=NOON.astimezone(SEOUL),
        updated=NOON.astimezone(SEOUL) + timedelta(hours=1),
        authors=(Author(name="Kim"), Author(name="Lee", uri="https://lee.example/")),
        categories=("News",),
    )

    (element,) = elements(root_of(make_feed(entries=(entry,))), "atom:entry")

    assert [(str(child.tag).removeprefix(ATOM), child.text) for child in element if not len(child)] == [
        ("id", entry.id),
        ("title", "Hello"),
        ("updated", "2026-05-01T22:00:00+09:00"),
        ("published", "2026-05-01T21:00:00+09:00"),
        ("category", None),
        ("link", None),
        ("summary", "Hello, world."),
        ("content", "<p>Hello, world.</p>"),
    ]
    assert texts(element, "atom:author/atom:name") == ["Kim", "Lee"]
    assert texts(element, "atom:author/atom:uri") == ["https://lee.example/"]
    assert attributes(element, "atom:category") == [
        {"term": "News", "scheme": "https://example.org/categories/", "label": "News"}
    ]
    assert attributes(element, "atom:summary") == [{"type": "text"}]
    assert attributes(element, "atom:content") == [{"type": "html"}]


@pytest.mark.parametrize("language", [None, "ko"])
def test_an_entry_in_another_language_says_so(language: str | None) -> None:
    (element,) = elements(root_of(make_feed(entries=(make_entry(language=language),))), "atom:entry")

    assert element.get(LANGUAGE) == language


def test_the_lead_image_is_an_enclosure_and_plain_media() -> None:
    """feedgen writes the enclosure as a second page of the entry; readers then open the picture."""
    url = "https://example.org/hello.png"

    (element,) = elements(root_of(make_feed(entries=(make_entry(image=make_image()),))), "atom:entry")

    assert attributes(element, "atom:link") == [
        {"rel": "alternate", "href": "https://example.org/hello/", "type": "text/html"},
        {"rel": "enclosure", "href": url, "type": "image/png", "length": "12345"},
    ]
    assert attributes(element, "media:content") == [
        {
            "url": url,
            "type": "image/png",
            "medium": "image",
            "fileSize": "12345",
            "width": "640",
            "height": "480",
        }
    ]
    assert attributes(element, "media:thumbnail") == [{"url": url, "width": "640", "height": "480"}]


def test_an_enclosure_of_unknown_length_says_none() -> None:
    entry = make_entry(image=make_image(length=None))

    root = root_of(make_feed(entries=(entry,)))

    assert "length" not in attributes(root, "atom:entry/atom:link")[1]


def test_an_entry_with_nothing_to_read_is_valid() -> None:
    parsed = feedparser.parse(render_atom(make_feed(entries=(make_entry(excerpt="", content=None),))))

    assert not parsed.bozo
    assert parsed.entries[0].link == "https://example.org/hello/"


def test_feedparser_reads_all_of_it() -> None:
    entry = make_entry(image=make_image(), authors=(Author(name="Kim"), Author(name="Lee")), tags=("web",))

    parsed = feedparser.parse(render_atom(make_feed(entries=(entry,))))

    assert not parsed.bozo
    assert parsed.version == "atom10"
    assert [author.name for author in parsed.entries[0].authors] == ["Kim", "Lee"]
    assert parsed.entries[0].summary == "Hello, world."
    assert parsed.entries[0].content[0].value == "<p>Hello, world.</p>"
    assert parsed.entries[0].enclosures[0].length == "12345"
    assert [tag.term for tag in parsed.entries[0].tags] == ["web"]


def test_an_entry_links_to_all_that_belongs_to_it_its_page_first() -> None:
    sound = Attachment(url="https://e.org/a.mp3", title="Talk", media_type="audio/mpeg", length=9)
    entry = make_entry(
        attachments=(sound,),
        comments="https://example.org/hello/#comments",
        related=("https://e.org/other/",),
        via="https://found.example/",
        license="https://creativecommons.org/licenses/by/4.0/",
        contributors=(Author(name="Park"),),
    )

    (element,) = elements(root_of(make_feed(entries=(entry,))), "atom:entry")

    links = [(link["rel"], link["href"]) for link in attributes(element, "atom:link")]
    assert links == [
        ("alternate", "https://example.org/hello/"),
        ("enclosure", "https://e.org/a.mp3"),
        ("replies", "https://example.org/hello/#comments"),
        ("related", "https://e.org/other/"),
        ("via", "https://found.example/"),
        ("license", "https://creativecommons.org/licenses/by/4.0/"),
    ]
    assert attributes(element, "atom:link")[1] == {
        "rel": "enclosure",
        "href": "https://e.org/a.mp3",
        "type": "audio/mpeg",
        "title": "Talk",
        "length": "9",
    }
    assert texts(element, "atom:contributor/atom:name") == ["Park"]


def test_an_entry_from_elsewhere_says_from_where() -> None:
    entry = make_entry(source=Source(url="https://elsewhere.example/a", title="Elsewhere"))

    (element,) = elements(root_of(make_feed(entries=(entry,))), "atom:entry")

    assert texts(element, "atom:source/atom:id") == ["https://elsewhere.example/a"]
    assert texts(element, "atom:source/atom:title") == ["Elsewhere"]
    assert texts(element, "atom:source/atom:updated") == ["2026-05-01T12:00:00+00:00"]
    assert [link["href"] for link in attributes(element, "atom:link") if link["rel"] == "via"] == [
        "https://elsewhere.example/a"
    ]


def test_the_feed_tells_of_entries_that_are_no_more() -> None:
    root = root_of(make_feed(withdrawn=(Withdrawn(id="urn:x:1", at=NOON),)))

    tombstone = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
    assert [dict(each.attrib) for each in root.findall(tombstone)] == [
        {"ref": "urn:x:1", "when": "2026-05-01T12:00:00+00:00"}
    ]


def test_the_feed_links_to_its_licence() -> None:
    root = root_of(make_feed(license="https://creativecommons.org/licenses/by/4.0/"))

    assert {"rel": "license", "href": "https://creativecommons.org/licenses/by/4.0/"} in attributes(
        root, "atom:link"
    )


def test_a_private_feed_without_a_subscriber_names_no_address_of_its_own() -> None:
    root = root_of(make_feed(private=True, hubs=("https://hub.example/",)))

    assert [link["rel"] for link in attributes(root, "atom:link")] == ["alternate"]
