"""From selected records to a feed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from lxml import html

from feedsvc.feeds.build import build_entry, build_feed, content_size, term_spec
from feedsvc.feeds.fragments import picture
from feedsvc.model import Attachment, Author, Content, Feed, FeedSpec, Record, Site, Term, TermKind
from feedsvc.text.ids import mint
from tests.support.builders import (
    NOON,
    make_article,
    make_content,
    make_image,
    make_record,
    make_site,
    make_spec,
)

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
NEWS = Term(kind=TermKind.CATEGORY, slug="news", label="News")


def built(
    records: Sequence[Record] = (),
    *,
    spec: FeedSpec | None = None,
    site: Site | None = None,
    content: Content | None = None,
) -> Feed:
    return build_feed(
        spec or make_spec(),
        records,
        site or make_site(),
        lambda _: content or make_content(),
        fallback_date=LONG_AGO,
        site_id="example.org",
    )


def test_an_entry_says_what_the_record_and_its_content_say() -> None:
    kim = Author(name="Kim")
    article = make_article(authors=(kim,), categories=("News",), tags=("web",))
    record = make_record(article=article, updated=NOON + timedelta(hours=1))
    image = make_image()

    (entry,) = built([record], content=make_content(image=image, image_inline=True)).entries

    assert (entry.id, entry.url, entry.title) == (record.id, record.url, "Hello")
    assert (entry.published, entry.updated) == (record.published, record.updated)
    assert (entry.excerpt, entry.content) == ("Hello, world.", "<p>Hello, world.</p>")
    assert (entry.authors, entry.categories, entry.tags) == ((kim,), ("News",), ("web",))
    assert entry.image == image


def test_the_lead_image_stands_at_the_top_of_the_content() -> None:
    content = make_content(image=make_image(url="https://e.org/?a=1&b=2", alt='A "wave" <'))

    (entry,) = built([make_record()], content=content).entries

    assert entry.content is not None
    first, second = html.fragments_fromstring(entry.content)
    (img,) = first
    assert dict(img.items()) == {
        "src": "https://e.org/?a=1&b=2",
        "alt": 'A "wave" <',
        "width": "640",
        "height": "480",
    }
    assert second.text == "Hello, world."


def test_a_picture_of_unknown_size_says_none() -> None:
    assert picture(make_image(width=None)) == '<img src="https://example.org/hello.png" alt="A wave">'


def test_a_lead_image_that_stands_in_the_body_is_not_shown_twice() -> None:
    content = make_content(image=make_image(), image_inline=True)

    (entry,) = built([make_record()], content=content).entries

    assert entry.content == content.html


@pytest.mark.parametrize(
    ("content", "excerpt", "pictured"),
    [
        ({"image": make_image(), "alt": "A wave"}, "A wave", True),
        ({"image": make_image(alt="")}, "Hello", True),
        ({"attachments": (Attachment(url="https://e.org/a.mp3"),)}, "Hello", False),
        ({"image": make_image(), "alt": "A wave", "excerpt": "Words."}, "Words.", False),
        ({"image": make_image(title="At noon"), "excerpt": "At noon"}, "At noon", True),
        ({"html": ""}, "Hello", False),
        ({"alt": "A chart"}, "A chart", False),
    ],
)
def test_an_article_without_words_says_what_its_picture_says_else_its_title(
    content: dict[str, Any], excerpt: str, pictured: bool
) -> None:
    (entry,) = built([make_record()], content=make_content(**{"excerpt": "", **content})).entries

    assert (entry.excerpt, entry.pictured) == (excerpt, pictured)


@pytest.mark.parametrize(
    ("canonical", "url", "title"),
    [
        ("https://Other.ORG:443/a", "https://other.org/a", "other.org"),
        ("http://other.org:80", "http://other.org/", "other.org"),
        (
            "https://other.org:8443/a/../%e4%7e?x=%2f#Y",
            "https://other.org:8443/%E4~?x=%2F#Y",
            "other.org:8443",
        ),
        ("https://EXAMPLE.org:443/a", None, None),
    ],
)
def test_the_source_of_an_entry_has_the_usual_spelling(
    canonical: str, url: str | None, title: str | None
) -> None:
    """It is an id in Atom, and ids are compared letter by letter (RFC 4287, 4.2.6.1)."""
    (entry,) = built([make_record(article=make_article(canonical=canonical))]).entries

    assert (entry.source and entry.source.url, entry.source and entry.source.title) == (url, title)


@pytest.mark.parametrize(
    ("comments", "url"),
    [
        ("#a#b", "https://example.org/hello/#a%23b"),
        ("/x/#a#b", "https://example.org/x/#a%23b"),
        ("https://d.example/#/t#2", "https://d.example/#/t%232"),
    ],
)
def test_an_address_has_one_fragment(comments: str, url: str) -> None:
    (entry,) = built([make_record(article=make_article(comments=comments))]).entries

    assert entry.comments == url


@pytest.mark.parametrize(("letters", "carried"), [(100_000, True), (100_001, False)])
def test_a_very_long_article_carries_its_excerpt(letters: int, carried: bool) -> None:
    content = make_content(html="x" * letters)

    (entry,) = built([make_record()], content=content).entries

    assert (entry.content is not None) is carried
    assert entry.excerpt == content.excerpt


def test_the_size_of_content_counts_bytes_and_the_image() -> None:
    assert content_size(make_content(html="가")) == 3
    assert content_size(make_content(html="가", image=make_image())) > 3


def test_a_lone_surrogate_costs_nothing() -> None:
    """YAML and JSON can write one, UTF-8 cannot."""
    content = make_content(image=make_image(alt="\ud800"))

    assert content_size(content) > 0
    assert len(built([make_record()], content=content).entries) == 1


def test_the_entry_for_a_page_has_all_its_content() -> None:
    """Where else could a very long article be read?"""
    entry = build_entry(make_record(), make_content(html="x" * 100_001), make_site())

    assert entry.content == "x" * 100_001


def test_a_feed_of_excerpts_carries_no_content() -> None:
    (entry,) = built([make_record()], spec=make_spec(full=False)).entries

    assert entry.content is None


@pytest.mark.parametrize(("language", "said"), [(None, None), ("en", None), ("EN", None), ("ko", "ko")])
def test_an_entry_names_its_language_only_where_it_differs(language: str | None, said: str | None) -> None:
    (entry,) = built([make_record(article=make_article(language=language))]).entries

    assert entry.language == said


def test_a_feed_by_language_is_in_that_language() -> None:
    korean = Term(kind=TermKind.LANGUAGE, slug="ko", label="ko")
    record = make_record(article=make_article(language="ko"))

    feed = built([record], spec=make_spec(folder=korean.folder, term=korean))

    assert feed.language == "ko"
    assert feed.entries[0].language is None


def test_all_dates_are_written_in_the_zone_of_the_site() -> None:
    seoul = make_site(timezone=ZoneInfo("Asia/Seoul"))

    feed = built([make_record()], site=seoul)

    assert feed.entries[0].published.isoformat() == "2026-05-01T21:00:00+09:00"
    assert feed.entries[0].updated.isoformat() == "2026-05-01T21:00:00+09:00"
    assert feed.updated.isoformat() == "2026-05-01T21:00:00+09:00"
    assert built(site=seoul).updated.isoformat() == "2000-01-01T09:00:00+09:00"


def test_offsets_are_whole_minutes() -> None:
    """Local mean time has odd seconds, which neither RFC 3339 nor RFC 5322 can write."""
    old = make_record(published=datetime(1900, 1, 1, tzinfo=UTC))

    (entry,) = built([old], site=make_site(timezone=ZoneInfo("Asia/Seoul"))).entries

    assert entry.published.isoformat() == "1900-01-01T08:28:00+08:28"
    assert entry.published == old.published


def test_the_date_of_a_feed_is_the_newest_change_shown() -> None:
    edited = make_record(published=NOON - timedelta(days=9), updated=NOON + timedelta(days=1))

    assert built([make_record(), edited]).updated == edited.updated
    assert built([]).updated == LONG_AGO


@pytest.mark.parametrize(
    ("days_apart", "count", "every"),
    [
        (0.1, 5, 3600),
        (1.9, 5, 3600),
        (2, 5, 86_400),
        (13.9, 5, 86_400),
        (14, 5, 604_800),
        (365, 5, 604_800),
        (365, 2, 3600),  # two tell nothing of a habit
        (365, 0, 3600),
    ],
)
def test_how_often_to_come_back_follows_the_dates_shown(days_apart: float, count: int, every: int) -> None:
    records = [make_record(published=NOON - n * timedelta(days=days_apart)) for n in range(count)]

    assert built(records).every == every


def test_one_long_pause_does_not_slow_the_pollers_down() -> None:
    days = [0, 1, 2, 3, 900]
    records = [make_record(published=NOON - timedelta(days=n)) for n in days]

    assert built(records).every == 3600


def test_ids_depend_on_namespace_and_folder_only() -> None:
    """Or a new title, domain or language would be a new feed to every reader."""
    moved = make_site(url="https://moved.example", feeds_url="https://moved.example", title="Moved")
    feed = built(spec=make_spec(folder="tags/web/"), site=moved)

    assert feed.id == mint("example.org", "feed:tags/web/")
    assert feed.id != built().id
    assert UUID(feed.id).version == 5


def test_an_id_once_minted_is_minted_again() -> None:
    """The value is fixed here, because readers have stored it."""
    assert mint("example.org", "2026/hello") == "urn:uuid:ad3df036-756c-5b50-b8bf-b63e49d7c215"


@pytest.mark.parametrize(
    ("folder", "url", "home"),
    [
        ("", "https://example.org", "https://example.org/"),
        ("", None, "https://feeds.example/at/"),
        ("tags/한/", "https://example.org", "https://feeds.example/at/tags/%ED%95%9C/"),
    ],
)
def test_a_feed_belongs_to_the_site_or_to_its_own_page(folder: str, url: str | None, home: str) -> None:
    site = make_site(url=url, feeds_url="https://feeds.example/at")

    assert built(spec=make_spec(folder=folder), site=site).home == home


@pytest.mark.parametrize(
    ("changes", "names"),
    [({}, ["Example"]), ({"authors": (Author(name="Kim"), Author(name="Lee"))}, ["Kim", "Lee"])],
)
def test_a_feed_always_has_an_author(changes: dict[str, Any], names: list[str]) -> None:
    assert [author.name for author in built(site=make_site(**changes)).authors] == names


def test_a_feed_bears_the_marks_of_its_site() -> None:
    site = make_site(
        rights="CC BY", icon="https://e.org/i", logo="https://e.org/l", hubs=("https://hub.example/",)
    )

    feed = built(site=site)

    assert (feed.rights, feed.icon, feed.logo, feed.hubs) == (site.rights, site.icon, site.logo, site.hubs)
    assert feed.description == site.description


def test_a_record_without_an_id_is_not_published_by_mistake() -> None:
    with pytest.raises(ValueError, match=r"hello\.md"):
        built([make_record(id=None)])


def test_the_feed_of_a_term_is_named_after_site_and_term() -> None:
    everything = make_spec(description="Notes", full=False, limit=30)

    spec = term_spec(NEWS, everything, limit=20)

    assert (spec.folder, spec.title, spec.limit) == ("categories/news/", "Example: News", 20)
    assert (spec.term, spec.full, spec.description) == (NEWS, False, "Notes")


def test_a_category_and_a_tag_of_one_name_have_titles_apart() -> None:
    """A browser offers the feeds of a page by their titles."""
    tag = Term(kind=TermKind.TAG, slug="news", label="News")

    assert term_spec(tag, make_spec(), limit=20).title == "Example: #News"
