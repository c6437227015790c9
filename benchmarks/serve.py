"""What a poll costs, beside nginx, the bare server, and what one would write first.

One feed of 30 articles of the seeds' kind, the same bytes everywhere, each server
with one worker, asked in turns by wrk: with validators (304),
compressed, and plain.

    python benchmarks/serve.py [ROUNDS] [SECONDS]

Needs wrk and nginx, and gunicorn from PyPI.
"""

import gzip
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import monotonic, sleep

SEEDS = Path(__file__).parents[1] / "seeds"
CONNECTIONS = 32
FEED = "/rss.xml"

NGINX = """\
user root; daemon off; worker_processes 1; pid {place}/nginx.pid; error_log {place}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  types {{ application/rss+xml xml; }}
  server {{ listen 127.0.0.1:{port}; root {place}/out; gzip_static on; }}
}}
"""

# The server's own limit: the same bytes, headers included, and no work at all.
BARE = """\
from pathlib import Path
PLAIN, GZIP, NONE = {headers!r}
BODY, CODED = (Path(name).read_bytes() for name in {bodies!r})
def app(environ, start_response):
    if "HTTP_IF_NONE_MATCH" in environ: start_response("304 Not Modified", NONE); return [b""]
    if environ.get("HTTP_ACCEPT_ENCODING") == "gzip": start_response("200 OK", GZIP); return [CODED]
    start_response("200 OK", PLAIN); return [BODY]
"""

CACHED = """\
from flask import Flask, Response, request
import gzip
BODY = open({body!r}, "rb").read(); ETAG = {etag!r}; CODED = gzip.compress(BODY)
app = Flask(__name__)
@app.get("/rss.xml")
def feed():
    coded = "gzip" in request.accept_encodings
    response = Response(CODED if coded else BODY, content_type="application/rss+xml; charset=utf-8")
    if coded: response.headers["Content-Encoding"] = "gzip"
    response.headers["ETag"] = ETAG
    return response.make_conditional(request)
"""

NAIVE = """\
import frontmatter
from pathlib import Path
from datetime import datetime, timezone
from feedgen.feed import FeedGenerator
from flask import Flask, Response
app = Flask(__name__)
@app.get("/rss.xml")
def feed():
    fg = FeedGenerator(); fg.title("Benchmark"); fg.link(href="https://example.org/"); fg.description("All")
    for path in sorted(Path({articles!r}).glob("*.md"), reverse=True):
        post = frontmatter.load(path); entry = fg.add_entry()
        entry.title(post["title"]); entry.link(href="https://example.org/" + path.stem)
        entry.content(post.content); entry.published(datetime(2026, 1, 1, tzinfo=timezone.utc))
    return Response(fg.rss_str(), content_type="application/rss+xml")
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of wrk: polls in a second, and milliseconds that half and 99 of 100 of them waited."""

    polls: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Contender:
    """A server that is up.

    Attributes:
        process: The first of its processes.
        etag: That the feed has there.
    """

    url: str
    process: int
    etag: str


def main() -> None:
    """Measure, and print Markdown tables."""
    rounds, seconds = (int(each) for each in (*sys.argv[1:], *("5", "5")[len(sys.argv) - 1 :]))
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        contenders = dict(started(place, stack))
        results: dict[str, dict[str, list[Measured]]] = {}
        for _ in range(rounds):
            for kind, asked in KINDS.items():
                for name, contender in contenders.items():
                    if name == "a feed built per request" and kind != "identity":
                        continue
                    found = wrk(contender.url, asked(contender), seconds)
                    results.setdefault(kind, {}).setdefault(name, []).append(found)
        memory = {name: megabytes(contender.process) for name, contender in contenders.items()}
    report(results, memory, rounds, seconds)


KINDS: Mapping[str, Callable[[Contender], list[str]]] = {
    "304": lambda contender: [f"If-None-Match: {contender.etag}"],
    "gzip": lambda _: ["Accept-Encoding: gzip"],
    "identity": lambda _: [],
}


def started(place: Path, stack: ExitStack) -> Iterator[tuple[str, Contender]]:
    """Yield the contenders, each up and answering with the right bytes."""
    articles = fill(place / "articles")
    run = str(Path(sys.executable).with_name("feedsvc"))
    subprocess.run([run, "build", articles, "--out", place / "out", "--quiet"], check=True)
    shutil.rmtree(place / "articles" / ".feedsvc")
    body = place / "out" / "rss.xml"
    (place / "out" / "rss.xml.gz").write_bytes(gzip.compress(body.read_bytes()))
    known = {"body": str(body), "etag": '"benchmark"', "articles": str(articles)}
    for name, program in (("cached", CACHED), ("naive", NAIVE)):
        (place / f"{name}.py").write_text(program.format(**known))

    def up(command: Callable[[int], list[str]]) -> Contender:
        return stack.enter_context(running(command, place))

    def nginx(port: int) -> list[str]:
        (place / "nginx.conf").write_text(NGINX.format(place=place, port=port))
        return ["nginx", "-c", str(place / "nginx.conf")]

    granian = str(Path(sys.executable).with_name("granian"))
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    yield "nginx, static export", up(nginx)
    ours = up(lambda port: [run, "serve", str(articles), "--port", str(port)])
    (place / "bare.py").write_text(bare(ours, place))
    # With one thread it is at its fastest.
    same = "--interface", "wsgi", "--http", "1", "--no-ws", "--blocking-threads", "1"
    yield (
        "the same bytes on the same Granian",
        up(lambda port: [granian, *same, "--port", str(port), "bare:app"]),
    )
    yield "feedsvc", ours
    threads = "-w", "1", "-k", "gthread", "--threads", "8"
    yield (
        "Flask over cached bytes, gunicorn",
        up(lambda port: [gunicorn, *threads, "-b", f"127.0.0.1:{port}", "cached:app"]),
    )
    yield (
        "a feed built per request",
        up(lambda port: [gunicorn, *threads, "-b", f"127.0.0.1:{port}", "naive:app"]),
    )


def bare(ours: Contender, place: Path) -> str:
    """Return a program that says the same as *ours*, which it asks once."""
    headers, bodies = [], []
    for number, asked in enumerate((KINDS["identity"], KINDS["gzip"], KINDS["304"])):
        request = urllib.request.Request(ours.url, headers=dict(each.split(": ", 1) for each in asked(ours)))
        try:
            response = urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            bodies.append(str(place / f"body{number}"))
            Path(bodies[-1]).write_bytes(response.read())
            headers.append(
                [(k, v) for k, v in response.headers.items() if k not in ("server", "date", "connection")]
            )
    return BARE.format(headers=headers, bodies=bodies[:2])


@contextmanager
def running(command: Callable[[int], list[str]], place: Path) -> Iterator[Contender]:
    """Run a server on a port of its own, from the moment it answers."""
    port = free_port()
    url = f"http://127.0.0.1:{port}{FEED}"
    with (place / f"{port}.log").open("wb") as log:
        process = subprocess.Popen(command(port), cwd=place, stdout=log, stderr=log)
    try:
        yield Contender(url, process.pid, etag_of(url, place / f"{port}.log"))
    finally:
        process.terminate()
        process.wait()


def etag_of(url: str, log: Path) -> str:
    """Return the ETag of what is served at *url*, once it is."""
    deadline = monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                assert response.status == 200
                assert b"<item>" in response.read()
                return str(response.headers["ETag"] or "")
        except OSError:
            if monotonic() > deadline:
                raise SystemExit(f"{url} does not answer: {log.read_text()}") from None
            sleep(0.1)


def wrk(url: str, headers: list[str], seconds: int) -> Measured:
    """Poll as fast as it goes."""
    asked = [part for header in headers for part in ("-H", header)]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", *asked, url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Socket errors" not in said, said
    assert "Non-2xx" not in said or any("If-None-Match" in header for header in headers), said
    polls = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert polls
    return Measured(float(polls[1]), milliseconds(said, "50%"), milliseconds(said, "99%"))


def milliseconds(said: str, share: str) -> float:
    """Return how long that share of the polls waited at the most."""
    found = re.search(rf"{share}\s+([\d.]+)(us|ms|s)", said)
    assert found
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]]


def megabytes(process: int) -> float:
    """Return the memory of a process and all that it has started, without what they share."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)
    assert found
    return int(found[1]) / 1000 + sum(megabytes(int(child)) for child in children)


def report(
    results: Mapping[str, Mapping[str, list[Measured]]],
    memory: Mapping[str, float],
    rounds: int,
    seconds: int,
) -> None:
    """Print a table for each kind of poll."""
    print(f"{rounds} rounds of {seconds} s, {CONNECTIONS} connections, {os.cpu_count()} cores,")
    python = platform.python_version()
    print(f"{platform.machine()}, Python {python}, Granian {version('granian')}, {datetime.now(UTC).date()}")
    for kind, measured in results.items():
        print(f"\n{kind}:\n\n| what | polls/s | of nginx | of the bare server | p50 ms | p99 ms | MB |")
        print("|---|---|---|---|---|---|---|")
        polls = {name: median(each.polls for each in found) for name, found in measured.items()}
        nginx, bare, *_ = polls.values()
        for name, found in measured.items():
            p50, p99 = (median(getattr(each, name) for each in found) for name in ("p50", "p99"))
            ratios = f"{polls[name] / nginx:.2f} | {polls[name] / bare:.2f}"
            print(f"| {name} | {polls[name]:,.0f} | {ratios} | {p50:.2f} | {p99:.2f} | {memory[name]:.0f} |")


def fill(root: Path) -> Path:
    """Write 30 articles of the seeds' kind."""
    root.mkdir()
    texts = [file.read_text(encoding="utf-8") for file in sorted(SEEDS.glob("*.txt"))]
    for number in range(30):
        _, head, body = texts[number % len(texts)].split("---\n", 2)
        date = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number)
        (root / f"{number:02}.md").write_text(
            f"---\ndate: {date.isoformat()}\n{head}---\n{body}", encoding="utf-8"
        )
    return root


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
