"""How long a refresh takes: from nothing, without news, and after one edit.

The peer is what one would write first: python-frontmatter and feedgen, RSS of
everything, nothing remembered and nothing sanitised. Both read the same folder
in the same run, in turns; figures are medians.

    python benchmarks/refresh.py [ARTICLES] [ROUNDS]
"""

import logging
import platform
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter

import frontmatter
from feedgen.feed import FeedGenerator

from feedsvc.articles.disk.scan import ScanRules
from feedsvc.catalogue import open_store
from feedsvc.model import FeedSpec, Site
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.refresh.publisher import Publisher

SEEDS = Path(__file__).parents[1] / "seeds"


def main() -> None:
    """Measure, and print a Markdown table."""
    articles, rounds = (int(a) for a in (*sys.argv[1:], "1000", "3")[:2])
    logging.disable()
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as directory:
            for name, seconds in measured(Path(directory), articles).items():
                times.setdefault(name, []).append(seconds)
    medians = {name: median(seconds) for name, seconds in times.items()}
    peer = medians["peer: frontmatter + feedgen"]
    print(f"{articles} articles, {rounds} rounds, {platform.machine()}, Python {platform.python_version()},")
    print(f"feedgen {version('feedgen')}, {datetime.now(UTC).date().isoformat()}\n")
    print("| what | seconds | ratio to the peer |\n|---|---|---|")
    for name, seconds in medians.items():
        print(f"| {name} | {seconds:.2f} | {seconds / peer:.2f} |")


def measured(directory: Path, articles: int) -> dict[str, float]:
    """Return the seconds of each step, in one fresh folder."""
    root = directory / "articles"
    fill(root, articles)
    times = {"peer: frontmatter + feedgen": seconds(lambda: naive(root))}
    for pages in (False, True):
        store = open_store(f"sqlite:///{directory / f'{pages}.db'}")
        publisher = Publisher(plan(root, pages=pages), store, clock=lambda: datetime.now(UTC))
        what = "feeds and pages" if pages else "feeds"
        times[f"{what}, from nothing"] = seconds(publisher.refresh)
        times[f"{what}, no news"] = seconds(publisher.refresh)
        edited = root / "0000.txt"
        edited.write_text(edited.read_text(encoding="utf-8") + "<p>More.</p>\n", encoding="utf-8")
        times[f"{what}, one edit"] = seconds(publisher.refresh)
        store.close()
    return times


def fill(root: Path, articles: int) -> None:
    """Write articles of the seeds' kind, an hour apart."""
    root.mkdir()
    texts = [path.read_text(encoding="utf-8") for path in sorted(SEEDS.glob("*.txt"))]
    for number in range(articles):
        day, hour = divmod(number, 24)
        date = f"date: {2020 + day // 336}-{day // 28 % 12 + 1:02}-{day % 28 + 1:02} {hour:02}:00:00"
        text = texts[number % len(texts)].replace("---\n", f"---\n{date}\n", 1)
        (root / f"{number:04}.txt").write_text(text, encoding="utf-8")


def plan(root: Path, *, pages: bool) -> Plan:
    """Return the defaults."""
    site = Site(
        title="Benchmark",
        feeds_url="https://example.org",
        url="https://example.org" if not pages else None,
        public=True,
        namespace="example.org",
        language="ko",
        timezone=UTC,
    )
    return Plan(
        root=root,
        rules=ScanRules(),
        site=site,
        # With an address of the website, articles need no page of ours.
        permalink=None if pages else "/:filename/",
        everything=FeedSpec(title="Benchmark"),
        pages=pages,
    )


def naive(root: Path) -> bytes:
    """Return the RSS of everything, as a first draft would make it."""
    feed = FeedGenerator()
    feed.title("Benchmark")
    feed.link(href="https://example.org")
    feed.description("Benchmark")
    for path in sorted(root.iterdir()):
        post = frontmatter.load(str(path))
        entry = feed.add_entry(order="append")
        entry.id(path.name)
        entry.title(str(post["title"]))
        entry.link(href=f"https://example.org/{path.name}")
        entry.description(str(post["excerpt"]))
        entry.content(post.content)
    body: bytes = feed.rss_str()
    return body


def seconds(step: Callable[[], object]) -> float:
    """Return how long *step* takes."""
    start = perf_counter()
    step()
    return perf_counter() - start


if __name__ == "__main__":
    main()
