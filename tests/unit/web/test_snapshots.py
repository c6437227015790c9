"""The snapshot being served, what happens to it when the store fails, and the probes."""

import logging
from dataclasses import replace
from threading import Event

import pytest

from feedsvc.errors import StoreError
from feedsvc.model import Departed, Departure, Snapshot
from feedsvc.web.answers.body_cache import Bodies, BodyGoneError
from feedsvc.web.answers.snapshots import CurrentSnapshot
from feedsvc.web.server.worker import LateReader
from feedsvc.web.settings import WebSettings
from tests.support.processes import SECONDS
from tests.support.web_fakes import ALLOWED_HEADERS, RSS, FakeReader, make_document, make_page, serve

NEWS = make_document(body=b"<rss>news</rss>")


def messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("feedsvc")]


def test_a_newer_generation_is_served_once_it_was_seen() -> None:
    reader = FakeReader(make_document())
    client, current = serve(reader)
    old = client.get("/rss.xml")

    reader.publish(NEWS)
    current.look()
    new = client.get("/rss.xml", headers={"If-None-Match": old.headers["ETag"]})

    assert new.status_code == 200
    assert new.data == NEWS.body


def test_a_document_that_was_withdrawn_is_gone() -> None:
    reader = FakeReader(make_document(), make_page("tags/x/"))
    client, current = serve(reader)

    reader.publish(make_document())
    current.look()

    assert client.get("/tags/x/").status_code == 404


def test_a_restored_backup_is_served() -> None:
    """Its generation is lower than the one we hold."""
    reader = FakeReader(make_document())
    first = reader.published
    reader.publish(NEWS)
    client, current = serve(reader)

    reader.published, reader.bodies = first, {make_document().etag: RSS}
    current.look()

    assert client.get("/rss.xml").data == RSS


def test_an_emptied_store_takes_nothing_from_the_readers() -> None:
    reader = FakeReader(make_document())
    client, current = serve(reader)
    client.get("/rss.xml")

    reader.published, reader.bodies = Snapshot(), {}
    current.look()

    assert client.get("/rss.xml").data == RSS


def test_without_the_store_what_is_in_memory_is_served(caplog: pytest.LogCaptureFixture) -> None:
    reader = FakeReader(make_document())
    client, current = serve(reader)
    client.get("/rss.xml")

    reader.down = True
    current.look()
    current.look()
    without = client.get("/rss.xml")
    reader.down = False
    current.look()

    assert without.data == RSS
    assert messages(caplog) == [
        "store gone serving=1 error=no route to the store",
        "store back serving=1",
    ]


def test_without_the_store_a_poll_needs_no_body() -> None:
    reader = FakeReader(make_document())
    client, _ = serve(reader)

    reader.down = True

    assert client.get("/rss.xml", headers={"If-None-Match": f'"{make_document().etag}"'}).status_code == 304


def test_a_body_that_cannot_be_had_is_asked_for_later() -> None:
    reader = FakeReader(make_document())
    client, _ = serve(reader)

    reader.down = True
    response = client.get("/rss.xml")

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_body_no_longer_kept_is_answered_from_the_new_snapshot_whole() -> None:
    """Between two looks a newer generation may come, and the old bodies go."""
    reader = FakeReader(make_document(), make_page("old/"))
    client, _ = serve(reader)

    reader.publish(NEWS)

    response = client.get("/rss.xml")
    assert response.data == NEWS.body
    assert response.headers["ETag"] == f'W/"{NEWS.etag}"'
    assert client.get("/old/").status_code == 404


def test_a_body_that_is_lost_is_a_503_and_no_loop() -> None:
    reader = FakeReader(make_document())
    client, _ = serve(reader)

    reader.bodies.clear()

    assert client.get("/rss.xml").status_code == 503


def test_before_the_first_publication_feeds_are_asked_for_later() -> None:
    """A 404 would make readers drop the subscription."""
    reader = FakeReader()
    client, current = serve(reader)

    early = client.get("/rss.xml")
    reader.publish(make_document())
    current.look()

    assert early.status_code == 503
    assert early.headers["Retry-After"]
    assert early.headers["Cache-Control"] == "no-store"
    assert client.get("/rss.xml").status_code == 200


def test_a_store_that_is_away_at_the_start_is_waited_for() -> None:
    reader = FakeReader(make_document())
    reader.down = True
    client, current = serve(reader)

    early = client.get("/rss.xml")
    reader.down = False
    current.look()

    assert early.status_code == 503
    assert client.get("/rss.xml").data == RSS


def test_a_store_that_cannot_even_be_opened_at_the_start_is_waited_for() -> None:
    """A worker that starts anew during an outage must not take the others down."""
    store = FakeReader(make_document())

    def open_reader() -> FakeReader:
        if store.down:
            raise StoreError("no such store")
        return store

    store.down = True
    client, current = serve(LateReader(open_reader))
    early = client.get("/rss.xml")
    store.down = False
    current.look()

    assert early.status_code == 503
    assert client.get("/rss.xml").data == RSS


class TellingReader(FakeReader):
    """Tells when a body is fetched and when it is asked for news a second time."""

    def __init__(self) -> None:
        self.fetched = Event()
        self.looked = Event()
        super().__init__(make_document())

    def body(self, etag: str) -> bytes | None:
        self.fetched.set()
        return super().body(etag)


def test_bodies_are_fetched_before_anyone_asks() -> None:
    """A store that goes right after a publication takes no feed along."""
    reader = TellingReader()
    client, current = serve(reader)

    current.start()
    assert reader.fetched.wait(SECONDS)
    current.stop()
    reader.down = True

    assert client.get("/rss.xml").data == RSS


class HaltingReader(TellingReader):
    """Gives no body when it is asked for the first."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def body(self, etag: str) -> bytes | None:
        self.asked += 1
        if self.asked == 1:
            raise StoreError("the store is gone")
        return super().body(etag)


def test_a_body_that_the_store_did_not_give_is_fetched_later() -> None:
    reader = HaltingReader()
    current = CurrentSnapshot(reader, WebSettings(url="https://example.org"), interval=0.01)

    current.start()
    fetched = reader.fetched.wait(SECONDS)
    current.stop()

    assert fetched


class BrokenReader(FakeReader):
    """Raises what it should not; says when it is asked again after that."""

    def __init__(self) -> None:
        super().__init__(make_document())
        self.asked = 0
        self.lived_on = Event()

    def generation(self) -> int:
        self.asked += 1
        if self.asked == 2:
            raise ZeroDivisionError("a fault of ours")
        if self.asked > 2:
            self.lived_on.set()
        return super().generation()


def test_the_eye_on_the_next_snapshot_survives_a_fault_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    reader = BrokenReader()
    current = CurrentSnapshot(reader, WebSettings(url="https://example.org"), interval=0.01)

    current.start()
    lived_on = reader.lived_on.wait(SECONDS)
    current.stop()

    assert lived_on
    assert any(record.exc_info for record in caplog.records)


def test_bodies_that_were_not_asked_for_longest_make_room() -> None:
    fetched: list[str] = []

    def fetch(etag: str) -> bytes:
        fetched.append(etag)
        return etag.encode() * 10

    bodies = Bodies(fetch, capacity=25)
    for etag in "abacab":
        bodies(etag, "identity")

    assert fetched == ["a", "b", "c", "b"]


def test_a_body_larger_than_all_memory_is_served_and_not_kept() -> None:
    fetched: list[str] = []

    def fetch(etag: str) -> bytes:
        fetched.append(etag)
        return b"x" * 100

    bodies = Bodies(fetch, capacity=99)

    assert [len(bodies("a", "identity").body) for _ in range(2)] == [100, 100]
    assert fetched == ["a", "a"]


def test_a_missing_body_says_so() -> None:
    bodies = Bodies(lambda _: None, capacity=99)

    with pytest.raises(BodyGoneError):
        bodies("a", "gzip")


def test_alive_whatever_happens() -> None:
    reader = FakeReader()
    client, _ = serve(reader)

    reader.down = True
    response = client.get("/healthz")

    assert response.status_code == 200
    assert response.text == "ok\n"
    assert response.headers["Cache-Control"] == "no-store"


def test_ready_with_a_snapshot_and_a_publisher_that_is_well() -> None:
    client, _ = serve(FakeReader(make_document()))

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.text.splitlines()[0] == "ok"


def test_not_ready_before_the_first_publication() -> None:
    client, _ = serve(FakeReader())

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.text.startswith("nothing has been published yet\n")
    assert response.headers["Retry-After"]


def test_ready_with_what_was_published_when_the_publisher_is_unwell() -> None:
    """It says so, but to take the feeds out of rotation would help nobody."""
    reader = FakeReader(make_document())
    client, current = serve(reader)

    reader.fault = "the articles folder is missing"
    current.look()
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.text.startswith("ok, but without news: the articles folder is missing\n")


def test_ready_from_memory_when_the_store_is_gone() -> None:
    """Taking every replica out of rotation would make its outage ours."""
    reader = FakeReader(make_document())
    client, current = serve(reader)

    reader.down = True
    current.look()
    response = client.get("/readyz")

    assert response.status_code == 200
    assert "no route to the store" in response.text


@pytest.mark.parametrize("path", ["/robots.txt", "/favicon.ico"])
def test_small_files_are_there_and_kept_a_day(path: str) -> None:
    client, _ = serve(FakeReader(make_document()))

    response = client.get(path)

    assert response.status_code in (200, 204)
    assert response.headers["Cache-Control"] == "public, max-age=86400"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("HEAD", "/nothing", 404),
        ("POST", "/healthz", 405),
        ("DELETE", "/media/x", 405),
    ],
)
def test_errors_are_for_people_and_not_for_caches(method: str, path: str, status: int) -> None:
    client, _ = serve(FakeReader(make_document()))

    response = client.open(path, method=method)

    assert response.status_code == status
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert ("Allow" in response.headers) is (status == 405)


class HalfBrokenReader(FakeReader):
    def health(self) -> str | None:
        raise ZeroDivisionError("a fault of ours")


def test_a_fault_of_ours_is_told_without_its_words() -> None:
    client, _ = serve(HalfBrokenReader(make_document()))

    response = client.get("/readyz")

    assert response.text.startswith("ok, but the store is gone: serving generation 1 from memory (a fault of")
    assert "fault of ours" not in response.text
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/", "/rss.xml", "/healthz", "//healthz", "/nothing", "/tags/x", "/media//x"]
)
def test_no_answer_repeats_the_host_that_was_asked(path: str) -> None:
    client, _ = serve(FakeReader(make_document(), make_page(""), make_page("tags/x/")))

    response = client.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})

    assert "evil" not in f"{response.headers}{response.text}"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path",
    [
        "/", "/rss.xml", "/tags/x", "/healthz", "/readyz", "/robots.txt", "/favicon.ico", "/nothing",
        "/media/x", "/feeds/q/rss.xml", "/status", "/refresh", "/private/no-such-key-at-all/rss.xml",
    ],
)  # fmt: skip
def test_no_answer_may_be_taken_for_another_type(method: str, path: str) -> None:
    reader = FakeReader(make_document(), make_page(""), make_page("tags/x/"))
    client, _ = serve(reader, admin_token="a-token-for-the-operator")

    answers = [client.open(path, method=method), client.open(path, method=method, headers={"A-IM": "feed"})]
    etag = answers[0].headers.get("ETag", "")
    answers.append(client.open(path, method=method, headers={"If-None-Match": etag}))

    assert [each.headers["X-Content-Type-Options"] for each in answers] == ["nosniff"] * 3


def test_what_has_left_is_looked_for_no_further_than_the_longest_address_reaches() -> None:
    """Else every request for an endless address would take minutes."""
    departed = Departed({"old/": "https://example.org/new/"})

    assert departed.at("/" * 1_000_000) is None
    assert departed.at(f"old/{'/' * 10}x") == Departure("old/", f"https://example.org/new/{'/' * 10}x")


@pytest.mark.parametrize(
    "path",
    [
        *("/healthz", "/media/x", "/rss.xml", "/tags/x", "/nothing", "/old", "/gone", "/feeds/q/rss.xml"),
        *("/private/nobodys-key-it-is/rss.xml", "/private/nobodys-key-it-is/media/a.png", "/private/"),
    ],
)
def test_options_is_answered_everywhere_alike(path: str) -> None:
    """A browser that may not ask shows its script no 404 and no 410, and follows no redirect."""
    reader = FakeReader(make_document(), make_page("tags/x/"))
    departed = {"old": "https://example.org/new", "gone": ""}
    reader.published = replace(reader.published, departed=departed)
    client, _ = serve(reader)

    response = client.options(path)

    assert response.status_code == 204
    assert {"GET", "HEAD", "OPTIONS"} == set(response.headers["Allow"].split(", "))
    assert response.headers["Access-Control-Allow-Headers"] == ALLOWED_HEADERS
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" not in response.headers
