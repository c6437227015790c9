"""What it costs to look at every document once more before it is published.

Feeds of 30 articles of the seeds' kind, rendered in three formats, and proved;
in turns, medians of several rounds.

    python benchmarks/proof.py [FEEDS] [ROUNDS]
"""

import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import process_time

from feedsvc.articles.content import read_content
from feedsvc.articles.dialects import PLAIN
from feedsvc.articles.links.resolve import Base
from feedsvc.articles.reading.article import ReadingRules
from feedsvc.articles.reading.read import read_article
from feedsvc.feeds.build import build_feed
from feedsvc.feeds.render import render_feed
from feedsvc.feeds.validate import prove
from feedsvc.feeds.xml_safe import legible
from feedsvc.model import Content, Feed, FeedSpec, Record, Site, SourceFile

SEEDS = Path(__file__).parents[1] / "seeds"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
SITE = Site(title="Benchmark", feeds_url="https://example.org", language="ko", timezone=UTC, public=True)
BASE = Base(url="https://example.org/a/", root="https://example.org", media_url="https://example.org/media/")


def main() -> None:
    """Measure, and print a Markdown table."""
    feeds, rounds = (int(each) for each in (*sys.argv[1:], *("300", "5")[len(sys.argv) - 1 :]))
    records = [record(number) for number in range(30)]
    contents = {each.key: read_content(each.article, BASE, look=lambda _: None) for each in records}
    feed = legible(built(records, contents))
    documents = render_feed(feed)
    work: dict[str, Callable[[], object]] = {
        "read 30 bodies": lambda: [read_content(r.article, BASE, look=lambda _: None) for r in records],
        "render three documents": lambda: render_feed(feed),
        "prove three documents": lambda: list(prove(documents, feed)),
    }
    times = {name: median(seconds(each, feeds) for _ in range(rounds)) for name, each in work.items()}
    rendering = times["render three documents"]
    print(f"{feeds} feeds, {rounds} rounds, {platform.machine()}, Python {platform.python_version()},")
    print(f"{datetime.now(UTC).date()}\n\n| what | milliseconds | ratio to rendering |\n|---|---|---|")
    for name, taken in times.items():
        print(f"| {name} | {taken / feeds * 1000:.2f} | {taken / rendering:.2f} |")


def built(records: list[Record], contents: dict[int, Content]) -> Feed:
    """Return the feed of all *records*."""
    spec = FeedSpec(title="Benchmark")
    feed = build_feed(
        spec, records, SITE, lambda each: contents[each.key], fallback_date=FIRST, site_id="example.org"
    )
    assert len(feed.entries) == len(records)
    return feed


def record(number: int) -> Record:
    """Return a published article of the seeds' kind."""
    texts = sorted(SEEDS.glob("*.txt"))
    raw = texts[number % len(texts)].read_bytes()
    file = SourceFile(path=f"{number}.txt", location=texts[0], size=len(raw), stamp=(), modified=0)
    article = read_article(file, raw, ReadingRules(dialect=PLAIN, zone=UTC)).article
    assert article is not None
    published = FIRST + timedelta(hours=number)
    return Record(
        key=number,
        id=f"urn:x:{number}",
        sequence=number + 1,
        slug=str(number),
        url=f"https://example.org/articles/{number}/",
        published=published,
        updated=published,
        article=article,
    )


def seconds(work: Callable[[], object], times: int) -> float:
    """Return the time of the processor that *work* takes so many times."""
    start = process_time()
    for _ in range(times):
        work()
    return process_time() - start


if __name__ == "__main__":
    main()
