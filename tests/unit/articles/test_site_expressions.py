"""Expressions and globs of a site's own configuration: none holds a refresh, whatever it is."""

from datetime import UTC
from time import process_time

import pytest

from feedsvc.articles.dialects import Dialect, SiteFiles
from feedsvc.articles.dialects.eleventy import ELEVENTY
from feedsvc.articles.dialects.hexo import HEXO
from feedsvc.articles.dialects.hugo import HUGO
from feedsvc.articles.dialects.jekyll import JEKYLL
from feedsvc.articles.dialects.pelican import PELICAN
from feedsvc.articles.dialects.protocol import Generator
from feedsvc.articles.dialects.site_expressions import SiteExpression, noted
from feedsvc.articles.dialects.zola import ZOLA
from feedsvc.articles.reading.article import ReadingRules
from feedsvc.articles.reading.read import Reading, read_article
from tests.support.builders import make_file

# An engine can take the letters of a long name apart in more ways than there are atoms.
SLOW = r"(\w|\w\w)+$"
# Before Python 3.9, and in an engine without guards, it would be the 12th power of a name's length.
STARS = "*a" * 12 + "*b"


def read(dialect: Dialect, path: str, raw: bytes = b"---\ntitle: Hello World\n---\nText.\n") -> Reading:
    file = make_file(path, size=len(raw))
    return read_article(file, raw, ReadingRules(dialect=dialect, zone=UTC))


CONFIGURATIONS = {
    "FILENAME_METADATA": (PELICAN, "pelicanconf.py", f"FILENAME_METADATA = r'{SLOW}'"),
    "PATH_METADATA": (PELICAN, "pelicanconf.py", f"PATH_METADATA = r'{SLOW}'"),
    "SLUG_REGEX_SUBSTITUTIONS": (
        PELICAN,
        "pelicanconf.py",
        f"SLUG_REGEX_SUBSTITUTIONS = [(r'{SLOW}', '')]",
    ),
    "TAG_REGEX_SUBSTITUTIONS": (
        PELICAN,
        "pelicanconf.py",
        "TAG_REGEX_SUBSTITUTIONS = [" + r"(r'(.+)', r'\1\1')," * 30 + "]",
    ),
    "ignoreFiles": (HUGO, "hugo.toml", f"baseURL = 'https://ex.org'\nignoreFiles = ['{SLOW}']"),
}


def test_of_thousands_of_expressions_the_first_count() -> None:
    patterns = ", ".join(f"'a{number}.*b'" for number in range(2_000))
    config = f"baseURL = 'https://ex.org'\nignoreFiles = [{patterns}]"

    dialect = HUGO.open(SiteFiles(name="site", names=frozenset({"content/"}), texts={"hugo.toml": config}))

    assert dialect.why_not_an_article("content/a1.xb.md")
    assert ["ignoreFiles takes too long" in problem.reason for problem in dialect.problems] == [True]


@pytest.mark.parametrize("setting", CONFIGURATIONS)
def test_an_expression_that_takes_too_long_is_said_and_the_default_holds(setting: str) -> None:
    """Each of these held `check`, a refresh and the start of `serve` for ever, or took 858 MB."""
    generator, path, text = CONFIGURATIONS[setting]

    dialect = generator.open(SiteFiles(name="site", names=frozenset({"content/"}), texts={path: text}))

    assert [(problem.path, problem.reason) for problem in dialect.problems] == [
        (
            path,
            f"the expression or glob in {setting} takes too long, so the setting's default counts;"
            " write it without repetitions side by side or within each other",
        )
    ]


def cascade(glob: str) -> str:
    return f"---\ncascade:\n  draft: true\n  target:\n    path: '{glob}'\n---\n"


GLOBS = {
    "ignoreFiles": (HUGO, {"hugo.toml": f"baseURL = 'https://ex.org'\nignoreFiles = ['{SLOW}']"}),
    "cascade": (HUGO, {"hugo.toml": "baseURL = 'https://ex.org'", "content/_index.md": cascade(STARS)}),
    "ignore": (HEXO, {"_config.yml": f"url: https://ex.org\nignore: ['**/{STARS}']"}),
    "skip_render": (HEXO, {"_config.yml": f"url: https://ex.org\nskip_render: ['**/{STARS}']"}),
    "new_post_name": (HEXO, {"_config.yml": f"url: https://ex.org\nnew_post_name: '{':a' * 20}.md'"}),
    "exclude": (JEKYLL, {"_config.yml": f"url: https://ex.org\nexclude: ['**/{STARS}']"}),
    "ignored_content": (ZOLA, {"config.toml": f"base_url = 'https://ex.org'\nignored_content = ['{STARS}']"}),
    "IGNORE_FILES": (PELICAN, {"pelicanconf.py": f"IGNORE_FILES = ['{STARS}']"}),
    ".eleventyignore": (ELEVENTY, {".eleventy.js": "", ".eleventyignore": f"**/{STARS}"}),
}


@pytest.mark.parametrize(("generator", "texts"), GLOBS.values(), ids=GLOBS)
def test_a_glob_of_many_stars_lets_each_article_through_in_a_moment(
    generator: Generator, texts: dict[str, str]
) -> None:
    """An engine that tries each way to share a name among the stars takes years for one of them."""
    names = frozenset({"content/", "source/"})
    dialect = generator.open(SiteFiles(name="site", names=names, texts=texts))
    began = process_time()

    for number in range(20):
        path = (
            f"{dialect.root_folders[0] if generator is HEXO else ''}_posts/2024-05-01-{'a' * 100}{number}.md"
        )
        dialect.why_not_an_article(path)
        read(dialect, path)

    assert process_time() - began < 10


def test_of_many_articles_none_waits_for_an_expression_that_is_set_aside() -> None:
    config = f"FILENAME_METADATA = r'{SLOW}'\nSLUG_REGEX_SUBSTITUTIONS = [(r'{SLOW}', '')]"
    dialect = PELICAN.open(SiteFiles(name="site", texts={"pelicanconf.py": config}))
    began = process_time()

    found = [read(dialect, f"2024-05-01-{'a' * 100}{number}.md") for number in range(50)]

    assert all(reading.article and reading.article.dates.published for reading in found)
    assert process_time() - began < 5


def test_what_meets_the_limit_on_an_articles_own_text_is_said_with_it() -> None:
    """No trial knows all texts; once is enough, and other articles wait no more."""
    expression = SiteExpression(r"q(\w|\w\w)+$", "FILENAME_METADATA", "pelicanconf.py")

    with noted() as first:
        assert expression.match("q" + "z" * 200 + "!") is None
    with noted() as later:
        assert expression.match("qzx") is None

    assert [problem.path for problem in first] == ["pelicanconf.py"]
    assert first == later


@pytest.mark.parametrize(
    ("pattern", "instead"), [(r"(.+)", r"\1" * 100), ("a", "b" * 1_000), ("(a)|b", r"\g<0>" * 200)]
)
def test_no_substitution_makes_much_of_little(pattern: str, instead: str) -> None:
    expression = SiteExpression(pattern, "SLUG_REGEX_SUBSTITUTIONS", "pelicanconf.py")

    assert expression.sub(instead, "a" * 500) is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?P<date>\d{4}-\d{2}-\d{2})_(?P<slug>.*)",
        r"(?P<category>[^/]+)/(?P<slug>[^/]+)\.md",
        r"\.(?:bak|swp)$",
        "^_",
    ],
)
def test_an_expression_as_people_write_it_meets_no_limit(pattern: str) -> None:
    assert SiteExpression(pattern, "FILENAME_METADATA", "pelicanconf.py").tried_out()


def test_a_permalink_that_brings_an_expression_is_bounded() -> None:
    dialect = ELEVENTY.open(SiteFiles(name="site", texts={".eleventy.js": "module.exports = {}"}))
    slow = f"/{{{{ '{'a' * 60}!' | substitute: '{SLOW}', 'y' }}}}/"

    found = read(dialect, "a.md", f"---\ntitle: T\npermalink: >-\n  {slow}\n---\nText.\n".encode())

    assert ["too long" in problem.reason for problem in found.problems][-1:] == [True]
