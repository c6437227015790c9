"""Deltas over HTTP: what is new to whoever says what it has, and never through a cache."""

from datetime import timedelta

import feedparser
import pytest
from werkzeug.test import Client, TestResponse

from feedsvc.feeds.atom import render_atom
from feedsvc.feeds.rss import render_rss
from feedsvc.model import Document, Format
from tests.builders import NOON, make_entry, make_feed
from tests.web_fakes import FakeReader, make_document, serve


def entries(*numbers: int) -> tuple[Document, Document]:
    """A feed of some entries, in RSS and Atom."""
    feed = make_feed(
        entries=tuple(
            make_entry(
                id=f"urn:x:{n}",
                url=f"https://example.org/{n}/",
                title=f"N{n}",
                content=f"<p>{'word ' * 50}</p>",
                published=NOON + timedelta(hours=n),
            )
            for n in sorted(numbers, reverse=True)
        )
    )
    rss, atom = render_rss(feed), render_atom(feed)
    return (
        make_document(path="rss.xml", body=rss),
        make_document(path="atom.xml", media_type=Format.ATOM.media_type, body=atom),
    )


FROM = {"REMOTE_ADDR": "127.0.0.1"}

OLD, NEW = entries(1, 2), entries(1, 2, 3)


@pytest.fixture
def reader() -> FakeReader:
    """A catalogue that still keeps what it published before."""
    made = FakeReader(*NEW)
    made.bodies |= {document.etag: document.body for document in OLD}
    return made


@pytest.fixture
def client(reader: FakeReader) -> Client:
    return serve(reader)[0]


def ask(client: Client, number: int = 0, /, **headers: str) -> TestResponse:
    path = ("rss.xml", "atom.xml")[number]
    named = {"A_IM": "feed", "If_None_Match": f'W/"{OLD[number].etag}"'} | headers
    sent = {name.replace("_", "-"): value for name, value in named.items() if value}
    return client.get(f"/{path}", headers=sent, environ_overrides=FROM)


@pytest.mark.parametrize("number", [0, 1])
def test_whoever_has_the_last_version_gets_what_is_new(client: Client, number: int) -> None:
    response = ask(client, number)

    assert (response.status_code, response.status) == (226, "226 IM Used")
    assert [entry.title for entry in feedparser.parse(response.data).entries] == ["N3"]
    assert response.headers["IM"] == "feed"
    assert response.headers["ETag"] == f'W/"{NEW[number].etag}"'
    assert response.headers["Cache-Control"] == "no-store, im"
    assert response.headers["Vary"] == "Accept-Encoding, A-IM"
    assert response.headers["Content-Length"] == str(len(response.data))
    assert response.headers["Content-Type"] == NEW[number].media_type
    assert ask(client, number, If_None_Match=response.headers["ETag"]).status_code == 304


@pytest.mark.parametrize(
    "headers",
    [
        {"A_IM": ""},
        {"A_IM": "vcdiff, gzip"},
        {"If_None_Match": ""},
        {"If_None_Match": f'"{"0" * 32}"'},
        {"If_None_Match": '"something else"'},
        {"Via": "1.1 cache.example"},
    ],
)
def test_everybody_else_gets_the_whole(client: Client, headers: dict[str, str]) -> None:
    response = ask(client, **headers)

    assert response.status_code == 200
    assert response.data == NEW[0].body
    assert "IM" not in response.headers


@pytest.mark.parametrize("a_im", ["feed", "FEED", "gzip, feed;q=1"])
@pytest.mark.parametrize("tag", ["{}", '"{}"', 'W/"{}-gzip"', '"0", W/"{}"'])
def test_what_clients_make_of_the_headers_is_understood(client: Client, a_im: str, tag: str) -> None:
    assert ask(client, A_IM=a_im, If_None_Match=tag.format(OLD[0].etag)).status_code == 226


@pytest.mark.parametrize(("proxies", "status"), [((), 226), (("127.0.0.0/8",), 200), (("10.0.0.1",), 226)])
def test_a_trusted_proxy_gets_the_whole(reader: FakeReader, proxies: tuple[str, ...], status: int) -> None:
    client = serve(reader, trusted_proxies=proxies)[0]

    assert ask(client).status_code == status


def test_deltas_can_be_had_compressed_or_not_at_all(reader: FakeReader) -> None:
    compressed = ask(serve(reader)[0], Accept_Encoding="gzip")
    off = ask(serve(reader, deltas=False)[0])

    assert compressed.status_code == 226
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert off.status_code == 200


def test_a_version_of_another_feed_takes_nothing_away(client: Client) -> None:
    response = ask(client, If_None_Match=f'"{OLD[1].etag}"')

    assert response.status_code == 200
    assert response.data == NEW[0].body


def test_head_of_a_delta_has_no_body(client: Client) -> None:
    headers = {"A-IM": "feed", "If-None-Match": f'"{OLD[0].etag}"'}

    response = client.head("/rss.xml", headers=headers, environ_overrides=FROM)

    assert (response.status_code, response.data) == (226, b"")
