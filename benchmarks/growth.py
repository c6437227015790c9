"""Whether a poll costs more where there is more to serve, and whether it waits for a refresh.

Sites whose feeds and pages are about 10, 1,000 and 10,000 documents, each served
with one worker and polled in turns by wrk; then all articles of the largest are
edited, and it is polled while the refresh runs.

    python benchmarks/growth.py [ROUNDS] [SECONDS]

Needs wrk.
"""

import http.client
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, sleep
from urllib.parse import urlsplit

import serve

SIZES = (2, 990, 9_990)
RUN = str(Path(sys.executable).with_name("feedsvc"))

# What the index of a snapshot takes in a worker: its memory before and after, without bodies.
INDEX = """\
import sys
from pathlib import Path
from feedsvc.catalogue import open_reader
from feedsvc.web.answers.snapshots import CurrentSnapshot
from feedsvc.web.settings import WebSettings
def kilobytes():
    lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
store = open_reader(sys.argv[1])
store.generation()
before = kilobytes()
current = CurrentSnapshot(store, WebSettings(url="https://example.org"))
print(len(current().snapshot.documents), (kilobytes() - before) / 1000)
"""


def main() -> None:
    """Measure, and print Markdown tables."""
    rounds, seconds = (int(each) for each in (*sys.argv[1:], *("5", "3")[len(sys.argv) - 1 :]))
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sites = {size: fill(place / str(size), size) for size in SIZES}
        servers = {
            size: stack.enter_context(serve.running(command(site), place)) for size, site in sites.items()
        }
        for server in servers.values():
            settle(server.process)
        found: dict[int, list[serve.Measured]] = {size: [] for size in SIZES}
        for _ in range(rounds):
            for size, server in servers.items():
                found[size].append(serve.wrk(server.url, [f"If-None-Match: {server.etag}"], seconds))
        report(sites, found, rounds, seconds)
        beside(sites[SIZES[-1]], servers[SIZES[-1]])


def command(site: Path) -> Callable[[int], list[str]]:
    """Return how to serve a site at a port."""
    return lambda port: [RUN, "serve", str(site), "--port", str(port)]


def fill(root: Path, size: int) -> Path:
    """Write articles of the seeds' kind, and publish them once."""
    root.mkdir()
    (root / "feedsvc.toml").write_text('[server]\nurl = "https://example.org"\n')
    texts = [file.read_text(encoding="utf-8") for file in sorted(serve.SEEDS.glob("*.txt"))]
    for number in range(size):
        _, head, body = texts[number % len(texts)].split("---\n", 2)
        date = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=number)
        text = f"---\ndate: {date.isoformat()}\n{head}---\n{body}"
        (root / f"{number:05}.md").write_text(text, encoding="utf-8")
    subprocess.run([RUN, "refresh", root, "--quiet"], check=True)
    return root


def settle(process: int) -> None:
    """Wait until a server has looked through its site, as it does at each start."""
    used = -1.0
    while (now := processor_seconds(process)) - used > 0.05:
        used = now
        sleep(1)


def processor_seconds(process: int) -> float:
    """Return what a process and all that it has started have had of the processors."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_seconds(int(child)) for child in children)


def report(sites: dict[int, Path], found: dict[int, list[serve.Measured]], rounds: int, seconds: int) -> None:
    """Print what a poll costs by the number of documents."""
    print(f"{rounds} rounds of {seconds} s, {serve.CONNECTIONS} connections, {os.cpu_count()} cores,")
    print(f"{platform.machine()}, Python {platform.python_version()}, {datetime.now(UTC).date()}\n")
    print("| documents | polls/s (304) | ratio | p50 ms | p99 ms | index MB |\n|---|---|---|---|---|---|")
    polls = {size: median(each.polls for each in its) for size, its in found.items()}
    for size, its in found.items():
        catalogue = f"sqlite:///{sites[size] / '.feedsvc' / 'catalogue.db'}"
        told = subprocess.run(
            [sys.executable, "-c", INDEX, catalogue], check=True, capture_output=True, text=True
        ).stdout
        documents, megabytes = told.split()
        p50, p99 = (median(getattr(each, name) for each in its) for name in ("p50", "p99"))
        ratio = polls[size] / polls[SIZES[0]]
        print(
            f"| {int(documents):,} | {polls[size]:,.0f} | {ratio:.2f} | {p50:.2f} | {p99:.2f}"
            f" | {float(megabytes):.1f} |"
        )


def beside(site: Path, server: serve.Contender) -> None:
    """Edit all articles, and print how long polls take until the refresh is done."""
    for path in site.glob("*.md"):
        path.write_text(path.read_text(encoding="utf-8") + "<p>More.</p>\n", encoding="utf-8")
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc)
    waits, etag = [], server.etag
    begun = perf_counter()
    while etag == server.etag:
        asked = perf_counter()
        connection.request("GET", serve.FEED, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        waits.append((perf_counter() - asked) * 1000)
        etag = str(answer.headers["ETag"])
    took = perf_counter() - begun
    p50, *_, p99 = quantiles(waits, n=100)[49:]
    print(f"\nWhile {SIZES[-1]:,} articles were read, rendered and published anew, in {took:.1f} s,")
    print(f"{len(waits):,} polls in a row took {p50:.2f} ms (p50), {p99:.2f} ms (p99),")
    print(f"and {max(waits):.1f} ms at the most.")


if __name__ == "__main__":
    main()
