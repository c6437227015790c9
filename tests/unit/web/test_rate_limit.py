"""Who fetches in full too often is asked to wait; who asks as one should never is."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from feedsvc.web.answers.rate_limit import Fairness
from feedsvc.web.origin import Origins
from feedsvc.web.settings import WebSettings
from feedsvc.web.statistics.counts import Answered
from tests.support.web_fakes import NOON, RSS, FakeReader, make_document, make_page, serve

ETAG = f'W/"{make_document().etag}"'


@pytest.fixture
def reader() -> FakeReader:
    return FakeReader(make_document(), make_document(path="atom.xml", body=RSS + b" "), make_page(""))


def ask(
    client: Client, path: str = "/rss.xml", address: str = "192.0.2.1", method: str = "GET", **headers: str
) -> TestResponse:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return client.open(path, method=method, headers=named, environ_base={"REMOTE_ADDR": address})


def test_by_default_everybody_may_ask_for_anything(reader: FakeReader) -> None:
    client, _ = serve(reader)

    assert {ask(client).status_code for _ in range(50)} == {200}


def test_a_second_full_fetch_within_the_interval_is_asked_to_wait(reader: FakeReader) -> None:
    client, _ = serve(reader, min_interval=900)

    first, second = ask(client), ask(client)

    assert (first.status_code, second.status_code) == (200, 429)
    assert 890 <= int(second.headers["Retry-After"]) <= 900
    assert second.headers["Cache-Control"] == "no-store"
    assert second.headers["Access-Control-Allow-Origin"] == "*"
    assert b"If-None-Match" in second.data


def test_what_can_be_answered_304_always_is(reader: FakeReader) -> None:
    client, _ = serve(reader, min_interval=900, require_validators_after=1)
    ask(client)

    statuses = {ask(client, If_None_Match=ETAG).status_code for _ in range(50)}

    assert statuses == {304}


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/atom.xml"},
        {"address": "192.0.2.2"},
        {"User_Agent": "another"},
        {"path": "/", "address": "192.0.2.1"},
        {"method": "HEAD"},
    ],
)
def test_only_the_same_client_and_the_same_feed_have_to_wait(
    reader: FakeReader, other: dict[str, str]
) -> None:
    client, _ = serve(reader, min_interval=900)
    ask(client)

    assert ask(client, **other).status_code == 200


def test_pages_for_people_have_no_limit(reader: FakeReader) -> None:
    client, _ = serve(reader, min_interval=900, require_validators_after=1)

    assert [ask(client, "/").status_code for _ in range(5)] == [200] * 5


def test_one_household_has_one_share_of_an_ipv6_network(reader: FakeReader) -> None:
    client, _ = serve(reader, min_interval=900)
    ask(client, address="2001:db8::1")

    assert ask(client, address="2001:db8::2").status_code == 429
    assert ask(client, address="2001:db8:0:1::1").status_code == 200


def test_behind_a_trusted_proxy_each_client_has_its_own_share(reader: FakeReader) -> None:
    client, _ = serve(reader, min_interval=900, trusted_proxies=("127.0.0.1",))

    statuses = [
        ask(client, address="127.0.0.1", X_Forwarded_For=each).status_code
        for each in ("198.51.100.1", "198.51.100.2", "198.51.100.1")
    ]

    assert statuses == [200, 200, 429]


def test_a_proxy_that_nobody_declared_is_reported_once(
    reader: FakeReader, caplog: pytest.LogCaptureFixture
) -> None:
    client, _ = serve(reader, min_interval=900)

    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            ask(client, X_Forwarded_For="198.51.100.1")

    assert [record.getMessage() for record in caplog.records] == [
        "clients of a proxy look like one address=192.0.2.1; is it in server.trusted_proxies?"
    ]


def test_whom_we_cannot_tell_from_others_has_no_limit(reader: FakeReader) -> None:
    client, _ = serve(reader, min_interval=900)

    assert [ask(client, address="").status_code for _ in range(3)] == [200] * 3


def test_the_unlimited_have_no_limit(reader: FakeReader) -> None:
    client, _ = serve(
        reader, min_interval=900, require_validators_after=1, unlimited=("192.0.2.0/24", "2001:db8::1")
    )

    assert [ask(client).status_code for _ in range(3)] == [200] * 3
    assert [ask(client, address="2001:db8::1").status_code for _ in range(3)] == [200] * 3


def test_who_never_says_what_it_has_gets_so_many_a_day(reader: FakeReader) -> None:
    client, _ = serve(reader, require_validators_after=3)

    blind = [ask(client).status_code for _ in range(5)]
    polite = ask(client, If_None_Match='"old"')

    assert blind == [200, 200, 200, 429, 429]
    assert polite.status_code == 200


class Time:
    def __init__(self) -> None:
        self.now = NOON.timestamp()

    def __call__(self) -> float:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span).total_seconds()


def limit(time: Time, *, most: int = 100, **limits: Any) -> Fairness:
    return Fairness(WebSettings(url="https://example.org", **limits), Origins(), clock=time, most=most)


def waits(fair: Fairness, address: str = "192.0.2.1", *, conditional: bool = False) -> int:
    """Seconds to wait; 0 if the feed is given."""
    reply = fair(Answered("rss.xml", 200, "", conditional=conditional), {"REMOTE_ADDR": address})
    return int(dict(reply.headers)["Retry-After"]) if reply else 0


def test_after_the_interval_the_feed_is_given_again_and_refusals_do_not_prolong_it() -> None:
    time = Time()
    fair = limit(time, min_interval=600)
    waits(fair)

    time.forward(minutes=9)
    assert waits(fair) == 60
    time.forward(minutes=1)
    assert waits(fair) == 0


def test_the_day_of_the_blind_ends_a_day_after_its_first_fetch() -> None:
    time = Time()
    fair = limit(time, require_validators_after=2)
    assert [waits(fair), waits(fair)] == [0, 0]

    time.forward(hours=23)
    assert waits(fair) == 3600
    time.forward(hours=1)
    assert waits(fair) == 0


def test_only_the_last_to_come_are_remembered() -> None:
    fair = limit(Time(), most=10, min_interval=600)

    for number in range(11):
        waits(fair, f"192.0.2.{number}")

    assert waits(fair, "192.0.2.10") == 600
    assert waits(fair, "192.0.2.0") == 0
