"""Where the service listens, by its own options: a Unix socket, or TLS with HTTP/2."""

import http.client
import os
import resource
import shutil
import socket
import ssl
import stat
import subprocess
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from feedsvc.config import load_config
from feedsvc.errors import ConfigError
from tests.support.processes import SECONDS, Served
from tests.support.sites import article


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.md").write_text(article("A"))
    return tmp_path


class OverSocket(http.client.HTTPConnection):
    """A client that reaches a server by its Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(SECONDS)
        self.sock.connect(str(self._path))


def test_a_unix_socket_is_listened_on_instead_of_a_port(home: Path) -> None:
    (home / "feedsvc.toml").write_text('[articles]\ndirectory = "articles"\n[server]\nsocket = "s"\n')
    served = Served(cwd=home)

    def body() -> bytes:
        try:
            with closing(OverSocket(home / "s")) as connection:
                connection.request("GET", "/atom.xml")
                return connection.getresponse().read()
        except OSError:
            return b""

    try:
        served.until(lambda: b"<title>A</title>" in body())
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", served.port)) != 0
        assert served.stop() == 0
    finally:
        served.__exit__()


@pytest.mark.parametrize(
    ("settings", "mode"), [("", 0o666), ('socket_mode = "0660"', 0o660), ("socket_mode = 0o600", 0o600)]
)
def test_the_socket_is_open_to_whom_it_shall_be(home: Path, settings: str, mode: int) -> None:
    groups = [group for group in os.getgroups() if group != os.getegid()] or [os.getegid()]
    group = 4321 if os.geteuid() == 0 else groups[0]
    (home / "feedsvc.toml").write_text(
        f'[articles]\ndirectory = "articles"\n[server]\nsocket = "s"\nsocket_group = "{group}"\n{settings}\n'
    )
    served = Served(cwd=home)

    try:
        served.until((home / "s").is_socket)
        served.until(lambda: stat.S_IMODE((home / "s").stat().st_mode) == mode)
        assert (home / "s").stat().st_gid == group
    finally:
        served.__exit__()


def test_an_idle_connection_is_closed_after_the_time_that_is_set(home: Path) -> None:
    with (
        Served("articles", cwd=home, FEEDSVC_SERVER__KEEP_ALIVE="1") as served,
        socket.create_connection(("127.0.0.1", served.port), timeout=SECONDS) as connection,
    ):
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert answer.endswith(b"ok\n")


def test_many_idle_connections_keep_nobody_out(home: Path) -> None:
    """Browsers and balancers keep theirs for a minute, and more."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    with Served("articles", cwd=home) as served, ExitStack() as stack:
        for _ in range(1500):
            stack.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=SECONDS))

        with socket.create_connection(("127.0.0.1", served.port), timeout=SECONDS) as one_more:
            one_more.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert one_more.recv(12) == b"HTTP/1.1 200"


def make_certificate(folder: Path, name: str = "localhost") -> None:
    make = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={name} -keyout key.pem -out cert.pem"
    subprocess.run(make.split(), cwd=folder, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_renewed_certificate_is_served_without_a_restart(home: Path) -> None:
    make_certificate(home)
    (home / "feedsvc.toml").write_text(
        '[articles]\ndirectory = "articles"\n[server]\ntls_cert = "cert.pem"\ntls_key = "key.pem"\n'
    )
    served = Served(cwd=home)

    def presented() -> str:
        try:
            return ssl.get_server_certificate(("127.0.0.1", served.port), timeout=SECONDS)
        except OSError:
            return ""

    try:
        served.until(lambda: presented() == (home / "cert.pem").read_text())
        before = presented()
        key = (home / "key.pem").read_bytes()
        make_certificate(home)
        new_key = (home / "key.pem").read_bytes()
        (home / "key.pem").write_bytes(key)
        served.until(lambda: "certificate cannot be used path=" in served.log)
        assert presented() == before

        (home / "key.pem").write_bytes(new_key)
        served.until(lambda: presented() == (home / "cert.pem").read_text())

        assert "certificate renewed path=" in served.log
        assert served.process.poll() is None
    finally:
        served.__exit__()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_tls_is_answered_with_http_2_where_it_is_known(home: Path) -> None:
    make_certificate(home)
    (home / "feedsvc.toml").write_text(
        '[articles]\ndirectory = "articles"\n[server]\ntls_cert = "cert.pem"\ntls_key = "key.pem"\n'
    )
    context = ssl.create_default_context(cafile=home / "cert.pem")
    context.check_hostname = False
    served = Served(cwd=home)

    def status() -> int:
        try:
            reached = "127.0.0.1", served.port
            with closing(
                http.client.HTTPSConnection(*reached, timeout=SECONDS, context=context)
            ) as connection:
                connection.request("GET", "/atom.xml")
                return connection.getresponse().status
        except OSError:
            return 0

    try:
        served.until(lambda: status() == 200)
        context.set_alpn_protocols(["h2", "http/1.1"])
        with (
            socket.create_connection(("127.0.0.1", served.port), timeout=SECONDS) as plain,
            context.wrap_socket(plain) as secured,
        ):
            assert secured.selected_alpn_protocol() == "h2"
        served.until(lambda: f"https://127.0.0.1:{served.port}/rss.xml" in served.log)
        assert served.stop() == 0
    finally:
        served.__exit__()


def test_a_certificate_without_its_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "feedsvc.toml").write_text('[server]\ntls_cert = "cert.pem"\n')

    with pytest.raises(ConfigError, match="tls_cert and tls_key go together; set both, or neither"):
        load_config(tmp_path / "feedsvc.toml", environ={})
