"""What a Prometheus scrapes: numbers of all workers together, since the catalogue has them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from feedsvc.errors import StoreError
from feedsvc.model import Snapshot, Waits
from feedsvc.web.answers.snapshots import CurrentSnapshot, SnapshotReader
from feedsvc.web.health import LastLook
from feedsvc.web.statistics.counts import BOUNDS
from feedsvc.web.threads import Loop


def render_metrics(
    current: CurrentSnapshot, now: datetime | None = None, *, loops: Sequence[Loop] = ()
) -> bytes:
    """Return all metrics in Prometheus' text format 0.0.4.

    What the catalogue cannot tell, because it is gone, is left out.

    Args:
        loops: The threads of this worker.
    """
    registry = CollectorRegistry()
    registry.register(_Numbers(current, now or datetime.now(UTC), loops))
    return generate_latest(registry)


class _Numbers(Collector):
    def __init__(self, current: CurrentSnapshot, now: datetime, loops: Sequence[Loop]) -> None:
        self._current = current
        self._now = now
        self._loops = loops

    def collect(self) -> Iterator[Metric]:
        yield from _of_snapshot(self._current().snapshot, self._now)
        yield from _of_last_look(self._current.last_look)
        yield _of_loops(self._loops)
        try:
            found = [*_of_readers(self._current.reader), *_of_publisher(self._current.reader)]
        except StoreError:
            yield GaugeMetricFamily("feedsvc_store_up", "Whether the store can be reached.", value=0)
        else:
            yield GaugeMetricFamily("feedsvc_store_up", "Whether the store can be reached.", value=1)
            yield from found


def _of_snapshot(snapshot: Snapshot, now: datetime) -> Iterator[Metric]:
    yield GaugeMetricFamily("feedsvc_generation", "Number of the snapshot served.", value=snapshot.generation)
    yield GaugeMetricFamily("feedsvc_documents", "Documents in it.", value=len(snapshot.documents))
    yield GaugeMetricFamily("feedsvc_media", "Media files in it.", value=snapshot.files)
    if snapshot.documents:
        newest = max(document.last_modified for document in snapshot.documents.values())
        age = (now - newest).total_seconds()
        yield GaugeMetricFamily("feedsvc_feed_age_seconds", "Since the newest document.", value=age)


def _of_last_look(last_look: LastLook) -> Iterator[Metric]:
    ages = (
        ("feedsvc_store_age_seconds", "Since this worker last reached the store.", last_look.age),
        ("feedsvc_refresh_age_seconds", "Since the publisher's last refresh ended.", last_look.refresh_age),
    )
    for name, meaning, age in ages:
        if age is not None:
            yield GaugeMetricFamily(name, meaning, value=age)


def _of_loops(loops: Sequence[Loop]) -> Metric:
    ages = GaugeMetricFamily("feedsvc_loop_age_seconds", "Since a thread ended a turn.", labels=["loop"])
    for loop in loops:
        ages.add_metric([loop.name], loop.age)
    return ages


def _of_readers(reader: SnapshotReader) -> Iterator[Metric]:
    totals, waits = reader.totals()
    labels = ["client", "status"]
    polls = CounterMetricFamily("feedsvc_polls", "Requests for documents.", labels=labels)
    sent = CounterMetricFamily("feedsvc_sent_bytes", "Bytes of bodies sent.", labels=labels)
    saved = CounterMetricFamily("feedsvc_saved_bytes", "Bytes that needed no sending.", labels=labels)
    for (client, status), its in totals.items():
        named = [client, str(status)]
        polls.add_metric(named, its.polls)
        sent.add_metric(named, its.sent)
        saved.add_metric(named, its.saved)
    yield from (polls, sent, saved, _histogram(waits))


def _histogram(waits: Waits) -> Metric:
    up_to = accumulate(waits.polls.get(bound, 0) for bound in (*BOUNDS, 0))
    bounds = [*(str(bound / 1_000_000) for bound in BOUNDS), "+Inf"]
    return HistogramMetricFamily(
        "feedsvc_poll_seconds",
        "Time to find the answer, without its way through the network.",
        buckets=list(zip(bounds, up_to, strict=True)),
        sum_value=waits.seconds,
    )


def _of_publisher(reader: SnapshotReader) -> Iterator[Metric]:
    problems = GaugeMetricFamily("feedsvc_problems", "Found by the last refresh.", labels=["severity"])
    for severity, count in sorted(Counter(each.severity.name.lower() for each in reader.problems()).items()):
        problems.add_metric([severity], count)
    yield problems
    trouble = reader.health() is not None
    yield GaugeMetricFamily("feedsvc_trouble", "Whether the publisher is hindered.", value=trouble)
    waiting = reader.waiting()
    yield GaugeMetricFamily("feedsvc_refresh_requests", "Refreshes asked for, not yet done.", value=waiting)
    last = next(iter(reader.publications()), None)
    if last is None:
        return
    yield GaugeMetricFamily("feedsvc_articles", "Visible, when last published.", value=last.articles)
    yield GaugeMetricFamily("feedsvc_feeds", "When last published.", value=last.feeds)
    at = last.at.timestamp()
    yield GaugeMetricFamily("feedsvc_published_timestamp_seconds", "When last published.", value=at)
    if last.seconds is not None:
        took = last.seconds
        yield GaugeMetricFamily("feedsvc_refresh_seconds", "The last that published took.", value=took)
