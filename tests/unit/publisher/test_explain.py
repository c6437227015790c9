"""What `feedsvc explain` says of an article: that, and nothing else, is what a refresh does."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feedsvc.articles.disk.ignored_names import EXPORT_MANIFEST
from feedsvc.articles.removed import losses
from feedsvc.config import articles_around
from feedsvc.errors import UsageError
from feedsvc.model import Catalogue, TermKind
from feedsvc.publisher.inspect.explain import Explanation, explain
from feedsvc.publisher.inspect.membership import Membership
from tests.conftest import Clock
from tests.support.builders import make_article, make_site, make_spec
from tests.support.pictures import png
from tests.support.processes import feedsvc
from tests.support.sites import Folder, article, make_plan


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    yield made
    made.store.close()


def told(folder: Folder, asked: str = "a.md", *, cwd: Path | None = None, **plan: Any) -> Explanation:
    """Explain as the next refresh would have it."""
    now, before = folder.clock(), folder.store.catalogue()
    return explain(make_plan(folder.root, **plan), before, asked, cwd=cwd or folder.root, now=now)


def origins(found: Explanation) -> dict[str, str]:
    return {name: each.origin for name, each in found.fields.items()}


def feeds(found: Explanation) -> dict[str, Membership]:
    return {each.feed: each for each in found.feeds}


# Fields


def test_what_stands_in_the_front_matter_is_named_with_its_line(folder: Folder) -> None:
    folder.write(
        "a.md",
        "\n".join(
            [
                "---",
                "title: A",
                "Publish-Date: 2026-04-01",
                "last_mod: 2026-04-02",
                "expires: 2099-01-01",
                "slug: first",
                "id: tag:example.org,2026:a",
                "author: Kim",
                "category: News",
                "tags: [x]",
                "keywords: y",
                "lang: ko",
                "summary: Short.",
                "---",
                "Body.",
            ]
        ),
    )

    found = told(folder)

    assert found.visible
    assert found.fields["tags"].value == ("x", "y")
    assert origins(found) == {
        "title": "front matter 'title', line 2",
        "published": "front matter 'Publish-Date', line 3",
        "updated": "front matter 'last_mod', line 4",
        "expires": "front matter 'expires', line 5",
        "slug": "front matter 'slug', line 6",
        "id": "front matter 'id', line 7",
        "url": "a page of ours, as site.url is not set",
        "authors": "front matter 'author', line 8",
        "categories": "front matter 'category', line 9",
        "tags": "front matter 'tags', line 10 and 'keywords', line 11",
        "language": "front matter 'lang', line 12",
        "excerpt": "front matter 'summary', line 13",
    }


def test_what_the_author_left_open_comes_from_elsewhere(folder: Folder) -> None:
    folder.write("2026-04-01-a.md", "# Hello\n\nFirst.\n\nSecond.\n")

    found = told(folder, "2026-04-01-a.md")

    assert origins(found) == {
        "title": "the first heading of the body",
        "published": "the file's name",
        "updated": "as published",
        "slug": "the file's name",
        "id": "minted from site.id and the path",
        "url": "a page of ours, as site.url is not set",
        "language": "site.language",
        "excerpt": "the first paragraph",
    }


def test_a_key_within_a_table_is_named_with_it(folder: Folder) -> None:
    folder.write("a.md", '+++\ntitle = "A"\ndate = 2026-04-01\n[taxonomies]\ntags = ["x"]\n+++\nBody.')

    assert origins(told(folder))["tags"] == "front matter 'taxonomies.tags', line 5"


@pytest.mark.parametrize(
    ("path", "text", "field", "origin"),
    [
        ("some-name.md", "No heading.", "title", "the file's name"),
        (
            "a.md",
            "Lead.\n\n<!--more-->\n\nRest.",
            "excerpt",
            "the text that a comment such as <!--more--> marks",
        ),
        ("a.md", article(date="soon"), "published", "the file's time, frozen once it is published"),
        ("a.md", article(body="![A wave](https://e.org/w.png)"), "excerpt", "the text for its picture"),
        ("a.md", article(body="![](https://e.org/w.png)"), "excerpt", "the title"),
        (
            "a.md",
            article(body="![A chart](data:image/png;base64,iVBORw0KGgo=)"),
            "excerpt",
            "the text for its picture",
        ),
    ],
)
def test_the_origin_follows_the_value(folder: Folder, path: str, text: str, field: str, origin: str) -> None:
    os.utime(folder.write(path, text), (1_750_000_000, 1_750_000_000))

    assert origins(told(folder, path))[field] == origin


def test_a_file_of_the_future_is_dated_by_the_moment(folder: Folder) -> None:
    os.utime(folder.write("a.md", "Undated."), (4_000_000_000, 4_000_000_000))

    assert origins(told(folder))["published"].startswith("this moment, as the file's time lies ahead")


def test_an_undated_draft_follows_its_file(folder: Folder) -> None:
    os.utime(folder.write("a.md", "---\ndraft: true\n---\n"), (1_750_000_000, 1_750_000_000))
    folder.refresh()
    (folder.root / "a.md").touch()

    assert origins(told(folder))["published"] == "the ledger, frozen once it is published"


def test_authors_and_language_of_the_site_are_named_as_such(folder: Folder) -> None:
    folder.write("a.md", article(body="안녕하세요"))
    site = make_site(url=None, timezone=UTC, authors=make_article().authors)

    found = told(folder, site=site, guess_language=True)

    assert found.fields["language"].value == "ko"
    assert origins(found)["language"] == "guessed from the oldest articles"
    assert "authors" not in found.fields


def test_addresses_on_the_website_are_told_apart(folder: Folder) -> None:
    folder.write("a.md", article(permalink="/hello/"))
    folder.write("b.md", article("B"))
    site, pattern = make_site(), "/:slug/"

    assert origins(told(folder, site=site))["url"] == "front matter 'permalink', line 4"
    assert origins(told(folder, "b.md", site=site, permalink=pattern))["url"] == "articles.permalink"
    assert origins(told(folder, "b.md", site=site))["url"] == (
        "a page of ours, as nothing gives an address on the website"
    )


def test_a_derived_date_is_the_ledgers_once_it_is_published(folder: Folder) -> None:
    file = folder.write("a.md", "Undated.")
    os.utime(file, (1_750_000_000, 1_750_000_000))
    folder.refresh()

    assert origins(told(folder))["published"] == "the file's time, frozen in the ledger"

    file.touch()

    found = told(folder)
    assert found.fields["published"].value == "2025-06-15T15:06:40+00:00"
    assert origins(found)["published"] == "the ledger, frozen when it was first published"
    assert origins(found)["id"] == "the ledger, since it was first published"


def test_a_first_commit_is_told_from_the_time_of_the_file(folder: Folder) -> None:
    folder.write("a.md", "Undated.")
    names = {"GIT_AUTHOR_DATE": "2025-01-02T03:04:05Z", "GIT_COMMITTER_DATE": "2025-01-02T03:04:05Z"}
    who = ("-c", "user.name=K", "-c", "user.email=k@example.org")
    for arguments in (("init", "-q"), ("add", "."), (*who, "commit", "-qm", "first")):
        subprocess.run(["git", *arguments], cwd=folder.root, env=os.environ | names, check=True)

    found = told(folder, git_dates=None)

    assert found.fields["published"].value == "2025-01-02T03:04:05+00:00"
    assert origins(found)["published"] == "git's first commit, frozen once it is published"


def test_an_update_is_told_before_and_after_it_is_published(folder: Folder) -> None:
    folder.write("a.md", article())
    folder.refresh()
    folder.write("a.md", article(body="Changed."))
    folder.clock.forward(minutes=1)

    assert origins(told(folder))["updated"] == "it has changed since the last refresh"

    folder.refresh()
    folder.clock.forward(minutes=1)

    assert origins(told(folder))["updated"] == "the ledger: when its last change was seen"


def test_a_slug_that_another_article_has_says_so(folder: Folder) -> None:
    folder.write("a.md", article(slug="same"))
    folder.write("b.md", article("B", slug="same"))

    found = told(folder, "b.md")

    assert found.fields["slug"].value != "same"
    assert origins(found)["slug"].endswith("its end tells it apart from another article's")
    assert "has the same slug as a.md" in found.problems[0].reason


@pytest.mark.parametrize(
    ("named", "origin"),
    [
        ("wave.png", "front matter 'image', line 4"),
        ("body.png", "front matter 'image', line 4"),
        ("none.png", "the first picture of the body"),
        ("true", "the first picture of the body"),
    ],
)
def test_the_lead_picture_is_the_one_named_or_the_bodys(folder: Folder, named: str, origin: str) -> None:
    folder.write("a.md", article(image=named, body="![](body.png)"))
    for name in ("wave.png", "body.png"):
        folder.write(name, png(640, 480))

    found = told(folder)

    assert origins(found)["image"] == origin
    size = found.fields["image size"]
    assert (size.value[:2], size.origin) == (("image/png", "640 x 480 pixels"), "measured")


def test_provisional_ids_are_told_to_be(folder: Folder) -> None:
    folder.write("a.md", article())

    found = told(folder, site=make_site(url=None, public=False))

    assert origins(found)["id"].endswith("; provisional")


# What is wrong, and what was removed


def test_what_was_repaired_stands_with_its_line(folder: Folder) -> None:
    folder.write("a.md", article(updated="soon", body="![](none.png)"))
    folder.write("b.md", article("B", updated="never"))

    reasons = {problem.line: problem.reason for problem in told(folder).problems}

    assert set(reasons) == {4, 7}
    assert reasons[4].startswith("'updated' is ignored")
    assert "none.png" in reasons[7]


def test_what_readers_do_not_get_is_counted() -> None:
    body = (
        '<p style="color:red" onclick="x()">Text <font color="red">red</font></p><p class="a">More</p>'
        "<script>1</script><script>2</script><form><input><button>Go</button></form>"
        '<iframe src="https://example.org/"></iframe>'
    )

    lost = losses(make_article(body=body), "<p>Text red</p><p>More</p>")

    assert lost.elements == {"script": 2, "form": 1, "iframe": 1, "font": 1}
    assert lost.attributes == {"style": 1, "onclick": 1, "class": 1}


def test_a_picture_that_only_comes_another_way_is_not_lost(folder: Folder) -> None:
    folder.write(
        "a.md",
        article(body='<picture><source srcset="a.png"><img alt=""></picture><noscript>Text</noscript>'),
    )
    folder.write("a.png", png(640, 480))

    assert told(folder).removed.elements == {}


def test_what_was_removed_is_that_of_the_article(folder: Folder) -> None:
    folder.write("a.md", article(body="<script>1</script>\n\nText."))
    folder.write("b.md", article(body="Text, *emphasis*, [a link](b.md) and\n\n- a list."))

    assert told(folder).removed.elements == {"script": 1}
    assert told(folder, "b.md").removed.elements == {}
    assert told(folder, "b.md").removed.attributes == {}


# Feeds


def test_each_feed_is_told_with_place_and_reason(folder: Folder) -> None:
    for day in range(1, 10):
        folder.write(f"{day}.md", article(date=f"2026-04-{day:02}", category="News" if day < 5 else "Other"))
    plan: dict[str, Any] = {"everything": make_spec(limit=3, hours=0), "term_limit": 2}

    old, new = told(folder, "2.md", **plan), told(folder, "4.md", **plan)

    assert feeds(old)["everything"] == Membership(
        feed="everything", url="https://example.org/", place=8, of=9, reason="older than the newest 3"
    )
    assert feeds(old)["category News"].reason == "older than the newest 2"
    assert feeds(new)["category News"] == Membership(
        feed="category News",
        url="https://example.org/categories/news/",
        place=1,
        of=2,
        content="full",
    )
    assert "category Other" not in feeds(new)


def test_what_explain_says_is_what_was_published(folder: Folder) -> None:
    """Every article, every feed: it is in the document exactly if and where explain says so."""
    for day in range(1, 8):
        body = "x" * 1000 * day
        folder.write(f"{day}.md", article(f"T{day}", body, date=f"2026-04-{day:02}", tags="[t]"))
    plan: dict[str, Any] = {"everything": make_spec(limit=5, hours=0, size=20_000), "term_limit": 4}
    folder.restart(**plan)
    folder.refresh()

    for name, path in (("everything", ""), ("tag t", "tags/t/")):
        listed = [item["title"] for item in json.loads(folder.body(f"{path}feed.json"))["items"]]
        places = {f"T{day}": feeds(told(folder, f"{day}.md", **plan))[name] for day in range(1, 8)}
        inside = {title: each.place for title, each in places.items() if each.content}

        assert inside == {title: place for place, title in enumerate(listed, start=1)}
        assert all(each.reason for title, each in places.items() if title not in listed)


def test_a_feed_that_is_full_of_bytes_says_so(folder: Folder) -> None:
    folder.write("a.md", article(date="2026-04-01", body="x" * 900))
    folder.write("b.md", article(date="2026-04-02", body="x" * 900))

    found = told(folder, everything=make_spec(size=1000))

    assert feeds(found)["everything"].reason == "feeds.bytes (1000) is reached before it"


@pytest.mark.parametrize(("body", "full"), [("x" * 100_001, True), ("short", False)])
def test_an_entry_with_its_excerpt_only_says_so(folder: Folder, body: str, full: bool) -> None:
    folder.write("a.md", article(body=body))

    assert feeds(told(folder, everything=make_spec(full=full)))["everything"].content == "excerpt"


def test_a_kind_that_has_no_feeds_says_so(folder: Folder) -> None:
    folder.write("a.md", article(tags="[x]", category="News"))

    found = feeds(told(folder, kinds=(TermKind.CATEGORY,)))

    assert found["tag x"] == Membership(feed="tag x", reason="feeds.by leaves out feeds of this kind")
    assert found["category News"].content == "full"


@pytest.mark.parametrize(
    ("head", "reason", "because"),
    [
        ({"draft": "true"}, "draft", "front matter 'draft', line 4"),
        ({"published": "false"}, "unpublished", "front matter 'published', line 4"),
        ({"status": "private"}, "private", "front matter 'status', line 4"),
        ({"date": "2099-01-01"}, "future", "it is due at 2099-01-01T00:00:00+00:00"),
        ({"expires": "2026-04-30"}, "expired", "since 2026-04-30T00:00:00+00:00"),
    ],
)
def test_what_is_not_visible_says_why(
    folder: Folder, head: dict[str, str], reason: str, because: str
) -> None:
    folder.write("a.md", article(tags="[x]", **head).replace("tags: [x]\n", "", 1))

    found = told(folder)

    assert (found.visible, found.reason, found.because) == (False, reason, because)
    assert {each.reason for each in found.feeds} == {reason}


def test_a_draft_by_its_folder_says_so(folder: Folder) -> None:
    folder.write("_drafts/a.md", article())

    found = told(folder, "_drafts/a.md")

    assert (found.reason, found.because) == ("draft", "the folder it lies in")


def test_a_file_that_breaks_shows_its_last_good_version(folder: Folder) -> None:
    folder.write("a.md", article("Good", author="Kim"))
    folder.refresh()
    folder.write("a.md", "---\ntitle: Bad\n\nno end\n")

    found = told(folder)

    assert (found.visible, found.because) == (True, "as it was when its file could last be used")
    assert found.fields["title"].value == "Good"
    assert origins(found)["title"] == "the last good version, in the ledger"
    assert origins(found)["authors"] == "the last good version, in the ledger"
    assert [problem.line for problem in found.problems] == [1]
    assert feeds(found)["everything"].content == "full"


def test_an_article_that_is_gone_is_remembered(folder: Folder) -> None:
    file = folder.write("a.md", article())
    folder.refresh()
    file.unlink()

    found = told(folder)

    assert (found.reason, feeds(found)["everything"].reason) == ("deleted", "deleted")
    assert found.because == "its file is gone; should it return, it is the same article"


def test_an_article_whose_file_is_left_out_now_is_not_said_to_have_lost_its_file(folder: Folder) -> None:
    folder.write("notes/a.md", article())
    folder.refresh()
    folder.write(f"notes/{EXPORT_MANIFEST}", "{}")

    found = told(folder, "notes/a.md")

    assert (found.reason, found.because) == (
        "deleted",
        "it lies in a folder that `feedsvc build` has written",
    )


# What is no article


@pytest.mark.parametrize(
    ("path", "because"),
    [
        ("a.rst", "its suffix is none of .htm, .html, .markdown, .md, .txt"),
        ("README.md", "it describes the folder, as README, LICENSE and robots.txt do"),
        (".hidden.md", "'.hidden.md' is hidden, left by an editor, or a folder that holds no articles"),
        (
            "node_modules/x/a.md",
            "'node_modules' is hidden, left by an editor, or a folder that holds no articles",
        ),
        ("notes/a.md", "articles.exclude leaves it out"),
        ("public/a.md", "it lies in a folder that `feedsvc build` has written"),
        ("pipe.md", "it is no regular file"),
        ("outside.md", "it is a link that leads out of the articles folder, or nowhere"),
        ("linked/a.md", "it is reached by a link to a folder, and these are not followed"),
    ],
)
def test_a_file_that_is_no_article_says_which_rule_leaves_it_out(
    folder: Folder, tmp_path: Path, path: str, because: str
) -> None:
    folder.write(f"public/{EXPORT_MANIFEST}", "{}")
    folder.write("real/a.md", article())
    (tmp_path / "outside.md").write_text(article())
    (folder.root / "outside.md").symlink_to(tmp_path / "outside.md")
    (folder.root / "linked").symlink_to(folder.root / "real")
    os.mkfifo(folder.root / "pipe.md")
    if not os.path.lexists(folder.root / path):
        folder.write(path, article())
    rules = make_plan(folder.root).rules
    rules = type(rules)(exclude=("notes/",))

    found = told(folder, str(folder.root / path), rules=rules)

    assert (found.path, found.reason, found.because) == (path, "not an article", because)
    assert not found.visible


@pytest.mark.parametrize(("text", "reason"), [("---\ntitle: x\n", "broken"), ("", "empty")])
def test_a_file_that_was_never_good_says_what_is_wrong(folder: Folder, text: str, reason: str) -> None:
    folder.write("a.md", text)

    found = told(folder)

    assert (found.reason, found.because) == (reason, "no version of it was ever good")
    assert len(found.problems) == 1


# What is meant


def test_an_article_is_found_by_any_of_its_names(folder: Folder) -> None:
    folder.write("posts/a.md", article(slug="hello", id="tag:example.org,2026:a"))
    folder.refresh()

    names = (
        "posts/a.md",
        "./posts/a.md",
        str(folder.root / "posts/a.md"),
        "tag:example.org,2026:a",
        "https://example.org/articles/hello/",
        "https://example.org/articles/hello",
        "hello",
    )
    found = [told(folder, name).path for name in names]
    from_within = told(folder, "a.md", cwd=folder.root / "posts").path

    assert {*found, from_within} == {"posts/a.md"}


def test_a_name_in_another_script_is_found_as_browsers_show_it(folder: Folder) -> None:
    folder.write("안녕.md", article())

    assert told(folder, "https://example.org/articles/안녕/").path == "안녕.md"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("posts/helo.md", "did you mean posts/hello.md?"),
        ("hullo", "did you mean posts/hello.md?"),
        ("posts", "is a folder; name a file in it"),
        ("../outside.md", "lies outside of the articles folder"),
        ("zzz", "`feedsvc list` shows what there is"),
        ("", "is a folder"),
        ("x" * 5000, "no article"),
    ],
)
def test_what_means_nothing_is_refused(folder: Folder, tmp_path: Path, asked: str, message: str) -> None:
    folder.write("posts/hello.md", article())
    (tmp_path / "outside.md").write_text(article())

    with pytest.raises(UsageError) as refused:
        told(folder, asked)

    assert message in str(refused.value)


def test_what_means_several_is_refused(folder: Folder) -> None:
    folder.write("a.md", article(permalink="/same/"))
    folder.write("posts/a.md", article("B", permalink="/same/"))

    with pytest.raises(UsageError, match=r"can mean a\.md or posts/a\.md"):
        told(folder, "a.md", cwd=folder.root / "posts")
    with pytest.raises(UsageError, match=r"means a\.md and posts/a\.md"):
        told(folder, "https://example.org/same/", site=make_site())


# Where the articles are


@pytest.mark.parametrize(
    ("asked", "cwd", "found"),
    [
        ("/blog/posts/a.md", "/", "/blog"),  # state
        ("posts/a.md", "/blog", "/blog"),
        ("a.md", "/blog/posts", "/blog"),
        ("/site/articles/a.md", "/blog", "/site"),  # a configuration
        ("/plain/a.md", "/plain", "/plain"),  # neither
        ("plain/a.md", "/", "/"),
        ("/plain/typo.md", "/blog", None),
        ("/plain/a.md", "/blog", None),
        ("urn:uuid:1", "/blog/posts", "/blog"),
        ("https://example.org/a/", "/plain", None),
    ],
)
def test_the_articles_are_sought_around_the_path(
    tmp_path: Path, asked: str, cwd: str, found: str | None
) -> None:
    for name in ("blog/.feedsvc", "blog/posts", "site/articles", "plain"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("blog/posts/a.md", "site/feedsvc.toml", "site/articles/a.md", "plain/a.md"):
        (tmp_path / name).touch()
    asked = f"{tmp_path}{asked}" if asked.startswith("/") else asked

    around = articles_around(Path(asked), cwd=Path(f"{tmp_path}{cwd}"))

    assert around == (None if found is None else Path(f"{tmp_path}{found}"))


# The command


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    root = tmp_path / "blog"
    root.mkdir()
    (root / "a.md").write_text(article("안녕", tags="[x]", body="<script>1</script>\n\nHello, world."))
    return root


def test_the_command_prints_aligned_lines(blog: Path) -> None:
    done = feedsvc("explain", "a.md", cwd=blog)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "a.md",
        "  state      visible",
        "  title      안녕                                           front matter 'title', line 2",
        "  published  2026-04-01T00:00:00+00:00                      front matter 'date', line 3",
        "  updated    2026-04-01T00:00:00+00:00                      as published",
        "  id         urn:uuid:ec44dfcf-cfaa-5343-81aa-f5ac9bb045b7  minted from site.id and the path;"
        " provisional",
        "  url        http://127.0.0.1:8000/articles/a/              a page of ours, as site.url is not set",
        "  slug       a                                              the file's name",
        "  tags       x                                              front matter 'tags', line 4",
        "  language   en                                             guessed from the oldest articles",
        "  excerpt    Hello, world.                                  the first paragraph",
        "removed from the body",
        "  elements  script (1)",
        "feeds",
        "  everything   yes, 1 of 1, full text            http://127.0.0.1:8000/",
        "  tag x        yes, 1 of 1, full text            http://127.0.0.1:8000/tags/x/",
        "  language en  no: no article is in another one",
    ]


def test_the_command_speaks_to_programs(blog: Path) -> None:
    found = json.loads(feedsvc("explain", "a.md", "--format", "json", cwd=blog).stdout)

    assert found["fields"]["title"] == {"value": "안녕", "origin": "front matter 'title', line 2"}
    assert found["removed"] == {"elements": {"script": 1}, "attributes": {}}
    assert (found["visible"], found["reason"], found["feeds"][0]["content"]) == (True, None, "full")


def test_the_command_finds_configuration_and_state_by_the_path(blog: Path, tmp_path: Path) -> None:
    (tmp_path / "feedsvc.toml").write_text(
        '[articles]\ndirectory = "blog"\n[server]\nurl = "https://example.org"\n'
    )
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    feedsvc("refresh", "-c", tmp_path / "feedsvc.toml", cwd=elsewhere)

    for arguments, cwd in (
        ([blog / "a.md"], elsewhere),
        (["a.md"], blog),
        (["blog/a.md"], tmp_path),
        (["a", "-c", tmp_path / "feedsvc.toml"], elsewhere),
    ):
        done = feedsvc("explain", *arguments, cwd=cwd)

        assert (done.returncode, done.stderr) == (0, "")
        assert "the ledger, since it was first published" in done.stdout


def test_a_configuration_beside_the_articles_need_not_name_them(blog: Path, tmp_path: Path) -> None:
    (blog / "feedsvc.toml").write_text('[site]\ntitle = "B"\nlanguage = "fr"\n')

    for arguments, cwd in ((["a.md"], blog), ([blog / "a.md"], tmp_path)):
        assert "fr  " in feedsvc("explain", *arguments, cwd=cwd).stdout


def test_the_folder_may_be_named_as_for_every_command(blog: Path, tmp_path: Path) -> None:
    nested = blog / "nested"
    nested.mkdir()
    (nested / "feedsvc.toml").touch()  # else the nearest
    (nested / "b.md").write_text(article("B"))

    for asked in (nested / "b.md", "nested/b.md", "b"):
        done = feedsvc("explain", asked, "blog", cwd=tmp_path)

        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("nested/b.md\n")


def test_a_folder_that_nothing_tells_of_is_said(blog: Path, tmp_path: Path) -> None:
    assumed = feedsvc("explain", "blog/a.md", cwd=tmp_path)
    feedsvc("refresh", blog, cwd=tmp_path)
    known = feedsvc("explain", "blog/a.md", cwd=tmp_path)

    assert assumed.stderr == f"{tmp_path}: taken for the folder of articles; name another behind blog/a.md\n"
    assert assumed.stdout.startswith("blog/a.md\n")
    assert known.stderr == ""
    assert known.stdout.startswith("a.md\n")


def test_the_command_writes_nothing(blog: Path) -> None:
    feedsvc("explain", "a.md", cwd=blog)

    assert [path.name for path in blog.iterdir()] == ["a.md"]


def test_the_command_refuses_what_means_nothing(blog: Path, tmp_path: Path) -> None:
    unknown = feedsvc("explain", "b.md", cwd=blog)
    nowhere = feedsvc("explain", blog / "a.md", cwd=Path(tmp_path.root) / "usr")

    assert unknown.returncode == nowhere.returncode == 2
    assert "did you mean a.md?" in unknown.stderr
    assert "in which folder of articles?" in nowhere.stderr
    assert "Traceback" not in unknown.stderr + nowhere.stderr


def test_nothing_published_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(article())

    now = datetime(2026, 5, 1, tzinfo=UTC)
    found = explain(make_plan(tmp_path), Catalogue(), "a.md", cwd=tmp_path, now=now)

    assert found.visible


def test_a_private_feed_is_told_without_an_address_that_nobody_has(folder: Folder) -> None:
    folder.write("a.md", article())
    secret = make_spec(name="secret", private=True, folder="private/secret/")

    found = feeds(told(folder, named=(secret,)))

    assert found["private feed secret"].content is not None
    assert found["private feed secret"].url is None


def test_an_article_that_no_public_feed_may_hold_says_so(folder: Folder) -> None:
    secret = make_spec(name="secret", folder="private/secret/", title="Secret", private=True)
    site = make_site(language="en")
    folder.write("a.md", article("A", feeds="[secret]", tags="[only-here]", language="ko"))
    folder.write("b.md", article("B"))

    found = feeds(told(folder, named=(secret,), site=site, all_languages=False))

    assert found["tag only-here"].reason == "the article is private"
    assert found["private feed secret"].reason == 'not in en; feeds.languages = "all" takes it in'


@pytest.mark.parametrize("key", ["KEY", "8YkQ3n_x-2"])
@pytest.mark.parametrize("host", ["https://example.org", ""])
def test_a_private_article_is_found_by_the_address_that_a_subscriber_has(
    folder: Folder, host: str, key: str
) -> None:
    secret = make_spec(name="secret", folder="private/secret/", title="Secret", private=True)
    folder.write("b.md", article("B", feeds="secret"))

    found = told(folder, f"{host}/private/{key}/articles/b/", named=(secret,))

    assert (found.path, found.visible) == ("b.md", True)
