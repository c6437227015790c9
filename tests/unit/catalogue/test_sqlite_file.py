"""The file of a catalogue that is open: moved away, deleted, or another one in its place."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from feedsvc.catalogue import Store, open_store
from feedsvc.errors import StoreError
from feedsvc.model import Problem, Severity
from tests.support.processes import Served
from tests.support.sites import article
from tests.support.stores import document, publish

GONE = r"catalogue\.db: the catalogue was moved away or deleted; put it back, or stop feedsvc and restore"
ANOTHER = r"catalogue\.db: another file has taken the place of the catalogue; stop feedsvc, put the"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{path}")
    publish(opened, document())
    yield opened
    opened.close()


ASKED: list[Callable[[Store], object]] = [
    Store.generation,
    Store.snapshot,
    Store.ask,
    lambda store: store.report_health("trouble"),
    lambda store: publish(store, document(body=b"<rss>news</rss>")),
]


@pytest.mark.parametrize("ask", ASKED)
def test_a_catalogue_that_was_deleted_is_neither_read_nor_written(
    store: Store, path: Path, ask: Callable[[Store], object]
) -> None:
    """What SQLite has open it would go on to use, and lose with the process."""
    path.unlink()

    with pytest.raises(StoreError, match=GONE):
        ask(store)

    assert not path.exists()


def test_no_connection_makes_an_empty_catalogue_in_its_place(store: Store, path: Path) -> None:
    path.unlink()
    store.close()  # whoever asks now needs a new connection

    with pytest.raises(StoreError, match=GONE):
        store.generation()

    assert not path.exists()


@pytest.mark.parametrize("ask", ASKED)
def test_a_catalogue_that_was_replaced_is_neither_read_nor_written(
    store: Store, path: Path, ask: Callable[[Store], object]
) -> None:
    other = path.with_name("other.db")
    shutil.copyfile(path, other)
    before = other.read_bytes()
    other.replace(path)

    for _ in range(3):  # by new connections, too
        with pytest.raises(StoreError, match=ANOTHER):
            ask(store)

    assert path.read_bytes() == before


def test_one_that_makes_room_again_for_the_first_is_forgotten(store: Store, path: Path) -> None:
    aside = path.rename(path.with_name("aside.db"))
    shutil.copyfile(aside, path)
    for _ in range(2):
        with pytest.raises(StoreError, match=ANOTHER):
            store.generation()

    aside.replace(path)

    assert publish(store, document(body=b"<rss>news</rss>")) == 2


def test_one_that_is_replaced_during_a_transaction_is_not_written(store: Store, path: Path) -> None:
    def replaced_meanwhile() -> Iterator[Problem]:
        path.unlink()
        yield Problem(path="a.md", line=1, severity=Severity.ERROR, reason="is broken")

    with pytest.raises(StoreError, match=GONE):
        publish(store, document(body=b"<rss>news</rss>"), problems=replaced_meanwhile())


def test_one_that_is_put_back_is_used_again(store: Store, path: Path) -> None:
    aside = path.rename(path.with_name("aside.db"))
    with pytest.raises(StoreError, match=GONE):
        store.generation()

    aside.rename(path)

    assert publish(store, document(body=b"<rss>news</rss>")) == 2


def test_a_catalogue_that_is_moved_away_while_it_is_served_is_told_and_used_again(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.md").write_text(article("A"), encoding="utf-8")
    settings = '[articles]\ndirectory = "articles"\nrescan = 1\n'
    (tmp_path / "feedsvc.toml").write_text(settings, encoding="utf-8")
    with Served(cwd=tmp_path) as served:
        served.until(lambda: served.get("/rss.xml").status == 200)
        catalogue = tmp_path / ".feedsvc" / "catalogue.db"

        aside = catalogue.rename(tmp_path / "aside.db")
        (articles / "b.md").write_text(article("B", date="2026-04-02"), encoding="utf-8")
        served.until(lambda: b"moved away or deleted" in served.get("/readyz").body)
        served.until(lambda: "failed job=rescan: " in served.log)
        feed = served.get("/rss.xml").body
        aside.rename(catalogue)

        assert b"B</title>" not in feed
        served.until(lambda: b"B</title>" in served.get("/rss.xml").body)
        served.until(lambda: served.get("/readyz").body.startswith(b"ok\n"))
