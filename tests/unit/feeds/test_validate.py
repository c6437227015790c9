"""The last look at a document: what is wrong is seen, and keeps nothing else from being published."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.feeds.atom import render_atom
from feedsvc.feeds.jsonfeed import render_json
from feedsvc.feeds.render import render_feed
from feedsvc.feeds.rss import render_rss
from feedsvc.feeds.validate import prove
from feedsvc.model import (
    Attachment,
    Author,
    Document,
    Feed,
    Format,
    Query,
    Severity,
    Source,
    Withdrawn,
)
from feedsvc.publisher.refresh.publisher import Publisher
from feedsvc.publisher.refresh.validated import Press
from tests.conftest import Clock
from tests.support.builders import NOON, make_entry, make_feed, make_image, make_spec
from tests.support.sites import Folder, article, make_plan
from tests.support.strategies import TEXT

RICH = make_feed(
    entries=(
        make_entry(
            image=make_image(),
            attachments=(Attachment(url="https://e.org/a.mp3", media_type="audio/mpeg"),),
            categories=("News",),
            source=Source(url="https://elsewhere.example/", title="Elsewhere"),
        ),
        make_entry(
            id="urn:x:2",
            url="https://example.org/two/",
            title="Two",
            excerpt="R&D <T>",
            content=None,
            updated=NOON + timedelta(hours=1),
        ),
    ),
    withdrawn=(Withdrawn(id="urn:x:3", at=NOON),),
)
RENDER: dict[Format, Callable[[Feed], bytes]] = {
    Format.RSS: render_rss,
    Format.ATOM: render_atom,
    Format.JSON: render_json,
}


def fault(form: Format, body: bytes, feed: Feed = RICH) -> str | None:
    document = Document(path=form.value, media_type=form.media_type, body=body)
    ((_, found),) = prove([document], feed)
    return found


ENTRIES = st.builds(
    make_entry,
    id=st.just("urn:x:1"),
    title=TEXT,
    content=TEXT | st.none(),
    excerpt=TEXT,
    image=st.none() | st.just(make_image()),
    pictured=st.booleans(),
    tags=st.tuples(TEXT, TEXT),
    authors=st.builds(Author, name=TEXT).map(lambda author: (author,)),
)


@given(st.builds(make_feed, title=TEXT, description=TEXT, entries=ENTRIES.map(lambda entry: (entry,))))
def test_whatever_a_feed_holds_its_documents_pass(feed: Feed) -> None:
    assert {found for _, found in prove(render_feed(feed), feed)} == {None}


@pytest.mark.parametrize(
    ("form", "old", "new", "said"),
    [
        (Format.RSS, "</channel>", "", "is not well-formed: "),
        (Format.RSS, "channel>", "canal>", "is not well-formed: "),
        (Format.RSS, "<channel>", "<channel/><canal>", "is not well-formed: "),
        (Format.RSS, 'version="2.0"', 'version="1.0"', "is no RSS 2.0"),
        (Format.RSS, "<title>Example</title>", "", "has a channel without title"),
        (Format.RSS, "<ttl>", "<ttl>1</ttl><ttl>", "has a channel with two of ttl"),
        (
            Format.RSS,
            "Fri, 01 May 2026 12:00:00 +0000</lastBuildDate>",
            "2026-05-01</lastBuildDate>",
            "has the date",
        ),
        (Format.RSS, ' length="0"', "", "has an enclosure without url, length or type"),
        (
            Format.RSS,
            'url="https://e.org/a.mp3"',
            'url="/a.mp3"',
            "has the address '/a.mp3', which is not absolute",
        ),
        (Format.RSS, "<description>Notes", "<description>No", "says another description than the feed"),
        (Format.RSS, "<description>Hello, ", "<description>Hello, &lt;T", "says another excerpt of "),
        (Format.RSS, "&amp;lt;T&amp;gt;", "&lt;T&gt;", "says another excerpt of urn:x:2 than the article"),
        (
            Format.RSS,
            "2026-05-01T13:00",
            "2026-05-01T14:00",
            "says another updated of urn:x:2 than the article",
        ),
        (Format.RSS, 'rel="self"', 'rel="alternate"', "leads to another home than the feed's"),
        (Format.ATOM, 'rel="self"', 'rel="alternate"', "leads to another home than the feed's"),
        (Format.ATOM, "<title>Example</title>", "<title>Ex</title>", "says another title than the feed"),
        (Format.JSON, '"summary": "Hello', '"summary": "Bye', "says another excerpt of "),
        (
            Format.RSS,
            "<title>Two</title>",
            "<title>Too</title>",
            "says another title of urn:x:2 than the article",
        ),
        (Format.RSS, ">urn:x:2</guid>", "></guid>", "has an item without guid"),
        (Format.ATOM, "<id>urn:x:2</id>", "", "is no valid Atom: "),
        (Format.ATOM, "<updated>2026-05-01T12:00:00+00:00", "<updated>yesterday", "is no valid Atom: "),
        (Format.ATOM, 'term="News"', 'trem="News"', "is no valid Atom: "),
        (Format.ATOM, "https://example.org/two/", "two/", "has the address 'two/', which is not absolute"),
        (Format.ATOM, "Hello, world.&lt;/p&gt;", "Bye.&lt;/p&gt;", "says another content of "),
        (Format.JSON, "{", "", "is no JSON: "),
        (Format.JSON, "version/1.1", "version/1", "is no JSON Feed 1.1"),
        (Format.JSON, '"content_text"', '"content"', "has an item with no content, or two"),
        (Format.JSON, '"mime_type"', '"type"', "has an attachment without url or mime_type"),
        (Format.JSON, '"id": "urn:x:2"', '"id": ""', "has an item without id"),
        (Format.JSON, '"id": "urn:x:2"', '"id": "urn:x:9"', "says another id of urn:x:2 than the article"),
    ],
)
def test_what_is_wrong_is_seen(form: Format, old: str, new: str, said: str) -> None:
    good = RENDER[form](RICH).decode()
    assert old in good
    assert fault(form, good.encode()) is None

    found = fault(form, good.replace(old, new, 1).encode())

    assert found is not None
    assert found.startswith(said)


def test_rss_without_a_channel_is_none() -> None:
    assert fault(Format.RSS, b'<rss version="2.0"/>') == "has no channel"


@pytest.mark.parametrize("form", list(Format))
def test_entries_are_all_there_in_their_order_each_once(form: Format) -> None:
    first, second = RICH.entries
    for entries, said in (
        ((first,), "holds 1 entries instead of 2"),
        ((second, first), "says another id of "),
        ((first, first), "holds two entries of one id"),
    ):
        body = RENDER[form](make_feed(entries=entries))
        assert str(fault(form, body)).startswith(said)


# Through the whole road


def broken(*, word: bytes, form: Format = Format.RSS) -> Callable[[Feed], list[Document]]:
    """A serialiser that loses its head over a word, in one format."""

    def render(feed: Feed) -> list[Document]:
        return [
            Document(
                path=each.path,
                media_type=each.media_type,
                body=each.body.replace(word, b"<"),
                links=each.links,
            )
            if each.path.endswith(form.value)
            else each
            for each in render_feed(feed)
        ]

    return render


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    yield made
    made.store.close()


def use(folder: Folder, render: Callable[[Feed], list[Document]]) -> None:
    plan = make_plan(folder.root)
    folder.publisher = Publisher(plan, folder.store, clock=folder.clock, press=Press(render))


def titles(folder: Folder, path: str) -> list[str]:
    return [entry.title for entry in feedparser.parse(folder.body(path)).entries]


def test_an_entry_that_spoils_the_feed_is_left_out_and_named(folder: Folder) -> None:
    use(folder, broken(word=b"POISON"))
    folder.write("a.md", article("A"))
    folder.write("b.md", article("B", body="POISON"))

    problems = folder.refresh().problems

    assert titles(folder, "rss.xml") == titles(folder, "atom.xml") == ["A"]
    (problem,) = [problem for problem in problems if problem.severity is Severity.ERROR]
    assert problem.path == "b.md"
    assert problem.reason.startswith("cannot stand in feeds (is not well-formed: ")
    assert problem.reason.endswith(
        ") and is left out of them; this is a fault of feedsvc, so report it with this file"
    )


def test_of_entries_that_spoil_the_feed_together_the_newest_is_left_out(folder: Folder) -> None:
    def touchy(feed: Feed) -> list[Document]:
        if {"B", "C"} <= {entry.title for entry in feed.entries}:
            raise LookupError(feed.folder)
        return list(render_feed(feed))

    use(folder, touchy)
    for day, title in enumerate("ABCD", start=1):
        folder.write(f"{title}.md", article(title, date=f"2026-04-0{day}"))

    problems = folder.refresh().problems

    assert titles(folder, "rss.xml") == titles(folder, "atom.xml") == ["D", "B", "A"]
    assert [problem.path for problem in problems if problem.severity is Severity.ERROR] == ["C.md"]


def test_an_entry_that_spoils_feeds_stands_in_none_that_readers_compose(tmp_path: Path, clock: Clock) -> None:
    """Nobody looks at those again; it may be too old for any other feed, too."""
    folder = Folder(tmp_path, clock, composed=True, everything=make_spec(limit=1, hours=0))
    plan = make_plan(folder.root, composed=True, everything=make_spec(limit=1, hours=0))
    folder.publisher = Publisher(plan, folder.store, clock=clock, press=Press(broken(word=b"POISON")))
    folder.write("a.md", article("A", date="2026-03-01"))
    folder.write("b.md", article("B", date="2026-02-01", body="POISON"))

    problems = folder.refresh().problems

    composed = folder.store.composable(Query(limit=10))
    assert composed is not None
    assert [entry.title for entry in composed.entries] == ["A"]
    assert [problem.path for problem in problems if problem.severity is Severity.ERROR] == ["b.md"]
    folder.store.close()


def test_a_document_that_is_not_fit_leaves_its_last_good_version(folder: Folder) -> None:
    folder.write("a.md", article("A"))
    folder.refresh()
    before = folder.body("rss.xml")
    use(folder, broken(word=b"<channel>"))
    folder.write("b.md", article("B"))

    report = folder.refresh()

    assert folder.body("rss.xml") == before
    assert sorted(titles(folder, "atom.xml")) == ["A", "B"]
    assert any(
        problem.reason.startswith("/rss.xml is not well-formed: ")
        and problem.reason.endswith(
            ", so what was published there stays; this is a fault of feedsvc, so report it"
        )
        for problem in report.problems
    )


def test_a_serialiser_that_trips_takes_nothing_with_it(folder: Folder) -> None:
    folder.write("a.md", article("A"))
    folder.refresh()
    before = folder.body("rss.xml")

    def trip(feed: Feed) -> list[Document]:
        raise RuntimeError(feed.title)

    use(folder, trip)
    folder.write("b.md", article("B"))
    reasons = [problem.reason for problem in folder.refresh().problems]

    assert folder.body("rss.xml") == before
    assert any("cannot be written" in reason for reason in reasons)
