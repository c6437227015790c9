"""What thousands of tags cost: a thousand articles with five tags each, of few and of many.

python benchmarks/tags.py [TAGS]
"""

import logging
import platform
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from feedsvc.catalogue import open_store
from feedsvc.model import FeedSpec, Site
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.refresh.publisher import Publisher

ARTICLES = 1000
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
SITE = Site(
    title="Benchmark",
    url="https://example.org",
    feeds_url="https://example.org/feeds",
    public=True,
    language="en",
    timezone=UTC,
)


def main() -> None:
    """Measure, and print a Markdown table."""
    logging.disable()
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    print(f"{ARTICLES} articles, {platform.machine()}, Python {platform.python_version()},")
    print(f"{datetime.now(UTC).date()}\n")
    print("| tags | documents | from nothing | no news | one edit | catalogue | feeds.opml | feeds.json |")
    print("|---|---|---|---|---|---|---|---|")
    for tags in (50, many):
        with tempfile.TemporaryDirectory() as directory:
            print(row(Path(directory), tags))


def row(directory: Path, tags: int) -> str:
    """Return a line of the table."""
    root = directory / "articles"
    root.mkdir()
    for number in range(ARTICLES):
        (root / f"{number}.md").write_text(article(number, tags))
    file = directory / "catalogue.db"
    store = open_store(f"sqlite:///{file}")
    plan = Plan(root=root, site=SITE, everything=FeedSpec(title=SITE.title), git_dates=False)
    publisher = Publisher(plan, store, clock=lambda: datetime.now(UTC))
    times = [seconds(publisher.refresh), seconds(publisher.refresh)]
    (root / "1.md").write_text(article(1, tags) + "More.\n")
    times.append(seconds(publisher.refresh))
    documents = store.snapshot().documents
    store.close()
    lists = (documents[name].length / 1e6 for name in ("feeds.opml", "feeds.json"))
    told = (
        *(f"{taken:.2f} s" for taken in times),
        *(f"{mb:.1f} MB" for mb in (file.stat().st_size / 1e6, *lists)),
    )
    return f"| {tags:,} | {len(documents):,} | {' | '.join(told)} |"


def article(number: int, tags: int) -> str:
    """Return the text of an article with five tags."""
    named = ", ".join(f"tag{(number * 5 + each) % tags}" for each in range(5))
    date = (FIRST + timedelta(hours=number)).isoformat()
    head = f"title: Article {number}\ndate: {date}\ntags: [{named}]\nurl: /{number}/"
    return f"---\n{head}\n---\nHello {number}.\n"


def seconds(work: Callable[[], object]) -> float:
    """Return how long *work* takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


if __name__ == "__main__":
    main()
