"""What is counted of polls, and when it is handed over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import Client

from feedsvc.catalogue.subscribers import key_digest
from feedsvc.model import Counted, PollKey, Polls, Subscriber, VisitorKey, Visits
from feedsvc.web.origin import Origins
from feedsvc.web.statistics.counts import Answered, Counts
from tests.support.web_fakes import NOON, RSS, FakeReader, make_document, make_page, serve

ETAG = f'W/"{make_document().etag}"'
SIZE = len(RSS)
FEEDLY = "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 16 subscribers; like FeedFetcher-Google)"


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader(
        make_document(),
        make_page(""),
        make_document(path="tags/a/rss.xml"),
        make_document(path="private/secret/rss.xml"),
    )


def counted(client: Client, reader: FakeReader) -> Counted:
    """Hand over, and return it."""
    client.application.extensions["counts"].write()  # type: ignore[attr-defined]
    return reader.counted[-1]


def by_status(found: Counted) -> dict[tuple[str, int], Polls]:
    return {(key.path, key.status): its for key, its in found.polls.items()}


@pytest.mark.parametrize(
    ("headers", "status", "its"),
    [
        ({}, 200, Polls(1, SIZE, 0)),
        ({"If-None-Match": ETAG}, 304, Polls(1, 0, SIZE, 1)),
        ({"If-None-Match": '"old"'}, 200, Polls(1, SIZE, 0, 1)),
        ({"If-Modified-Since": "Fri, 01 May 2026 12:00:00 GMT"}, 304, Polls(1, 0, SIZE, 1)),
        ({"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}, 200, Polls(1, SIZE, 0, 1, 1)),
        ({"If-Modified-Since": "Sat, 02 May 2026 12:00:00 GMT"}, 304, Polls(1, 0, SIZE, 1, 1)),
        ({"If-Modified-Since": "soon"}, 200, Polls(1, SIZE, 0, 1, 1)),
    ],
)
def test_a_poll_counts_with_its_bytes_and_manners(
    reader: FakeReader, headers: dict[str, str], status: int, its: Polls
) -> None:
    client, _ = serve(reader)

    client.get("/rss.xml", headers=headers)

    assert by_status(counted(client, reader)) == {("rss.xml", status): its}


def test_a_compressed_body_saves_the_rest(reader: FakeReader) -> None:
    client, _ = serve(reader)

    sent = len(client.get("/rss.xml", headers={"Accept-Encoding": "gzip"}).data)

    assert by_status(counted(client, reader)) == {("rss.xml", 200): Polls(1, sent, SIZE - sent)}


def test_to_head_nothing_is_sent_and_nothing_saved(reader: FakeReader) -> None:
    client, _ = serve(reader)

    client.head("/rss.xml")

    assert by_status(counted(client, reader)) == {("rss.xml", 200): Polls(1, 0, 0)}


def test_what_is_no_document_does_not_count(reader: FakeReader) -> None:
    client, _ = serve(reader)

    for path in ("/nothing", "/healthz", "/robots.txt"):
        client.get(path)
    client.post("/rss.xml")
    client.application.extensions["counts"].write()  # type: ignore[attr-defined]

    assert reader.counted == []


def test_a_private_feed_counts_by_its_name_and_never_by_its_key(reader: FakeReader) -> None:
    keys = {"k" * 43: None, "r" * 43: NOON}
    reader.known = tuple(
        Subscriber(number=n, feed="secret", who="Kim", digest=key_digest(key), made=NOON, revoked=revoked)
        for n, (key, revoked) in enumerate(keys.items())
    )
    client, _ = serve(reader)

    for key in keys:
        client.get(f"/private/{key}/rss.xml")

    found = counted(client, reader)
    assert set(by_status(found)) == {("private/secret/rss.xml", 200), ("private/secret/", 410)}


def test_a_refusal_counts(reader: FakeReader) -> None:
    client, _ = serve(reader, min_interval=60)

    for _ in range(2):
        client.get("/rss.xml", environ_base={"REMOTE_ADDR": "192.0.2.1"})

    assert {status for _, status in by_status(counted(client, reader))} == {200, 429}


def test_an_aggregator_is_one_visitor_wherever_it_comes_from(reader: FakeReader) -> None:
    client, _ = serve(reader)

    for address in ("192.0.2.1", "192.0.2.2"):
        client.get("/rss.xml", headers={"User-Agent": FEEDLY}, environ_base={"REMOTE_ADDR": address})

    visits = counted(client, reader).visits
    assert {key: (its.polls, its.subscribers) for key, its in visits.items()} == {
        VisitorKey("", "Feedly", ""): (2, 16)
    }


def test_readers_are_told_apart_by_address_and_feeds_by_folder(reader: FakeReader) -> None:
    client, _ = serve(reader)

    for number, path in ((1, "/rss.xml"), (2, "/rss.xml"), (1, "/tags/a/rss.xml")):
        came_from = {"REMOTE_ADDR": f"192.0.2.{number}"}
        client.get(path, headers={"User-Agent": "Miniflux/2"}, environ_base=came_from)

    assert set(counted(client, reader).visits) == {
        VisitorKey("", "Miniflux", "192.0.2.1"),
        VisitorKey("", "Miniflux", "192.0.2.2"),
        VisitorKey("tags/a", "Miniflux", "192.0.2.1"),
    }


@pytest.mark.parametrize(
    ("path", "user_agent"),
    [
        ("/", "Miniflux/2"),  # a page
        ("/rss.xml", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        ("/rss.xml", "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0"),
    ],
)
def test_who_only_looks_around_is_no_reader_of_a_feed(reader: FakeReader, path: str, user_agent: str) -> None:
    client, _ = serve(reader)

    client.get(path, headers={"User-Agent": user_agent})

    found = counted(client, reader)
    assert len(found.polls) == 1
    assert found.visits == {}


def test_without_statistics_nothing_counts(reader: FakeReader) -> None:
    client, _ = serve(reader, statistics=False)

    assert client.get("/rss.xml").status_code == 200
    assert client.application.extensions["counts"] is None  # type: ignore[attr-defined]


def one(path: str = "rss.xml", user_agent: str = "Miniflux/2") -> tuple[Answered, dict[str, str]]:
    return Answered(path, 200, ""), {"HTTP_USER_AGENT": user_agent, "REMOTE_ADDR": "192.0.2.1"}


def count(counts: Counts, *polls: tuple[Answered, dict[str, str]], seconds: float = 0.001) -> None:
    for answered, environ in polls:
        counts(answered, environ, seconds)


def at(*, hours: float = 0) -> Callable[[], float]:
    return lambda: (NOON + timedelta(hours=hours)).timestamp()


def test_while_the_store_is_gone_counts_are_kept_and_handed_over_once() -> None:
    reader = FakeReader(make_document())
    counts = Counts(reader, Origins(), clock=at())
    count(counts, one())
    reader.down = True
    counts.write()
    count(counts, one())
    reader.down = False

    counts.write()
    counts.write()

    (handed,) = reader.counted
    assert list(handed.polls.values()) == [Polls(2)]
    assert dict(handed.waits.polls) == {1000: 2}
    assert handed.waits.seconds == pytest.approx(0.002)


def test_polls_count_in_the_hour_in_which_they_came() -> None:
    reader = FakeReader(make_document())
    hours = iter((0.99, 1.01))
    now = [NOON]

    def clock() -> float:
        return now[0].timestamp()

    counts = Counts(reader, Origins(), clock=clock)
    for hour in hours:
        now[0] = NOON + timedelta(hours=hour)
        count(counts, one())
        reader.down = hour < 1
        counts.write()

    (handed,) = reader.counted
    assert {datetime.fromtimestamp(key.at, UTC).hour for key in handed.polls} == {12, 13}
    (visits,) = handed.visits.values()
    assert visits == Visits(2, int(now[0].timestamp()) - 72, int(now[0].timestamp()), 0)


def test_made_up_names_and_addresses_fill_neither_memory_nor_catalogue() -> None:
    reader = FakeReader(make_document())
    counts = Counts(reader, Origins(), clock=at())

    count(counts, *(one(user_agent=f"Made{chr(97 + n % 26)}{n}Up/1") for n in range(500)))
    counts.write()

    (handed,) = reader.counted
    names = {key.client for key in handed.polls}
    assert len(names) == 101
    assert "other" in names
    assert sum(its.polls for its in handed.polls.values()) == 500


def test_more_documents_than_can_be_told_apart_still_count() -> None:
    reader = FakeReader(make_document())
    counts = Counts(reader, Origins(), clock=at())

    count(counts, *(one(path=f"{n}/rss.xml") for n in range(20_100)))
    counts.write()

    (handed,) = reader.counted
    assert len(handed.polls) == 20_001
    assert sum(its.polls for its in handed.polls.values()) == 20_100
    assert handed.polls[PollKey(int(NOON.timestamp()), "other", "other", 200)].polls == 100
