"""One file's bytes to one article, or to problems."""

from datetime import datetime
from pathlib import Path
from unicodedata import normalize
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.articles.reading.read import MOST_BYTES
from feedsvc.model import Author, Dates, LeadImage, Links, Markup
from feedsvc.text.characters import legal, one_line
from tests.support.places import ROOT
from tests.support.reading import article, front, problems, read
from tests.support.strategies import TEXT, examples

NO_DATE = "is no date between 1970 and 2099; write it like 2024-06-27 09:00"
WRITE_A_TAG = "and is ignored; write a tag such as ko or en-GB"
SEEDS = sorted((ROOT / "seeds").glob("*.txt"))


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_a_seed_gives_an_article_without_a_word(path: Path) -> None:
    reading = read(path.read_bytes(), path.name)

    assert reading.problems == ()
    assert reading.article is not None
    assert reading.article.categories == ("News",)
    assert reading.article.dates.published is None
    assert reading.article.markup is Markup.HTML
    assert reading.article.body.startswith("\n<p><img ")
    assert (reading.article.summary or "").startswith("한미 ")
    assert reading.article.lead_image is not None
    assert reading.article.lead_image.reference.startswith("https://")


def test_every_field_is_read() -> None:
    written = front(
        "title: Hello *there*",
        "slug: Hi There",
        "date: 2024-05-01 09:00",
        "updated: 2024-05-02",
        "expires: 2099-01-01",
        "author: Kim, Lee <lee@example.org>",
        "category: News",
        "tags: [a, 'b, c', a]",
        "keywords: d",
        "lang: ko_KR.UTF-8",
        "excerpt: >",
        "  Short",
        "  summary.",
        "image: {path: wave.png, alt: A wave}",
        "id: ' tag:example.org,2024:1 '",
        "permalink: /hello/",
        "minor: yes",
    )

    assert written.title == "Hello there"
    assert written.slug == "hi-there"
    assert str(written.dates.published) == "2024-05-01 09:00:00+09:00"
    assert str(written.dates.updated) == "2024-05-02 00:00:00+09:00"
    assert str(written.dates.expires) == "2099-01-01 00:00:00+09:00"
    assert written.authors == (Author(name="Kim"), Author(name="Lee", email="lee@example.org"))
    assert (written.categories, written.tags) == (("News",), ("a", "b, c", "d"))
    assert written.language == "ko-KR"
    assert written.summary == "Short summary."
    assert written.lead_image == LeadImage(reference="wave.png", alt="A wave", line=15)
    assert (written.id, written.permalink) == ("tag:example.org,2024:1", "/hello/")
    assert written.minor
    assert (written.body, written.body_line) == ("Body.\n", 20)


def test_what_the_author_does_not_say_is_none() -> None:
    written = article("Just a text.\n")

    assert (written.title, written.slug, written.body) == ("Hello", "hello", "Just a text.\n")
    assert (written.dates, written.links, written.hidden) == (Dates(), Links(), None)
    assert {written.language, written.summary, written.lead_image, written.id, written.permalink} == {None}
    assert (written.authors, written.categories, written.tags, written.minor) == ((), (), (), False)


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf\xef\xbb\xbf",
        "\ufeff".encode("utf-16-le"),
        "\ufeff".encode("utf-16-be"),
        "\ufeff".encode("utf-32-le"),
        "\ufeff".encode("utf-32-be"),
    ],
)
def test_a_byte_order_mark_names_the_encoding_and_is_no_text(raw: bytes) -> None:
    encoding = {2: "utf-16", 4: "utf-32"}.get(len(raw), "utf-8")
    order = "-le" if raw[:1] == b"\xff" else "-be" if encoding != "utf-8" else ""

    written = article(raw + "---\ntitle: 한글\n---\r\n본문\r\n".encode(encoding + order))

    assert (written.title, written.body) == ("한글", "본문\n")


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (
            "---\ntitle: 한글\n---\n".encode("cp949"),
            "hello.md:2: error: is not UTF-8 text (byte 0xc7 at offset 11); save it as UTF-8",
        ),
        (
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            "hello.md:1: error: is not UTF-8 text (byte 0x89 at offset 0); save it as UTF-8",
        ),
        (
            b"\xff\xfea\0\0\xd8",
            "hello.md:1: error: is not UTF-16-LE text (byte 0x00 at offset 4); save it as UTF-8",
        ),
        (
            "x" * (MOST_BYTES + 1),
            "hello.md: error: is larger than 4 MB; split it, or move its data elsewhere",
        ),
        (
            "---\ntitle: x\n\nBody.",
            "hello.md:1: error: the front matter has no end; close it with a line '---'",
        ),
        ("", "hello.md: warning: is empty; write something or delete it"),
        ("\ufeff \n\t\n", "hello.md: warning: is empty; write something or delete it"),
    ],
)
def test_a_file_that_gives_no_article_says_why(raw: str | bytes, problem: str) -> None:
    assert read(raw).article is None
    assert problems(raw) == [problem]


def test_the_largest_file_is_read() -> None:
    assert article("x" * MOST_BYTES).body


def test_characters_that_xml_cannot_hold_are_removed_with_a_warning() -> None:
    raw = "---\ntitle: Bell \x07 rings\n---\nForm \x0cfeed\uffff.\x00\n"

    assert article(raw).title == "Bell rings"
    assert article(raw).body == "Form feed.\n"
    assert problems(raw) == [
        "hello.md:2: warning: character U+0007 cannot stand in a feed and is left out,"
        " as are others like it; delete it"
    ]


def test_characters_that_yaml_escapes_bring_in_are_removed_too() -> None:
    assert front(r'title: "Bell \a rings"', r'excerpt: "\e[1mBold"').title == "Bell rings"
    assert front(r'excerpt: "\e[1mBold"').summary == "[1mBold"


def test_a_problem_of_the_front_matter_has_its_line_in_the_file() -> None:
    assert problems("---\ntags: a\ntitle: Issue #42\n---\nx") == [
        "hello.md:3: warning: 'title' ends at ' #', where a comment begins; put quotes around the value"
    ]


@pytest.mark.parametrize(
    ("raw", "path", "title"),
    [
        ("---\ntitle: 'R&D &amp; `async` <em>now</em>: 5 < 6'\n---\n# H", "a.md", "R&D & async now: 5 < 6"),
        ("Text.\n\n## First *heading* &amp; more\n\n# Second", "a.md", "First heading & more"),
        ("<p>x</p><h1>Big<br><b>news</b></h1>", "a.html", "Big news"),
        ("---\ntitle:\n---\n# Heading", "a.md", "Heading"),
        ("# \n\nText", "2024-05-01-hello_big-world.md", "Hello Big World"),
        ("#### Deep\n", "don't-stop.md", "Don't Stop"),
        ("Text", "trip/index.md", "Trip"),
        ("Text", "2024-06-12-47.md", "47"),
        ("Text", "000_0a1b2c.txt", "000 0a1b2c"),
        ("Text", normalize("NFD", "봄-소식.md"), "봄 소식"),
        ("Text", "--.md", "--.md"),
    ],
)
def test_the_title_is_the_front_matters_else_the_first_headings_else_the_names(
    raw: str, path: str, title: str
) -> None:
    assert article(raw, path).title == title


def test_a_title_that_looks_like_a_file_or_an_address_is_a_title() -> None:
    assert front("title: _config.yml").title == "_config.yml"
    assert front("title: https://ex.org/a_b").title == "https://ex.org/a_b"


@pytest.mark.parametrize(
    ("line", "path", "published"),
    [
        ("date: 2024-04-09", "2024-01-01-moved.md", "2024-04-09 00:00:00+09:00"),
        ("Publish-Date: 2024-04-09", "a.md", "2024-04-09 00:00:00+09:00"),
        ("published: 2024-04-09T23:30:00-05:00", "a.md", "2024-04-10 13:30:00+09:00"),
        ("published: true", "2024-01-01-a.md", "2024-01-01 00:00:00+09:00"),
        ("date:", "posts/2024-1-2-a.md", "2024-01-02 00:00:00+09:00"),
        ("date: 2024-02-30", "2024-01-01-a.md", "2024-01-01 00:00:00+09:00"),
        ("date: 2024-02-30", "a.md", "None"),
        ("draft: no", "2024-99-01-part.md", "None"),
        ("draft: no", "000_20240101.md", "None"),
    ],
)
def test_the_date_is_the_front_matters_else_the_names(line: str, path: str, published: str) -> None:
    assert str(front("title: x", line, path=path).dates.published) == published


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "date: 2024-02-30",
            "'date' is ignored, so the article is dated as one without:"
            " '2024-02-30' is no day of the calendar",
        ),
        ("last_modified_at: soon", f"'last_modified_at' is ignored: 'soon' {NO_DATE}"),
        ("expires: 24:00", f"'expires' is ignored: '24:00' {NO_DATE}"),
        ("Pub Date: June 2024", "'Pub Date' is read as 2024-06-01T00:00:00+09:00; write it that way"),
        ("date: 27 June 2024 09:00 XYZ", "'date' is read as 2024-06-27T09:00:00+09:00; write it that way"),
        ("minor: perhaps", "'minor' is read as false; write true or false"),
        ("date: 03/04/2024", "'date' is read as 2024-03-04T00:00:00+09:00; write it that way"),
        ("lang: Korean, mostly", f"'lang: Korean, mostly' is no language {WRITE_A_TAG}"),
    ],
)
def test_a_value_that_is_ignored_or_guessed_is_reported_with_its_line(line: str, problem: str) -> None:
    assert problems(f"---\ntitle: x\n{line}\n---\nx") == [f"hello.md:3: warning: {problem}"]


@pytest.mark.parametrize(
    ("line", "path", "place"),
    [
        ("Created_At: 2024-04-09", "2024-01-01-a.md", "'Created_At'"),
        ("draft: no", "2024-01-01-a.md", "the file's name"),
    ],
)
def test_an_ignored_date_says_what_dates_the_article_instead(line: str, path: str, place: str) -> None:
    (problem,) = problems(f"---\ntitle: x\ndate: soon\n{line}\n---\nx", path)

    assert problem.endswith(
        f":3: warning: 'date' is ignored, so the article is dated by {place}: 'soon' {NO_DATE}"
    )


@pytest.mark.parametrize(
    ("updated", "reported"),
    [
        ("2024-06-27", False),
        ("2024-06-27 00:00", False),
        ("2024-06-27 08:59", True),
        ("2024-06-26", True),
        ("2024-06-26T15:00:00Z", False),
    ],
)
def test_the_day_of_publication_is_no_update_before_it(updated: str, reported: bool) -> None:
    found = problems(f"---\ntitle: x\ndate: 2024-06-27 09:00\nlastmod: {updated}\n---\nx")

    assert bool(found) is reported


def test_an_origin_is_spelt_as_the_author_does() -> None:
    text = "+++\ntitle = 'x'\nFeature_Image = 'a.png'\n\n[taxonomies]\ntags = ['a']\n+++\nx"

    origins = read(text).origins

    assert str(origins["image"]) == "front matter 'Feature_Image', line 3"
    assert str(origins["tags"]) == "front matter 'taxonomies.tags', line 6"


@pytest.mark.parametrize(
    "key",
    [
        "updated",
        "Update",
        "lastmod",
        "last_modified_at",
        "last-modified",
        "modified",
        "updatedAt",
        "date_updated",
    ],
)
def test_the_last_change_is_found_in_every_spelling(key: str) -> None:
    assert str(front("title: x", f"{key}: 2024-05-03 14:23").dates.updated) == "2024-05-03 14:23:00+09:00"


def test_an_empty_change_is_none_and_the_next_spelling_is_asked() -> None:
    written = front("last_modified_at:", "Update: 2024-05-03")

    assert str(written.dates.updated) == "2024-05-03 00:00:00+09:00"


@pytest.mark.parametrize("key", ["expires", "expiryDate", "expirydate", "expiry_date", "unpublish_date"])
def test_the_end_is_found_in_every_spelling(key: str) -> None:
    assert str(front(f'{key}: "2020-01-01"').dates.expires) == "2020-01-01 00:00:00+09:00"


@pytest.mark.parametrize(
    ("line", "path", "hidden"),
    [
        ("draft: true", "a.md", "draft"),
        ("Draft: 'Yes'", "a.md", "draft"),
        ("draft: draft", "a.md", "draft"),
        ("published: false", "a.md", "unpublished"),
        ("Published: 'NO'", "a.md", "unpublished"),
        ("Status: Draft", "a.md", "draft"),
        ("status: private", "a.md", "private"),
        ("title: x", "_drafts/a.md", "draft"),
        ("title: x", "blog/_drafts/deep/a.md", "draft"),
        ("draft: false", "a.md", None),
        ("draft:", "a.md", None),
        ("published: true", "a.md", None),
        ("published: 2024-05-01", "a.md", None),
        ("status: published", "a.md", None),
        ("title: x", "_drafts.md", None),
    ],
)
def test_what_its_author_keeps_back_says_why(line: str, path: str, hidden: str | None) -> None:
    assert front(line, path=path).hidden == hidden


def test_a_signpost_to_another_page_is_no_news() -> None:
    assert front("redirect_to: /blog/new-name", body=" \n").hidden == "redirect"
    assert front("redirect_to: /blog/new-name").hidden is None


@pytest.mark.parametrize(
    ("lines", "summary"),
    [
        (("excerpt: ''", "summary: S"), "S"),
        (("description: D", "excerpt: E"), "E"),
        (("feature_text: |", "  ## Head", "", "  F"), "## Head\n\nF"),
    ],
)
def test_the_summary_is_the_first_that_is_not_empty(lines: tuple[str, ...], summary: str) -> None:
    assert front(*lines).summary == summary


@pytest.mark.parametrize(
    ("lines", "image"),
    [
        (("image: ' /p.jpg '",), "/p.jpg"),
        (("image: {path: &image /p.jpg, feature: *image, thumbnail: /t.jpg}",), "/p.jpg"),
        (("image:", "header:", "  overlay_image: /big.jpg", "  teaser: /small.jpg"), "/big.jpg"),
        (("images: [/a.jpg, /b.jpg]",), "/a.jpg"),
        (("extra: {cover: /c.jpg}",), "/c.jpg"),
        (("image: []", "cover: {}"), None),
    ],
)
def test_the_picture_is_found_in_every_shape(lines: tuple[str, ...], image: str | None) -> None:
    found = front(*lines).lead_image

    assert (found and found.reference) == image


def test_terms_in_taxonomies_count_like_others() -> None:
    written = article('+++\n[taxonomies]\ntags = ["a"]\ncategories = ["N"]\n+++\n')

    assert (written.tags, written.categories) == (("a",), ("N",))


def test_the_first_usable_id_counts() -> None:
    assert front("id:", "guid: 605", "uuid: x").id == "605"
    assert front("id: 'http://a]b/'", "guid: 605").id == "605"


def test_keys_that_trouble_other_readers_are_just_keys() -> None:
    written = front("title: T", "content: c", "handler: h", "metadata: m", "on: push", "1: one", "null: n")

    assert (written.title, written.body) == ("T", "Body.\n")


@pytest.mark.parametrize(
    ("path", "body", "markup"),
    [
        ("a.md", "<p>x</p>", Markup.MARKDOWN),
        ("a.HTML", "x", Markup.HTML),
        ("a.htm", "*x*", Markup.HTML),
        ("a.txt", "\n\n <P class=x>x</p>", Markup.HTML),
        ("a.txt", "<!DOCTYPE html><p>", Markup.HTML),
        ("a.txt", "Plain *text*", Markup.MARKDOWN),
        ("a.txt", "<pre-release> notes", Markup.MARKDOWN),
        ("a.txt", "<b>Bold</b> *text*", Markup.MARKDOWN),
    ],
)
def test_a_text_file_is_html_if_it_begins_like_it(path: str, body: str, markup: Markup) -> None:
    assert article(body, path).markup is markup


SOURCE = "---\ntitle: Café\nexcerpt: Short.\nimage: /a.png\n---\nOne.\n\nTwo.\n"


@pytest.mark.parametrize(
    "same",
    [
        SOURCE.replace("\n", "\r\n"),
        SOURCE.replace("\n", "\r"),
        normalize("NFD", SOURCE),
        SOURCE.replace("One.", "One.  \t"),
        SOURCE + "\n\n",
        "\ufeff" + SOURCE,
        SOURCE.replace("Café", '"Caf\\u00e9"'),
        SOURCE.replace("image:", "tags: [new]\nimage:"),
    ],
)
def test_what_an_editor_or_a_checkout_changes_is_no_change(same: str) -> None:
    assert article(same).fingerprint == article(SOURCE).fingerprint
    assert article(same).digest != article(SOURCE).digest


@pytest.mark.parametrize(
    "other",
    [
        SOURCE.replace("Café", "Bar"),
        SOURCE.replace("Short", "Long"),
        SOURCE.replace("/a.png", "/b.png"),
        SOURCE.replace("image: /a.png\n", ""),
        SOURCE.replace("Two", "Three"),
        SOURCE.replace("One.\n\n", "One.\n"),
        SOURCE.replace("title: Café\nexcerpt: Short.", "title: Short.\nexcerpt: Café"),
    ],
)
def test_what_a_reader_would_notice_is_a_change(other: str) -> None:
    assert article(other).fingerprint != article(SOURCE).fingerprint


HEADS = st.sampled_from(["", "---\n", "+++\n", "{\n", "Title: x\n", "---\ntitle: ", "---\ndate: ", "\ufeff"])
ANY = st.binary(max_size=60) | st.tuples(HEADS, TEXT, st.sampled_from(["", "\n---\n", "\n+++\n"])).map(
    lambda parts: "".join(parts).encode("utf-8", "surrogatepass")
)


@settings(max_examples=examples(200))
@given(ANY, st.sampled_from(["a.md", "b.html", "c.txt", "2024-05-01-d.md", "_drafts/-.md"]))
def test_any_bytes_give_an_article_or_problems(raw: bytes, path: str) -> None:
    reading = read(raw, path)

    assert reading.article or reading.problems
    assert all(
        problem.path == path and problem.reason == legal(problem.reason) for problem in reading.problems
    )
    if reading.article:
        assert reading.article.title == one_line(reading.article.title) != ""
        assert reading.article.slug
        assert reading.article.body == legal(reading.article.body)


def test_a_draft_flag_that_cannot_be_read_holds_the_article_back() -> None:
    """What was published by mistake cannot be called back."""
    text = "---\ntitle: x\ndraft: tru\n---\nBody.\n"

    assert article(text).hidden == "draft"
    assert problems(text) == ["hello.md:3: warning: 'draft: tru' is read as true; write true or false"]


def test_a_status_that_is_not_known_is_said() -> None:
    text = "---\ntitle: x\nstatus: wip\n---\nBody.\n"

    assert article(text).hidden is None
    reason = "'status: wip' is not known, so the article is public; write draft to keep it back"
    assert problems(text) == [f"hello.md:3: warning: {reason}"]


def test_a_whole_page_says_in_its_head_what_front_matter_would() -> None:
    page = """<!doctype html>
<html lang="ko"><head><title>등대</title><meta name="author" content="Kim Min">
<meta name="description" content="밤의 불빛."><meta name="date" content="2024-05-01"></head>
<body><nav>Home</nav><main><h1>등대</h1><p>불이 켜진다.</p></main></body></html>
"""

    found = article(page, "lighthouse.html")

    assert (found.title, found.language, found.summary) == ("등대", "ko", "밤의 불빛.")
    assert [author.name for author in found.authors] == ["Kim Min"]
    assert found.dates.published == datetime(2024, 5, 1, tzinfo=ZoneInfo("Asia/Seoul"))


def test_restructured_text_says_it_in_its_title_and_fields() -> None:
    found = article("Tides\n=====\n\n:date: 2024-05-01\n:author: Kim\n\nHigh *water*.\n", "tides.rst")

    assert (found.title, found.markup) == ("Tides", Markup.REST)
    assert [author.name for author in found.authors] == ["Kim"]
    assert found.body.strip() == "High *water*."
