"""Where the service listens, by its own options: a Unix socket, or TLS with HTTP/2."""

import http.client
import shutil
import socket
import ssl
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from feedsvc.config import load_config
from feedsvc.errors import ConfigError
from tests.processes import SECONDS, Served
from tests.sites import article


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


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_tls_is_answered_with_http_2_where_it_is_known(home: Path) -> None:
    make = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout key.pem -out cert.pem"
    )
    subprocess.run(make.split(), cwd=home, check=True, capture_output=True)
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
