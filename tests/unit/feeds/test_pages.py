"""Pages for people."""

from base64 import b64encode
from datetime import timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from lxml import html

from feedsvc.feeds.pages import render_article_page, render_feed_page
from feedsvc.model import Author, Document, Format
from tests.support.builders import NOON, make_entry, make_feed, make_image, make_site
from tests.support.strategies import TEXT
from tests.support.web_fakes import FakeReader, make_document, serve

OTHERS = [("News", "https://example.org/categories/news/"), ("R&D <b>", "https://example.org/tags/r-d/")]


def tree(document: Document) -> html.HtmlElement:
    return html.document_fromstring(document.body.decode())


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_the_page_of_a_feed_stands_in_its_folder() -> None:
    document = render_feed_page(make_feed(folder="tags/한/"), make_site(), [])

    assert document.path == "tags/한/"
    assert document.media_type == "text/html; charset=utf-8"


def test_the_page_says_what_the_feed_is() -> None:
    page = tree(render_feed_page(make_feed(language="ko", title="R&D <b>"), make_site(), []))

    assert page.get("lang") == "ko"
    assert page.findtext(".//title") == "R&D <b>"
    assert words(page.find(".//h1")) == "R&D <b>"
    assert "Notes from an example" in words(page.find(".//header"))


def test_a_browser_finds_every_format_under_its_own_title() -> None:
    page = tree(render_feed_page(make_feed(folder="tags/한/"), make_site(), []))

    found = [dict(link.items()) for link in page.iterfind("head/link")]

    folder = "https://example.org/tags/%ED%95%9C/"
    assert found == [
        {
            "rel": "alternate",
            "type": "application/rss+xml",
            "title": "Example (RSS)",
            "href": folder + "rss.xml",
        },
        {
            "rel": "alternate",
            "type": "application/atom+xml",
            "title": "Example (Atom)",
            "href": folder + "atom.xml",
        },
        {
            "rel": "alternate",
            "type": "application/feed+json",
            "title": "Example (JSON Feed)",
            "href": folder + "feed.json",
        },
    ]


def test_only_the_wanted_formats_are_offered() -> None:
    page = tree(render_feed_page(make_feed(formats=(Format.ATOM,)), make_site(), []))

    assert [link.get("href") for link in page.iterfind("head/link")] == ["https://example.org/atom.xml"]
    assert page.xpath("//section[1]//a/@href") == ["https://example.org/atom.xml"]


def test_an_address_can_be_read_and_copied() -> None:
    page = tree(render_feed_page(make_feed(), make_site(), []))

    assert page.xpath("//section[1]//a/text()") == page.xpath("//section[1]//a/@href")


def test_the_newest_articles_are_shown() -> None:
    seoul = NOON.astimezone(timezone(timedelta(hours=9)))
    entry = make_entry(title="A <i>", published=seoul, image=make_image(alt='"wave"'), language="ko")

    (article,) = tree(render_feed_page(make_feed(entries=(entry,)), make_site(), [])).iterfind(".//article")

    assert article.get("lang") == "ko"
    assert [(a.get("href"), words(a)) for a in article.iterfind(".//a")] == [(entry.url, "A <i>")]
    assert [(t.get("datetime"), t.text) for t in article.iterfind(".//time")] == [
        ("2026-05-01T21:00:00+09:00", "2026-05-01")
    ]
    assert [img.get("alt") for img in article.iterfind(".//img")] == ['"wave"']
    assert "Hello, world." in words(article)


def test_a_feed_without_articles_says_so() -> None:
    page = tree(render_feed_page(make_feed(entries=()), make_site(), []))

    assert "no articles yet" in words(page)


def test_the_other_feeds_are_listed() -> None:
    page = tree(render_feed_page(make_feed(), make_site(), OTHERS))

    assert [(words(a), a.get("href")) for a in page.iterfind(".//nav//a")] == OTHERS


def test_a_page_without_other_feeds_lists_none() -> None:
    page = tree(render_feed_page(make_feed(), make_site(), []))

    assert page.find(".//nav") is None


@pytest.mark.parametrize(
    ("folder", "url", "up"),
    [
        ("", "https://example.org", []),
        ("", None, []),
        ("tags/x/", "https://example.org", ["https://example.org/"]),
        ("tags/x/", "https://www.example", ["https://www.example/", "https://example.org/"]),
    ],
)
def test_a_page_leads_back_to_the_site(folder: str, url: str | None, up: list[str]) -> None:
    page = tree(render_feed_page(make_feed(folder=folder), make_site(url=url), []))

    assert page.xpath("//header//a/@href") == up


def test_the_page_of_an_article_shows_all_of_it() -> None:
    entry = make_entry(
        title="R&D <b>",
        content="<p>One &amp; <em>two</em></p>",
        authors=(Author(name="Kim"), Author(name="Lee & Co")),
    )

    document = render_article_page(entry, "Example", make_site(), folder="articles/r-d/")

    page = tree(document)
    assert document.path == "articles/r-d/"
    assert page.findtext(".//title") == "R&D <b>"
    assert page.xpath("//link[@rel='canonical']/@href") == [entry.url]
    assert page.xpath("//time/@datetime") == ["2026-05-01T12:00:00+00:00"]
    assert words(page.find(".//article")) == "R&D <b> 2026-05-01 · Kim · Lee & Co One & two"
    assert page.xpath("//article//em/text()") == ["two"]


def test_an_article_that_carries_its_excerpt_only_shows_it_as_text() -> None:
    entry = make_entry(content=None, excerpt="1 < 2 <b>")

    page = tree(render_article_page(entry, "Example", make_site(), folder="articles/x/"))

    assert "1 < 2 <b>" in words(page.find(".//article"))


@pytest.mark.parametrize(("language", "said"), [(None, "en"), ("ko", "ko")])
def test_the_page_of_an_article_is_in_its_language(language: str | None, said: str) -> None:
    document = render_article_page(
        make_entry(language=language), "Example", make_site(), folder="articles/x/"
    )

    assert tree(document).get("lang") == said


def test_the_page_of_an_article_leads_to_the_feeds() -> None:
    site = make_site(feeds_url="https://example.org/feeds")

    page = tree(
        render_article_page(make_entry(), "Example", site, folder="articles/x/", formats=[Format.ATOM])
    )

    assert page.xpath("//link[@rel='alternate']/@href") == ["https://example.org/feeds/atom.xml"]
    assert page.xpath("//footer//a/@href") == ["https://example.org/feeds/"]


def test_a_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    for document in (
        render_feed_page(make_feed(), make_site(), OTHERS),
        render_article_page(make_entry(), "Example", make_site(), folder="articles/x/"),
    ):
        assert not tree(document).xpath("//script | //link[@rel='stylesheet'] | //@style")


@given(TEXT)
def test_whatever_authors_type_stays_text(text: str) -> None:
    feed = make_feed(
        title=text, description=text, entries=(make_entry(title=text, excerpt=text, content=None),)
    )

    pages = [
        render_feed_page(feed, make_site(), [(text, "https://example.org/x/")]),
        render_article_page(feed.entries[0], text, make_site(), folder="articles/x/"),
    ]

    known = {child.tag for child in tree(render_feed_page(make_feed(), make_site(), OTHERS)).iter()} | {
        "footer"
    }
    for page in pages:
        assert {child.tag for child in tree(page).iter()} <= known


def test_the_same_feed_gives_the_same_page() -> None:
    assert render_feed_page(make_feed(), make_site(), OTHERS) == render_feed_page(
        make_feed(), make_site(), OTHERS
    )


@pytest.mark.parametrize("path", ["", "categories/news/", "articles/hello/"])
def test_a_page_may_show_its_pictures_in_its_own_style_and_do_nothing_else(path: str) -> None:
    site = make_site()
    page = render_feed_page(make_feed(), site, ())
    client, _ = serve(FakeReader(make_document(path=path, media_type=page.media_type, body=page.body)))
    style = tree(page).findtext(".//style") or ""
    digest = b64encode(sha256(style.encode()).digest()).decode()

    policy = client.get(f"/{path}").headers["Content-Security-Policy"].split("; ")

    assert policy == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "img-src http: https: data:",
        "media-src http: https:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
