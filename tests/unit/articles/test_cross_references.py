"""What an article calls another by."""

from collections.abc import Iterable
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.links.cross_references import Addresses, Page, bare, marked

PATHS = (
    "_posts/2024-05-01-hello.md",
    "_posts/news/2024-05-02-rain.md",
    "content/blog/other.md",
    "content/blog/bundle/index.md",
    "content/docs/other.md",
    "content/docs/only.md",
    "content/_index.md",
    "source/_posts/가을 노래.md",
    "a/Case.md",
    "top.md",
    "twice.md",
    "twice.html",
)


def addresses(paths: Iterable[str]) -> Addresses:
    return Addresses({path: Page(path, "") for path in paths})


def found(addresses: Addresses, ref: str, folder: str) -> str | None:
    page = addresses.find(ref, folder)
    return page and page.url


ADDRESSES = addresses(PATHS)


@pytest.mark.parametrize(
    ("ref", "folder", "path"),
    [
        # As generators have it
        ("2024-05-01-hello", "_posts", "_posts/2024-05-01-hello.md"),
        ("news/2024-05-02-rain", "", "_posts/news/2024-05-02-rain.md"),
        ("2024-05-02-rain", "", "_posts/news/2024-05-02-rain.md"),
        ("_posts/2024-05-01-hello.md", "content/blog", "_posts/2024-05-01-hello.md"),
        ("other.md", "content/blog", "content/blog/other.md"),
        ("other.md", "content/docs", "content/docs/other.md"),
        ("../docs/other", "content/blog", "content/docs/other.md"),
        ("/blog/other", "content/docs", "content/blog/other.md"),
        ("bundle", "content/blog", "content/blog/bundle/index.md"),
        ("bundle/index.md", "content/blog", "content/blog/bundle/index.md"),
        ("bundle/", "content/blog", "content/blog/bundle/index.md"),
        ("@/docs/other.md", "content/blog", "content/docs/other.md"),
        ("{filename}other.md", "content/blog", "content/blog/other.md"),
        ("{filename}/docs/other.md", "content/blog", "content/docs/other.md"),
        ("|filename|/docs/other.md", "content/blog", "content/docs/other.md"),
        # From elsewhere
        ("only.md", "content/blog", "content/docs/only.md"),
        ("only", "", "content/docs/only.md"),
        ("docs/other.md", "_posts", "content/docs/other.md"),
        ("hello", "", "_posts/2024-05-01-hello.md"),
        ("content/news/top.md", "", "top.md"),
        # Spelling
        ("가을%20노래.md", "", "source/_posts/가을 노래.md"),
        (normalize("NFD", "가을 노래.md"), "", "source/_posts/가을 노래.md"),
        ("twice", "", "twice.html"),
        ("twice.md", "", "twice.md"),
        # Nothing, or more than one
        ("other.md", "", None),
        ("case.md", "a", None),
        ("gone.md", "content/blog", None),
        ("..", "a", None),
        ("/", "", None),
        ("", "", None),
    ],
)
def test_a_reference_means_an_article(ref: str, folder: str, path: str | None) -> None:
    assert found(ADDRESSES, ref, folder) == path


def test_a_path_is_told_from_one_that_is_called_alike() -> None:
    paths = ["twice.html", "twice", normalize("NFD", "source/_posts/가을 노래.md"), "other.md"]

    pages = [ADDRESSES.of(path) for path in paths]

    assert [page and page.url for page in pages] == ["twice.html", None, "source/_posts/가을 노래.md", None]


def test_marks_are_told_from_paths() -> None:
    assert marked("{Static}/a.png") == ("static", "/a.png")
    assert marked("@/a.md") == ("@", "/a.md")
    assert marked("{a}") is None
    assert bare("|attach|a.png") == "a.png"


@given(st.text(), st.text())
def test_any_reference_means_an_article_or_none(ref: str, folder: str) -> None:
    assert found(ADDRESSES, ref, folder) in {*PATHS, None}


@given(st.permutations(PATHS), st.sampled_from(["twice", "other", "hello", "bundle"]))
def test_the_order_of_articles_makes_no_difference(paths: list[str], ref: str) -> None:
    shuffled = addresses(paths)

    assert found(shuffled, ref, "") == found(ADDRESSES, ref, "")
