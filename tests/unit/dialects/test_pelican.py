"""Pelican sites: settings that are read and never run, articles, addresses and ids, as Pelican has them."""

import pickle
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urljoin

import pytest

from feedsvc.articles.dialects import Dialect, SiteFiles
from feedsvc.articles.dialects.pelican import PELICAN
from feedsvc.articles.dialects.pelican.config import PelicanConfig, read_config
from feedsvc.articles.dialects.pelican.slugs import slugify
from feedsvc.articles.disk.sites import open_site
from feedsvc.model import Templating
from tests.support.judged import SITES, Understood, found, truth, understood

ROOT = SITES / "pelican"
TRUTH = truth("pelican")
ARTICLES: dict[str, dict[str, Any]] = TRUTH["articles"]
SHOWN = {path: article for path, article in ARTICLES.items() if article["status"] == "published"}
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in ROOT.glob("*.py")}


def pelican(prefix: str = "", **settings: Any) -> Dialect:
    """Open a site whose `pelicanconf.py` holds nothing but *settings*."""
    text = "".join(f"{name} = {value!r}\n" for name, value in settings.items())
    names = frozenset({"pelicanconf.py", "content/"})
    return PELICAN.open(SiteFiles(prefix=prefix, names=names, texts={"pelicanconf.py": text}))


def read(path: str, *head: str, **settings: Any) -> Understood:
    raw = "\n".join([*head, "", "Body.", ""]).encode()
    return understood(pelican(**settings), f"content/{path}", raw)


def article(*head: str, path: str = "hello.md", **settings: Any) -> Understood:
    return read(path, "Title: Hello", "Date: 2024-05-01 09:00", *head, **settings)


def config(**files: str) -> PelicanConfig:
    texts = {f"{name}.py": text for name, text in files.items()}
    return read_config(texts, "publishconf.py" if "publishconf" in files else "pelicanconf.py")


@pytest.mark.parametrize("path", SHOWN)
def test_an_article_is_what_pelican_made_of_it(path: str) -> None:
    expected = SHOWN[path]

    made = dict(found(open_site(ROOT), ROOT))[f"content/{path}"]

    assert made.id == expected["id"]
    assert made.url == expected["link"] or (made.ours and not expected["written"])
    assert made.article.title == expected["title"]
    assert made.moment == datetime.fromisoformat(expected["date"])
    assert made.article.dates.updated == (
        expected["modified"] and datetime.fromisoformat(expected["modified"])
    )
    assert made.article.categories == (expected["category"],)
    assert list(made.article.tags) == expected["tags"]
    assert [author.name for author in made.article.authors] == expected["authors"]
    assert (made.article.language or "ko") == expected["lang"]
    assert made.article.hidden is None


def test_nothing_is_public_that_pelican_does_not_list() -> None:
    made = {path: made.article.hidden for path, made in found(open_site(ROOT), ROOT)}

    assert {path for path, hidden in made.items() if hidden is None} == {f"content/{path}" for path in SHOWN}
    assert {path: hidden for path, hidden in made.items() if hidden is not None} == {
        "content/tech/draft.md": "draft",
        "content/tech/hidden.md": "hidden",
        "content/tech/skipped.md": "skip",
    }


@pytest.mark.parametrize("folder", ["", "content", "content/tech"])
def test_the_articles_folder_may_be_the_site_or_one_of_its_folders(folder: str) -> None:
    dialect = open_site(ROOT / folder)

    ids = {made.id for _, made in found(dialect, ROOT / folder) if made.article.hidden is None}

    below = folder.removeprefix("content").lstrip("/")
    assert ids == {article["id"] for path, article in SHOWN.items() if path.startswith(below)}


@pytest.mark.parametrize("variant", TRUTH["variants"], ids=lambda variant: str(variant["settings"]))
def test_with_other_settings_addresses_are_pelicans_too(variant: dict[str, Any]) -> None:
    lines = "".join(f"{name} = {value!r}\n" for name, value in variant["settings"].items())
    texts = TEXTS | {"publishconf.py": TEXTS["publishconf.py"] + lines}
    dialect = PELICAN.open(SiteFiles(names=frozenset({*texts, "content/"}), texts=texts))

    made = {path: each for path, each in found(dialect, ROOT) if each.article.hidden is None}

    expected = {path: each for path, each in variant["articles"].items() if each["status"] == "published"}
    assert made.keys() == {f"content/{path}" for path in expected}
    for path, each in expected.items():
        one = made[f"content/{path}"]
        assert one.ours or unquote(one.url) == urljoin("https://bada.example/log/", each["url"])
        assert one.article.categories == (each["category"],)
        assert list(one.article.tags) == each["tags"]
        assert [author.name for author in one.article.authors] == each["authors"]


# contents.py: url_format, get_url_setting; utils.slugify
@pytest.mark.parametrize(
    ("settings", "head", "address"),
    [
        ({}, [], "hello.html"),
        ({}, ["Slug: My Own"], "My%20Own.html"),
        ({}, ["Lang: ko"], "hello-ko.html"),
        ({"DEFAULT_LANG": "KO"}, ["Lang: ko"], "hello.html"),
        ({"ARTICLE_URL": "{date:%Y}/{date:%-m}/{date:%d}/{slug}/"}, [], "2024/5/01/hello/"),
        ({"ARTICLE_URL": "{date:%b}/{slug}"}, [], "May/hello"),
        ({"ARTICLE_URL": "{slug}/{mood}/"}, ["Mood: blue"], "hello/blue/"),
        ({"ARTICLE_URL": "{slug}/{mood}/"}, [], "ours"),
        ({"ARTICLE_URL": "{slug.__class__}"}, [], "ours"),  # nothing but texts can be named
        ({"ARTICLE_URL": "{slug:>9999999999}"}, [], "ours"),
        ({"ARTICLE_URL": "{slug"}, [], "ours"),
        ({"ARTICLE_URL": "{{{slug}}}"}, [], "%7Bhello%7D"),
        ({"ARTICLE_SAVE_AS": ""}, [], "ours"),
        ({}, ["Save_as:"], "ours"),
        ({}, ["URL: other/", "Save_as:"], "other/"),
        ({}, ["URL: https://elsewhere.example/x"], "https://elsewhere.example/x"),
    ],
)
def test_an_address_is_filled_as_pelican_does(
    settings: dict[str, Any], head: list[str], address: str
) -> None:
    made = article(*head, SITEURL="https://ex.org", **settings)

    assert ("ours" if made.ours else made.url.removeprefix("https://ex.org/")) == address


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("{slug}/{mood}/", "'{slug}/{mood}/' wants '{mood}', which the article has not; write it there"),
        ("{slug", "'{slug' is no format of Python's (expected '}' before end of string); mend it"),
    ],
)
def test_an_address_that_cannot_be_known_is_told_of(url: str, problem: str) -> None:
    made = article(ARTICLE_URL=url)

    assert [str(each) for each in made.reading.problems] == [f"content/hello.md: warning: {problem}"]
    assert made.id is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [("2024-05-01-spring-1.0.md", "spring-1.0"), ("2024-5-1-spring.md", "2024-5-1-spring.md")],
)
def test_the_file_name_in_an_address_is_that_of_apaches_plugin(path: str, expected: str) -> None:
    made = article(path=path, ARTICLE_URL="{date:%Y}/{filename}", SITEURL="https://ex.org")

    assert made.url == f"https://ex.org/2024/{expected}"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Cover: images/bay.jpg", "/blog/images/bay.jpg"),
        ("Image: /images/bay.jpg", "/blog/images/bay.jpg"),
        ("Featured_Image: ./bay.jpg", "/blog/bay.jpg"),
        ("Cover: https://cdn.ex.org/bay.jpg", "https://cdn.ex.org/bay.jpg"),
        ("Image: {static}/images/bay.jpg", "{static}/images/bay.jpg"),
    ],
)
def test_a_picture_stands_below_the_site_as_themes_write_it(head: str, expected: str) -> None:
    assert article(head, SITEURL="https://ex.org/blog").lead_image == expected


def test_what_feeds_do_not_know_is_no_id() -> None:
    assert article("Id: 42", "UUID: 1").article.id is None


def test_an_undated_article_stands_at_the_day_that_it_is_given() -> None:
    settings = {"DEFAULT_DATE": "fs", "ARTICLE_URL": "{date:%Y}/{slug}", "SITEURL": "https://ex.org"}

    made = read("a.md", "Title: Hello", **settings)

    assert made.url == "https://ex.org/2026/hello"
    assert made.id == "tag:ex.org,2026-05-01:/2026/hello"


def test_a_rooted_address_leaves_the_sites_path_as_in_pelicans_feed() -> None:
    """writers.py joins addresses as a browser would."""
    assert article("URL: /x/", SITEURL="https://ex.org/blog").url == "https://ex.org/x/"


# feedgenerator's get_tag_uri; all expected values were made by it
@pytest.mark.parametrize(
    ("siteurl", "head", "tag"),
    [
        ("https://ex.org", [], "tag:ex.org,2024-05-01:/hello.html"),
        ("https://Ex.org:8080/blog/", [], "tag:ex.org,2024-05-01:/blog/hello.html"),
        ("https://ex.org", ["Slug: 한글"], "tag:ex.org,2024-05-01:/한글.html"),
        ("https://ex.org", ["URL: a/?b=1#c"], "tag:ex.org,2024-05-01:/a//c"),
        ("https://ex.org", ["Save_as:"], "tag:ex.org,2024-05-01:/hello.html"),
        ("https://ex.org", ["URL: https://elsewhere.example/x"], "tag:elsewhere.example,2024-05-01:/x"),
        ("", [], None),
    ],
)
def test_an_id_is_pelicans_tag_uri(siteurl: str, head: list[str], tag: str | None) -> None:
    assert article(*head, SITEURL=siteurl).id == tag


def test_a_date_keeps_the_day_that_its_author_wrote() -> None:
    made = read(
        "a.md",
        "Title: Hello",
        "Date: 2024-05-01T23:30:00-05:00",
        TIMEZONE="Asia/Seoul",
        SITEURL="https://ex.org",
    )

    assert made.id == "tag:ex.org,2024-05-01:/hello.html"
    assert made.moment.isoformat() == "2024-05-02T13:30:00+09:00"


# Python-Markdown's extension for metadata
@pytest.mark.parametrize(
    ("text", "title", "body", "line"),
    [
        ("Title: a: b\nDate: 2024-05-01\n\nBody\n", "a: b", "Body\n", 4),
        ("mood: x\ntitle: T\n\nBody: text\n", "T", "Body: text\n", 4),
        ("Title: T\nBody\n", "T", "Body\n", 2),
        ("Title: T\nSummary: one\n    two\n\nBody\n", "T", "Body\n", 5),
        ("Title: T\nTitle: two\n---\nBody\n", "T two", "Body\n", 4),
        ("---\nTitle: T\nMood: x\n---\nBody\n", "T", "Body\n", 5),
        ("\nTitle: T\n", "Hello", "\nTitle: T\n", 1),
    ],
)
def test_a_head_is_the_lines_that_pelican_takes_for_it(text: str, title: str, body: str, line: int) -> None:
    made = understood(pelican(), "content/hello.md", text.encode())

    assert (made.article.title, made.article.body, made.article.body_line) == (title, body, line)


def test_of_labels_said_twice_the_first_line_counts() -> None:
    made = article("Tags: a", "Tags: b")

    assert made.article.tags == ("a",)


def test_a_page_of_html_says_who_it_is_in_its_head() -> None:
    text = b"""<html><head><title>A &amp; B</title>
<meta name="Date" content="2024-05-01"><meta name="keywords" content="a, b"><meta charset="utf-8">
<meta name="status" content="draft"></head><body><p>Body.</p></body></html>"""

    made = understood(pelican(), "content/a.html", text)

    assert (made.article.title, made.article.tags, made.article.hidden) == ("A & B", ("a", "b"), "draft")
    assert f"{made.moment:%Y-%m-%d}" == "2024-05-01"


def test_a_page_of_html_without_a_head_is_read_like_any_article() -> None:
    made = understood(pelican(), "content/a.html", b"---\ntitle: T\n---\n<p>Body.</p>")

    assert made.article.title == "T"


# readers.py: default_metadata, path_metadata, parse_path_metadata
@pytest.mark.parametrize(
    ("settings", "path", "categories"),
    [
        ({}, "hello.md", ["misc"]),
        ({"DEFAULT_CATEGORY": "기타"}, "hello.md", ["기타"]),
        ({}, "a/b/hello.md", ["b"]),
        ({"USE_FOLDER_AS_CATEGORY": False}, "a/hello.md", ["misc"]),
        ({"CATEGORY_SAVE_AS": ""}, "a/hello.md", []),
        ({"PATH_METADATA": "(?P<category>[^/]+)/.*"}, "a/b/hello.md", ["a"]),
        ({"PATH_METADATA": "(?P<category"}, "a/hello.md", ["a"]),  # no pattern
        ({"FILENAME_METADATA": "(?P<category>[a-z]+)-.*"}, "a/b-hello.md", ["b"]),
        ({"EXTRA_PATH_METADATA": {"a": {"tags": ["x"]}}}, "ab/hello.md", ["ab"]),
    ],
)
def test_a_category_comes_from_the_place(settings: dict[str, Any], path: str, categories: list[str]) -> None:
    assert list(article(path=path, **settings).article.categories) == categories


def test_the_category_of_the_head_wins() -> None:
    assert article("Category: a, b", path="c/hello.md").article.categories == ("a, b",)


@pytest.mark.parametrize(
    ("head", "tags"),
    [
        ("Tags: one two", ["one two"]),
        ("Tags: one, two ,, one", ["one", "two"]),
        ("Tags: one, two; three", ["one, two", "three"]),
        ("Tags:", []),
        ("Tag: one", []),
    ],
)
def test_tags_are_parted_as_pelican_does(head: str, tags: list[str]) -> None:
    assert list(article(head).article.tags) == tags


@pytest.mark.parametrize(
    ("head", "authors"),
    [
        ([], ["Site"]),
        (["Author: Kim, Lee and Park"], ["Kim, Lee and Park"]),
        (["Authors: Kim, Lee"], ["Kim", "Lee"]),
        (["Authors: Doe, Jane; Doe, John"], ["Doe, Jane", "Doe, John"]),
        (["Author: Kim", "Authors: Lee"], ["Lee"]),
        (["Author:"], ["Site"]),
    ],
)
def test_authors_are_parted_as_pelican_does(head: list[str], authors: list[str]) -> None:
    assert [author.name for author in article(*head, AUTHOR="Site").article.authors] == authors


@pytest.mark.parametrize(
    ("path", "settings", "date"),
    [
        ("2024-03-05-hello.md", {}, "2024-03-05"),
        ("2024-03-05_hello.md", {}, "2024-03-05"),
        ("hello.md", {"DEFAULT_DATE": (2020, 2, 3)}, "2020-02-03"),
        ("hello.md", {"DEFAULT_DATE": "2020-02-03"}, "2020-02-03"),
        ("2024-03-05.md", {"DEFAULT_DATE": (2020, 2, 3)}, "2024-03-05"),
        ("20240305-hello.md", {"FILENAME_METADATA": r"(?P<date>\d{8})-(?P<slug>.*)"}, "2024-03-05"),
    ],
)
def test_a_date_may_stand_in_the_name_or_the_settings(path: str, settings: dict[str, Any], date: str) -> None:
    assert f"{read(path, 'Title: Hello', **settings).moment:%Y-%m-%d}" == date


def test_without_any_date_an_article_is_hidden() -> None:
    """Pelican leaves it out; with DEFAULT_DATE = "fs" it takes the file's."""
    assert read("hello.md", "Title: Hello").article.hidden == "undated"
    assert read("hello.md", "Title: Hello", DEFAULT_DATE="fs").article.hidden is None


# generators.py: get_files; settings.py: pages are no articles
@pytest.mark.parametrize(
    ("path", "settings"),
    [
        ("README.md", {}),
        ("content/pages/about.md", {}),
        ("content/pages/deep/about.md", {}),
        ("content/info/about.md", {"PAGE_PATHS": ["info"]}),
        ("content/other/a.md", {"ARTICLE_PATHS": ["blog"]}),
        ("content/blogs/a.md", {"ARTICLE_PATHS": ["blog"]}),
        ("content/notes/a.md", {"ARTICLE_EXCLUDES": ["notes"]}),
        ("content/a/notes/a.md", {"ARTICLE_EXCLUDES": ["a/notes/"]}),
        ("content/_a.md", {"IGNORE_FILES": ["_*"]}),
        ("content/a.html", {"READERS": {"html": None}}),
        ("content/a.md", {"PATH": "src"}),
    ],
)
def test_what_pelican_does_not_take_for_an_article_is_none(path: str, settings: dict[str, Any]) -> None:
    assert pelican(**settings).why_not_an_article(path) is not None


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        ("content/a.md", {}),
        ("content/a/pages/a.md", {}),
        ("content/blog/a.md", {"ARTICLE_PATHS": ["blog"]}),
        ("content/about.rst", {"ARTICLE_PATHS": ["about.rst"]}),
        ("src/deep/a.md", {"PATH": "./src/"}),
        ("a.md", {"PATH": "."}),
        ("content/a.md", {"PATH": "../elsewhere"}),
        ("content/a.md", {"PATH": "/home/kim/site/content"}),
        ("content/a.md", {"PATH": "/home/kim/elsewhere"}),
        ("content/posts/a.md", {"ARTICLE_DIR": "posts"}),
        ("content/pages/a.md", {"PAGE_DIR": "seiten"}),
    ],
)
def test_what_pelican_takes_for_an_article_is_one(path: str, settings: dict[str, Any]) -> None:
    assert pelican(**settings).why_not_an_article(path) is None


@pytest.mark.parametrize(
    ("said", "setting", "value"),
    [
        ({"SITENAME": "T"}, "site.title", "T"),
        ({"SITESUBTITLE": "S"}, "site.description", "S"),
        ({"SITEURL": "https://ex.org/blog/"}, "site.url", "https://ex.org/blog"),
        ({"SITEURL": ""}, "site.url", None),
        ({"DEFAULT_LANG": "ko"}, "site.language", "ko"),
        ({"TIMEZONE": "Asia/Seoul"}, "site.timezone", "Asia/Seoul"),
        ({"AUTHOR": "A"}, "site.authors", [{"name": "A"}]),
        ({"FEED_MAX_ITEMS": 7}, "feeds.limit", 7),
        ({"FEED_MAX_ITEMS": None}, "feeds.limit", None),
        ({"SITENAME": 7}, "site.title", None),
    ],
)
def test_the_sites_settings_are_read(said: dict[str, Any], setting: str, value: object) -> None:
    assert pelican(**said).settings.get(setting) == value


@pytest.mark.parametrize(
    ("said", "feeds"),
    [
        ({}, {"feeds/all.atom.xml": "atom"}),
        ({"FEED_ALL_ATOM": None}, {}),
        ({"FEED_ATOM": "atom.xml", "FEED_ALL_ATOM": None}, {"atom.xml": "atom"}),
        ({"FEED_ALL_RSS": "/rss.xml"}, {"feeds/all.atom.xml": "atom", "rss.xml": "rss"}),
    ],
)
def test_the_feeds_of_the_site_are_known(said: dict[str, Any], feeds: dict[str, str]) -> None:
    assert pelican(TRANSLATION_FEED_ATOM=None, **said).feeds == feeds


@pytest.mark.parametrize(
    ("said", "path", "ours"),
    [
        ({}, "feeds/all-en.atom.xml", "atom"),
        ({}, "feeds/all-ko.atom.xml", "languages/ko/atom.xml"),
        ({"DEFAULT_LANG": "ko"}, "feeds/all-ko.atom.xml", "atom"),
        ({"TRANSLATION_FEED_RSS": "%s.rss"}, "de.rss", "languages/de/rss.xml"),
        ({"TRANSLATION_FEED_ATOM": None}, "feeds/all-ko.atom.xml", None),
    ],
)
def test_the_feed_of_a_language_is_ours_of_it(said: dict[str, Any], path: str, ours: str | None) -> None:
    assert pelican(**said).feeds.get(path) == ours


# utils.slugify with Unidecode 1.4; all expected values were made by Pelican
SLUGS = [
    ("Ça marche — l’été à Łódź", "ca-marche-lete-a-lodz"),
    ("R&amp;D <em>now</em>", "rd-now"),
    ("5 < 6 and 7 > 2", "5-2"),
    ("C++ & C#", "c-c"),
    ("한글 제목: 첫째", "hangeul-jemog-ceosjjae"),
    ("東京の夜", "dong-jing-noye"),
    ("つづき しち シチ", "tsuduki-shichi-shichi"),
    ("スーパーマーケット", "su-pa-ma-ketsuto"),
    ("Сети и море, Україна", "seti-i-more-ukrayina"),
    ("Єдність", "iednist"),
    ("乊仩 x", "x"),
    ("Ｗｉｄｅ ①", "wide-1"),
    ("🎉 party", "party"),
    ("-- a -- b --", "-a-b-"),
]


@pytest.mark.parametrize(("title", "slug"), SLUGS)
def test_slugs_are_pelicans(title: str, slug: str) -> None:
    assert slugify(title) == slug


@pytest.mark.parametrize("substitutions", [[("(", "")], [("a", r"\9")]])
def test_substitutions_that_are_no_patterns_are_passed_over(substitutions: list[tuple[str, str]]) -> None:
    assert article(SLUG_REGEX_SUBSTITUTIONS=substitutions).url == "https://ex.org/hello.html"


# What stands in the file counts, and what is put together of it
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A = 'x'", "x"),
        ("A: str = 'x'", "x"),
        ("A = 'x' 'y'", "xy"),
        ("A = 'x' + 'y'", "xy"),
        ("B = 'x'\nA = '%s/y' % B", "x/y"),
        ("A = '%s-%s' % ('x', 7)", "x-7"),
        ("B = 'x'\nA = B + '/' + B", "x/x"),
        ("B = 'x'\nA = f'{B}-{{}}'", "x-{}"),
        ("A = B = 'x'", "x"),
        ("A = 'x'\nA += 'y'", "xy"),
        ("A = [1, 2.5, None, True]", [1, 2.5, None, True]),
        ("A = ('x',) + ('y',)", ("x", "y")),
        ("A = {'x': ['y']}", {"x": ["y"]}),
        ("try:\n    A = 'x'\nexcept ImportError:\n    pass", "x"),
        ("A = 'x'\ndef f():\n    pass", "x"),
    ],
)
def test_a_value_that_stands_in_the_settings_is_known(text: str, value: object) -> None:
    assert config(pelicanconf=text).values["A"] == value


@pytest.mark.parametrize(
    "text",
    [
        "A = open('/etc/passwd').read()",
        "A = __import__('os').environ['HOME']",
        "A = B",
        "A = 'x' + 1",
        "A = 'x' * 3",
        "A = '%d' % 3",
        "A = '%s%s' % 'x'",
        "A = '%99999999s' % 'x'",
        "A = '%s' % B",
        "A = f'{1:>9999999999}'",
        "A = b'x'",
        "A = {[]: 'x'}",
        "A, B = 'x', 'y'",
        "if True:\n    A = 'x'",
        "A = 'x'\nfor A in []:\n    pass",
        "A = 'x'\nA = [each for each in A]",
        "A = 'x' * 10**9",
        "A = 'xxxxxxxxxxxxxxxx'\n" + "A = A + A\n" * 60,
        "A = " + "[" * 80 + "]" * 80,
    ],
)
def test_a_value_that_has_to_be_worked_out_is_not_known(text: str) -> None:
    read = config(pelicanconf=text)

    assert "A" not in read.values
    assert read.unknown["A"][0] == "pelicanconf.py"


@pytest.mark.parametrize(
    ("publishconf", "value"),
    [
        ("from pelicanconf import *", "home"),
        ("from pelicanconf import *\nA = 'published'", "published"),
        ("A = 'published'\nfrom pelicanconf import *", "home"),
        ("from pelicanconf import A", "home"),
        ("import sys\nfrom .pelicanconf import *", "home"),
        ("from pelicanconf import *\nfrom publishconf import *", "home"),
        ("from pelicanconf import *\nfrom elsewhere import *", "home"),
        ("from pelicanconf import B", None),
        ("from pelicanconf import A as B", None),
    ],
)
def test_settings_are_taken_over_from_other_files(publishconf: str, value: str | None) -> None:
    read = config(publishconf=publishconf, pelicanconf="A = 'home'\nfrom publishconf import *")

    assert read.values.get("A") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            "SITEURL = 'https://ex.org'\nif at_home():\n    SITEURL = 'http://localhost:8000'",
            "https://ex.org",
        ),
        ("SITEURL = ''\nif published():\n    SITEURL = 'https://ex.org'", "https://ex.org"),
        ("if at_home():\n    SITEURL = 'http://127.0.0.1'\nelse:\n    SITEURL = '//ex.org'", "//ex.org"),
        ("SITEURL = ''\nif published():\n    SITEURL = address()\n    A = 1", ""),
        ("if published():\n    SITEURL = address()", None),
    ],
)
def test_of_several_addresses_the_one_counts_that_readers_know(text: str, value: str | None) -> None:
    assert config(pelicanconf=text).values.get("SITEURL") == value


def test_what_has_to_be_worked_out_is_told_of_if_it_matters() -> None:
    dialect = open_site(ROOT)

    assert [str(problem) for problem in dialect.problems] == [
        "publishconf.py:15: warning: FEED_MAX_ITEMS has to be worked out, and settings are never run, "
        "so its default counts; write the value itself, or set its like in feedsvc.toml"
    ]


def test_settings_that_are_no_python_are_told_of_and_those_for_home_count() -> None:
    texts = {"publishconf.py": "print 'x'\n", "pelicanconf.py": "SITENAME = 'Home'\n"}

    dialect = PELICAN.open(SiteFiles(names=frozenset(texts), texts=texts))

    assert dialect.settings["site.title"] == "Home"
    (problem,) = dialect.problems
    assert str(problem).startswith(
        "publishconf.py:1: warning: is no Python that can be read (Missing parentheses"
    )
    assert str(problem).endswith(", so no setting in it counts; mend this line")


def test_a_folder_without_settings_may_still_be_called_pelicans() -> None:
    dialect = PELICAN.open(SiteFiles(names=frozenset({"hello.md"})))

    assert (
        understood(dialect, "hello.md", b"Title: Hi\nDate: 2024-05-01\n\nx").url == "https://ex.org/hi.html"
    )


@pytest.mark.parametrize(
    ("prefix", "owned"), [("", True), ("content/", True), ("content/a/", True), ("theme/", False)]
)
def test_a_site_is_pelicans_down_to_its_content(prefix: str, owned: bool) -> None:
    texts = {"pelicanconf.py": "PATH = 'content'"}
    files = SiteFiles(prefix=prefix, names=frozenset({*texts, "content/", "theme/"}), texts=texts)

    assert PELICAN.owns(files) is owned
    assert not PELICAN.owns(SiteFiles(names=frozenset({"content/"})))


def test_what_lies_beside_the_content_is_not_looked_at() -> None:
    files = SiteFiles(
        names=frozenset({"pelicanconf.py", "content/", "output/", "theme/"}), texts={"pelicanconf.py": ""}
    )

    dialect = PELICAN.open(files)

    assert dialect.ignored_folders == {"output", "theme"}
    assert dialect.root_folders == ("content/",)


def test_template_tags_are_pelicans() -> None:
    assert article().article.templating is Templating.PELICAN


def test_a_dialect_can_go_to_another_process() -> None:
    dialect = open_site(ROOT)

    assert pickle.loads(pickle.dumps(dialect)) == dialect


@pytest.mark.parametrize(
    ("settings", "kind", "label", "address"),
    [
        ({}, "category", "Winter Fun", "category/winter-fun.html"),
        ({}, "tag", "겨울 밤", "tag/gyeoul-bam.html"),
        ({"SLUGIFY_USE_UNICODE": True}, "tag", "겨울 밤", "tag/겨울-밤.html"),
        ({"AUTHOR_URL": "who/{slug}/"}, "author", "Ann Lee", "who/ann-lee/"),
    ],
)
def test_a_term_has_a_page(settings: dict[str, Any], kind: str, label: str, address: str) -> None:
    assert pelican(**settings).term_address(kind, label) == address
