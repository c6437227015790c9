"""Zola sites: which pages are articles, and where these stand, by the rules of its source."""

import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.dialects import Dialect, SiteFiles
from feedsvc.articles.dialects.zola import ZOLA
from feedsvc.articles.dialects.zola.slugs import zola_slug
from feedsvc.articles.disk.sites import open_site
from feedsvc.model import Templating
from tests.support.judged import SITES, Understood, found, truth, understood

ROOT = SITES / "zola"
TRUTH = truth("zola")
ARTICLES: dict[str, dict[str, Any]] = TRUTH["articles"]


def zola(config: str = "", *, prefix: str = "", **texts: str) -> Dialect:
    """Open a site below https://ex.org whose `config.toml` says *config* too."""
    texts |= {"config.toml": f'base_url = "https://ex.org"\n{config}'}
    return ZOLA.open(SiteFiles(prefix=prefix, names=frozenset({"config.toml"}), texts=texts))


def read(path: str, front: str = "date = 2024-05-06", dialect: Dialect | None = None) -> Understood:
    """Read an article of *front*, below the site's folder."""
    return understood(dialect or zola(), path, f'+++\ntitle = "Hello"\n{front}\n+++\nBody.\n'.encode())


def address(path: str, front: str = "", config: str = "") -> str:
    """Return an article's address below https://ex.org."""
    return read(path, front, zola(config)).url.removeprefix("https://ex.org")


@pytest.mark.parametrize("path", ARTICLES)
def test_an_article_is_what_zola_makes_of_it(path: str) -> None:
    expected = ARTICLES[path]

    made = dict(found(open_site(ROOT), ROOT))[path]

    assert made.url == made.id == expected["url"]
    assert made.article.title == expected["title"]
    assert made.moment.isoformat() == _in_utc(expected["date"])
    assert (made.article.dates.updated and made.article.dates.updated.isoformat()) == expected["updated"]
    assert list(made.article.tags) == expected["tags"]
    assert list(made.article.categories) == expected["categories"]
    assert [author.name for author in made.article.authors] == expected["authors"]
    assert made.article.language == expected["lang"]
    assert made.article.hidden is None


def test_nothing_is_public_that_zola_puts_into_no_feed() -> None:
    shown = {path for path, made in found(open_site(ROOT), ROOT) if made.article.hidden is None}

    assert shown == set(ARTICLES)


@pytest.mark.parametrize(
    ("path", "hidden"),
    [
        ("content/about.md", "page"),
        ("content/blog/card.md", "page"),
        ("content/blog/unfinished.md", "draft"),
        ("content/secret/2024-06-01-recipe.md", "draft"),
    ],
)
def test_what_is_kept_back_says_why(path: str, hidden: str) -> None:
    made = dict(found(open_site(ROOT), ROOT))[path]

    assert made.article.hidden == hidden


@pytest.mark.parametrize("folder", ["", "content", "content/blog"])
def test_the_articles_folder_may_be_the_site_or_one_of_its_folders(folder: str) -> None:
    dialect = open_site(ROOT / folder)

    urls = {made.url for _, made in found(dialect, ROOT / folder) if made.article.hidden is None}

    assert urls == {article["url"] for article in ARTICLES.values()}


@pytest.mark.parametrize(
    ("path", "front", "expected"),
    [  # components/content/src/page.rs, `Page::parse`, and its tests
        ("content/posts/intro/start.md", 'slug = "hello-world"', "/posts/intro/hello-world/"),
        ("content/posts/intro/start.md", 'path = "hello-world"', "/hello-world/"),
        ("content/posts/intro/start.md", 'path = "/hello-world"\nslug = "no"', "/hello-world/"),
        ("content/start.md", 'slug = "hello-&-world"', "/hello-world/"),
        ("content/ file with space.md", "", "/file-with-space/"),
        ("content/2018-10-08_hello.md", "", "/hello/"),
        ("content/2018-10-08 - hello.md", "", "/hello/"),
        ("content/2018-10-02T15:00:00Z-hello.md", "", "/hello/"),
        ("content/2018-10-08.md", "", "/2018-10-08/"),
        ("content/2018-10-08hello.md", "", "/2018-10-08hello/"),
        ("content/posts/2013-06-02_with-assets/index.md", "", "/posts/with-assets/"),
        ("content/posts/with_assets/index.md", "", "/posts/with-assets/"),
        ("content/posts/with-assets/index.md", 'slug = "hey"', "/posts/hey/"),
        ("content/Some Section/page.md", "", "/Some%20Section/page/"),
        ("content/index.md", "", "/"),
        ("content/a.md", 'aliases = ["old"]\nurl = "no"\npermalink = "no"', "/a/"),
    ],
)
def test_an_address_is_a_path_or_made_of_sections_and_slug(path: str, front: str, expected: str) -> None:
    assert address(path, front) == expected


@pytest.mark.parametrize(
    ("path", "front", "language", "expected"),
    [  # components/content/src/file_info.rs, `find_language`
        ("content/hello.fr.md", "", "fr", "/fr/hello/"),
        ("content/2018-10-08_hello.fr.md", "", "fr", "/fr/hello/"),
        ("content/blog/trip/index.ko.md", "", "ko", "/ko/blog/trip/"),
        ("content/hello.fr.md", 'path = "bonjour"', "fr", "/bonjour/"),
        ("content/hello.md", "", "en", "/hello/"),
        ("content/hello.en.md", "", "en", "/hello-en/"),
        ("content/hello.de.md", "", "en", "/hello-de/"),
    ],
)
@pytest.mark.parametrize(
    "languages", ["[languages.fr]\n[languages.ko]", '[[languages]]\ncode = "fr"\n[[languages]]\ncode = "ko"']
)
def test_a_language_in_the_name_leads_the_address(
    path: str, front: str, language: str, expected: str, languages: str
) -> None:
    made = read(path, front, zola(languages))

    assert made.url.removeprefix("https://ex.org") == expected
    assert made.article.language == language


def test_a_site_of_one_language_finds_none_in_names() -> None:
    assert address("content/hello.fr.md") == "/hello-fr/"


@pytest.mark.parametrize(("text", "expected"), TRUTH["slugs"])
def test_a_slug_is_spelt_as_zolas_library_spells_it(text: str, expected: str) -> None:
    assert zola_slug(text, "on") == expected


@pytest.mark.parametrize(
    ("text", "on", "safe", "off"),
    [  # components/utils/src/slugs.rs, its tests
        ("input", "input", "input", "input"),
        ("test ", "test", "test", "test "),
        ("tes t", "tes-t", "tes t", "tes t"),
        ("dot. ", "dot", "dot", "dot. "),
        ("日本", "ri-ben", "日本", "日本"),
        ("héhé", "hehe", "héhé", "héhé"),
        ("test (hey)", "test-hey", "test (hey)", "test (hey)"),
        ("a/b?", "a-b", "ab", "a/b?"),
    ],
)
def test_each_strategy_of_slugs_is_zolas(text: str, on: str, safe: str, off: str) -> None:
    assert (zola_slug(text, "on"), zola_slug(text, "safe"), zola_slug(text, "off")) == (on, safe, off)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ('[slugify]\npaths = "safe"', "/blog/%EB%B4%84%20%EC%86%8C%EC%8B%9D/"),
        ('[slugify]\npaths = "on"', "/blog/bom-sosig/"),
        ('[slugify]\npaths = "on"\npaths_keep_dates = true', "/blog/2024-03-01-bom-sosig/"),
    ],
)
def test_the_configuration_says_how_slugs_are_made(config: str, expected: str) -> None:
    assert address("content/blog/2024-03-01-봄 소식.md", "", config) == expected


def test_an_id_is_the_permalink_as_zola_prints_it() -> None:
    """Its template does not percent-encode (components/templates/src/builtins/atom.xml)."""
    made = read("content/블로그/봄.md", dialect=zola('[slugify]\npaths = "safe"'))

    assert made.id == "https://ex.org/블로그/봄/"
    assert made.url == "https://ex.org/%EB%B8%94%EB%A1%9C%EA%B7%B8/%EB%B4%84/"


def test_an_id_that_could_not_stand_in_a_feed_is_percent_encoded() -> None:
    made = read("content/봄 소식/a.md")

    assert made.id == made.url == "https://ex.org/%EB%B4%84%20%EC%86%8C%EC%8B%9D/a/"


@pytest.mark.parametrize(
    ("path", "front", "published"),
    [
        ("content/2018-10-08_hello.md", "", "2018-10-08T00:00:00+00:00"),
        ("content/2018-10-08_hello.md", "date = 2018-09-09", "2018-09-09T00:00:00+00:00"),
        ("content/2018-10-02T15:00:00Z-hello.md", "", "2018-10-02T15:00:00+00:00"),
        ("content/2018-10-08_trip/index.md", "", "2018-10-08T00:00:00+00:00"),
        ("content/hello.md", "date = 2002-10-02T15:00:00", "2002-10-02T15:00:00+00:00"),
        ("content/hello.md", 'date = "2016-10-10"', "2016-10-10T00:00:00+00:00"),
        ("content/hello.md", 'path = "2024/05/01/hello"', "2024-05-01T00:00:00+00:00"),
        ("content/2024/05/01/hello.md", "", "2024-05-01T00:00:00+00:00"),
    ],
)
def test_a_date_is_in_front_matter_or_the_name_or_the_address(path: str, front: str, published: str) -> None:
    assert read(path, front).moment.isoformat() == published


@pytest.mark.parametrize(
    ("path", "front", "hidden"),
    [
        ("content/hello.md", "", "page"),
        ("content/hello.md", "date = 2024-01-01\nrender = false", "page"),
        ("content/hello.md", "date = 2024-01-01\ndraft = true", "draft"),
        ("content/hello.md", 'path = "2024/05/01/hello"', None),
        ("content/2024/05/01/hello.md", "", None),
        ("content/hello.md", "date = 2024-01-01\nrender = true", None),
    ],
)
def test_what_has_no_date_or_is_not_rendered_is_a_page(path: str, front: str, hidden: str | None) -> None:
    assert read(path, front).article.hidden == hidden


@pytest.mark.parametrize(
    ("path", "lies"),
    [
        ("content/a.md", True),
        ("content/_index.md", False),
        ("content/blog/_index.ko.md", False),
        ("README.md", False),
        ("content/blog/notes.tmp.md", False),
        ("content/blog/old/x.md", False),
        ("content/blog/folder/x.md", True),
    ],
)
def test_articles_lie_in_content_and_are_no_sections(path: str, lies: bool) -> None:
    dialect = zola('ignored_content = ["*.{tmp,bak}.md", "**/old/*"]')

    assert (dialect.why_not_an_article(path) is None) == lies


def test_a_section_that_is_a_draft_keeps_back_what_lies_in_it() -> None:
    dialect = zola(**{"content/lab/_index.fr.md": "---\ndraft: true\n---\n"})

    assert read("content/lab/deep/a.md", dialect=dialect).article.hidden == "draft"
    assert read("content/laboratory/a.md", dialect=dialect).article.hidden is None


def test_without_a_configuration_the_folder_is_the_content() -> None:
    dialect = ZOLA.open(SiteFiles())

    assert dialect.why_not_an_article("post.md") is None
    assert read("blog/post.md", dialect=dialect).url == "https://ex.org/blog/post/"


@pytest.mark.parametrize(
    ("name", "text", "prefix", "owned"),
    [
        ("config.toml", 'base_url = "https://ex.org"', "", True),
        ("zola.toml", "base_url='/'", "content/blog/", True),
        ("config.toml", 'base_url = "https://ex.org"', "themes/", False),
        ("config.toml", 'baseURL = "https://ex.org"', "", False),
        ("config.toml", '# base_url = "x"\nbaseURL = "https://ex.org"', "", False),
    ],
)
def test_a_site_with_a_base_url_is_zolas(name: str, text: str, prefix: str, owned: bool) -> None:
    assert ZOLA.owns(SiteFiles(prefix=prefix, texts={name: text})) == owned


def test_the_sites_own_settings_are_ours() -> None:
    dialect = open_site(ROOT)

    assert dialect.settings == {
        "site.title": "Kiln Notes",
        "site.description": "What came out of the kiln, and why",
        "site.url": "https://kiln.example/studio",
        "site.language": "en",
        "site.authors": [{"name": "Hana Oh"}],
    }
    assert dialect.languages == ("en", "ko")


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        ('author = "oh@ex.org (Hana Oh)"', {"site.authors": [{"name": "Hana Oh", "email": "oh@ex.org"}]}),
        (
            'default_language = "ko"\n[languages.ko]\ntitle = "가마"',
            {"site.language": "ko", "site.title": "가마"},
        ),
        ("feed_limit = 10", {"feeds.limit": 10}),
        ("title = 1", {"site.url": "https://ex.org"}),
    ],
)
def test_settings_come_from_wherever_zola_has_them(config: str, settings: dict[str, object]) -> None:
    made = zola(config).settings

    assert settings.items() <= made.items()
    assert made.get("site.title") != 1


@pytest.mark.parametrize(
    ("config", "template", "feeds"),
    [
        ("", "", {}),
        ("generate_feeds = true", "", {"atom.xml": "atom"}),
        (
            'generate_feeds = true\nfeed_filenames = ["rss.xml", "feed.json"]',
            "",
            {"rss.xml": "rss", "feed.json": "json"},
        ),
        ('generate_feed = true\nfeed_filename = "index.xml"', "", {"index.xml": "atom"}),
        (
            'generate_feed = true\nfeed_filename = "index.xml"',
            '<?xml?><rss version="2.0">',
            {"index.xml": "rss"},
        ),
        ('generate_feeds = false\nfeed_filenames = ["feed.xml"]', "", {"feed.xml": "atom"}),
        ("generate_rss = true", "", {"rss.xml": "rss"}),
        (
            'generate_feeds = true\n[languages.ko]\ngenerate_feeds = true\nfeed_filenames = ["rss.xml"]',
            "",
            {"atom.xml": "atom", "ko/rss.xml": "languages/ko/rss.xml"},
        ),
        ("[languages.ko]\ngenerate_feeds = true\n", "", {"ko/atom.xml": "languages/ko/atom.xml"}),
        ('default_language = "ko"\n[languages.ko]\ngenerate_feeds = true', "", {}),
        (
            'generate_rss = true\nlanguages = [{code = "ko", rss = true}, {code = "de"}]',
            "",
            {"rss.xml": "rss", "ko/rss.xml": "languages/ko/rss.xml"},
        ),
    ],
)
def test_the_feeds_of_the_site_are_known(config: str, template: str, feeds: dict[str, str]) -> None:
    assert zola(config, **{"templates/index.xml": template}).feeds == feeds


@pytest.mark.parametrize(
    ("template", "feeds"),
    [
        ('{"version": "https://jsonfeed.org/version/1.1"}', {"a.json": "json"}),
        ('[{"release": "1.0"}]', {}),
    ],
)
def test_of_json_only_a_feed_is_one(template: str, feeds: dict[str, str]) -> None:
    made = zola('generate_feeds = true\nfeed_filenames = ["a.json"]', **{"templates/a.json": template})

    assert made.feeds == feeds


@pytest.mark.parametrize(
    ("key", "expected"), [("social_media_card", "/card.jpg"), ("image", "/card.jpg"), ("theme_color", None)]
)
def test_a_picture_is_where_themes_look_for_it(key: str, expected: str | None) -> None:
    made = read("content/a.md", f'date = 2024-05-06\n[extra]\n{key} = "/card.jpg"')

    assert made.lead_image == expected


def test_what_feeds_do_not_know_is_no_id() -> None:
    assert read("content/a.md", 'date = 2024-05-06\n[extra]\nid = "42"').article.id is None


def test_a_configuration_that_cannot_be_read_is_told_of() -> None:
    dialect = zola("title = ")

    assert [(problem.path, "is no TOML" in problem.reason) for problem in dialect.problems] == [
        ("config.toml", True)
    ]
    assert read("content/a.md", dialect=dialect).url == "https://ex.org/a/"


def test_template_tags_are_zolas_own() -> None:
    assert zola().templating("content/a.md") is Templating.ZOLA


@pytest.mark.parametrize(
    ("patterns", "path", "templating"),
    [
        ('["**"]', "content/blog/a.md", Templating.PLAIN),
        ('["blog/*.{md,txt}"]', "content/blog/a.md", Templating.PLAIN),
        ('["blog/*"]', "content/notes/a.md", Templating.ZOLA),
    ],
)
def test_a_site_may_do_without_template_tags(patterns: str, path: str, templating: Templating) -> None:
    assert zola(f"skip_content_templating = {patterns}").templating(path) is templating


def test_a_site_goes_to_other_processes() -> None:
    dialect = open_site(ROOT)

    assert pickle.loads(pickle.dumps(dialect)) == dialect


def _in_utc(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(UTC).isoformat()


@given(text=st.text(), front=st.text())
def test_whatever_a_sites_files_hold_it_opens(text: str, front: str) -> None:
    dialect = zola(text, **{"content/blog/_index.md": text, "templates/atom.xml": text})

    made = understood(
        dialect, "content/blog/a.md", f"---\npath: {front}\nslug: {front}\n---\nBody.\n".encode()
    )

    assert made.reading.article is None or made.url.startswith(("https://", "http://"))
