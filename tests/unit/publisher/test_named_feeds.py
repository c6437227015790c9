"""Feeds of one's own: what their `where` wants, what articles say, and what their publisher is told."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.config import fields_of, load_config, named_feeds
from feedsvc.errors import ConfigError
from feedsvc.feeds.criteria import wants
from feedsvc.feeds.select import select
from feedsvc.model import Attachment, Author, Content, FeedSpec, Record, TermKind, Where
from feedsvc.publisher.inspect.survey import survey
from tests.conftest import Clock
from tests.support.builders import NOON, make_article, make_image, make_record, make_site, make_spec
from tests.support.sites import Folder, article, make_plan
from tests.support.web_fakes import serve

NOTHING = Content(html="", excerpt="")
SOUND = Attachment(url="https://e.org/a.mp3", media_type="audio/mpeg")


def record(**changes: Any) -> Record:
    return make_record(article=make_article(**changes), id="urn:x:1")


def feed(tmp_path: Path, toml: str) -> tuple[FeedSpec, ...]:
    """The feeds of a configuration."""
    (tmp_path / "feedsvc.toml").write_text(toml, encoding="utf-8")
    return named_feeds(load_config(tmp_path / "feedsvc.toml", environ={}).feed, make_spec())


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    yield made
    made.store.close()


def titles(folder: Folder, path: str) -> list[str]:
    return [entry.title for entry in feedparser.parse(folder.body(path)).entries]


@pytest.mark.parametrize(
    ("where", "changes", "wanted"),
    [
        ({}, {}, True),
        ({"categories": ("news",)}, {"categories": ("NEWS", "a")}, True),
        ({"categories": ("C#",)}, {"categories": ("C++",)}, False),
        ({"tags": ("a", "b")}, {"tags": ("b",)}, True),
        ({"tags": ("a",), "categories": ("b",)}, {"tags": ("a",)}, False),
        ({"authors": ("Kim",)}, {"authors": (Author(name="kim"),)}, True),
        ({"languages": ("ko",)}, {"language": "ko-KR"}, True),
        ({"languages": ("ko",)}, {}, False),
        ({"paths": ("talks/**", "!talks/old/")}, {"path": "talks/a.md"}, True),
        ({"paths": ("talks/**",)}, {"path": "news/a.md"}, False),
        ({"collections": ("Posts",)}, {"collection": "posts"}, True),
        ({"titles": ("세계",)}, {"title": "안녕 세계"}, True),
        ({"fields": (("series", ("one",)),)}, {"fields": (("series", "One"),)}, True),
        ({"fields": (("series", ()),)}, {"fields": (("series", "any"),)}, True),
        ({"fields": (("series", ()),)}, {}, False),
        ({"excluded": Where(categories=("News",))}, {"categories": ("News",)}, False),
        ({"excluded": Where(categories=("News",))}, {"categories": ("Other",)}, True),
        ({"tags": ("a",), "excluded": Where(tags=("b",))}, {"tags": ("a", "b")}, False),
    ],
)
def test_a_feed_wants_what_its_where_says(
    where: dict[str, Any], changes: dict[str, Any], wanted: bool
) -> None:
    found = wants(Where(**where), record(**changes), lambda _: NOTHING, site=make_site(), now=NOON)

    assert found is wanted


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        (NOTHING, set()),
        (Content(html="", excerpt="", image=make_image()), {"image"}),
        (Content(html="", excerpt="", attachments=(SOUND,)), {"audio"}),
    ],
)
def test_a_feed_can_want_kinds_of_media(content: Content, kinds: set[str]) -> None:
    for kind in ("image", "audio", "video"):
        found = wants(Where(media=(kind,)), record(), lambda _: content, site=make_site(), now=NOON)
        assert found is (kind in kinds)


@given(
    where=st.builds(Where, categories=st.just(("a",))) | st.builds(Where, tags=st.just(("x",))),
    categories=st.sampled_from([(), ("A",), ("b", "a")]),
    tags=st.sampled_from([(), ("X",)]),
)
def test_every_article_is_either_included_or_excluded(
    where: Where, categories: tuple[str, ...], tags: tuple[str, ...]
) -> None:
    one = record(categories=categories, tags=tags)

    def wanted(where: Where) -> bool:
        return wants(where, one, lambda _: NOTHING, site=make_site(), now=NOON)

    assert wanted(where) is not wanted(Where(excluded=where))


def test_media_are_looked_for_only_where_they_count() -> None:
    def never(_: Record) -> Content:
        raise AssertionError("rendered")

    spec = make_spec(where=Where(tags=("a",)))

    assert (
        select([record()], spec, site=make_site(), now=NOON, size_of=lambda _: 0, content=never).records == ()
    )


# Through the whole road


def test_all_but_one_category_is_one_line(tmp_path: Path, folder: Folder) -> None:
    line = 'where = { not = { category = "News" } }'
    folder.restart(named=feed(tmp_path, f'[[feed]]\nname = "quiet"\ntitle = "Quiet"\n{line}\n'))
    folder.write("a.md", article("A", categories="News"))
    folder.write("b.md", article("B", categories="Other"))
    folder.write("c.md", article("C"))

    folder.refresh()

    assert sorted(titles(folder, "feeds/quiet/rss.xml")) == ["B", "C"]
    assert feedparser.parse(folder.body("feeds/quiet/atom.xml")).feed.title == "Quiet"
    assert "feeds/quiet/" in folder.snapshot.documents
    assert b"feeds/quiet/" in folder.body("")


def test_an_article_leaves_a_feed_of_the_last_days_at_its_moment(
    tmp_path: Path, folder: Folder, clock: Clock
) -> None:
    folder.restart(named=feed(tmp_path, '[[feed]]\nname = "new"\nwhere = { within = "30d" }\n'))
    folder.write("a.md", article("A", date=f"{clock() - timedelta(days=29):%Y-%m-%dT%H:%M:%SZ}"))
    report = folder.refresh()
    assert titles(folder, "feeds/new/rss.xml") == ["A"]

    assert report.turns is not None
    clock.now = report.turns
    folder.publisher.refresh()

    assert titles(folder, "feeds/new/rss.xml") == []
    assert titles(folder, "rss.xml") == ["A"]


def test_an_article_can_keep_out_of_feeds_or_choose_some(tmp_path: Path, folder: Folder) -> None:
    folder.restart(named=feed(tmp_path, '[[feed]]\nname = "one"\n[[feed]]\nname = "two"\n'))
    folder.write("a.md", article("A", feed="false", tags="[t]"))
    folder.write("b.md", article("B", feeds="[two, all]"))
    folder.write("c.md", article("C", feeds="[one]", tags="[t]"))
    folder.write("d.md", article("D", feeds="[three, all]"))

    problems = folder.refresh().problems

    assert sorted(titles(folder, "rss.xml")) == ["B", "D"]
    assert titles(folder, "feeds/one/rss.xml") == ["C"]
    assert titles(folder, "feeds/two/rss.xml") == ["B"]
    assert titles(folder, "tags/t/rss.xml") == ["C"]
    assert "articles/a/" in folder.snapshot.documents
    assert [str(problem) for problem in problems] == [
        "d.md: warning: there is no feed 'three'; name in 'feeds' one that there is ('all', 'one', 'two'),"
        " or write a [[feed]] of that name"
    ]


def test_front_matter_selects(tmp_path: Path, folder: Folder) -> None:
    named = feed(tmp_path, '[[feed]]\nname = "sea"\nwhere = { field = { Series_Name = "Sea" } }\n')
    folder.restart(named=named, fields=fields_of(named))
    folder.write("a.md", article("A", **{"series-name": "sea"}))
    folder.write("b.md", article("B"))

    folder.refresh()

    assert titles(folder, "feeds/sea/rss.xml") == ["A"]


def test_site_feed_and_article_each_decide_how_much_an_entry_carries(tmp_path: Path, folder: Folder) -> None:
    toml = '[[feed]]\nname = "short"\ncontent = "excerpt"\nlimit = 2\nformats = ["atom"]\n'
    folder.restart(named=feed(tmp_path, toml))
    folder.write("a.md", article("A", full="false", date="2026-03-01"))
    folder.write("b.md", article("B", date="2026-04-02"))
    folder.write("c.md", article("C", full="true", date="2026-04-03"))

    folder.refresh()

    def carried(path: str) -> dict[str, bool]:
        return {entry.title: "content" in entry for entry in feedparser.parse(folder.body(path)).entries}

    assert carried("atom.xml") == {"A": False, "B": True, "C": True}
    assert carried("feeds/short/atom.xml") == {"B": False, "C": True}
    assert "feeds/short/rss.xml" not in folder.snapshot.documents


def test_a_feed_that_wants_nothing_is_valid_and_told_of(tmp_path: Path, folder: Folder) -> None:
    named = feed(tmp_path, '[[feed]]\nname = "none"\nwhere = { tag = "nowhere" }\n')
    folder.restart(named=named)
    folder.write("a.md", article("A"))

    problems = folder.refresh().problems

    assert not feedparser.parse(folder.body("feeds/none/atom.xml")).bozo
    looked = survey(make_plan(folder.root, named=named), folder.store.catalogue(), now=folder.clock())
    assert looked.problems == problems  # `check` says the same
    assert [problem.reason for problem in problems] == [
        "no article is in the feed 'none'; mend its 'where' if there should be"
    ]


def test_what_is_too_large_is_told_of(folder: Folder) -> None:
    folder.restart(everything=make_spec(size=1000))
    folder.write("a.md", article("A", body="word " * 30_000, date="2026-04-03"))
    folder.write("b.md", article("B", body="word " * 180, date="2026-04-02"))
    folder.write("c.md", article("C", body="word " * 180, date="2026-04-01"))

    reasons = {problem.path: problem.reason for problem in folder.refresh().problems}

    assert titles(folder, "rss.xml") == ["A", "B"]
    assert reasons == {
        "a.md": ("its content has 150 kB, more than 100, so its entries carry the excerpt only; split it"),
        ".": (
            "entries are left out of 'Example' (1), "
            "because their contents have more than feeds.bytes (1000) "
            "together; raise it, or set feeds.content to excerpt"
        ),
    }


# What the configuration refuses


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ('[[feed]]\nname = "q"', "feed[1].name: is an address of its own; choose another name, got 'q'"),
        ('[[feed]]\nname = "A B"', "feed[1].name: must be a name for an address, such as 'a-b', got 'A B'"),
        ('[[feed]]\nname = "a"\n[[feed]]\nname = "a"', "feed: two feeds have the name 'a'; rename one"),
        ("[[feed]]\ntitle = 'x'", "feed[1].name: must be given"),
        ('[feed]\nname = "a"', "feed: must be a list of tables, each written as [[feed]]"),
        ('[[feed]]\nname = "a"\nlimt = 3', "feed[1].limt: no such setting; did you mean 'feed[1].limit'?"),
        (
            '[[feed]]\nname = "a"\nwhere = { not = { categry = "x" } }',
            "feed[1].where.not.categry: no such setting; did you mean 'feed[1].where.not.category'?",
        ),
        (
            '[[feed]]\nname = "a"\nwhere = { media = "smell" }',
            "feed[1].where.media: must be any of image, audio, video, got 'smell'",
        ),
        (
            '[[feed]]\nname = "a"\nwhere = { field = "x" }',
            "feed[1].where.field: must be { key = text, list or true }, got 'x'",
        ),
        (
            '[[feed]]\nname = "a"\nwhere = { tag = 3 }',
            "feed[1].where.tag: must be text or a list of texts, got 3",
        ),
        ("[[redirect]]\nfrom = 1\nto = 'x'", "redirect[1].from: must be a path below server.url, got 1"),
        (
            '[[feed]]\nname = "a"\nwhere = { within = "soon" }',
            "feed[1].where.within: must be days, such as \"30d\", got 'soon'",
        ),
    ],
)
def test_a_table_that_cannot_be_is_refused_by_its_place(tmp_path: Path, toml: str, fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        feed(tmp_path, toml)

    assert f"  - {fault}" in str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ({}, ["feeds/sea", "tags"]),
        ({"retired": frozenset({"feeds/sea/", "tags/"})}, []),
        ({"redirects": {"feeds/sea/": "rss.xml"}}, ["tags"]),
        ({"named": (make_spec(name="sea", folder="feeds/sea/"),)}, ["tags"]),
        ({"kinds": (TermKind.TAG,)}, ["feeds/sea"]),
    ],
)
def test_feeds_that_are_configured_no_more_are_asked_about_until_their_readers_are_told(
    folder: Folder, plan: dict[str, Any], told: list[str]
) -> None:
    folder.write("a.md", article(tags="a"))
    secret = make_spec(name="secret", folder="private/secret/", private=True)
    folder.restart(named=(make_spec(name="sea", folder="feeds/sea/"), secret), kinds=(TermKind.TAG,))
    folder.refresh()

    for _ in range(2):
        folder.restart(**{"named": (), "kinds": (), **plan})
        folder.refresh()

    expected = [
        f"feeds at '{each}' are configured no more, and their readers get 404; put them back, name '{each}'"
        " in feeds.retired, or say in a [[redirect]] where they are now"
        for each in told
    ]
    reasons = [problem.reason for problem in folder.store.problems()]
    assert [reason for reason in reasons if "configured no more" in reason] == expected


def test_a_retired_kind_of_feeds_answers_gone(folder: Folder) -> None:
    folder.write("a.md", article(tags="a"))
    folder.refresh()

    folder.restart(kinds=(), retired=frozenset({"tags/"}))
    folder.refresh()
    client, _ = serve(folder.store)

    assert client.get("/tags/a/rss.xml").status_code == 410
