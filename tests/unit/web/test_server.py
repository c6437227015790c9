"""The real server on a loopback port: what only a server can get wrong."""

import http.client
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feedsvc.errors import UsageError
from feedsvc.web.server.server import serve
from feedsvc.web.settings import ServerSettings, WebSettings
from tests.support.places import ROOT
from tests.support.processes import SECONDS, free_port, until
from tests.support.web_fakes import RSS, make_document, open_example

# Spawned workers import the main module: only a file can be one.
MAIN = """
import sys

from feedsvc.errors import FeedsvcError
from feedsvc.web.server.server import serve
from feedsvc.web.settings import ServerSettings, WebSettings
from tests.support.web_fakes import open_example

if __name__ == "__main__":
    settings = ServerSettings(web=WebSettings(url="https://example.org"), port=int(sys.argv[1]), workers=2)
    try:
        serve(
            settings,
            open_reader=open_example,
            on_ready=lambda: print("ready", flush=True),
            on_stop=lambda: print("stopped", flush=True),
        )
    except FeedsvcError as error:
        sys.exit(f"{error}")
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("server") / "main.py"
    path.write_text(MAIN)
    return path


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(script: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    with start(script, port) as running:
        assert running.stdout
        readable, _, _ = select.select([running.stdout], [], [], SECONDS)
        assert readable
        assert running.stdout.readline() == "ready\n"
        yield running
        running.kill()


def start(script: Path, port: int) -> subprocess.Popen[str]:
    root = str(ROOT)
    return subprocess.Popen(
        [sys.executable, str(script), str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": root},
    )


def exchange(connection: socket.socket, method: str, *headers: str) -> http.client.HTTPResponse:
    """Ask on a connection that stays open."""
    lines = [f"{method} /rss.xml HTTP/1.1", "Host: x", *headers, "", ""]
    connection.sendall("\r\n".join(lines).encode())
    response = http.client.HTTPResponse(connection, method=method)
    response.begin()
    return response


def test_feeds_are_served_by_a_granian_without_the_part_that_has_no_public_name(
    tmp_path: Path, port: int
) -> None:
    """Granian's own code finds the function among the built-in names, where `_load` does not look."""
    renamed = """
import builtins, logging
from granian.server import mp

logging.basicConfig()
builtins._wsgi_call_wrap = mp.__dict__.pop("_wsgi_call_wrap")
"""
    script = tmp_path / "main.py"
    script.write_text(renamed + MAIN)

    with start(script, port) as running:
        try:
            assert running.stdout
            assert running.stdout.readline() == "ready\n"
            with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
                body = exchange(connection, "GET").read()
        finally:
            running.terminate()
        _, errors = running.communicate(timeout=SECONDS)

    assert body == RSS
    assert running.returncode == 0
    assert "Granian has no _wsgi_call_wrap; polls are answered more slowly" in errors


@pytest.mark.usefixtures("server")
def test_answers_without_a_body_leave_the_connection_in_step(port: int) -> None:
    """A body after HEAD or 304 would be read as the next answer."""
    etag = make_document().etag
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        head = exchange(connection, "HEAD")
        head.read()
        unchanged = exchange(connection, "GET", f'If-None-Match: "{etag}"')
        unchanged.read()
        allowed = exchange(connection, "OPTIONS")
        allowed.read()
        full = exchange(connection, "GET")
        body = full.read()

    assert (head.status, head.headers["Content-Length"]) == (200, str(len(RSS)))
    assert unchanged.status == 304
    assert "Content-Type" not in unchanged.headers
    assert "Content-Length" not in unchanged.headers
    assert allowed.status == 204
    assert (full.status, body) == (200, RSS)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_even_with_connections_open(
    server: subprocess.Popen[str], port: int, signum: signal.Signals
) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        exchange(connection, "GET").read()

        os.killpg(server.pid, signum)  # as a terminal does on Ctrl-C
        output, errors = server.communicate(timeout=SECONDS)

    assert (server.returncode, output, errors) == (0, "stopped\n", "")


def test_a_worker_that_ends_before_the_supervisor_is_told_to_stop_is_no_fault(
    server: subprocess.Popen[str],
) -> None:
    """A service manager sends SIGTERM to all of them, in any order."""
    own = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    workers = [int(pid) for pid in own if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    for pid in [*workers, server.pid]:
        os.kill(pid, signal.SIGTERM)
    output, errors = server.communicate(timeout=SECONDS)

    assert workers
    assert (server.returncode, output, errors) == (0, "stopped\n", "")


def test_ctrl_c_while_its_workers_begin_leaves_no_traceback(script: Path, port: int) -> None:
    with start(script, port) as server:
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        until(lambda: len(children.read_text().split()) > 2)  # multiprocessing has one of its own

        os.killpg(server.pid, signal.SIGINT)

        output, errors = server.communicate(timeout=SECONDS)
    assert (server.returncode, output.endswith("stopped\n"), errors) == (0, True, "")


def test_workers_do_not_outlive_a_killed_supervisor(server: subprocess.Popen[str], port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        exchange(connection, "GET").read()

        server.kill()

        assert connection.recv(1) == b""  # the worker closes it when it ends


@pytest.mark.usefixtures("server")
def test_a_port_that_is_taken_is_said_plainly(script: Path, port: int) -> None:
    with start(script, port) as second:
        _, errors = second.communicate(timeout=SECONDS)

    assert second.returncode
    assert errors == f"port {port} on 127.0.0.1 is already in use; choose another with --port\n"


def never() -> None:
    raise AssertionError("the server must not start")


def refused(tmp_path: Path, **settings: Any) -> str:
    """Return why the server refuses to start with these settings."""
    web = WebSettings(url="https://example.org")
    with pytest.raises(UsageError) as caught:
        serve(
            ServerSettings(web=web, port=0, **settings),
            open_reader=open_example,
            on_ready=never,
            on_stop=lambda: None,
        )
    return str(caught.value).replace(str(tmp_path), "")


def test_a_file_is_not_taken_for_an_old_socket(tmp_path: Path) -> None:
    precious = tmp_path / "thesis.txt"
    precious.write_text("years of work")

    assert refused(tmp_path, socket=precious) == "cannot listen at /thesis.txt: it is a file, not a socket"
    assert precious.read_text() == "years of work"


def test_a_socket_in_use_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))
        other.listen()

        assert refused(tmp_path, socket=path) == "cannot listen at /s: another server does"
        assert path.is_socket()


def test_a_group_that_there_is_not_is_said_plainly(tmp_path: Path) -> None:
    assert refused(tmp_path, socket=tmp_path / "s", socket_group="no-such-group") == (
        "server.socket_group: there is no group 'no-such-group'; name one that the proxy is in"
    )
    assert not (tmp_path / "s").exists()


def test_a_certificate_that_cannot_be_read_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("no certificate")

    reason = refused(tmp_path, tls_cert=tmp_path / "cert.pem", tls_key=tmp_path / "cert.pem")

    assert reason.startswith("cannot use the certificate /cert.pem: ")
