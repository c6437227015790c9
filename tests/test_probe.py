"""What other hosts tell of their pictures, asked of real servers on loopback."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import feedparser
import pytest

from feedsvc.model import Image
from feedsvc.publisher.known_media import KnownMedia
from feedsvc.publisher.probe import Probe, is_public
from feedsvc.publisher.refresh import Publisher
from tests.builders import make_site
from tests.conftest import Clock
from tests.sites import Folder, article, make_plan

GIF = b"GIF89a\x80\x02\xe0\x01\x00\x00\x00;"


class Pictures(BaseHTTPRequestHandler):
    """A host with pictures, and with what is called like one."""

    asked: list[str]

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, *, body: bool) -> None:
        self.asked.append(f"{self.command} {self.path}")
        content = GIF if self.path.endswith(".gif") else b"<html>Not found"
        if self.path == "/moved.gif?x=1":
            self.send_response(302)
            self.send_header("Location", "/a.gif")
            content = b""
        elif self.path == "/inside.gif":
            self.send_response(302)
            self.send_header("Location", "http://10.0.0.1/secret.gif")
            content = b""
        elif self.path == "/loop.gif":
            self.send_response(302)
            self.send_header("Location", "/loop.gif")
            content = b""
        else:
            self.send_response(404 if self.path == "/gone.gif" else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)


@pytest.fixture
def host() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    kind = type("Asked", (Pictures,), {"asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def is_loopback(address: str) -> bool:
    return address == "127.0.0.1"


def probed(url: str, known: str = "") -> Image:
    probe = Probe(known, is_allowed=is_loopback)
    probe.ask([url])
    return probe(Image(url=url))


@pytest.mark.parametrize("path", ["/a.gif", "/moved.gif?x=1"])
def test_a_picture_tells_its_type_its_bytes_and_its_size(host: tuple[str, list[str]], path: str) -> None:
    image = probed(host[0] + path)

    assert (image.media_type, image.length, image.width, image.height) == ("image/gif", len(GIF), 640, 480)


@pytest.mark.parametrize("path", ["/gone.gif", "/page.jpg", "/loop.gif", "/inside.gif"])
def test_what_is_no_picture_or_leads_inside_tells_nothing(host: tuple[str, list[str]], path: str) -> None:
    assert probed(host[0] + path) == Image(url=host[0] + path)


def test_nothing_is_asked_inside(host: tuple[str, list[str]]) -> None:
    probe = Probe()

    probe.ask(
        [
            f"{host[0]}/a.gif",
            "file:///etc/passwd",
            "http://",
            "http://[::1]/a.gif",
            "http://no.such.host.invalid/",
        ]
    )

    assert host[1] == []


def test_nobody_answers_and_nothing_is_lost() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/a.gif"

        assert probed(url) == Image(url=url)


def test_what_was_told_is_remembered_as_long_as_it_is_wanted(host: tuple[str, list[str]]) -> None:
    url = f"{host[0]}/a.gif"
    first = Probe(is_allowed=is_loopback)
    first.ask([url, f"{host[0]}/b.gif"])
    asked = len(host[1])

    second = Probe(first.dump(), is_allowed=is_loopback)
    second.ask([url])

    assert len(host[1]) == asked
    assert second(Image(url=url)).width == 640
    assert "b.gif" not in second.dump()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("::ffff:127.0.0.1", False),
        ("fd00::1", False),
    ],
)
def test_only_the_public_network_is_asked(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_feeds_say_what_a_host_told_and_a_restart_asks_nobody(
    host: tuple[str, list[str]], tmp_path: Path, clock: Clock
) -> None:
    folder = Folder(tmp_path, clock)
    folder.write("a.md", article("A", image=f"{host[0]}/a.gif"))

    def publish() -> None:
        probe = Probe(folder.store.remembered("probed") or "", is_allowed=is_loopback)
        site = make_site(url=None, logo=f"{host[0]}/logo.gif")
        plan = make_plan(folder.root, probe=True, site=site)
        Publisher(plan, folder.store, clock=folder.clock, probe=probe).refresh()

    publish()
    asked, body = list(host[1]), folder.body("rss.xml")
    publish()

    (entry,) = feedparser.parse(body).entries
    assert (entry.enclosures[0].length, entry.media_content[0]["width"]) == (str(len(GIF)), "640")
    assert sorted(asked) == ["GET /a.gif", "GET /logo.gif", "HEAD /a.gif", "HEAD /logo.gif"]
    assert host[1] == asked
    assert b"<width>144</width>" in body
    assert b"<height>108</height>" in body
    assert folder.body("rss.xml") == body
    folder.store.close()


@pytest.mark.parametrize("known", ["x", "[", "[]", '{"a": 1}', '{"a": {"b": 1}}', "null"])
def test_unreadable_memories_of_files_are_forgotten(known: str) -> None:
    """It is found out anew; whoever restores a backup needs no traceback for that."""
    assert Probe(known).dump() == Probe().dump()
    assert KnownMedia(known).dump() == KnownMedia().dump()
