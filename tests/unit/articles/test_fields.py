"""Front-matter values, whatever shape they came in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.fields import authors_of, held_back, labels_of, picture_of, text_of, title_of, truth_of
from feedsvc.articles.frontmatter.yaml import Value
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
        ("First line<br>second line", "First line second line"),
        ("`<div>` and <div>, List<T>", "<div> and <div>, List<T>"),
        ("AT&amp;amp;T", "AT&amp;T"),
        ("Ready :tada:", "Ready :tada:"),
        ("&nbsp;Blanks&nbsp;", "Blanks"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af\u200b note\ufeff", "한글\u200b note"),
        (["속보"], "[속보]"),
        ('Use <b> & "x" in C++ <T>', 'Use <b> & "x" in C++ <T>'),
        ("a<b and c>d", "a<b and c>d"),
        ("<b>Bold</b>, <B>bold</b> and </b>", "Bold, bold and </b>"),
        ("<b><i>crossed</b></i>", "crossed"),
        ("`</b>` ends <b>, \\<i>x\\</i>", "</b> ends <b>, <i>x</i>"),
        ('<img src="x.png">Picture, <img alt>', "Picture, <img alt>"),
        ('<a title="Home > Blog" href="/b">Blog</a> of <b title=">">', 'Blog of <b title=">">'),
        ("Why <script>alert(1)</script> is bad", "Why <script>alert(1)</script> is bad"),
        ("<https://ex.org/a_b_c> or <kim@ex.org>", "<https://ex.org/a_b_c> or <kim@ex.org>"),
        ("<!--more--> in Hugo", "<!--more--> in Hugo"),
        ("<b/> and <br/>", "<b/> and"),
        ("?page=1&section=2&copy=3", "?page=1&section=2&copy=3"),
        ("\U000f0000 &#983040; <T>", "\U000f0000 \U000f0000 <T>"),
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
        ('["x", "y z"]', ("x", "y z")),
        ("[속보] x, y", ("[속보] x", "y")),
        ([["여행", "부산"], "flat"], ("여행", "부산", "flat")),
        ([{"name": "x", "slug": "y"}, {"title": "z"}], ("x", "z")),
        ([{"C": "the language"}, {"a": None}, {}], ("C: the language", "a")),
        ({"name": "x"}, ("x",)),
        (["1.10", "007", "no"], ("1.10", "007", "no")),
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
        ("Kim Minji; Lee, and Park", (Author(name="Kim Minji"), Author(name="Lee"), Author(name="Park"))),
        ("Kim <kim@bücher.example>", (Author(name="Kim", email="kim@xn--bcher-kva.example"),)),
        ("Kim <김@ex.org>", (Author(name="Kim"),)),
        ({"name": "Kim", "email": "kim@한글.kr"}, (Author(name="Kim", email="kim@xn--bj0bj06e.kr"),)),
        ({"name": "Kim", "email": "김@ex.org"}, (Author(name="Kim"),)),
        ({"name": "Kim", "email": "kim@localhost"}, (Author(name="Kim"),)),
        ("kim@ex.org (Kim Minji)", (Author(name="Kim Minji", email="kim@ex.org"),)),
        (
            "<a href='https://ex.org/kim'>Kim, Minji</a>",
            (Author(name="Kim, Minji", uri="https://ex.org/kim"),),
        ),
        ("R&amp;D", (Author(name="R&D"),)),
        ("Kim <T> <i>Minji</i>", (Author(name="Kim <T> Minji"),)),
        ("<a href='https://ex.org'> Kim", (Author(name="<a href='https://ex.org'> Kim"),)),
        ([{"kim": None}], (Author(name="kim"),)),
        ({"kim": {"name": "Kim", "phone": "x"}}, (Author(name="Kim"),)),
        (
            {
                "First_Name": "Minji",
                "last name": "Kim",
                "mail": "mailto:kim@ex.org",
                "homepage": "https://ex.org",
            },
            (Author(name="Minji Kim", email="kim@ex.org", uri="https://ex.org"),),
        ),
        ({"params": {"name": "Kim"}}, (Author(name="Kim"),)),
        ({"username": "kim"}, (Author(name="kim"),)),
        ({"twitter": "kim"}, ()),
        ("", ()),
    ],
)
def test_authors_come_in_every_shape(written: Value, authors: tuple[Author, ...]) -> None:
    assert authors_of(written) == authors


PEOPLE: dict[str, Value] = {
    "kim": {"display_name": "Kim Minji", "email": "kim@ex.org", "site": "https://ex.org/kim"},
    "Lee, Jun": "Lee Jun",
    "park": {"bio": "Nobody knows the name."},
}
KIM = Author(name="Kim Minji", email="kim@ex.org", uri="https://ex.org/kim")


@pytest.mark.parametrize(
    ("written", "authors"),
    [
        ("kim", (KIM,)),
        ("Kim", (KIM,)),
        (["kim", "choi"], (KIM, Author(name="choi"))),
        ("kim and choi", (KIM, Author(name="choi"))),
        ("lee, jun", (Author(name="Lee Jun"),)),
        ("park", (Author(name="park"),)),
        ({"id": "kim"}, (KIM,)),
        ({"kim": None}, (KIM,)),
        ({"name": "kim"}, (Author(name="kim"),)),
    ],
)
def test_authors_are_looked_up_in_what_data_files_say(written: Value, authors: tuple[Author, ...]) -> None:
    assert authors_of(written, people=PEOPLE) == authors


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("/p.jpg ", ("/p.jpg", "")),
        ({"path": "/p.jpg", "thumbnail": "/t.jpg"}, ("/p.jpg", "")),
        ({"thumbnail": "/t.jpg", "alt": "A wave"}, ("/t.jpg", "A wave")),
        ({"overlay_image": "/big.jpg", "teaser": "/small.jpg"}, ("/big.jpg", "")),
        ([None, "/p.jpg"], ("/p.jpg", "")),
        ("![A wave](/w.png)", ("/w.png", "A wave")),
        ("[![A wave](/w.png)](/post/)", ("/w.png", "A wave")),
        ('<img src="/w.png?a=1&amp;b" alt="A wave">', ("/w.png?a=1&b", "A wave")),
        ("[[wave 1.png]]", ("wave 1.png", "")),
        ("![[wave.png|A wave]]", ("wave.png", "A wave")),
        ([["wave.png"]], ("wave.png", "")),
        ({"feature": {"src": "/p.jpg", "alt": "A wave"}}, ("/p.jpg", "A wave")),
        (
            {"image": "/c.png", "Alt-Text": "A wave", "relative": "true", "hidden": "false"},
            ("/c.png", "A wave"),
        ),
        ({"path": "true", "publicURL": "/p.jpg"}, ("/p.jpg", "")),
        (
            [{"src": "doc.pdf", "name": "handout"}, {"src": "w.png", "name": "cover-wide"}],
            ("w.png", ""),
        ),
        ([{"src": "*.png", "name": "cover"}, {"src": "x.png", "name": "photo"}], (None, "")),
        ([{"src": "x.png", "alt": "First"}, {"src": "y.png"}], ("x.png", "First")),
        ([{"src": "h.png", "name": "header"}, {"src": "c.png", "name": "cover"}], ("c.png", "")),
        ([{"src": "**.{png,jpg}", "title": "Figure"}], (None, "")),
        ("<image path/url>", (None, "")),
        ("true", (None, "")),
        ("None", (None, "")),
        ("Welcome to our pages", (None, "")),
        ("stage (1).png", ("stage (1).png", "")),
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


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"hidden": "Yes"}, "hidden"),
        ({"private": "true"}, "private"),
        ({"unlisted": "1"}, "unlisted"),
        ({"listed": "no"}, "unlisted"),
        ({"public": "false"}, "unlisted"),
        ({"visibility": "Private"}, "private"),
        ({"state": "draft"}, "draft"),
        ({"hidden": "false", "listed": "true", "visibility": "public", "state": "Seoul"}, None),
        ({}, None),
    ],
)
def test_an_article_is_kept_back_in_many_words(values: dict[str, Value], reason: str | None) -> None:
    assert held_back(values) == reason


def test_text_of_a_list_gets_its_brackets_back() -> None:
    assert text_of(["a", "b"]) == "[a, b]"


_TEXTS = (
    st.none()
    | st.text(max_size=20)
    | st.sampled_from(["kim", "![x](y)", "<img src=", "<a href=", "[[", "a@b (c)"])
)
_KEYS = st.sampled_from(["name", "src", "path", "title", "params", "id", "kim", ""])
VALUES: st.SearchStrategy[Value] = st.recursive(
    _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_any_value_gives_only_what_can_be_shown(value: Value) -> None:
    people: dict[str, Value] = {"kim": value}

    assert all(labels_of(value))
    assert all(author.name.strip() for author in authors_of(value, people=people))
    assert picture_of(value)[0] != ""
