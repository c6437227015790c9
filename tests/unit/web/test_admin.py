"""The operator's door: the token, the refresh on demand, and the status."""

import hmac
import json
import logging
import os
import select
import socket
from base64 import b64encode
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from http.cookies import Morsel, SimpleCookie
from importlib.metadata import version
from io import BytesIO, RawIOBase
from pathlib import Path
from threading import Barrier, Event
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import Client, TestResponse

from feedsvc.catalogue import Store, open_store
from feedsvc.cli.admin_token import admin_link, admin_token
from feedsvc.config import dump_config, load_config
from feedsvc.errors import ConfigError, StoreError
from feedsvc.model import Problem, Severity
from feedsvc.web.answers.snapshots import SnapshotReader
from feedsvc.web.operator.auth import Door
from feedsvc.web.server.worker import LateReader
from feedsvc.web.settings import WebSettings
from tests.support.builders import make_problem
from tests.support.processes import SECONDS, Served
from tests.support.web_fakes import BEARER, TOKEN, FakeReader, make_document, make_page, serve

OURS = {"Origin": "https://example.org"}  # a page of ours asks
HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
FORM = "application/x-www-form-urlencoded"
BODY = b'{"ref": "refs/heads/main"}'
LIMIT = 25 * 1024 * 1024

ADDRESSES = [("GET", "/status"), ("GET", "/status.json"), ("POST", "/refresh")]

_conforms: type[SnapshotReader] = Store


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader(make_document(), make_page(""), media=["wave.gif"])


@pytest.fixture
def client(reader: FakeReader) -> Client:
    return serve(reader, admin_token=TOKEN)[0]


def signature(body: bytes, *, key: str = TOKEN) -> str:
    return hmac.new(key.encode(), body, "sha256").hexdigest()


def cookie_of(response: TestResponse) -> Morsel[str]:
    return SimpleCookie(response.headers["Set-Cookie"])["feedsvc_admin"]


def with_cookie(client: Client, value: str | None = None) -> Client:
    """Return *client* with a cookie, as a browser has it behind a proxy that strips the path."""
    badge = cookie_of(client.get(f"/status?token={TOKEN}")).value if value is None else value
    client.set_cookie("feedsvc_admin", badge)
    return client


# Who is let in


@pytest.mark.parametrize(("method", "path"), [*ADDRESSES, ("GET", "/refresh")])
def test_without_an_admin_token_there_is_no_door(reader: FakeReader, method: str, path: str) -> None:
    client, _ = serve(reader)

    assert client.open(path, method=method, headers=BEARER).status_code == 404


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_the_token_opens_every_address(client: Client, method: str, path: str, scheme: str) -> None:
    response = client.open(path, method=method, headers={"Authorization": f"{scheme} {TOKEN}"})

    assert response.status_code == (202 if method == "POST" else 200)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong-horse-battery-staple"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN.upper()}"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer"},
        {"Authorization": ""},
        {"Authorization": "Bearer caf\u00e9 \u00ff"},
        {"Authorization": TOKEN},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Basic {b64encode(f'admin:{TOKEN}'.encode()).decode()}"},
        {"X-Hub-Signature-256": ""},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature-256": "sha256=caf\u00e9"},
        {"X-Hub-Signature-256": f"sha256={signature(BODY + b' ')}"},
        {"X-Hub-Signature-256": f"sha256={signature(BODY)[:-1]}"},
        {"X-Hub-Signature-256": f"sha256={signature(BODY, key='wrong-horse-battery-staple')}"},
        {"X-Hub-Signature-256": f"sha1={signature(BODY)}"},
        {"X-Hub-Signature-256": signature(BODY)},
        {"X-Hub-Signature-256": f"sha256={TOKEN}"},
        {"X-Hub-Signature": f"sha256={signature(BODY)}"},
        {"X-Gitea-Signature": f"sha256={signature(BODY)}"},
        {"X-Gitea-Signature": signature(BODY + b"\n")},
        {"X-Forgejo-Signature": signature(b"")},
    ],
)
@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_whoever_has_something_else_learns_nothing(
    client: Client, reader: FakeReader, method: str, path: str, headers: Mapping[str, str]
) -> None:
    plain = client.open(path, method=method)

    response = client.open(path, method=method, headers=headers, data=BODY if method == "POST" else None)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="feedsvc"'
    assert (response.data, list(response.headers)) == (plain.data, list(plain.headers))
    assert reader.requests == 0


@pytest.mark.parametrize("value", ["", "x", TOKEN, signature(b""), "caf\u00e9"])
def test_a_cookie_of_somebody_elses_making_is_refused(client: Client, value: str) -> None:
    """That of the token itself, too: it would end up where browsers keep cookies."""
    assert with_cookie(client, value).get("/status").status_code == 401


def test_the_cookie_of_another_token_is_refused(client: Client, reader: FakeReader) -> None:
    other, _ = serve(reader, admin_token="another-" + TOKEN)

    badge = cookie_of(other.get(f"/status?token=another-{TOKEN}")).value

    assert with_cookie(client, badge).get("/status").status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "token=wrong-horse-battery-staple",
        f"token={TOKEN[:-1]}",
        f"token={TOKEN}%20",
        "token=",
        "token",
        "token=caf%C3%A9",
        "token=%FF",
    ],
)
@pytest.mark.parametrize("path", ["/status", "/status.json"])
def test_a_link_with_a_wrong_token_gives_no_cookie(client: Client, path: str, query: str) -> None:
    """Not even with a cookie that is right: the link was meant for something."""
    response = with_cookie(client).get(path, query_string=query)

    assert response.status_code == 401
    assert "Set-Cookie" not in response.headers


def test_a_link_of_bytes_that_are_no_text_is_wrong_too(client: Client) -> None:
    """No browser would send them unescaped."""
    raw = {"QUERY_STRING": "token=\u00ff\u00e9"}  # as WSGI spells bytes

    assert client.get("/status", environ_overrides=raw).status_code == 401


def test_a_link_opens_nothing_but_pages(client: Client, reader: FakeReader) -> None:
    """What changes something must not hang on an address, which ends up in logs."""
    assert client.post(f"/refresh?token={TOKEN}").status_code == 401
    assert reader.requests == 0


# The link and its cookie


@pytest.mark.parametrize(
    ("url", "secure"),
    [
        ("https://example.org", True),
        ("https://example.org/a/feeds", True),
        ("http://127.0.0.1:8000", False),
        ("http://example.org/%ED%95%9C", False),
    ],
)
def test_the_link_gives_a_cookie_and_loses_the_token(reader: FakeReader, url: str, secure: bool) -> None:
    client, _ = serve(reader, admin_token=TOKEN, url=url)

    response = client.get(f"/status?token={TOKEN}")

    cookie = cookie_of(response)
    assert (response.status_code, response.headers["Location"]) == (303, "status")
    assert (cookie["path"], bool(cookie["secure"]), cookie["httponly"]) == ("", secure, True)
    assert (cookie["samesite"], cookie["max-age"], cookie["domain"]) == ("Strict", str(30 * 86_400), "")
    assert TOKEN not in cookie.value


def test_the_link_keeps_what_else_was_asked(client: Client) -> None:
    response = client.get(f"/status.json?a=1&token={TOKEN}&b=%ED%95%9C+x%26y%FF&c=&a=2")

    assert response.headers["Location"] == "status.json?a=1&b=%ED%95%9C+x%26y%FF&c=&a=2"


def test_the_printed_link_is_the_one_that_opens(reader: FakeReader) -> None:
    token = "a+token/with=&#%-of-everything"
    client, _ = serve(reader, admin_token=token)

    link = admin_link("https://example.org/feeds", token)

    assert link.startswith("https://example.org/feeds/status?token=")
    assert client.get(link.removeprefix("https://example.org/feeds")).status_code == 303


@pytest.mark.parametrize(
    "front", ["http://localhost:8080", "http://localhost:8080/feeds", "http://10.0.0.7/a/b"]
)
def test_the_door_works_wherever_it_is_reached(reader: FakeReader, front: str) -> None:
    """As through a mapped port, or before the name that is configured is known."""
    client, _ = serve(reader, admin_token=TOKEN, url="http://example.org/news")
    page = f"{front}/status"
    entered = client.get(f"/status?token={TOKEN}")
    assert urljoin(f"{page}?token={TOKEN}", entered.headers["Location"]) == page

    status = BeautifulSoup(with_cookie(client).get("/status").text, "lxml")
    host = urlsplit(front).netloc
    said = {"Accept": HTML, "Origin": f"http://{host}", "Host": host}
    said["Cookie"] = f"feedsvc_admin={cookie_of(entered).value}"
    plain = Client(client.application, use_cookies=False)
    pressed = plain.post("/refresh", headers=said, content_type=FORM)

    named = [str(tag.get("action") or tag["href"]) for tag in status.select("form, a")]
    assert [urljoin(page, name) for name in named] == [
        f"{front}/refresh",
        f"{front}/status.json",
        f"{front}/",
    ]
    assert urljoin(f"{front}/refresh", pressed.headers["Location"]) == page


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_the_cookie_opens_every_address(client: Client, method: str, path: str) -> None:
    assert with_cookie(client).open(path, method=method, headers=OURS).status_code in (200, 202)


@pytest.mark.parametrize(
    ("url", "headers", "status"),
    [
        # A browser of today says whether a page of ours asks.
        ("https://example.org/feeds", {"Sec-Fetch-Site": "same-origin"}, 202),
        ("https://example.org/feeds", {"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 202),
        ("https://example.org/feeds", {"Sec-Fetch-Site": "same-site"}, 403),
        ("https://example.org/feeds", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("https://example.org/feeds", {"Sec-Fetch-Site": "none"}, 403),
        ("https://example.org/feeds", {"Sec-Fetch-Site": "same-site", "Origin": "https://example.org"}, 403),
        # Elsewhere, it says which page asks: behind a proxy, one of the host that is configured.
        ("https://example.org/feeds", {"Origin": "https://example.org", "Host": "10.0.0.7:8000"}, 202),
        ("https://EXAMPLE.org:443/feeds", {"Origin": "https://example.org", "Host": "inside"}, 202),
        ("http://example.org:8080", {"Origin": "http://example.org:8080", "Host": "inside"}, 202),
        ("http://[::1]:8000", {"Origin": "http://[::1]:8000", "Host": "inside"}, 202),
        # Through a mapped port, one of the host that was asked.
        ("https://example.org/feeds", {"Origin": "http://10.0.0.7:8000", "Host": "10.0.0.7:8000"}, 202),
        ("https://example.org/feeds", {"Origin": "https://evil.example", "Host": "example.org"}, 403),
        ("https://example.org/feeds", {"Origin": "https://evil.example.org", "Host": "example.org"}, 403),
        ("https://example.org/feeds", {"Origin": "https://example.org:8443", "Host": "example.org"}, 403),
        ("https://example.org/feeds", {"Origin": "https://example.org.evil.example"}, 403),
        ("https://example.org/feeds", {"Origin": "https://example.org@evil.example"}, 403),
        ("https://example.org/feeds", {"Origin": "null", "Host": "null"}, 403),
        ("https://example.org/feeds", {"Origin": "file://example.org"}, 403),
        ("https://example.org/feeds", {"Origin": "https://[bad", "Host": "[bad"}, 400),
        ("https://example.org/feeds", {"Origin": "", "Host": ""}, 400),
        ("https://example.org/feeds", {}, 403),
    ],
)
def test_the_cookie_has_effects_only_when_a_page_of_ours_asks(
    reader: FakeReader, url: str, headers: dict[str, str], status: int
) -> None:
    """The cookie is sent for pages of other ports and subdomains, too."""
    client, _ = serve(reader, admin_token=TOKEN, url=url)
    badge = cookie_of(client.get(f"/status?token={TOKEN}")).value
    plain = Client(client.application, use_cookies=False)

    response = plain.post("/refresh", headers={"Cookie": f"feedsvc_admin={badge}", **headers})

    assert response.status_code == status
    assert reader.requests == (status == 202)


def test_a_request_with_the_token_may_come_from_anywhere(client: Client) -> None:
    foreign = BEARER | {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}

    assert client.post("/refresh", headers=foreign).status_code == 202


def test_the_page_says_where_its_button_comes_from(client: Client) -> None:
    """A page without a referrer has no origin either, in browsers that say nothing else."""
    page = BeautifulSoup(client.get("/status", headers=BEARER).text, "lxml")

    assert [tag["content"] for tag in page.select("meta[name=referrer]")] == ["same-origin"]


def test_of_two_cookies_one_may_be_right(client: Client) -> None:
    """A browser sends both, if another feedsvc is served from a path above."""
    badge = cookie_of(client.get(f"/status?token={TOKEN}")).value
    plain = Client(client.application, use_cookies=False)

    response = plain.get("/status", headers={"Cookie": f"feedsvc_admin=other; feedsvc_admin={badge}"})

    assert response.status_code == 200


@pytest.mark.parametrize("body", [b"", b"feedsvc admin cookie", b"feedsvc admin cookie key"])
def test_the_cookie_signs_no_webhook(client: Client, body: bytes) -> None:
    badge = cookie_of(client.get(f"/status?token={TOKEN}")).value

    plain = Client(client.application, use_cookies=False)
    response = plain.post("/refresh", data=body, headers={"X-Gitea-Signature": badge})

    assert response.status_code == 401
    assert badge != signature(body)


# Webhooks


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Hub-Signature-256", f"sha256={signature(BODY)}"),
        ("X-Gitea-Signature", signature(BODY)),
        ("X-Forgejo-Signature", signature(BODY)),
    ],
)
def test_a_signed_webhook_asks_for_a_refresh(
    client: Client, reader: FakeReader, name: str, value: str
) -> None:
    response = client.post("/refresh", data=BODY, headers={name: value}, content_type="application/json")

    assert (response.status_code, reader.requests) == (202, 1)


def test_what_a_forge_sends_is_understood(client: Client) -> None:
    """Forgejo signs for the receivers of Gitea, Gogs and GitHub at once."""
    headers = {
        "User-Agent": "Go-http-client/1.1",
        "X-Forgejo-Event": "push",
        "X-Forgejo-Signature": signature(BODY),
        "X-Gitea-Event": "push",
        "X-Gitea-Signature": signature(BODY),
        "X-Gogs-Signature": signature(BODY),
        "X-Hub-Signature": "sha1=0123456789abcdef0123456789abcdef01234567",
        "X-Hub-Signature-256": f"sha256={signature(BODY)}",
        "X-GitHub-Event": "push",
    }

    assert client.post("/refresh", data=BODY, headers=headers).status_code == 202


def test_githubs_own_example_is_understood(reader: FakeReader) -> None:
    """The values in "Validating webhook deliveries"."""
    client, _ = serve(reader, admin_token="It's a Secret to Everybody")
    example = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    response = client.post("/refresh", data=b"Hello, World!", headers={"X-Hub-Signature-256": example})

    assert response.status_code == 202


def test_a_webhook_that_sends_a_form_is_no_person(client: Client) -> None:
    body = b"payload=%7B%7D"
    headers = {"X-Hub-Signature-256": f"sha256={signature(body)}", "Accept": "*/*"}

    assert client.post("/refresh", data=body, headers=headers, content_type=FORM).status_code == 202


class Unread(BytesIO):
    """A body that must not be read."""

    def read(self, *_: object) -> bytes:
        raise AssertionError("was read")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        (BEARER, 202),
        ({"X-Gitea-Signature": "x"}, 401),
        ({"X-Gitea-Signature": signature(b"")[1:]}, 401),
        ({"X-Forgejo-Signature": signature(b"") + "0"}, 401),
        ({"X-Forgejo-Signature": signature(b"")[1:] + "g"}, 401),
        ({"X-Hub-Signature-256": signature(b"")}, 401),
        ({"X-Hub-Signature-256": f"sha1={signature(b'')}"}, 401),
    ],
)
def test_a_body_that_nobody_can_have_signed_is_not_read(
    client: Client, headers: dict[str, str], status: int
) -> None:
    said = {"CONTENT_LENGTH": "10"}  # without, there would be no body

    response = client.post("/refresh", input_stream=Unread(), headers=headers, environ_overrides=said)

    assert response.status_code == status


def test_a_body_that_says_it_is_too_long_is_not_read(client: Client) -> None:
    headers = {"X-Gitea-Signature": signature(b"")}
    said = {"CONTENT_LENGTH": str(LIMIT + 1)}

    response = client.post("/refresh", input_stream=Unread(), headers=headers, environ_overrides=said)

    assert response.status_code == 413


@pytest.mark.parametrize(("length", "status"), [(LIMIT - 1, 202), (LIMIT + 1, 413)])
def test_a_body_of_unknown_length_is_read_up_to_the_limit(client: Client, length: int, status: int) -> None:
    body = bytes(length)
    unknown = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    headers = {"X-Gitea-Signature": signature(body)}

    response = client.post("/refresh", input_stream=BytesIO(body), headers=headers, environ_overrides=unknown)

    assert response.status_code == status


UPLOADS = 40  # more than the server has threads


@contextmanager
def uploads(served: Served, signed: str) -> Iterator[list[socket.socket]]:
    """Begin uploads, of which nothing comes but the first byte."""
    lines = [
        "POST /refresh HTTP/1.1",
        "Host: x",
        f"X-Gitea-Signature: {signed}",
        "Content-Length: 1000",
        "",
        "{",
    ]
    with ExitStack() as opened:
        begun = [
            opened.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=SECONDS))
            for _ in range(UPLOADS)
        ]
        for connection in begun:
            connection.sendall("\r\n".join(lines).encode())
        yield begun


def answered(uploads: list[socket.socket]) -> list[socket.socket]:
    return select.select(uploads, [], [], 0)[0]


def test_uploads_that_never_end_keep_nobody_from_the_feeds(tmp_path: Path) -> None:
    """Anybody can begin them: whether a body is signed is known at its end."""
    (tmp_path / "articles").mkdir()
    signed = {"X_Gitea_Signature": signature(b"")}
    with Served("articles", cwd=tmp_path, FEEDSVC_SERVER__ADMIN_TOKEN=TOKEN) as served:
        with uploads(served, signature(BODY)) as begun:
            served.until(lambda: len(answered(begun)) == UPLOADS - 4)
            heads = [upload.recv(1000).partition(b"\r\n\r\n")[0].lower() for upload in answered(begun)]
            feed = served.get()
            webhook = served.get("/refresh", "POST", **signed)

        assert {head.partition(b"\r\n")[0] for head in heads} == {b"http/1.1 503 service unavailable"}
        assert all(b"retry-after: " in head for head in heads)
        assert (feed.status, webhook.status) == (200, 503)
        served.until(lambda: served.get("/refresh", "POST", **signed).status == 202)


class Stalled(RawIOBase):
    """A body of which nothing comes."""

    def __init__(self) -> None:
        self.ended = Event()

    def readable(self) -> bool:
        return True

    def readinto(self, _: object) -> int:
        self.ended.wait(SECONDS)
        return 0


def test_a_body_that_does_not_come_is_not_waited_for_any_longer() -> None:
    app = Flask(__name__)
    app.before_request(Door(TOKEN, url="http://example.org", patience=0.01))
    body = Stalled()

    response = app.test_client().post(
        "/refresh",
        input_stream=BytesIO(),
        headers={"X-Gitea-Signature": signature(BODY)},
        environ_overrides={"wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )

    body.ended.set()
    assert (response.status_code, response.text) == (408, "The body took too long to come.\n")


def test_what_cannot_be_a_signature_is_refused_before_the_upload_ends(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    with (
        Served("articles", cwd=tmp_path, FEEDSVC_SERVER__ADMIN_TOKEN=TOKEN) as served,
        uploads(served, "x") as begun,
    ):
        served.until(lambda: len(answered(begun)) == UPLOADS)

        assert {upload.recv(12) for upload in begun} == {b"HTTP/1.1 401"}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "body", ["Content-Length: 1000\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5\r\n{"]
)
def test_whoever_never_sends_the_rest_of_a_body_keeps_no_worker_from_ending(
    tmp_path: Path, method: str, body: str
) -> None:
    (tmp_path / "articles").mkdir()
    with Served("articles", cwd=tmp_path, FEEDSVC_SERVER__ADMIN_TOKEN=TOKEN) as served:
        with socket.create_connection(("127.0.0.1", served.port), timeout=SECONDS) as begun:
            begun.sendall(f"{method} /refresh HTTP/1.1\r\nHost: x\r\nX-Gitea-Signature: x\r\n{body}".encode())
            assert begun.recv(10) == b"HTTP/1.1 4"

        assert served.stop() == 0

        assert "Killing" not in served.log


# Asking for a refresh


def test_the_publisher_is_asked_through_the_catalogue(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'catalogue.db'}")
    client, _ = serve(LateReader(lambda: store), admin_token=TOKEN)

    client.post("/refresh", headers=BEARER)
    response = client.post("/refresh", headers=BEARER)

    assert store.asked() == 2
    assert (response.status_code, response.text) == (202, "A refresh has been asked for.\n")
    store.close()


def test_a_store_that_is_gone_can_be_asked_later(client: Client, reader: FakeReader) -> None:
    reader.down = True

    response = client.post("/refresh", headers=BEARER)

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0


def test_a_person_who_presses_the_button_comes_back_to_the_status(client: Client, reader: FakeReader) -> None:
    response = with_cookie(client).post("/refresh", headers={"Accept": HTML, **OURS}, content_type=FORM)

    assert (response.status_code, response.headers["Location"]) == (303, "status")
    assert reader.requests == 1


@pytest.mark.parametrize(
    ("accept", "content_type"), [("*/*", FORM), (HTML, "application/json"), ("", FORM), (HTML, None)]
)
def test_a_program_gets_a_line_of_text(client: Client, accept: str, content_type: str | None) -> None:
    headers = BEARER | {"Accept": accept}

    assert client.post("/refresh", headers=headers, content_type=content_type).status_code == 202


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/refresh", {"POST", "OPTIONS"}),
        ("HEAD", "/refresh", {"POST", "OPTIONS"}),
        ("PUT", "/refresh", {"POST", "OPTIONS"}),
        ("POST", "/status", {"GET", "HEAD", "OPTIONS"}),
    ],
)
@pytest.mark.parametrize("headers", [{}, BEARER])
def test_other_methods_are_told_which_would_do(
    client: Client, method: str, path: str, allowed: set[str], headers: dict[str, str]
) -> None:
    response = client.open(path, method=method, headers=headers)

    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize(
    ("path", "allowed"), [("/refresh", {"POST", "OPTIONS"}), ("/status", {"GET", "HEAD", "OPTIONS"})]
)
def test_options_says_which_methods_there_are(client: Client, path: str, allowed: set[str]) -> None:
    response = client.options(path)

    assert response.status_code == 204
    assert set(response.headers["Allow"].split(", ")) == allowed


# The status


def test_the_status_for_programs(client: Client, reader: FakeReader) -> None:
    reader.fault = "the folder is gone"
    reader.found = (make_problem(), make_problem(path="z.md", line=0, severity=Severity.ERROR))

    response = client.get("/status.json", headers=BEARER)

    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(response.data) == {
        "version": version("feedsvc"),
        "generation": 1,
        "published": "2026-05-01T12:00:00+00:00",
        "documents": 2,
        "media": 1,
        "store": None,
        "trouble": "the folder is gone",
        "problems_total": 2,
        "problems": [
            {"path": "z.md", "line": 0, "severity": "error", "reason": "no title"},
            {"path": "a.md", "line": 3, "severity": "warning", "reason": "no title"},
        ],
        "publications": [
            {"generation": 1, "at": "2026-05-01T12:00:00+00:00", "articles": 1, "feeds": 1, "seconds": None},
        ],
    }


def test_the_status_for_a_person(client: Client, reader: FakeReader) -> None:
    reader.fault = "the <folder> is gone"
    reader.found = (make_problem(path="<script>.md", reason='"a" & <b>'),)

    response = client.get("/status", headers=BEARER)

    page = BeautifulSoup(response.text, "lxml")
    cells = [cell.get_text() for cell in page.select("[aria-labelledby=problems] tbody td")]
    published = [cell.get_text() for cell in page.select("[aria-labelledby=publications] tbody td")]
    facts = [fact.get_text() for fact in page.select("dd")]
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert cells == ["<script>.md:3", "warning", '"a" & <b>']
    assert published == ["2026-05-01T12:00:00+00:00", "1", "1", "1", ""]
    assert facts == [version("feedsvc"), "1", "2026-05-01T12:00:00+00:00", "2", "1"]
    assert "the <folder> is gone" in page.get_text()
    assert page.script is None


def test_the_button_is_a_form_that_needs_no_script(client: Client) -> None:
    page = BeautifulSoup(client.get("/status", headers=BEARER).text, "lxml")

    assert page.form is not None
    assert (page.form["method"], page.form["action"]) == ("post", "refresh")
    assert page.form.button is not None


def test_the_page_may_use_its_own_style_and_nothing_else(client: Client) -> None:
    response = client.get("/status", headers=BEARER)

    style = BeautifulSoup(response.text, "lxml").style
    assert style is not None
    digest = b64encode(sha256(style.get_text().encode()).digest()).decode()
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert policy == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]


def test_of_many_problems_the_worst_are_shown_and_all_are_counted(client: Client, reader: FakeReader) -> None:
    reader.found = (*(make_problem(line=n) for n in range(1, 601)), make_problem(severity=Severity.ERROR))

    found = client.get("/status.json", headers=BEARER).json
    page = BeautifulSoup(client.get("/status", headers=BEARER).text, "lxml")

    assert found is not None
    assert (found["problems_total"], len(found["problems"])) == (601, 500)
    assert found["problems"][0]["severity"] == "error"
    assert len(page.select("[aria-labelledby=problems] tbody tr")) == 500
    assert "500 of 601" in page.get_text()


def test_without_problems_it_says_so(client: Client) -> None:
    assert "None." in client.get("/status", headers=BEARER).text


def test_without_the_store_the_status_is_from_memory_and_says_so(client: Client, reader: FakeReader) -> None:
    reader.down = True

    found = client.get("/status.json", headers=BEARER).json
    page = client.get("/status", headers=BEARER)

    assert found is not None
    assert (found["generation"], found["documents"], found["media"]) == (1, 2, 1)
    assert found["store"] == "no route to the store"
    assert (found["trouble"], found["problems_total"], found["problems"]) == (None, None, None)
    assert page.status_code == 200
    assert "no route to the store" in page.text
    assert "Not known" in page.text


def test_before_the_first_publication_there_is_a_status_already() -> None:
    client, _ = serve(FakeReader(), admin_token=TOKEN)

    found = client.get("/status.json", headers=BEARER).json
    page = client.get("/status", headers=BEARER)

    assert found is not None
    assert (found["generation"], found["published"]) == (0, None)
    assert "nothing yet" in page.text


# What all answers have in common


def every_answer(client: Client, reader: FakeReader) -> Iterator[TestResponse]:
    for method in ("GET", "HEAD", "POST", "OPTIONS", "DELETE"):
        for path in ("/status", "/status.json", "/refresh"):
            for headers in ({}, BEARER, {"Authorization": "Bearer x"}, {"X-Gitea-Signature": "x"}):
                for query in ("", f"?token={TOKEN}", "?token=x"):
                    yield client.open(f"{path}{query}", method=method, headers=headers)
    yield client.post("/refresh", headers=BEARER | {"Accept": HTML}, content_type=FORM)
    yield with_cookie(client).get("/status")
    yield with_cookie(client).post("/refresh")
    reader.down = True
    yield from (client.open(path, method=method, headers=BEARER) for method, path in ADDRESSES)


def test_no_other_site_and_no_cache_may_read_an_answer(client: Client, reader: FakeReader) -> None:
    statuses = set()

    for response in every_answer(client, reader):
        statuses.add(response.status_code)
        assert not [name for name in response.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118
        assert response.headers.get_all("Cache-Control") == ["no-store"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Robots-Tag"] == "noindex"
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")

    assert statuses == {200, 202, 204, 303, 401, 403, 405, 503}


class BrokenReader(FakeReader):
    def problems(self) -> tuple[Problem, ...]:
        raise ZeroDivisionError("a fault of ours")


def test_a_fault_of_ours_is_private_too() -> None:
    client, _ = serve(BrokenReader(make_document()), admin_token=TOKEN)

    response = client.get("/status", headers=BEARER)

    assert response.status_code == 500
    assert response.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in response.headers


def test_other_addresses_are_shared_as_before(client: Client) -> None:
    for path in ("/rss.xml", "/healthz", "/status/x"):
        assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"


def test_the_token_is_in_no_answer_and_in_no_log(
    client: Client, reader: FakeReader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    for response in every_answer(client, reader):
        assert TOKEN not in f"{response.headers}{response.text}"

    assert TOKEN not in caplog.text
    assert TOKEN not in repr(WebSettings(url="https://example.org", admin_token=TOKEN))


def test_no_answer_repeats_the_host_that_was_asked(client: Client) -> None:
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}

    link = client.get(f"/status?token={TOKEN}", headers=evil)
    page = client.get("/status", headers=evil | BEARER)

    assert link.headers["Location"] == "status"
    assert "evil" not in f"{link.headers}{page.headers}{page.text}"


# The token


def test_a_token_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        first = admin_token(tmp_path)
    finally:
        os.umask(umask)

    (file,) = tmp_path.iterdir()
    assert file.name == "admin-token"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == f"{first}\n"
    assert len(first) == 43
    assert admin_token(tmp_path) == first


def test_two_places_have_two_tokens(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()

    assert admin_token(tmp_path) != admin_token(tmp_path / "other")


def test_those_who_start_at_once_have_one_token(tmp_path: Path) -> None:
    ready = Barrier(16)

    def start(_: int) -> str:
        ready.wait()
        return admin_token(tmp_path)

    with ThreadPoolExecutor(16) as pool:
        tokens = set(pool.map(start, range(16)))

    assert tokens == {(tmp_path / "admin-token").read_text().strip()}
    assert len(list(tmp_path.iterdir())) == 1


def test_a_token_written_by_hand_counts(tmp_path: Path) -> None:
    (tmp_path / "admin-token").write_text(f"{TOKEN}\r\n")

    assert admin_token(tmp_path) == TOKEN


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_token_that_others_could_read_is_closed_to_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mode: int
) -> None:
    file = tmp_path / "admin-token"
    file.write_text(TOKEN)
    file.chmod(mode)

    assert admin_token(tmp_path) == TOKEN
    assert file.stat().st_mode & 0o777 == 0o600
    assert caplog.messages == [f"admin token was open to others path={file} mended=True"]


@pytest.mark.parametrize("content", [b"", b"\n", b"too-short", b"two words in one file", b"caf\xe9" * 9])
def test_a_file_that_holds_no_token_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "admin-token").write_bytes(content)

    with pytest.raises(StoreError, match=r"admin-token: holds no token.*remove it"):
        admin_token(tmp_path)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "admin-token").mkdir()

    with pytest.raises(StoreError, match=r"cannot be read \(Is a directory\).*set server\.admin_token"):
        admin_token(tmp_path)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be written \(No such file.*set server\.admin_token"):
        admin_token(tmp_path / "missing")


# Its setting


def test_the_token_may_lie_in_a_file_and_is_never_shown(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text(f"{TOKEN}\n")

    config = load_config(None, environ={"FEEDSVC_SERVER__ADMIN_TOKEN_FILE": str(secret)})

    assert config.server.admin_token == TOKEN
    assert 'admin_token = "***"' in dump_config(config)
    assert TOKEN not in f"{dump_config(config)}{config!r}"


@pytest.mark.parametrize("token", ["fifteen-letters", "with blanks in it", "caf\u00e9" * 4])
def test_a_token_that_is_weak_or_fits_no_header_is_refused(token: str) -> None:
    with pytest.raises(ConfigError, match="must be at least 16 characters of ASCII") as refused:
        load_config(None, environ={"FEEDSVC_SERVER__ADMIN_TOKEN": token})

    assert token not in str(refused.value)
