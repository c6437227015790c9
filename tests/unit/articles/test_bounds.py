"""What an article may hold at most, counted: whatever asks for more is refused, and said."""

from pathlib import Path

import pytest

from feedsvc.articles.dialects import SiteFiles
from feedsvc.articles.dialects.zola import ZOLA
from feedsvc.articles.markup.bounds import MOST_SIGNS, MOST_TERMS
from feedsvc.articles.templates.scope import MOST_PUT_IN
from feedsvc.model import Templating
from tests.conftest import Clock
from tests.support.reading import article, problems, read
from tests.support.rendering import read as shown
from tests.support.sites import Folder

HEAD = "---\ntitle: T\ndate: 2024-05-01\n---\n"
REST = ":date: 2024-05-01\n\n"

TOO_MUCH = {
    "a long address by many references": ("a.md", HEAD + f"[a]: /{'x' * 20_000}\n\n" + "[a]" * 1_000),
    "a long title by many pictures": (
        "a.md",
        HEAD + "[a]: /x\n  'long\n" + "t\n" * 9_000 + "'\n\n" + "![A]" * 100,
    ),
    "brackets": ("a.md", HEAD + "[" * 400_000),
    "short lines": ("a.md", HEAD + "- x\n" * 50_000),
    "footnotes": ("a.md", HEAD + "[^1]" * 10_000 + "\n\n[^1]: note\n"),
    "a wide table of short rows": ("a.md", HEAD + "|" * 400 + "\n" + "|-" * 400 + "|\n" + "|a\n" * 400),
    "elements": ("a.html", HEAD + "<b>x</b>" * 50_000),
    "ampersands": ("a.html", HEAD + "&" * 2_000_000),
    "frames": ("a.html", HEAD + "<iframe src=x></iframe>" * 6_000),
    "comments": ("a.md", HEAD + "<!-- x -->\n" * 6_000),
    "a grid without end": ("a.rst", REST + "+-" * 3_000 + "+\n| x\n"),
    "a wide simple table": ("a.rst", REST + "= " * 500 + "\n" + ("a " * 500 + "\n") * 50 + "= " * 500 + "\n"),
    "colons": ("a.rst", REST + "::::" * 5_000),
    "empty blocks": ("a.rst", REST + "::\n\n" * 10_000),
    "quotations within quotations": ("a.rst", REST + "\n\n".join(" " * depth + "x" for depth in range(200))),
    "notes of a text": ("a.rst", REST + ".. [1] a\n" * 2_000),
    "a long address by many names": ("a.rst", REST + "a_ " * 3_000 + "\n\n.. _a: " + "x" * 40_000),
    "a long address over many lines": (
        "a.rst",
        REST + "`b <" + "x" * 50 + ">`_ " + "a_ " * 3_000 + "\n\n.. _a: x\n" + "   xx\n" * 200,
    ),
    "a long picture by its name": (
        "a.rst",
        REST + "|a| " * 1_000 + "\n\n.. |a| image:: " + "x" * 9_000,
    ),
    "a word of thousands of letters": ("a.rst", REST + "a-" * 10_000 + "_"),
    "parts of a key": ("a.md", "+++\n" + "a." * 30_000 + "a = 1\n+++\nText.\n"),
    "parts of a table's name": ("a.md", "+++\n['x'." + "a." * 100 + "a]\nx = 1\n+++\nText.\n"),
}


@pytest.mark.parametrize(("path", "text"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_would_fill_a_machine_is_refused_before_it_is_parsed(path: str, text: str) -> None:
    """Each of these took seconds or gigabytes, and some of them both."""
    found = read(text, path)

    assert found.article is None
    assert len(found.problems) == 1


def test_a_refusal_says_what_is_too_much_and_what_to_do() -> None:
    """Of those that no text in Markdown can ask for."""
    notes, indents, letters = (
        problems(*reversed(TOO_MUCH[name]))
        for name in ("notes of a text", "quotations within quotations", "a word of thousands of letters")
    )

    assert notes == ["a.rst: error: holds more than 1,000 footnotes and references to them; split it"]
    assert letters == ["a.rst: error: holds more than 5,000 letters in long words; part them by blanks"]
    assert indents == ["a.rst: error: holds more than 100 different indentations; indent its lines alike"]


def test_the_configuration_of_a_site_is_bounded_too() -> None:
    config = SiteFiles(
        name="site", texts={"config.toml": "base_url = 'https://ex.org'\n" + "a." * 30_000 + "a = 1\n"}
    )

    (problem,) = ZOLA.open(config).problems

    assert problem.reason == "is no TOML (a key has too many parts), so the site is read without it; mend it"


LARGE = {
    "an address by one reference": ("a.md", HEAD + f"[a]: /{'x' * 20_000}\n\n[a]"),
    "a long text": ("a.md", HEAD + "word " * 700_000),
    "a listing of code": ("a.md", HEAD + "```\n" + "a[0] = b[0] * c_d;\n" * 20_000 + "```\n"),
    "a table": ("a.md", HEAD + "|a|b|\n|-|-|\n" + "|c|d|\n" * 2_000 + "\nText.\n" * 2_000),
    "tables of a text": (
        "a.rst",
        REST + "=== ===\na   b\n=== ===\n1   2\n=== ===\n\n" * 50 + "Text.\n" * 1_000,
    ),
    "lines upright without a table": ("a.md", HEAD + "a set {x | x > 0}\n"),
    "brackets and a colon without a definition": ("a.md", HEAD + "a[0]: one\n"),
    "links of a text": (
        "a.rst",
        REST + "See `a <https://ex.org/a/b/c>`_ and b_.\n\n" * 200 + f".. _b: https://ex.org/{'b' * 500}\n",
    ),
    "a text in TOML": (
        "a.md",
        f"+++\ntitle = 'T' # {'a.' * 100}\nx = '{'a.' * 100}'\ny.z = 1.5\n+++\nText.\n",
    ),
}


@pytest.mark.parametrize(("path", "text"), LARGE.values(), ids=LARGE)
def test_what_people_write_at_length_is_read(path: str, text: str) -> None:
    found = read(text, path)

    assert (found.article is not None, found.problems) == (True, ())


def test_a_refused_article_stays_as_it_was(tmp_path: Path, clock: Clock) -> None:
    folder = Folder(tmp_path, clock)
    folder.write("a.md", HEAD + "Good.\n")
    folder.refresh()

    folder.write("a.md", HEAD + "[" * (MOST_SIGNS + 1))
    report = folder.refresh()

    assert b"Good." in folder.body()
    assert [problem.reason[:15] for problem in report.problems if problem.path == "a.md"] == [
        "holds more than"
    ]
    folder.store.close()


@pytest.mark.parametrize("templating", [Templating.HUGO, Templating.MDX])
def test_tags_put_in_no_more_than_a_reader_reads(templating: Templating) -> None:
    """A long title that is named often would come to gigabytes."""
    mark = '{{< param "title" >}} ' if templating is Templating.HUGO else "{frontmatter.title} "

    content = shown("x" + mark * 1_200 + "end", title="t" * 1_000, templating=templating)

    assert len(content.html) < MOST_PUT_IN * 1.2
    assert content.html.count("end") == 1
    assert [problem.reason for problem in content.problems] == [
        "template tags put in more than 1,000,000 characters up to here, so the others are left out;"
        " write less with them"
    ]


def test_what_tags_put_in_is_bounded_as_what_is_written() -> None:
    content = shown("{{ page.title }}" * 1_000, title="[" * 200, templating=Templating.LIQUID)

    assert not content.html
    assert [problem.reason.partition(";")[0] for problem in content.problems] == [
        "with its template tags resolved, holds more than 80,000 signs of markup and ends of lines"
    ]


def test_of_thousands_of_labels_the_first_count() -> None:
    """Each label has feeds of its own."""
    tags = ", ".join(f"t{number}" for number in range(5_000))
    head = f"---\ntitle: T\ndate: 2024-05-01\ntags: [{tags}]\n---\n"

    assert article(head).tags == tuple(f"t{number}" for number in range(MOST_TERMS))
    assert problems(head) == [
        f"hello.md:4: warning: names 5,000 tags, of which the first {MOST_TERMS} count; name fewer"
    ]


@pytest.mark.parametrize("date", ["2024-05-01" + " " * 20_000 + "x", "오전 " * 5_000, "1:" * 10_000])
def test_a_date_of_thousands_of_characters_is_none(date: str) -> None:
    assert article(f'---\ntitle: T\ndate: "{date}"\n---\n').dates.published is None
