"""Jekyll sites: which files are articles, where these stand, and that Jekyll says the same.

The truth beside the sample site was recorded with Jekyll 4.3.1 and jekyll-feed
0.17.0: a hook at `:site, :post_write` wrote address, title, date, categories
and tags of every document that has a page; the entries of `feed.xml` and
`feed/recipes.xml` with those addresses gave the rest. "styles" are the
addresses when the same site is built with other permalinks. What the tables
below expect of odd names and settings was made by the same Jekyll, too.
"""

import json
import pickle
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from feedsvc.articles.dialects import Dialect, SiteFiles
from feedsvc.articles.dialects.jekyll import JEKYLL
from feedsvc.articles.dialects.jekyll.url import slugify, slugify_pretty
from feedsvc.articles.disk.scan import ScanRules, scan
from feedsvc.articles.disk.sites import open_site
from feedsvc.model import Templating
from tests.support.judged import SITES, Understood, found, truth, understood
from tests.support.listed import listed

ROOT = SITES / "jekyll"
TRUTH = truth("jekyll")
ARTICLES: dict[str, dict[str, Any]] = TRUTH["articles"]
FOLDERS = frozenset({"_config.yml", "_posts/"})


def jekyll(prefix: str = "", *, names: frozenset[str] = FOLDERS, **settings: Any) -> Dialect:
    """Open a site whose `_config.yml` holds nothing but *settings*."""
    texts = {"_config.yml": json.dumps(settings, ensure_ascii=False)}
    return JEKYLL.open(SiteFiles(prefix=prefix, names=names, texts=texts))


def read(path: str, *front: str, dialect: Dialect | None = None) -> Understood:
    raw = "\n".join(["---", "title: Hello", *front, "---", "", "Body.", ""]).encode()
    return understood(dialect or jekyll(), path, raw)


def address(path: str, *front: str, **settings: Any) -> str:
    """Return an article's address below https://ex.org."""
    made = read(path, *front, dialect=jekyll(**settings))
    return "ours" if made.ours else made.url.removeprefix("https://ex.org")


@pytest.mark.parametrize("path", ARTICLES)
def test_an_article_is_what_jekyll_made_of_it(path: str) -> None:
    expected = ARTICLES[path]

    made = dict(found(open_site(ROOT), ROOT))[path]

    assert made.url == expected["url"]
    assert made.id == expected["id"]
    assert made.article.title == expected["title"]
    assert made.moment == datetime.fromisoformat(expected["published"])
    assert (made.article.dates.updated or made.moment) == datetime.fromisoformat(expected["updated"])
    assert [author.name for author in made.article.authors] == [expected["author"]]
    assert list(made.article.categories) == expected["categories"]
    assert list(made.article.tags) == expected["tags"]
    assert made.article.hidden is None


def test_nothing_is_public_that_jekyll_does_not_show() -> None:
    shown = {path for path, made in found(open_site(ROOT), ROOT) if made.article.hidden is None}

    assert shown - set(ARTICLES) == {"_posts/2099-01-01-lighthouse.md"}  # that is hidden by its date


def test_a_listed_picture_is_the_one_in_jekylls_feed(tmp_path: Path) -> None:
    """Paths in a head are below the site's address, not below the host."""
    lines = listed("jekyll", tmp_path).splitlines()
    images = {row["path"]: row["image"] for row in map(json.loads, lines)}

    assert {path: images[path] for path in ARTICLES} == {
        path: each["image"] for path, each in ARTICLES.items()
    }


@pytest.mark.parametrize("folder", ["_posts", "_recipes", "market/_posts", "_drafts"])
def test_the_articles_folder_may_be_one_of_the_sites_folders(folder: str) -> None:
    dialect = open_site(ROOT / folder)

    made = {f"{folder}/{path}": each.url for path, each in found(dialect, ROOT / folder)}

    whole = {path: each.url for path, each in found(open_site(ROOT), ROOT)}
    assert made == {path: url for path, url in whole.items() if path.startswith(f"{folder}/")}
    assert made


def test_a_folder_that_holds_no_documents_is_no_part_of_the_site() -> None:
    """Repositories have a `_config.yml` for GitHub's sake, and folders of articles of their own."""
    assert not JEKYLL.owns(SiteFiles(prefix="notes/", names=FOLDERS, texts={"_config.yml": "theme: x"}))


@pytest.mark.parametrize("style", TRUTH["styles"])
def test_with_another_permalink_addresses_are_jekylls_too(style: str) -> None:
    text = (ROOT / "_config.yml").read_text(encoding="utf-8")
    changed = text.replace("permalink: pretty", f"permalink: {json.dumps(style)}")
    dialect = JEKYLL.open(SiteFiles(names=FOLDERS, texts={"_config.yml": changed}))

    made = dict(found(dialect, ROOT))

    expected: dict[str, str] = TRUTH["styles"][style]
    site = "https://harbour.example/notes"
    assert {path: made[path].url for path in expected} == {path: site + url for path, url in expected.items()}


# url.rb, drops/url_drop.rb and document.rb
@pytest.mark.parametrize(
    ("path", "front", "url", "entry"),
    [
        ("2024-05-01-hash #1 + 100% [x].MD", [], "/hash-1-+-100-x/", "/hash%20%231%20+%20100%25%20%5Bx%5D"),
        ("2024-05-02-dots..and...more..md", [], "/dots/and/.more/", "/dots/and/dots..and...more"),
        ("24-5-4-short.md", [], "/short/", "/short"),
        ("2024-05-06-ext.md", ["permalink: /a/b/index.html"], "/a/b/index.html", "/a/b/ext"),
        ("2024-05-10-perm.md", ["permalink: pretty"], "/pretty", "/perm"),  # no style in a head
        ("2024-05-11-no.md", ["permalink: "], "/no/", "/no"),
        (
            "2024-05-16-dot.in.name.html",
            ["permalink: '/:title:output_ext'"],
            "/dot.in.name.html",
            "/dot.in.name",
        ),
        ("2024-05-16-page.md", ["permalink: '/x/:title:output_ext'"], "/x/page.html", "/x/page"),
        ("2024-05-17-noslash.html", ["permalink: no/slash.html"], "/no/slash.html", "/no/noslash"),
        ("2024-05-18-emoji😀 café.md", [], "/emoji-caf%C3%A9/", "/emoji%F0%9F%98%80%20caf%C3%A9"),
        ("2024-05-19-cafe\u0301.md", [], "/caf%C3%A9/", "/caf%C3%A9"),
        ("2024-05-20-under_score & amp.md", [], "/under_score-&-amp/", "/under_score%20&%20amp"),
        ("2024-05-21-UPPER.md", ["permalink: '/:slug/:name/'"], "/upper/2024-05-21-upper/", "/upper/UPPER"),
        ("2024-05-22-a.md", ["slug: '2638'"], "/2638/", "/2638"),
        ("2024-05-22-a.md", ["slug: Two words"], "/Two-words/", "/Two%20words"),
        ("2024-05-22-a.md", ["permalink: /../../etc/passwd"], "/etc/passwd", "/etc/a"),
        ("2024-05-22-a.md", ["permalink: '/what?/#x/'"], "/what%3F/%23x/", "/what%3F/a"),
        ("2024-05-22-a.md", ["permalink: /%EB%B4%84/"], "/%EB%B4%84/", "/a"),
        ("2024-05-22-a.md", ["permalink: '/12:30/:unknown/'"], "/12:30/:unknown/", "/12:30/a"),
        ("2024-05-22-a.md", ["url: /other/"], "/a/", "/a"),
    ],
)
def test_a_post_stands_where_jekyll_puts_it(path: str, front: list[str], url: str, entry: str) -> None:
    made = read(f"_posts/{path}", *front, dialect=jekyll(permalink="/:title/"))

    assert made.url == f"https://ex.org{url}"
    assert made.id == f"https://ex.org{entry}"


# filters/url_filters.rb, `absolute_url`, and the library it hands addresses to
@pytest.mark.parametrize(
    ("path", "settings", "url", "entry"),
    [
        ("_posts/2024-05-01-a.md", {"url": "https://Ex.ORG"}, "https://ex.org/a/", "https://ex.org/a"),
        ("_posts/2024-05-01-a.md", {"url": "https://ex.org/"}, "https://ex.org/a/", "https://ex.org//a"),
        (
            "밭/_posts/2024-05-01-a b.md",
            {"url": "https://ex.org/", "baseurl": "/n/", "permalink": "/:categories/:title/"},
            "https://ex.org/n/%EB%B0%AD/a-b/",
            "https://ex.org//n/%EB%B0%AD/a%20b",
        ),
        ("_posts/2024-05-01-c#-4.md", {}, "https://ex.org/c-4/", "https://ex.org/c#-4"),
        (
            "C#/_posts/2024-05-01-c#-5.md",
            {"permalink": "/:categories/:title/"},
            "https://ex.org/c%23/c-5/",
            "https://ex.org/c%23/c#-5",
        ),
        ("_posts/2024-05-01-why?.md", {}, "https://ex.org/why/", "https://ex.org/why"),
        ("_posts/2024-05-01-%eb%b0%ad.md", {}, "https://ex.org/eb-b0-ad/", "https://ex.org/%EB%B0%AD"),
        (
            "_posts/2024-05-01-１부.md",
            {},
            "https://ex.org/%EF%BC%91%EB%B6%80/",
            "https://ex.org/1%EB%B6%80",
        ),
    ],
)
def test_an_id_is_written_as_jekylls_feed_writes_it(
    path: str, settings: dict[str, Any], url: str, entry: str
) -> None:
    """Links are plain all the same: a doubled slash is no other page, and full width is part of a name."""
    dialect = jekyll(**{"url": "https://ex.org", "permalink": "/:title/", **settings})

    made = read(path, dialect=dialect)

    assert (made.url, made.id) == (url, entry)


def test_an_absolute_permalink_is_the_address_and_no_id() -> None:
    made = read("_posts/2024-05-01-a.md", "permalink: https://other.example/x/")

    assert (made.url, made.id) == ("https://other.example/x/", None)


# configuration.rb and utils.rb, `add_permalink_suffix`
@pytest.mark.parametrize(
    ("permalink", "post", "recipe"),
    [
        (None, "/2024/05/01/a.html", "/recipes/sub/b.html"),
        ("date", "/2024/05/01/a.html", "/recipes/sub/b.html"),
        ("pretty", "/2024/05/01/a/", "/recipes/sub/b/"),
        ("ordinal", "/2024/122/a.html", "/recipes/sub/b.html"),
        ("weekdate", "/2024/W18/Wed/a.html", "/recipes/sub/b"),
        ("none", "/a.html", "/recipes/sub/b.html"),
        ("/x/:title/", "/x/a/", "/recipes/sub/b/"),
        ("/x/:title", "/x/a", "/recipes/sub/b"),
        ("/x/:title:output_ext", "/x/a.html", "/recipes/sub/b.html"),
    ],
)
def test_a_permalink_of_the_site_tells_how_collections_end_too(
    permalink: str | None, post: str, recipe: str
) -> None:
    settings = {"collections": {"recipes": {"output": True}}, "permalink": permalink}

    assert address("_posts/2024-05-01-a.md", **settings) == post
    assert address("_recipes/sub/b.md", **settings) == recipe


def test_posts_may_have_a_permalink_of_their_own() -> None:
    collections = {"posts": {"permalink": "/p/:title"}}

    assert address("_posts/2024-05-01-a.md", permalink="pretty", collections=collections) == "/p/a"


def test_an_undated_document_stands_at_the_day_that_it_is_given() -> None:
    collections = {"notes": {"output": True, "permalink": "/:year/:month/:day/:title"}}

    assert address("_notes/a.md", collections=collections) == "/2026/05/01/a"


def test_an_address_that_wants_more_of_a_date_is_told_of() -> None:
    collections = {"notes": {"output": True, "permalink": "/:hour/:title"}}

    made = read("_notes/a.md", dialect=jekyll(collections=collections))

    assert made.ours
    assert [str(each) for each in made.reading.problems] == [
        "_notes/a.md: warning: permalink in _config.yml wants ':hour', and the article has no date; write one"
    ]


# document.rb, `merge_date!`, and Psych's scalar_scanner.rb; on a machine in Seoul
@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("2024-05-01", "2024-05-01T00:00:00+09:00"),
        ("2024-05-01 23:30", "2024-05-01T23:30:00+09:00"),
        ("2024-05-01 23:30:00", "2024-05-02T08:30:00+09:00"),  # to YAML a timestamp, and so in UTC
        ("2024-05-01T23:30:00", "2024-05-02T08:30:00+09:00"),
        ("'2024-05-01 23:30:00'", "2024-05-01T23:30:00+09:00"),
        ("2024-05-01 23:30:00 +0900", "2024-05-01T23:30:00+09:00"),
        ("2024-05-01T23:30:00-05:00", "2024-05-02T13:30:00+09:00"),
        ("2024-05-01 23:30:00 EST", "2024-05-02T13:30:00+09:00"),
        ("2024-05-01 23:30:00 CET", "2024-05-01T23:30:00+09:00"),  # Ruby knows few zones by their names
    ],
)
def test_a_date_is_the_instant_that_ruby_reads(date: str, moment: str) -> None:
    """The day of the address is the site's."""
    dialect = jekyll(timezone="Asia/Seoul", permalink="/:year-:month-:day/")

    made = read("_posts/2024-01-01-a.md", f"date: {date}", dialect=dialect)

    assert made.moment.isoformat() == moment
    assert made.url == f"https://ex.org/{moment[:10]}/"


# utils.rb, `slugify`: the examples of its documentation, and others
@pytest.mark.parametrize(
    ("text", "default", "pretty"),
    [
        ("The _config.yml file", "the-config-yml-file", "The-_config.yml-file"),
        ("한글 제목!", "한글-제목", "한글-제목!"),
        ("fullwidth①ＡＢ", "fullwidth-ａｂ", "fullwidth-ＡＢ"),
        ("--a--b--", "a-b", "a-b"),
        ("!?", "", "!"),
    ],
)
def test_slugs_are_jekylls(text: str, default: str, pretty: str) -> None:
    assert slugify(text) == default
    assert slugify_pretty(text) == pretty


# document.rb, `populate_categories`; utils.rb, `pluralized_array_from_hash`
@pytest.mark.parametrize(
    ("path", "front", "categories", "tags", "above"),
    [
        ("", ["category: Machine Learning"], ["Machine Learning"], [], "machine%20learning/"),
        ("", ["categories: a B"], ["a", "B"], [], "a/b/"),
        ("", ["categories: [A B, C/D, 2024, A B]"], ["A B", "C/D", "2024"], [], "a%20b/c/d/2024/"),
        ("", ["category: a", "categories: [b, A]"], ["b", "A", "a"], [], "b/a/"),
        ("", ["category: [a, b]"], ["a", "b"], [], "a/b/"),
        ("", ["categories: c, d"], ["c", "d"], [], "c,/d/"),  # Jekyll takes commas for letters
        ("", ["categories: "], [], [], ""),
        ("", ["categories: ''"], [], [], ""),
        (
            "Big Cat/",
            ["category: 스포츠"],
            ["Big Cat", "스포츠"],
            [],
            "big%20cat/%EC%8A%A4%ED%8F%AC%EC%B8%A0/",
        ),
        ("a/b/", [], ["a", "b"], [], "a/b/"),
        ("", ["tags: one two"], [], ["one", "two"], ""),
        ("", ["tags: [one two, three]"], [], ["one two", "three"], ""),
        ("", ["tag: one two"], [], ["one two"], ""),
        ("", ["tag: one", "tags: two"], [], ["one"], ""),
        ("", ["tags: news, Korea ,, news"], [], ["news", "Korea"], ""),
        ("", ["keywords: [one]", "topics: two"], [], [], ""),
    ],
)
def test_labels_are_jekylls(
    path: str, front: list[str], categories: list[str], tags: list[str], above: str
) -> None:
    made = read(f"{path}_posts/2024-05-01-x.md", *front, dialect=jekyll(permalink="/:categories/:title"))

    assert list(made.article.categories) == categories
    assert list(made.article.tags) == tags
    assert made.url == f"https://ex.org/{above}x"


def test_categories_of_defaults_are_joined_with_those_of_the_article() -> None:
    defaults = [{"scope": {"path": "", "type": "posts"}, "values": {"categories": "site", "tags": ["a"]}}]

    made = read("x/_posts/2024-05-01-a.md", "categories: [own]", "tags: b", dialect=jekyll(defaults=defaults))

    assert made.article.categories == ("x", "site", "own")
    assert made.article.tags == ("b",)


# frontmatter_defaults.rb
DEFAULTS: list[dict[str, Any]] = [
    {"scope": {"path": ""}, "values": {"a": "all", "b": "all", "c": "all", "t": {"x": "1", "y": "1"}}},
    {"scope": {"path": "", "type": "posts"}, "values": {"b": "posts"}},
    {"scope": {"path": "_posts/2023"}, "values": {"c": "2023", "b": "2023", "t": {"y": "2"}}},
    {"scope": {"path": "_posts", "type": "posts"}, "values": {"c": "posts"}},
    {"scope": {"path": "*/_posts"}, "values": {"g": "star"}},
    {"scope": {"path": "**/News/_posts"}, "values": {"g": "stars"}},
    {"scope": {"path": "_posts/*.html"}, "values": {"g": "html"}},
    {"scope": {"path": "/_posts"}, "values": {"s": "slash"}},
    {"scope": {"path": "_posts/2"}, "values": {"p": "prefix"}},
    {"scope": {"path": "", "type": "recipe"}, "values": {"r": "singular"}},
    {"scope": {"path": "", "type": "post"}, "values": {"r": "old"}},
    {"values": "none"},
]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("_posts/2024-01-01-a.md", "a=all b=posts c=posts t.x=1 t.y=1 p=prefix r=old"),
        ("_posts/2024-01-01-a.html", "a=all b=posts c=posts t.x=1 t.y=1 p=prefix r=old g=html"),
        ("_posts/2023/2023-01-01-b.md", "a=all b=2023 c=2023 t.x=1 t.y=2 p=prefix r=old"),
        ("market/_posts/2024-01-01-d.md", "a=all b=posts c=all t.x=1 t.y=1 g=star r=old"),
        ("market/News/_posts/2024-01-01-e.md", "a=all b=posts c=all t.x=1 t.y=1 g=stars r=old"),
        ("deep/x/_posts/2024-01-01-n.md", "a=all b=posts c=all t.x=1 t.y=1 r=old"),
        ("_recipes/a.md", "a=all b=all c=all t.x=1 t.y=1"),
        ("_drafts/a.md", "a=all b=posts c=all t.x=1 t.y=1 r=old"),
        ("about.md", ""),
    ],
)
def test_the_longest_scope_of_defaults_wins(path: str, expected: str) -> None:
    values = jekyll(defaults=DEFAULTS, collections={"recipes": {"output": True}}).front_matter_defaults(path)

    table = values.get("t")
    flat = [f"t.{key}={value}" for key, value in table.items()] if isinstance(table, dict) else []
    flat += [f"{key}={value}" for key, value in values.items() if key != "t"]
    assert sorted(flat) == sorted(expected.split())


def test_an_empty_value_does_not_outweigh_a_default() -> None:
    defaults = [{"scope": {"path": ""}, "values": {"author": "site", "permalink": "/d/:title/"}}]

    made = read("_posts/2024-05-01-a.md", "author:", "permalink:", dialect=jekyll(defaults=defaults))

    assert [author.name for author in made.article.authors] == ["site"]
    assert made.url == "https://ex.org/d/a/"


SETTINGS: dict[str, Any] = {
    "include": ["_kept"],
    "exclude": ["attic", "*.old.md", "_posts/raw", "/rooted", "deep/*/skip.md"],
    "collections": {"recipes": {"output": True}, "people": {}},
}


# entry_filter.rb, readers/post_reader.rb and collection.rb
@pytest.mark.parametrize(
    "path",
    [
        "about.md",
        "_posts/2024-01-01.md",
        "_posts/20240101-x.md",
        "_posts/thoughts.md",
        "_posts/_2024-01-01-s.md",
        "_posts/_sub/2024-01-01-t.md",
        "_posts/#2024-01-01-v.md",
        "_posts/2024-01-01-h.old.md",
        "_posts/raw/2024-01-01-j.md",
        "_posts/rawer/2024-01-01-k.md",  # what begins like it is excluded, too
        "attic/_posts/2024-01-01-f.md",
        "attics/_posts/2024-01-01-g.md",
        "rooted/_posts/2024-01-01-l.md",
        "deep/x/skip.md",
        "_lost/_posts/2024-01-01-p.md",
        "_layouts/post.html",
        "_includes/a.html",
        "_recipes/_hidden.md",
        "_recipes/_sub/c.md",
        "_people/a.md",
        "x/_recipes/z.md",
        "node_modules/_posts/2024-01-01-aa.md",
        "vendor/bundle/x/_posts/2024-01-01-bb.md",
    ],
)
def test_what_jekyll_does_not_take_for_a_document_is_no_article(path: str) -> None:
    assert jekyll(**SETTINGS).why_not_an_article(path) is not None


@pytest.mark.parametrize(
    "path",
    [
        "_posts/2024-01-01-a.md",
        "_posts/2024-1-1-w.md",
        "_posts/24-1-1-w.html",
        "_posts/sub/_x/2024-01-01-u.md",  # Jekyll looks at the first name and the last
        "market/News/_posts/2024-01-01-e.md",
        "x/rooted/_posts/2024-01-01-m.md",
        "vendor/_posts/2024-01-01-bb.md",
        "_kept/_posts/2024-01-01-o.md",
        "_recipes/sub/b.md",
        "_drafts/a.md",
        "market/_drafts/a.md",
    ],
)
def test_what_jekyll_takes_for_a_document_is_an_article(path: str) -> None:
    assert jekyll(**SETTINGS).why_not_an_article(path) is None


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("gems/_posts/2024-01-01-a.md", "/posts/2024-01-01-a/"),
        ("gems/news/_posts/2024-01-01-c.md", "/posts/news/2024-01-01-c/"),
        ("gems/_recipes/x.md", "/recipes/x/"),
        ("_posts/2024-01-01-b.md", None),
        ("_recipes/y.md", None),
    ],
)
def test_collections_may_have_a_folder_of_their_own(path: str, url: str | None) -> None:
    settings: dict[str, Any] = {
        "collections_dir": "gems",
        "permalink": "/:collection/:path/",
        "collections": {"recipes": {"output": True}},
    }

    assert (jekyll(**settings).why_not_an_article(path) is None) is (url is not None)
    assert url is None or address(path, **settings) == url


def test_collections_dir_is_no_part_of_a_scope() -> None:
    scopes = {"gems/_posts": "one", "_recipes": "two", "gems/*/_posts": "three"}
    defaults = [{"scope": {"path": path}, "values": {"a": value}} for path, value in scopes.items()]
    dialect = jekyll(collections_dir="gems", collections={"recipes": {"output": True}}, defaults=defaults)

    assert dialect.front_matter_defaults("gems/_posts/2024-01-01-a.md") == {"a": "one"}
    assert dialect.front_matter_defaults("gems/_recipes/x.md") == {"a": "two"}
    assert dialect.front_matter_defaults("gems/news/_posts/2024-01-01-c.md") == {"a": "three"}


def test_the_site_may_lie_in_a_folder_beside_its_configuration() -> None:
    dialect = jekyll(source="./src", permalink="none", defaults=[{"values": {"lang": "ko"}}])

    made = read("src/_posts/2024-05-01-a.md", dialect=dialect)

    assert made.url == "https://ex.org/a.html"
    assert made.article.language == "ko"
    assert dialect.why_not_an_article("_posts/2024-05-01-a.md") is not None
    assert dialect.root_folders == ("src/",)


@pytest.mark.parametrize(
    ("front", "feed", "hidden"),
    [
        ([], {}, "page"),
        (["date: 2024-05-01"], {}, None),
        ([], {"collections": ["guides"]}, None),
        ([], {"collections": {"guides": {"path": "/g.xml"}}}, None),
    ],
)
def test_a_document_without_a_date_is_a_page_unless_its_collection_has_a_feed(
    front: list[str], feed: dict[str, Any], hidden: str | None
) -> None:
    """Jekyll dates it by the moment of each build: manuals are no news."""
    dialect = jekyll(collections={"guides": {"output": True}}, feed=feed)

    assert read("_guides/a.md", *front, dialect=dialect).article.hidden == hidden


def test_a_collections_folder_may_be_the_articles_folder_whatever_the_site_does_with_it() -> None:
    dialect = jekyll("_guides/", collections={"guides": {}})

    made = read("a.md", dialect=dialect)

    assert dialect.why_not_an_article("a.md") is None
    assert made.article.hidden is None
    assert made.ours


def test_a_folder_without_posts_is_one_of_articles(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("permalink: pretty\nurl: https://ex.org\nexclude: [old]\n")
    (tmp_path / "old.md").write_text("x")
    (tmp_path / "hello.md").write_text("---\ntitle: Hi\ndate: 2024-05-01\n---\nx")
    (tmp_path / "about.md").write_text("---\ntitle: About\nlayout: page\n---\nx")

    made = dict(found(open_site(tmp_path), tmp_path))

    assert made["hello.md"].url == "https://ex.org/2024/05/01/hello/"
    assert {path: each.article.hidden for path, each in made.items()} == {
        "hello.md": None,
        "about.md": "page",
    }


def test_where_posts_lie_further_down_all_else_are_pages(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text("permalink: pretty\n")
    (tmp_path / "market/_posts").mkdir(parents=True)
    (tmp_path / "market/_posts/2024-05-01-a.md").write_text("x")
    (tmp_path / "about.md").write_text("---\ntitle: About\n---\nx")

    listing = scan(tmp_path, ScanRules(dialect=open_site(tmp_path)))

    assert [file.path for file in listing.articles] == ["market/_posts/2024-05-01-a.md"]


def test_a_folder_that_nothing_tells_of_may_still_be_called_jekylls() -> None:
    dialect = JEKYLL.open(SiteFiles(names=frozenset({"2024-05-01-hello.md"})))

    assert dialect.why_not_an_article("2024-05-01-hello.md") is None
    assert understood(dialect, "2024-05-01-hello.md", b"x").url == "https://ex.org/2024/05/01/hello.html"


# utils.rb, `titleize_slug`; jekyll-titles-from-headings, `inferred_title?`
@pytest.mark.parametrize(
    ("path", "settings", "title"),
    [
        ("_posts/2024-05-01-letter-of-the-PILOT.md", {}, "Letter Of The Pilot"),
        ("_posts/2024-05-01-봄-소식.md", {}, "봄 소식"),
        ("_posts/2024-05-01-a.md", {"plugins": ["jekyll-titles-from-headings"]}, "A"),
        (
            "_posts/2024-05-01-a.md",
            {"plugins": ["jekyll-titles-from-headings"], "titles_from_headings": {"collections": True}},
            "Heading",
        ),
        (
            "_posts/2024-05-01-a.md",
            {"plugins": ["github-pages"], "titles_from_headings": {"collections": True, "enabled": False}},
            "A",
        ),
    ],
)
def test_a_title_that_is_not_written_is_the_name(path: str, settings: dict[str, Any], title: str) -> None:
    made = understood(jekyll(**settings), path, b"---\nlang: en\n---\n# Heading\n\nText.\n")

    assert made.article.title == title


# jekyll-feed, feed.xml
@pytest.mark.parametrize(
    ("front", "authors", "summary"),
    [
        (["author: a", "authors: [b, c]"], ["a"], None),
        (["authors: [b, c]"], ["b", "c"], None),
        (["author: {name: A, email: a@ex.org}"], ["A"], None),
        (["description: d", "excerpt: e"], [], "d"),
        (["excerpt: e"], [], "e"),
    ],
)
def test_author_and_summary_are_those_of_jekylls_feed(
    front: list[str], authors: list[str], summary: str | None
) -> None:
    article = read("_posts/2024-05-01-a.md", *front).article

    assert [author.name for author in article.authors] == authors
    assert article.summary == summary


@pytest.mark.parametrize(
    ("said", "picture"),
    [
        ("/img/a.png", "/notes/img/a.png"),
        ("img/a.png", "/notes/img/a.png"),
        ("./a.png", "/notes/a.png"),
        ("/notes/a.png", "/notes/a.png"),
        ("//cdn.example/a.png", "//cdn.example/a.png"),
        ("https://cdn.example/a.png", "https://cdn.example/a.png"),
    ],
)
def test_a_picture_in_a_head_is_below_the_sites_address(said: str, picture: str) -> None:
    dialect = jekyll(url="https://ex.org", baseurl="/notes")

    assert read("_posts/2024-05-01-a.md", f"image: {said}", dialect=dialect).lead_image == picture


@pytest.mark.parametrize("where", ["config", "head"])
def test_the_sites_own_mark_ends_an_excerpt(where: str) -> None:
    settings: dict[str, Any] = {"excerpt_separator": "<!--end-->"} if where == "config" else {}
    head = "excerpt_separator: <!--end-->\n" if where == "head" else ""

    raw = f"---\n{head}title: T\n---\nA\n<!--end-->\nB".encode()
    made = understood(jekyll(**settings), "_posts/2024-05-01-a.md", raw)

    assert made.article.body == "A\n<!--more-->\nB"


@pytest.mark.parametrize(
    ("said", "setting", "value"),
    [
        ({"title": "T", "name": "N"}, "site.title", "T"),
        ({"name": "N"}, "site.title", "N"),
        ({"description": "D"}, "site.description", "D"),
        ({"url": "https://ex.org"}, "site.url", "https://ex.org"),
        ({"url": "https://ex.org/", "baseurl": "/blog/"}, "site.url", "https://ex.org/blog"),
        ({"url": "https://ex.org", "baseurl": "blog"}, "site.url", "https://ex.org/blog"),
        ({"url": "", "baseurl": "/blog"}, "site.url", None),
        ({"lang": "ko"}, "site.language", "ko"),
        ({"locale": "ko_KR.UTF-8"}, "site.language", "ko-KR"),
        ({"timezone": "Asia/Seoul"}, "site.timezone", "Asia/Seoul"),
        ({"author": "A"}, "site.authors", [{"name": "A"}]),
        (
            {"author": {"name": "A", "email": "a@ex.org", "uri": "https://a.example"}},
            "site.authors",
            [{"name": "A", "email": "a@ex.org", "uri": "https://a.example"}],
        ),
        ({"feed": {"posts_limit": 7}}, "feeds.limit", 7),
        ({"feed": {"posts_limit": "many"}}, "feeds.limit", None),
        ({"feed": {"excerpt_only": True}}, "feeds.content", "excerpt"),
        ({}, "site.title", None),
    ],
)
def test_the_sites_settings_are_read(said: dict[str, Any], setting: str, value: object) -> None:
    assert jekyll(**said).settings.get(setting) == value


@pytest.mark.parametrize(
    ("name", "domain", "url"),
    [
        ("notes", {"CNAME": "ex.org\n"}, "https://ex.org"),
        ("Minji.github.io", {}, "https://minji.github.io"),
        ("minji.github.io", {"CNAME": "ex.org\n"}, "https://ex.org"),
        ("notes", {}, None),
    ],
)
def test_github_pages_give_a_site_its_address(name: str, domain: dict[str, str], url: str | None) -> None:
    files = SiteFiles(name=name, names=FOLDERS, texts={"_config.yml": "baseurl: ''", **domain})

    assert JEKYLL.open(files).settings.get("site.url") == url


def test_an_address_that_is_none_does_no_harm() -> None:
    assert jekyll(url="http://[ex").settings["site.url"] == "http://[ex"


@pytest.mark.parametrize(
    ("front", "future", "hidden", "waits"),
    [
        ("date: 2031-05-01", None, None, True),
        ("date: 2031-05-01", True, None, False),
        ("date: 9999-12-31", None, "future", True),  # how themes keep one back for good
        ("date: 9999-12-31", True, None, False),
    ],
)
def test_a_site_may_show_what_lies_ahead(
    front: str, future: bool | None, hidden: str | None, waits: bool
) -> None:
    article = read("_posts/2024-05-01-a.md", front, dialect=jekyll(future=future)).article

    assert article.hidden == hidden
    assert (article.dates.appears is None) is waits


def test_an_id_in_a_head_is_none_of_the_feeds() -> None:
    """Exports of other systems leave their numbers there; Jekyll's feed passes over them."""
    assert read("_posts/2024-05-01-a.md", "id: 42").article.id is None
    assert read("_posts/2024-05-01-a.md", "id: 42", "guid: urn:x:1").article.id == "urn:x:1"


# jekyll-feed, generator.rb
@pytest.mark.parametrize(
    ("said", "feeds"),
    [
        ({}, {"feed.xml": "atom"}),
        ({"feed": {"path": "/blog/atom.xml"}}, {"blog/atom.xml": "atom"}),
        ({"feed": {"collections": {"posts": {"path": "/p.xml"}}}}, {"p.xml": "atom"}),
        (
            {"feed": {"categories": ["News", "C++"]}},
            {
                "feed.xml": "atom",
                "feed/News.xml": "categories/news/atom.xml",
                "feed/C++.xml": "categories/c-3ce177/atom.xml",
            },
        ),
        (
            {"feed": {"tags": {"only": ["a", "b"], "except": ["b"], "path": "/by/"}}},
            {"feed.xml": "atom", "by/a.xml": "tags/a/atom.xml"},
        ),
    ],
)
def test_the_feeds_of_the_site_are_known(said: dict[str, Any], feeds: dict[str, str]) -> None:
    assert jekyll(**said).feeds == feeds


@pytest.mark.parametrize(
    ("plugins", "feeds"),
    [("[]", {"feed.xml": "rss"}), ("[jekyll-feed]", {"feed.xml": "rss"})],
)
def test_a_template_of_the_sites_own_outweighs_the_plugin(plugins: str, feeds: dict[str, str]) -> None:
    texts = {"_config.yml": f"plugins: {plugins}", "feed.xml": '---\n---\n<rss version="2.0">'}

    assert JEKYLL.open(SiteFiles(names=FOLDERS, texts=texts)).feeds == feeds


def test_authors_are_looked_up_in_the_sites_data() -> None:
    texts = {
        "_config.yml": "author: minji",
        "_data/authors.yml": "minji:\n  name: 김민지\n",
        "_data/authors/jonas.yml": "name: Jonas Brandt\n",
    }
    dialect = JEKYLL.open(SiteFiles(names=FOLDERS, texts=texts))

    made = read("_posts/2024-05-01-a.md", "authors: [minji, jonas]", dialect=dialect)

    assert [author.name for author in made.article.authors] == ["김민지", "Jonas Brandt"]
    assert dialect.settings["site.authors"] == [{"name": "김민지"}]


def test_templates_may_name_what_the_configuration_says() -> None:
    dialect = jekyll(title="T", social={"name": "S"}, list=["a"])

    assert dialect.variables == {"site.title": "T", "site.social.name": "S"}
    assert dialect.templating("a.md") is Templating.LIQUID


@pytest.mark.parametrize(
    ("names", "text", "owned"),
    [
        ({"_config.yml", "_posts/"}, "title: T", True),
        ({"_config.yml", "Gemfile"}, "title: T", True),
        ({"_config.yml"}, "theme: minima", True),
        ({"_config.yml"}, "title: A book\nexecute: {}\n", False),
        ({"_posts/", "_layouts/"}, None, True),
        ({"_posts/", "_drafts/"}, None, False),  # as Hexo has them in its `source`
    ],
)
def test_a_site_is_jekylls_or_is_not(names: set[str], text: str | None, owned: bool) -> None:
    texts = {} if text is None else {"_config.yml": text}

    assert JEKYLL.owns(SiteFiles(names=frozenset(names), texts=texts)) is owned


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        (
            "_config.yml",
            "- a\n- b\n",
            "_config.yml: warning: is no list of 'key: value', so nothing in it is read; mend it",
        ),
        (
            "_config.yaml",
            "title: [a\nurl: https://ex.org\n",
            "_config.yaml:1: warning: this is no valid YAML: a list in brackets is never closed; "
            "until that is mended, it is read line by line",
        ),
        (
            "_config.toml",
            'title = "T"\nurl = \n',
            "_config.toml:2: warning: is no TOML (Invalid value (at line 2, column 7)), "
            "so the site is read without it; mend it",
        ),
    ],
)
def test_a_configuration_that_cannot_be_read_is_told_of(name: str, text: str, problem: str) -> None:
    dialect = JEKYLL.open(SiteFiles(names=frozenset({name, "_posts/"}), texts={name: text}))

    assert [str(each) for each in dialect.problems] == [problem]
    assert dialect.why_not_an_article("_posts/2024-05-01-a.md") is None


def test_the_first_configuration_counts_in_any_of_its_forms() -> None:
    toml = 'title = "제목"\npermalink = "pretty"\n[collections.recipes]\noutput = true\n'
    dialect = JEKYLL.open(SiteFiles(names=FOLDERS, texts={"_config.toml": toml}))

    assert dialect.settings["site.title"] == "제목"
    assert read("_recipes/a.md", dialect=dialect).url == "https://ex.org/recipes/a/"
    both = JEKYLL.open(SiteFiles(names=FOLDERS, texts={"_config.toml": toml, "_config.yml": "title: Y"}))
    assert both.settings["site.title"] == "Y"


def test_a_dialect_can_go_to_another_process() -> None:
    dialect = open_site(ROOT)

    assert pickle.loads(pickle.dumps(dialect)) == dialect


@pytest.mark.parametrize(
    ("front", "settings", "folder", "image"),
    [
        ("x: 1", {"baseurl": "/b"}, None, "/b/겨울.png"),
        ("media_subpath: /assets/눈/", {}, "/assets/눈", "/assets/눈/겨울.png"),
        ("img_path: assets", {"baseurl": "/b"}, "/b/assets", "/b/assets/겨울.png"),
        ("media_subpath: https://cdn.ex.org/a/", {}, "https://cdn.ex.org/a", "https://cdn.ex.org/a/겨울.png"),
        (
            "x: 1",
            {
                "url": "https://ex.org",
                "defaults": [{"scope": {"path": ""}, "values": {"media_subpath": "/a"}}],
            },
            "/a",
            "/a/겨울.png",
        ),
    ],
)
def test_an_article_names_the_folder_of_its_pictures(
    front: str, settings: dict[str, Any], folder: str | None, image: str
) -> None:
    """The theme Chirpy has a key for it, by an old and a new name."""
    dialect = jekyll(**{"url": "https://ex.org", **settings})
    made = read("_posts/2024-05-01-a.md", front, "image: 겨울.png", dialect=dialect)

    assert (made.article.image_base, made.lead_image) == (folder, image)


@pytest.mark.parametrize(
    ("front", "templating"),
    [
        ("render_with_liquid: false", Templating.NONE),
        ("render_with_liquid: true", Templating.LIQUID),
        ("x: 1", Templating.LIQUID),
    ],
)
def test_an_article_may_do_without_liquid(front: str, templating: Templating) -> None:
    assert read("_posts/2024-05-01-a.md", front).article.templating is templating


def test_a_post_without_a_date_in_its_name_is_named_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "_posts").mkdir()
    (tmp_path / "_config.yml").write_text("title: T\n")
    (tmp_path / "_posts" / "nodate.md").write_text("---\ntitle: A\n---\nText.\n")
    (tmp_path / "about.md").write_text("---\ntitle: A page\n---\nText.\n")

    found = scan(tmp_path, ScanRules(dialect=open_site(tmp_path)))

    assert [str(each) for each in found.problems if each.path != "."] == [
        "_posts/nodate.md: warning: its name does not begin with a date, so Jekyll ignores it; call it"
        " 2024-05-01-name.md"
    ]
