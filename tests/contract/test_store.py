"""The contract of the store, kept on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from feedsvc.catalogue import Store, open_reader, open_store
from feedsvc.catalogue.lease import hold_lease
from feedsvc.errors import LeaseTakenError
from feedsvc.model import Author, Catalogue
from tests.support.builders import NOON, make_article, make_record
from tests.support.stores import NEWS, PROBLEM, document, publish


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    yield opened
    opened.close()


def test_an_empty_store_has_nothing(store: Store) -> None:
    assert store.catalogue() == Catalogue()
    assert store.problems() == ()
    assert store.generation() == 0
    assert dict(store.snapshot().documents) == {}
    assert store.health() is None


def test_what_is_published_comes_back(store: Store, store_url: str) -> None:
    article = make_article(
        published=NOON,
        authors=(Author(name="김", uri="https://e.org"),),
        tags=("a", "b"),
        body="본문\n👨‍👩‍👧",
    )
    catalogue = Catalogue(site_id="example.org", records=(make_record(article=article),), terms=(NEWS,))

    generation = publish(
        store, document(links="<x>"), after=catalogue, media={"p.jpg"}, problems=(PROBLEM,), at=NOON
    )

    reader = open_reader(store_url)
    snapshot = reader.snapshot()
    published = snapshot.documents["rss.xml"]
    assert reader.catalogue() == catalogue
    assert reader.problems() == (PROBLEM,)
    assert generation == reader.generation() == snapshot.generation == 1
    assert (published.links, published.last_modified, published.length) == ("<x>", NOON, 6)
    assert reader.body(published.etag) == b"<rss/>"
    assert snapshot.media == {"p.jpg"}
    reader.close()


def test_no_news_is_no_generation_and_no_date(store: Store) -> None:
    publish(store, document())
    before = store.snapshot()

    assert publish(store, document(), problems=(PROBLEM,), at=NOON + timedelta(days=1)) is None

    assert store.snapshot() == before
    assert store.problems() == (PROBLEM,)


def test_only_what_changes_gets_a_new_date(store: Store) -> None:
    publish(store, document("a"), document("b"))
    later = NOON + timedelta(minutes=5)

    assert publish(store, document("a"), document("b", b"new"), document("c"), at=later) == 2

    dates = {path: d.last_modified for path, d in store.snapshot().documents.items()}
    assert dates == {"a": NOON, "b": later, "c": later}


def test_two_changes_in_one_second_have_two_dates(store: Store) -> None:
    """A client that has seen the first would else never get the second."""
    publish(store, document(body=b"1"))
    publish(store, document(body=b"2"))

    assert store.snapshot().documents["rss.xml"].last_modified == NOON + timedelta(seconds=1)


def test_a_document_that_vanishes_is_a_change(store: Store) -> None:
    publish(store, document("a"), document("b"))

    assert publish(store, document("a")) == 2
    assert set(store.snapshot().documents) == {"a"}


def test_an_old_body_is_kept_for_those_who_still_serve_it_and_then_let_go(store: Store) -> None:
    first = document(body=b"0")
    publish(store, first)
    publish(store, document(body=b"1"))
    assert store.body(first.etag) == b"0"

    for number in range(2, 60):
        publish(store, document(body=str(number).encode()))

    assert store.body(first.etag) is None


def test_a_body_that_is_wanted_again_is_kept(store: Store) -> None:
    publish(store, document(body=b"0"))
    publish(store, document(body=b"1"))
    publish(store, document(body=b"0"))
    for number in range(60):
        publish(store, document(body=b"0"), document("other", body=str(number).encode()))

    assert store.body(document(body=b"0").etag) == b"0"


def test_records_that_swap_what_must_be_unique_are_written(store: Store) -> None:
    one = make_record(key=1, id="urn:1", sequence=1, slug="one")
    two = make_record(key=2, id="urn:2", sequence=2, slug="two")
    before = Catalogue(records=(one, two))
    swapped = replace(one, id="urn:2", slug="two"), replace(two, id="urn:1", slug="one")
    after = Catalogue(records=swapped)
    publish(store, after=before)

    publish(store, before=before, after=after)

    assert store.catalogue() == after


def test_a_record_that_is_dropped_is_gone(store: Store) -> None:
    before = Catalogue(records=(make_record(),), terms=(NEWS,))
    publish(store, after=before)

    publish(store, before=before, after=Catalogue())

    assert store.catalogue() == Catalogue()


def test_health_is_told_and_withdrawn(store: Store) -> None:
    store.report_health("the folder is missing")
    assert store.health() == "the folder is missing"

    store.report_health(None)
    assert store.health() is None


def test_a_request_waits_until_it_is_answered(store: Store) -> None:
    assert store.asked() == 0

    request = store.ask()
    assert store.asked() == request
    assert store.answered() < request

    store.answer(request)
    assert store.asked() == 0
    assert store.answered() == request


def test_there_is_one_publisher(store: Store, store_url: str) -> None:
    with hold_lease(store_url, "the first"):
        with pytest.raises(LeaseTakenError, match="already publishing"), hold_lease(store_url, "the second"):
            pass
        assert store.generation() == 0  # whoever only reads is not in the way

    with hold_lease(store_url, "the third"):
        pass
