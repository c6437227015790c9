"""The opening of an article as plain text."""

from unicodedata import normalize

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.articles.excerpt import cut, opening, plain, summary_text
from feedsvc.articles.html.clean import parse
from feedsvc.articles.markup.convert import to_html
from feedsvc.model import Markup
from tests.support.strategies import TEXT, examples

FAMILY = "👨‍👩‍👧"


def opened(source: str, title: str = "Title") -> str:
    return opening(parse(to_html(source, Markup.MARKDOWN)), title=title)


def graphemes(text: str) -> int:
    return len(regex.findall(r"\X", text))


@pytest.mark.parametrize(
    "marker",
    [
        *("<!--more-->", "<!--   MORE -->", "<!-- read-more -->", "<!-- truncate -->", "<!--end-->"),
        *("<!-- excerpt -->", "<!-- end_excerpt -->", "<!-- break -->"),
    ],
)
def test_what_stands_before_the_marker_is_the_excerpt(marker: str) -> None:
    assert opened(f"Lead **bold**.\n\nMore lead.\n\n{marker}\n\nRest.") == "Lead bold. More lead."
    assert opened(f"Lead {marker} rest.") == "Lead"


def test_headings_before_the_marker_are_no_lead() -> None:
    assert opened("# Title\n\n## Intro\n\nLead.\n\n<!--more-->\n\nRest.") == "Lead."


def test_a_marker_at_the_top_marks_nothing() -> None:
    assert opened("<!--more-->\n\nFirst.\n\nSecond.") == "First."


def test_a_marker_inside_code_is_code() -> None:
    assert opened("Intro one.\n\nIntro two.\n\n```\n<!-- more -->\n```\n\n`<!-- more -->`") == "Intro one."


@pytest.mark.parametrize(
    "comment", ["<!-- more about this -->", "<!-- summary of changes -->", "<!-- todo -->"]
)
def test_other_comments_mark_nothing(comment: str) -> None:
    assert opened(f"First.\n\nSecond.\n\n{comment}\n\nThird.") == "First."


@pytest.mark.parametrize(
    "source",
    [
        "Before.\n\n<!-- summary -->\n\nLead.\n\n<!-- /summary -->\n\nRest.",
        "Before. <!-- PELICAN_BEGIN_SUMMARY -->Lead.<!-- PELICAN_END_SUMMARY --> Rest.",
        "<!-- summary -->\n<!-- Lead. -->\n<!-- summary -->\n\nRest.",
        "Before.\n\n<!-- excerpt -->\n\nLead.\n\n<!-- endexcerpt -->\n\nRest.",
        "Before.\n\n<!-- excerpt start -->\n\nLead.\n\n<!-- excerpt end -->\n\nRest.",
        "Lead.\n\n<!-- summary -->\n\nRest.",
    ],
)
def test_summary_comments_enclose_the_lead_or_end_it(source: str) -> None:
    assert opened(source) == "Lead."


@pytest.mark.parametrize(
    "above",
    [
        "$$\na^2 + b^2\n$$\n\n",
        "\\\\[ E = mc^2 \\\\]\n\n",
        "\\begin{align}\na\n\\end{align}\n\n",
        "```mermaid\ngraph TD\n```\n\n",
        '<div class="mermaid">graph TD</div>\n\n',
        "<!--\nLicensed to somebody.\n-->\n\n",
        "[TOC]\n\n",
        "# Title\n\n",
        "<p>Title</p>\n\n",
        "<p>&nbsp;</p>\n\n",
        "***\n\n",
        "![alt](a.png)\n\n",
        "- a\n- list\n\n",
        "| a |\n|---|\n| b |\n\n",
        "```\ncode\n```\n\n",
        "<figure><img src='a.png'><figcaption>Caption</figcaption></figure>\n\n",
        "<nav><p>Home</p></nav>\n\n",
        "<script>document.write('x')</script><style>p{}</style>\n\n",
        "<form><p>Search</p><button>Go</button></form>\n\n",
        "<noscript><p>Switch it on</p></noscript>\n\n",
        "<svg><text>drawn</text></svg>\n\n",
        "> [!NOTE]\n> Mind it.\n\n",
        "!!! note\n    Mind it.\n\n",
        "<div class='admonition'><p>Mind it.</p></div>\n\n",
        "<p><sup><a class='footnote' href='#fn:1'>1</a></sup></p>\n\n",
    ],
)
def test_the_first_paragraph_is_the_first_that_is_prose(above: str) -> None:
    assert opened(f"{above}Prose.\n\nMore.") == "Prose."


def test_a_sentence_with_formulas_is_prose() -> None:
    assert opened("$$a$$ 는 $$b$$\n\nRest.") == "$$a$$ 는 $$b$$"


def test_without_prose_everything_but_headings_is_the_excerpt() -> None:
    assert opened("# Title\n\n- one\n- two\n\n| a |\n|---|\n| b |") == "one two a b"
    assert opened("# Title") == ""
    assert opened("") == ""


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>one<p>two", "one"),
        ("<p>one<br>two</p>", "one two"),
        ("<p>o<b>n</b>e &amp; &lt;b&gt;</p>", "one & <b>"),
        ("<div>bare <p>inner</p> tail</div>", "bare"),
        ("bare text", "bare text"),
        ("Said[^1].\n\n[^1]: Foot.", "Said."),
        ("<html><head><title>T</title></head><body>text</body></html>", "text"),
    ],
)
def test_a_paragraph_is_what_a_reader_sees_of_it(source: str, text: str) -> None:
    assert opened(source) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<li>a</li><li>b</li>", "a b"),
        ("<td>a</td><td>b</td>", "a b"),
        ("<h2>a</h2>b<div>c</div>d", "a b c d"),
        ("a<img alt='x'>b<hr>c", "a b c"),
        ("<b>one</b><i>word</i>", "oneword"),
        ("", ""),
    ],
)
def test_words_of_neighbouring_blocks_stay_apart(html: str, text: str) -> None:
    assert plain(html) == text


@pytest.mark.parametrize(
    ("summary", "text"),
    [
        ("Short summary R&D.\n", "Short summary R&D."),
        ("Short R&amp;D, a < b", "Short R&D, a < b"),
        ("## Site news\n\nFirst line\nsecond *line*.", "First line second line."),
        ("<p>See <a href='/docs/'>the docs</a> &mdash; **now**</p>", "See the docs — now"),
        ("<p>a &lt;b&gt; c</p>", "a <b> c"),
        ("2024. 6. 27. was the day", "2024. 6. 27. was the day"),
        ("[속보] `code` and [a link](/x) ![p](p.png)", "[속보] code and a link"),
        ("## Only a heading", "Only a heading"),
        ("<!-- nothing -->", ""),
        ("Use List<String> or vector<int>", "Use List<String> or vector<int>"),
        ("<T> is a type, <p> is not", "<T> is a type, <p> is not"),
        ("<p>Use List<String></p>\n<p>or <code>vector<int></code></p>", "Use List<String> or vector<int>"),
        ("> 90 % of a<b and c>d", "> 90 % of a<b and c>d"),
        ("See <https://ex.org/?a=1> <!-- TODO -->", "See <https://ex.org/?a=1> <!-- TODO -->"),
        ("<!-- wp:p --><p>One</p><!-- /wp:p --> two", "One two"),
    ],
)
def test_a_summary_is_text_whatever_it_was_written_in(summary: str, text: str) -> None:
    assert summary_text(summary) == text


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Hello world. This is it.", 15, "Hello world. …"),
        ("Said “Go!” and it went.", 14, "Said “Go!” …"),
        ("한다。次の文", 5, "한다。 …"),
        ("Hello. A long sentence follows", 20, "Hello. A long…"),  # too short a sentence
        ("Hello big world", 10, "Hello big…"),
        ("Hello big, wide world", 12, "Hello big…"),
        ("e.g. this and that is more", 12, "e.g. this…"),
        ("Then Mr. Kim met Mrs. Lee today", 15, "Then Mr. Kim…"),
        ("워싱턴 D.C.에서 포럼이 열렸다고", 12, "워싱턴 D.C.에서…"),
        ("Day 2024. 6. 27. it was", 18, "Day 2024. 6. 27. …"),
        ("띄어쓰기가없는긴글도있습니다", 6, "띄어쓰기가…"),
        (FAMILY * 5, 3, FAMILY * 2 + "…"),
        (normalize("NFD", "한글한글한글"), 4, normalize("NFD", "한글한") + "…"),
        ("ｶﾞｷﾞｸﾞｹﾞ", 3, "ｶﾞｷﾞ…"),
        ("aaaa", 1, "…"),
        ("aaaa", 4, "aaaa"),
        (FAMILY * 4, 4, FAMILY * 4),
        ("", 4, ""),
    ],
)
def test_a_long_text_is_cut_where_it_hurts_least(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected


def test_a_cut_without_a_limit_is_at_280_graphemes() -> None:
    assert cut(FAMILY * 280) == FAMILY * 280
    assert graphemes(cut(FAMILY * 281)) == 280


PIECES = ["a", " ", ". ", "。", "한", normalize("NFD", "한"), FAMILY, "é", "e\u0301", "ｶﾞ", ",", "…", "\u0600"]


@settings(max_examples=examples(200))
@given(TEXT | st.lists(st.sampled_from(PIECES)).map("".join), st.integers(1, 30))
def test_a_cut_keeps_the_limit_and_is_a_beginning(text: str, limit: int) -> None:
    short = cut(text, limit)

    assert graphemes(short) <= limit
    if graphemes(text) <= limit:
        assert short == text
    else:
        assert short.endswith("…")
        head = short.removesuffix("…").removesuffix(" ")
        assert text.startswith(head)
        assert "".join(regex.findall(r"\X", text)[: graphemes(head)]) == head


@settings(max_examples=examples(150))
@given(TEXT)
def test_any_text_has_an_opening_in_one_line(source: str) -> None:
    for text in (opened(source), summary_text(source), plain(source)):
        assert text == text.strip()
        assert not set(text) & set("\n\r\t\0")
