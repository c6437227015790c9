"""Whatever a site and its articles hold: the site opens, and each file is an article or a problem."""

from dataclasses import replace
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from feedsvc.articles.dialects import GENERATORS, Dialect, Generator, SiteFiles
from feedsvc.articles.dialects.javascript import exported
from feedsvc.articles.disk.sites import open_site
from feedsvc.articles.reading.article import ReadingRules
from feedsvc.articles.reading.permalinks import article_url, generators_id
from feedsvc.articles.reading.read import Reading, read_article
from feedsvc.catalogue import open_store
from feedsvc.cli.workplace import Workplace, detected
from feedsvc.config import load_config
from feedsvc.model import Catalogue
from feedsvc.publisher.export import export
from feedsvc.publisher.inspect.survey import survey
from feedsvc.publisher.refresh.publisher import Publisher
from tests.support.builders import NOON, make_file, make_site
from tests.support.hostile import spoilt
from tests.support.judged import SITES
from tests.support.strategies import RANDOM, examples

BY_NAME = {generator.name: generator for generator in GENERATORS}


@lru_cache
def sample(name: str) -> tuple[dict[str, str], frozenset[str], list[str]]:
    """Return what a sample site is steered by, its names, and the paths of its articles."""
    root = SITES / name
    files = sorted(path for path in root.rglob("*") if path.is_file())
    wanted = GitIgnoreSpec.from_lines(BY_NAME[name].files_to_read)
    paths = {path.relative_to(root).as_posix(): path for path in files}
    texts = {
        path: file.read_text("utf-8", "replace") for path, file in paths.items() if wanted.match_file(path)
    }
    names = frozenset(path.name + "/" * path.is_dir() for path in root.iterdir())
    return texts, names, [path for path in paths if Path(path).suffix in (".md", ".html", ".rst", ".njk")]


def read(dialect: Dialect, path: str, raw: bytes) -> Reading:
    """Read an article, and ask for all that its dialect knows of it."""
    file = make_file(path, size=len(raw))
    reading = read_article(file, raw, ReadingRules(dialect=dialect, zone=UTC))
    if reading.article is not None:
        site = make_site(url="https://ex.org", feeds_url="https://feeds.example")
        url, _ = article_url(reading.article, reading.article.dates.published or NOON, "ours", site=site)
        assert url.isascii()
        generators_id(reading.article, NOON, site=site)
        dialect.asset_folders(reading.article)
        dialect.owner_articles(reading.article, "x.png")
        dialect.lead_image_patterns(path)
    return reading


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda generator: generator.name)
@settings(max_examples=examples(60))
@given(data=st.data())
def test_any_configuration_opens(generator: Generator, data: st.DataObject) -> None:
    texts, names, articles = sample(generator.name)
    bad = data.draw(st.sampled_from(sorted(texts)))
    files = SiteFiles(name="site", names=names, texts={**texts, bad: spoilt(texts[bad], data.draw(RANDOM))})

    generator.owns(files)
    dialect = generator.open(files)
    said, problems = detected(dialect, Path("/nowhere"))

    load_config(None, environ={}, detected=said)
    assert len(said) + len(problems) == len(dialect.settings)
    for path in articles:
        dialect.why_not_an_article(path)
        assert read(dialect, path, b"---\ntitle: T\nimage: x.png\n---\nBody.\n").article


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda generator: generator.name)
@settings(max_examples=examples(60))
@given(data=st.data())
def test_any_file_is_an_article_or_a_problem(generator: Generator, data: st.DataObject) -> None:
    texts, names, articles = sample(generator.name)
    dialect = generator.open(SiteFiles(name="site", names=names, texts=texts))
    path = data.draw(st.sampled_from(articles))
    text = (SITES / generator.name / path).read_text("utf-8", "replace")
    raw = spoilt(text, data.draw(RANDOM)).encode("utf-8", "surrogatepass") + data.draw(st.binary(max_size=4))

    reading = read(dialect, path, raw)

    assert reading.article or reading.problems


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda generator: generator.name)
@settings(max_examples=examples(8), suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_configuration_goes_the_whole_road(generator: Generator, data: st.DataObject) -> None:
    """What opens must publish, and write files, too: no value of a site's own stops its feeds."""
    texts, _, _ = sample(generator.name)
    bad = data.draw(st.sampled_from(sorted(texts)))
    with TemporaryDirectory() as home:
        folder = Path(home) / "site"
        copytree(SITES / generator.name, folder)
        (folder / bad).write_bytes(spoilt(texts[bad], data.draw(RANDOM)).encode("utf-8", "surrogatepass"))
        dialect = open_site(folder, generator.name)
        said, problems = detected(dialect, folder)
        config = load_config(None, environ={}, detected=said)
        here = Workplace(config=config, path=None, articles=folder, dialect=dialect, problems=problems)
        store = open_store(f"sqlite:///{home}/catalogue.db")
        plan = replace(here.plan(), git_dates=False, composed=True)

        looked = survey(plan, Catalogue(), now=NOON)
        report = Publisher(plan, store, clock=lambda: NOON).refresh()
        export(store, folder, Path(home) / "out")
        published = store.snapshot().documents
        store.close()

    reasons = [problem.reason for problem in (*looked.problems, *report.problems)]
    assert not [reason for reason in reasons if "fault of feedsvc" in reason]
    assert {"rss.xml", "atom.xml", "feed.json"} <= published.keys()


@pytest.mark.parametrize("program", ["[a }", "{a: [b }", "{a: [b; }", "[" * 90 + "}", "{a: ]", "}"])
def test_brackets_that_do_not_match_come_to_an_end(program: str) -> None:
    exported(f"module.exports = {{ x: {program}, y: 'z' }}")


@pytest.mark.parametrize("unit", ["export const x = ", "'\\", "/*", "{a: [", "process.env.A || "])
def test_a_program_is_read_in_linear_time(unit: str) -> None:
    """In quadratic time it would take minutes."""
    exported(unit * (60_000 // len(unit)))


@pytest.mark.parametrize(
    ("name", "config", "line"),
    [
        ("jekyll", "_config.yml", "feed: {posts_limit: %s}"),
        ("hexo", "_config.yml", "feed: {limit: %s}"),
        ("hugo", "hugo.toml", "rssLimit = '%s'"),
        ("hugo", "hugo.toml", "[languages.en]\nweight = '%s'"),
    ],
)
def test_a_number_of_thousands_of_digits_is_none(name: str, config: str, line: str) -> None:
    """Python refuses to make an integer of it."""
    files = SiteFiles(name="site", texts={config: line % ("9" * 5000)})

    assert "feeds.limit" not in BY_NAME[name].open(files).settings


@pytest.mark.parametrize(
    ("name", "config", "text"),
    [
        ("hexo", "_config.yml", "url: http://[bad\nroot:\n"),
        ("pelican", "pelicanconf.py", "SITEURL = 'http://[bad'"),
        ("zola", "config.toml", "base_url = 'http://[bad'"),
    ],
)
@pytest.mark.parametrize("image", ["http://[bad", "a.png", "/a.png"])
def test_an_address_that_is_none_stops_no_article(name: str, config: str, text: str, image: str) -> None:
    dialect = BY_NAME[name].open(SiteFiles(name="site", texts={config: text}))

    raw = f'---\ntitle: T\ndate: 2024-05-01\nimage: "{image}"\n---\nBody.\n'.encode()

    article = read(dialect, "a.md", raw).article

    assert article
    assert article.lead_image


def test_a_base_that_is_no_address_is_told_of() -> None:
    data = {".eleventy.js": "", "_data/metadata.json": '{"url": "http://[bad"}'}

    said, problems = detected(BY_NAME["eleventy"].open(SiteFiles(name="site", texts=data)), Path("/nowhere"))

    assert "site.url" not in said
    assert [problem.reason.partition(" must")[0] for problem in problems] == [
        "what eleventy has here for site.url"
    ]


BRACES = "{" * 2000 + "}" * 2000


@pytest.mark.parametrize(
    ("name", "config", "text"),
    [
        ("hugo", "hugo.toml", f"ignoreFiles = ['{'(' * 2000}{')' * 2000}']"),
        ("hugo", "hugo.toml", "ignoreFiles = ['a{99999999999999999999}', '[[a]']"),
        ("hugo", "content/_index.md", f"---\ncascade:\n  x: 1\n  _target:\n    path: '{BRACES}'\n---\n"),
        (
            "zola",
            "config.toml",
            f"base_url = 'https://ex.org'\nignored_content = ['{'{a,b}' * 60}', '{BRACES}']",
        ),
        (
            "jekyll",
            "_config.yml",
            f"defaults: [{{scope: {{path: '{'**/' * 60}x'}}, values: {{layout: post}}}}]\n",
        ),
    ],
)
def test_patterns_take_neither_for_ever_nor_all_memory(name: str, config: str, text: str) -> None:
    files = SiteFiles(name="site", names=frozenset({"content/"}), texts={config: text})

    dialect = BY_NAME[name].open(files)

    for path in ("content/posts/a.md", f"_posts/{'a/' * 30}2024-01-01-a.md"):
        assert read(dialect, path, b"---\ntitle: T\n---\nBody.\n").article
        dialect.why_not_an_article(path)
