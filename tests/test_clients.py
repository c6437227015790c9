"""What real feed readers make of the owner's articles, polled from the real service."""

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Protocol

import feedparser
import pytest
from reader import make_reader

from tests.processes import SECONDS, Served, environment, feedsvc

SEEDS = Path(__file__).parents[1] / "seeds"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Seen:
    """An entry as a client has it."""

    id: str
    title: str
    link: str
    date: datetime


class Client(Protocol):
    """A feed reader with one subscription and a memory."""

    def __init__(self, home: Path, url: str) -> None: ...

    def poll(self) -> list[Seen]:
        """Fetch the feed; return all entries that it knows now."""


class Newsboat:
    """A reader for terminals, which asks for deltas."""

    def __init__(self, home: Path, url: str) -> None:
        self._cache = home / "cache.db"
        (home / "urls").write_text(f"{url}\n")
        (home / "config").write_text("")
        files = "-u", str(home / "urls"), "-c", str(self._cache), "-C", str(home / "config")
        self._command = ["newsboat", *files, "-x", "reload"]
        self._environ = environment(home, {})

    def poll(self) -> list[Seen]:
        subprocess.run(
            self._command, env=self._environ, check=True, timeout=SECONDS, stdout=subprocess.DEVNULL
        )
        with sqlite3.connect(self._cache) as cache:
            rows = cache.execute("SELECT guid, title, url, pubDate FROM rss_item").fetchall()
        cache.close()
        return sorted(
            Seen(id=guid, title=title, link=link, date=datetime.fromtimestamp(date, UTC))
            for guid, title, link, date in rows
        )


class Sfeed:
    """Small tools around curl; an entry is a line of fields parted by tabs."""

    def __init__(self, home: Path, url: str) -> None:
        self._feeds = home / "feeds"
        self._rc = home / "sfeedrc"
        self._rc.write_text(f'sfeedpath="{self._feeds}"\nfeeds() {{\n\tfeed "seeds" "{url}"\n}}\n')
        self._environ = environment(home, {})

    def poll(self) -> list[Seen]:
        run = subprocess.run(
            ["sfeed_update", str(self._rc)],
            env=self._environ,
            capture_output=True,
            timeout=SECONDS,
            check=True,
        )
        assert b"FAIL" not in run.stdout + run.stderr
        lines = (self._feeds / "seeds").read_text(encoding="utf-8").splitlines()
        return sorted(self._seen(line.split("\t")) for line in lines)

    @staticmethod
    def _seen(fields: list[str]) -> Seen:
        date = datetime.fromtimestamp(int(fields[0]), UTC)
        return Seen(id=fields[5], title=fields[1], link=fields[2], date=date)


class Reader:
    """lemon24/reader, a library that readers are built on."""

    def __init__(self, home: Path, url: str) -> None:
        self._reader = make_reader(str(home / "reader.sqlite"))
        self._reader.add_feed(url)

    def poll(self) -> list[Seen]:
        self._reader.update_feed(next(iter(self._reader.get_feeds())))
        return sorted(
            Seen(id=e.id, title=e.title or "", link=e.link or "", date=e.published or NEVER)
            for e in self._reader.get_entries()
        )

    def close(self) -> None:
        self._reader.close()


def has(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


CLIENTS = [
    pytest.param(kind, form, id=f"{kind.__name__}-{form}".lower(), marks=has(program))
    for kind, program, forms in (
        (Newsboat, "newsboat", ("rss.xml", "atom.xml")),
        (Sfeed, "sfeed_update", ("rss.xml", "atom.xml")),
        (Reader, "python3", ("rss.xml", "atom.xml", "feed.json")),
    )
    for form in forms
]


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SEEDS, tmp_path / "articles"))


@pytest.fixture
def served(articles: Path) -> Iterator[Served]:
    with Served(articles, cwd=articles.parent, FEEDSVC_ARTICLES__RESCAN="1") as process:
        yield process


def publish_another(articles: Path, served: Served) -> None:
    new = "---\ntitle: 새 글\ndate: 2026-05-01\n---\n새로운 글.\n"
    (articles / "new.md").write_text(new, encoding="utf-8")
    served.until(lambda: "새 글" in served.get("/rss.xml").body.decode())  # and in all others at once


@pytest.mark.parametrize(("kind", "form"), CLIENTS)
def test_a_reader_sees_both_articles_and_an_edit_is_no_news(
    articles: Path, served: Served, tmp_path: Path, kind: type[Client], form: str
) -> None:
    (home := tmp_path / "client").mkdir()
    client = kind(home, f"{served.url}/{form}")

    first = client.poll()

    assert len(first) == 2
    for seen in first:
        page = served.get(seen.link.removeprefix(served.url))
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert seen.title in unescape(page.body.decode())
        assert seen.date.year >= 2000
    assert client.poll() == first

    old = sorted(articles.glob("*.txt"))[0]
    old.write_text(old.read_text(encoding="utf-8") + "<p>한 줄 더.</p>\n", encoding="utf-8")
    served.until(lambda: "한 줄 더" in served.get(f"/{form}").body.decode())

    assert client.poll() == first

    publish_another(articles, served)

    (added,) = set(client.poll()) - set(first)
    assert added.title == "새 글"


@pytest.mark.parametrize("form", ["rss.xml", "atom.xml"])
def test_feedparser_asks_for_what_is_new_and_gets_no_more(articles: Path, served: Served, form: str) -> None:
    url = f"{served.url}/{form}"
    first = feedparser.parse(url)
    publish_another(articles, served)

    news = feedparser.parse(url, etag=first.etag)
    again = feedparser.parse(url, etag=news.etag)

    assert (first.status, len(first.entries)) == (200, 2)
    assert (news.status, [entry.title for entry in news.entries], news.bozo) == (226, ["새 글"], False)
    assert (again.status, again.entries) == (304, [])


@has("newsboat")
def test_newsboat_asks_for_what_is_new_and_gets_no_more(
    articles: Path, served: Served, tmp_path: Path
) -> None:
    (home := tmp_path / "client").mkdir()
    client = Newsboat(home, f"{served.url}/atom.xml")
    client.poll()
    client.poll()  # it keeps an ETag only of a feed that it knows
    publish_another(articles, served)

    assert len(client.poll()) == 3
    assert len(client.poll()) == 3
    served.stop()

    told = feedsvc("stats", articles, "--format", "json", cwd=articles.parent).stdout
    (newsboat,) = (line for line in json.loads(told)["clients"] if line["name"] == "newsboat")
    assert newsboat["status"] == {"200": 2, "226": 1, "304": 1}
