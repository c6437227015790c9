"""The ledger: an article keeps its id and its date, whatever happens to its file."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.articles.reading.permalinks import article_url
from feedsvc.articles.reading.read import Reading
from feedsvc.ledger.compare import Circumstances, clashes, compare
from feedsvc.model import Article, Catalogue, Record, Site, SourceFile
from feedsvc.text.ids import mint
from tests.support.builders import NOON, make_article, make_file, make_site
from tests.support.strategies import examples

LATER = NOON + timedelta(days=30)
SEEN_FIRST = datetime(2026, 4, 1, tzinfo=UTC)


def reading(path: str = "hello.md", text: str = "one", **changes: Any) -> Reading:
    """A file whose bytes and significant parts are *text*."""
    slug = path.rpartition("/")[2].removesuffix(".md")
    defaults: dict[str, Any] = {
        "path": path,
        "slug": slug,
        "title": slug,
        "digest": text,
        "fingerprint": text,
    }
    return Reading(file=make_file(path), article=make_article(**(defaults | changes)))


def broken(path: str = "hello.md") -> Reading:
    return Reading(file=make_file(path), article=None)


def around(
    now: datetime = NOON,
    *,
    site: Site | None = None,
    first_date: Callable[[SourceFile], datetime] = lambda _: SEEN_FIRST,
    unreadable: tuple[str, ...] = (),
) -> Circumstances:
    def address(_: Article, __: datetime, slug: str) -> tuple[str, bool]:
        return f"https://example.org/articles/{slug}/", True

    return Circumstances(
        now=now, site=site or make_site(), first_date=first_date, address=address, unreadable=unreadable
    )


def run(*steps: list[Reading], start: Catalogue | None = None, **changes: Any) -> Catalogue:
    """Compare once for each step, a day apart."""
    catalogue = start or Catalogue()
    for day, readings in enumerate(steps):
        catalogue = compare(catalogue, readings, around(NOON + timedelta(days=day), **changes))
    return catalogue


def only(catalogue: Catalogue) -> Record:
    (record,) = catalogue.records
    return record


def test_a_new_article_gets_an_id_a_date_and_a_place_in_the_sequence() -> None:
    record = only(run([reading("posts/hello.md")]))

    assert record.id == mint("example.org", "posts/hello")
    assert not record.provisional
    assert record.sequence == 1
    assert record.published == record.updated == SEEN_FIRST
    assert record.url == "https://example.org/articles/hello/"


def test_looking_again_changes_nothing() -> None:
    first = run([reading(), reading("other.md")])

    assert compare(first, [reading(), reading("other.md")], around(LATER)) == first


def test_the_order_of_files_does_not_matter() -> None:
    readings = [reading(f"{number}.md", slug="same") for number in range(12)]
    shuffled = readings.copy()
    Random(1).shuffle(shuffled)

    assert run(readings) == run(shuffled)


def test_an_edit_is_an_update_and_a_touched_file_is_none() -> None:
    edited = only(run([reading()], [reading(text="two")]))
    touched = only(run([reading()], [reading(digest="other bytes, same words")]))

    assert edited.updated == NOON + timedelta(days=1)
    assert touched.updated == touched.published


def test_what_a_newer_version_finds_in_the_same_bytes_is_no_update() -> None:
    """It may know one more key of a picture; nobody has edited anything."""
    record = only(run([reading()], [reading(fingerprint="of more keys")]))

    assert record.updated == record.published


def test_a_minor_edit_is_no_update() -> None:
    record = only(run([reading()], [reading(text="two", minor=True)]))

    assert record.updated == record.published
    assert record.article.fingerprint == "two"


def test_the_authors_own_dates_are_followed() -> None:
    stated = reading(published=NOON, updated=LATER)

    record = only(run([reading()], [stated]))

    assert (record.published, record.updated) == (NOON, LATER)


def test_a_date_that_was_derived_once_is_frozen() -> None:
    record = only(run([reading()], [reading()], first_date=lambda _: SEEN_FIRST))
    again = only(compare(run([reading()]), [reading()], around(LATER, first_date=lambda _: LATER)))

    assert record.published == again.published == SEEN_FIRST


def test_a_corrected_date_alone_is_no_update() -> None:
    record = only(run([reading(published=NOON)], [reading(published=LATER)]))

    assert record.published == record.updated == LATER


def test_an_update_never_lies_before_publication() -> None:
    record = only(run([reading(published=NOON, updated=SEEN_FIRST)]))

    assert record.updated == NOON


@pytest.mark.parametrize(
    "renamed",
    [
        reading("moved/elsewhere.md", text="one"),
        reading("elsewhere.md", text="two", slug="hello"),
    ],
)
def test_a_renamed_article_keeps_its_id_and_date(renamed: Reading) -> None:
    before = only(run([reading()]))
    after = only(run([reading()], [renamed], first_date=lambda _: SEEN_FIRST))

    assert (after.id, after.published, after.slug) == (before.id, before.published, before.slug)
    assert after.article.path == renamed.file.path


def test_an_article_with_an_id_of_its_own_may_change_all_else() -> None:
    before = run([reading(id="urn:x:1")])
    after = run([reading("new.md", text="two", id="urn:x:1", slug="new", title="New")], start=before)

    assert only(after).id == only(before).id == "urn:x:1"


def test_title_and_date_tell_a_renamed_and_edited_article() -> None:
    before = reading("a.md", text="one", title="Same", published=NOON)
    after = reading("b.md", text="two", title="Same", published=NOON)

    assert only(run([before], [after])).article.path == "b.md"


def test_a_copy_is_a_new_article() -> None:
    catalogue = run([reading()], [reading(), reading("copy.md", text="one")])

    assert len({record.id for record in catalogue.records}) == 2


def test_two_renamed_articles_with_equal_bytes_keep_both_ids() -> None:
    before = run([reading("a.md"), reading("b.md")])
    after = run([reading("c.md"), reading("d.md")], start=before)

    assert {record.id for record in after.records} == {record.id for record in before.records}


def test_a_deleted_article_is_gone_and_comes_back_as_itself() -> None:
    before = run([reading()])
    gone = run([], start=before)
    back = run([reading()], start=gone)

    assert only(gone).hidden(NOON) == "deleted"
    assert only(back) == only(before)


def test_a_deleted_article_comes_back_under_another_name_by_its_bytes_only() -> None:
    """A new "weekly" in autumn is not the one that was deleted in spring."""
    gone = run([reading("weekly.md", text="spring")], [])
    restored = run([reading("archive.md", text="spring")], start=gone)
    another = run([reading("2027/weekly.md", text="autumn")], start=gone)

    assert len(restored.records) == 1
    assert len(another.records) == 2


def test_a_broken_article_keeps_its_last_good_version() -> None:
    before = only(run([reading()]))
    after = only(run([reading()], [broken()]))

    assert after.broken
    assert after.hidden(NOON) is None
    assert after.article == before.article


def test_a_file_that_was_never_good_leaves_no_trace() -> None:
    assert run([broken()]).records == ()


def test_what_lies_in_an_unreadable_folder_is_not_gone() -> None:
    before = run([reading("sub/a.md"), reading("b.md")])
    after = compare(before, [reading("b.md")], around(LATER, unreadable=("sub/",)))

    assert [record.gone for record in after.records] == [False, False]


def test_a_draft_has_no_id_and_is_dated_when_it_appears() -> None:
    draft = run([reading(hidden="draft")])
    published = compare(draft, [reading()], around(LATER, first_date=lambda _: LATER))

    assert (only(draft).id, only(draft).sequence) == (None, None)
    assert only(published).id
    assert only(published).published == LATER


def test_a_draft_that_is_looked_at_again_has_its_date_in_its_address() -> None:
    site = make_site(url="https://example.org", timezone=UTC)
    circumstances = replace(around(site=site), address=partial(article_url, site=site))
    draft = reading(hidden="draft", published=None, permalink="/:year/:month/hello/")

    first = compare(Catalogue(), [draft], circumstances)
    again = compare(first, [draft], circumstances)

    assert only(first).url == only(again).url == "https://example.org/2026/04/hello/"


def test_a_deleted_draft_leaves_no_trace() -> None:
    assert run([reading(hidden="draft")], []).records == ()


def test_a_future_article_gets_its_id_at_its_second() -> None:
    planned = [reading(published=LATER)]
    before = compare(run(planned), planned, around(LATER - timedelta(seconds=1)))
    after = compare(before, planned, around(LATER))

    assert only(before).id is None
    assert only(after).id is not None


def test_the_sequence_follows_the_dates_and_never_changes() -> None:
    catalogue = run([reading("b.md", published=LATER - timedelta(days=90)), reading("a.md", published=NOON)])
    grown = run([*(reading(p, published=NOON) for p in ("a.md", "b.md", "c.md"))], start=catalogue)

    assert {r.article.path: r.sequence for r in grown.records} == {"b.md": 1, "a.md": 2, "c.md": 3}


def test_ids_are_minted_anew_once_when_there_is_a_public_address() -> None:
    home = make_site(public=False, namespace="localhost")
    provisional = run([reading(), reading("stated.md", text="s", id="urn:x:1")], site=home)
    public = run([reading(), reading("stated.md", text="s", id="urn:x:1")], start=provisional)
    moved = run(
        [reading(), reading("stated.md", text="s", id="urn:x:1")],
        start=public,
        site=make_site(namespace="elsewhere.net"),
    )

    assert [r.id for r in provisional.records] == [mint("localhost", "hello"), "urn:x:1"]
    assert [r.provisional for r in provisional.records] == [True, True]
    assert [r.id for r in public.records] == [mint("example.org", "hello"), "urn:x:1"]
    assert moved == public


def test_a_path_that_is_used_again_gives_another_id() -> None:
    renamed = run([reading()], [reading("moved.md")])
    again = run([reading("moved.md"), reading("hello.md", text="two")], start=renamed)

    assert len({record.id for record in again.records}) == 2


def test_equal_ids_and_slugs_are_told_apart_and_reported() -> None:
    catalogue = run([reading("a/x.md", text="1", id="urn:x:1"), reading("b/x.md", text="2", id="urn:x:1")])

    first, second = catalogue.records
    assert first.id == "urn:x:1"
    assert second.id == mint("example.org", "b/x")
    assert (first.slug, second.slug[:2]) == ("x", "x-")
    assert [(p.path, p.reason.split(";")[0]) for p in clashes(catalogue)] == [
        ("b/x.md", "has the same id as a/x.md and got another"),
        ("b/x.md", "has the same slug as a/x.md and got a longer one"),
    ]


@pytest.mark.parametrize(
    ("stated", "id_"),
    [
        ("https://example.org/1", "https://example.org/1"),
        ("6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("605", mint("example.org", "id:605")),
        ("no iri: blanks", mint("example.org", "id:no iri: blanks")),
    ],
)
def test_a_front_matter_id_becomes_an_iri(stated: str, id_: str) -> None:
    assert only(run([reading(id=stated)])).id == id_


BROKEN_IRIS = [
    *("http://a]b/", "http://a b/", "http://[::1", "http://[1,2]/", "http://", "https://:80/", "http:/x"),
    *("urn:", "urn:x", "urn:ex:", "tag:", "tag:example.org", "tag:example.org,2026", "tag:,2026:x"),
    *(
        "https://example.org/%zz",
        "https://example.org/100%",
        "https://example.org/a|b",
        "http://e.org:99999/",
    ),
    *("https://example.org/a\u202eb", "https://example.org/a\u200fb", "https://example.org/a\x80b"),
    *("https://example.org/#a#b", "https://example.org/\ue000", "https://example.org/a\u2028b", "ftp://[x]/"),
]


@pytest.mark.parametrize("stated", BROKEN_IRIS)
def test_an_id_that_is_a_broken_iri_counts_as_none(stated: str) -> None:
    """Atom wants an IRI as id (RFC 4287, 4.2.6; RFC 3987)."""
    assert only(run([reading(id=stated)])).id == only(run([reading()])).id


@pytest.mark.parametrize(
    "stated",
    [
        *("https://예.org/가?나#다", "https://[2001:db8::1]:8080/%EA", "tag:kim@example.org,2026-01-02:a"),
        *("urn:isbn:0451450523", "mailto:kim@example.org", "info:doi/10.1000/182", "https://e.org/?\ue000"),
        *("https://user:x@example.org", "TAG:blogger.com,1999:blog-1.post-2", "https://e.org/a(b)*c;d='e'"),
    ],
)
def test_an_id_that_is_an_iri_stays_as_it_is_written(stated: str) -> None:
    assert only(run([reading(id=stated)])).id == stated


def test_an_id_that_was_published_stays_even_if_it_is_a_broken_iri() -> None:
    before = run([reading(id="http://a]b/")])
    published = replace(only(before), id="http://a]b/", provisional=False)

    after = run([reading(id="http://a]b/", text="two")], start=replace(before, records=(published,)))

    assert only(after).id == "http://a]b/"


def test_slugs_stay_taken_by_what_was_published() -> None:
    """The old address of a deleted article may not show another one."""
    gone = run([reading("a/x.md", text="1")], [])
    after = run([reading("b/x.md", text="2")], start=gone)

    assert len({record.slug for record in after.records}) == 2


def test_going_public_keeps_the_sequence() -> None:
    provisional = run([reading()], site=make_site(public=False, namespace="localhost"))
    public = run([reading()], start=provisional)

    assert only(public) == replace(only(provisional), id=only(public).id, provisional=False)


def test_articles_that_swap_their_names_keep_their_ids() -> None:
    before = run([reading("a.md", text="A"), reading("b.md", text="B")])
    after = run([reading("a.md", text="B"), reading("b.md", text="A")], start=before)

    assert ids_by_text(after) == ids_by_text(before)


def test_articles_that_move_up_by_one_keep_their_ids() -> None:
    before = run([reading("1.md", text="A"), reading("2.md", text="B")])
    after = run([reading("2.md", text="A"), reading("3.md", text="B")], start=before)

    assert ids_by_text(after) == ids_by_text(before)


def test_an_article_moved_over_another_keeps_its_id() -> None:
    before = run([reading("a.md", text="A"), reading("b.md", text="B")])
    after = run([reading("a.md", text="B")], start=before)

    assert [r.id for r in after.records if not r.gone] == [ids_by_text(before)["B"]]


def test_an_article_that_was_copied_and_then_edited_keeps_its_id() -> None:
    before = run([reading("a.md", text="A")])
    after = run([reading("a.md", text="edited"), reading("copy.md", text="A")], start=before)

    assert ids_by_text(after)["edited"] == ids_by_text(before)["A"]
    assert ids_by_text(after)["A"] != ids_by_text(before)["A"]


def test_another_article_in_the_place_of_a_deleted_one_is_another() -> None:
    gone = run([reading("a.md", text="A", title="Spring")], [])
    another = run([reading("a.md", text="B", title="Autumn")], start=gone)
    restored = run([reading("a.md", text="A, mended", title="Spring")], start=gone)

    assert len({record.id for record in another.records}) == 2
    assert only(restored).id == only(gone).id


def test_an_article_renamed_to_the_name_of_a_deleted_one_keeps_its_id() -> None:
    gone = run([reading("a.md", text="A"), reading("b.md", text="B")], [reading("b.md", text="B")])
    after = run([reading("a.md", text="B")], start=gone)

    assert [r.id for r in after.records if not r.gone] == [ids_by_text(gone)["B"]]


BODY = "A body of some words, which tell it from others."


def retitled(path: str, title: str, body: str = BODY, **changes: Any) -> Reading:
    """A file of which every byte before the body may have changed."""
    return reading(path, text=f"{title}|{body}", title=title, body=body, **changes)


@pytest.mark.parametrize("path", ["new.md", "folder/new.md", "folder/old.md"])
@pytest.mark.parametrize("dated", [{}, {"published": NOON - timedelta(days=9)}])
def test_an_article_that_is_renamed_and_retitled_at_once_keeps_its_id(
    path: str, dated: dict[str, Any]
) -> None:
    before = only(run([retitled("old.md", "Old", **dated)]))

    after = only(run([retitled("old.md", "Old", **dated)], [retitled(path, "New", **dated)]))

    assert (after.id, after.published, after.sequence) == (before.id, before.published, before.sequence)
    assert (after.article.path, after.article.title) == (path, "New")


@pytest.mark.parametrize(
    ("body", "dated", "same"),
    [
        ("", {"published": NOON}, False),
        (" \n", {"published": NOON}, False),
        ("Soon.", {}, False),
        ("Soon.", {"published": NOON}, True),
        ("Hello, world.", {}, True),
        ("한국어로 쓴 짧은 글입니다.", {}, True),
    ],
)
def test_a_body_tells_an_article_if_it_says_something(body: str, dated: dict[str, Any], same: bool) -> None:
    after = run([retitled("old.md", "Old", body, **dated)], [retitled("new.md", "New", body, **dated)])

    assert (len(after.records) == 1) == same


@pytest.mark.parametrize("heading", ["# {}\n\n", "# {} #\n", "## {}\n\n", "{}\n=======\n\n", "{}\n---\n"])
def test_an_article_whose_title_is_its_heading_keeps_its_id_under_another_one(heading: str) -> None:
    """Nothing but the name and the title is new, which stands in the body."""
    old, new = heading.format("Old"), heading.format("Brand new")
    before = run([retitled("old.md", "Old", old + BODY), retitled("b.md", "B", "Another body of words.")])

    after = run(
        [retitled("new.md", "Brand new", new + BODY), retitled("b.md", "B", "Another body of words.")],
        start=before,
    )

    assert {record.id for record in after.records} == {record.id for record in before.records}


def test_a_heading_that_is_not_the_title_tells_articles_apart() -> None:
    after = run(
        [retitled("old.md", "Old", "# One\n\n" + BODY)], [retitled("new.md", "New", "# Two\n\n" + BODY)]
    )

    assert len(after.records) == 2


def test_a_body_that_several_articles_share_tells_nothing() -> None:
    staying = run(
        [retitled("a.md", "A"), retitled("b.md", "B")], [retitled("a.md", "A"), retitled("c.md", "C")]
    )
    two_gone = run([retitled("a.md", "A"), retitled("b.md", "B")], [retitled("c.md", "C")])
    two_new = run([retitled("a.md", "A")], [retitled("b.md", "B"), retitled("c.md", "C")])

    assert [len(catalogue.records) for catalogue in (staying, two_gone, two_new)] == [3, 3, 3]


def test_of_articles_with_one_body_each_is_told_by_its_date() -> None:
    dates = [NOON - timedelta(days=day) for day in range(3)]
    before = run([retitled(f"{n}.md", f"T{n}", published=at) for n, at in enumerate(dates)])

    after = run([retitled(f"new-{n}.md", f"N{n}", published=at) for n, at in enumerate(dates)], start=before)

    assert {r.id: r.published for r in after.records} == {r.id: r.published for r in before.records}


def test_a_body_of_long_ago_brings_no_deleted_article_back() -> None:
    gone = run([retitled("old.md", "Old")], [])

    assert len(run([retitled("new.md", "New")], start=gone).records) == 2


def test_a_body_that_moves_into_another_article_leaves_both_what_they_are() -> None:
    """One file took over what stood in the other, and the other was written anew."""
    before = run([retitled("a.md", "A", "The first of two bodies."), retitled("b.md", "B", BODY)])
    after = run(
        [retitled("a.md", "A2", BODY), retitled("b.md", "B2", "A third body, quite new.")], start=before
    )

    assert {r.article.path: r.id for r in after.records} == {r.article.path: r.id for r in before.records}


def test_bodies_that_are_exchanged_under_their_titles_leave_the_ids_with_the_titles() -> None:
    one, two = "The first of two bodies.", "The second of two bodies."
    before = run([retitled("a.md", "A", one), retitled("b.md", "B", two)])
    after = run([retitled("a.md", "A", two), retitled("b.md", "B", one)], start=before)

    assert {r.article.title: r.id for r in after.records} == {r.article.title: r.id for r in before.records}


def test_a_written_id_counts_more_than_a_body() -> None:
    one, two = "The first of two bodies.", "The second of two bodies."
    before = run([retitled("a.md", "A", one, id="urn:x:a"), retitled("b.md", "B", two)])
    after = run([retitled("a.md", "A2", two, id="urn:x:a"), retitled("b.md", "B2", one)], start=before)

    assert {r.article.path: r.id for r in after.records} == {r.article.path: r.id for r in before.records}


def test_five_hundred_articles_are_renamed_and_retitled_at_once() -> None:
    bodies = [f"Body number {number} of many others." for number in range(500)]
    before = run([retitled(f"{n:03}.md", f"T{n}", body) for n, body in enumerate(bodies)])

    after = run(
        [retitled(f"2026/{n:03}-x.md", f"{body} new", body) for n, body in enumerate(bodies)], start=before
    )

    assert ids_by_body(after) == ids_by_body(before)


@settings(max_examples=examples(200))
@given(st.data())
def test_bodies_keep_their_ids_under_any_names_and_titles(data: st.DataObject) -> None:
    """Swapped, shifted, in a circle, into folders: the author has renamed, and rewrote no body."""
    names = [f"{letter}.md" for letter in "abcdef"]
    bodies = [f"Body number {number} of many." for number in range(data.draw(st.integers(1, 6)))]
    before = run([retitled(name, f"Old {name}", body) for name, body in zip(names, bodies, strict=False)])
    places = data.draw(st.permutations([*names, "x/a.md", "x/b.md", "y.md"]))
    titles = data.draw(st.lists(st.integers(0, 99).map(str), min_size=6, max_size=6, unique=True))
    renamed = [retitled(path, title, body) for path, title, body in zip(places, titles, bodies, strict=False)]

    after = run(renamed, start=before)

    assert ids_by_body(after) == ids_by_body(before)


def ids_by_body(catalogue: Catalogue) -> dict[str, str | None]:
    return {record.article.body: record.id for record in catalogue.records}


def ids_by_text(catalogue: Catalogue) -> dict[str, str | None]:
    return {record.article.fingerprint: record.id for record in catalogue.records}
