"""A setting of a site's own that is of a wrong kind is said once, and the default holds."""

import pytest

from feedsvc.articles.dialects import GENERATORS, Dialect, SiteFiles

ADDRESS = "must be a complete address such as https://example.org, got"


def opened(name: str, config: str, text: str) -> Dialect:
    generator = next(each for each in GENERATORS if each.name == name)
    return generator.open(SiteFiles(names=frozenset({config}), texts={config: text}))


def said(dialect: Dialect) -> list[str]:
    return [str(problem) for problem in dialect.problems]


@pytest.mark.parametrize(
    ("name", "config", "text", "problem"),
    [
        ("jekyll", "_config.yml", "url: 5", "'url' ADDRESS '5'"),
        ("jekyll", "_config.yml", "title: [a]", "'title' must be text, got a list"),
        ("jekyll", "_config.yml", "collections: 7", "'collections' must be a table or a list, got '7'"),
        ("jekyll", "_config.yml", "feed: {posts_limit: x}", "'feed.posts_limit' NUMBER 'x'"),
        ("hugo", "hugo.toml", "baseURL = ['x']", "'baseURL' ADDRESS a list"),
        ("hugo", "hugo.toml", "permalinks = 7", "'permalinks' must be a table or a list, got '7'"),
        ("hexo", "_config.yml", "url: example.org", "'url' ADDRESS 'example.org'"),
        ("hexo", "_config.yml", "permalink: {a: b}", "'permalink' must be text, got a mapping"),
        ("zola", "config.toml", "base_url = 5", "'base_url' ADDRESS '5'"),
        ("zola", "config.toml", "base_url = '/'\nfeed_limit = 'x'", "'feed_limit' NUMBER 'x'"),
        ("eleventy", "_data/site.json", '{"url": 5, "title": "x"}', "'url' ADDRESS '5'"),
        ("pelican", "pelicanconf.py", "SITEURL = 5", "'SITEURL' ADDRESS '5'"),
        ("pelican", "pelicanconf.py", "ARTICLE_PATHS = 'x'", "'ARTICLE_PATHS' must be a list, got 'x'"),
    ],
)  # fmt: skip
def test_a_setting_of_a_wrong_kind_is_reported_once(name: str, config: str, text: str, problem: str) -> None:
    dialect = opened(name, config, text)

    problem = problem.replace("ADDRESS", ADDRESS).replace("NUMBER", "must be a whole number, got")
    assert said(dialect) == [f"{config}: warning: {problem}, and does not count; mend it"]
    assert "site.url" not in dialect.settings


@pytest.mark.parametrize(
    ("name", "config", "text", "setting"),
    [
        ("jekyll", "_config.yml", "permalink: /:nope/:title/", "permalink"),
        ("hugo", "hugo.toml", "[permalinks]\nposts = '/:nope/:slug/'", "permalinks.posts"),
    ],
)
def test_an_unknown_word_in_a_pattern_is_reported_once(
    name: str, config: str, text: str, setting: str
) -> None:
    reason = f"'{setting}' has ':nope', which stands for nothing, so the default counts; mend it"

    assert said(opened(name, config, text)) == [f"{config}: warning: {reason}"]


@pytest.mark.parametrize(
    ("name", "config", "text"),
    [
        (
            "jekyll",
            "_config.yml",
            "url:\nbaseurl:\npermalink: /:categories/:i_month_:short_day/:title",
        ),
        (
            "jekyll",
            "_config.yml",
            "permalink: pretty\ncollections: [a]\nexclude: x\nplugins: []",
        ),
        (
            "hugo",
            "hugo.toml",
            "baseURL = '/'\n[permalinks]\nposts = '/:year/:sections[1:last]/:slug/'",
        ),
        (
            "hugo",
            "hugo.toml",
            "baseURL = ''\nbuildFuture = true\n[permalinks.page]\na = '/:title/'",
        ),
        (
            "hexo",
            "_config.yml",
            "url: http://example.org\npermalink: :year/:kind/\nfeed: {limit: 0}",
        ),
        ("zola", "config.toml", "base_url = 'https://example.org'\nfeed_limit = 20\nlanguages = []"),
        (
            "pelican",
            "pelicanconf.py",
            "SITEURL = ''\nARTICLE_PATHS = ('x',)\nFEED_MAX_ITEMS = 10",
        ),
    ],
)
def test_what_is_right_or_left_open_is_no_problem(name: str, config: str, text: str) -> None:
    assert said(opened(name, config, text)) == []


@pytest.mark.parametrize("prefix", ["5", "process.env.PREFIX", "[a]"])
def test_a_prefix_that_cannot_be_read_is_reported(prefix: str) -> None:
    dialect = opened("eleventy", ".eleventy.js", f"module.exports = c => ({{ pathPrefix: {prefix} }})")

    assert said(dialect) == [
        ".eleventy.js: warning: 'pathPrefix' must be text that is written out, and does not count;"
        " mend it, or set site.url"
    ]


@pytest.mark.parametrize(
    ("name", "config", "text"),
    [
        ("jekyll", "_config.yml", "url: WEB"),
        ("hugo", "hugo.toml", "baseURL = 'WEB'"),
        ("hexo", "_config.yml", "url: WEB"),
        ("zola", "config.toml", "base_url = 'WEB'"),
        ("eleventy", "_data/site.json", '{"url": "WEB", "title": "x"}'),
        ("pelican", "pelicanconf.py", "SITEURL = 'WEB'"),
    ],
)
def test_the_scheme_of_a_sites_address_may_be_in_capitals(name: str, config: str, text: str) -> None:
    """RFC 3986, 3.1."""
    dialect = opened(name, config, text.replace("WEB", "HTTPS://example.org"))

    assert said(dialect) == []
    assert str(dialect.settings["site.url"]).lower() == "https://example.org"
