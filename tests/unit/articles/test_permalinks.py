"""Where a person reads an article."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.articles.dialects import PLAIN, ArticleFacts
from feedsvc.articles.reading.permalinks import article_page, article_url, permalink_of_pattern
from feedsvc.model import Article
from tests.support.builders import NOON, make_article, make_site
from tests.support.strategies import examples

OWN_PAGE = ("https://feeds.example.org/articles/hello/", True)


SEOUL = ZoneInfo("Asia/Seoul")


def address(article: Article, *, published: datetime = NOON) -> tuple[str, bool]:
    site = make_site(feeds_url="https://feeds.example.org", timezone=SEOUL)
    return article_url(article, published, "hello", site=site)


def patterned(
    pattern: str, path: str = "hello.md", title: str = "Hello", published: datetime | None = None
) -> str:
    facts = ArticleFacts(
        path=path, path_metadata=PLAIN.path_metadata(path), title=title, zone=SEOUL, published=published
    )
    return permalink_of_pattern(pattern, facts)


@pytest.mark.parametrize(
    ("permalink", "url"),
    [
        ("/custom/a/", "https://example.org/custom/a/"),
        ("custom", "https://example.org/custom"),
        ("/custom/index.html", "https://example.org/custom/index.html"),
        ("/", "https://example.org/"),
        ("/a//b/", "https://example.org/a/b/"),
        ("/스포츠/2638/", "https://example.org/%EC%8A%A4%ED%8F%AC%EC%B8%A0/2638/"),
        ("/hash #1 + 100% [x]/", "https://example.org/hash%20%231%20+%20100%25%20%5Bx%5D/"),
        ("/a%20b", "https://example.org/a%20b"),
        ("/what?/", "https://example.org/what%3F/"),
        ("/?p=123", "https://example.org/?p=123"),
        ("?p=123/", "https://example.org/?p=123"),
        ("/why?/a.php?id=한&x=100%#y", "https://example.org/why%3F/a.php?id=%ED%95%9C&x=100%25%23y"),
    ],
)
def test_a_permalink_is_an_address_below_the_website(permalink: str, url: str) -> None:
    assert address(make_article(permalink=permalink)) == (url, False)


@pytest.mark.parametrize("permalink", ["/../../etc/passwd", "../../etc/passwd", "/a/../../etc/passwd"])
def test_a_permalink_cannot_leave_the_website(permalink: str) -> None:
    assert address(make_article(permalink=permalink)) == ("https://example.org/etc/passwd", False)


@pytest.mark.parametrize("permalink", ["//evil.org/x", "javascript:alert(1)", "ftp://evil.org/"])
def test_only_http_leads_to_another_host(permalink: str) -> None:
    url, _ = address(make_article(permalink=permalink))

    assert url.startswith("https://example.org/")


@pytest.mark.parametrize(
    ("permalink", "url"),
    [
        ("https://other.org/a%20b?x=1#y", "https://other.org/a%20b?x=1#y"),
        ("HTTP://other.org/봄", "http://other.org/%EB%B4%84"),
        ("https://한국.kr/", "https://xn--3e0b707e.kr/"),
    ],
)
def test_an_absolute_permalink_is_the_address(permalink: str, url: str) -> None:
    assert address(make_article(permalink=permalink)) == (url, False)


@pytest.mark.parametrize("permalink", ["http://[x", "https:", "http:///x"])
def test_an_absolute_permalink_without_a_host_leads_to_our_page(permalink: str) -> None:
    assert address(make_article(permalink=permalink)) == OWN_PAGE


@pytest.mark.parametrize(
    ("stated", "permalink"),
    [
        ("/custom/index.html", "/custom/"),
        ("index.html", ""),
        ("/my-index.html", "/my-index.html"),
        ("/custom", "/custom"),
    ],
)
def test_a_page_that_stands_for_its_folder_is_not_named(stated: str, permalink: str) -> None:
    path = "hello.md"
    facts = ArticleFacts(
        path=path, path_metadata=PLAIN.path_metadata(path), title="Hello", values={"permalink": stated}
    )

    assert PLAIN.permalink(facts) == permalink


def test_a_pattern_is_filled_with_the_day_of_the_site() -> None:
    """Late in the evening in London it is tomorrow in Seoul."""
    evening = datetime(2024, 5, 1, 22, tzinfo=UTC)

    path = patterned(
        "/:folder/:year/:month/:day/:slug/:filename/:title/:other/",
        path="notes/first note.md",
        title="R&D now",
        published=evening,
    )

    assert path == "/notes/2024/05/02/first-note/first note/rd-now/:other/"


def test_the_date_of_an_undated_article_is_put_in_once_it_has_one() -> None:
    permalink = patterned("/:year/:month/:day/:slug/")

    url, _ = address(make_article(permalink=permalink, published=None), published=NOON)

    assert permalink == "/:year/:month/:day/hello/"
    assert url == f"https://example.org/{NOON.astimezone(SEOUL):%Y/%m/%d}/hello/"


def test_a_pattern_without_a_folder_leaves_no_gap() -> None:
    assert patterned("/:folder/:slug") == "/hello"


def test_an_article_that_the_website_does_not_know_has_a_page_of_ours() -> None:
    assert address(make_article()) == OWN_PAGE


def test_without_a_website_every_article_has_a_page_of_ours() -> None:
    site = make_site(url=None, feeds_url="https://example.org/news")
    article = make_article(permalink="/custom/")

    url = article_url(article, NOON, "봄-2", site=site)

    assert url == ("https://example.org/news/articles/%EB%B4%84-2/", True)
    assert article_page("봄-2") == "articles/봄-2/"


@settings(max_examples=examples(100))
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_permalink_gives_an_address_in_ascii(permalink: str) -> None:
    url, _ = address(make_article(permalink=permalink))

    assert url.isascii()
    assert url.startswith(("https://", "http://"))
    assert " " not in url
