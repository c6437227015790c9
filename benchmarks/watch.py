"""How soon a saved file is served: by watching, and by rescanning every second.

Two real services stand side by side, each on its own copy of the articles. A
file is saved in both in turns, at uneven moments, and the feed is asked every
20 ms until it has the news.

    python benchmarks/watch.py [ARTICLES] [SAVES]
"""

import json
import os
import platform
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles

from refresh import fill

WAYS = {
    "watching": {"FEEDSVC_ARTICLES__WATCH": "true", "FEEDSVC_ARTICLES__RESCAN": "60"},
    "rescanning every second": {"FEEDSVC_ARTICLES__WATCH": "false", "FEEDSVC_ARTICLES__RESCAN": "1"},
}
PATIENCE = 120  # seconds


def main() -> None:
    """Measure, and print a Markdown table."""
    articles, saves = (int(a) for a in (*sys.argv[1:], "1000", "50")[:2])
    times = measured(articles, saves)
    print(f"{articles} articles, {saves} saves each, {platform.machine()}, {os.cpu_count()} cores,")
    print(f"Python {platform.python_version()}, watchfiles {version('watchfiles')},", end=" ")
    print(f"{datetime.now(UTC).date().isoformat()}\n")
    peer = median(times["rescanning every second"])
    print("| from saved to served | median | p95 | longest | ratio of medians |\n|---|---|---|---|---|")
    for way, seconds in times.items():
        p95 = quantiles(seconds, n=20, method="inclusive")[-1]
        middle = median(seconds)
        print(f"| {way} | {middle:.2f} s | {p95:.2f} s | {max(seconds):.2f} s | {middle / peer:.2f} |")


def measured(articles: int, saves: int) -> dict[str, list[float]]:
    """Return the seconds of each save, by way."""
    uneven = random.Random(1)
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    with ExitStack() as stack:
        served = {way: Served(stack, articles, settings) for way, settings in WAYS.items()}
        for number in range(saves):
            for way, service in served.items():
                time.sleep(uneven.uniform(0.5, 1.5))
                times[way].append(service.save(f"Saved {number}"))
    return times


class Served:
    """A service on its own articles, for as long as *stack* lasts."""

    def __init__(self, stack: ExitStack, articles: int, settings: dict[str, str]) -> None:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self._root = home / "articles"
        fill(self._root, articles)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._url = f"http://127.0.0.1:{port}/feed.json"
        process = subprocess.Popen(
            [sys.executable, "-m", "feedsvc", "serve", str(self._root), "--port", str(port), "--quiet"],
            env={**os.environ, **settings},
        )
        stack.callback(process.wait)
        stack.callback(process.terminate)
        self._wait_for("items")

    def save(self, title: str) -> float:
        """Save an article, and return the seconds until the feed has it."""
        text = f"---\ntitle: {title}\ndate: 2026-01-01\n---\nHello.\n"
        (self._root / "saved.txt").write_text(text, encoding="utf-8")
        start = time.perf_counter()
        self._wait_for(json.dumps(title))
        return time.perf_counter() - start

    def _wait_for(self, text: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(self._url) as response:
                    if re.search(re.escape(text), response.read().decode()):
                        return
            except urllib.error.URLError:
                pass
            time.sleep(0.02)
        raise SystemExit(f"{self._url}: no {text} within {PATIENCE} seconds")


if __name__ == "__main__":
    main()
