"""What real folders contain, one test per trap, seen through the commands: bodies, links and files."""

import re
from pathlib import Path

import feedparser
import pytest

from tests.support.trapped import Trapped

# One article: its file, its dialect, what its entry's content holds, and what it must not hold
CONTENT: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "lone CR and CRLF": ("t03-crlf.md", "plain", ("<p>Line one\nLine two</p>",), ("\r", "&#13;")),
    "closed by dots": ("t05-dots.md", "plain", ("<p>Body.</p>",), ("title:",)),
    "rulers": ("t06-rules.md", "plain", ("<p>Intro.</p>", "<hr", "<td>1</td>", "<td>2</td>"), ("---",)),
    "headers": ("t09-headers.md", "pelican", ("Body: this colon is text.",), ("Summary",)),
    "docinfo": ("t10-docinfo.rst", "pelican", ('<a href="https://ex.org/">a link</a>',), (":date:", "####")),
    "control characters": ("t24-tag.md", "plain", ("Form  feed and backspace.",), ("\x0c", "\x08")),
    "a separator": ("t47.md", "plain", ("<strong>bold</strong>", "Rest."), ("MORE", "<!--")),
    "a licence at the top": (
        "t48.md",
        "plain",
        ("Real first sentence.",),
        ("licence", "comment %", "TOC", "Licensed"),
    ),
    "one picture twice": ("t50.md", "plain", ('src="https://img.ex.org/p.jpg?k=1&amp;o="',), ("amp;amp",)),
    "paths of pictures": (
        "t52/index.md",
        "hugo",
        (
            'src="https://ex.org/t52/a.png"',
            'src="https://ex.org/t52/b.png"',
            'src="https://ex.org/c.png"',
            'src="https://ex.org/d.png"',
            'src="https://cdn.ex.org/e.png"',
            'src="https://ex.org/f.png"',
        ),
        ("{{", "%7B"),
    ),
    "names of pictures": (
        "t54.md",
        "plain",
        (
            'src="https://ex.org/img/stage%20(1).png"',
            'src="https://ex.org/img/%EB%82%B4%EC%97%AD%201.png"',
            'src="https://ex.org/img/a(1).png"',
            'src="https://ex.org/img/%EC%B2%AB%20%EC%82%AC%EC%A7%84.jpg"',
            'src="https://ex.org/img/w.png"',
            'src="https://ex.org/img/v.png"',
        ),
        ("%25", "300x200", "=300"),
    ),
    "lazy pictures": (
        "t55.md",
        "plain",
        ('src="https://ex.org/img/real.jpg"', "https://ex.org/img/b.jpg"),
        ("data:image", "noscript", '"/img', " /img"),
    ),
    "a picture in the text itself": ("t57.md", "plain", ("data:image/png",), ()),
    "Liquid": (
        "t59.md",
        "jekyll",
        (
            'src="https://ex.org/img/a.png"',
            'href="https://ex.org/2024/05/01/hello/"',
            "/x /y/",
            "puts",
            "{{ literal }}",
        ),
        ("{%", "highlight", "endraw"),
    ),
    "shortcodes": (
        "posts/t60.md",
        "hugo",
        (
            'src="https://ex.org/posts/t60/a.png"',
            "Cap",
            "<strong>this</strong>",
            'href="https://ex.org/posts/other/"',
            "{{&lt; keep &gt;}}",
        ),
        ("{{&lt; figure", "{{% note", "{{&lt; ref"),
    ),
    "look-alikes of templates": (
        "t61.md",
        "plain",
        ("%{?dist}", "{%d}", r"$\frac{a}{b}$", "{{a: 1}}", "{x | x &gt; 0}", "{{double}}"),
        (),
    ),
    "kramdown's extras": (
        "t63.md",
        "plain",
        ("Head", 'href="https://ex.org/y"', "[Bug #12]", "Mind it.", "Foot."),
        ("{#head}", "{:", "_blank", "[!NOTE]"),
    ),
    "tag soup": (
        "t64.md",
        "plain",
        ("R&amp;D &amp; more", "<p>one</p>", "<td", "cell"),
        ("data-ke", "&nbsp;", "&amp;nbsp;", "height"),
    ),
    "whole documents": (
        "t65.md",
        "plain",
        ("Hi", 'href="https://www.youtube.com/watch?v=abc123"'),
        ("<script", "document.write", "<style", "onclick", "javascript:", "<iframe", "<title", "<html"),
    ),
    "the end of CDATA": (
        "t66.md",
        "plain",
        ("<code>&lt;![CDATA[ x ]]&gt;</code> and", "done ]]&gt;"),
        ("<!--",),
    ),
    "links": (
        "t67.md",
        "plain",
        (
            'href="https://ex.org/a/"',
            'href="https://ex.org/articles/t67/b/"',
            'href="https://ex.org/articles/hello-world/"',
            'href="https://ex.org/articles/t67/#sec"',
            'href="mailto:x@ex.org"',
            'href="https://ex.org/%ED%83%9C%EA%B7%B8/%EB%B4%84"',
        ),
        (),
    ),
    "code": (
        "t68.md",
        "plain",
        ("&lt;p&gt;&amp;nbsp;&lt;/p&gt;", "---", "&lt;!-- more --&gt;"),
        ("<hr",),
    ),
}
BESIDE = {
    "t59.md": {"_posts/2024-05-01-hello.md": "---\ntitle: Hello\n---\nHello.\n"},
    "posts/t60.md": {"content/posts/other.md": "---\ntitle: Other\ndate: 2024-04-01\n---\nOther.\n"},
    "t67.md": {"2024-05-01-hello-world.md": "Hello.\n"},
}


@pytest.mark.parametrize(("trap", "dialect", "holds", "lacks"), CONTENT.values(), ids=CONTENT)
def test_what_readers_see(
    tmp_path: Path, trap: str, dialect: str, holds: tuple[str, ...], lacks: tuple[str, ...]
) -> None:
    site = Trapped(tmp_path, trap, dialect=dialect)
    for path, text in BESIDE.get(trap, {}).items():
        site.write(path, text)

    content = site.content(trap)

    assert [part for part in holds if part not in content] == []
    assert [part for part in lacks if part in content] == []


@pytest.mark.parametrize("trap", ["t24-tag.md", "t39.md", "t50.md", "t61.md", "t64.md", "t66.md", "t70.md"])
def test_every_document_is_well_formed(tmp_path: Path, trap: str) -> None:
    site = Trapped(tmp_path, trap)

    for name in ("atom.xml", "rss.xml"):
        parsed = feedparser.parse(site.exported(name))

        assert not parsed.bozo
        assert len(parsed.entries) == 1


def test_what_is_left_open_stays_in_its_own_entry(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "t64.md")
    site.write("after.md", "---\ntitle: After\n---\nPlain.\n")

    assert site.content("after.md").strip() == "<p>Plain.</p>"


def test_a_picture_stands_in_the_content_once(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "t50.md")

    assert site.content("t50.md").count("<img") == 1
    assert re.findall("https://img.ex.org/p.jpg[^\"'<&]*&amp;o=", site.exported("rss.xml"))


def test_no_enclosure_has_a_made_up_type(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "t56.md", "t57.md")

    assert "enclosure" not in site.exported("rss.xml")


def test_a_picture_beside_the_page_of_the_default_language(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "content/ja/blog/p/index.md", dialect="hugo")
    site.write(
        "hugo.toml",
        'baseURL = "https://ex.org/"\ndefaultContentLanguage = "en"\n'
        '[languages.en]\ncontentDir = "content/en"\n[languages.ja]\ncontentDir = "content/ja"\n',
    )
    site.write("content/en/blog/p/index.md", "---\ntitle: Translation\n---\nx\n")
    site.write("content/en/blog/p/chart.png", b"\x89PNG\r\n\x1a\n")

    assert site.of("content/ja/blog/p/index.md")["url"] == "https://ex.org/ja/blog/p/"
    assert re.search(
        'src="https://ex.org/(?:ja/)?blog/p/chart.png"', site.content("content/ja/blog/p/index.md")
    )
    assert not [problem for problem in site.problems if "chart.png" in problem]


def test_components_leave_their_text(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "t62.mdx", include='"*.mdx"')

    content = site.content("t62.mdx")

    assert "Inner <strong>text</strong>" in content
    assert [word for word in ("import", "Box", "Chart", "data=") if word in content] == []


def test_footnotes_of_two_entries_have_different_ids(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "t63.md")
    site.write("other.md", "---\ntitle: Other\n---\nText[^1]\n\n[^1]: Foot.\n")

    ids = re.findall(r' id=\\?"([^"\\]*)', site.exported("feed.json"))

    assert len(ids) == len(set(ids))


def test_what_a_template_left_is_told_once_per_kind(tmp_path: Path) -> None:
    site = Trapped(tmp_path, dialect="jekyll")
    site.write(site.place("a.md"), "---\ntitle: A\n---\n{% odd a %}x{% odd b %}\n")

    assert len([problem for problem in site.problems if "odd" in problem]) == 1


def test_one_picture_of_the_whole_site_may_be_given_by_its_configuration(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "2024-06-12-47.md", dialect="jekyll")
    site.write(
        "_config.yml", "permalink: pretty\ndefaults:\n- scope: {path: ''}\n  values: {image: /d.png}\n"
    )

    assert site.of("2024-06-12-47.md")["image"] == "https://ex.org/d.png"


def test_a_very_long_body_keeps_its_excerpt_and_its_entry_carries_that_alone(tmp_path: Path) -> None:
    """A pattern that backtracks over it would not come to an end here."""
    paragraph = "A *line* of `code`, ![x](/a.png), {{ y }}, [z](b.md) and <b>more</b>.\n\n"
    site = Trapped(tmp_path)
    site.write("a.md", "---\ntitle: A\n---\nFirst sentence.\n\n" + paragraph * 2_000)

    assert site.of("a.md")["excerpt"] == "First sentence."
    assert len(site.exported("feed.json")) < 5_000


# Addresses, and the folder itself


def test_two_files_of_one_address_are_reported_and_have_ids_of_their_own(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "2024-05-01-7.md", "2024-05-02-7.md", dialect="jekyll")

    assert {row["url"] for row in site.listed.values()} == {"https://ex.org/posts/7/"}
    assert len({row["id"] for row in site.listed.values()}) == 2
    assert [problem for problem in site.problems if "has the same address as" in problem]


@pytest.mark.parametrize("trap", ["section/_index.md", "old-name.md"])
def test_sections_and_redirects_are_no_entries(tmp_path: Path, trap: str) -> None:
    site = Trapped(tmp_path, trap, "t52/index.md", dialect="hugo")

    assert [path for path, row in site.listed.items() if row["visible"]] == ["content/t52/index.md"]


def test_a_translation_is_an_article_of_its_own(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "guide.ko.md", "guide.md", dialect="hugo")

    korean, english = site.of("guide.ko.md"), site.of("guide.md")

    assert (korean["language"], korean["url"]) == ("ko", "https://ex.org/ko/guide/")
    assert (english["language"], english["url"]) == ("en", "https://ex.org/guide/")


def test_translations_have_ids_of_their_own(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "posts/guide.ko.md", "posts/guide.md", dialect="hugo")

    assert all(row["visible"] for row in site.listed.values())
    assert len({row["id"] for row in site.listed.values()}) == 2


def test_what_is_no_article_is_not_listed_and_no_link_leads_out(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "t08-json.md")
    for name in (
        ".DS_Store",
        "data.json",
        "style.scss",
        "LICENSE.txt",
        "robots.txt",
        ".t08-json.md.swp",
        "a.md~",
    ):
        site.write(name, "x")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.md").write_text("Secret.")
    (site.root / "passwd.md").symlink_to("/etc/passwd")
    (site.root / "out").symlink_to(tmp_path / "outside")
    (site.root / "loop").symlink_to(site.root)

    assert set(site.listed) == {"t08-json.md"}


def test_the_canonical_address_is_not_the_entrys_link(tmp_path: Path) -> None:
    site = Trapped(tmp_path, "t79.md")

    (entry,) = feedparser.parse(site.exported("atom.xml")).entries

    assert entry.link == "https://ex.org/articles/t79/"
