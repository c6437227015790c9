"""A site of each generator, built without any configuration: what its readers get."""

import json
import re
import shutil
from pathlib import Path

import feedparser
import pytest
from click.testing import CliRunner

from feedsvc.articles.disk.sites import open_site
from feedsvc.cli import cli
from tests.support.places import DATA

SITES = DATA / "dialects"
NAMES = sorted(path.name for path in SITES.iterdir() if path.is_dir())

# What no reader may ever see; in code it is the author's own.
LEFT_OVER = re.compile(r"\{%|\{\{[<%]|data-ke-|<script", re.IGNORECASE)
OURS = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
REFERENCE = re.compile(r"""\b(?:href|src|srcset|poster)=(["'])(?P<url>.*?)\1""")
ABSOLUTE = re.compile(r"(?:https?|mailto|tel|data):")
CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)


@pytest.fixture(scope="module", params=NAMES)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The feeds of a sample site."""
    place = tmp_path_factory.mktemp(request.param)
    shutil.copytree(SITES / request.param, place / "site")
    (place / "site/.git").mkdir()

    done = CliRunner().invoke(cli, ["build", str(place / "site"), "--out", str(place / "out")])

    assert done.exit_code == 0, done.output
    return place / "out"


def test_every_feed_can_be_read(built: Path) -> None:
    feeds = [path for name in ("rss.xml", "atom.xml") for path in built.rglob(name)]

    assert len(feeds) > 4
    for path in feeds:
        assert not feedparser.parse(path.read_bytes()).bozo, path


def test_the_feed_of_everything_holds_articles_of_the_site(built: Path) -> None:
    entries = json.loads((built / "feed.json").read_text(encoding="utf-8"))["items"]

    assert len(entries) > 2
    for entry in entries:
        # Pelican alone can be told to make no page of an article.
        assert "/articles/" not in entry["url"] or entry["url"].endswith("/no-page/")


def test_nothing_of_the_generators_language_reaches_a_reader(built: Path) -> None:
    for content in contents(built):
        assert not LEFT_OVER.search(CODE.sub("", content)), content


def test_feeds_stand_where_the_site_had_them(built: Path) -> None:
    feeds = open_site(built.parent / "site").feeds

    assert feeds
    for path, form in feeds.items():
        assert (built / path).read_bytes() == (built / OURS.get(form, form)).read_bytes()


def test_every_address_in_a_body_is_absolute(built: Path) -> None:
    for content in contents(built):
        for reference in REFERENCE.finditer(content):
            assert ABSOLUTE.match(reference["url"]), reference[0]


def test_a_second_build_says_the_same(built: Path, tmp_path: Path) -> None:
    site = built.parent / "site"
    shutil.rmtree(site / ".feedsvc")

    done = CliRunner().invoke(cli, ["build", str(site), "--out", str(tmp_path / "again")])

    assert done.exit_code == 0, done.output
    for path in built.rglob("*.xml"):
        assert (tmp_path / "again" / path.relative_to(built)).read_bytes() == path.read_bytes()


def contents(built: Path) -> list[str]:
    """Return the content of every entry of every feed, as HTML."""
    feeds = (json.loads(path.read_text(encoding="utf-8")) for path in built.rglob("feed.json"))
    return [entry["content_html"] for feed in feeds for entry in feed["items"] if "content_html" in entry]
