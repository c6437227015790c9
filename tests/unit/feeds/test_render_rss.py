"""RSS 2.0, judged by feedparser and lxml."""

from datetime import timedelta, timezone

import feedparser
import pytest
from lxml import etree

from feedsvc.feeds.rss import render_rss
from feedsvc.model import Attachment, Author, Feed, Source
from tests.support.builders import NOON, make_entry, make_feed, make_image
from tests.support.xmltree import attributes, texts

SEOUL = timezone(timedelta(hours=9))


def channel_of(feed: Feed) -> etree._Element:
    return etree.fromstring(render_rss(feed))[0]


def test_the_channel_says_whose_it_is() -> None:
    channel = channel_of(make_feed(rights="CC BY", updated=NOON.astimezone(SEOUL), every=86_400))

    assert texts(channel, "title") == ["Example"]
    assert texts(channel, "link") == ["https://example.org/"]
    assert texts(channel, "description") == ["Notes from an example"]
    assert texts(channel, "language") == ["en"]
    assert texts(channel, "copyright") == ["CC BY"]
    assert texts(channel, "generator") == ["feedsvc"]  # a version would change every byte with every release
    assert texts(channel, "lastBuildDate") == ["Fri, 01 May 2026 21:00:00 +0900"]
    assert texts(channel, "docs") == ["https://www.rssboard.org/rss-specification"]
    assert texts(channel, "pubDate") == ["Fri, 01 May 2026 12:00:00 +0000"]


def test_the_channel_names_its_editor_only_with_an_address_to_write_to() -> None:
    """Both elements want an address; a bare name is invalid."""
    kim, lee = Author(name="Kim"), Author(name="Lee", email="lee@example.org")

    nobody, somebody = channel_of(make_feed(authors=(kim,))), channel_of(make_feed(authors=(kim, lee)))

    for element in ("managingEditor", "webMaster"):
        assert texts(nobody, element) == []
        assert texts(somebody, element) == ["lee@example.org (Lee)"]


def test_the_channel_of_a_term_is_in_that_category() -> None:
    assert texts(channel_of(make_feed(topic="R&D")), "category") == ["R&D"]
    assert texts(channel_of(make_feed()), "category") == []


def test_an_item_says_where_it_comes_from_and_is_talked_about() -> None:
    entry = make_entry(
        source=Source(url="https://elsewhere.example/a", title="Elsewhere"),
        comments="https://example.org/hello/#comments",
        contributors=(Author(name="Park"),),
    )

    (item,) = channel_of(make_feed(entries=(entry,))).findall("item")

    assert texts(item, "source") == ["Elsewhere"]
    assert attributes(item, "source") == [{"url": "https://elsewhere.example/a"}]
    assert texts(item, "comments") == ["https://example.org/hello/#comments"]
    assert texts(item, "dc:contributor") == ["Park"]


def test_of_several_attachments_the_first_is_the_enclosure_and_recordings_are_media_too() -> None:
    """A second enclosure is one too many for most readers."""
    sound = Attachment(
        url="https://e.org/a.mp3", title="Talk", media_type="audio/mpeg", length=9, duration=61
    )
    entry = make_entry(attachments=(sound, Attachment(url="https://e.org/b.png", media_type="image/png")))

    (item,) = channel_of(make_feed(entries=(entry,))).findall("item")

    assert attributes(item, "enclosure") == [{"url": sound.url, "length": "9", "type": "audio/mpeg"}]
    assert attributes(item, "media:content") == [
        {"url": sound.url, "type": "audio/mpeg", "medium": "audio", "fileSize": "9", "duration": "61"}
    ]
    assert texts(item, "media:content/media:title") == ["Talk"]


def test_further_pictures_are_media_behind_the_lead_image() -> None:
    """Some clients show the first they find."""
    second = make_image(url="https://example.org/b.png", title="Bee", credit="Kim", alt="a bee")
    entry = make_entry(image=make_image(), pictures=(second,))

    (item,) = channel_of(make_feed(entries=(entry,))).findall("item")

    urls = [content["url"] for content in attributes(item, "media:content")]
    assert urls == ["https://example.org/hello.png", "https://example.org/b.png"]
    assert len(attributes(item, "media:thumbnail")) == 1
    assert texts(item, "media:content/media:title") == ["Bee"]
    assert texts(item, "media:content/media:credit") == ["Kim"]
    assert "a bee" in texts(item, "media:content/media:description")


def test_what_looks_like_html_in_the_words_for_a_picture_is_declared_as_html() -> None:
    entry = make_entry(image=make_image(alt="a </b>", title="R&D <T>"))

    (item,) = channel_of(make_feed(entries=(entry,))).findall("item")

    assert texts(item, "media:content/media:description") == ["a &lt;/b&gt;"]
    assert attributes(item, "media:content/media:description") == [{"type": "html"}]
    assert texts(item, "media:content/media:title") == ["R&D <T>"]
    assert attributes(item, "media:content/media:title") == [{"type": "plain"}]


def test_a_private_channel_without_a_subscriber_names_no_address_of_its_own() -> None:
    """Each subscriber has another one, and none may learn of any."""
    channel = channel_of(make_feed(private=True, hubs=("https://hub.example/",)))

    assert attributes(channel, "atom:link") == []


@pytest.mark.parametrize(
    ("every", "minutes", "period"),
    [(3600, "60", "hourly"), (86_400, "1440", "daily"), (604_800, "10080", "weekly")],
)
def test_the_channel_says_how_often_to_come_back(every: int, minutes: str, period: str) -> None:
    channel = channel_of(make_feed(every=every))

    assert texts(channel, "ttl") == [minutes]
    assert texts(channel, "sy:updatePeriod") == [period]
    assert texts(channel, "sy:updateFrequency") == ["1"]


def test_the_channel_links_to_itself_and_its_hubs_but_to_no_other_format() -> None:
    """Readers take an alternate link for the channel's home."""
    feed = make_feed(folder="tags/한/", hubs=("https://a.example/", "https://b.example/"))
    folder = "https://example.org/tags/%ED%95%9C/"

    assert attributes(channel_of(feed), "atom:link") == [
        {"rel": "self", "href": folder + "rss.xml", "type": "application/rss+xml"},
        {"rel": "hub", "href": "https://a.example/"},
        {"rel": "hub", "href": "https://b.example/"},
    ]


def test_a_channel_is_never_without_a_description() -> None:
    """RSS demands one; feedgen refuses the whole feed without."""
    channel = channel_of(make_feed(title="R&D", description=""))

    assert texts(channel, "description") == ["R&amp;D"]


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("R&D", "R&amp;D"),
        ("std::vector<T> is 1 > 0", "std::vector&lt;T&gt; is 1 &gt; 0"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ('"It\'s" &amp;', '"It\'s" &amp;amp;'),
    ],
)
def test_descriptions_are_html_in_which_the_text_is_nothing_but_text(written: str, html: str) -> None:
    """Readers show every description of RSS as HTML."""
    channel = channel_of(make_feed(description=written, entries=(make_entry(excerpt=written),)))

    assert texts(channel, "description") == texts(channel, "item/description") == [html]


def test_the_channel_writes_escapes_by_number() -> None:
    """As the profile has it; the W3C's validator takes a named one in it for a slip."""
    body = render_rss(make_feed(description="R&D\n<T>"))

    assert b"<description>R&#x26;amp;D\n&#x26;lt;T&#x26;gt;</description>" in body


def test_an_item_says_when_it_was_updated_if_that_is_not_when_it_was_published() -> None:
    changed = make_entry(id="urn:x:1", updated=NOON.astimezone(SEOUL) + timedelta(hours=1))
    same = make_entry(id="urn:x:2", updated=NOON.astimezone(SEOUL))

    body = render_rss(make_feed(entries=(changed, same)))

    modified = [texts(item, "dcterms:modified") for item in etree.fromstring(body)[0].findall("item")]
    assert modified == [["2026-05-01T22:00:00+09:00"], []]
    assert feedparser.parse(body).entries[0].updated == "2026-05-01T22:00:00+09:00"
    assert b"dcterms" not in render_rss(make_feed(entries=(same,)))


def test_content_is_written_as_people_can_read_it() -> None:
    body = render_rss(make_feed(entries=(make_entry(content='<p class="a">R&amp;D ]]> b</p>'),)))

    assert (
        b'<content:encoded><![CDATA[<p class="a">R&amp;D ]]]]><![CDATA[> b</p>]]></content:encoded>' in body
    )


@pytest.mark.parametrize(
    ("icon", "logo", "urls"),
    [
        ("https://e.org/i", "https://e.org/l", ["https://e.org/l"]),
        ("https://e.org/i", None, ["https://e.org/i"]),
        (None, None, []),
    ],
)
def test_the_channel_shows_logo_or_icon(icon: str | None, logo: str | None, urls: list[str]) -> None:
    channel = channel_of(make_feed(icon=icon, logo=logo))

    assert texts(channel, "image/url") == urls
    assert texts(channel, "image/title") == ["Example"] * len(urls)
    assert texts(channel, "image/link") == ["https://example.org/"] * len(urls)


def test_an_item_says_what_the_entry_says() -> None:
    entry = make_entry(
        published=NOON.astimezone(SEOUL),
        authors=(Author(name="Kim", email="kim@example.org"), Author(name="Lee")),
        categories=("News",),
        tags=("a & b", "News"),
    )

    (item,) = channel_of(make_feed(entries=(entry,))).findall("item")

    assert texts(item, "title") == ["Hello"]
    assert texts(item, "link") == ["https://example.org/hello/"]
    assert texts(item, "pubDate") == ["Fri, 01 May 2026 21:00:00 +0900"]
    assert texts(item, "dc:creator") == ["Kim", "Lee"]
    assert texts(item, "author") == []  # a reader would show both
    assert texts(item, "category") == ["News", "a & b"]
    assert attributes(item, "category") == [
        {"domain": "https://example.org/categories/"},
        {"domain": "https://example.org/tags/"},
    ]
    assert texts(item, "description") == ["Hello, world."]
    assert texts(item, "content:encoded") == ["<p>Hello, world.</p>"]


def test_the_description_stands_before_the_content() -> None:
    """Some parsers take whichever comes last for the summary."""
    (item,) = channel_of(make_feed()).findall("item")

    tags = [child.tag for child in item]

    assert tags.index("description") < tags.index("{http://purl.org/rss/1.0/modules/content/}encoded")


def test_content_without_an_excerpt_is_still_content() -> None:
    (item,) = channel_of(make_feed(entries=(make_entry(excerpt=""),))).findall("item")

    assert texts(item, "description") == []
    assert texts(item, "content:encoded") == ["<p>Hello, world.</p>"]


@pytest.mark.parametrize(
    ("identifier", "permanent"), [("https://example.org/hello/", "true"), ("urn:uuid:1", "false")]
)
def test_a_guid_always_says_whether_it_opens(identifier: str, permanent: str) -> None:
    channel = channel_of(make_feed(entries=(make_entry(id=identifier),)))

    assert texts(channel, "item/guid") == [identifier]
    assert attributes(channel, "item/guid") == [{"isPermaLink": permanent}]


def test_the_lead_image_is_an_enclosure_and_plain_media() -> None:
    """No single place is seen by all readers; a media:group by the fewest."""
    channel = channel_of(make_feed(entries=(make_entry(image=make_image()),)))
    url = "https://example.org/hello.png"

    assert attributes(channel, "item/enclosure") == [{"url": url, "length": "12345", "type": "image/png"}]
    assert attributes(channel, "item/media:content") == [
        {
            "url": url,
            "type": "image/png",
            "medium": "image",
            "fileSize": "12345",
            "width": "640",
            "height": "480",
        }
    ]
    assert attributes(channel, "item/media:thumbnail") == [{"url": url, "width": "640", "height": "480"}]
    assert texts(channel, "item/media:content/media:description") == ["A wave"]


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://e.org/a.webp?w=100", "image/webp"),
        ("https://e.org/a.PNG", "image/png"),
        ("https://e.org/a", "image/jpeg"),
        ("https://[e.org/a.gif#x", "image/gif"),  # no valid address, and no reason to lose the feed
    ],
)
def test_a_picture_of_another_site_is_told_of_without_its_size(url: str, kind: str) -> None:
    """An enclosure needs all three attributes; 0 stands for an unknown length."""
    image = make_image(url=url, alt="", media_type=None, length=None, width=None, height=None)

    channel = channel_of(make_feed(entries=(make_entry(image=image),)))

    assert attributes(channel, "item/enclosure") == [{"url": url, "length": "0", "type": kind}]
    assert attributes(channel, "item/media:content") == [{"url": url, "type": kind, "medium": "image"}]
    assert attributes(channel, "item/media:thumbnail") == [{"url": url}]


def test_a_text_for_the_picture_is_not_taken_for_the_article() -> None:
    """feedparser takes media:description for the content of an entry that has none."""
    entry = make_entry(content=None, image=make_image())

    parsed = feedparser.parse(render_rss(make_feed(entries=(entry,))))

    assert "content" not in parsed.entries[0]
    assert parsed.entries[0].summary == "Hello, world."


def test_feedparser_reads_all_of_it() -> None:
    entry = make_entry(image=make_image(), authors=(Author(name="Kim"),), tags=("web",))

    parsed = feedparser.parse(render_rss(make_feed(entries=(entry,))))

    assert not parsed.bozo
    assert parsed.version == "rss20"
    assert parsed.entries[0].author == "Kim"
    assert parsed.entries[0].summary == "Hello, world."
    assert parsed.entries[0].content[0].value == "<p>Hello, world.</p>"
    assert parsed.entries[0].enclosures[0].length == "12345"
    assert [tag.term for tag in parsed.entries[0].tags] == ["web"]


def test_entries_keep_their_order() -> None:
    entries = tuple(make_entry(id=f"urn:x:{n}") for n in range(5))

    assert texts(channel_of(make_feed(entries=entries)), "item/guid") == [entry.id for entry in entries]


def test_indenting_puts_nothing_into_the_content() -> None:
    code = "<pre>if x:\n    y\n\n\tz</pre>\n"

    channel = channel_of(make_feed(entries=(make_entry(content=code),)))

    assert texts(channel, "item/content:encoded") == [code]


@pytest.mark.parametrize(
    ("size", "shown"), [((100, 50), ("100", "50")), ((288, 100), ("144", "50")), ((1, 4000), ("1", "400"))]
)
def test_the_picture_of_a_channel_is_shown_within_its_bounds(
    size: tuple[int, int], shown: tuple[str, str]
) -> None:
    channel = channel_of(make_feed(logo="https://e.org/l", picture_size=size))

    assert (texts(channel, "image/width"), texts(channel, "image/height")) == ([shown[0]], [shown[1]])
