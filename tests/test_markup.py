"""An article's source as HTML."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings

from feedsvc.articles.markup import summary_to_html, to_html
from feedsvc.model import Markup
from tests.strategies import TEXT


def rendered(*lines: str) -> BeautifulSoup:
    return BeautifulSoup(to_html("\n".join(lines), Markup.MARKDOWN), "lxml")


def shown(*lines: str) -> str:
    return rendered(*lines).get_text(" ", strip=True)


def test_html_is_left_as_it_is() -> None:
    assert to_html("<P>*x*", Markup.HTML) == "<P>*x*"


def test_tables_strikethrough_and_definitions_are_read() -> None:
    page = rendered("~~old~~", "", "| a | b |", "|---|--:|", "| 1 | 2 |", "", "Term", ": Meaning")

    assert page.s is not None
    assert [cell.get_text() for cell in page.find_all("td")] == ["1", "2"]
    assert page.dd is not None
    assert page.dd.get_text() == "Meaning"


def test_a_footnote_leads_to_its_text() -> None:
    page = rendered("Text[^1].", "", "[^1]: Foot.")

    assert page.find(id="fn1") is not None
    assert page.find("a", href="#fn1") is not None


@pytest.mark.parametrize(
    "lines",
    [
        ("Text.", "{: .lead}"),
        ("> Text.", "    {: .lead}"),
        ("{::options parse_block_html='true' /}", "", "Text."),
        ("Text.", "", "{:.x #y key='value'}"),
        ("[TOC]", "", "Text."),
        ("[[_TOC_]]", "Text."),
        ("* TOC", "{:toc}", "", "Text."),
        ("1. Contents", "2. More", "{: toc .x}", "Text."),
        ("::: note", "Text.", ":::"),
        (":::warning Mind", "Text.", ":::"),
    ],
)
def test_a_line_that_only_steers_a_generator_is_dropped(lines: tuple[str, ...]) -> None:
    assert shown(*lines) == "Text."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("## Head {#head}", "Head"),
        ("## Head {: .x} ", "Head"),
        ("## Head {.a} tail", "Head {.a} tail"),
        ('[x](/y){:target="_blank"} on', "x on"),
        ("`code`{: .language-ruby}", "code"),
        ("**bold**{.c}.", "bold ."),
        ("a[^1]{.b}", "a[^1]{.b}"),
        ("**bold**{b} set", "bold {b} set"),
        (
            "Spec %{?dist}, {%d}, {{a: 1}}, {x | x > 0}, {.foo}",
            "Spec %{?dist}, {%d}, {{a: 1}}, {x | x > 0}, {.foo}",
        ),
        (r"$\frac{a}{b}$", r"$\frac{a}{b}$"),
    ],
)
def test_attribute_lists_vanish_and_what_only_looks_like_one_stays(source: str, text: str) -> None:
    assert shown(source) == text


def test_a_list_without_a_mark_below_it_stays() -> None:
    assert shown("- a", "- b", "", "{:toc}") == "a b"
    assert shown("Text.", "{:toc}") == "Text."


def test_only_the_list_that_a_mark_stands_below_gives_way() -> None:
    page = rendered("- keep", "", "Between.", "", "- drop", "  - nested", "{:toc}")

    assert page.get_text(" ", strip=True) == "keep Between."


@pytest.mark.parametrize("fence", [("```", "```"), ("````md", "````"), ("~~~", "~~~")])
def test_code_is_kept_literally(fence: tuple[str, str]) -> None:
    code = "<p>&nbsp;</p>\n---\n<!-- more -->\n{: .x}\n[TOC]\n:::\n![x](a b.png){.c}\n"

    page = rendered(fence[0], code + fence[1])

    assert page.code is not None
    assert page.code.get_text() == code


def test_indented_and_inline_code_are_kept_literally() -> None:
    assert shown("    {: .x}") == "{: .x}"
    assert shown("Use `{:.x}` or `![x](a b.png)`") == "Use {:.x} or ![x](a b.png)"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("> [!NOTE]\n> Mind it.", "Note Mind it."),
        ("> [!tip]- Title\n> Mind it.", "Tip Title\nMind it."),
        ("> See [!NOTE] there.", "See [!NOTE] there."),
        ("[!NOTE]", "[!NOTE]"),
    ],
)
def test_an_alert_is_a_quotation_with_its_kind_in_front(source: str, text: str) -> None:
    assert shown(source) == text


@pytest.mark.parametrize(
    ("source", "ref"),
    [
        ("![x](/img/stage (1).png)", "/img/stage (1).png"),
        ("![x](</img/내역 1.png>)", "/img/내역 1.png"),
        ("![x](/img/a(1).png)", "/img/a(1).png"),
        ("![x](/img/w.png =300x200)", "/img/w.png"),
        ("![x](/img/my pic.png =300x)", "/img/my pic.png"),
        ('![x](/img/v.png "a \\"title\\"")', "/img/v.png"),
        ('![x](my pic.png "a \\"title\\"")', "my pic.png"),
        ("![x](my  pic.png 'T')", "my  pic.png"),
        ("![x](/img/%20.png)", "/img/%20.png"),
        ('![x](a"b c.png)', 'a"b c.png'),
        ("![x]( )", ""),
    ],
)
def test_the_address_of_a_picture_is_as_written(source: str, ref: str) -> None:
    """What is encoded here would be encoded twice."""
    (image,) = rendered(source).find_all("img")

    assert (image["src"], image["alt"]) == (ref, "x")


def test_a_picture_with_a_loose_address_can_be_a_link() -> None:
    page = rendered("[![x](my pic.png)](/y)")

    assert page.a is not None
    assert page.a.img is not None


def test_a_picture_that_is_none_stays_text() -> None:
    assert shown("![x](a") == "![x](a"
    assert shown("![x]") == "![x]"


def test_markup_within_html_is_left_alone_and_behind_it_is_read() -> None:
    page = rendered("<p>*x*</p>", "", "*y*")

    assert [em.get_text() for em in page.find_all("em")] == ["y"]


@pytest.mark.parametrize(
    ("summary", "html"),
    [
        ("2024. 6. 27. was the day", "<p>2024. 6. 27. was the day</p>\n"),
        ("- not a list", "<p>- not a list</p>\n"),
        ("    not code", "<p>not code</p>\n"),
        ("## News\n\nThey *met*.", "<h2>News</h2>\n<p>They <em>met</em>.</p>\n"),
        ("See [it](/x)", '<p>See <a href="/x">it</a></p>\n'),
    ],
)
def test_a_summary_is_read_without_its_lists(summary: str, html: str) -> None:
    assert summary_to_html(summary) == html


@pytest.mark.parametrize(
    "source",
    [
        "![x](a" + " " * 50_000 + "b c)",
        "![x](a" + ' "' * 25_000 + " b)",
        "# a" + " " * 50_000 + "b",
        "# " + "{.a" * 20_000,
        "> " * 5_000 + "x",
        "![" * 5_000,
        "[^1]" * 5_000,
        "*a " * 20_000,
        "{:" * 20_000,
    ],
)
def test_no_source_takes_more_time_than_its_length_deserves(source: str) -> None:
    """Where time grows with the square of the length, this test takes minutes."""
    assert to_html(source, Markup.MARKDOWN)


@settings(max_examples=150)
@given(TEXT)
def test_any_text_is_markdown(source: str) -> None:
    to_html(source, Markup.MARKDOWN)
    summary_to_html(source)
