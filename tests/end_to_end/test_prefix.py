"""Behind a proxy that strips the path of `server.url`, every address is right, and everything gets through.

The real nginx and Caddy run with the examples in config/, but for names and ports.
"""

import hmac
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from lxml import etree

from tests.support.pictures import png
from tests.support.processes import Answer, Served, feedsvc, free_port
from tests.support.proxies import CachingNginx, Caddy, Nginx, Place, Python, Varnish, answers, ask
from tests.support.sites import article

TOKEN = "not-known-to-anybody-but-the-operator"

BODY = """
![Blue](<100%25 blue%3F.png>) and ![사진](사진.png), [to the end](#end), [elsewhere](https://example.net/feeds).

<img src="sub/small.png" srcset="sub/small.png 1x, ./sub/large.png 2x">
"""


def addresses(url: str, answer: Answer) -> set[str]:
    """Return every address that an answer names, in its headers and in its body, made absolute."""
    found = {answer.headers["Location"]} - {None}
    found |= set(re.findall(r"<([^>]*)>", answer.headers["Link"] or ""))
    kind = str(answer.headers["Content-Type"]).partition(";")[0]
    if kind == "text/html":
        found |= set(in_html(answer.body.decode()))
    elif kind.endswith(("xml", "x-opml")) and not kind.startswith("image/"):
        found |= set(in_xml(answer.body))
    elif kind.endswith("json"):
        found |= set(in_json(json.loads(answer.body)))
    return {urljoin(url, address).partition("#")[0] for address in found}


def in_html(text: str) -> Iterator[str]:
    for tag in BeautifulSoup(text, "lxml").find_all(True):
        yield from (str(tag[name]) for name in ("href", "src", "poster", "action") if tag.has_attr(name))
        yield from (each.split()[0] for each in str(tag.get("srcset", "")).split(", ") if each)


def in_xml(body: bytes) -> Iterator[str]:
    for element in etree.fromstring(body).iter(etree.Element):
        for text in (element.text or "", *element.attrib.values()):
            yield from in_text(str(text))


def in_json(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from in_text(value)
    elif isinstance(value, (list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from in_json(each)


def in_text(text: str) -> Iterator[str]:
    """Yield an address, or those in a piece of HTML."""
    if text.startswith("http"):
        yield text
    elif "<" in text:
        yield from in_html(text)


@pytest.fixture(scope="module", params=["/feeds", "/블로그"])
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


PROXIES = [Python, Nginx, CachingNginx, Caddy, Varnish]


@pytest.fixture(scope="module", params=PROXIES, ids=lambda kind: kind.__name__)
def place(
    request: pytest.FixtureRequest, path: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """A running server behind a running proxy."""
    home = tmp_path_factory.mktemp("home")
    place = Place(path, free_port(), free_port())
    write_site(home / "site")
    with (
        request.param(place, tmp_path_factory.mktemp("proxy")),
        Served(
            "site",
            cwd=home,
            port=place.inner,
            FEEDSVC_SERVER__URL=place.url,
            FEEDSVC_SERVER__ADMIN_TOKEN=TOKEN,
        ) as served,
    ):
        served.until(lambda: answers(place))
        yield place


def write_site(root: Path) -> None:
    (root / "sub").mkdir(parents=True)
    (root / "a.md").write_text(
        article("A", BODY, categories="[News, 블로그]", tags="[C++, a/b]", author="Kim")
    )
    (root / "sub" / "가.md").write_text(article("가", "![](small.png)", date="2026-04-02", language="ko"))
    for name in ("100% blue?.png", "사진.png", "sub/small.png", "sub/large.png"):
        (root / name).write_bytes(png(640, 480))


def crawl(place: Place) -> dict[str, Answer]:
    """Return the answer of every address that can be reached from the front page and is ours."""
    seen: dict[str, Answer] = {}
    ahead = {f"{place.url}/"}
    while ahead:
        url = ahead.pop()
        seen[url] = answer = ask(url)
        named = addresses(url, answer)
        assert not [each for each in named if f":{place.inner}" in each], url
        assert f":{place.inner}".encode() not in answer.body, url
        ours = {each for each in named if urlsplit(each).hostname == "127.0.0.1"}
        assert not [each for each in ours if not each.startswith(f"{place.url}/")], url
        ahead |= ours - seen.keys()
    return seen


def test_every_address_has_the_path_and_is_there(place: Place) -> None:
    seen = crawl(place)

    assert {url: answer.status for url, answer in seen.items() if answer.status != 200} == {}
    names = {unquote(url.removeprefix(place.url).partition("?")[0]) for url in seen}
    assert names >= {
        "/",
        "/rss.xml",
        "/atom.xml",
        "/feed.json",
        "/categories/news/",
        "/categories/블로그/atom.xml",
        "/authors/kim/rss.xml",
        "/languages/ko/feed.json",
        "/articles/a/",
        "/articles/가/",
        "/media/100% blue?.png",
        "/media/사진.png",
        "/media/sub/small.png",
        "/media/sub/large.png",
    }
    assert sum("/tags/" in name for name in names) == 9


def test_a_folder_without_its_slash_leads_to_the_one_with_it(place: Place) -> None:
    for folder in ("", "/categories/news", f"/categories/{quote('블로그')}", "/articles/a"):
        moved = ask(place.url + folder)

        assert moved.status == 301
        assert urljoin(place.url, moved.headers["Location"]) == f"{place.url}{folder}/"


def test_what_is_not_there_is_said_by_us(place: Place) -> None:
    missing = ask(f"{place.url}/nowhere")

    assert (missing.status, missing.body) == (404, b"There is nothing at this address.\n")


@pytest.mark.parametrize("name", ["/atom.xml", "/", "/media/%EC%82%AC%EC%A7%84.png"])
def test_conditions_and_head_get_through(place: Place, name: str) -> None:
    full = ask(place.url + name)

    head = ask(place.url + name, "HEAD")
    by_tag = ask(place.url + name, If_None_Match=str(full.headers["ETag"]))
    by_date = ask(place.url + name, If_Modified_Since=str(full.headers["Last-Modified"]))

    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(full.body))
    for unchanged in (by_tag, by_date):
        assert (unchanged.status, unchanged.body) == (304, b"")
    for answer in (head, by_tag):
        assert answer.headers["ETag"] == full.headers["ETag"]
        assert answer.headers["Cache-Control"] == full.headers["Cache-Control"]


def test_our_coding_gets_through(place: Place) -> None:
    plain = ask(f"{place.url}/atom.xml")

    coded = ask(f"{place.url}/atom.xml", Accept_Encoding="gzip")

    assert coded.headers["Content-Encoding"] == "gzip"
    assert len(coded.body) < len(plain.body)
    assert coded.headers["ETag"].removeprefix("W/") == plain.headers["ETag"].removeprefix("W/")


def test_a_part_of_a_picture_can_be_asked_for(place: Place) -> None:
    url = f"{place.url}/media/sub/small.png"
    whole = ask(url)

    part = ask(url, Range="bytes=1-3")

    assert (part.status, part.body) == (206, b"PNG")
    assert part.headers["Content-Range"] == f"bytes 1-3/{len(whole.body)}"


def test_a_browser_still_gets_what_it_can_show(place: Place) -> None:
    """A cache in between must know that this answer is another one."""
    for _ in range(2):
        assert str(ask(f"{place.url}/rss.xml").headers["Content-Type"]).startswith("application/rss+xml")
        shown = ask(f"{place.url}/rss.xml", Sec_Fetch_Dest="document")
        assert str(shown.headers["Content-Type"]).startswith("application/xml")


def test_the_operators_link_opens_the_pages_below_the_path(place: Place) -> None:
    entered = ask(f"{place.url}/status?token={TOKEN}")
    cookie, *attributes = str(entered.headers["Set-Cookie"]).split("; ")

    status = ask(f"{place.url}/status", Cookie=cookie)

    moved = urljoin(f"{place.url}/status?token={TOKEN}", str(entered.headers["Location"]))
    assert (entered.status, moved) == (303, f"{place.url}/status")
    assert not [
        each for each in attributes if each.startswith("Path=")
    ]  # so it is for the path of the address
    assert status.status == 200
    assert f":{place.inner}".encode() not in status.body
    ours = {each for each in addresses(f"{place.url}/status", status) if f":{place.outer}" in each}
    assert [each for each in ours if not each.startswith(f"{place.url}/")] == []


def test_a_large_webhook_gets_through(place: Place) -> None:
    """A push of many commits says much of each."""
    body = bytes(2_000_000)
    signature = hmac.digest(TOKEN.encode(), body, "sha256").hex()

    answer = ask(f"{place.url}/refresh", "POST", body, X_Gitea_Signature=signature)

    assert answer.status == 202


def test_ids_outlive_another_path(tmp_path: Path) -> None:
    listed = ("list", "site", "--format", "jsonl")
    write_site(tmp_path / "site")

    ids = [
        [
            json.loads(line)["id"]
            for line in feedsvc(*listed, cwd=tmp_path, FEEDSVC_SERVER__URL=url).stdout.splitlines()
        ]
        for url in ("https://example.org/feeds", "https://example.org/블로그", "https://example.org")
        if feedsvc("refresh", "site", cwd=tmp_path, FEEDSVC_SERVER__URL=url).returncode == 0
    ]

    assert ids == [ids[0]] * 3
    assert all(ids[0])
