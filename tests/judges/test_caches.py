"""Caches before us give nothing older than the headers allow, and no part of a feed for the whole.

And static servers give what an export has written. All run with the examples in config/.
"""

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path
from time import monotonic
from typing import Any

import feedparser
import pytest

from tests.support.processes import Answer, Served, feedsvc, free_port
from tests.support.proxies import (
    CONFIG,
    CachingNginx,
    Caddy,
    Nginx,
    Place,
    Program,
    Varnish,
    answers,
    ask,
    moved,
)
from tests.support.sites import article

NEWSBOAT = "newsboat/2.30.1 (Linux x86_64)"


@dataclass(frozen=True)
class Cached:
    """A server behind a cache."""

    place: Place
    served: Served
    articles: Path

    def get(self, **headers: Any) -> Answer:
        """Ask the cache for a feed."""
        return ask(f"{self.place.url}/atom.xml", **headers)

    def publish(self, title: str) -> None:
        """Write an article, and wait until the server itself has it."""
        (self.articles / f"{title}.md").write_text(article(title, date="2026-04-03"), encoding="utf-8")
        self.served.until(lambda: f"<title>{title}".encode() in self.served.get("/atom.xml").body)


@pytest.fixture(scope="module", params=[CachingNginx, Varnish, Nginx, Caddy], ids=lambda kind: kind.__name__)
def cached(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cached]:
    with behind(request.param, tmp_path_factory.mktemp("cached")) as cached:
        yield cached


@contextmanager
def behind(kind: type[Program], folder: Path) -> Iterator[Cached]:
    """Have a server behind a cache of some kind."""
    articles = folder / "home" / "site"
    articles.mkdir(parents=True)
    (articles / "first.md").write_text(article("First"), encoding="utf-8")
    place = Place("/feeds", free_port(), free_port())
    with (
        kind(place, folder),
        Served(
            "site",
            cwd=articles.parent,
            port=place.inner,
            FEEDSVC_SERVER__URL=place.url,
            FEEDSVC_HTTP__MAX_AGE="1",
        ) as served,
    ):
        served.until(lambda: answers(place))
        yield Cached(place, served, articles)


def test_news_comes_through_a_cache_when_its_time_is_up_and_what_is_the_same_as_304(cached: Cached) -> None:
    old = cached.get().headers["ETag"]

    cached.publish("News")

    cached.served.until(lambda: b"<title>News" in cached.get().body)
    new = cached.get()
    assert new.headers["ETag"] != old
    assert cached.get(If_None_Match=new.headers["ETag"]).status == 304
    assert cached.get(If_None_Match=old).status == 200
    assert new.body == cached.served.get("/atom.xml").body


@pytest.mark.parametrize("kind", [CachingNginx, Varnish], ids=lambda kind: kind.__name__)
def test_a_cache_answers_by_itself_and_compares_what_it_has_when_its_time_is_up(
    kind: type[Program], tmp_path: Path
) -> None:
    with behind(kind, tmp_path) as cached:
        begun = monotonic()
        asked = 0
        while monotonic() - begun < 3:  # thrice as long as an answer is good for
            assert cached.get().status == 200
            asked += 1
        cached.served.stop()

    status = json.loads(feedsvc("stats", "site", "--format", "json", cwd=cached.articles.parent).stdout)[
        "total"
    ]["status"]
    assert status["304"] >= 1
    assert status["200"] <= 2
    assert sum(status.values()) < asked / 2


def test_a_delta_never_comes_through_a_cache(cached: Cached) -> None:
    """A cache would hand it to readers who have not what it leaves out."""
    old = cached.get().headers["ETag"]
    cached.publish("Second")
    cached.served.until(lambda: b"<title>Second" in cached.get().body)

    through = cached.get(A_IM="feed", If_None_Match=old, User_Agent=NEWSBOAT)
    straight = cached.served.get("/atom.xml", A_IM="feed", If_None_Match=old, User_Agent=NEWSBOAT)

    assert straight.status == 226
    assert (through.status, through.headers["IM"]) == (200, None)
    assert len(feedparser.parse(through.body).entries) >= 2
    assert through.body == cached.served.get("/atom.xml").body


class StaticNginx(Nginx):
    """nginx with the example for static files, without TLS."""

    def configured(self, place: Place, folder: Path) -> str:
        lines = super().configured(place, folder)
        example = (CONFIG / "nginx-static.conf").read_text(encoding="utf-8")
        example = re.sub(r"^ +(ssl_|listen \[).*\n", "", example, flags=re.MULTILINE)
        example = example.replace("listen 443 ssl", f"listen 127.0.0.1:{place.outer}")
        example = example.replace("/var/www", str(folder))
        types = "include /etc/nginx/mime.types;"
        return f"user {getuser()};\n{lines.partition('http {')[0]}http {{\n{types}\n{example}\n}}\n"


class StaticCaddy(Program):
    """Caddy with the example for static files, without TLS."""

    name = "caddy"
    arguments = Caddy.arguments

    def configured(self, place: Place, folder: Path) -> str:
        site = moved("Caddyfile-static", place).replace("example.org {", f"http://127.0.0.1:{place.outer} {{")
        return f"{{\n\tadmin off\n\tauto_https off\n}}\n{site}".replace("/var/www", str(folder))


@dataclass(frozen=True)
class Static:
    """An export behind a server that knows nothing but its files."""

    url: str
    folder: Path


@pytest.fixture(scope="module", params=[StaticNginx, StaticCaddy], ids=lambda kind: kind.__name__)
def static(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Static]:
    tmp_path = tmp_path_factory.mktemp("static")
    place = Place("/feeds", free_port(), 0)
    articles = tmp_path / "site"
    articles.mkdir()
    for number in range(3):
        (articles / f"{number}.md").write_text(article(f"Number {number}", "Text. " * 50, categories="News"))
    done = feedsvc(
        "build", "site", "--precompress", "--out", "feeds", cwd=tmp_path, FEEDSVC_SERVER__URL=place.url
    )
    assert done.returncode == 0, done.stderr
    with request.param(place, tmp_path) as program:
        deadline = monotonic() + 10
        while not reached(place):
            assert program.process.poll() is None, (tmp_path / f"{program.name}.log").read_text()
            assert monotonic() < deadline
        yield Static(place.url, tmp_path / "feeds")


def reached(place: Place) -> bool:
    try:
        return ask(f"{place.url}/rss.xml").status == 200
    except OSError:
        return False


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("rss.xml", "application/rss+xml; charset=utf-8"),
        ("categories/news/atom.xml", "application/atom+xml; charset=utf-8"),
        ("feed.json", "application/feed+json"),
        ("feeds.opml", "text/x-opml; charset=utf-8"),
        ("", "text/html; charset=utf-8"),
    ],
)
def test_static_files_have_the_headers_that_readers_and_caches_need(
    static: Static, name: str, media_type: str
) -> None:
    answer = ask(f"{static.url}/{name}")

    assert (answer.status, answer.headers["Content-Type"]) == (200, media_type)
    assert (
        answer.headers["Cache-Control"]
        == "public, max-age=300, stale-while-revalidate=60, stale-if-error=86400"
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert ask(f"{static.url}/{name}", If_None_Match=answer.headers["ETag"]).status == 304
    assert ask(f"{static.url}/{name}", If_Modified_Since=answer.headers["Last-Modified"]).status == 304


def test_static_files_go_out_as_they_were_compressed(static: Static) -> None:
    plain = (static.folder / "rss.xml").read_bytes()

    answer = ask(f"{static.url}/rss.xml", Accept_Encoding="gzip")

    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.body == (static.folder / "rss.xml.gz").read_bytes()
    assert gzip.decompress(answer.body) == ask(f"{static.url}/rss.xml").body == plain
    assert answer.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert ask(f"{static.url}/rss.xml.gz").status == 404


def test_a_folder_of_static_files_leads_to_its_page(static: Static) -> None:
    answer = ask(f"{static.url}/categories/news")

    assert answer.status in (301, 308)  # Caddy answers 308
    assert answer.headers["Location"] in ("/feeds/categories/news/", "news/")
