"""What the three formats promise together."""

import json
import locale
from collections.abc import Callable
from html import escape, unescape

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feedsvc.feeds.atom import render_atom
from feedsvc.feeds.jsonfeed import render_json
from feedsvc.feeds.render import render_feed
from feedsvc.feeds.rss import render_rss
from feedsvc.feeds.xml_safe import legible
from feedsvc.model import Author, Entry, Feed, Format
from tests.support.builders import make_entry, make_feed, make_image
from tests.support.strategies import TEXT
from tests.support.xmltree import attributes, elements, texts

Render = Callable[[Feed], bytes]
RENDERERS = [render_rss, render_atom, render_json]

AUTHORS = st.tuples(st.builds(Author, name=TEXT, email=TEXT, uri=TEXT))
ENTRIES = st.builds(
    make_entry,
    id=TEXT,
    title=TEXT,
    excerpt=TEXT,
    content=st.none() | TEXT,
    authors=st.just(()) | AUTHORS,
    categories=st.tuples(TEXT),
    tags=st.tuples(TEXT),
    image=st.none() | st.builds(make_image, alt=TEXT, length=st.none() | st.integers(0, 9)),
)
FEEDS = st.builds(
    make_feed,
    title=TEXT,
    description=TEXT,
    rights=st.none() | TEXT,
    authors=st.just(()) | AUTHORS,
    entries=st.lists(ENTRIES, max_size=3).map(tuple),
)

Told = list[tuple[str | None, ...]]


def first_text(parent: etree._Element, path: str) -> str | None:
    return next(iter(texts(parent, path)), None)


def told_by_rss(feed: Feed) -> Told:
    items = elements(etree.fromstring(render_rss(feed)), "channel/item")
    return [tuple(first_text(item, path) for path in ("guid", "title", "content:encoded")) for item in items]


def told_by_atom(feed: Feed) -> Told:
    entries = elements(etree.fromstring(render_atom(feed)), "atom:entry")
    return [
        tuple(first_text(entry, f"atom:{tag}") for tag in ("id", "title", "content")) for entry in entries
    ]


def told_by_json(feed: Feed) -> Told:
    items = json.loads(render_json(feed))["items"]
    return [(item["id"], item["title"], item.get("content_html")) for item in items]


@given(FEEDS)
def test_whatever_authors_type_every_format_tells_the_same(feed: Feed) -> None:
    """One strange character in one article must not cost the whole feed."""
    expected = [(entry.id, entry.title, entry.content) for entry in legible(feed).entries]

    assert told_by_rss(feed) == expected
    assert told_by_atom(feed) == expected
    assert told_by_json(feed) == expected


@given(FEEDS)
def test_feedparser_finds_no_fault(feed: Feed) -> None:
    for render in (render_rss, render_atom):
        parsed = feedparser.parse(render(feed))

        assert not parsed.bozo, parsed.get("bozo_exception")
        assert len(parsed.entries) == len(feed.entries)


@pytest.mark.parametrize("tell", [told_by_rss, told_by_atom, told_by_json])
@pytest.mark.parametrize("text", ["tab\tand\nline", "R&D <b>", "&amp;", "]]>", "a\u2028b", "👩‍💻 한국어"])
def test_what_xml_can_hold_comes_back_unchanged(tell: Callable[[Feed], Told], text: str) -> None:
    assert tell(make_feed(entries=(make_entry(id="x", title=text, content=text),))) == [("x", text, text)]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a\0b\x0bc\x1b", "abc"),
        ("a\ud800b", "ab"),
        ("a\ufffe\uffffb", "ab"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("\x7f", "\x7f"),
    ],
)
def test_only_what_xml_cannot_hold_is_dropped(typed: str, shown: str) -> None:
    entry = make_entry(title=typed, authors=(Author(name=typed),), tags=(typed,), image=make_image(alt=typed))

    (cleaned,) = legible(make_feed(entries=(entry,))).entries

    assert (cleaned.title, cleaned.authors[0].name, cleaned.tags[0]) == (shown, shown, shown)
    assert cleaned.image is not None
    assert cleaned.image.alt == shown


def test_what_becomes_empty_is_replaced_or_left_out() -> None:
    """feedgen refuses the whole feed if one entry has no title."""
    nameless = Author(name="\0")
    entry = make_entry(
        id="\0", title=" \x01", authors=(nameless,), categories=("",), tags=("\0",), content=""
    )

    feed = legible(make_feed(title="\0", authors=(nameless,), entries=(entry,)))

    assert (feed.title, feed.authors) == (feed.home, (Author(name=feed.home),))
    (cleaned,) = feed.entries
    assert (cleaned.id, cleaned.title) == (entry.url, entry.url)
    assert (cleaned.authors, cleaned.categories, cleaned.tags, cleaned.content) == ((), (), (), None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("R&D", "text"),
        ("Q&A1 &copy", "html"),
        ("std::vector<T>", "text"),
        ("<script>alert(1)</script>", "html"),
        ("a &lt; b", "html"),
    ],
)
def test_an_excerpt_is_the_same_text_in_every_format(text: str, kind: str) -> None:
    """What looks like HTML is told as HTML in Atom, too: for the W3C it is a slip otherwise."""
    feed = make_feed(description=text, entries=(make_entry(excerpt=text),))
    rss, atom = etree.fromstring(render_rss(feed)), etree.fromstring(render_atom(feed))
    told = json.loads(render_json(feed))

    # An RSS description is HTML, the others are text.
    assert [unescape(each or "") for each in texts(rss, "channel/description")] == [text]
    assert [unescape(each or "") for each in texts(rss, "channel/item/description")] == [text]
    summary = escape(text, quote=False) if kind == "html" else text
    assert texts(atom, "atom:subtitle") == texts(atom, "atom:entry/atom:summary") == [summary]
    assert attributes(atom, "atom:subtitle") == [{"type": "html"} if kind == "html" else {}]
    assert attributes(atom, "atom:entry/atom:summary") == [{"type": kind}]
    assert (told["description"], told["items"][0]["summary"]) == (text, text)


def test_a_picture_without_words_is_shown_where_an_entry_shows_its_excerpt_only() -> None:
    entry = make_entry(content=None, excerpt="A <wave>", image=make_image(), pictured=True)
    feed = make_feed(entries=(entry,))
    shown = '<p><img src="https://example.org/hello.png" alt="A wave" width="640" height="480"></p>'
    shown += "<p>A &lt;wave&gt;</p>"

    rss, atom = etree.fromstring(render_rss(feed)), etree.fromstring(render_atom(feed))
    (told,) = json.loads(render_json(feed))["items"]

    assert texts(rss, "channel/item/description") == [shown]
    assert texts(atom, "atom:entry/atom:summary") == [shown]
    assert attributes(atom, "atom:entry/atom:summary") == [{"type": "html"}]
    assert (told["summary"], told["content_html"]) == ("A <wave>", shown)


@pytest.mark.parametrize("render", RENDERERS)
def test_the_same_feed_gives_the_same_bytes(render: Render) -> None:
    def feed() -> Feed:
        return make_feed(
            entries=(make_entry(image=make_image(), tags=("a", "b")),), hubs=("https://hub.example/",)
        )

    assert render(feed()) == render(feed())


@pytest.mark.parametrize(("render", "dates"), [(render_rss, 4), (render_atom, 5), (render_json, 4)])
def test_no_document_knows_what_time_it_is(render: Render, dates: int) -> None:
    """feedgen would date the feed and each entry by the clock."""
    body = render(make_feed(entries=(make_entry(), make_entry()))).decode()

    assert body.count("2026-05-01T12:00:00+00:00") + body.count("01 May 2026 12:00:00 +0000") == dates
    assert body.count(":00:00") == dates


def test_rendering_leaves_the_locale_of_the_process_alone() -> None:
    """Refreshes run in a thread; others may be formatting something."""

    def forbidden(*_: object) -> str:
        raise AssertionError("the locale was touched")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locale, "setlocale", forbidden)
        render_rss(make_feed())
        render_atom(make_feed())


@pytest.mark.parametrize("render", [render_rss, render_atom])
def test_a_feed_without_entries_is_valid(render: Render) -> None:
    parsed = feedparser.parse(render(make_feed(entries=())))

    assert not parsed.bozo
    assert parsed.feed.title == "Example"
    assert parsed.entries == []


def test_a_feed_is_one_document_per_format() -> None:
    documents = render_feed(make_feed(folder="tags/한/"))

    assert [(document.path, document.media_type) for document in documents] == [
        ("tags/한/rss.xml", "application/rss+xml; charset=utf-8"),
        ("tags/한/atom.xml", "application/atom+xml; charset=utf-8"),
        ("tags/한/feed.json", "application/feed+json"),
    ]
    assert [document.body[:8] for document in documents] == [b"<?xml ve", b"<?xml ve", b'{\n  "ver']


def test_only_the_wanted_formats_exist_and_are_linked() -> None:
    (document,) = render_feed(make_feed(formats=(Format.ATOM,)))

    assert document.path == "atom.xml"
    assert b"rss.xml" not in document.body


def test_the_link_header_names_home_self_hub_and_the_other_formats() -> None:
    """Subscribers of a hub trust the header more than the document (WebSub, 4)."""
    feed = make_feed(folder="tags/한/", hubs=("https://hub.example/",), formats=(Format.ATOM, Format.JSON))

    assert render_feed(feed)[0].links == ", ".join(
        [
            '<https://example.org/>; rel="alternate"; type="text/html"',
            '<https://example.org/tags/%ED%95%9C/atom.xml>; rel="self"',
            '<https://hub.example/>; rel="hub"',
            '<https://example.org/tags/%ED%95%9C/feed.json>; rel="alternate"; type="application/feed+json"',
        ]
    )


def entries_of(count: int) -> tuple[Entry, ...]:
    return tuple(make_entry(id=f"urn:x:{n}", title=f"Number {n}") for n in range(count))


def test_all_formats_show_the_same_entries_in_the_same_order() -> None:
    feed = make_feed(entries=entries_of(7))

    assert told_by_rss(feed) == told_by_atom(feed) == told_by_json(feed)
    assert [identifier for identifier, *_ in told_by_rss(feed)] == [entry.id for entry in feed.entries]
