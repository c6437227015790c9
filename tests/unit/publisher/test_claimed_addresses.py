"""Addresses that a configuration asks for: none shadows ours, none is a file that cannot be."""

from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedsvc.publisher.claimed_addresses import OURS, admit, file_of
from feedsvc.publisher.export import export
from feedsvc.web.app import create_app
from feedsvc.web.settings import WebSettings
from tests.conftest import Clock
from tests.support.builders import make_site, make_spec
from tests.support.processes import Served, feedsvc
from tests.support.sites import Folder, article, make_plan
from tests.support.web_fakes import FakeReader

DOCUMENTS = frozenset({"", "rss.xml", "atom.xml", "feeds.json", "tags/", "tags/one/", "tags/one/rss.xml"})

OWN = "that address is feedsvc's own"
BOTH = "a file would have to be a folder, too"
TAKEN = "another document stands there"
NO_NAME = "no file can have such a name"
TOO_LONG = "a file has at most 255 bytes in a name, and 1,000 with its folders"

REFUSED = [
    *((path, OWN) for path in ("status", "status.json", "metrics", "healthz", "readyz", "refresh", "hub")),
    *((path, OWN) for path in ("robots.txt", "favicon.ico", "sitemap.xml", "feeds.opml", "feeds.json")),
    *((path, OWN) for path in ("status/feed.xml", "media/feed.xml", "private/a/rss.xml", "static/feed.xml")),
    *((path, OWN) for path in ("index.html", "feeds.json/x")),
    *((path, BOTH) for path in ("tags", "feeds", "articles", "languages", "tags/one", "rss.xml/foo.xml")),
    *((path, TAKEN) for path in ("rss.xml", "tags/one/rss.xml", "tags/index.html", "tags/one/index.html")),
    *((path, NO_NAME) for path in ("a//b", "a/../b", "a/./b", "a/.../b", "a./b", "a /b", "/a", "a\0b")),
    *((path, NO_NAME) for path in ("a\\b", "C:/a", "c:a", "\ud800.xml", "a\nb", "a\x7fb", "..")),
    *((path, TOO_LONG) for path in ("a" * 256, "한" * 86, "a/" * 500 + "b")),
    *((path, "a name that begins with a dot is hidden") for path in (".git/x", "a/.htaccess")),
    *((path, "such a name is that of a compressed file") for path in ("old.xml.gz", "old.xml.br")),
]
ADMITTED = [
    "feed.xml",
    "feeds/all.atom.xml",
    "feed/",
    "blog/feed",
    "a" * 255,
    ".well-known/x",
    "Status",
    "피드.xml",
]


def asked(documents: frozenset[str] = DOCUMENTS, **plan: Any) -> tuple[dict[str, Any], list[str]]:
    """Return what is left of the addresses that are asked for, and what is said of the others."""
    made, problems = admit(make_plan(Path("/site"), **plan), documents)
    return {name: getattr(made, name) for name in plan}, [problem.reason for problem in problems]


@pytest.mark.parametrize(("path", "fault"), REFUSED)
def test_a_feed_of_the_site_takes_no_address_that_it_cannot_have(path: str, fault: str) -> None:
    left, (said,) = asked(aliases={path: "atom.xml", "old.xml": "atom.xml"})

    assert left == {"aliases": {"old.xml": "atom.xml"}}
    assert f": {fault}; " in said


@pytest.mark.parametrize("path", ADMITTED)
def test_any_other_address_can_be_had(path: str) -> None:
    wanted: dict[str, Any] = {
        "aliases": {path: "atom.xml"},
        "redirects": {path: "x"},
        "retired": frozenset({path}),
    }

    assert asked(**wanted) == (wanted, [])


@pytest.mark.parametrize(("path", "fault"), [row for row in REFUSED if row[1] in (OWN, NO_NAME, TOO_LONG)])
def test_redirects_and_retired_feeds_take_no_address_of_ours(path: str, fault: str) -> None:
    left, said = asked(redirects={path: "x"}, retired=frozenset({path}))

    assert left == {"redirects": {}, "retired": frozenset()}
    assert [fault in each for each in said] == [True, True]


CIRCLES: list[tuple[dict[str, str], set[str]]] = [
    ({"a": "b", "b": "a"}, {"a", "b"}),
    ({"a": "b", "b": "c", "c": "a", "in": "a"}, {"a", "b", "c", "in"}),
    ({"a": "{url}/b", "b": "/a?x=1#y"}, {"a", "b"}),
    ({"a": "http://EXAMPLE.org:80/b", "b": "x/../a"}, {"a", "b"}),
    ({"%EC%86": "a", "새 글": "b", "b": "%EC%83%88%20%EA%B8%80"}, {"새 글", "b"}),
    ({"a/": "a"}, {"a/"}),
    ({"a/": "b/", "b/": "a/"}, {"a/", "b/"}),
    ({"a/": "b/x/", "b/": "a/"}, {"a/", "b/"}),
    ({"a/": "b/", "b/x": "a/x"}, {"b/x"}),
    ({"?f=1": "/?f=2", "?f=2": "/?f=1&x"}, {"?f=1", "?f=2"}),
    ({"?f=1": "a", "a": "/?f=1"}, {"?f=1", "a"}),
    ({"?f=1": "rss.xml?f=1", "a": "/?f=2"}, set()),
    ({"a": "a/"}, set()),
    ({"a": "rss.xml", "rss.xml": "a"}, set()),
    ({"a": "tags", "tags/": "a"}, set()),
    ({"a": "b", "b": "https://elsewhere.example/a"}, set()),
    ({"a": "https://example.org:8443/a", "b": "//example.org/b"}, set()),
    ({"a/": "b/", "b/c/": "a/d/"}, set()),
    ({"a": "gone/x"}, set()),
    ({f"{number:02}": f"{number + 1:02}" for number in range(25)}, {f"{number:02}" for number in range(5)}),
]


@pytest.mark.parametrize(("redirects", "endless"), CIRCLES)
def test_redirects_that_never_end_are_refused_and_the_others_stay(
    redirects: dict[str, str], endless: set[str]
) -> None:
    site = make_site()
    asked_for = {path: to.format(url=site.feeds_url) for path, to in redirects.items()}

    left, said = asked(redirects=asked_for, retired=frozenset({"gone/"}), site=site)

    assert left["redirects"].keys() == redirects.keys() - endless
    assert len([each for each in said if "is not redirected" in each]) == len(endless)


def test_a_circle_is_shown() -> None:
    _, said = asked(redirects={"a": "b", "b": "a"})

    assert said == [
        "'/a' is not redirected: it leads in a circle (/a to /b to /a); delete the [[redirect]], or mend it",
        "'/b' is not redirected: it leads in a circle (/b to /a to /b); delete the [[redirect]], or mend it",
    ]


def test_a_chain_that_no_browser_follows_is_said() -> None:
    _, said = asked(redirects={f"{number:02}": f"{number + 1:02}" for number in range(21)})

    assert said == [
        "'/00' is not redirected: it is led on more than 20 times, to /21 at last; delete the [[redirect]],"
        " or mend it"
    ]


@pytest.mark.parametrize("path", ["?feed=rss2", "index.php?feed=rss2", "blog/?feed=a/b/../c."])
def test_an_address_with_a_query_can_have_moved(path: str) -> None:
    assert asked(redirects={path: "x"}) == ({"redirects": {path: "x"}}, [])


@pytest.mark.parametrize("path", ["status?x=1", "private/?x=1", "feeds.json?x", "a//b?x"])
def test_an_address_of_ours_with_a_query_cannot(path: str) -> None:
    left, said = asked(redirects={path: "x"})

    assert (left, len(said)) == ({"redirects": {}}, 1)


@pytest.mark.parametrize("folder", ["status/", "media/", "private/", "static/", "hub/"])
def test_a_folder_that_has_moved_is_none_of_ours(folder: str) -> None:
    assert asked(redirects={folder: "x"})[0] == {"redirects": {}}


@pytest.mark.parametrize("composed", [True, False])
def test_the_feeds_that_readers_compose_keep_their_addresses(composed: bool) -> None:
    """Everything below a folder that has moved would be led away."""
    left, said = asked(composed=composed, redirects={"feeds/": "x"}, aliases={"feeds/q/rss.xml": "rss.xml"})

    assert (left["redirects"] == {}, left["aliases"] == {}, len(said)) == (composed, composed, 2 * composed)


def test_of_two_addresses_that_cannot_be_together_the_first_is_had() -> None:
    left, said = asked(aliases={"a": "atom.xml", "a/b.xml": "rss.xml", "c": "atom.xml"})

    assert left == {"aliases": {"a": "atom.xml", "c": "atom.xml"}}
    assert said == [
        "the site's feed at '/a/b.xml' is not served by feedsvc: a file would have to be a folder, too;"
        " name another address there, or set feeds.aliases = false"
    ]


def test_an_address_that_is_ours_already_and_one_of_a_format_that_is_not_made_are_not_spoken_of() -> None:
    assert asked(aliases={"atom.xml": "atom.xml", "status": "feed.json"})[1] == []


PARTS = st.sampled_from(
    [
        "a",
        "b.xml",
        "tags",
        "one",
        "rss.xml",
        "status",
        "..",
        ".",
        "",
        "C:",
        "x.",
        "\0",
        "\ud800",
        "한" * 90,
        "index.html",
    ]
) | st.text(max_size=5)
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)


@given(st.lists(PATHS, max_size=6))
@example(["a", "a/"])
@example(["a/", "a/index.html"])
def test_all_admitted_addresses_can_be_files_and_ours_stay(paths: list[str]) -> None:
    wanted = dict.fromkeys(paths, "atom.xml")

    admitted = asked(aliases=wanted, redirects=wanted, retired=frozenset(paths))[0]

    # A feed at the address of a folder is served, and is in no export.
    aliases = [path for path in admitted["aliases"] if path != "atom.xml" and not path.endswith("/")]
    files = [file_of(path) for path in (*DOCUMENTS, *aliases)]
    assert sorted(set(files)) == sorted(files)
    assert not set(files) & {above for file in files for above in folders_of(file)}
    assert all(len(name.encode()) <= 255 and name.strip(". ") for file in files for name in file.split("/"))
    for path in (*admitted["aliases"], *admitted["redirects"], *admitted["retired"]):
        assert path.split("/")[0] not in OURS


def folders_of(file: str) -> Iterator[str]:
    yield from accumulate(file.split("/")[:-1], "{}/{}".format)


def test_every_address_that_the_web_answers_by_itself_is_known_to_be_ours() -> None:
    app = create_app(
        FakeReader(), WebSettings(url="https://example.org", admin_token="a" * 16, composed=True)
    )

    rules = {rule.rule.strip("/") for rule in app.url_map.iter_rules()}

    assert {
        rule for rule in rules if not (rule.split("/")[0] in OURS or rule.startswith("feeds/q/"))
    } == set()


@pytest.mark.parametrize("pages", [True, False])
def test_all_documents_are_reckoned_with(tmp_path: Path, clock: Clock, pages: bool) -> None:
    """Each of them, and so each folder, refuses the address to a feed of the site."""
    named = (
        make_spec(name="mine", folder="feeds/mine/"),
        make_spec(name="own", folder="private/own/", private=True),
    )
    folder = Folder(tmp_path, clock, pages=pages, named=named)
    folder.write("a.md", article(tags="[one]", categories="[News]", author="Kim", lang="ko"))
    folder.refresh()
    documents = sorted(folder.snapshot.documents)

    folder.restart(
        aliases={
            f"{path}x" if path.endswith("/") or not path else f"{path}/x": "atom.xml" for path in documents
        }
    )
    folder.refresh()

    more = set(folder.snapshot.documents) - set(documents)
    assert more == {
        f"{path}x" for path in documents if (path.endswith("/") or not path) and "private" not in path
    }
    folder.store.close()


# In a real process

PELICAN = """
SITENAME = "The status of things"
SITEURL = "https://example.org"
PATH = "content"
FEED_ATOM = "{}"
"""
CONFIG = """
[feeds]
retired = ["metrics", "tags/old"]

[[redirect]]
from = "old.xml"
to = "atom.xml"

[[redirect]]
from = "/healthz"
to = "atom.xml"

[[redirect]]
from = "old"
to = "older"

[[redirect]]
from = "older"
to = "/old"
"""
SAID = [
    "feedsvc.toml:3: warning: '/metrics/' is not retired: that address is feedsvc's own; take it out of"
    " feeds.retired",
    "feedsvc.toml:10: warning: '/healthz' is not redirected: that address is feedsvc's own; delete the"
    " [[redirect]], or mend it",
    "feedsvc.toml:14: warning: '/old' is not redirected: it leads in a circle (/old to /older to /old);"
    " delete the [[redirect]], or mend it",
    "feedsvc.toml:18: warning: '/older' is not redirected: it leads in a circle (/older to /old to /older);"
    " delete the [[redirect]], or mend it",
]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A Pelican site that asks for addresses of ours."""
    content = tmp_path / "site" / "content"
    content.mkdir(parents=True)
    (content / "a.md").write_text("Title: Hello\nDate: 2026-04-01\n\nText.\n")
    (content / "feedsvc.toml").write_text(CONFIG)
    (content.parent / "pelicanconf.py").write_text(PELICAN.format("status"))
    return content


def test_a_site_cannot_shadow_the_operators_addresses(site: Path, tmp_path: Path) -> None:
    with Served(site, cwd=tmp_path) as served:
        asked = [
            served.get(path).status for path in ("/healthz", "/readyz", "/status", "/metrics", "/atom.xml")
        ]

    assert asked == [200, 200, 401, 401, 200]


@pytest.mark.parametrize("command", ["check", "refresh", "build"])
def test_a_refused_address_is_reported_with_its_line_and_the_rest_goes_on(
    site: Path, tmp_path: Path, command: str
) -> None:
    out = tmp_path / "out"

    done = feedsvc(command, site, *(("--out", out) if command == "build" else ()), cwd=tmp_path)

    said = (done.stdout + done.stderr).splitlines()
    assert done.returncode == 0
    assert [line for line in said if ": warning: " in line] == [
        *SAID,
        "pelicanconf.py:5: warning: the site's feed at '/status' is not served by feedsvc: that address is"
        " feedsvc's own; name another address there, or set feeds.aliases = false",
    ]
    assert command != "build" or (out / "atom.xml").is_file()


@pytest.mark.parametrize("path", ["rss.xml/foo.xml", "tags", "a" * 300, "../../status"])
def test_a_static_export_is_written_whole_whatever_the_site_asks_for(
    site: Path, tmp_path: Path, path: str
) -> None:
    (site.parent / "pelicanconf.py").write_text(PELICAN.format(path))
    (site / "b.md").write_text("Title: B\nDate: 2026-04-02\nTags: one\n\nText.\n")

    done = feedsvc("build", site, "--out", tmp_path / "out", cwd=tmp_path)

    assert done.returncode == 0
    assert "pelicanconf.py:5: warning: " in done.stderr
    assert (tmp_path / "out" / "tags" / "one" / "rss.xml").is_file()


def test_the_template_of_a_feed_is_where_its_address_is_asked_for(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / ".eleventy.js").write_text("module.exports = {};\n")
    (site / "_data").mkdir()
    (site / "_data" / "metadata.json").write_text(
        '{"url": "https://example.org", "title": "See /media/feed.xml"}'
    )
    (site / "feed.njk").write_text("---\npermalink: /media/feed.xml\n---\n<feed></feed>\n")
    (site / "a.md").write_text(article())

    assert feedsvc("check", site, cwd=tmp_path).stdout.startswith(
        "feed.njk:2: warning: the site's feed at '/media/feed.xml'"
    )


def test_a_name_that_the_disk_cannot_hold_keeps_no_other_file_from_it(tmp_path: Path, clock: Clock) -> None:
    """A compressed file has a longer name than what it is made of."""
    folder = Folder(tmp_path, clock, aliases={"a" * 255: "atom.xml"})
    folder.write("a.md", article())
    folder.refresh()

    done = export(folder.store, folder.root, tmp_path / "out", precompress=True)
    again = export(folder.store, folder.root, tmp_path / "out", precompress=True)

    assert done.unheld == again.unheld == tuple("a" * 255 + suffix for suffix in (".br", ".gz", ".zst"))
    assert (done.foreign, again.foreign, again.written) == ((), (), 0)
    assert (tmp_path / "out" / "rss.xml.gz").is_file()
    folder.store.close()
