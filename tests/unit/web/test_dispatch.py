"""Which thread answers: whoever is slow holds no poll up."""

import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Thread, current_thread, main_thread
from typing import Any

import pytest

from feedsvc.web.answers.fast_path import Lane
from feedsvc.web.answers.snapshots import CurrentSnapshot
from feedsvc.web.operator.auth import BODY_READ
from feedsvc.web.replies import Headers
from feedsvc.web.server.dispatch import Dispatch, Parts
from feedsvc.web.settings import WebSettings
from tests.support.processes import SECONDS, Served
from tests.support.sites import article
from tests.support.web_fakes import RSS, FakeReader, make_document


class Exchange:
    """What a server hands over; remembers the answer, and which thread gave it."""

    def __init__(self) -> None:
        self.answers: SimpleQueue[tuple[int, Any, Thread]] = SimpleQueue()

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:  # noqa: ARG002
        self.answers.put((status, body, current_thread()))

    def response_iter(self, status: int, headers: Headers, body: Parts) -> None:  # noqa: ARG002
        self.answers.put((status, b"".join(iter(body.__next__, None)), current_thread()))

    @property
    def answer(self) -> tuple[int, Any, Thread]:
        return self.answers.get(timeout=SECONDS)


def dispatch(rest: Any) -> Dispatch:
    settings = WebSettings(url="https://example.org")
    lane = Lane(lambda *_: [], CurrentSnapshot(FakeReader(make_document()), settings), settings)
    return Dispatch(lane, rest, spares=0)


def ask(answering: Dispatch, path: str = "/", method: str = "GET", **environ: str) -> Exchange:
    exchange = Exchange()
    answering(exchange, {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_HOST": "x", **environ})
    return exchange


class Body:
    """What an application gives: parts, to be closed at the end."""

    def __init__(self, *parts: bytes) -> None:
        self._parts = iter(parts)
        self.closed = False

    def __next__(self) -> bytes:
        return next(self._parts)

    def close(self) -> None:
        self.closed = True


def whole(exchange: Exchange, _: object) -> None:
    exchange.response_bytes(200, [], b"rest")


def test_a_document_that_nobody_asked_for_yet_may_have_to_be_waited_for() -> None:
    status, body, thread = ask(dispatch(whole), "/rss.xml").answer

    assert (status, body) == (200, b"rest")
    assert thread.name.startswith("document")


def test_what_was_answered_before_is_answered_at_once() -> None:
    answering = dispatch(whole)
    answering.lane.answer({"REQUEST_METHOD": "GET", "PATH_INFO": "/rss.xml", "HTTP_HOST": "x"})

    assert ask(answering, "/rss.xml").answer == (200, RSS, main_thread())
    assert ask(answering, "/rss.xml", "HEAD").answer == (200, b"", main_thread())


def test_the_rest_has_threads_of_its_own() -> None:
    status, body, thread = ask(dispatch(whole)).answer

    assert (status, body) == (200, b"rest")
    assert thread.name.startswith("request")


@pytest.mark.parametrize(
    ("headers", "thread"),
    [
        ([("content-length", "2")], "media"),
        ([("Content-Length", "250001")], "download"),
        ([], "download"),
    ],
)
def test_what_is_long_has_a_thread_of_its_own_for_as_long_as_it_takes(headers: Headers, thread: str) -> None:
    body = Body(b"a", b"b")

    def send(exchange: Exchange, _: object) -> None:
        exchange.response_iter(200, headers, body)

    status, sent, by = ask(dispatch(send), "/media/a.mp3").answer

    assert (status, sent, by.name.partition("-")[0]) == (200, b"ab", thread)
    assert body.closed is (thread == "media")  # the server closes what it sends itself


def test_a_request_with_a_body_keeps_a_thread_of_the_server_until_the_body_is_read() -> None:
    """The server would else take the body away; who waits for the store after that needs it no more."""
    may_end, left = Event(), Event()

    def read_and_wait(exchange: Exchange, environ: dict[str, Any]) -> None:
        environ[BODY_READ]()
        left.wait(SECONDS)
        may_end.wait(SECONDS)
        exchange.response_bytes(202, [], b"asked")

    exchange = ask(dispatch(read_and_wait), "/refresh", "POST")
    left.set()
    assert exchange.answers.empty()
    may_end.set()

    status, body, thread = exchange.answer
    assert (status, body, thread.name) == (202, b"asked", "post-1")


def test_a_body_that_nobody_reads_is_waited_for_until_the_answer() -> None:
    assert ask(dispatch(whole), "/refresh", "POST").answers.qsize() == 1


def test_a_fault_in_the_thread_that_answers_by_heart_is_a_500_too(caplog: pytest.LogCaptureFixture) -> None:
    exchange = Exchange()

    dispatch(whole)(exchange, {"REQUEST_METHOD": "GET"})  # without an address

    assert exchange.answer[:2] == (500, b"")
    assert [record.getMessage() for record in caplog.records] == ["this is a fault of feedsvc"]


class Hanging:
    """An application whose answers at some addresses wait until they may end."""

    def __init__(self, *addresses: str) -> None:
        self.may_end = Event()
        self._addresses = addresses

    def __call__(self, exchange: Exchange, environ: dict[str, Any]) -> None:
        environ.get(BODY_READ, bool)()
        if environ["PATH_INFO"].startswith(self._addresses):
            self.may_end.wait(SECONDS)
        exchange.response_bytes(200, [], b"rest")


@pytest.mark.parametrize(
    ("hanging", "method", "answered"),
    [
        ("/media/", "GET", ["/", "/rss.xml", "/feeds/q/rss.xml"]),
        ("/feeds/q/", "GET", ["/rss.xml", "/media/a.png"]),
        ("/rss.xml", "GET", ["/", "/media/a.png"]),
        ("/refresh", "POST", ["/", "/rss.xml", "/media/a.png"]),
    ],
)
def test_requests_that_hang_for_one_reason_delay_no_others(
    hanging: str, method: str, answered: list[str]
) -> None:
    rest = Hanging(hanging)
    answering = dispatch(rest)

    waiting = [ask(answering, hanging, method) for _ in range(200)]

    assert [ask(answering, path).answer[0] for path in answered] == [200] * len(answered)
    rest.may_end.set()
    # Webhooks that were too many have been told at once; the others get their answer.
    assert {exchange.answer[0] for exchange in waiting} == ({200, 503} if method == "POST" else {200})


def test_all_who_poll_at_once_after_news_are_answered() -> None:
    """Until one of them was answered, no answer is in memory."""
    rest = Hanging("/rss.xml")
    answering = dispatch(rest)

    polls = [ask(answering, "/rss.xml") for _ in range(1000)]
    rest.may_end.set()

    assert {exchange.answer[0] for exchange in polls} == {200}


def test_a_request_too_many_is_told_when_to_come_again() -> None:
    rest = Hanging("/refresh")
    answering = dispatch(rest)
    refused = [ask(answering, "/refresh", "POST") for _ in range(65)][-1]

    rest.may_end.set()

    status, body, _ = refused.answer
    assert (status, body) == (503, b"Too much is being asked for just now. Please try again in a moment.\n")


def test_a_fault_is_a_500_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a fault")

    with caplog.at_level(logging.ERROR):
        status, body, _ = ask(dispatch(fail)).answer

    assert (status, body) == (500, b"")
    assert [record.getMessage() for record in caplog.records] == ["this is a fault of feedsvc"]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "talk.mp3").write_bytes(b"ID3" + bytes(5_000_000))
    (tmp_path / "articles" / "a.md").write_text(article(audio="talk.mp3"), encoding="utf-8")
    with Served("articles", cwd=tmp_path) as server:
        yield server


def test_many_who_take_a_download_slowly_hold_up_nobody(served: Served) -> None:
    """More than there are threads for downloads; each takes the first bytes, and no more."""
    with ExitStack() as stack:
        for _ in range(150):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", served.port), SECONDS))
            client.sendall(b"GET /media/talk.mp3 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            stack.push(client)

        assert served.get("/rss.xml").status == 200
        assert served.get("/healthz").status == 200
        assert served.get("/status").status == 401
