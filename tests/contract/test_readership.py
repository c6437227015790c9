"""Who reads, as the catalogue keeps it; on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from feedsvc.catalogue import Store, open_store
from feedsvc.model import Counted, PollKey, Polls, VisitorKey, Visits, Waits

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG_AGO = NOON - 500 * DAY


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    yield opened
    opened.close()


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def polls(at: datetime = NOON, status: int = 200, path: str = "rss.xml", **counts: int) -> Counted:
    """What a worker counts of one document in an hour."""
    its = Polls(**({"polls": 1, "sent": 10, "saved": 5} | counts))
    return Counted(polls={PollKey(seconds(at), path, "Miniflux", status): its})


def visit(origin: str, at: datetime = NOON, client: str = "Miniflux", subscribers: int = 0) -> Counted:
    """What a worker counts of one visitor; nothing is handed over without a poll."""
    its = Visits(1, seconds(at), seconds(at), subscribers)
    return Counted(polls=polls(at).polls, visits={VisitorKey("", client, origin): its})


def by_path(store: Store, since: datetime) -> dict[str, Polls]:
    return {key.path: its for key, its in store.readership(since).polls.items()}


def readers(store: Store, since: datetime = LONG_AGO) -> dict[str, tuple[int, int]]:
    """Readers and subscribers by client."""
    return {each.client: (each.readers, each.subscribers) for each in store.readership(since).clients}


def test_what_workers_count_adds_up(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: store.add_counted(polls(conditional=1), NOON), range(20)))

    readership = store.readership(NOON)

    assert readership.polls == {PollKey(0, "rss.xml", "Miniflux", 200): Polls(20, 200, 100, 20, 0)}
    assert store.totals()[0] == {("Miniflux", 200): Polls(20, 200, 100)}


def test_polls_are_told_apart_by_document_client_status_and_hour(store: Store) -> None:
    for counted in (polls(), polls(status=304), polls(path="atom.xml"), polls(at=NOON - HOUR)):
        store.add_counted(counted, NOON)

    assert {key[1:]: its.polls for key, its in store.readership(NOON).polls.items()} == {
        ("rss.xml", "Miniflux", 200): 1,
        ("rss.xml", "Miniflux", 304): 1,
        ("atom.xml", "Miniflux", 200): 1,
    }
    assert sum(its.polls for its in store.readership(NOON - HOUR).polls.values()) == 4


def test_hours_become_days_after_a_week_and_nothing_is_lost(store: Store) -> None:
    for hours in range(24):
        store.add_counted(polls(at=NOON.replace(hour=0) + hours * HOUR), NOON)
    later = NOON + 8 * DAY

    store.add_counted(polls(at=later, path="atom.xml"), later)

    assert by_path(store, NOON - DAY) == {"rss.xml": Polls(24, 240, 120), "atom.xml": Polls(1, 10, 5)}
    # All hours of a day count from then on for whoever asks for a part of it.
    assert by_path(store, NOON.replace(hour=23))["rss.xml"].polls == 24


def test_what_is_older_than_400_days_is_forgotten_but_never_in_the_totals(store: Store) -> None:
    store.add_counted(visit("192.0.2.1", at=LONG_AGO), LONG_AGO)

    store.add_counted(polls(path="atom.xml"), NOON)

    assert by_path(store, LONG_AGO) == {"atom.xml": Polls(1, 10, 5)}
    assert readers(store) == {}
    assert store.totals()[0] == {("Miniflux", 200): Polls(2, 20, 10)}


def test_readers_of_a_day_are_those_who_differ_whichever_worker_saw_them(store: Store) -> None:
    for origin in ("192.0.2.1", "192.0.2.2", "192.0.2.1", "2001:db8::/64"):
        store.add_counted(visit(origin), NOON)
    store.add_counted(visit("192.0.2.1", client="FreshRSS"), NOON)

    assert readers(store) == {"Miniflux": (3, 0), "FreshRSS": (1, 0)}


def test_the_day_with_the_most_readers_counts(store: Store) -> None:
    for day, origins in enumerate((["a"], ["a", "b", "c"], ["a", "b"])):
        for origin in origins:
            store.add_counted(visit(origin, at=NOON + day * DAY), NOON + day * DAY)

    assert readers(store) == {"Miniflux": (3, 0)}
    assert readers(store, since=NOON + 2 * DAY) == {"Miniflux": (2, 0)}


def test_of_an_aggregator_the_highest_number_of_subscribers_counts(store: Store) -> None:
    for number in (12, 40, 3):
        store.add_counted(visit("", client="Feedly", subscribers=number), NOON)
    store.add_counted(visit("", client="Feedly", subscribers=30, at=NOON + DAY), NOON + DAY)

    assert readers(store) == {"Feedly": (1, 40)}


def test_how_often_a_reader_comes_is_known_after_the_day_too(store: Store) -> None:
    for minutes in (0, 30, 60):
        moment = NOON + timedelta(minutes=minutes)
        store.add_counted(visit("192.0.2.1", at=moment), moment)
    store.add_counted(polls(), NOON + DAY)

    (client,) = store.readership(NOON).clients

    assert (client.intervals, client.seconds) == (2, 3600)


def test_no_address_is_stored_and_the_salt_is_another_every_day(store: Store, store_url: str) -> None:
    dumps = []
    for day in (0, 1):
        moment = NOON + day * DAY
        store.add_counted(visit("192.0.2.77", at=moment), moment)
        dumps.append(dump(store_url))

    salts, marks = zip(*((each["salt"], each["marks"]) for each in dumps), strict=True)
    assert "192.0.2.77" not in str(dumps)
    assert len(marks[0]) == len(marks[1]) == 1  # yesterday's visitors are gone
    assert marks[0] != marks[1]
    assert salts[0] not in str(dumps[1])


def dump(url: str) -> dict[str, object]:
    """All that is stored of visitors."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = {
            name: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))]
            for name in ("setting", "visitor", "audience", "poll", "total", "wait")
        }
    engine.dispose()
    return {
        **tables,
        "salt": next(value for name, value in tables["setting"] if name == "salt"),
        "marks": [row[2] for row in tables["visitor"]],
    }


def test_a_clock_that_is_behind_does_not_open_yesterday_again(store: Store) -> None:
    store.add_counted(visit("a"), NOON)
    store.add_counted(visit("a"), NOON - DAY)

    assert readers(store) == {"Miniflux": (1, 0)}


def test_a_day_that_a_wrong_clock_opened_ends_with_that(store: Store, store_url: str) -> None:
    """Else readers could be followed until that day comes."""
    store.add_counted(visit("a"), NOON)
    store.add_counted(visit("a"), NOON + 5000 * DAY)
    wrong = dump(store_url)["salt"]

    for day in (0, 0, 1):
        store.add_counted(visit("a"), NOON + day * DAY)

    assert dump(store_url)["salt"] != wrong
    assert str(dump(store_url)["salt"]).startswith(f"{seconds(NOON + DAY) // 86_400} ")


def test_a_clock_that_was_never_set_opens_no_day(store: Store, store_url: str) -> None:
    store.add_counted(visit("a"), NOON)
    before = dump(store_url)["salt"]

    store.add_counted(visit("a"), datetime(1970, 1, 1, tzinfo=UTC))

    assert dump(store_url)["salt"] == before
    assert readers(store) == {"Miniflux": (1, 0)}


def test_workers_that_meet_at_midnight_close_the_day_once(store: Store) -> None:
    for origin in "abc":
        store.add_counted(visit(origin), NOON)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: store.add_counted(polls(), NOON + DAY), range(8)))

    assert readers(store) == {"Miniflux": (3, 0)}


def test_how_long_answers_took_adds_up(store: Store) -> None:
    waits = Waits(polls={100: 2, 0: 1}, seconds=1.5)
    for _ in range(2):
        store.add_counted(Counted(polls=polls().polls, waits=waits), NOON)

    assert store.totals()[1] == Waits(polls={0: 2, 100: 4}, seconds=3.0)
