"""What the heads of whole HTML documents say."""

import pytest
from hypothesis import given

from feedsvc.articles.html.documents import document_head
from tests.support.strategies import TEXT


def test_a_head_says_what_front_matter_would() -> None:
    html = """<!DOCTYPE html>
        <html lang="ko"><head><title>봄 축제
          &amp; 시장</title>
        <meta name="Description" content=" A  day out "><meta name="author" content="Kim">
        <meta name="date" content="2024-05-01"><meta name="keywords" content="spring, market">
        <meta property="og:image" content="/a.png"><meta name="viewport" content="width=1">
        <meta name="status" content=""></head><body><h1>x</h1></body></html>"""

    assert document_head(html) == {
        "title": "봄 축제 & 시장",
        "description": "A day out",
        "author": "Kim",
        "date": "2024-05-01",
        "keywords": "spring, market",
        "image": "/a.png",
        "lang": "ko",
    }


@pytest.mark.parametrize(
    ("title", "shared", "expected"),
    [
        ("Spring – The Site", "Spring", "Spring"),
        ("Spring", "The Site", "Spring"),
        ("", "Spring", "Spring"),
    ],
)
def test_a_title_is_the_articles_without_the_sites(title: str, shared: str, expected: str) -> None:
    html = f"<html><head><title>{title}</title><meta property='og:title' content='{shared}'></head>"

    assert document_head(html)["title"] == expected


def test_what_is_said_several_times_is_a_list() -> None:
    tags = "".join(f"<meta property='article:tag' content='{tag}'>" for tag in ("a", "b, c"))

    assert document_head(f"<html><head>{tags}")["tags"] == ["a", "b, c"]


@pytest.mark.parametrize(
    "html", ["", "<p>x</p>", "<title>x</title><p>y</p>", "text <meta name=author content=x>"]
)
def test_a_fragment_has_no_head(html: str) -> None:
    assert document_head(html) == {}


@given(TEXT)
def test_any_document_has_a_head(text: str) -> None:
    document_head("<html><head><title>" + text)
