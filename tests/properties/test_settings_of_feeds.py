"""Each setting that shapes feeds holds in each kind of feed, in each format.

The site is configured by a file and read over HTTP, as its owner and its
readers know it.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import feedparser
import pytest
from werkzeug.test import Client, TestResponse

from feedsvc.catalogue import open_store
from feedsvc.catalogue.subscribers import key_digest
from feedsvc.cli.workplace import Workplace
from feedsvc.config.load import load_config
from feedsvc.publisher.refresh.publisher import Publisher
from tests.conftest import Clock
from tests.support.builders import NOON
from tests.support.pictures import gif
from tests.support.sites import article
from tests.support.web_fakes import serve

KEY = "k" * 43
KINDS = {
    "everything": "/{}",
    "term": "/tags/a/{}",
    "language": "/languages/en/{}",
    "named": "/feeds/news/{}",
    "private": f"/private/{KEY}/{{}}",
    "composed": "/feeds/q/{}",
    "composed by term": "/feeds/q/{}?tag=a",
    "delta": "/{}",
}
FORMS = ("rss.xml", "atom.xml", "feed.json")
CONFIG = """\
[server]
url = "https://example.org"
[articles]
git_dates = false
[[feed]]
name = "news"
[[feed]]
name = "members"
private = true
[feeds]
composed = true
"""
ALL = ["Four", "Three", "Two", "One"]
ONLY_HERE_AND_THERE = {"Before", "Inside"}


class Told(NamedTuple):
    """What a feed says of an entry."""

    title: str
    content: str
    enclosures: tuple[str, ...]
    raw: str


class Setting(NamedTuple):
    """A setting, and what is to be so in all feeds because of it."""

    settings: dict[str, dict[str, object]]
    check: Callable[[list[Told]], object]
    head: Mapping[str, str] = MappingProxyType({})
    body: str = "All of it."
    ending: str = ""


def titles(told: Iterable[Told]) -> list[str]:
    return [each.title for each in told]


SETTINGS = {
    "content": Setting(
        {"feeds": {"content": "full"}}, lambda told: all("All of it." in e.content for e in told)
    ),
    "excerpts": Setting({"feeds": {"content": "excerpt"}}, lambda told: not any(e.content for e in told)),
    "excerpts, but for an article": Setting(
        {"feeds": {"content": "excerpt"}},
        lambda told: all("All of it." in e.content for e in told),
        {"full": "true"},
    ),
    "content, but for an article": Setting(
        {}, lambda told: not any(e.content for e in told), {"full": "false"}
    ),
    "content too long for any entry": Setting(
        {}, lambda told: told and not any(e.content for e in told), body="word " * 20_100
    ),
    "enclosures": Setting({}, lambda told: all("p.gif" in e.enclosures[0] for e in told)),
    "no enclosures": Setting(
        {"images": {"enclosure": False}}, lambda told: not any(e.enclosures for e in told)
    ),
    "pictures": Setting({}, lambda told: all("<img" in e.content for e in told)),
    "no pictures": Setting(
        {"images": {"inline": False}}, lambda told: not any("<img" in e.content for e in told)
    ),
    "shared pictures": Setting(
        {"images": {"ignore_shared": 1}},
        lambda told: not any(e.enclosures or "<img" in e.content for e in told),
    ),
    "limit": Setting(
        {"feeds": {"limit": 2, "term_limit": 2, "hours": 0}}, lambda told: titles(told) == ALL[:2]
    ),
    "hours": Setting({"feeds": {"limit": 1, "term_limit": 1}}, lambda told: titles(told) == ALL[:3]),
    "most": Setting({"feeds": {"limit": 1, "term_limit": 1, "max": 2}}, lambda told: titles(told) == ALL[:2]),
    "bytes": Setting({"feeds": {"bytes": 1}}, lambda told: titles(told) == ALL[:1]),
    "the site's language": Setting({"site": {"language": "en"}}, lambda told: titles(told) == ALL),
    "authors": Setting(
        {"site": {"authors": [{"name": "Kim"}]}}, lambda told: all("Kim" in e.raw for e in told)
    ),
    "rights": Setting(
        {"site": {"license": "CC BY 4.0"}},
        lambda told: all("CC BY 4.0" in e.raw for e in told),
        ending=".xml",
    ),
    "time zone": Setting(
        {"site": {"timezone": "Asia/Seoul"}},
        lambda told: all("+09:00" in e.raw or "+0900" in e.raw for e in told),
    ),
    "formats": Setting({"feeds": {"formats": ["atom"]}}, lambda told: titles(told) == ALL, ending="atom.xml"),
    "title": Setting({"site": {"title": "Tides"}}, lambda told: all("Tides" in e.raw for e in told)),
}
SITES = {**SETTINGS, "all languages": Setting({"feeds": {"languages": "all"}}, lambda _: True)}


NEWSBOAT = {"A-IM": "feed", "User-Agent": "newsboat/2.30.1 (Linux x86_64)"}


@dataclass
class Site:
    """A site as it is served, and what a reader had before its last articles came."""

    client: Client
    known: dict[str, str] = field(default_factory=dict)

    def ask(self, kind: str, form: str) -> TestResponse:
        headers = {"If-None-Match": self.known[form], **NEWSBOAT} if kind == "delta" else {}
        return self.client.get(
            KINDS[kind].format(form), headers=headers, environ_overrides={"REMOTE_ADDR": "127.0.0.1"}
        )

    def told(self, kind: str, form: str) -> list[Told]:
        response = self.ask(kind, form)
        assert response.status_code in (200, 226), response.status
        read = _from_json if form == "feed.json" else _from_xml
        return [each for each in read(response.data) if each.title not in ONLY_HERE_AND_THERE]


def _from_json(body: bytes) -> list[Told]:
    return [
        Told(
            item["title"],
            item.get("content_html", ""),
            tuple(each["url"] for each in item.get("attachments", [])),
            body.decode(),
        )
        for item in json.loads(body)["items"]
    ]


def _from_xml(body: bytes) -> list[Told]:
    return [
        Told(
            entry.title,
            entry.content[0].value if "content" in entry else "",
            tuple(each.href for each in entry.enclosures),
            body.decode(),
        )
        for entry in feedparser.parse(body, sanitize_html=False).entries
    ]


def make_site(root: Path, setting: Setting) -> Site:
    """Publish an article, and then all the others."""
    articles = root / "articles"
    articles.mkdir(parents=True)
    (articles / "p.gif").write_bytes(gif(300, 200))
    file = root / "feedsvc.toml"
    file.write_text(CONFIG)
    config = load_config(file, environ={}, overrides=setting.settings)
    plan = Workplace(config=config, path=None, articles=articles).plan()
    store = open_store(f"sqlite:///{root / 'catalogue.db'}")
    store.add_subscriber("members", "Kim", key_digest(KEY), NOON)
    clock = Clock()
    publisher = Publisher(plan, store, clock=clock)

    def client() -> Client:
        feeds = config.feeds
        return serve(store, url=plan.site.feeds_url, composed=True, limit=feeds.limit, most=feeds.max)[0]

    _write(articles, "Before", setting, date="2026-01-01")
    publisher.refresh()
    known = {form: client().get(f"/{form}").headers.get("ETag", "") for form in FORMS}
    for day, title in enumerate(reversed(ALL), start=1):
        _write(articles, title, setting, date=f"2026-04-0{day}")
    _write(articles, "파도", setting, date="2026-04-06", lang="ko")
    _write(articles, "Hidden", setting, date="2026-04-05", feed="false")
    _write(articles, "Draft", setting, date="2026-04-05", draft="true")
    _write(articles, "Future", setting, date="2027-04-05")
    _write(articles, "Inside", setting, date="2026-02-01", feeds="[members]")
    clock.forward(minutes=1)
    publisher.refresh()
    return Site(client(), known)


def _write(folder: Path, title: str, setting: Setting, **head: str) -> None:
    common = {"tags": "[a]", "image": "p.gif", "excerpt": "Short."}
    (folder / f"{title}.md").write_text(article(title, setting.body, **common, **setting.head, **head))


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Site]:
    """Each site is made once."""
    made: dict[str, Site] = {}

    def site(name: str) -> Site:
        if name not in made:
            made[name] = make_site(tmp_path_factory.mktemp("site"), SITES[name])
        return made[name]

    return site


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_holds_in_every_kind_of_feed(sites: Callable[[str], Site], name: str, kind: str) -> None:
    site, setting = sites(name), SETTINGS[name]

    for form in FORMS:
        if form.endswith(setting.ending):
            told = site.told(kind, form)
            assert told
            assert setting.check(told), (form, told)
        else:
            assert site.ask(kind, form).status_code == (404 if name == "formats" else 200)


@pytest.mark.parametrize("kind", KINDS)
def test_all_languages_stand_in_one_feed_if_that_is_wanted(sites: Callable[[str], Site], kind: str) -> None:
    expected = ALL if kind == "language" else ["파도", *ALL]

    assert [titles(sites("all languages").told(kind, form)) for form in FORMS] == [expected] * len(FORMS)


@pytest.mark.parametrize("form", ["rss.xml", "atom.xml"])
def test_a_reader_that_takes_deltas_gets_one_here(sites: Callable[[str], Site], form: str) -> None:
    assert sites("content").ask("delta", form).status_code == 226


def test_a_query_may_name_as_many_entries_as_the_configuration_lets_a_feed_have(
    sites: Callable[[str], Site],
) -> None:
    client = sites("most").client

    assert client.get("/feeds/q/rss.xml?limit=9").headers["Location"].endswith("/feeds/q/rss.xml?limit=2")
    assert client.get("/feeds/q/rss.xml?limit=x").text == "limit is a whole number from 1 to 2.\n"


def test_a_feed_composed_of_another_language_is_in_that_language(sites: Callable[[str], Site]) -> None:
    client = sites("content").client

    parsed = feedparser.parse(client.get("/feeds/q/atom.xml?lang=ko").data)
    assert (parsed.feed.language, [entry.title for entry in parsed.entries]) == ("ko", ["파도"])
    # As in a feed of a term: nothing that it finds is in the site's language.
    parsed = feedparser.parse(client.get("/feeds/q/atom.xml?q=%ED%8C%8C%EB%8F%84").data)
    assert [entry.title for entry in parsed.entries] == ["파도"]
