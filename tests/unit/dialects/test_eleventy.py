"""Eleventy sites: which templates are articles, where these stand, and that Eleventy says the same."""

import pickle
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.dialects import Dialect, SiteFiles
from feedsvc.articles.dialects.eleventy import ELEVENTY
from feedsvc.articles.dialects.eleventy.data import join
from feedsvc.articles.dialects.eleventy.functions import LONGEST, template_of
from feedsvc.articles.dialects.eleventy.slugs import slug, slugify
from feedsvc.articles.disk.sites import open_site
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.model import Markup, Templating
from tests.support.judged import SITES, Understood, found, truth, understood

ROOT = SITES / "eleventy"
TRUTH = truth("eleventy")
ARTICLES: dict[str, dict[str, Any]] = TRUTH["articles"]
POSTS = {"posts/posts.json": '{"tags": ["posts"]}'}


def eleventy(program: str = "", texts: dict[str, str] | None = None, *, prefix: str = "") -> Dialect:
    """Open a site below https://ex.org whose configuration is *program*, with files of *texts*."""
    metadata = {"_data/metadata.json": '{"url": "https://ex.org"}'}
    return ELEVENTY.open(SiteFiles(prefix=prefix, texts={".eleventy.js": program} | metadata | (texts or {})))


def read(path: str, *front: str, dialect: Dialect | None = None) -> Understood:
    """Read an article, below the articles folder."""
    raw = "\n".join(["---", "title: Hello", *front, "---", "", "Body.", ""]).encode()
    return understood(dialect or eleventy(texts=POSTS), path, raw)


def address(path: str, *front: str, dialect: Dialect | None = None) -> str:
    """Return an article's address below https://ex.org."""
    made = read(path, *front, dialect=dialect)
    return "ours" if made.ours else made.url.removeprefix("https://ex.org")


@pytest.mark.parametrize("path", ARTICLES)
def test_an_article_is_what_eleventy_made_of_it(path: str) -> None:
    expected = ARTICLES[path]

    made = dict(found(open_site(ROOT), ROOT))[path]

    assert made.url == made.id == expected["url"]
    assert made.article.title == expected["title"]
    assert made.moment == datetime.fromisoformat(expected["date"])
    assert list(made.article.tags) == [tag for tag in expected["tags"] if tag not in ("post", "posts")]
    assert [author.name for author in made.article.authors] == [expected["author"]] * bool(expected["author"])
    assert made.article.language == expected["lang"]
    assert made.article.hidden is None


def test_nothing_is_public_that_eleventy_puts_into_no_collection_of_articles() -> None:
    shown = {path for path, made in found(open_site(ROOT), ROOT) if made.article.hidden is None}

    assert shown == set(ARTICLES)


@pytest.mark.parametrize(
    ("path", "hidden"),
    [
        ("content/about.md", "page"),
        ("content/blog/index.md", "page"),
        ("content/blog/2024-06-06-left-out.md", "page"),
        ("content/blog/2024-06-07-card.md", "page"),
        ("content/blog/later.md", "draft"),
    ],
)
def test_what_is_kept_back_says_why(path: str, hidden: str) -> None:
    made = dict(found(open_site(ROOT), ROOT))[path]

    assert made.article.hidden == hidden


@pytest.mark.parametrize("folder", ["", "content", "content/blog"])
def test_the_articles_folder_may_be_the_site_or_one_of_its_folders(folder: str) -> None:
    dialect = open_site(ROOT / folder)

    urls = {made.url for _, made in found(dialect, ROOT / folder) if made.article.hidden is None}

    assert urls == {each["url"] for path, each in ARTICLES.items() if path.startswith(folder)}


@pytest.mark.parametrize(
    ("path", "front", "expected"),
    [  # as @11ty/eleventy 3.1.8 built them
        ("posts/hello.md", (), "/posts/hello/"),
        ("posts/2021-02-03-hello.md", (), "/posts/2021-02-03-hello/"),
        ("posts/trip/index.md", (), "/posts/trip/"),
        ("posts/trip/trip.md", (), "/posts/trip/"),
        ("index.njk", (), "/"),
        ("posts/a.html", (), "/posts/a/"),
        ("posts/a.md", ("permalink: /t.html",), "/t.html"),
        ("posts/a.md", ("permalink: t/index.html",), "/t/"),
        ("posts/a.md", ("permalink: /t/index/",), "/t/index/"),
        ("posts/a.md", ('permalink: "{{ page.filePathStem }}.html"',), "/posts/a.html"),
        ("posts/2022-01-01-b.md", ('permalink: "/b/{{ page.fileSlug }}/"',), "/b/b/"),
        ("posts/2022-01-01-b/index.md", ('permalink: "/b/{{ page.fileSlug }}/"',), "/b/b/"),
        ("posts/2022-01-01-b.md", ("permalink: \"/{{ page.date | date: '%Y/%m/%d' }}/\"",), "/2022/01/01/"),
        ("posts/a.md", ('permalink: "/{{ title | slugify }}/{{ nosuch }}/x/"',), "/hello/x/"),
        ("posts/a.njk", ('permalink: "/{{ page.fileSlug | upper }}/"',), "/A/"),
        ("posts/a.md", ("key_word: Été", 'permalink: "/{{ key_word | slugify }}/"'), "/ete/"),
        ("posts/a.md", ("permalink:", "  build: /built/"), "/built/"),
        ("posts/a.md", ("permalink: /p/", "eleventyComputed:", "  permalink: /c/"), "/c/"),
        ("posts/a.md", ("url: /no/",), "/posts/a/"),
    ],
)
def test_an_address_is_the_permalink_or_the_path(path: str, front: tuple[str, ...], expected: str) -> None:
    assert address(path, *front) == expected


def test_a_file_slug_in_a_permalink_is_filled_in() -> None:
    assert address("posts/t72.md", "permalink: /custom/{{ page.fileSlug }}/index.html") == "/custom/t72/"


@pytest.mark.parametrize(
    "permalink",
    [
        '"/{{ title | shout }}/"',
        '"/{{ page.date | dateFilter(1) }}/"',
        '"/{% for i in (1..9) %}x{% endfor %}/"',
        '"/{{ title"',
        '"/{{ (1..100000000) | join: title }}/"',
        f'"/{{{{ title{" | split: empty | join: title" * 9} }}}}/"',
        f'"/{"{{ title }}" * 100}/"',
    ],
)
def test_a_permalink_that_takes_a_program_gives_no_address(permalink: str) -> None:
    """A page of ours is better than an address where nothing stands."""
    made = read("posts/a.md", f"permalink: {permalink}")

    assert (made.ours, made.id) == (True, None)
    assert [(problem.line, "without running" in problem.reason) for problem in made.reading.problems] == [
        (3, True)
    ]


def test_the_day_of_an_undated_article_comes_into_its_permalink_later() -> None:
    made = read("posts/a.md", "permalink: \"/{{ page.date | date: '%Y/%m' }}/a/\"")

    assert made.article.permalink == "/:year/:month/a/"


@pytest.mark.parametrize(("text", "slugified", "slugged"), TRUTH["slugs"])
def test_a_filter_for_slugs_spells_as_its_package_does(text: str, slugified: str, slugged: str) -> None:
    assert (slugify(text), slug(text)) == (slugified, slugged)


@pytest.mark.parametrize(
    ("path", "front", "published"),
    [
        ("posts/2021-02-03-a.md", (), "2021-02-03"),
        ("posts/2021-02-03/a.md", (), "2021-02-03"),
        ("posts/2021-02-03-a/2022-01-01.md", (), "2021-02-03"),
        ("posts/part-2-2021-02-03.md", (), "2021-02-03"),
        ("posts/2021-02-03-a.md", ("date: 2020-01-01",), "2020-01-01"),
    ],
)
def test_a_date_is_in_front_matter_or_anywhere_in_the_path(
    path: str, front: tuple[str, ...], published: str
) -> None:
    assert read(path, *front).moment.date().isoformat() == published


@pytest.mark.parametrize("word", ["Last Modified", "Created", "git created", "git Last Modified"])
def test_a_word_for_the_time_of_a_file_is_no_date(word: str) -> None:
    made = read("posts/a.md", f"date: {word}")

    assert made.article.dates.published is None
    assert made.reading.problems == ()


@pytest.mark.parametrize(
    ("path", "front", "hidden"),
    [
        ("posts/a.md", (), None),
        ("posts/a.njk", (), None),
        ("posts/index.njk", ("tags: posts",), None),
        ("about.md", (), "page"),
        ("about.md", ("date: 2020-01-01",), "page"),
        ("about.md", ("tags: [Post, posts]",), None),
        ("posts/a.md", ("permalink: false",), "page"),
        ("posts/a.md", ("eleventyExcludeFromCollections: true",), "page"),
        ("posts/a.md", ("eleventyExcludeFromCollections: [nav]",), None),
        ("posts/a.md", ("pagination:", "  data: collections.posts", "  size: 5"), "page"),
        ("elsewhere/a.md", ("override:tags: [posts]",), None),
        ("blog/a.md", (), None),
        ("blog/index.md", (), "page"),
        ("en/articles/a.md", (), None),
        ("blog/tags.njk", (), "page"),
    ],
)
def test_tags_and_folders_tell_articles_from_pages(
    path: str, front: tuple[str, ...], hidden: str | None
) -> None:
    assert read(path, *front).article.hidden == hidden


@pytest.mark.parametrize(
    ("front", "hidden"),
    [(("date: 2020-01-01",), None), (("date: Last Modified",), "page"), ((), "page")],
)
def test_where_no_collection_is_known_a_date_makes_an_article(
    front: tuple[str, ...], hidden: str | None
) -> None:
    assert read("stuff/a.md", *front, dialect=eleventy()).article.hidden == hidden


def test_a_folder_below_the_input_folder_holds_articles_only() -> None:
    dialect = eleventy(prefix="thoughts/", texts=POSTS)

    assert read("a.md", dialect=dialect).article.hidden is None
    assert read("list.njk", dialect=dialect).article.hidden == "page"


@pytest.mark.parametrize(
    ("program", "texts"),
    [
        (
            'c.addPlugin(feedPlugin, { type: "atom", collection: { name: "stories", limit: 10 } });',
            {},
        ),
        ("", {"feed.njk": "---\npermalink: /f.xml\n---\n{% for s in collections.stories %}"}),
        ("", {"feed.njk": "---\npermalink: false\n---\n{% for s in collections.stories %}"}),
        ("", {"feed.njk": '---json\n{"permalink": "f.xml"}\n---\n{% for s in collections["stories"] %}'}),
    ],
)
def test_the_collection_that_a_feed_is_made_of_holds_the_articles(
    program: str, texts: dict[str, str]
) -> None:
    dialect = eleventy(program, texts)

    made = read("a.md", "tags: [stories, sea]", dialect=dialect)

    assert made.article.hidden is None
    assert made.article.tags == ("sea",)
    assert read("b.md", "date: 2020-01-01", dialect=dialect).article.hidden == "page"


def test_the_files_that_the_configuration_gathers_are_articles() -> None:
    program = 'c.addCollection("posts", (api) => api.getFilteredByGlob(["./stuff/**/*.md"]));'

    dialect = eleventy(program)

    assert read("stuff/b/a.md", dialect=dialect).article.hidden is None
    assert read("other/a.md", "date: 2020-01-01", dialect=dialect).article.hidden == "page"


def test_directory_data_holds_unless_a_nearer_file_differs() -> None:
    dialect = eleventy(
        texts={
            "posts/posts.json": '{"tags": "posts,sea", "lang": "ko", "permalink": "/p/{{ page.fileSlug }}/"}',
            "posts/old/old.11tydata.json": '{"lang": "de"}',
            "posts/old/a.11tydata.js": 'module.exports = { permalink: "/a/", tags: ["salt"] };',
            "posts/old/a.json": '{"permalink": "/weaker/"}',
        }
    )

    above, below = read("posts/a.md", dialect=dialect), read("posts/old/a.md", "tags: [own]", dialect=dialect)

    assert (above.url, above.article.language, above.article.tags) == ("https://ex.org/p/a/", "ko", ("sea",))
    assert (below.url, below.article.language) == ("https://ex.org/a/", "de")
    assert below.article.tags == ("sea", "salt", "own")


@pytest.mark.parametrize(
    ("below", "above", "joined"),
    [  # @11ty/eleventy-utils, src/Merge.js
        ({"a": ["x"]}, {"a": ["y"]}, {"a": ["x", "y"]}),
        ({"a": ["x"]}, {"override:a": ["y"]}, {"a": ["y"]}),
        ({"a": {"b": "1", "c": "2"}}, {"a": {"b": "3"}}, {"a": {"b": "3", "c": "2"}}),
        ({"a": {"b": "1"}}, {"a": "3"}, {"a": {"b": "1"}}),
        ({"a": "1"}, {"a": {"b": "3"}}, {"a": {"b": "3"}}),
    ],
)
def test_data_is_joined_as_eleventy_joins_it(
    below: dict[str, Value], above: dict[str, Value], joined: dict[str, Value]
) -> None:
    assert join(below, above) == joined


def test_a_permalink_made_by_a_program_is_told_of_and_not_guessed() -> None:
    program = "module.exports = { permalink: (data) => place(data.page.fileSlug), tags: ['posts'] };"

    dialect = eleventy(texts={"notes/notes.11tydata.js": program})

    (problem,) = dialect.problems
    assert problem.path == "notes/notes.11tydata.js"
    assert problem.reason.startswith("makes permalinks by JavaScript, which is not run")
    assert address("notes/a.md", dialect=dialect) == "ours"
    assert address("notes/b.md", "permalink: /b/", dialect=dialect) == "/b/"


@pytest.mark.parametrize(
    ("program", "permalink", "expected"),
    [
        ("", "/{{ page.date | htmlDateString }}/", "/2022-01-02/"),
        (
            "c.addFilter('day', (d) => DateTime.fromJSDate(d, {zone: 'utc'}).toFormat('yyyy/LL/dd'));",
            "/{{ page.date | day }}/{{ title | slug }}/",
            "/2022/01/02/hello/",
        ),
        ("c.addFilter('day', d => d.toISOString().split('T')[0]);", "/{{ date | day }}/", "/2022-01-02/"),
        ("", "/{{ page.date | anyName('yyyy/MM') }}/", "/2022/01/"),
        ("", "/{{ page.date | date('YYYY') }}/", "/2022/"),
        ("", "/{{ title | lower | replace('e', 'a') }}/", "/hallo/"),
        ("", "/{{ page.date | anyName('yyyy EEE') }}/", "ours"),
        ("c.addFilter('day', d => made(d));", "/{{ page.date | day }}/", "ours"),
    ],
)
def test_a_filter_of_the_sites_own_that_shows_a_date_is_understood(
    program: str, permalink: str, expected: str
) -> None:
    dialect = eleventy(program, POSTS)

    assert address("posts/2022-01-02-a.md", f'permalink: "{permalink}"', dialect=dialect) == expected


# Each address was made by Eleventy 3.1 of this function, for a file notes/2024-05-06-tide.md.
FUNCTIONS = [
    ("(data) => `/n/${data.page.fileSlug}/`", (), "/n/tide/"),
    ("(data) => { return '/n/' + data.page.fileSlug + '/'; }", (), "/n/tide/"),
    ("function (data) { return `n/${this.slug(data.slug || data.page.fileSlug)}/`; }", (), "/n/tide/"),
    (
        "function (data) { return `n/${this.slug(data.slug || data.page.fileSlug)}/`; }",
        ("slug: Low Ebb",),
        "/n/low-ebb/",
    ),
    ("({ page, title }) => `/${slugify(title)}/${page.fileSlug}.html`", (), "/hello/tide.html"),
    ("({ page }) => page.filePathStem.replace(/^\\/notes/, '') + '.html'", (), "/tide.html"),
    (
        "data => `/${data.page.date.getFullYear()}/${data.page.fileSlug}/`",
        ("date: 2021-05-06",),
        "/2021/tide/",
    ),
    ("data => data.place ? `/${data.place}/` : false", (), "ours"),
    ("data => data.place ? `/${data.place}/` : false", ("place: bay",), "/bay/"),
    ("data => data.lang === 'ko' ? '/ko/' : `/${data.lang}/x/`", ("lang: de",), "/de/x/"),
    ("data => { if (!data.place) return; return `/${data.place}/`; }", (), "/notes/2024-05-06-tide/"),
    ("data => { const at = data.slug ?? data.page?.fileSlug; return `/at/${at}/`; }", (), "/at/tide/"),
    (
        "data => { if (process.env.NODE_ENV === 'production' && data.secret) return false; return '/b/'; }",
        (),
        "/b/",
    ),
    ("data => { if (data.a || !data.b) { return '/one/'; } else { return '/two/'; } }", ("b: 1",), "/two/"),
    ("function (d) { return this.slugify(d.title + ' ' + d.page.fileSlug) + '/'; }", (), "/hello-tide/"),
]


@pytest.mark.parametrize(("function", "front", "expected"), FUNCTIONS)
def test_a_function_that_makes_a_permalink_simply_is_understood(
    function: str, front: tuple[str, ...], expected: str
) -> None:
    dialect = eleventy(texts={"notes/notes.11tydata.js": f"export default {{ permalink: {function} }};"})

    assert dialect.problems == ()
    assert address("notes/2024-05-06-tide.md", *front, dialect=dialect) == expected


@pytest.mark.parametrize("suffix", ["njk", "liquid", "html"])
def test_a_template_that_is_no_markdown_is_html(suffix: str) -> None:
    assert read(f"posts/a.{suffix}", "date: 2024-05-06").article.markup is Markup.HTML


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("module.exports = function () { return { url: 'https://ko.ex.org' }; };", "https://ko.ex.org"),
        ("const site = { url: 'https://ko.ex.org' };\nmodule.exports = site;", "https://ko.ex.org"),
        (
            "export const url = process.env.URL || 'https://ko.ex.org';\nexport const host = hostOf(url);",
            "https://ko.ex.org",
        ),
        (
            "export default { url: process.env.URL ?? process.env.CI_URL ?? 'https://ko.ex.org' };",
            "https://ko.ex.org",
        ),
        ("export const url = process.env.URL || 'http://localhost:8080';", None),
        ("export default { url: address() };", None),
    ],
)
def test_data_may_be_what_a_module_gives_at_once(data: str, expected: str | None) -> None:
    dialect = ELEVENTY.open(SiteFiles(texts={".eleventy.js": "", "_data/site.js": data}))

    assert dialect.settings.get("site.url") == expected


def test_a_collection_may_be_what_bears_another_tag() -> None:
    program = 'c.addCollection("posts", (api) => api.getFilteredByTag("::kind:entry").reverse());'
    dialect = eleventy(program)

    made = read("shore/a.md", "tags: ['::kind:entry', sea]", dialect=dialect)

    assert (made.article.hidden, made.article.tags) == (None, ("sea",))
    assert read("shore/b.md", "tags: [sea]", dialect=dialect).article.hidden == "page"


def test_the_configuration_may_add_the_sites_data() -> None:
    program = 'c.addGlobalData("site", { url: "https://ko.ex.org", title: "바다" });'

    settings = ELEVENTY.open(SiteFiles(texts={".eleventy.js": program})).settings

    assert (settings["site.url"], settings["site.title"]) == ("https://ko.ex.org", "바다")


def test_what_feeds_do_not_know_is_no_id() -> None:
    assert read("posts/a.md", "date: 2024-05-06", "id: 42", "uuid: 1").article.id is None


@pytest.mark.parametrize(("front", "hidden"), [("secret: true", "page"), ("secret: false", None)])
def test_what_a_function_gives_no_page_is_no_article(front: str, hidden: str | None) -> None:
    program = (
        "module.exports = { permalink: (d) => d.secret ? false : `/${d.page.fileSlug}/`, tags: ['posts'] };"
    )
    dialect = eleventy(texts={"notes/notes.11tydata.js": program})

    assert read("notes/a.md", front, dialect=dialect).article.hidden == hidden


@pytest.mark.parametrize(
    ("function", "front", "expected"),
    [
        ("data => data.permalink || `/n/${data.page.fileSlug}/`", "", "/n/a/"),
        (
            "data => data.permalink || `/n/${data.page.fileSlug}/`",
            "permalink: /own/{{ title | slug }}/",
            "/own/hello/",
        ),
        ("data => data.permalink ?? `/n/${data.page.fileSlug}/`", "", "/notes/a/"),
        ("data => `/n/${data.page.fileSlug}/`", "permalink: /own/", "/n/a/"),
    ],
)
def test_a_computed_permalink_may_be_the_articles_own(function: str, front: str, expected: str) -> None:
    program = f"module.exports = {{ eleventyComputed: {{ permalink: {function} }} }};"
    dialect = eleventy(texts={"notes/notes.11tydata.js": program})

    assert address("notes/a.md", front, dialect=dialect) == expected


@pytest.mark.parametrize(
    "function",
    [
        "data => made(data)",
        "data => `/${data.site.root}/`",
        "data => data.collections.posts.length > 3 ? '/a/' : '/b/'",
        "data => { for (const x of data.tags) return x; }",
        "data => data.title.replace(/(a+)+$/, '') + '/'",
        "data => `/${data.page.url}/`",
        "data => '/{{ title }}/'",
        "data => data.a" + " ? '/a/' : data.a" * 200 + " ? '/a/' : '/b/'",
        "data => " + "(" * 2000,
        "data =>",
    ],
)
def test_a_function_that_takes_more_is_not_guessed(function: str) -> None:
    assert template_of(function) is None


@given(st.text(alphabet="data.=>{}()`$?:|&!+'\"/ \nreturnifconstslug", max_size=80))
def test_whatever_a_function_says_it_is_read(source: str) -> None:
    made = template_of(source)

    assert made is None or len(made) <= LONGEST


@pytest.mark.parametrize(
    "program",
    [
        "module.exports = { eleventyComputed: { permalink: (d) => d.draft ? false : d.permalink } };",
        "export default { permalink(data) { if (data.draft) return false; return data.permalink; } };",
    ],
)
def test_a_program_that_only_keeps_drafts_back_changes_no_address(program: str) -> None:
    dialect = eleventy(texts={"posts/posts.11tydata.js": program})

    assert dialect.problems == ()
    assert address("posts/a.md", dialect=dialect) == "/posts/a/"


@pytest.mark.parametrize(
    ("program", "package", "path", "expected"),
    [
        ('module.exports = { dir: { input: "src" } };', "{}", "src/posts/a.md", "/posts/a/"),
        ('module.exports = { /* dir: { input: "x" } */ dir: { input: "./src/" } };', "{}", "src/a.md", "/a/"),
        ('export const config = { dir: { input: "src/site" } };', "{}", "src/site/a.md", "/a/"),
        ('eleventyConfig.setInputDirectory("src");', "{}", "src/a.md", "/a/"),
        ("", '{"scripts": {"build": "npx eleventy --input=src --output=out"}}', "src/a.md", "/a/"),
        ("", '{"scripts": {"build": "make"}}', "src/a.md", "/src/a/"),
        ("", "[", "src/a.md", "/src/a/"),
    ],
)
def test_the_input_folder_is_no_part_of_an_address(
    program: str, package: str, path: str, expected: str
) -> None:
    made = read(path, dialect=eleventy(program, {"package.json": package}))

    assert made.article.permalink == expected


@pytest.mark.parametrize(
    ("metadata", "program", "url"),
    [
        ('{"url": "https://ex.org/"}', "", "https://ex.org"),
        ('{"url": "https://ex.org"}', 'pathPrefix: "garden"', "https://ex.org/garden"),
        ('{"url": "https://ex.org/garden/"}', 'pathPrefix: "/garden/"', "https://ex.org/garden"),
        ('{"url": "https://ex.org/garden/"}', 'pathPrefix: "/"', "https://ex.org/garden"),
        ('{"url": "/"}', "", None),
        ("[1]", "", None),
        ("{", "", None),
    ],
)
def test_a_site_stands_below_its_path_prefix(metadata: str, program: str, url: str | None) -> None:
    dialect = ELEVENTY.open(SiteFiles(texts={".eleventy.js": program, "_data/metadata.json": metadata}))

    assert dialect.settings.get("site.url") == url


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("_data/site.json", '{"name": "S", "baseUrl": "https://ex.org", "lang": "ko", "author": "Kim"}'),
        (
            "_data/metadata.js",
            'module.exports = { title: "S", url: "https://ex.org", language: "ko", author: { name: "Kim" } }',
        ),
        (
            "_data/meta.mjs",
            "export default { title: 'S', url: `https://ex.org`, language: 'ko', author: 'Kim', x: f() }",
        ),
        ("_data/site.yaml", "title: S\nurl: https://ex.org\nlanguage: ko\nauthor:\n  name: Kim\n"),
    ],
)
def test_what_a_site_calls_itself_stands_in_its_data(path: str, text: str) -> None:
    dialect = ELEVENTY.open(SiteFiles(texts={".eleventy.js": "", path: text}))

    assert dialect.settings == {
        "site.title": "S",
        "site.url": "https://ex.org",
        "site.language": "ko",
        "site.authors": [{"name": "Kim"}],
        "feeds.languages": "all",
    }


def test_a_site_without_such_data_may_tell_its_plugin_of_feeds() -> None:
    program = """eleventyConfig.addPlugin(feedPlugin, {
        type: "rss", outputPath: "/feed/feed.xml",
        metadata: { title: "S", subtitle: "D", base: "https://ex.org/", author: { name: "Kim", email: "" } },
    });"""

    dialect = ELEVENTY.open(SiteFiles(texts={".eleventy.js": program}))

    assert dialect.settings == {
        "site.title": "S",
        "site.description": "D",
        "site.url": "https://ex.org",
        "site.authors": [{"name": "Kim"}],
        "feeds.languages": "all",
    }
    assert dialect.feeds == {"feed/feed.xml": "rss"}


@pytest.mark.parametrize(
    ("path", "text", "feeds"),
    [
        ("feed.njk", "---\npermalink: /feed.xml\n---\n<feed>", {"feed.xml": "atom"}),
        ("feed.njk", "---\npermalink: false # /feed/feed.xml\n---\n<feed>", {"feed/feed.xml": "atom"}),
        ("rss.liquid", "---\npermalink: rss.xml\n---\n<rss>", {"rss.xml": "rss"}),
        ("json-feed.njk", '---json\n{"permalink": "feed/feed.json"}\n---\n', {"feed/feed.json": "json"}),
        ("feeds.njk", "---\ntitle: Feeds\n---\n", {}),
        ("_includes/feed.njk", "---\npermalink: /feed.xml\n---\n", {}),
        ("_data/metadata.json", '{"feed": {"path": "/f.xml"}}', {"f.xml": "atom"}),
    ],
)
def test_the_feeds_of_the_site_are_known(path: str, text: str, feeds: dict[str, str]) -> None:
    assert ELEVENTY.open(SiteFiles(texts={".eleventy.js": "", path: text})).feeds == feeds


@pytest.mark.parametrize(
    ("path", "lies"),
    [
        ("src/a.md", True),
        ("README.md", False),
        ("src/_includes/a.md", False),
        ("src/_data/a.md", False),
        ("dist/a.md", False),
        ("src/drafts/a.md", False),
        ("src/HELP.md", False),
        ("src/skipped/a.md", False),
        ("src/index.njk", False),
        ("src/404.html", False),
        ("src/blog/a.njk", True),
        ("src/tagged/a.html", True),
    ],
)
def test_templates_lie_in_the_input_folder(path: str, lies: bool) -> None:
    program = 'c.ignores.add("src/HELP.md"); return { dir: { input: "src", output: "dist" } };'

    texts = {".eleventyignore": "# no\nsrc/drafts\n", "src/.eleventyignore": "skipped/\n"}
    dialect = eleventy(program, texts | {"src/tagged/tagged.json": '{"tags": "post"}'})

    assert (dialect.why_not_an_article(path) is None) == lies


@pytest.mark.parametrize(
    ("prefix", "owned"), [("", True), ("src/", True), ("src/posts/", True), ("docs/", False)]
)
def test_an_articles_folder_is_the_sites_if_it_lies_on_the_way_to_its_templates(
    prefix: str, owned: bool
) -> None:
    files = SiteFiles(prefix=prefix, texts={".eleventy.js": 'return { dir: { input: "src" } }'})

    assert ELEVENTY.owns(files) == owned


def test_an_excerpt_is_parted_by_the_mark_that_the_site_sets() -> None:
    program = 'c.setFrontMatterParsingOptions({ excerpt: true, excerpt_separator: "<!-- cut -->" });'

    made = understood(
        eleventy(program), "posts/a.md", b"---\ntitle: A\n---\nLead.\n\n<!-- cut -->\n\nRest.\n"
    )

    assert "<!--more-->" in made.article.body


@pytest.mark.parametrize(
    ("program", "path", "templating"),
    [
        ("", "a.md", Templating.LIQUID),
        ('markdownTemplateEngine: "njk"', "a.md", Templating.NUNJUCKS),
        ("markdownTemplateEngine: false", "a.md", Templating.PLAIN),
        ('htmlTemplateEngine: "njk"', "a.html", Templating.NUNJUCKS),
        ("", "a.njk", Templating.NUNJUCKS),
        ("", "a.liquid", Templating.LIQUID),
    ],
)
def test_the_engine_of_a_template_is_known(program: str, path: str, templating: Templating) -> None:
    assert eleventy(program).templating(path) is templating


def test_a_site_goes_to_other_processes() -> None:
    dialect = open_site(ROOT)

    assert pickle.loads(pickle.dumps(dialect)) == dialect


@given(program=st.text(), data=st.text(), front=st.text())
def test_whatever_a_sites_files_hold_it_opens(program: str, data: str, front: str) -> None:
    texts = {
        "_data/metadata.json": data,
        "posts/posts.json": data,
        "posts/posts.11tydata.js": f"module.exports = {{ permalink: '/x/', {data}",
        "feed.njk": data,
        "package.json": data,
        ".eleventyignore": data,
    }

    dialect = eleventy(f"{program} dir: {{ {data}", texts)
    made = understood(dialect, "posts/a.md", f"---\npermalink: {front}\n---\nBody.\n".encode())

    assert made.reading.article is None or made.url.startswith(("https://", "http://"))
