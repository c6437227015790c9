"""Proxies in front of a server: nginx, Caddy and Varnish with the examples in config/, and one of Python."""

import http.client
import re
import shutil
import signal
import subprocess
import tempfile
from abc import ABC, abstractmethod
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Self
from urllib.parse import quote, urlsplit

import pytest

from tests.support.places import ROOT
from tests.support.processes import SECONDS, Answer

CONFIG = ROOT / "config"


@dataclass(frozen=True)
class Place:
    """Where the feeds are reached, and where the server behind really listens."""

    path: str
    outer: int
    inner: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.outer}{quote(self.path)}"


class Stripping(BaseHTTPRequestHandler):
    """The least that a proxy does: takes the path away, and passes everything else on."""

    place: Place

    def do_GET(self) -> None:
        prefix = quote(self.place.path)
        if self.path == prefix:
            self.send_response_only(301)
            self.send_header("Location", f"{prefix}/")
            self.end_headers()
        elif self.path.startswith(f"{prefix}/"):
            self._pass_on(self.path.removeprefix(prefix))
        else:
            self.send_error(404)

    do_HEAD = do_POST = do_GET  # noqa: N815

    def _pass_on(self, target: str) -> None:
        behind = http.client.HTTPConnection("127.0.0.1", self.place.inner, timeout=SECONDS)
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        behind.request(self.command, target, sent, dict(self.headers.items()))
        answer = behind.getresponse()
        body = answer.read()
        behind.close()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Python:
    """The proxy above, which needs nothing to be installed."""

    def __init__(self, place: Place, _: Path) -> None:
        handler = type("Handler", (Stripping,), {"place": place})
        self._server = ThreadingHTTPServer(("127.0.0.1", place.outer), handler)
        self._thread = Thread(target=self._server.serve_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Program(ABC):
    """A real proxy in a process of its own."""

    name: str
    arguments: tuple[str, ...]

    def __init__(self, place: Place, folder: Path) -> None:
        program = shutil.which(self.name)
        if program is None:
            pytest.skip(f"{self.name} is not installed")
        config = folder / f"{self.name}.conf"
        config.write_text(self.configured(place, folder), encoding="utf-8")
        self._log = folder / f"{self.name}.log"
        self._command = [program, *(argument.format(config) for argument in self.arguments)]
        self._folder = folder
        self._outer = place.outer

    @abstractmethod
    def configured(self, place: Place, folder: Path) -> str:
        """Return our example as it is for *place*."""

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            environ = {"HOME": str(self._folder), "PATH": "/usr/bin:/bin"}
            self.process = subprocess.Popen(self._command, env=environ, stdout=log, stderr=log)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=SECONDS)


def moved(name: str, place: Place) -> str:
    """Return one of our examples with the path and the ports of *place*."""
    example = (CONFIG / name).read_text(encoding="utf-8")
    example = re.sub(
        r"(?<=301 )/feeds\b|(?<=strip_prefix )/feeds\b|/feeds(?=/ 301)", quote(place.path), example
    )
    return re.sub(r"/feeds\b", place.path, example).replace("127.0.0.1:8000", f"127.0.0.1:{place.inner}")


class Nginx(Program):
    """nginx with the example, without TLS."""

    name = "nginx"
    arguments = ("-e", "stderr", "-c", "{}")

    def configured(self, place: Place, folder: Path) -> str:
        server = moved("nginx.conf", place)
        server = re.sub(r"^ +(ssl_|listen \[).*\n", "", server, flags=re.MULTILINE)
        server = server.replace("listen 443 ssl", f"listen 127.0.0.1:{place.outer}")
        folders = "".join(
            f"{kind}_temp_path {folder};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        main = f"daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log stderr;\nevents {{}}\n"
        return f"{main}http {{\naccess_log off;\n{folders}{server}\n}}\n"


class CachingNginx(Nginx):
    """The same with the lines for a cache."""

    def configured(self, place: Place, folder: Path) -> str:
        lines = super().configured(place, folder)
        cache = (folder / "cache").as_posix()
        return lines.replace("#proxy_", "proxy_").replace("/var/cache/nginx/feedsvc", cache)


class Caddy(Program):
    """Caddy with the example, without TLS."""

    name = "caddy"
    arguments = ("run", "--adapter", "caddyfile", "--config", "{}")

    def configured(self, place: Place, folder: Path) -> str:  # noqa: ARG002
        site = moved("Caddyfile", place).replace("example.org {", f"http://127.0.0.1:{place.outer} {{")
        return f"{{\n\tadmin off\n\tauto_https off\n}}\n{site}"


class Varnish(Program):
    """Varnish with the example."""

    name = "varnishd"
    arguments = ("-F", "-j", "none", "-s", "malloc,32m", "-f", "{}")

    def __init__(self, place: Place, folder: Path) -> None:
        super().__init__(place, folder)
        self._own = (
            tempfile.mkdtemp()
        )  # not below folder: its name goes into that of a socket, which is short
        self._command += ["-a", f"127.0.0.1:{place.outer}", "-n", self._own]

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        shutil.rmtree(self._own)

    def configured(self, place: Place, folder: Path) -> str:  # noqa: ARG002
        example = (CONFIG / "varnish.vcl").read_text(encoding="utf-8")
        return example.replace("/feeds", quote(place.path)).replace('"8000"', f'"{place.inner}"')


def ask(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
    """Ask for *url* without following a redirect."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=SECONDS)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection.request(
        method, target, body, {name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return Answer(answer.status, answer.headers, content)


def answers(place: Place) -> bool:
    try:
        return ask(f"{place.url}/healthz").status == 200
    except OSError:
        return False
