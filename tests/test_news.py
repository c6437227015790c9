"""Whether there is a new generation, asked without a query; on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from feedsvc.catalogue import Store, open_reader, open_store
from feedsvc.errors import StoreError
from tests.test_store import document, publish


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def reader(store: Store, store_url: str) -> Iterator[Store]:  # noqa: ARG001
    opened = open_reader(store_url)
    opened.changed()
    opened.changed()  # what was there when it began to listen
    yield opened
    opened.close()


def test_without_news_there_are_none(store: Store, reader: Store) -> None:
    publish(store, document())
    reader.changed()

    assert not reader.changed()
    assert not reader.changed()


def test_a_publication_is_news_once_to_each_reader(store: Store, reader: Store, store_url: str) -> None:
    other = open_reader(store_url)
    other.changed()
    other.changed()

    for number in range(3):
        publish(store, document(body=f"<rss>{number}</rss>".encode()))

        assert (reader.changed(), reader.changed()) == (True, False)
        assert (other.changed(), other.changed()) == (True, False)
    other.close()


def test_the_first_call_is_news(store: Store) -> None:
    assert store.changed()


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_connection_that_was_cut_is_opened_again(store: Store, store_url: str) -> None:
    store.changed()
    engine = create_engine(store_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
        connection.execute(text(cut))
    engine.dispose()

    with pytest.raises(StoreError):
        any(store.changed() for _ in range(100_000))

    assert store.changed()
    publish(store, document())
    assert store.changed()
