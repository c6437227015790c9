"""The dialects, each with a path at which one of its articles lies."""

from typing import NamedTuple

from feedsvc.articles.dialects import GENERATORS, PLAIN, Dialect, SiteFiles


class Sort(NamedTuple):
    """A dialect, and where one of its articles lies."""

    dialect: Dialect
    path: str


def opened(name: str, config: str, text: str, path: str) -> Sort:
    generator = next(each for each in GENERATORS if each.name == name)
    return Sort(generator.open(SiteFiles(names=frozenset({config}), texts={config: text})), path)


SORTS = [
    Sort(PLAIN, "{}.md"),
    opened("jekyll", "_config.yml", "url: https://example.org", "_posts/2024-05-01-{}.md"),
    opened("hugo", "hugo.toml", "baseURL = 'https://example.org/'", "content/posts/{}.md"),
    opened("zola", "config.toml", "base_url = 'https://example.org'", "content/{}.md"),
    opened("hexo", "_config.yml", "url: https://example.org\npermalink: :title/", "source/_posts/{}.md"),
    opened("pelican", "pelicanconf.py", "SITEURL = 'https://example.org/x'", "content/{}.md"),
    opened("eleventy", ".eleventy.js", "module.exports = function (c) {}", "posts/{}.md"),
]
