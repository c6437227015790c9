"""The contract over HTTP, through the real process: one server, many requests."""

import gzip
import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import brotli
import pytest
import zstandard

from tests.support.processes import SECONDS, Answer, Served
from tests.support.sites import article
from tests.support.web_fakes import ALLOWED_HEADERS

BROWSER = {"Sec_Fetch_Dest": "document"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("http")
    articles = home / "articles"
    articles.mkdir()
    body = "![A wave](wave.gif) " + "Text to compress. " * 50
    (articles / "한글.md").write_text(article("A", body=body, categories="[News]"), encoding="utf-8")
    (articles / "wave.gif").write_bytes(b"GIF89a\x80\x02\xe0\x01\x00\x00\x00;")
    (articles / "secret.gif").write_bytes(b"GIF89a")
    with Served(articles, cwd=home) as process:
        # Last-Modified is only sent, and compared, once the clock has passed it.
        process.until(lambda: process.get().headers["Last-Modified"])
        yield process


@pytest.fixture(scope="module")
def plain(served: Served) -> Answer:
    return served.get()


def shifted(answer: Answer, **by: float) -> str:
    modified: datetime = parsedate_to_datetime(str(answer.headers["Last-Modified"]))
    return format_datetime(modified + timedelta(**by), usegmt=True)


@pytest.mark.parametrize(
    ("validators", "status"),
    [
        ({}, 200),
        ({"If_None_Match": 'W/"{etag}"'}, 304),
        ({"If_None_Match": '"{etag}"'}, 304),
        ({"If_None_Match": "{etag}"}, 304),
        ({"If_None_Match": '"{etag}-gzip"'}, 304),  # a proxy compressed us
        ({"If_None_Match": '"{etag};gzip"'}, 304),
        ({"If_None_Match": 'W/"{etag}-br"'}, 304),
        ({"If_None_Match": '"old", W/"{etag}"'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"old"'}, 200),
        ({"If_None_Match": ""}, 200),
        ({"If_Modified_Since": "{same}"}, 304),
        ({"If_Modified_Since": "{later}"}, 304),
        ({"If_Modified_Since": "{earlier}"}, 200),
        ({"If_Modified_Since": "yesterday, about tea time"}, 200),
        ({"If_None_Match": '"old"', "If_Modified_Since": "{later}"}, 200),  # the ETag wins
        ({"If_None_Match": '"{etag}"', "If_Modified_Since": "{earlier}"}, 304),
    ],
)
def test_conditional_requests(served: Served, plain: Answer, validators: dict[str, str], status: int) -> None:
    """RFC 9110, 13."""
    known = {
        "etag": str(plain.headers["ETag"]).removeprefix('W/"').removesuffix('"'),
        "same": shifted(plain),
        "later": shifted(plain, seconds=1),
        "earlier": shifted(plain, seconds=-1),
    }

    answer = served.get(**{name: value.format(**known) for name, value in validators.items()})

    assert answer.status == status
    assert answer.body == (plain.body if status == 200 else b"")
    for name in ("ETag", "Cache-Control", "Vary", "Access-Control-Allow-Origin"):
        assert answer.headers[name] == plain.headers[name]
    assert (answer.headers["Content-Type"] is None) == (status == 304)


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/rss.xml", "application/rss+xml; charset=utf-8"),
        ("/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/feed.json", "application/feed+json"),
        ("/", "text/html; charset=utf-8"),
        ("/categories/news/rss.xml", "application/rss+xml; charset=utf-8"),
        ("/articles/%ED%95%9C%EA%B8%80/", "text/html; charset=utf-8"),
        ("/media/wave.gif", "image/gif"),
    ],
)
def test_every_address_has_its_exact_type_and_head_is_get_without_a_body(
    served: Served, path: str, media_type: str
) -> None:
    get, head = served.get(path), served.get(path, method="HEAD")

    assert (get.status, head.status, head.body) == (200, 200, b"")
    assert get.headers["Content-Type"] == head.headers["Content-Type"] == media_type
    assert head.headers["Content-Length"] == str(len(get.body))
    assert head.headers["ETag"] == get.headers["ETag"]


def test_the_headers_of_a_feed(served: Served, plain: Answer) -> None:
    assert str(plain.headers["ETag"]).startswith('W/"')
    assert plain.headers["Cache-Control"] == (
        "public, max-age=300, stale-while-revalidate=60, stale-if-error=86400"
    )
    assert plain.headers["Vary"] == "Accept-Encoding, Sec-Fetch-Dest"
    assert plain.headers["Access-Control-Allow-Origin"] == "*"
    assert plain.headers["Access-Control-Expose-Headers"] == "ETag, Last-Modified, Link"
    assert f'<{served.url}/atom.xml>; rel="self"' in str(plain.headers["Link"])


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("zstd", "zstd"),
        ("br;q=0, gzip", "gzip"),
        ("identity", None),
        ("lzma", None),
    ],
)
def test_content_codings(served: Served, plain: Answer, accepted: str, coding: str | None) -> None:
    decode = {
        None: bytes,
        "gzip": gzip.decompress,
        "br": brotli.decompress,
        "zstd": lambda body: zstandard.decompress(body, 1_000_000),
    }

    answer = served.get(Accept_Encoding=accepted)

    assert answer.headers["Content-Encoding"] == coding
    assert decode[coding](answer.body) == plain.body
    assert answer.headers["ETag"] == plain.headers["ETag"]


def test_a_browser_gets_the_same_bytes_as_plain_xml(served: Served, plain: Answer) -> None:
    shown = served.get(**BROWSER)

    assert shown.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert shown.body == plain.body


@pytest.mark.parametrize("junk", ["?", "?null", "?_=123&utm_source=x", "?limit=1"])
def test_query_strings_change_nothing(served: Served, plain: Answer, junk: str) -> None:
    answer = served.get(f"/atom.xml{junk}")

    assert (answer.body, answer.headers["ETag"]) == (plain.body, plain.headers["ETag"])


def test_the_host_that_was_asked_is_not_repeated(served: Served, plain: Answer) -> None:
    answer = served.get(Host="evil.example")

    assert answer.body == plain.body
    assert "evil" not in str(answer.headers)


def test_options_and_other_methods(served: Served) -> None:
    options, refused = served.get(method="OPTIONS"), served.get(method="POST")

    assert (options.status, options.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
    assert options.headers["Access-Control-Allow-Headers"] == ALLOWED_HEADERS
    assert (refused.status, refused.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert refused.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/media/secret.gif",  # nobody refers to it
        "/media/%ED%95%9C%EA%B8%80.md",
        "/media/../feedsvc.toml",
        "/media/%2e%2e/serve.log",
        "/media/..%2fserve.log",
        "/media//etc/passwd",
        "/.feedsvc/catalogue.db",
    ],
)
def test_what_is_not_published_is_not_there(served: Served, path: str) -> None:
    answer = served.get(path)

    assert answer.status == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_folder_without_its_slash_is_sent_there(served: Served) -> None:
    redirected = served.get("/categories/news", method="HEAD")

    assert redirected.status == 200  # urllib has followed
    assert redirected.headers["Content-Type"] == "text/html; charset=utf-8"


def test_part_of_a_picture_can_be_had(served: Served) -> None:
    part = served.get("/media/wave.gif", Range="bytes=0-5")

    assert (part.status, part.body) == (206, b"GIF89a")


def test_probes(served: Served) -> None:
    assert served.get("/healthz").body == b"ok\n"
    assert served.get("/readyz").body.startswith(b"ok\n")


@pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml", "/feed.json", "/feeds.opml", "/feeds.json", "/"])
def test_redbot_has_nothing_to_say_against_it(served: Served, path: str) -> None:
    """It tries what caches and clients try: conditions, codings, ranges, dates."""
    redbot = Path(sys.executable).with_name("redbot")
    run = subprocess.run(
        [redbot, "-o", "har", served.url + path], capture_output=True, check=True, timeout=SECONDS
    )

    (entry,) = json.loads(run.stdout)["log"]["entries"]
    notes = {note["note_id"]: note["level"] for note in entry["_red_messages"]}
    assert entry["response"]["status"] == 200
    # That an answer is public anyway, without saying so, is true and does no harm.
    assert {name for name, level in notes.items() if level not in ("GOOD", "INFO")} <= {
        "STORE_PUBLIC_UNNECESSARY"
    }
    assert {"INM_304", "IMS_304", "CONNEG_GZIP_GOOD"} <= notes.keys()


def test_nothing_was_logged_that_somebody_should_look_at(served: Served) -> None:
    assert "Traceback" not in served.log


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with limits, retired feeds and moved ones, behind a proxy on this machine."""
    home = tmp_path_factory.mktemp("strict")
    (home / "articles").mkdir()
    (home / "articles" / "a.md").write_text(article("A"), encoding="utf-8")
    (home / "feedsvc.toml").write_text(
        """\
        [articles]
        directory = "articles"
        [server]
        url = "https://example.org/feeds"
        trusted_proxies = ["127.0.0.1"]
        [http]
        min_interval = 900
        [feeds]
        retired = ["tags/old"]
        [[redirect]]
        from = "blog/feed"
        to = "rss.xml"
        [[redirect]]
        from = "?feed=rss2"
        to = "rss.xml"
        """,
        encoding="utf-8",
    )
    with Served(cwd=home) as process:
        yield process


def test_who_fetches_too_often_is_told_when_to_come_again(strict: Served) -> None:
    """Each client behind the proxy has a share of its own; what can be answered 304 always is."""
    first = strict.get(X_Forwarded_For="192.0.2.1")
    etag = str(first.headers["ETag"])
    again = [
        strict.get(X_Forwarded_For="192.0.2.1"),
        strict.get(X_Forwarded_For="203.0.113.5, 192.0.2.1"),
        strict.get(X_Forwarded_For="192.0.2.2"),
        strict.get(X_Forwarded_For="192.0.2.1", If_None_Match=etag),
    ]

    assert [first.status, *(answer.status for answer in again)] == [200, 429, 429, 200, 304]
    assert 0 < int(str(again[0].headers["Retry-After"])) <= 900
    assert again[0].headers["Cache-Control"] == "no-store"


def test_what_is_gone_says_so_and_what_has_moved_says_where(strict: Served) -> None:
    gone = strict.get("/tags/old/rss.xml")
    assert (gone.status, gone.headers["Cache-Control"]) == (410, "no-store")

    for old in ("/blog/feed", "/?feed=rss2"):
        with pytest.raises(urllib.error.HTTPError) as moved:
            urllib.request.build_opener(Unfollowing).open(strict.url + old, timeout=SECONDS)
        assert moved.value.code == 301
        assert moved.value.headers["Location"] == "https://example.org/feeds/rss.xml"
        moved.value.close()


class Unfollowing(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing."""


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("HTTP/1.1\r\nHost: x", b"200"),
        ("HTTP/1.0", b"200"),
        ("HTTP/1.1", b"400"),
        ("HTTP/1.1\r\nHost:", b"400"),
        ("HTTP/1.1\r\nHost: a\r\nHost: b", b"400"),
        ("HTTP/1.1\r\nHost: a\r\nHost: a", b"400"),
        ("HTTP/1.1\r\nHost: a b", b"400"),
    ],
)
@pytest.mark.parametrize("path", ["/rss.xml", "/healthz", "/nothing"])
def test_a_request_of_http_1_1_names_one_host(served: Served, path: str, head: str, status: bytes) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=SECONDS) as connection:
        connection.sendall(f"GET {path} {head}\r\n\r\n".encode())

        expected = b"404" if (path, status) == ("/nothing", b"200") else status
        assert connection.recv(12).split()[1] == expected


@pytest.mark.parametrize("headers", ["X: " + "a" * 70_000, "\r\n".join(f"X{n}: a" for n in range(110))])
def test_headers_without_end_are_refused(served: Served, headers: str) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=SECONDS) as connection:
        connection.sendall(f"GET /rss.xml HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n".encode())

        assert connection.recv(12) == b"HTTP/1.1 431"
