"""What other hosts tell of their pictures, asked of real servers on loopback."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from threading import Event, Thread

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model import Image
from feedsvc.publisher.media.fetch import Asking
from feedsvc.publisher.media.known import KnownMedia
from feedsvc.publisher.media.public_addresses import is_global_address
from feedsvc.publisher.media.remote_images import Probe
from feedsvc.publisher.refresh.publisher import Publisher
from tests.conftest import Clock
from tests.support.builders import NOON, make_site
from tests.support.processes import SECONDS
from tests.support.sites import Folder, article, make_plan

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
        elif self.path == "/small/letters.gif":
            self.send_response(302)
            self.send_header("location", "/small/a.gif")
            content = b""
        else:
            self.send_response(404 if self.path == "/gone.gif" else 200)
        length = "content-length" if self.path.startswith("/small/") else "Content-Length"
        self.send_header(length, str(len(content)))
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
    probe.ask([url], NOON)
    return probe(Image(url=url))


@pytest.mark.parametrize("path", ["/a.gif", "/moved.gif?x=1", "/small/a.gif", "/small/letters.gif"])
def test_a_picture_tells_its_type_its_bytes_and_its_size(host: tuple[str, list[str]], path: str) -> None:
    image = probed(host[0] + path)

    assert (image.media_type, image.length, image.width, image.height) == ("image/gif", len(GIF), 640, 480)


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["::1", "127.0.0.1"], ["127.0.0.1", "::1"]])
def test_a_host_is_asked_at_an_address_that_can_be_reached(
    host: tuple[str, list[str]], addresses: list[str]
) -> None:
    """Else a machine without IPv6 learns nothing of most pictures."""
    url = host[0].replace("127.0.0.1", "pictures.example")
    asking = Asking(lambda _: True, seconds=SECONDS, look_up=lambda _: addresses)

    assert asking.ask(f"{url}/a.gif").width == 640


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
        ],
        NOON,
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
    first.ask([url, f"{host[0]}/b.gif"], NOON)
    asked = len(host[1])

    second = Probe(first.dump(), is_allowed=is_loopback)
    second.ask([url], NOON)

    assert len(host[1]) == asked
    assert second(Image(url=url)).width == 640
    assert "b.gif" not in second.dump()


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "1.1.1.1", "192.0.1.1", "172.32.0.1", "100.128.0.1", "198.20.0.1", "223.255.255.254"),
        *("2606:4700::1", "2001:200::1", "2a00:1450::1", "2620:4f:8000::1"),
        # What a system sends to an IPv4 address: mapped, and where there is IPv6 only.
        *("::ffff:8.8.8.8", "64:ff9b::808:808"),
    ],
)
def test_the_public_network_is_asked(address: str) -> None:
    assert is_global_address(address)


INNER = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "172.16.0.1", "100.64.0.1", "0.0.0.0"]


@pytest.mark.parametrize(
    "address",
    [
        *INNER,
        *("192.0.0.1", "192.0.0.9", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
        *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fd00::1", "fc00::1", "ff02::1", "ff0e::1"),
        *("100::1", "100:0:0:1::1", "2001::1", "2001:db8::1", "2001:20::1", "3fff::1", "5f00::1", "4000::1"),
        *("64:ff9b:1::808:808", "2002:808:808::", "::8.8.8.8", "::ffff:0:8.8.8.8", "2600::5efe:808:808"),
    ],
)
def test_no_other_address_is_asked(address: str) -> None:
    """IANA's registries of special addresses; a picture has none of these."""
    assert not is_global_address(address)


@given(number=st.integers(0, 2**32 - 1), form=st.sampled_from(["::ffff:{}", "64:ff9b::{}"]))
def test_an_embedded_address_is_as_public_as_itself(number: int, form: str) -> None:
    inner = str(IPv4Address(number))

    assert is_global_address(form.format(inner)) is is_global_address(inner)


@given(
    inner=st.one_of(st.sampled_from(INNER), st.integers(0, 2**32 - 1).map(lambda n: str(IPv4Address(n)))),
    form=st.sampled_from(
        ["::{}", "::ffff:0:{}", "64:ff9b:1::{}", "2a00:1450::5efe:{}", "2a00:1450::200:5efe:{}"]
    ),
)
def test_no_other_form_of_an_embedded_address_is_asked(inner: str, form: str) -> None:
    assert not is_global_address(form.format(inner))
    number = int(IPv4Address(inner))
    assert not is_global_address(f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1")
    assert not is_global_address(f"2001:0:808:808::{number >> 16 ^ 0xFFFF:x}:{number & 0xFFFF ^ 0xFFFF:x}")


class Trickling:
    """A host that sends a byte now and then, so that no read of its answer waits long."""

    def __init__(self, beginning: bytes) -> None:
        self._beginning = beginning
        self.asked = 0
        self._over = Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._over.set()
        self._socket.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            with suppress(OSError):
                connection, _ = self._socket.accept()
                self.asked += 1
                Thread(target=self._trickle, args=(connection,), daemon=True).start()

    def _trickle(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.sendall(self._beginning)
            while not self._over.wait(0.05):
                connection.sendall(b"x")


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 302 Found\r\nLocation: /",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
    ],
)
def test_a_host_cannot_stretch_its_time(beginning: bytes) -> None:
    """Else one picture holds up a refresh for as long as its host likes."""
    host = Trickling(beginning)
    probe = Probe(is_allowed=is_loopback, seconds=0.3)
    asking = Thread(target=probe.ask, args=([f"{host.url}/{number}.gif" for number in range(20)], NOON))

    asking.start()
    asking.join(SECONDS)

    assert not asking.is_alive()
    assert host.asked <= 2 * 8  # one that takes all its time is asked for no more of its pictures
    assert probe(Image(url=f"{host.url}/1.gif")) == Image(url=f"{host.url}/1.gif")
    host.close()


def test_a_failure_is_forgotten_after_a_day(host: tuple[str, list[str]]) -> None:
    url = f"{host[0]}/gone.gif"
    probe = Probe(is_allowed=is_loopback)
    asked = []
    for hours in (0, 1, 23, 24, 25):
        probe = Probe(probe.dump(), is_allowed=is_loopback)
        probe.ask([url], NOON + timedelta(hours=hours))
        asked.append(len(host[1]))

    assert asked == [1, 1, 1, 2, 2]


@pytest.mark.parametrize("failed", ["null", str(int(NOON.timestamp()) + 10**9)])
def test_a_failure_of_no_known_time_is_forgotten_at_once(host: tuple[str, list[str]], failed: str) -> None:
    url = f"{host[0]}/a.gif"
    known = f'{{"{url}": {{"media_type": null, "failed": {failed}}}}}'

    assert probed(url, known).width == 640


def test_a_refresh_without_news_asks_again_a_day_later(
    host: tuple[str, list[str]], tmp_path: Path, clock: Clock
) -> None:
    folder = Folder(tmp_path, clock)
    folder.write("a.md", article("A", image=f"{host[0]}/gone.gif"))
    plan = make_plan(folder.root, probe=True, site=make_site(url=None))
    publisher = Publisher(plan, folder.store, clock=folder.clock, probe=Probe(is_allowed=is_loopback))
    asked = []
    for hours in (0, 1, 25, 1):
        folder.clock.forward(minutes=60 * hours)
        generation = publisher.refresh().generation
        asked.append((len(host[1]), generation is not None))

    assert asked == [(1, True), (1, False), (2, False), (2, False)]
    folder.store.close()


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
