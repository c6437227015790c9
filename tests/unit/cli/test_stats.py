"""What the operator sees of the readers: `feedsvc stats` and /metrics, of a real server."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from feedsvc.catalogue import Store, open_reader, open_store
from feedsvc.model import Counted, PollKey, Polls, Severity, VisitorKey, Visits, Waits
from feedsvc.web.operator.metrics import render_metrics
from tests.support.builders import make_problem
from tests.support.processes import Served, feedsvc
from tests.support.sites import article
from tests.support.web_fakes import BEARER, NOON, TOKEN, FakeReader, make_document, serve

FEEDLY = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 16 subscribers; like FeedFetcher-Google)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an articles folder with an article."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.md").write_text(article(), encoding="utf-8")
    return tmp_path


def stats(folder: Path, *options: str) -> dict[str, Any]:
    done = feedsvc("stats", folder / "articles", "--format", "json", *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_what_was_polled_is_told_after_the_server_has_ended(folder: Path) -> None:
    with Served("articles", "--workers", "2", cwd=folder) as served:
        etag = served.get("/rss.xml", User_Agent="Miniflux/2.2").headers["ETag"]
        for _ in range(20):
            served.get("/rss.xml", User_Agent="Miniflux/2.2", If_None_Match=etag)
        served.get("/atom.xml", User_Agent=FEEDLY)
        served.stop()

    found = stats(folder)
    by_client = {line["name"]: line for line in found["clients"]}
    assert by_client["Miniflux"]["status"] == {"200": 1, "304": 20}
    assert by_client["Miniflux"]["conditional"] == 20
    (everything,) = (feed for feed in found["feeds"] if feed["name"] == "/")
    assert everything["subscribers"] == 16
    assert everything["clients"]["Miniflux"] == 1


def test_for_people_the_same_is_a_table(folder: Path) -> None:
    feedsvc("refresh", "articles", cwd=folder)
    store = open_store(f"sqlite:///{folder / 'articles' / '.feedsvc' / 'catalogue.db'}")
    count(store, "rss.xml", 200, Polls(2, 2000, 0, 1, 1))
    count(store, "rss.xml", 304, Polls(6, 0, 6000, 6))
    for number in range(25):
        count(store, f"tags/{number}/rss.xml", 200, Polls(1, 1000))
    store.close()

    said = feedsvc("stats", "articles", cwd=folder).stdout

    first, *lines = said.splitlines()
    assert first.startswith("33 polls since ")
    assert first.endswith("18 % answered 304; 27.0 kB sent, 6.0 kB saved")
    assert "/rss.xml              8    2    6  2.0 kB   6.0 kB" in lines
    assert "... and 6 more; --format json has all" in lines
    assert [line for line in lines if line.startswith("Miniflux")] == [
        "Miniflux     33   27    6         21 %               1       28 min"
    ]


def count(store: Store, path: str, status: int, its: Polls) -> None:
    """As if a worker had counted it just now, and the same reader half an hour ago."""
    now = datetime.now(UTC)
    seconds = int(now.timestamp())
    counted = Counted(
        polls={PollKey(seconds - seconds % 3600, path, "Miniflux", status): its},
        visits={VisitorKey("", "Miniflux", path): Visits(2, seconds - 1800, seconds, 0)},
    )
    store.add_counted(counted, now)


@pytest.mark.parametrize(
    ("since", "told"),
    [
        ("2h", timedelta(hours=2)),
        ("30d", timedelta(days=30)),
        ("4w", timedelta(weeks=4)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T12:00+09:00", datetime(2026, 11, 1, 3, tzinfo=UTC)),
    ],
)
def test_since_is_a_span_or_a_date(folder: Path, since: str, told: timedelta | datetime) -> None:
    feedsvc("refresh", "articles", cwd=folder)

    found = stats(folder, "--since", since)

    moment, until = (datetime.fromisoformat(found[key]) for key in ("since", "until"))
    assert (until - moment if isinstance(told, timedelta) else moment) == told


def test_a_time_that_is_none_is_refused(folder: Path) -> None:
    done = feedsvc("stats", "articles", "--since", "lately", cwd=folder)

    assert done.returncode == 2
    assert "'lately' is no time; write 12h, 30d, 4w, or a date such as 2026-11-01" in done.stderr


def test_before_anything_was_published_that_is_said(folder: Path) -> None:
    done = feedsvc("stats", "articles", cwd=folder)

    assert (done.returncode, done.stderr) == (
        3,
        "feedsvc: nothing was published yet, so nobody can have read it; start `feedsvc serve`\n",
    )


def samples(text: bytes) -> dict[tuple[str, ...], float]:
    """Metrics as a Prometheus understands them, by name and values of labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def test_a_prometheus_finds_what_there_is_to_watch() -> None:
    reader = FakeReader(make_document())
    reader.counts = (
        {("Miniflux", 304): Polls(7, 0, 700), ("Feedly", 200): Polls(1, 100, 0)},
        Waits(polls={50: 6, 100: 1, 0: 1}, seconds=2.5),
    )
    reader.found = (make_problem(), make_problem(severity=Severity.ERROR), make_problem())
    reader.fault = "the folder is gone"
    _, current = serve(reader)

    found = samples(render_metrics(current, NOON + timedelta(minutes=1)))

    assert found["feedsvc_polls_total", "Miniflux", "304"] == 7
    assert found["feedsvc_sent_bytes_total", "Feedly", "200"] == 100
    assert found["feedsvc_saved_bytes_total", "Miniflux", "304"] == 700
    assert found["feedsvc_poll_seconds_bucket", "2.5e-05"] == 0
    assert found["feedsvc_poll_seconds_bucket", "0.0001"] == 7
    assert found["feedsvc_poll_seconds_bucket", "+Inf"] == found["feedsvc_poll_seconds_count",] == 8
    assert found["feedsvc_poll_seconds_sum",] == 2.5
    assert found["feedsvc_generation",] == found["feedsvc_documents",] == found["feedsvc_store_up",] == 1
    assert found["feedsvc_feed_age_seconds",] == 60
    assert found["feedsvc_problems", "warning"] == 2
    assert found["feedsvc_problems", "error"] == 1
    assert found["feedsvc_trouble",] == 1
    assert found["feedsvc_articles",] == 1
    assert found["feedsvc_refresh_requests",] == 0


def test_without_the_store_a_prometheus_finds_what_is_in_memory() -> None:
    reader = FakeReader(make_document())
    _, current = serve(reader)
    reader.down = True

    found = samples(render_metrics(current, NOON))

    assert found["feedsvc_store_up",] == 0
    assert found["feedsvc_documents",] == 1
    assert not any("polls" in name for name, *_ in found)


def test_a_refresh_that_published_tells_how_long_it_took(folder: Path) -> None:
    with Served("articles", cwd=folder, FEEDSVC_SERVER__ADMIN_TOKEN=TOKEN) as served:
        answer = served.get("/metrics", Authorization=f"Bearer {TOKEN}")

    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 0 < samples(answer.body)["feedsvc_refresh_seconds",] < 60


def test_metrics_are_for_the_operator() -> None:
    client, _ = serve(FakeReader(make_document()), admin_token=TOKEN)

    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=BEARER).headers["Cache-Control"] == "no-store"


def test_after_a_kill_no_more_than_the_last_seconds_are_missing(folder: Path) -> None:
    with Served("articles", cwd=folder) as served:
        for _ in range(5):
            served.get("/rss.xml")
        with open_reader(f"sqlite:///{folder / 'articles' / '.feedsvc' / 'catalogue.db'}") as store:
            served.until(lambda: sum(its.polls for its in store.totals()[0].values()) == 5)  # in ten seconds
        served.get("/atom.xml")
        served.process.kill()
        served.process.wait()

    assert stats(folder)["total"]["polls"] in (5, 6)
