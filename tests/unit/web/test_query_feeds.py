"""Feeds that readers compose by query."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from feedsvc.catalogue import open_store
from feedsvc.catalogue.backup.copy import backup, restore
from feedsvc.feeds.query_feeds import QueryError, canonical, read_query
from feedsvc.model import Query, TermKind
from feedsvc.publisher.refresh.publisher import Publisher
from tests.conftest import Clock
from tests.support.builders import NOON
from tests.support.sites import Folder, article, make_plan
from tests.support.web_fakes import FakeReader, make_document, serve


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock, composed=True, all_languages=True)
    made.write("a.md", article("Waves", tags="[sea]", categories="Travel", date="2026-04-03"))
    made.write("b.md", article("Hills", tags="[land, R&D]", author="Kim", date="2026-04-02"))
    made.write("c.md", article("파도", tags="[sea, ads]", lang="ko", date="2026-04-01"))
    made.write("d.md", article("Hidden", feed="false"))
    made.write("e.md", article("Draft", draft="true", tags="[sea]"))
    made.refresh()
    yield made
    made.store.close()


@pytest.fixture
def client(folder: Folder) -> Client:
    return serve(folder.store, composed=True)[0]


def titles(client: Client, query: str, name: str = "atom.xml") -> list[str]:
    response = client.get(f"/feeds/q/{name}?{query}" if query else f"/feeds/q/{name}")
    assert response.status_code == 200, (response.status_code, response.headers.get("Location"))
    return [entry.title for entry in feedparser.parse(response.data).entries]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Waves", "Hills", "파도"]),
        ("tag=sea", ["Waves", "파도"]),
        ("tag=land&tag=sea", ["Waves", "Hills", "파도"]),
        ("category=travel&tag=sea", ["Waves"]),
        ("not=ads&tag=sea", ["Waves"]),
        ("author=kim", ["Hills"]),
        ("lang=ko", ["파도"]),
        ("q=wav", ["Waves"]),
        ("q=%ED%8C%8C%EB%8F%84", ["파도"]),
        ("q=%25", []),
        ("limit=1", ["Waves"]),
        ("tag=none", []),
    ],
)
def test_a_query_selects(client: Client, query: str, found: list[str]) -> None:
    assert titles(client, query) == found


@pytest.mark.parametrize(
    ("asked", "one"),
    [
        ("tag=sea&tag=land", "?tag=land&tag=sea"),
        ("tag=Sea", "?tag=sea"),
        ("tag=sea&utm_source=x", "?tag=sea"),
        ("utm_source=x", ""),
        ("limit=500", "?limit=100"),
        ("limit=30", ""),
        ("q=WAV++es", "?q=wav%20es"),
    ],
)
def test_a_feed_has_one_address(client: Client, asked: str, one: str) -> None:
    response = client.get(f"/feeds/q/rss.xml?{asked}")

    assert response.status_code == 301
    assert response.headers["Location"] == f"https://example.org/feeds/feeds/q/rss.xml{one}"


def test_each_feed_has_an_id_a_self_link_and_validators_of_its_own(client: Client) -> None:
    sea, land = (client.get(f"/feeds/q/atom.xml?tag={tag}") for tag in ("sea", "land"))

    one, other = (feedparser.parse(each.data).feed for each in (sea, land))
    assert one.id != other.id
    assert [link.href for link in one.links if link.rel == "self"] == [
        "https://example.org/feeds/q/atom.xml?tag=sea"
    ]
    assert sea.headers["ETag"] != land.headers["ETag"]
    again = client.get("/feeds/q/atom.xml?tag=sea", headers={"If-None-Match": sea.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Last-Modified" not in sea.headers
    assert sea.headers["Cache-Control"].startswith("public, max-age=300")
    head = client.head("/feeds/q/atom.xml?tag=sea")
    assert (head.data, head.headers["Content-Length"]) == (b"", sea.headers["Content-Length"])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("&".join(f"tag=t{n}" for n in range(11)), "a query names at most 10 terms; ask for fewer."),
        ("limit=many", "limit is a whole number from 1 to 100."),
        ("limit=0", "limit is a whole number from 1 to 100."),
        ("q=" + "x" * 81, "q has at most 80 characters; ask for fewer words."),
        ("q=%ff", "a query is UTF-8, percent-encoded, such as q=%C3%A9 for é; write its letters so."),
        ("tag=%ED%A0%80", "a query is UTF-8, percent-encoded, such as q=%C3%A9 for é; write its letters so."),
        ("x=" + "x" * 1000, "a query has at most 1000 characters; ask for less."),
    ],
)
def test_too_much_is_refused_before_anything_is_looked_up(query: str, said: str) -> None:
    reader = FakeReader(make_document())
    client, _ = serve(reader, composed=True)

    response = client.get(f"/feeds/q/rss.xml?{query}")

    assert (response.status_code, response.text) == (400, f"{said}\n")
    assert reader.queries == []


def test_bytes_that_are_no_utf_8_are_refused_as_well() -> None:
    client, _ = serve(FakeReader(make_document()), composed=True)

    response = client.get("/feeds/q/rss.xml", environ_overrides={"QUERY_STRING": "q=\xff"})

    assert (response.status_code, response.text.split(",")[0]) == (400, "a query is UTF-8")


def test_who_asks_again_is_answered_from_memory_until_something_is_published(
    folder: Folder, client: Client
) -> None:
    assert titles(client, "tag=sea") == ["Waves", "파도"]
    folder.write("f.md", article("Foam", tags="[sea]", date="2026-04-04"))
    folder.refresh()
    client = serve(folder.store, composed=True)[0]

    assert titles(client, "tag=sea") == ["Foam", "Waves", "파도"]


def test_what_is_asked_again_is_in_memory_as_far_as_there_is_room(folder: Folder) -> None:
    """The memory is that of all bodies: 40 queries take no more than any other documents."""
    asked = {}
    for room in (0, 20_000, 64_000_000):
        reader = FakeReader(make_document())
        reader.composed = folder.store.composable(Query(limit=30))
        client, _ = serve(reader, composed=True, cache_bytes=room)
        for number in (*range(40), 39, 0):
            assert client.get(f"/feeds/q/rss.xml?q=n{number}").status_code == 200
        asked[room] = len(reader.queries)

    assert asked == {0: 40 + 42, 20_000: 41, 64_000_000: 40}


def test_who_has_it_already_is_told_so_without_composing_it_again(folder: Folder) -> None:
    reader = FakeReader(make_document())
    reader.composed = folder.store.composable(Query(limit=30))
    client, _ = serve(reader, composed=True, cache_bytes=0)
    etag = client.get("/feeds/q/rss.xml").headers["ETag"]
    before = len(reader.queries)

    again = client.get("/feeds/q/rss.xml", headers={"If-None-Match": etag})

    assert (again.status_code, len(reader.queries)) == (304, before)


def test_news_between_a_document_and_its_body_is_what_is_answered(folder: Folder) -> None:
    reader = FakeReader(make_document())
    reader.composed = folder.store.composable(Query(limit=30))
    client, _ = serve(reader, composed=True, cache_bytes=0)
    old = client.get("/feeds/q/rss.xml").headers["ETag"]
    reader.composed = (
        replace(reader.composed, entries=reader.composed.entries[:1]) if reader.composed else None
    )

    news = client.get("/feeds/q/rss.xml")

    assert news.headers["ETag"] != old
    assert [entry.title for entry in feedparser.parse(news.data).entries] == ["Waves"]


@pytest.mark.parametrize("query", ["", "?limit=9"])
def test_the_bytes_of_a_composed_feed_have_the_bound_of_any_feed(folder: Folder, query: str) -> None:
    for number in range(8):
        text = article(f"Long {number}", "word " * 16_000, date=f"2026-04-1{number}")
        folder.write(f"long{number}.md", text)
    folder.refresh()
    client = serve(folder.store, composed=True)[0]

    composed, everything = (
        [entry.title for entry in feedparser.parse(client.get(path).data).entries]
        for path in (f"/feeds/q/atom.xml{query}", "/atom.xml")
    )

    assert composed == everything == [f"Long {number}" for number in range(7, 1, -1)]
    found = folder.store.composable(Query(limit=100))
    assert found is not None
    assert len(found.entries) == 6  # what does not fit is not even read


def test_each_database_gives_as_many_entries_as_a_feed_holds(
    store_url: str, tmp_path: Path, clock: Clock
) -> None:
    for number in range(45):
        text = article(f"N{number}", "word " * 4_000, tags="[a]" if number % 2 else "[b]", date="2026-04-01")
        (tmp_path / f"n{number:02}.md").write_text(text, encoding="utf-8")
    store = open_store(store_url)
    Publisher(make_plan(tmp_path, composed=True), store, clock=clock).refresh()

    found = store.composable(read_query("tag=a&limit=100", limit=30))
    all_found = store.composable(Query(limit=100))
    store.close()

    assert found is not None
    assert [entry.title for entry in found.entries] == [f"N{number}" for number in range(43, 0, -2)]
    assert all_found is not None
    assert len(all_found.entries) == 500_000 // all_found.entries[0].size == 24


def test_without_the_setting_there_are_none(tmp_path: Path, clock: Clock) -> None:
    folder = Folder(tmp_path, clock)
    folder.write("a.md", article())
    folder.refresh()

    assert folder.store.composable(Query()) is None
    assert serve(folder.store)[0].get("/feeds/q/rss.xml").status_code == 404
    folder.store.close()


@given(st.text())
def test_whatever_is_asked_is_refused_or_has_one_form(query_string: str) -> None:
    try:
        query = read_query(query_string, limit=30)
    except QueryError:
        return
    one = canonical(query, limit=30)
    assert canonical(read_query(one, limit=30), limit=30) == one


def test_terms_are_sorted_and_folded() -> None:
    assert read_query("tag=B&tag=C%2B%2B&category=a", limit=5).terms[0] == (TermKind.CATEGORY, "a")


def test_a_composed_feed_tells_what_was_taken_back(folder: Folder) -> None:
    (folder.root / "a.md").unlink()
    folder.refresh()

    body = serve(folder.store, composed=True)[0].get("/feeds/q/atom.xml?tag=land").data

    assert body.count(b"deleted-entry ref=") == 1


def test_entries_of_one_date_stand_in_the_order_of_all_feeds(folder: Folder) -> None:
    for number in (10, 9, 2, 11):
        folder.write(f"part-{number}.md", article(f"Part {number}", tags="[part]", date="2026-04-09"))
        folder.refresh()
    (folder.root / "part-2.md").unlink()
    folder.refresh()
    client = serve(folder.store, composed=True)[0]

    expected = ["Part 11", "Part 10", "Part 9"]
    assert [e.title for e in feedparser.parse(client.get("/tags/part/atom.xml").data).entries] == expected
    assert titles(client, "tag=part") == expected


def test_another_choice_of_languages_counts_at_once(folder: Folder) -> None:
    found = []
    for all_languages in (False, True, False):
        folder.restart(all_languages=all_languages)
        folder.refresh()
        found.append(titles(serve(folder.store, composed=True)[0], "tag=sea"))

    assert found == [["Waves"], ["Waves", "파도"], ["Waves"]]


def test_entries_of_composed_feeds_come_back_with_a_backup(folder: Folder, tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path / 'catalogue.db'}", tmp_path / "kept.db"
    backup(url, file)
    (folder.root / "b.md").unlink()
    folder.refresh()

    restore(url, file, now=NOON)

    assert titles(serve(folder.store, composed=True)[0], "tag=land") == ["Hills"]
