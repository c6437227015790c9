"""Whether there is a new generation, asked without a query; on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import create_engine, text

from feedsvc.catalogue import Store, open_reader, open_store
from feedsvc.errors import StoreError
from tests.support.processes import until
from tests.support.stores import document, publish


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def reader(store: Store, store_url: str) -> Iterator[Store]:  # noqa: ARG001
    with closing(listening(store_url)) as opened:
        yield opened


def listening(url: str) -> Store:
    """A reader that has heard of all that was there before."""
    opened = open_reader(url)
    opened.changed()
    opened.changed()
    return opened


def test_without_news_there_are_none(store: Store, reader: Store) -> None:
    publish(store, document())
    until(reader.changed)

    assert not reader.changed()
    assert not reader.changed()


def test_a_publication_is_news_once_to_each_reader(store: Store, reader: Store, store_url: str) -> None:
    """PostgreSQL tells whoever listens soon after a commit has returned, not before."""
    with closing(listening(store_url)) as other:
        for number in range(3):
            publish(store, document(body=f"<rss>{number}</rss>".encode()))

            until(reader.changed)
            until(other.changed)
            assert not reader.changed()
            assert not other.changed()


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
        until(store.changed)

    assert store.changed()
    publish(store, document())
    until(store.changed)
