"""Hexo sites: which files are articles, where these stand, and that Hexo says the same."""

import json
import pickle
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from feedsvc.articles.dialects import Dialect, SiteFiles
from feedsvc.articles.dialects.hexo import HEXO
from feedsvc.articles.dialects.hexo.slugs import slugize
from feedsvc.articles.disk.sites import open_site
from feedsvc.model import Templating
from tests.support.judged import SITES, Understood, found, truth, understood

ROOT = SITES / "hexo"
TRUTH = truth("hexo")
CONFIG: dict[str, Any] = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
ARTICLES: dict[str, dict[str, Any]] = TRUTH["articles"]


def hexo(prefix: str = "", **changes: Any) -> Dialect:
    """Open a site whose `_config.yml` holds nothing but *changes*."""
    texts = {"_config.yml": json.dumps(changes)}
    return HEXO.open(SiteFiles(prefix=prefix, names=frozenset({"_config.yml", "source/"}), texts=texts))


def read(path: str, *front: str, dialect: Dialect | None = None) -> Understood:
    raw = "\n".join(["---", "title: Hello", *front, "---", "", "Body.", ""]).encode()
    return understood(dialect or hexo(), f"source/_posts/{path}", raw)


def address(permalink: str, path: str = "hello.md", *front: str, **settings: Any) -> str:
    """Return an article's address below https://ex.org."""
    made = read(path, *front, dialect=hexo(permalink=permalink, **settings))
    return "ours" if made.ours else made.url.removeprefix("https://ex.org")


@pytest.mark.parametrize("path", ARTICLES)
def test_an_article_is_what_hexo_made_of_it(path: str) -> None:
    expected = ARTICLES[path]

    made = dict(found(open_site(ROOT), ROOT))[f"source/{path}"]

    assert made.url == expected["link"]
    assert made.id == expected["id"]
    assert made.article.title == expected["title"]
    assert made.moment.timestamp() == _seconds(expected["date"])
    assert list(made.article.categories) == expected["categories"]
    assert list(made.article.tags) == expected["tags"]
    assert made.article.language == expected["lang"]
    assert made.article.hidden is None


def test_nothing_is_public_that_hexo_does_not_show() -> None:
    shown = {path for path, made in found(open_site(ROOT), ROOT) if made.article.hidden is None}

    assert shown == {f"source/{path}" for path in ARTICLES}


@pytest.mark.parametrize("folder", ["", "source", "source/_posts"])
def test_the_articles_folder_may_be_the_site_or_one_of_its_folders(folder: str) -> None:
    dialect = open_site(ROOT / folder)

    urls = {made.url for _, made in found(dialect, ROOT / folder) if made.article.hidden is None}

    assert urls == {article["link"] for article in ARTICLES.values()}


@pytest.mark.parametrize("variant", TRUTH["variants"], ids=lambda variant: json.dumps(variant["settings"]))
def test_with_other_settings_addresses_are_hexos_too(variant: dict[str, Any]) -> None:
    dialect = hexo(**_merged(CONFIG, variant["settings"]))

    made = dict(found(dialect, ROOT))

    expected = {f"source/{path}": link for path, link in variant["links"].items() if link is not None}
    assert {path: made[path].url for path in expected} == expected


def _merged(config: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return *config* with *changes* as the recording merged them: lists are joined."""
    lists = {key: config.get(key, []) + each for key, each in changes.items() if isinstance(each, list)}
    tables = {key: {**config.get(key, {}), **each} for key, each in changes.items() if isinstance(each, dict)}
    return config | changes | lists | tables


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp()


# post_permalink and Permalink of Hexo 8: what stands for each token
@pytest.mark.parametrize(
    ("permalink", "path", "front", "expected"),
    [
        (":title/", "hello.md", [], "/hello/"),
        (":title/", "notes/hello.md", [], "/notes/hello/"),  # the path below _posts
        (":name/", "notes/hello.md", [], "/hello/"),
        ("posts/:abbrlink.html", "hello.md", ["abbrlink: 4a17b156"], "/posts/4a17b156.html"),
        ("posts/:abbrlink.html", "hello.md", [], "ours"),  # a plugin invents it
        (":id.html", "hello.md", ["id: 7"], "/7.html"),
        (":id.html", "hello.md", [], "ours"),  # Hexo's own is known to its database only
        (":my-key/", "hello.md", ["my: one"], "/one-key/"),  # a dash ends a token
        (":my_key/", "hello.md", ["my_key: one"], "/one/"),
        (":category/:title/", "hello.md", ["categories: [a, b]"], "/a/b/hello/"),
        (":category/:title/", "hello.md", ["categories: [[a, b], [c]]"], "/c/hello/"),
        (":category/:title/", "hello.md", ["category: A & B"], "/A-B/hello/"),
        (":category/:title/", "hello.md", [], "/uncategorized/hello/"),
        (":title/", "hello.md", ["slug: other"], "/hello/"),  # Hexo knows no slug of the head
        (":title/", "hello.md", ["url: /other/"], "/hello/"),
        (":title/", "hello.md", ["permalink: other"], "/other"),
        (":title/", "hello.md", ["permalink: /other/page.html"], "/other/page.html"),
        (":year/:title/", "hello.md", ["date: 2024-05-01"], "/2024/hello/"),
        (":i_month/:i_day/", "hello.md", ["date: 2024-05-01"], "/5/1/"),
        (":hour/:title/", "hello.md", [], "ours"),  # an undated article has no hour
    ],
)
def test_a_permalink_is_filled_as_hexo_does(
    permalink: str, path: str, front: list[str], expected: str
) -> None:
    assert address(permalink, path, *front) == expected


@pytest.mark.parametrize(
    ("permalink", "problem"),
    [
        (
            ":abbrlink/",
            "permalink in _config.yml wants ':abbrlink', which the article has not; write it there",
        ),
        (":hour/", "permalink in _config.yml wants ':hour', and the article has no date; write one"),
    ],
)
def test_an_address_that_cannot_be_known_is_told_of(permalink: str, problem: str) -> None:
    made = read("hello.md", dialect=hexo(permalink=permalink))

    assert [str(each) for each in made.reading.problems] == [f"source/_posts/hello.md: warning: {problem}"]


def test_an_undated_article_stands_at_the_day_that_it_is_given() -> None:
    assert address(":year/:month/:day/:title/") == "/2026/05/01/hello/"


def test_the_day_of_an_address_is_the_sites() -> None:
    dialect = hexo(timezone="Asia/Seoul")

    made = read("hello.md", "date: 2024-05-01 23:30:00 -0500", dialect=dialect)

    assert made.url == "https://ex.org/2024/05/02/hello/"


# hexo-front-matter turns timestamps of YAML into local time, and the post's processor into the site's
@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2024-05-07 01:30:00", "2024-05-07T01:30:00+09:00"),
        ("2024-05-07T01:30:00Z", "2024-05-07T01:30:00+09:00"),
        ("2024-05-07T01:30:00.000Z", "2024-05-07T01:30:00+09:00"),
        ("2024-05-07T01:30:00+09:00", "2024-05-06T16:30:00+09:00"),
        ("2024-05-07 01:30:00 -5", "2024-05-07T06:30:00+09:00"),
        ("2024-05-07 01:30:00 +0900", "2024-05-07T01:30:00+09:00"),  # text to YAML, an instant to JavaScript
        ("2024-99-07T01:30:00Z", None),
        ("0001-01-01T00:00:00+09:00", None),
    ],
)
def test_a_timestamp_with_a_zone_is_read_by_its_utc_clock(written: str, moment: str | None) -> None:
    """What Hexo itself makes of them on a machine in Seoul; but it takes any number for a day."""
    article = read("hello.md", f"date: {written}", dialect=hexo(timezone="Asia/Seoul")).article

    assert (article.dates.published and article.dates.published.isoformat()) == moment


@pytest.mark.parametrize(
    ("written", "moment"),
    [  # as Hexo 8 reads them, in Seoul
        ("1715042400500", "2024-05-07T00:40:00+00:00"),
        ("Tue May 07 2024 10:00:00 GMT+0900", "2024-05-07T01:00:00+00:00"),
        ("Tue May 07 2024 10:00:00 GMT+0900 (Korean Standard Time)", "2024-05-07T01:00:00+00:00"),
    ],
)
def test_a_date_may_be_javascripts(written: str, moment: str) -> None:
    made = read("hello.md", f"date: {written}", dialect=hexo(timezone="Asia/Seoul"))

    assert made.moment == datetime.fromisoformat(moment)


@pytest.mark.parametrize(
    ("front", "settings", "expected"),
    [  # as url_for of hexo-util makes of them what themes hand it
        ("cover: img/bay.jpg", {}, "/img/bay.jpg"),
        ("cover: ./img/bay.jpg", {}, "/img/bay.jpg"),
        ("index_img: ../img/bay.jpg", {}, "/img/bay.jpg"),
        ("cover: /img/bay.jpg", {"root": "/blog/"}, "/blog/img/bay.jpg"),
        ("cover: /blog/img/bay.jpg", {"root": "/blog/"}, "/blog/img/bay.jpg"),
        ("cover: https://cdn.ex.org/bay.jpg", {}, "https://cdn.ex.org/bay.jpg"),
        ("cover: //cdn.ex.org/bay.jpg", {}, "//cdn.ex.org/bay.jpg"),
        ("cover: bay.jpg", {"post_asset_folder": True}, "bay.jpg"),
        ("cover: true\nimg: /img/bay.jpg\ncoverImg: /img/other.jpg", {}, "/img/bay.jpg"),
    ],
)
def test_a_picture_stands_below_the_root_of_the_site(
    front: str, settings: dict[str, Any], expected: str
) -> None:
    assert read("hello.md", front, dialect=hexo(**settings)).lead_image == expected


@pytest.mark.parametrize(
    ("package", "settings", "front", "hidden"),
    [
        ("hexo-hide-posts", {}, "hidden: true", "hidden"),
        ("hexo-hide-posts", {}, "hidden: false", None),
        ("hexo-hide-posts", {"hide_posts": {"filter": "sage"}}, "sage: true", "hidden"),
        ("hexo-hide-posts", {"hide_posts": {"public_generators": ["feed"]}}, "hidden: true", None),
        ("hexo-hide-posts", {"hide_posts": {"enable": False}}, "hidden: true", None),
        ("hexo", {}, "hidden: true", None),
    ],
)
def test_the_plugin_that_hides_articles_keeps_them_out_of_feeds(
    package: str, settings: dict[str, Any], front: str, hidden: str | None
) -> None:
    texts = {"_config.yml": json.dumps(settings), "package.json": f'{{"dependencies": {{"{package}": "1"}}}}'}
    dialect = HEXO.open(SiteFiles(names=frozenset({"_config.yml", "source/"}), texts=texts))

    assert read("hello.md", front, dialect=dialect).article.hidden == hidden


@pytest.mark.parametrize(
    ("front", "expected"),
    [("id: 42", None), ("uuid: 1b4e28ba-2fa1-11d2-883f-0016d3cca427", None), ("guid: g", "g")],
)
def test_what_feeds_do_not_know_is_no_id(front: str, expected: str | None) -> None:
    assert read("hello.md", front).article.id == expected


def test_a_date_in_quotes_is_an_instant() -> None:
    assert hexo().interpret_date("2024-05-07T01:30:00Z", quoted=True) == "2024-05-07T01:30:00Z"


# split and parse of hexo-front-matter
@pytest.mark.parametrize(
    ("text", "body", "line"),
    [
        ("title: T\ntags: [a]\n---\n\nBody.\n", "\nBody.\n", 4),
        ("title: T\ntags:\n- a\n----\nBody.\n", "Body.\n", 5),
        ('"title": "T",\n"tags": ["a"]\n;;;\nBody.\n', "Body.\n", 4),
        (';;;\n"title": "T",\n"tags": ["a"]\n;;;\nBody.\n', "Body.\n", 5),
        ("---\ntitle: T\ntags: [a]\n---\nBody.\n", "Body.\n", 5),
    ],
)
def test_a_head_may_do_without_a_first_fence(text: str, body: str, line: int) -> None:
    made = understood(hexo(), "source/_posts/a.md", text.encode())

    assert (made.article.title, made.article.tags, made.article.body) == ("T", ("a",), body)
    assert made.article.body_line == line
    assert made.reading.problems == ()


def test_lines_of_a_head_without_a_first_fence_are_the_files() -> None:
    made = understood(hexo(), "source/_posts/a.md", b"title: T\ndate: soon\n---\nBody.\n")

    assert [problem.line for problem in made.reading.problems] == [2]


@pytest.mark.parametrize(
    "text", ["Note: this is prose.\n\n---\n\nMore.\n", "Heading\n---\nText.\n", "Text: a\n"]
)
def test_prose_above_a_rule_is_no_head(text: str) -> None:
    assert understood(hexo(), "source/_posts/a.md", text.encode()).article.body == text


# parseFilename in lib/plugins/processor/post
@pytest.mark.parametrize(
    ("rule", "path", "date", "address"),
    [
        (":title.md", "2024-03-05-hello.md", None, "/2024-03-05-hello/"),
        (":year-:month-:day-:title.md", "2024-03-05-hello.md", "2024-03-05", "/hello/"),
        (":year-:month-:day-:title.md", "2024-3-5-hello.md", None, "/2024-3-5-hello/"),
        (":year-:i_month-:i_day-:title.md", "2024-3-5-hello.md", "2024-03-05", "/hello/"),
        (":year/:title.md", "2024/hello.md", None, "/hello/"),  # a year alone is no date
        (":year/:month-:day.md", "2024/03-05.md", "2024-03-05", "/2024-03-05/"),
        (":lang/:title.md", "ko/hello.md", None, "/hello/"),
        (":title.md", "Straße & Käse.md", None, "/Straße%20&%20Käse/"),
    ],
)
def test_new_post_name_tells_what_a_name_holds(rule: str, path: str, date: str | None, address: str) -> None:
    made = read(path, dialect=hexo(new_post_name=rule, permalink=":title/"))

    assert made.url == f"https://ex.org{quote(address, safe='/%&')}"
    published = made.article.dates.published
    assert (published and f"{published:%Y-%m-%d}") == date


def test_a_language_in_the_name_is_the_articles() -> None:
    assert read("ja/hello.md", dialect=hexo(new_post_name=":lang/:title.md")).article.language == "ja"


def test_in_an_address_what_the_name_says_goes_before_the_head() -> None:
    rule = {"new_post_name": ":lang/:title.md"}

    assert address(":lang/:title/", "ja/hello.md", "lang: ko", **rule) == "/ja/hello/"


# setCategories and setTags in lib/models/post
@pytest.mark.parametrize(
    ("front", "categories", "tags"),
    [
        (["tags: one two"], [], ["one two"]),
        (["tags: one, two"], [], ["one, two"]),
        (["tags: [one, two, one, '']"], [], ["one", "two"]),
        (["tag: one"], [], ["one"]),
        (["tags: one", "keywords: two"], [], ["one"]),
        (["tag: one", "tags: two"], [], ["two"]),
        (["category: one", "categories:"], ["one"], []),
        (["categories: [a, [b, c]]"], ["a", "b", "c"], []),
        (["categories: [[a, b], [a, c]]"], ["a", "b", "c"], []),
    ],
)
def test_labels_are_read_as_hexo_does(front: list[str], categories: list[str], tags: list[str]) -> None:
    article = read("hello.md", *front).article

    assert list(article.categories) == categories
    assert list(article.tags) == tags


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        ("source/about/index.md", {}),
        ("source/_posts/_part.md", {}),
        ("source/_posts/.hidden/a.md", {}),
        ("source/_posts/a.md~", {}),
        ("source/_data/links.md", {}),
        ("themes/next/README.md", {}),
        ("README.md", {}),
        ("source/_posts/raw/a.md", {"skip_render": "_posts/raw/**"}),
        ("source/_posts/raw/a.md", {"skip_render": "**/raw/*"}),
        ("source/_posts/a.html", {"skip_render": ["_posts/*.html"]}),
        ("source/_posts/a.md", {"ignore": ["source/_posts/a.md"]}),
        ("source/_posts/a/demo.html", {"post_asset_folder": True}),
    ],
)
def test_what_hexo_does_not_take_for_an_article_is_none(path: str, settings: dict[str, Any]) -> None:
    assert hexo(**settings).why_not_an_article(path) is not None


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        ("source/_posts/a.md", {}),
        ("source/_posts/deep/a.html", {"skip_render": "_posts/*.html"}),  # a star does not cross a slash
        ("source/_posts/a.html", {"skip_render": "*.html"}),
        ("source/_posts/a.md", {"skip_render": "!"}),  # no pattern
        ("source/_drafts/a.md", {}),
        ("src/_posts/a.md", {"source_dir": "src"}),
    ],
)
def test_what_hexo_takes_for_an_article_is_one(path: str, settings: dict[str, Any]) -> None:
    assert hexo(**settings).why_not_an_article(path) is None


@pytest.mark.parametrize(("render_drafts", "hidden"), [(False, "draft"), (True, None)])
def test_a_draft_is_hidden_unless_the_site_shows_its_drafts(render_drafts: bool, hidden: str | None) -> None:
    assert hexo(render_drafts=render_drafts).why_hidden("source/_drafts/a.md", {}) == hidden


@pytest.mark.parametrize(
    ("front", "summary"),
    [
        (["excerpt: c", "description: a", "intro: b"], "a"),
        (["excerpt: c", "intro: b"], "b"),
        (["excerpt: c"], "c"),
    ],
)
def test_a_summary_is_the_one_in_hexos_feed(front: list[str], summary: str) -> None:
    """The order is that of atom.xml in hexo-generator-feed."""
    assert read("hello.md", *front).article.summary == summary


@pytest.mark.parametrize(
    ("text", "case", "slug"),
    [
        ("Café crème: a note", "0", "Cafe-creme-a-note"),
        ("  --a__b~~c  ", "0", "a-b-c"),
        ("Straße Øst Łódź Æther", "1", "strase-ost-lodz-aether"),
        ("한글 제목", "2", "한글-제목"),
        ("Ｗｉｄｅ Ⓐ", "0", "Wide-A"),
        ("が ガ", "0", "が-ガ"),  # a mark on a kana makes another kana
        ("!?", "0", ""),
    ],
)
def test_slugs_are_hexo_utils(text: str, case: str, slug: str) -> None:
    """All expected values were made by hexo-util 4."""
    assert slugize(text, case) == slug


@pytest.mark.parametrize(
    ("said", "setting", "value"),
    [
        ({"title": "T"}, "site.title", "T"),
        ({"description": "D", "subtitle": "S"}, "site.description", "D"),
        ({"subtitle": "S"}, "site.description", "S"),
        ({"url": "https://ex.org/blog/"}, "site.url", "https://ex.org/blog"),
        ({"language": ["ko", "en"]}, "site.language", "ko"),
        ({"timezone": "Asia/Seoul"}, "site.timezone", "Asia/Seoul"),
        ({"author": "A", "email": "a@ex.org"}, "site.authors", [{"name": "A", "email": "a@ex.org"}]),
        ({"feed": {"limit": 7}}, "feeds.limit", 7),
        ({"feed": {"limit": 0}}, "feeds.limit", None),  # Hexo: all of them
        ({"feed": {"content": False}}, "feeds.content", "excerpt"),
        ({}, "site.url", None),
    ],
)
def test_the_sites_settings_are_read(said: dict[str, Any], setting: str, value: object) -> None:
    assert hexo(**said).settings.get(setting) == value


# index.js of hexo-generator-feed
@pytest.mark.parametrize(
    ("feed", "feeds"),
    [
        ({}, {"atom.xml": "atom"}),
        ({"type": "rss2"}, {"rss2.xml": "rss"}),
        ({"type": "rss2", "path": "/feed.xml"}, {"feed.xml": "rss"}),
        ({"type": ["rss2", "atom"], "path": ["a.xml", "b.xml"]}, {"a.xml": "atom", "b.xml": "rss"}),
        ({"type": ["atom", "rss2"], "path": "a.xml"}, {"atom.xml": "atom", "rss2.xml": "rss"}),
        ({"type": "json"}, {"atom.xml": "atom"}),
    ],
)
def test_the_feeds_of_the_site_are_known(feed: dict[str, Any], feeds: dict[str, str]) -> None:
    assert hexo(feed=feed).feeds == feeds


def test_without_the_plugin_a_site_has_no_feeds() -> None:
    assert hexo().feeds == {}


@pytest.mark.parametrize(
    ("files", "owned"),
    [
        ({"_config.yml": "title: T\nnew_post_name: ':title.md'\n"}, True),
        ({"_config.yml": "title: T\n", "package.json": '{"dependencies": {"hexo": "^8"}}'}, True),
        ({"_config.yml": "title: T\n", "package.json": '{"hexo": {"version": ""}}'}, True),
        ({"_config.yml": "title: T\nplugins: [jekyll-feed]\n"}, False),
        ({"_config.yml": "title: T\n", "package.json": "{"}, False),
        ({}, False),
    ],
)
def test_a_site_is_hexos_or_is_not(files: dict[str, str], owned: bool) -> None:
    assert HEXO.owns(SiteFiles(names=frozenset({*files, "source/"}), texts=files)) is owned


def test_a_folder_beside_the_sources_is_no_part_of_the_site() -> None:
    texts = {"_config.yml": "new_post_name: a"}

    assert not HEXO.owns(SiteFiles(prefix="notes/", names=frozenset({"source/", *texts}), texts=texts))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a\n- b\n", "_config.yml: warning: is no list of 'key: value', so nothing in it is read; mend it"),
        (
            "title: [a\nurl: https://ex.org\n",
            "_config.yml:1: warning: this is no valid YAML: a list in brackets is never closed; "
            "until that is mended, it is read line by line",
        ),
    ],
)
def test_a_configuration_that_cannot_be_read_is_told_of(text: str, problem: str) -> None:
    dialect = HEXO.open(SiteFiles(names=frozenset({"_config.yml"}), texts={"_config.yml": text}))

    assert [str(each) for each in dialect.problems] == [problem]


def test_a_folder_without_configuration_may_still_be_called_hexos() -> None:
    dialect = HEXO.open(SiteFiles(names=frozenset({"hello.md"})))

    assert dialect.why_not_an_article("hello.md") is None
    assert understood(dialect, "hello.md", b"---\ntitle: Hi\ndate: 2024-05-01\n---\nx").url == (
        "https://ex.org/2024/05/01/hello/"
    )


def test_an_asset_folder_stands_at_its_articles_address() -> None:
    article = read("hello.md").article

    assert hexo(post_asset_folder=True).asset_folders(article) == ("source/_posts/hello",)
    assert hexo().asset_folders(article) == ()


def test_what_lies_beside_the_sources_is_not_looked_at() -> None:
    names = frozenset({"_config.yml", "source/", "public/", "themes/"})

    dialect = HEXO.open(SiteFiles(names=names, texts={"_config.yml": "title: T"}))

    assert dialect.ignored_folders == {"public", "themes"}
    assert dialect.root_folders == ("source/",)


def test_template_tags_are_hexos() -> None:
    assert read("hello.md").article.templating is Templating.HEXO


def test_a_dialect_can_go_to_another_process() -> None:
    dialect = open_site(ROOT)

    assert pickle.loads(pickle.dumps(dialect)) == dialect


@pytest.mark.parametrize(
    ("settings", "root"),
    [
        ({}, ""),
        ({"root": "/sub/"}, "/sub"),
        ({"root": "/sub/", "url": "https://ex.org"}, "/sub"),
        ({"root": None, "url": "https://ex.org/집"}, "/집"),
        ({"root": "/sub/", "relative_link": True}, None),
        ({"root": "/sub/", "marked": {"prependRoot": False}}, None),
    ],
)
def test_the_pictures_of_a_body_stand_below_the_root(settings: dict[str, Any], root: str | None) -> None:
    """As hexo-renderer-marked has it, which looks at no other references."""
    assert read("hello.md", dialect=hexo(**settings)).article.image_base == root
