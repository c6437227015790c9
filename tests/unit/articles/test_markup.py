"""An article's source as HTML."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings

from feedsvc.articles.markup.convert import to_html
from feedsvc.articles.markup.markdown import summary_to_html
from feedsvc.model import Markup
from tests.support.strategies import TEXT, examples


def rendered(*lines: str) -> BeautifulSoup:
    return BeautifulSoup(to_html("\n".join(lines), Markup.MARKDOWN), "lxml")


def shown(*lines: str) -> str:
    return rendered(*lines).get_text(" ", strip=True)


def test_html_is_left_as_it_is() -> None:
    assert to_html("<P>*x*", Markup.HTML) == "<P>*x*"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Use List<String>, not List<Object>.", "Use List<String>, not List<Object>."),
        ("# Vec<T>", "Vec<T>"),
        ("# Use <b> and </i><br>in *C++*\n\nA <u>", "Use <b> and </i> in C++ A <u>"),
        ("# <a name='x'>All <b>bold</b> <B>Bold</b>", "All bold Bold"),
        ("<T>\n\ngit clone <url> <your-folder>", "<T> git clone <url> <your-folder>"),
        ("- <T extends U>\n- ![a<T>](x.png)\n- [b <T>](y)", "<T extends U> b <T>"),
        ("A <form> and a <script> without end.", "A <form> and a <script> without end."),
        ("<Chart>\n\n*seen*\n\n</Chart>\n\n<Badge/> <b>bold</b><br>", "seen bold"),
        ("One <b>two, and </div>", "One <b>two, and </div>"),
        (
            "Array<b>, <img> and <input disabled>, if a<b and c>d",
            "Array<b>, <img> and <input disabled>, if a<b and c>d",
        ),
        (
            "A <script>.\n\n```html\n<script>x</script>\n```\n\n`</b>` <b>",
            "A <script>. <script>x</script> </b> <b>",
        ),
        ("<title> is short.\n\n~~~\n</title>\n~~~\n\nEnd", "<title> is short. </title> End"),
        ("<div>List<T>, <b>bold</b>\n</div>", "List<T>, bold"),
        ("<table><tr><td>1<td>2</table>\n\n<ul><li>3</ul>\n<p>4\n\n<a name='x'>5", "1 2 3 4 5"),
        (
            "List<? extends T>, Class<?> *or* x<!y, z>, <?php ?>",
            "List<? extends T>, Class<?> or x<!y, z>, <?php ?>",
        ),
        (
            "<? super T>\n\n<!important>\n\n<![CDATA[x]]>\n\n<!doctype html>End",
            "<? super T> <!important> <![CDATA[x]]> End",
        ),
        ("Of <html>, <p> and <hr>.\n\n<hr>\n<p>\n\nEnd", "Of <html>, <p> and <hr>. End"),
        ("<figure>\na<b, c<d</figure>", "a<b, c<d"),
        ("<pre>\n```\n<b>x</b>\n```\n</pre>", "``` x ```"),
        ("`a\nb` <b>x</b> `c`", "a b x c"),
        ("<div>List<? extends T>, x<!y>z<!-- c --></div>", "List<? extends T>, x<!y>z"),
        ("<html> and <body> are optional.", "<html> and <body> are optional."),
        ("- ```\n  </b>\n  ```\n- <b>x</b>", "</b> x"),
    ],
)
def test_what_begins_no_element_in_markdown_is_text(source: str, text: str) -> None:
    """A browser hides what it does not know, and a feed would lose all that an `object` seems to enclose."""
    page = rendered(source)

    assert " ".join(page.get_text(" ").split()).replace(" , ", ", ") == text


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
        ("::: columns", "Text.", ":::"),
        (":::{.lead}", "Text.", ":::"),
        ("*[RSS]: Really Simple", "", "Text."),
        ("{::comment}", "hidden", "", "hidden too", "{:/comment}", "", "Text."),
        ("{::comment}hidden{:/}Text.",),
        ('<div markdown="1">', "Text.", "</div>"),
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
        ("![x](a.png){width=300} seen", "seen"),
        ('## Head {id="head"}', "Head"),
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
    ("source", "title"),
    [
        ("> [!NOTE]\n> Mind *it*.", "Note"),
        ("> [!tip]- Try this\n> Mind *it*.", "Try this"),
        ("> [!주의]\n>\n> Mind *it*.", "주의"),
        ('!!! note "By the way"\n    Mind *it*.', "By the way"),
        ("??? warning\n\n    Mind *it*.", "Warning"),
        ("???+ tip inline\n    Mind *it*.", "inline"),
        ("::: danger\nMind *it*.\n:::", "Danger"),
        (":::note[Read me]\nMind *it*.\n:::", "Read me"),
        ("::: {.warning}\nMind *it*.\n:::", "Warning"),
        ("- a\n\n  ::: tip Look\n  Mind *it*.\n  :::", "Look"),
        (":::: columns\n::: info\nMind *it*.\n:::\n::::", "Info"),
    ],
)
def test_a_note_or_a_warning_has_its_title_in_front(source: str, title: str) -> None:
    aside = rendered(source).find(class_="admonition")

    assert aside is not None
    assert aside.get_text(" ", strip=True) == f"{title} Mind it ."


def test_an_alert_may_be_its_title_alone() -> None:
    assert rendered("> [!WARNING]").find_all("p")[0]["class"] == ["admonition-title"]
    assert shown("> [!WARNING]") == "Warning"


@pytest.mark.parametrize(
    "source",
    [
        "> See [!NOTE] there.",
        "[!NOTE]",
        "!!! Great news today",
        "!!! note",
        "??? why",
        "!!! 대박 이야",
    ],
)
def test_what_only_looks_like_a_note_stays(source: str) -> None:
    assert shown(source) == source.removeprefix("> ")


def test_a_container_that_is_not_closed_loses_its_mark_only() -> None:
    assert shown("::: note", "Text.") == "Text."
    assert shown("> ::: note", "> Text.", "", ":::") == "Text."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("- [ ] one\n- [x] two\n- [X] three", "☐ one ☑ two ☑ three"),
        ("1. [ ] one", "☐ one"),
        ("- [ ]\n- [y] x\n- [ ](/a)", "[ ] [y] x"),
        ("[ ] no list", "[ ] no list"),
    ],
)
def test_a_task_has_a_box_that_no_reader_takes_out(source: str, text: str) -> None:
    assert shown(source) == text


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("python", "python"),
        ("c++", "c++"),
        ("js{1,3} title=x", "js"),
        ("js:app.js", "js"),
        ("rust,linenos,hl_lines=3", "rust"),
        ("{.python hl_lines=[1]}", "python"),
        ("{ .objective-c .numberLines }", "objective-c"),
        ("{r setup, echo=FALSE}", "r"),
        ('title="x.js"', None),
        ("{linenos=true}", None),
        ("", None),
    ],
)
def test_a_block_of_code_has_its_language_and_nothing_else(info: str, language: str | None) -> None:
    page = rendered(f"```{info}", "x", "```")

    assert page.code is not None
    assert page.code.get("class") == (language and [f"language-{language}"])


def test_an_indented_block_takes_its_language_from_where_generators_do() -> None:
    named = rendered("    :::python", "    x = 1").code
    listed = rendered("    x = 1", "{: .language-python}").code

    for code in (named, listed):
        assert code is not None
        assert (code.get("class"), code.get_text()) == (["language-python"], "x = 1\n")


@pytest.mark.parametrize(
    "source", ["## Head {#x .y}", "Head {: #x}\n---", "## Head\n{: #x}", '## Head {id="x"}']
)
def test_a_heading_keeps_the_id_that_its_author_gave_it(source: str) -> None:
    assert [heading.get_text() for heading in rendered(source).find_all(id="x")] == ["Head"]


@pytest.mark.parametrize(
    "source",
    [
        "$a_1 * b_1 * c$",
        "$$a*b*c$$",
        "값은 $x_1 < y_2$이다",
        r"$\{a\}$",
        r"\(a_1 * b * c\)",
        r"\[\sum_i x*y*z\]",
        "$$\na\n= b \\\\\n- c * d * e\n$$",
        "\\[\nx\n= *y*\n\\]",
        "\\begin{align*}\na &= *b* \\\\\n+ c\n\\end{align*}",
        "costs $5 and $6",
        "$5-$6, US$7 and 8$",
        "$HOME/$USER",
    ],
)
def test_formulas_and_prices_stay_as_they_are_written(source: str) -> None:
    page = rendered(source)

    assert page.get_text().strip() == source
    assert page.find(["em", "strong", "li", "h1", "h2"]) is None


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\\(a*b*c\\)", r"\(a*b*c\)"),
        (r"\[속보\] *one*", "[속보] one"),
        (r"\(not one\) \[see foo_bar\]", "(not one) [see foo_bar]"),
        ("**$5** or **$6**", "$5 or $6"),
        ("[$5](/a) or [6$](/b)", "$5 or 6$"),
        (r"\$5 *or* 6$", "$5 or 6$"),
        ("$$\nopen *end*", "$$ open end"),
    ],
)
def test_what_is_no_formula_is_markdown(source: str, text: str) -> None:
    assert " ".join(rendered(source).get_text().split()) == text


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
        "$a " * 20_000,
        "$" * 60_000,
        "$$ a\n" * 20_000,
        "\\[\n" * 20_000,
        "\\( x " * 20_000,
        "\\begin{a}\n" * 20_000,
        "x\n\n" + "{::comment}\n" * 20_000,
        "{::comment} " * 20_000,
        "::: note\n" * 20_000 + ":::\n" * 20_000,
        "- [ ] x\n" * 10_000,
    ],
)
def test_no_source_takes_more_time_than_its_length_deserves(source: str) -> None:
    """Where time grows with the square of the length, this test takes minutes."""
    assert to_html(source, Markup.MARKDOWN)


@settings(max_examples=examples(150))
@given(TEXT)
def test_any_text_is_markdown(source: str) -> None:
    to_html(source, Markup.MARKDOWN)
    summary_to_html(source)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("[**a** b]({category}Winter Fun)", '<a href="{category}Winter Fun"><strong>a</strong> b</a>'),
        ('[a](|tag|따뜻한 차 "T")', '<a href="|tag|따뜻한 차">a</a>'),
        ("[a](b c)", "[a](b c)"),
        ("`[a]({tag}b c)`", "<code>[a]({tag}b c)</code>"),
    ],
)
def test_a_target_with_a_mark_may_hold_blanks(source: str, html: str) -> None:
    """So Python-Markdown has it, and so Pelican's categories are linked to."""
    assert to_html(source, Markup.MARKDOWN).strip() == f"<p>{html}</p>"
