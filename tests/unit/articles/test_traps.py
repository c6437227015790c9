"""What real folders contain, one test per trap, seen through the commands: heads, dates, people and words."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.trapped import Trapped

# One article: its file, its dialect, and what `feedsvc list` says of it
LISTED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a byte order mark": (
        "t01-bom.md",
        "plain",
        {"title": "With a mark in front", "published": "2024-05-01T00:00:00+09:00", "excerpt": "Body."},
    ),
    "UTF-16": ("t02-utf16.md", "plain", {"title": "Wide letters é 한", "excerpt": "Body."}),
    "CRLF": (
        "t03-crlf.md",
        "plain",
        {"title": "Windows editor", "tags": ["a", "b"], "excerpt": "Line one Line two"},
    ),
    "blanks behind the fences": (
        "t04-fence-blank.md",
        "plain",
        {"title": "Blank after the dashes", "excerpt": "Body."},
    ),
    "closed by dots": ("t05-dots.md", "plain", {"title": "Closed by dots", "excerpt": "Body."}),
    "rulers that are no fences": (
        "t06-rules.md",
        "plain",
        {"title": "Two --- dashes", "excerpt": "first --- not a fence, it is indented"},
    ),
    "TOML with tables": (
        "t07-toml.md",
        "zola",
        {
            "title": "Release notes: 2.0",
            "published": "2024-05-01T09:00:00+09:00",
            "authors": ["Kim", "Lee"],
            "tags": ["release"],
            "image": "https://ex.org/t07-toml/cover.png",
        },
    ),
    "JSON": (
        "t08-json.md",
        "plain",
        {
            "title": "Braces first",
            "published": "2024-05-01T00:00:00+09:00",
            "tags": ["x"],
            "excerpt": "Body with { a brace.",
        },
    ),
    "headers": (
        "t09-headers.md",
        "pelican",
        {
            "title": "Colons: are fine here",
            "published": "2024-05-01T18:01:00+09:00",
            "tags": ["go", "notes"],
            "excerpt": "one line",
        },
    ),
    "docinfo": (
        "t10-docinfo.rst",
        "pelican",
        {
            "title": "Title under its rule",
            "published": "2024-05-01T00:00:00+09:00",
            "authors": ["Kim"],
            "tags": ["a", "b"],
            "excerpt": "Body with a link.",
        },
    ),
    "no head": ("t11a-none.txt", "plain", {"title": "T11a None", "visible": True}),
    "an empty head": (
        "t11b-emptyfm.md",
        "plain",
        {"title": "T11b Emptyfm", "excerpt": "Text below an empty header."},
    ),
    "an empty file": ("t11c-empty.md", "plain", {"visible": False, "reason": "empty"}),
    "a fence never closed": ("t12-unclosed.md", "plain", {"visible": False, "reason": "broken"}),
    "a title with a bracketed tag": (
        "t13-bracket.md",
        "plain",
        {"title": "[속보] 오늘의 날씨", "categories": ["News"], "excerpt": "본문"},
    ),
    "quotes round the first words": ("t14-quote.md", "plain", {"title": "'봄' 축제, 내일 시작"}),
    "an unquoted colon": (
        "t15-colon.md",
        "plain",
        {"title": "Parser: the fast path", "published": "2024-05-01T00:00:00+09:00"},
    ),
    "a title over several lines": (
        "t16-lines.md",
        "plain",
        {"title": "1. 첫째 제목 후보", "categories": ["News"], "excerpt": "접힌 요약."},
    ),
    "text that fell out of a block": (
        "t17-fellout.md",
        "plain",
        {"title": "Good title", "excerpt": '"A quoted first line"'},
    ),
    "indicators at the start": ("t18-indicators.md", "plain", {"title": "@home with code"}),
    "a comment inside a value": ("t19-comment.md", "plain", {"title": "Issue"}),
    "tabs and escapes": ("t20-escapes.md", "plain", {"title": "C:\\Users\\kim", "tags": ["a"]}),
    "a template as value": ("t21-tpl.md", "plain", {"title": "{{ site.title }} news"}),
    "duplicate keys": (
        "t22-dup.md",
        "plain",
        {"title": "디자인 공모전", "published": "2024-06-01T00:00:00+09:00"},
    ),
    "anchors in a picture": ("t23-anchor.md", "plain", {"image": "https://ex.org/assets/p.jpg"}),
    "tags and control characters": (
        "t24-tag.md",
        "plain",
        {"title": "Bell rings", "excerpt": "Form feed and backspace."},
    ),
    "scalars that are no strings": (
        "t25-types.md",
        "plain",
        {"title": "2024", "tags": ["2024", "1.10", "no", "0x10", "12:30"], "authors": ["007"]},
    ),
    "keys that are no strings": ("t26-keys.md", "plain", {"title": "Keys", "visible": True}),
    "a date in the file's name": (
        "2024-06-12-47.md",
        "plain",
        {"published": "2024-06-12T00:00:00+09:00", "url": "https://ex.org/articles/47/"},
    ),
    "Jekyll's own form of a date": ("t30.md", "plain", {"published": "2021-01-15T09:05:00+09:00"}),
    "a short offset": ("t31a.md", "plain", {"published": "2015-03-18T03:00:00+09:00"}),
    "a day without its zero": ("t31c.md", "plain", {"published": "2024-04-09T00:00:00+09:00"}),
    "an impossible date": (
        "t32.md",
        "plain",
        {"title": "Thirtieth of February", "excerpt": "x", "visible": True},
    ),
    "a naive date": ("t33.md", "plain", {"published": "2024-05-01T00:30:00+09:00"}),
    "an offset that moves the day": (
        "t34.md",
        "jekyll",
        {"published": "2024-05-02T13:30:00+09:00", "url": "https://ex.org/2024/05/02/t34/"},
    ),
    "two dates that differ": (
        "2024-01-01-moved.md",
        "jekyll",
        {"published": "2024-04-09T00:00:00+09:00", "url": "https://ex.org/2024/04/09/moved/"},
    ),
    "a date in the path": (
        "t36.md",
        "zola",
        {
            "published": "2024-05-01T00:00:00+09:00",
            "url": "https://ex.org/2024/05/01/hidden-date/",
        },
    ),
    "future, expired and unpublished": ("t37.md", "plain", {"visible": False}),
    "an empty date of update": (
        "t38.md",
        "plain",
        {"published": "2024-05-01T00:00:00+09:00", "updated": "2024-05-03T14:23:00+09:00"},
    ),
    "entities and tags in a title": (
        "t39.md",
        "plain",
        {"title": "R&D & async now – 5 < 6 ’til dawn"},
    ),
    "a folded title": ("t40.md", "plain", {"title": "Folded title that goes over two lines"}),
    "no title": ("2024-05-01-hello-world.md", "plain", {"title": "First heading"}),
    "authors in every shape": ("t43.md", "plain", {"authors": ["Kim", "lee", "Lee (ACME)", "Park"]}),
    "terms in every shape": (
        "t44.md",
        "plain",
        {"categories": ["solr/news"], "tags": ["news", "Korea", "a", "b, c", "A"]},
    ),
    "a folded excerpt": ("t45.md", "plain", {"excerpt": "Short summary R&D."}),
    "an excerpt in HTML": ("t46.md", "plain", {"excerpt": "See the docs — now,"}),
    "a separator": ("t47.md", "plain", {"excerpt": "Lead bold."}),
    "a pair of separators": ("t47b.md", "plain", {"excerpt": "hidden lead text"}),
    "a licence at the top": ("t48.md", "plain", {"excerpt": "Real first sentence."}),
    "graphemes": (
        "t49.md",
        "plain",
        {
            "excerpt": "가족 👨‍👩‍👧 사진과 굵은 & 글, 그리고 아주 긴 문장이 이어집니다."
            " 띄어쓰기가없는긴글도있습니다."
        },
    ),
    "a picture that stands in the body, too": (
        "t50.md",
        "plain",
        {"image": "https://img.ex.org/p.jpg?k=1&o="},
    ),
    "shapes of pictures": ("t51.md", "plain", {"image": "https://ex.org/assets/big.jpg"}),
    "lazy pictures": ("t55.md", "plain", {"image": "https://ex.org/img/real.jpg"}),
    "placeholders": ("t56.md", "plain", {"image": None}),
    "a picture in the text itself": ("t57.md", "plain", {"image": None, "excerpt": ""}),
    "text that was decomposed": ("t70.md", "plain", {"title": "한글\u200b note", "excerpt": "x y"}),
    "a category that is not ASCII": (
        "2024-07-17-2638.md",
        "jekyll",
        {"url": "https://ex.org/%EC%8A%A4%ED%8F%AC%EC%B8%A0/2024/07/17/2638/"},
    ),
    "a permalink with everything": (
        "t72.md",
        "jekyll",
        {
            "title": "A: Title! (1.0)",
            "url": "https://ex.org/custom/%7B%7B%20page.fileSlug%20%7D%7D/index.html",
        },
    ),
    "a permalink out of the site": ("t73.md", "jekyll", {"url": "https://ex.org/etc/passwd"}),
    "an odd file name": (
        "2024-05-01-hash #1 + 100% [x].MD",
        "jekyll",
        {"url": "https://ex.org/2024/05/01/hash-1-+-100-x/"},
    ),
    "an address elsewhere": ("t79.md", "plain", {"url": "https://ex.org/articles/t79/"}),
}


@pytest.mark.parametrize(("trap", "dialect", "expected"), LISTED.values(), ids=LISTED)
def test_what_is_listed(tmp_path: Path, trap: str, dialect: str, expected: dict[str, Any]) -> None:
    site = Trapped(tmp_path, trap, dialect=dialect)

    assert {key: site.of(trap)[key] for key in expected} == expected


# One article: what its author is told. What is not here is taken without a word.
TOLD: dict[str, str] = {
    "t11c-empty.md": "t11c-empty.md: warning: is empty",
    "t12-unclosed.md": "t12-unclosed.md:1: error: the front matter has no end",
    "t13-bracket.md": "t13-bracket.md:2: warning: the front matter is no valid YAML",
    "t14-quote.md": "t14-quote.md:2: warning: the front matter is no valid YAML",
    "t15-colon.md": "t15-colon.md:2: warning: the front matter is no valid YAML",
    "t16-lines.md": "t16-lines.md:3: warning: the front matter is no valid YAML",
    "t17-fellout.md": "t17-fellout.md:5: warning: '12일, second line los…' is read as a key",
    "t18-indicators.md": "t18-indicators.md:2: warning: the front matter is no valid YAML",
    "t19-comment.md": "t19-comment.md:2: warning: 'title' ends at ' #', where a comment begins",
    "t20-escapes.md": "t20-escapes.md:2: warning: the front matter is no valid YAML",
    "t21-tpl.md": "t21-tpl.md:2: warning: the front matter is no valid YAML",
    "t22-dup.md": "t22-dup.md:3: warning: 'title' stands here again, and the last one counts",
    "t24-tag.md": "t24-tag.md:2: warning: character U+0007 cannot stand in a feed",
    "t31b.md": "t31b.md:3: warning: 'date' is read as 2023-01-29T18:30:22+09:00",
    "t31d.md": "t31d.md:3: warning: 'date' is read as 2021-02-08T16:30:00+09:00",
    "t32.md": "t32.md:3: warning: 'date' is ignored, so the article is dated as one without",
}


@pytest.mark.parametrize(("trap", "message"), TOLD.items(), ids=TOLD)
def test_what_is_told(tmp_path: Path, trap: str, message: str) -> None:
    site = Trapped(tmp_path, trap)

    assert site.problems[0].startswith(message)
    assert len(site.problems) == (2 if trap == "t22-dup.md" else 1)  # its date stands twice, too


# What needs more than one article, or more than one look


@pytest.mark.parametrize(
    ("trap", "day"), [("t31b.md", "2023-01-29"), ("t31d.md", "2021-02-08")], ids=["b", "d"]
)
def test_of_a_broken_date_at_least_the_day_is_right(tmp_path: Path, trap: str, day: str) -> None:
    assert Trapped(tmp_path, trap).of(trap)["published"].startswith(day)


def test_files_about_the_folder_are_no_articles(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "t11a-none.txt")
    for name in ("robots.txt", "LICENSE.txt", "README.md"):
        site.write(name, "About the folder.")

    assert set(site.listed) == {"t11a-none.txt"}


def test_an_undated_article_keeps_the_date_of_its_first_sight(tmp_path: Path) -> None:
    """Neither a later build nor a new checkout dates it anew."""
    trap = "000_0123456789abcdef.txt"
    site = Trapped(tmp_path, trap)
    os.utime(site.root / trap, (1714521600, 1714521600))
    site.exported("feed.json")
    os.utime(site.root / trap, (1764521600, 1764521600))

    assert site.of(trap)["published"] == "2024-05-01T09:00:00+09:00"
    assert (site.of(trap)["title"], site.of(trap)["excerpt"]) == ("Undated", "Folded.")


def test_articles_of_one_instant_stand_in_the_natural_order_of_their_names(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "2024-06-24-9.md", "2024-06-24-10.md")

    assert [row["title"] for row in site.listed.values()] == ["Tenth", "Ninth"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("date: 2099-01-01", "future"),
        ('published: "False"', "unpublished"),
        ("published: No", "unpublished"),
        ('draft: "Yes"', "draft"),
        ("Draft: TRUE", "draft"),
        ("Status: Draft", "draft"),
        ("status: HIDDEN", "hidden"),
        ('expirydate: "2020-01-01"', "expired"),
        ("expiryDate: 2020-01-01", "expired"),
        ("ExpiryDate: 2020-01-01 10:00", "expired"),
    ],
)
def test_any_one_of_these_keeps_an_article_out(tmp_path: Path, lines: str, reason: str) -> None:
    site = Trapped(tmp_path)
    site.write("a.md", f"---\ntitle: Not yet\n{lines}\n---\nx\n")

    assert (site.of("a.md")["visible"], site.of("a.md")["reason"]) == (False, reason)


def test_a_redirect_without_text_is_no_entry(tmp_path: Path) -> None:
    site = Trapped(tmp_path)
    site.write("a.md", "---\nredirect: /blog/new-name\n---\n")

    assert site.of("a.md")["visible"] is False


def test_articles_of_one_title_are_two(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "2024-05-01-weekly.md", "2024-05-08-weekly.md")

    assert [row["title"] for row in site.listed.values()] == ["Weekly", "Weekly"]
    assert len({row["id"] for row in site.listed.values()}) == 2
    assert len({row["url"] for row in site.listed.values()}) == 2


def test_authors_keep_their_addresses(tmp_path: Path) -> None:
    site = Trapped(tmp_path)
    site.write("a.md", '---\nauthor: "[Kim](https://ex.org/kim), Park <park@ex.org>"\n---\nx\n')

    atom = site.exported("atom.xml")

    assert "<name>Kim</name>" in atom
    assert "<uri>https://ex.org/kim</uri>" in atom
    assert "<email>park@ex.org</email>" in atom


def test_a_title_is_escaped_once(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "t39.md")

    atom = site.exported("atom.xml")

    assert "R&amp;D &amp; async now – 5 &lt; 6 ’til dawn" in atom


def test_feature_text_stands_in_for_an_excerpt_without_its_heading(tmp_path: Path) -> None:
    site = Trapped(tmp_path)
    site.write("a.md", "---\ntitle: A\nfeature_text: >\n  ## site breaking news\n\n  Short.\n---\n<p>x</p>\n")

    assert site.of("a.md")["excerpt"] == "Short."


@pytest.mark.parametrize(
    ("dialect", "tags"), [("jekyll", ["one", "two"]), ("pelican", ["one two"]), ("plain", ["one two"])]
)
def test_what_parts_the_labels_of_a_text_is_the_generators_own_rule(
    tmp_path: Path, dialect: str, tags: list[str]
) -> None:
    site = Trapped(tmp_path, dialect=dialect)
    site.write(site.place("a.md"), "---\ntitle: A\ndate: 2024-05-01\ntags: one two\n---\n\nx\n")

    assert site.of("a.md")["tags"] == tags


def test_a_renamed_retitled_and_checked_out_article_is_the_same(tmp_path: Path) -> None:
    """Its id stays, and a new time of the file is no update."""
    site = Trapped(tmp_path, "2024-06-12-47.md")
    site.exported("feed.json")
    before = site.of("2024-06-12-47.md")
    (site.root / "2024-06-12-47.md").rename(site.root / "2024-06-12-moved.md")
    os.utime(site.root / "2024-06-12-moved.md", (1764521600, 1764521600))
    del site.listed

    (after,) = site.listed.values()

    assert after["id"] == before["id"]
    assert after["updated"] == before["updated"]


def test_no_news_are_no_other_bytes(tmp_path: Path) -> None:
    """Not even with a byte order mark, CRLF and control characters about."""
    site = Trapped(tmp_path, "t01-bom.md", "t03-crlf.md", "t24-tag.md")
    first = site.exported("atom.xml")

    second = Trapped.exported(site, "atom.xml")

    assert first == second
    assert not set(first) & {"\ufeff", "\r", "\x07", "\x0c", "\x08"}
    assert "&#13;" not in first
