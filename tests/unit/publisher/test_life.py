"""What becomes of an entry: announced again, taken back, restored; and addresses that are left behind."""

from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import feedparser
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from lxml import etree

from feedsvc.config import load_config
from feedsvc.errors import ConfigError
from feedsvc.model import Snapshot
from tests.conftest import Clock
from tests.support.builders import make_site
from tests.support.sites import Folder, article
from tests.support.strategies import examples
from tests.support.web_fakes import FakeReader, make_document, make_page, serve

TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    yield made
    made.store.close()


def entries(folder: Folder, path: str = "atom.xml") -> dict[str, str]:
    return {entry.title: entry.id for entry in feedparser.parse(folder.body(path)).entries}


def withdrawn(folder: Folder, path: str = "atom.xml") -> list[str]:
    return [str(each.get("ref")) for each in etree.fromstring(folder.body(path)).iter(TOMBSTONE)]


@pytest.mark.parametrize("how", ["deleted", "retracted"])
def test_an_article_taken_back_is_reported_in_its_feeds_and_its_page_is_gone(
    folder: Folder, how: str
) -> None:
    folder.write("a.md", article("A", categories="News"))
    folder.write("b.md", article("B"))
    folder.refresh()
    old = entries(folder)["A"]

    if how == "deleted":
        (folder.root / "a.md").unlink()
    else:
        folder.write("a.md", article("A", categories="News", retracted="the figures were wrong"))
    folder.refresh()

    assert "A" not in entries(folder)
    assert withdrawn(folder) == [old]
    assert withdrawn(folder, "categories/news/atom.xml") == [old]
    assert "articles/a/" not in folder.snapshot.documents
    assert folder.snapshot.departed == {"articles/a/": ""}
    assert not feedparser.parse(folder.body()).bozo


def test_what_comes_back_is_the_same_entry_and_withdrawn_no_more(folder: Folder) -> None:
    file = folder.write("a.md", article("A"))
    folder.write("b.md", article("B"))
    folder.refresh()
    before = entries(folder)
    file.unlink()
    folder.refresh()

    folder.write("a.md", article("A"))
    folder.refresh()

    assert entries(folder) == before
    assert withdrawn(folder) == []
    assert folder.snapshot.departed == {}


@pytest.mark.parametrize("change", [{"draft": "true"}, {"expires": "2026-04-02"}])
def test_a_draft_made_of_an_article_and_an_expired_one_are_not_withdrawn(
    folder: Folder, change: dict[str, str]
) -> None:
    folder.write("a.md", article("A"))
    folder.refresh()

    folder.write("a.md", article("A", **change))
    folder.refresh()

    assert entries(folder) == {}
    assert withdrawn(folder) == []


def test_a_rename_withdraws_nothing(folder: Folder) -> None:
    file = folder.write("a.md", article("A"))
    folder.refresh()

    file.rename(folder.root / "b.md")
    folder.refresh()

    assert len(entries(folder)) == 1
    assert withdrawn(folder) == []


@pytest.mark.parametrize("date", ["date: 2026-04-01\n", ""])
@pytest.mark.parametrize("restart", [True, False])
def test_a_rename_with_a_new_title_in_one_commit_is_the_same_entry(
    folder: Folder, date: str, restart: bool
) -> None:
    folder.write("a.md", f"---\ntitle: A\n{date}---\n\nWhat the article says.\n")
    folder.write("other.md", article("Other"))
    folder.refresh()
    before = {record.id for record in folder.store.catalogue().records}

    (folder.root / "a.md").unlink()
    folder.write("2026/b.md", f"---\ntitle: B\n{date}---\n\nWhat the article says.\n")
    if restart:
        folder.restart()
    folder.refresh()

    assert {entry.id for entry in feedparser.parse(folder.body()).entries} == before
    assert {entry.title for entry in feedparser.parse(folder.body()).entries} == {"B", "Other"}
    assert withdrawn(folder) == []


def test_what_vanishes_in_masses_is_not_withdrawn(folder: Folder) -> None:
    folder.restart(max_loss=1)
    for number in range(12):
        folder.write(f"{number}.md", article(f"N{number}"))
    folder.refresh()

    for number in range(12):
        (folder.root / f"{number}.md").unlink()
    folder.refresh()

    assert withdrawn(folder) == []


def test_provisional_ids_are_not_withdrawn(folder: Folder) -> None:
    folder.restart(site=make_site(url=None, public=False))
    folder.write("a.md", article("A"))
    folder.refresh()

    (folder.root / "a.md").unlink()
    folder.refresh()

    assert withdrawn(folder) == []


def test_an_article_is_announced_again_once_and_at_its_second(folder: Folder, clock: Clock) -> None:
    again = clock.now + timedelta(days=1)
    folder.write("a.md", article("A"))
    folder.write("b.md", article("B", date=f"{clock.now:%Y-%m-%d}"))
    folder.refresh()
    first = entries(folder)
    folder.write("a.md", article("A", announce=f"{again:%Y-%m-%dT%H:%M:%SZ}"))

    report = folder.refresh()
    assert entries(folder) == first
    assert report.turns == again
    clock.now = again
    folder.publisher.refresh()

    second = entries(folder)
    assert list(second) == ["A", "B"]
    assert second["B"] == first["B"]
    assert second["A"] != first["A"]
    assert withdrawn(folder) == [first["A"]]
    assert feedparser.parse(folder.body()).entries[0].published_parsed[:6] == again.timetuple()[:6]
    folder.restart()
    folder.write("a.md", article("A"))
    folder.refresh()
    assert entries(folder) == second
    assert "articles/a/" in folder.snapshot.documents


def test_a_first_publication_is_no_announcement(folder: Folder) -> None:
    folder.write("a.md", article("A", date="2026-04-01", announce="2026-03-01"))

    folder.refresh()
    first = entries(folder)
    folder.refresh()

    assert entries(folder) == first
    assert withdrawn(folder) == []


def test_a_correction_is_an_update_and_a_minor_change_is_none(folder: Folder) -> None:
    folder.write("a.md", article("A"))
    folder.refresh()

    def updated() -> str:
        return str(feedparser.parse(folder.body()).entries[0].updated)

    first = updated()
    folder.write("a.md", article("A", body="Hello, world!", minor="true"))
    folder.refresh()
    assert b"world!" in folder.body()
    assert updated() == first

    folder.write("a.md", article("A", body="Hello, world!", correction="It was late."))
    folder.refresh()
    assert updated() > first
    assert b"Correction:" in folder.body()


def test_a_retired_feed_is_gone_and_one_without_articles_is_not(folder: Folder) -> None:
    folder.write("a.md", article("A", tags="[old, empty]"))
    folder.refresh()
    folder.write("a.md", article("A"))
    folder.restart(retired=frozenset({"tags/old/"}))

    folder.refresh()

    assert not any(path.startswith("tags/old/") for path in folder.snapshot.documents)
    assert folder.snapshot.departed["tags/old/"] == ""
    assert entries(folder, "tags/empty/atom.xml") == {}


def test_a_redirect_that_a_document_hides_is_told_of(folder: Folder) -> None:
    folder.restart(redirects={"rss.xml": "atom.xml", "old.xml": "atom.xml"})

    problems = folder.refresh().problems

    assert [problem.reason for problem in problems] == [
        "/rss.xml is redirected, but there is a document, which is served; delete the [[redirect]]"
    ]


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/articles/a/", HTTPStatus.GONE, None),
        ("/articles/a", HTTPStatus.GONE, None),
        ("/tags/old/rss.xml", HTTPStatus.GONE, None),
        ("/old.xml", HTTPStatus.MOVED_PERMANENTLY, "https://example.org/atom.xml"),
        ("/blog/tags/한/rss.xml", HTTPStatus.MOVED_PERMANENTLY, "https://new.example/tags/%ED%95%9C/rss.xml"),
        ("/feed", HTTPStatus.MOVED_PERMANENTLY, "https://example.org/rss.xml"),
        ("/feed/", HTTPStatus.MOVED_PERMANENTLY, "https://example.org/rss.xml"),
        ("/feed/atom/", HTTPStatus.MOVED_PERMANENTLY, "https://example.org/rss.xml"),
        ("/feed/atom/?x=1", HTTPStatus.MOVED_PERMANENTLY, "https://example.org/rss.xml"),
        ("/?feed=rss2", HTTPStatus.MOVED_PERMANENTLY, "https://example.org/rss.xml"),
        ("/?utm_source=x&feed=rss2", HTTPStatus.MOVED_PERMANENTLY, "https://example.org/rss.xml"),
        ("/?cat=3&feed=rss2", HTTPStatus.MOVED_PERMANENTLY, "https://example.org/categories/sea/rss.xml"),
        ("/index.php?rss", HTTPStatus.MOVED_PERMANENTLY, "https://example.org/rss.xml"),
        ("/index.php?rss=1", HTTPStatus.NOT_FOUND, None),
        ("/?feed=rss", HTTPStatus.OK, None),
        ("/?x=feed=rss2", HTTPStatus.OK, None),
        ("/", HTTPStatus.OK, None),
        ("/x/?feed=rss2", HTTPStatus.NOT_FOUND, None),
        ("/%3Ffeed=rss2", HTTPStatus.NOT_FOUND, None),
        ("/rss.xml?feed=rss2", HTTPStatus.OK, None),
        ("/?feed=rss2&" + "x" * 5000, HTTPStatus.OK, None),
        ("/articles/b/", HTTPStatus.NOT_FOUND, None),
        ("/rss.xml", HTTPStatus.OK, None),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_has_left_is_gone_or_elsewhere(
    path: str, status: HTTPStatus, location: str | None, method: str
) -> None:
    departed = {
        "articles/a/": "",
        "tags/old/": "",
        "old.xml": "https://example.org/atom.xml",
        "blog/": "https://new.example/",
        "rss.xml": "https://elsewhere.example/",
        "feed/": "https://example.org/rss.xml",
        "?feed=rss2": "https://example.org/rss.xml",
        "?feed=rss2&cat=3": "https://example.org/categories/sea/rss.xml",
        "index.php?rss": "https://example.org/rss.xml",
    }
    reader = FakeReader(make_document(path="rss.xml"), make_page(""))
    reader.published = Snapshot(generation=1, documents=reader.snapshot().documents, departed=departed)
    client, _ = serve(reader)

    for _ in range(2):  # the page at / is remembered after the first answer
        client.get("/")
        response = client.open(path, method=method)

    assert response.status_code == status
    assert response.headers.get("Location") == location
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    if status is HTTPStatus.GONE:
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        (
            '[[redirect]]\nfrom = "/"\nto = "x"',
            "redirect[1].from: must be a path below server.url, such as old/rss.xml or ?feed=rss2, got '/'",
        ),
        (
            '[[redirect]]\nfrom = "b/?"\nto = "x"',
            "redirect[1].from: must be a path below server.url, such as old/rss.xml or ?feed=rss2, got 'b/?'",
        ),
        (
            '[[redirect]]\nfrom = "?&"\nto = "x"',
            "redirect[1].from: must be a path below server.url, such as old/rss.xml or ?feed=rss2, got '?&'",
        ),
        (
            '[[redirect]]\nfrom = "b"\nto = "gemini://ex.org/"',
            "redirect[1].to: must be a path below server.url, or an address such as https://example.org/x,"
            " got 'gemini://ex.org/'",
        ),
        (
            '[[redirect]]\nfrom = "b#c"\nto = "x"',
            "redirect[1].from: must end before '#': readers do not send what follows; write %23 for the sign,"
            " got 'b#c'",
        ),
        ('[[redirect]]\nfrom = "?a=b"\nto = "/?c=d&a=b"', "redirect[1]: must lead to somewhere else"),
        ('[[redirect]]\nfrom = "a/"\nto = "a/b"', "redirect[1]: must lead to somewhere else"),
        ("[feeds]\nretired = 3", "feeds.retired: must be a list of folders, got 3"),
        (
            '[feeds]\nretired = ["/"]',
            "feeds.retired: must name folders below server.url, such as tags/old, got ['/']",
        ),
    ],
)
def test_addresses_that_cannot_be_are_refused(tmp_path: Path, toml: str, fault: str) -> None:
    (tmp_path / "feedsvc.toml").write_text(toml)

    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "feedsvc.toml", environ={})

    assert f"  - {fault}" in str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("written", "led_to"),
    [
        ("HTTPS://bücher.example/한 b?q=ü", "https://xn--bcher-kva.example/%ED%95%9C%20b?q=%C3%BC"),
        ("https://new.example/%7Ea", "https://new.example/%7Ea"),
        ("/한/rss.xml", "/한/rss.xml"),
    ],
)
def test_a_redirect_leads_to_an_address_that_a_header_can_hold(
    tmp_path: Path, written: str, led_to: str
) -> None:
    (tmp_path / "feedsvc.toml").write_text(f'[[redirect]]\nfrom = "old"\nto = "{written}"')

    (redirect,) = load_config(tmp_path / "feedsvc.toml", environ={}).redirect

    assert redirect.to == led_to


class Lives(RuleBasedStateMachine):
    """A few articles, and all that people do to them."""

    @initialize()
    def begin(self) -> None:
        self.home = TemporaryDirectory()
        self.clock = Clock()
        self.folder = Folder(Path(self.home.name), self.clock)
        self.seen: dict[str, str] = {}  # the first id of each title
        self.again: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.store.close()
            self.home.cleanup()

    @rule(name=st.sampled_from("abc"), state=st.sampled_from(["", "draft: true", "retracted: true"]))
    def write(self, name: str, state: str) -> None:
        head = f"title: {name}\ndate: 2026-04-01\n{state}"
        self.folder.write(f"{name}.md", f"---\n{head}\n---\n\nHello from {name}.\n")

    @rule(name=st.sampled_from("abc"), days=st.integers(1, 3))
    def announce(self, name: str, days: int) -> None:
        when = self.clock.now + timedelta(days=days)
        head = f"title: {name}\ndate: 2026-04-01\nannounce: {when:%Y-%m-%dT%H:%M:%SZ}"
        self.folder.write(f"{name}.md", f"---\n{head}\n---\n\nHello from {name}.\n")
        self.again.add(name)

    @rule(name=st.sampled_from("abc"))
    def delete(self, name: str) -> None:
        (self.folder.root / f"{name}.md").unlink(missing_ok=True)

    @rule(days=st.integers(0, 2), restart=st.booleans())
    def refresh(self, days: int, restart: bool) -> None:
        self.clock.forward(minutes=days * 24 * 60)
        if restart:
            self.folder.restart()
        self.folder.refresh()

    @invariant()
    def ids_are_one_each_and_never_both_there_and_taken_back(self) -> None:
        if not hasattr(self, "folder") or not self.folder.snapshot.generation:
            return
        parsed = feedparser.parse(self.folder.body())
        shown = [entry.id for entry in parsed.entries]
        assert len(set(shown)) == len(shown)
        assert not set(shown) & set(withdrawn(self.folder))
        for entry in parsed.entries:
            if entry.title not in self.again:
                assert self.seen.setdefault(entry.title, entry.id) == entry.id


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=examples(15), stateful_step_count=12)


class Renames(RuleBasedStateMachine):
    """Articles that get new names and new titles at once, and whose texts stay."""

    @initialize(dated=st.booleans())
    def begin(self, dated: bool) -> None:
        self.home = TemporaryDirectory()
        self.folder = Folder(Path(self.home.name), Clock())
        self.date = "date: 2026-04-01\n" if dated else ""
        self.places: dict[str, str] = {}  # by text
        self.titles = 0
        self.ids: dict[str, str] = {}
        for name in "abcd":
            self.put(f"This is the text of {name}.", f"{name}.md")
        self.folder.refresh()

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.store.close()
            self.home.cleanup()

    def put(self, text: str, path: str) -> None:
        self.titles += 1
        self.folder.write(path, f"---\ntitle: Title {self.titles}\n{self.date}---\n\n{text}\n")
        self.places[text] = path

    @rule(data=st.data(), path=st.sampled_from(["e.md", "f.md", "x/a.md", "x/e.md"]))
    def move(self, data: st.DataObject, path: str) -> None:
        text = data.draw(st.sampled_from(sorted(self.places)))
        if path not in self.places.values():
            (self.folder.root / self.places[text]).unlink()
            self.put(text, path)

    @rule(data=st.data())
    def exchange(self, data: st.DataObject) -> None:
        one, two = data.draw(st.permutations(sorted(self.places)))[:2]
        first, second = self.places[one], self.places[two]
        self.put(one, second)
        self.put(two, first)

    @rule(restart=st.booleans())
    def refresh(self, restart: bool) -> None:
        if restart:
            self.folder.restart()
        self.folder.refresh()

    @invariant()
    def each_text_keeps_its_id(self) -> None:
        if not hasattr(self, "folder"):
            return
        catalogue = self.folder.store.catalogue()
        assert not catalogue.withdrawals
        assert len(catalogue.records) == len(self.places)
        for record in catalogue.records:
            assert record.id
            assert self.ids.setdefault(record.article.body, record.id) == record.id


TestRenames = Renames.TestCase
TestRenames.settings = settings(max_examples=examples(20), stateful_step_count=12)
