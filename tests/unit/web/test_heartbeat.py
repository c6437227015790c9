"""What a worker tells of the store and of the publisher, without asking them."""

from datetime import datetime, timedelta

import pytest

from feedsvc.errors import StoreError
from feedsvc.model import Heartbeat
from feedsvc.publisher.heartbeat import SECONDS_BETWEEN, HeartbeatSender
from feedsvc.web.answers.snapshots import CurrentSnapshot
from feedsvc.web.health import LastLook
from feedsvc.web.operator.metrics import render_metrics
from feedsvc.web.operator.probes import SECONDS_TO_LOOK, readiness
from feedsvc.web.settings import WebSettings
from feedsvc.web.threads import Loop
from tests.support.web_fakes import NOON, FakeReader, make_document


class Watch:
    """A clock on the wall, and one that nobody can set."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def reader(watch: Watch) -> FakeReader:
    """Its publisher lives, and must give a sign of life every 100 seconds."""
    made = FakeReader(make_document())
    made.alive = Heartbeat(alive=watch.now(), refreshed=watch.now(), patience=100)
    return made


@pytest.fixture
def current(reader: FakeReader, watch: Watch) -> CurrentSnapshot:
    return CurrentSnapshot(reader, WebSettings(url="https://example.org"), clock=watch)


def told(current: CurrentSnapshot, *loops: Loop) -> tuple[int, str]:
    """Return the status of readiness, and the first line."""
    reply = readiness(current, loops)
    return reply.status, reply.body.decode().splitlines()[0]


def test_a_publisher_that_gives_signs_of_life_is_well(
    current: CurrentSnapshot, reader: FakeReader, watch: Watch
) -> None:
    for _ in range(5):
        watch.seconds += 90
        reader.alive = Heartbeat(alive=watch.now(), refreshed=None, patience=100)
        current.loop.turn()

    assert told(current) == (200, "ok")


def test_a_publisher_that_has_fallen_silent_is_told_and_its_return(
    current: CurrentSnapshot, reader: FakeReader, watch: Watch
) -> None:
    for _ in range(3):
        watch.seconds += 50
        current.loop.turn()
    silent = told(current)
    reader.alive = Heartbeat(alive=watch.now(), refreshed=watch.now(), patience=100)
    current.look()

    assert silent[0] == 503
    assert silent[1].startswith("the publisher has stood still for 150 seconds; see its log")
    assert told(current) == (200, "ok")


def test_a_worker_that_serves_from_memory_says_nothing_of_the_publisher(
    current: CurrentSnapshot, reader: FakeReader, watch: Watch
) -> None:
    reader.down = True
    for _ in range(20):
        watch.seconds += 60
        current.loop.turn()

    status, line = told(current)
    assert (status, line) == (
        200,
        "ok, but the store is gone: serving generation 1 from memory (no route to the store)",
    )


def test_a_publisher_has_time_for_a_heartbeat_after_the_store_was_gone(
    current: CurrentSnapshot, reader: FakeReader, watch: Watch
) -> None:
    """Else all workers would be taken out of rotation at the end of an outage."""
    reader.down = True
    current.loop.turn()
    watch.seconds += 1000
    reader.down = False
    current.loop.turn()
    back = told(current)
    watch.seconds += 101
    current.loop.turn()

    assert back == (200, "ok")
    assert told(current)[0] == 503


@pytest.mark.parametrize("wrong", [timedelta(days=-20_000), timedelta(hours=1)])
def test_clocks_that_disagree_let_no_publisher_stand_still(
    current: CurrentSnapshot, reader: FakeReader, watch: Watch, wrong: timedelta
) -> None:
    for _ in range(3):
        watch.seconds += 90
        reader.alive = Heartbeat(alive=watch.now() + wrong, refreshed=None, patience=100)
        current.loop.turn()

    assert told(current) == (200, "ok")


def test_a_thread_that_looks_no_more_is_told(current: CurrentSnapshot, watch: Watch) -> None:
    watch.seconds += SECONDS_TO_LOOK + 1

    status, line = told(current)

    assert status == 503
    assert line.startswith("no look at the store has ended for 91 seconds; restart this worker")


def test_a_loop_that_fails_is_told(current: CurrentSnapshot) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    loop = Loop("counts", fail, every=1)
    loop.turn()

    assert told(current, current.loop, loop) == (
        200,
        "ok, but a thread of this worker fails: counts (ZeroDivisionError); its log has more",
    )


def test_the_ages_stand_below(current: CurrentSnapshot, reader: FakeReader, watch: Watch) -> None:
    current.look()
    watch.seconds += 30
    reader.down = True
    current.look()

    *_, ages = readiness(current, ()).body.decode().splitlines()

    assert ages.startswith("the store was last reached 30.0 seconds ago, the last refresh ended ")


def test_prometheus_is_told_the_ages(current: CurrentSnapshot, reader: FakeReader, watch: Watch) -> None:
    reader.alive = Heartbeat(alive=NOON, refreshed=NOON, patience=100)
    current.look()
    reader.down = True
    watch.seconds += 40

    lines = render_metrics(current, loops=current.loops).decode().splitlines()

    assert "feedsvc_store_age_seconds 40.0" in lines
    assert 'feedsvc_loop_age_seconds{loop="current-snapshot"} 40.0' in lines
    assert any(line.startswith("feedsvc_refresh_age_seconds ") for line in lines)


def test_the_first_moment_that_is_told_counts_from_then(watch: Watch) -> None:
    """A worker that has just started has not seen the publisher stop."""
    last_look = LastLook(clock=watch, now=watch.now)

    last_look.reached(
        None, Heartbeat(alive=watch.now(), refreshed=watch.now() - timedelta(seconds=500), patience=9)
    )
    watch.seconds += 5

    assert last_look.refresh_age == pytest.approx(505)
    assert last_look.standstill is None


# The publisher's side


class Heartbeats:
    """Remembers what it was told, unless it is down."""

    def __init__(self) -> None:
        self.kept: list[Heartbeat] = []
        self.down = False

    def record_heartbeat(self, heartbeat: Heartbeat) -> None:
        if self.down:
            raise StoreError("no route to the store")
        self.kept.append(heartbeat)


def silent(doing: str, done: int, total: int) -> None:
    """Hear of progress."""


def sender(store: Heartbeats, watch: Watch) -> HeartbeatSender:
    return HeartbeatSender(store, rescan=60, now=watch.now, clock=watch)


def test_refreshes_without_news_write_now_and_then_only(watch: Watch) -> None:
    store = Heartbeats()
    sending = sender(store, watch)

    for _ in range(100):
        with sending.refreshing(silent):
            watch.seconds += 1

    assert len(store.kept) == 100 / SECONDS_BETWEEN
    assert store.kept[-1].refreshed == store.kept[-1].alive


def test_a_long_refresh_lives_as_long_as_it_makes_progress(watch: Watch) -> None:
    store = Heartbeats()

    with sender(store, watch).refreshing(silent) as progress:
        for step in range(5):
            watch.seconds += 100
            progress("building pages", step, 5)

        assert [heartbeat.refreshed for heartbeat in store.kept] == [None] * 5


def test_a_refresh_that_fails_has_ended_too(watch: Watch) -> None:
    store = Heartbeats()

    with pytest.raises(ZeroDivisionError), sender(store, watch).refreshing(silent):
        raise ZeroDivisionError

    assert [heartbeat.refreshed for heartbeat in store.kept] == [watch.now()]


def test_a_store_that_is_gone_stops_no_refresh(watch: Watch) -> None:
    store = Heartbeats()
    store.down = True

    with sender(store, watch).refreshing(silent) as progress:
        progress("reading", 1, 2)

    assert store.kept == []
