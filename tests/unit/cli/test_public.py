"""Provisional and public addresses: what is said, and what becomes of the ids."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import pytest

from feedsvc.config import has_public_host
from feedsvc.model import Site
from tests.conftest import Clock
from tests.support.builders import make_site
from tests.support.processes import Served, feedsvc
from tests.support.sites import Folder, article

HOME = make_site(url=None, feeds_url="http://127.0.0.1:8000", public=False, namespace="localhost")
PUBLIC = make_site(url=None, feeds_url="https://example.org", namespace="example.org")
ELSEWHERE = make_site(url=None, feeds_url="https://elsewhere.net/feeds", namespace="elsewhere.net/feeds")


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    """A published folder without an address."""
    made = Folder(tmp_path, clock, site=HOME)
    made.write("a.md", article("A"))
    made.write("b.md", article("B", date="2026-04-02"))
    made.refresh()
    yield made
    made.store.close()


def move(folder: Folder, site: Site) -> None:
    folder.restart(site=site)
    folder.refresh()


def ids(folder: Folder) -> dict[str, str]:
    """Return the ids of the feed and of its entries, by title."""
    feed = feedparser.parse(folder.body())
    return {feed.feed.title: feed.feed.id} | {entry.title: entry.id for entry in feed.entries}


def history(folder: Folder) -> list[tuple[Any, ...]]:
    """Return what the ledger holds of each article beside its id and address."""
    return [(r.key, r.slug, r.sequence, r.published, r.updated) for r in folder.store.catalogue().records]


def test_ids_change_once_with_the_first_public_address_and_nothing_else_does(folder: Folder) -> None:
    provisional, before = ids(folder), history(folder)

    move(folder, PUBLIC)

    public = ids(folder)
    assert public.keys() == provisional.keys()
    assert not set(public.values()) & set(provisional.values())
    assert history(folder) == before


@pytest.mark.parametrize("road", [[ELSEWHERE], [HOME], [HOME, ELSEWHERE], [HOME, PUBLIC, HOME]])
def test_ids_never_change_again(folder: Folder, road: list[Site]) -> None:
    """Whether the address changes, or goes: somebody may hold the old ids."""
    move(folder, PUBLIC)
    public, before = ids(folder), history(folder)

    for site in road:
        move(folder, site)

        assert ids(folder) == public
        assert history(folder) == before
        assert not any(record.provisional for record in folder.store.catalogue().records)


def test_what_is_published_while_the_address_is_away_keeps_its_id_too(folder: Folder) -> None:
    move(folder, PUBLIC)
    move(folder, HOME)
    file = folder.write("c.md", article("C", date="2026-04-03"))
    folder.refresh()
    away = ids(folder)
    file.rename(file.with_name("renamed.md"))

    move(folder, PUBLIC)

    assert ids(folder) == away


def test_two_trials_on_two_machines_give_the_same_bytes(folder: Folder, tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "other").mkdir()
    other = Folder(tmp_path / "other", clock, site=HOME)
    other.write("b.md", article("B", date="2026-04-02"))
    other.write("a.md", article("A"))
    other.refresh()

    assert other.bodies() == folder.bodies()
    other.store.close()


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("[::ffff:192.168.1.1]", False),
        ("[::ffff:8.8.8.8]", True),
        ("[fc00::1]", False),
        ("172.31.0.1", False),
        ("0.0.0.0", False),
        ("127.1", False),
        ("example.org:8443", True),
        ("router.lan", False),
        ("printer.home", False),
        ("wiki.corp", False),
        ("lan.example.org", True),
        ("home", False),
    ],
)
def test_hosts_that_others_can_reach(host: str, public: bool) -> None:
    assert has_public_host(f"https://{host}/feeds") is public


# What is said


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with an article."""
    made = tmp_path / "site"
    made.mkdir()
    (made / "a.md").write_text(article("A"))
    return made


@pytest.mark.parametrize("url", ["", "http://192.168.1.5/feeds", "http://nas.local"])
def test_without_a_public_address_it_is_said_that_ids_are_provisional(
    site: Path, tmp_path: Path, url: str
) -> None:
    built = feedsvc("build", site, "--out", "public", cwd=tmp_path, FEEDSVC_SERVER__URL=url)
    with Served(site, cwd=tmp_path, FEEDSVC_SERVER__URL=url) as served:
        served.until(lambda: re.search(r"^  note .*provisional.*server\.url", served.log, re.MULTILINE))

    assert re.search(r"provisional.*server\.url", built.stderr)


def test_with_a_public_address_nothing_is_said_of_it(site: Path, tmp_path: Path) -> None:
    public = "https://example.org"
    built = feedsvc("build", site, "--out", "public", cwd=tmp_path, FEEDSVC_SERVER__URL=public)
    with Served(site, cwd=tmp_path, FEEDSVC_SERVER__URL=public) as served:
        served.until(lambda: f"  state {site}" in served.log)
        served.stop()

    assert "provisional" not in built.stderr + served.log
    assert "WARNING" not in served.log


def test_an_open_port_without_an_address_is_warned_of(site: Path, tmp_path: Path) -> None:
    with Served(site, "--host", "0.0.0.0", cwd=tmp_path) as served:
        served.until(lambda: "  state " in served.log)

        assert re.search(r"^WARNING: .*server\.url", served.log, re.MULTILINE)


def test_an_open_port_with_an_address_is_not(site: Path, tmp_path: Path) -> None:
    """A network of one's own is a fine place for feeds, too."""
    lan = "http://nas.local:8000"
    with Served(site, "--host", "0.0.0.0", cwd=tmp_path, FEEDSVC_SERVER__URL=lan) as served:
        served.until(lambda: "  state " in served.log)

        assert "WARNING" not in served.log
