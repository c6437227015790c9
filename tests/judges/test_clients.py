"""What real feed readers make of the owner's articles, polled from the real service.

One service lives through all that an author does; every reader looks after each step.
"""

import json
import mailbox
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path
from typing import Protocol

import feedparser
import pytest
from reader import make_reader

from tests.support.freshrss import FreshRss
from tests.support.places import ROOT
from tests.support.processes import SECONDS, Served, environment, feedsvc

SEEDS = ROOT / "seeds"
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
        run(self._command, self._environ)
        with sqlite3.connect(self._cache) as cache:
            rows = cache.execute("SELECT guid, title, url, pubDate FROM rss_item").fetchall()
        cache.close()
        return sorted(
            Seen(id=guid, title=title, link=link, date=datetime.fromtimestamp(date, UTC))
            for guid, title, link, date in rows
        )

    @property
    def home(self) -> str:
        with sqlite3.connect(self._cache) as cache:
            ((home,),) = cache.execute("SELECT url FROM rss_feed").fetchall()
        cache.close()
        return str(home)


class Sfeed:
    """Small tools around curl; an entry is a line of fields parted by tabs."""

    def __init__(self, home: Path, url: str) -> None:
        self._feeds = home / "feeds"
        self._rc = home / "sfeedrc"
        self._rc.write_text(f'sfeedpath="{self._feeds}"\nfeeds() {{\n\tfeed "seeds" "{url}"\n}}\n')
        self._environ = environment(home, {})

    def poll(self) -> list[Seen]:
        assert "FAIL" not in run(["sfeed_update", str(self._rc)], self._environ)
        lines = (self._feeds / "seeds").read_text(encoding="utf-8").splitlines()
        return sorted(self._seen(line.split("\t")) for line in lines)

    @staticmethod
    def _seen(fields: list[str]) -> Seen:
        date = datetime.fromtimestamp(int(fields[0]), UTC)
        return Seen(id=fields[5], title=fields[1], link=fields[2], date=date)


class Reader:
    """lemon24/reader, a library that readers are built on."""

    def __init__(self, home: Path, url: str) -> None:
        self._file = str(home / "reader.sqlite")
        with make_reader(self._file) as reader:
            reader.add_feed(url)

    def poll(self) -> list[Seen]:
        with make_reader(self._file) as reader:
            reader.update_feed(next(iter(reader.get_feeds())))
            return sorted(
                Seen(id=e.id, title=e.title or "", link=e.link or "", date=e.published or NEVER)
                for e in reader.get_entries()
            )

    @property
    def home(self) -> str:
        with make_reader(self._file) as reader:
            return next(iter(reader.get_feeds())).link or ""


class Rss2email:
    """Sends each new entry as a mail. It is built on feedparser, asks for deltas, and refuses them."""

    def __init__(self, home: Path, url: str) -> None:
        self._mails = home / "mails"
        self._command = ["r2e", "-c", str(home / "config"), "-d", str(home / "data")]
        self._environ = environment(home, {})
        (home / "config").write_text(
            "[DEFAULT]\nto = me@example.org\nemail-protocol = maildir\nmaildir-mailbox = new\n"
            f"maildir-path = {self._mails}\ndate-header = True\nsame-server-fetch-interval = 0\n"
        )
        self._mails.mkdir()
        run([*self._command, "add", "seeds", url], self._environ)

    def poll(self) -> list[Seen]:
        assert "[ERROR]" not in (said := run([*self._command, "run"], self._environ)), said
        assert "[WARNING]" not in said, said
        return sorted(
            Seen(
                id=str(mail["X-RSS-ID"]),
                title=str(make_header(decode_header(mail["Subject"]))),
                link=str(mail["X-RSS-URL"]),
                date=parsedate_to_datetime(mail["Date"]),
            )
            for mail in mailbox.Maildir(self._mails / "new")
        )


class LikeFreshRss:
    """A server that people share; see `tests/support/freshrss.py`."""

    def __init__(self, home: Path, url: str) -> None:  # noqa: ARG002
        self._judge = FreshRss(url)
        self.told: list[tuple[int, int]] = []

    def poll(self) -> list[Seen]:
        self._judge.look()
        self.told.append((self._judge.new, self._judge.updated))
        return sorted(
            Seen(id=guid, title=entry.title, link=entry.link, date=_date(entry.date))
            for guid, entry in self._judge.known.items()
        )

    @property
    def home(self) -> str:
        return self._judge.home


def _date(text: str) -> datetime:
    return datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)


def run(command: list[str], environ: dict[str, str]) -> str:
    """Run a program to its end; return what it says."""
    done = subprocess.run(
        command,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


XML = ("rss.xml", "atom.xml")
KINDS: dict[str, tuple[type[Client], str, tuple[str, ...]]] = {
    "newsboat": (Newsboat, "newsboat", XML),
    "sfeed": (Sfeed, "sfeed_update", XML),
    "reader": (Reader, "python3", (*XML, "feed.json")),
    "rss2email": (Rss2email, "r2e", XML),
    "like freshrss": (LikeFreshRss, "python3", (*XML, "feed.json")),
}
CLIENTS = [f"{name} {form}" for name, (_, _, forms) in KINDS.items() for form in forms]


def is_there(client: str) -> bool:
    """Return whether the program is installed."""
    return shutil.which(KINDS[client.rpartition(" ")[0]][1]) is not None


def clients(*names: str) -> pytest.MarkDecorator:
    """The test is about these clients, each by itself; those that are not installed are skipped."""
    skip = pytest.mark.skipif
    marked = [
        pytest.param(each, marks=skip(not is_there(each), reason=f"{each} is not installed"))
        for each in CLIENTS
        if not names or each.startswith(names)
    ]
    return pytest.mark.parametrize("client", marked)


def edit(articles: Path) -> str:
    file = articles / "000_547c6cd7ede4651f.txt"
    file.write_text(file.read_text(encoding="utf-8") + "<p>한 줄 더.</p>\n", encoding="utf-8")
    return "한 줄 더."


def rename(articles: Path) -> str:
    """Give a file another name, and edit another one, by which it is seen that a refresh was there."""
    (articles / "003_a5f9b4c1693a4473.txt").rename(articles / "mou.txt")
    file = articles / "000_547c6cd7ede4651f.txt"
    file.write_text(file.read_text(encoding="utf-8") + "<p>또 한 줄.</p>\n", encoding="utf-8")
    return "또 한 줄."


def retitle(articles: Path) -> str:
    file = articles / "mou.txt"
    head, _, rest = file.read_text(encoding="utf-8").removeprefix("---\ntitle: ").partition("\n")
    file.write_text(f"---\ntitle: {head} (2)\n{rest}", encoding="utf-8")
    return f"{head.replace('&', '&amp;')} (2)"


def add(number: int) -> Callable[[Path], str]:
    def added(articles: Path) -> str:
        new = f"---\ntitle: 새 글 {number}\ndate: 2026-05-0{number}\n---\n새로운 글.\n"
        (articles / f"new{number}.md").write_text(new, encoding="utf-8")
        return f"새 글 {number}"

    return added


STEPS: dict[str, Callable[[Path], str]] = {
    "first": lambda _: "",
    "again": lambda _: "",
    "edited": edit,
    "renamed": rename,
    "retitled": retitle,
    "added 1": add(1),
    "added 2": add(2),
    "added 3": add(3),
    "added 4": add(4),
}
HURRIED = ("rss2email", "like freshrss")  # those who look after each of the four new articles


@dataclass
class Life:
    """What each client had after each step, and the pages that the first entries led to."""

    seen: dict[str, dict[str, list[Seen]]] = field(default_factory=dict)
    judged: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    url: str = ""
    stats: Mapping[str, dict[str, int]] = field(default_factory=dict)
    built_on_feedparser: list[tuple[int, int]] = field(default_factory=list)


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    root = tmp_path_factory.mktemp("clients")
    articles = Path(shutil.copytree(SEEDS, root / "articles"))
    with Served(articles, cwd=root, FEEDSVC_ARTICLES__RESCAN="1") as served:
        yield _live(articles, served, root)


def _live(articles: Path, served: Served, root: Path) -> Life:
    told = Life(url=served.url)
    made = {name: _make(name, served.url, root) for name in CLIENTS if is_there(name)}
    etag = None
    for step, act in STEPS.items():
        marker = act(articles)
        served.until(lambda marker=marker: marker in served.get("/rss.xml").body.decode())  # type: ignore[misc]
        for name, client in made.items():
            if not step.startswith("added") or step == "added 4" or name.startswith(HURRIED):
                told.seen.setdefault(name, {})[step] = client.poll()
        parsed = feedparser.parse(f"{served.url}/rss.xml", etag=etag)
        etag = parsed.etag
        told.built_on_feedparser.append((parsed.status, len(parsed.entries)))
        if step == "first":
            links = {seen.link for each in told.seen.values() for seen in each["first"]}
            for link in links:
                page = served.get(link.removeprefix(served.url))
                told.pages[link] = page.headers["Content-Type"], unescape(page.body.decode())
    told.homes = {n: c.home for n, c in made.items() if isinstance(c, Newsboat | Reader | LikeFreshRss)}
    told.judged = {name: client.told for name, client in made.items() if isinstance(client, LikeFreshRss)}
    served.stop()
    stats = json.loads(feedsvc("stats", articles, "--format", "json", cwd=root).stdout)
    told.stats = {line["name"]: line["status"] for line in stats["clients"]}
    return told


def _make(name: str, url: str, root: Path) -> Client:
    kind, _, form = name.rpartition(" ")
    (home := root / name.replace(" ", "-")).mkdir()
    return KINDS[kind][0](home, f"{url}/{form}")


@clients()
def test_a_reader_sees_both_articles_and_their_pages(life: Life, client: str) -> None:
    first = life.seen[client]["first"]

    assert len(first) == 2
    for seen in first:
        media_type, page = life.pages[seen.link]
        assert media_type == "text/html; charset=utf-8"
        assert seen.title in page
        assert seen.date.year >= 2000


@clients()
def test_an_edit_and_another_name_change_nothing_that_a_reader_lists(life: Life, client: str) -> None:
    seen = life.seen[client]

    assert seen["first"] == seen["again"] == seen["edited"] == seen["renamed"]


@clients()
def test_an_article_with_another_title_is_the_same_one(life: Life, client: str) -> None:
    seen = life.seen[client]

    assert {each.id for each in seen["retitled"]} == {each.id for each in seen["first"]}


@clients()
def test_four_new_articles_are_four_new_ones(life: Life, client: str) -> None:
    seen = life.seen[client]
    old = {each.id for each in seen["first"]}

    new = sorted(each.title for each in seen["added 4"] if each.id not in old)

    assert new == ["새 글 1", "새 글 2", "새 글 3", "새 글 4"]


@clients("newsboat", "reader", "like freshrss rss", "like freshrss atom")
def test_the_home_of_a_feed_is_its_page(life: Life, client: str) -> None:
    """Not another format; FreshRSS itself looks for none in JSON."""
    assert life.homes[client] == f"{life.url}/"


@clients("rss2email")
def test_there_is_one_mail_for_each_article(life: Life, client: str) -> None:
    """It refuses a 226: with deltas for everybody, no mail came after the first ones."""
    mails = [len(seen) for seen in life.seen[client].values()]

    assert mails == [2, 2, 2, 2, 2, 3, 4, 5, 6]


@clients("like freshrss")
def test_new_and_updated_are_what_the_author_did(life: Life, client: str) -> None:
    new_and_updated = life.judged[client]

    assert new_and_updated == [(2, 0), (0, 0), (0, 1), (0, 1), (0, 1), (1, 0), (1, 0), (1, 0), (1, 0)]


def test_a_program_that_is_built_on_feedparser_gets_the_whole_feed(life: Life) -> None:
    """Its header speaks for a library, which knows nothing of the program."""
    assert life.built_on_feedparser == [
        *((200, 2), (304, 0), (200, 2), (200, 2), (200, 2)),
        *((200, 3), (200, 4), (200, 5), (200, 6)),
    ]


@pytest.mark.skipif(not is_there("newsboat rss.xml"), reason="newsboat is not installed")
def test_newsboat_and_reader_ask_for_what_is_new_and_get_no_more(life: Life) -> None:
    assert life.stats["newsboat"]["226"] >= 4
    assert life.stats["python-reader"]["226"] >= 4
    assert "226" not in life.stats["feedparser"]  # rss2email goes by this name, too
