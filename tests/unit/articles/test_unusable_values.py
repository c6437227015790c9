"""A value of front matter is used, or there on purpose, or a problem names its key and its file."""

import json
from dataclasses import replace
from datetime import UTC

import pytest

from feedsvc.articles.frontmatter import keys
from feedsvc.articles.reading.article import ReadingRules
from feedsvc.articles.reading.read import Reading, read_article
from feedsvc.model import Article
from tests.support.builders import make_file
from tests.support.generators import SORTS, Sort

WRONG = [{"a": "b"}, [["a"], {"b": "c"}], 5, True, False, "no such: thing!", "https://ex.org/a b"]
DATES = (*keys.PUBLISHED, *keys.UPDATED, *keys.EXPIRES, *keys.ANNOUNCED)
ADDRESSES = (*keys.CANONICAL, *keys.VIA, *keys.COMMENTS, *keys.RELATED)
TEXTS = (*keys.TITLE, *keys.SUMMARY, *keys.AUTHORS, *keys.CONTRIBUTORS, *keys.IMAGE_TITLE, *keys.IMAGE_CREDIT)
OTHERS = (*keys.CATEGORIES, *keys.TAGS, *keys.ID, *keys.LICENCE, *keys.CORRECTION, *keys.RECORDINGS)
SWITCHES = (
    *keys.NO_FEED,
    *keys.RETRACTED,
    *keys.HIDES,
    *keys.SHOWS,
    "draft",
    "minor",
    "visibility",
    "status",
)
REST = ("slug", "permalink", "url", *keys.SOURCE, *keys.LANGUAGE, *keys.FEEDS, *keys.FULL, *keys.DURATION)
KNOWN = sorted({*DATES, *ADDRESSES, *TEXTS, *OTHERS, *SWITCHES, *REST, *keys.IMAGE, *keys.TABLES} - {"date"})

# Pages and cards have these for texts and colours, too; `content` is any generator's body.
LOOSE = frozenset(
    "header hero banner featured feature preview teaser resources content pagebanner socialmediacard".split()
)


def on_purpose(key: str, value: object) -> bool:
    """Return whether a value that changes nothing may stand there: it is a switch, or says the usual."""
    if key in keys.DURATION:  # how long it takes to read
        return not isinstance(value, list | dict)
    if key in keys.TABLES:
        return isinstance(value, dict)
    dated = key in (*DATES, *keys.CORRECTION) and key != "published"
    return key in LOOSE or value is False or (value is True and not dated)


def read(sort: Sort, key: str, value: object) -> tuple[Article, Reading]:
    path = sort.path.format(1)
    file = make_file(path)
    head = f"---\ntitle: T\ndate: 2024-05-01 10:00\n{key}: {json.dumps(value)}\n---\nBody.\n"
    reading = read_article(file, head.encode(), ReadingRules(dialect=sort.dialect, zone=UTC))
    assert reading.article is not None
    lead = reading.article.lead_image
    unplaced = lead and replace(lead, line=0)
    return replace(reading.article, digest="", fingerprint="", lead_image=unplaced), reading


@pytest.mark.parametrize("value", WRONG, ids=str)
def test_a_value_of_a_wrong_type_is_used_or_reported(value: object) -> None:
    sort = SORTS[0]
    usual, _ = read(sort, "x", "y")

    swallowed = [
        key
        for key in KNOWN
        if not on_purpose(key, value)
        for article, reading in [read(sort, key, value)]
        if article == usual and not any(f"'{key}" in each.reason for each in reading.problems)
        if not reading.origins.keys() & {"image_title", "image_credit"}  # read, though there is no picture
    ]

    assert not swallowed


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: sort.dialect.name)
def test_the_keys_of_a_dialect_are_looked_at_too(sort: Sort) -> None:
    usual, _ = read(sort, "x", "y")
    own = {
        key for group in sort.dialect.field_keys.values() for key in group
    } | sort.dialect.value_kinds.keys()

    swallowed = [
        key
        for key in sorted(own - {"date", ":filename", "title"} - LOOSE - set(keys.TABLES))
        for article, reading in [read(sort, key, {"a": "b"})]
        if article == usual and not any(f"'{key}" in each.reason for each in reading.problems)
    ]

    assert not [key for key in swallowed if sort.dialect.value_kinds.get(key) != "table"]


@pytest.mark.parametrize(
    "line",
    [
        *('image: ""', "image:", "tags:", "tags: []", "permalink: false", "draft: null", "comments: true"),
        *(
            "cover: {image: '', alt: '', hidden: true}",
            "license: true",
            "related: true",
            "author: {name: ''}",
        ),
        *("comments: giscus", "comments: {host: mastodon.social, username: kim, id: 1}", "lang: ''"),
        *("header: {overlay_color: '#333'}", "video: false", "published: true", "expires: false", "feed: ''"),
        *("canonical: ''", "resources: []", "featured: true", "minor: ''", "duration: 5 min", "state: Ohio"),
    ],
)
def test_what_generators_and_themes_write_by_habit_is_no_problem(line: str) -> None:
    key, _, value = line.partition(": ")
    file = make_file("a.md")
    head = f"---\ntitle: T\ndate: 2024-05-01\n{line}\n---\nBody.\n".encode()

    reading = read_article(file, head, ReadingRules(dialect=SORTS[0].dialect, zone=UTC))

    assert reading.article is not None
    assert (reading.problems, reading.article.permalink, reading.article.feeds) == ((), None, None), (
        key + value
    )


@pytest.mark.parametrize("sort", SORTS[:-1], ids=lambda sort: sort.dialect.name)
@pytest.mark.parametrize("value", [["a", "b"], True, False])
def test_a_list_or_a_switch_is_no_address(sort: Sort, value: object) -> None:
    usual, _ = read(sort, "x", "y")

    permalinks = {read(sort, key, value)[0].permalink for key in ("permalink", "url")}

    assert permalinks == {usual.permalink}


def test_comments_may_be_an_address_with_a_blank_or_in_a_mapping() -> None:
    plain = SORTS[0]

    assert read(plain, "comments", "https://ex.org/a b")[0].links.comments == "https://ex.org/a b"
    assert read(plain, "comments", {"url": "https://ex.org/a"})[0].links.comments == "https://ex.org/a"


@pytest.mark.parametrize("key", ["draft", "retracted"])
def test_a_mapping_keeps_an_article_back_where_a_doubt_does(key: str) -> None:
    article, _ = read(SORTS[0], key, {"reason": "wrong"})

    assert article.hidden == key


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("author", {"name": "Kim", "url": "no address"}, "'no address' under 'author' is no address"),
        ("authors", [{"name": "Kim", "website": "ftp//kim"}], "'ftp//kim' under 'authors' is no address"),
        ("author", {"name": "Kim", "url": "https://kim.example/"}, None),
        ("id", "urn:uuid:zz", "'urn:uuid:zz' under 'id' is no valid IRI"),
        ("id", "urn:uuid:F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", None),
        ("id", "urn:isbn:0451450523", None),
        ("categories", {"name": "News", "slug": "news"}, None),
        ("tags", {"a": "", "b": None}, None),
    ],
)
def test_what_no_feed_can_say_so_is_told_to_its_author(key: str, value: object, said: str | None) -> None:
    _, reading = read(SORTS[0], key, value)

    assert [each.reason.startswith(said or "?") for each in reading.problems] == ([True] if said else [])
