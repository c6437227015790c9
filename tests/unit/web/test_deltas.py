"""Deltas over HTTP: what is new to whoever says what it has, and never through a cache."""

from datetime import timedelta

import feedparser
import pytest
from werkzeug.test import Client, TestResponse

from feedsvc.feeds.atom import render_atom
from feedsvc.feeds.rss import render_rss
from feedsvc.model import Document, Format
from feedsvc.web.answers.delta_readers import DELTA_READERS, takes_deltas
from feedsvc.web.statistics.clients import client_of
from tests.support.builders import NOON, make_entry, make_feed
from tests.support.web_fakes import FakeReader, make_document, serve


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
NEWSBOAT = "newsboat/2.30.1 (Linux x86_64)"
FEEDPARSER = "feedparser/6.0.10 +https://github.com/kurtmckee/feedparser/"
RSS2EMAIL = "rss2email/3.13.1 (https://github.com/rss2email/rss2email)"

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
    usual = {"A_IM": "feed", "If_None_Match": f'W/"{OLD[number].etag}"', "User_Agent": NEWSBOAT}
    named = usual | headers
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
        {"User_Agent": ""},
        {"User_Agent": FEEDPARSER},
        {"User_Agent": RSS2EMAIL},
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


def test_deltas_can_be_had_compressed(reader: FakeReader) -> None:
    compressed = ask(serve(reader)[0], Accept_Encoding="gzip")

    assert compressed.status_code == 226
    assert compressed.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    ("to", "given"),
    [
        ("known", {NEWSBOAT: 226, FEEDPARSER: 200, RSS2EMAIL: 200, "": 200}),
        (True, {NEWSBOAT: 226, FEEDPARSER: 226, RSS2EMAIL: 226, "": 226}),
        (False, {NEWSBOAT: 200, FEEDPARSER: 200, RSS2EMAIL: 200, "": 200}),
    ],
)
def test_the_operator_decides_to_whom_deltas_are_given(
    reader: FakeReader, to: object, given: dict[str, int]
) -> None:
    client = serve(reader, deltas=to)[0]
    for _ in range(2):  # the second time, the answer comes from memory
        assert {name: ask(client, User_Agent=name).status_code for name in given} == given


def test_a_known_reader_gets_its_delta_though_another_client_asked_before(client: Client) -> None:
    """The whole feed is remembered for these headers."""
    whole = ask(client, User_Agent=RSS2EMAIL)
    part = ask(client)
    again = ask(client, User_Agent=RSS2EMAIL)

    assert [each.status_code for each in (whole, part, again)] == [200, 226, 200]
    assert whole.data == again.data == NEW[0].body


@pytest.mark.parametrize(
    ("user_agent", "taken"),
    [
        ("newsboat/2.10 (Linux x86_64)", True),
        ("newsboat/2.21.0 (Linux x86_64)", True),
        ("Newsboat/2.36 (Macintosh; Intel Mac OS X)", True),
        ("newsbeuter/2.9 (Linux x86_64)", False),
        ("newsboat/2.9", False),
        ("Liferea/1.12.0 (Linux; http://lzone.de/liferea/) AppleWebKit (KHTML, like Gecko)", True),
        ("Liferea/1.16-RC1 (Android 14; Mobile; https://lzone.de/liferea/) AppleWebKit", True),
        ("Liferea/1.10.19 (Linux; http://lzone.de/liferea/) AppleWebKit (KHTML, like Gecko)", False),
        # A Liferea that hides its version.
        ("Liferea/0.42.0 (Android; Mobile; https://lzone.de/liferea/) AppleWebKit", False),
        ("python-reader/3.26 (+https://github.com/lemon24/reader)", True),
        ("python-reader/0.20 (+https://github.com/lemon24/reader)", False),
        ("Mozilla/5.0 Vienna/3.1.6", True),
        ("Mozilla/5.0 Vienna/3.1.5", False),
        ("Vienna/8244 (Macintosh; Intel macOS 14_5_0)", True),
        ("feedparser/6.0.10 +https://github.com/kurtmckee/feedparser/", False),
        ("rss2email/3.13.1 (https://github.com/rss2email/rss2email)", False),
        ("rawdog/2.23", False),
        ("Mozilla/5.0 (compatible; like newsboat/2.30)", False),
        ("Reader/1.0 (compatible (like others) newsboat/2.30)", False),
        ("Reader/1.0 (compatible newsboat/2.30", False),
        ("my-newsboat/2.30", False),
        ("newsboat", False),
        ("newsboat/", False),
        ("newsboat/x", False),
        ("x" * 5000 + " newsboat/2.30", False),
        ("(" * 5000, False),
        ("", False),
    ],
)  # fmt: skip
def test_readers_are_known_by_name_and_version(user_agent: str, taken: bool) -> None:
    assert takes_deltas(user_agent) is taken


def test_each_known_reader_stands_there_with_its_source() -> None:
    for reader in DELTA_READERS:
        assert takes_deltas(f"{reader.product}/{'.'.join(map(str, reader.since))}")
        assert client_of(f"{reader.product}/9").listed
        assert reader.source.startswith("https://github.com/")
        assert "A-IM" in reader.evidence


def test_a_version_of_another_feed_takes_nothing_away(client: Client) -> None:
    response = ask(client, If_None_Match=f'"{OLD[1].etag}"')

    assert response.status_code == 200
    assert response.data == NEW[0].body


@pytest.mark.parametrize(("room", "status"), [(64_000_000, 226), (0, 200)])
def test_a_delta_lies_in_memory_as_long_as_there_is_room(reader: FakeReader, room: int, status: int) -> None:
    client = serve(reader, cache_bytes=room)[0]
    first = ask(client)
    again = ask(client, Accept_Encoding="gzip")
    del reader.bodies[OLD[0].etag]

    last = ask(client)

    assert [each.status_code for each in (first, again, last)] == [226, 226, status]
    assert last.data == (first.data if status == 226 else NEW[0].body)


def test_head_of_a_delta_has_no_body(client: Client) -> None:
    headers = {"A-IM": "feed", "If-None-Match": f'"{OLD[0].etag}"', "User-Agent": NEWSBOAT}

    response = client.head("/rss.xml", headers=headers, environ_overrides=FROM)

    assert (response.status_code, response.data) == (226, b"")
