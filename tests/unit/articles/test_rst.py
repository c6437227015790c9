"""reStructuredText: its head, and its body as HTML."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings

from feedsvc.articles.markup.convert import markup_of, to_html
from feedsvc.articles.markup.rst import read_rest
from feedsvc.model import Markup
from tests.support.strategies import TEXT, examples


def rendered(*lines: str) -> BeautifulSoup:
    return BeautifulSoup(to_html("\n".join(lines), Markup.REST), "lxml")


def shown(*lines: str) -> str:
    return rendered(*lines).get_text(" ", strip=True)


ARTICLE = """\
.. for editors only

==============
 새 소식: *one*
==============

:Date: 2024-05-01 10:00
:author: Kim
:summary: First
   line.

   Second line.
:My-Key: v

Body with `a link <https://ex.org/>`_.
"""


def test_title_and_fields_are_the_head() -> None:
    front = read_rest(ARTICLE)

    assert front.values == {
        "title": "새 소식: one",
        "date": "2024-05-01 10:00",
        "author": "Kim",
        "summary": "First\nline.\n\nSecond line.",
        "mykey": "v",
    }
    assert (front.lines["date"], front.spelling["mykey"]) == (7, "My-Key")
    assert (front.body, front.body_line) == ("Body with `a link <https://ex.org/>`_.\n", 15)


@pytest.mark.parametrize(
    ("text", "values", "body"),
    [
        (":date: 2024-05-01\n\nText", {"date": "2024-05-01"}, "Text"),
        ("T\n===\n\nText", {"title": "T"}, "Text"),
        ("T\n===\n\n:title: Other\n\nText", {"title": "Other"}, "Text"),
        ("A\n===\n\nx\n\nB\n===\n\ny", {}, "A\n===\n\nx\n\nB\n===\n\ny"),
        ("Text\n\n:a: b", {}, "Text\n\n:a: b"),
        ("", {}, ""),
    ],
)
def test_what_is_not_there_is_not_read(text: str, values: dict[str, str], body: str) -> None:
    front = read_rest(text)

    assert (front.values, front.body) == (values, body)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ((":ref:`the words <label>` and :py:class:`~a.B`", ""), "the words and a.B"),
        (("An |unknown| word_ and `x`:kbd:",), "An |unknown| word_ and x"),
        ((".. versionadded:: 3.1", "   It *works* now."), "3.1\nIt works now."),
        ((".. seealso:: The other page",), "The other page"),
        ((".. box::", "   :colour: red", "", "   Inner text."), "Inner text."),
        ((".. gist:: 123", "", "Text."), "Text."),
        ((".. contents::", "", "Text."), "Text."),
        ((".. raw:: html", "", "   <b>x</b>", "", "Text."), "Text."),
        ((".. include:: /etc/passwd", "", "Text."), "Text."),
        ((".. csv-table:: T", "   :file: /etc/passwd", "", "Text."), "Text."),
        ((".. |now| date::", "", "Text |now|."), "Text |now|."),
        (("Head", "==", "", "Text."), "Head\n==\n\nText."),
    ],
)
def test_nothing_unknown_takes_text_along_or_shows_an_error(lines: tuple[str, ...], text: str) -> None:
    assert " ".join(shown(*lines).split()) == " ".join(text.split())


def test_a_role_of_one_article_is_none_of_the_next() -> None:
    rendered(".. role:: loud(strong)", "", ":loud:`x`")

    assert rendered(":loud:`x`").strong is None


def test_code_keeps_its_language_whatever_its_options() -> None:
    page = rendered(".. code-block:: python", "   :linenos:", "   :emphasize-lines: 2", "", "   x = 1")

    assert page.pre is not None
    assert "python" in page.pre.get_attribute_list("class")
    assert page.pre.get_text() == "x = 1"


def test_literals_are_code_and_a_picture_has_no_words_but_its_authors() -> None:
    page = rendered("Use ``vector<int>``.", "", ".. image:: a.png", "", ".. image:: b.png", "   :alt: A <b>")

    assert page.code is not None
    assert page.code.get_text() == "vector<int>"
    assert [image["alt"] for image in page("img")] == ["", "A <b>"]


def test_films_notes_formulas_and_sections_are_read() -> None:
    page = rendered(
        ".. youtube:: a-1", "", ".. note:: Mind it.", "", r".. math:: \frac{a}{b}", "", "Head", "===="
    )

    assert page.find("a", href="https://www.youtube.com/watch?v=a-1") is not None
    assert page.find(class_="admonition-title") is not None
    assert r"\frac{a}{b}" in page.get_text()
    assert page.h2 is not None


def test_lists_within_lists_are_no_end_of_the_world() -> None:
    assert "x" in shown("* " * 900 + "x")


def test_what_one_text_defines_does_not_hold_in_the_next() -> None:
    """Or an article would depend on which others were read before it."""
    words = rendered(":strong:`x`", "", ".. role:: other(mine)", "", ":other:`y`")

    rendered(".. role:: strong(literal)", "", ".. role:: mine(literal)", "", ":strong:`x` :mine:`y`")

    assert rendered(":strong:`x`", "", ".. role:: other(mine)", "", ":other:`y`") == words
    assert words.strong is not None


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f".. |{n}| replace:: |{n + 1}| |{n + 1}|" for n in range(60)) + "\n\n|0|",
        ".. |a| replace:: " + "a" * 1000 + "\n\n" + "|a| " * 5000,
        "*a " * 100_000,
        "`a " * 100_000,
    ],
    ids=["doubled", "long and often", "never closed", "no role closed"],
)
def test_what_would_take_for_ever_stays_as_it_is_written(text: str) -> None:
    assert rendered(text).pre is not None
    assert read_rest(text).body


def test_what_stands_for_other_words_is_put_in() -> None:
    assert shown(".. |a| replace:: one |b|", ".. |b| replace:: two", "", "|A| and |b|") == "one two and two"


@pytest.mark.parametrize("name", ["a.rst", "a/B.RST"])
def test_the_name_of_a_file_tells(name: str) -> None:
    assert markup_of(name, "") is Markup.REST


@settings(max_examples=examples(100))
@given(TEXT)
def test_any_text_is_read(text: str) -> None:
    front = read_rest(text)

    to_html(front.body, Markup.REST)
    assert text.endswith(front.body)
