"""Front-matter values, whatever shape they came in."""

import pytest

from feedsvc.articles.fields import authors_of, labels_of, picture_of, text_of, title_of, truth_of
from feedsvc.articles.yaml_text import Value
from feedsvc.model import Author


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Plain", "Plain"),
        ("Folded over\ntwo lines\n", "Folded over two lines"),
        ("R&D &amp; `async` <em>now</em> – 5 < 6 &#8217;til dawn", "R&D & async now – 5 < 6 ’til dawn"),
        ("Vec<T> and *emphasis*", "Vec<T> and emphasis"),
        ("snake_case and 2 * 3 * 4", "snake_case and 2 * 3 * 4"),
        ("C:\\Users\\kim", "C:\\Users\\kim"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af\u200b note\ufeff", "한글\u200b note"),
        (["속보"], "[속보]"),
        ("bell \x07 rings", "bell rings"),
        ("   ", None),
        (None, None),
        ({"a": "b"}, None),
    ],
)
def test_a_title_is_one_line_of_plain_text(written: Value, title: str | None) -> None:
    assert title_of(written) == title


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        ("news, Korea ,, news", ("news", "Korea")),
        (["a", "b, c", "A", None, ""], ("a", "b, c", "A")),
        ("", ()),
        (None, ()),
        ({"a": None, "b": None}, ("a", "b")),
        (["solr/news"], ("solr/news",)),
        ("[x, y", ("x", "y")),
        ([["nested"], "flat"], ("flat",)),
    ],
)
def test_labels_come_from_text_and_lists(written: Value, labels: tuple[str, ...]) -> None:
    assert labels_of(written) == labels


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("Kim", (Author(name="Kim"),)),
        ("Kim and Lee, Park", (Author(name="Kim"), Author(name="Lee"), Author(name="Park"))),
        ("Kim (ACME, Inc.)", (Author(name="Kim (ACME, Inc.)"),)),
        ("Park <park@ex.org>", (Author(name="Park", email="park@ex.org"),)),
        ("[Kim](https://ex.org/kim)", (Author(name="Kim", uri="https://ex.org/kim"),)),
        ("[Kim](javascript:x)", (Author(name="Kim"),)),
        (
            [{"kim": None, "name": "Kim", "twitter": "k"}, "lee", None, "lee"],
            (Author(name="Kim"), Author(name="lee")),
        ),
        ({"name": "Kim", "url": "https://ex.org"}, (Author(name="Kim", uri="https://ex.org"),)),
        ("", ()),
    ],
)
def test_authors_come_in_every_shape(written: Value, authors: tuple[Author, ...]) -> None:
    assert authors_of(written) == authors


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("/p.jpg ", ("/p.jpg", "")),
        ({"path": "/p.jpg", "thumbnail": "/t.jpg"}, ("/p.jpg", "")),
        ({"thumbnail": "/t.jpg", "alt": "A wave"}, ("/t.jpg", "A wave")),
        ({"overlay_image": "/big.jpg", "teaser": "/small.jpg"}, ("/big.jpg", "")),
        ([None, "/p.jpg"], ("/p.jpg", "")),
        ({}, (None, "")),
        (None, (None, "")),
    ],
)
def test_a_picture_comes_in_every_shape(written: Value, found: tuple[str | None, str]) -> None:
    assert picture_of(written) == found


@pytest.mark.parametrize(
    ("written", "truth"),
    [
        ("true", True),
        ("Yes", True),
        ("no", False),
        ("OFF", False),
        ("maybe", None),
        (None, None),
        (["true"], None),
    ],
)
def test_truth_has_many_spellings(written: Value, truth: bool | None) -> None:
    assert truth_of(written) is truth


def test_text_of_a_list_gets_its_brackets_back() -> None:
    assert text_of(["a", "b"]) == "[a, b]"
