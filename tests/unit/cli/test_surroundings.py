"""What is said of odd surroundings: folders without articles, checkouts, and where files are to go."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedsvc.articles.disk.scan import ScanRules, scan
from feedsvc.errors import UsageError
from feedsvc.publisher.export import check_out
from feedsvc.publisher.manifest import manifest_text
from tests.conftest import Clock
from tests.support.processes import feedsvc
from tests.support.sites import Folder, article


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with one article, which is dated."""
    root = tmp_path / "site"
    write(root / "a.md", article())
    return root


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    yield made
    made.store.close()


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


# A folder with nothing that we know

KNOWN = ".htm, .html, .markdown, .md, .txt"
SO = (
    "; name another folder, write articles as Markdown or HTML, or say in articles.include which files they"
    " are"
)


@pytest.mark.parametrize(
    ("files", "include", "said"),
    [
        (["a.docx"], (), f"holds no article: 'a.docx' is none (its suffix is none of {KNOWN}){SO}"),
        (
            ["a.pdf", "b.adoc", "sub/c.adoc"],
            (),
            f"holds no article: 'b.adoc' is none (its suffix is none of {KNOWN}), nor is any of 2 more{SO}",
        ),
        (["p.jpg"], (), f"holds no article: 'p.jpg' is none (its suffix is none of {KNOWN}){SO}"),
        (["a.md"], ("*.rst",), f"holds no article: 'a.md' is none (articles.include does not name it){SO}"),
        (["a.docx", "b.md"], (), None),
        (
            ["README.md", "feedsvc.toml", ".git/config"],
            (),
            "holds no article: left out are 'README.md' (it describes the folder, as README, LICENSE and"
            " robots.txt do); write one such as hello.md, give a file that is one another name, or name"
            " another folder",
        ),
        (["feedsvc.toml", ".git/config"], (), None),
        ([], (), None),
    ],
)
def test_a_folder_with_nothing_that_we_know_says_so(
    tmp_path: Path, files: list[str], include: tuple[str, ...], said: str | None
) -> None:
    for file in files:
        write(tmp_path / file, "x")

    problems = scan(tmp_path, ScanRules(include=include)).problems

    assert [(problem.path, problem.reason) for problem in problems] == ([(".", said)] if said else [])


def test_excluded_files_are_no_surprise(tmp_path: Path) -> None:
    write(tmp_path / "a.docx", "x")

    assert scan(tmp_path, ScanRules(exclude=("*.docx",))).problems == ()


@pytest.mark.parametrize("command", ["check", "build", "refresh"])
def test_each_command_says_so(tmp_path: Path, command: str) -> None:
    write(tmp_path / "site" / "a.docx", "x")

    done = feedsvc(command, "site", *(("--out", "out") if command == "build" else ()), cwd=tmp_path)

    assert done.returncode == 0
    assert ".: warning: holds no article: 'a.docx' is none" in done.stdout + done.stderr


# Undated files of a checkout

UNDATED = "# Undated\n\nAs old as its file."


def git(root: Path, *arguments: str) -> None:
    own = ("-c", "user.name=Kim", "-c", "user.email=kim@ex.org", "-c", "protocol.file.allow=always")
    subprocess.run(["git", *own, *arguments], cwd=root, check=True, capture_output=True)


@pytest.mark.parametrize("command", ["check", "build"])
def test_undated_articles_of_a_shallow_clone_are_told_of(site: Path, tmp_path: Path, command: str) -> None:
    write(site / "b.md", UNDATED)
    git(site, "init", "-q")
    git(site, "add", ".")
    git(site, "commit", "-qm", "first")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{site}", "clone")

    done = feedsvc(command, "clone", *(("--out", "out") if command == "build" else ()), cwd=tmp_path)

    assert (
        ".: warning: git gives no dates (this is a shallow clone), so undated articles have those of their"
        " files; fetch its whole history, or set articles.git_dates = false" in done.stdout + done.stderr
    )


@pytest.mark.parametrize("command", ["check", "build"])
@pytest.mark.parametrize("variable", ["CI", "TF_BUILD", "JENKINS_URL"])
def test_undated_articles_of_a_build_services_checkout_are_told_of(
    site: Path, tmp_path: Path, command: str, variable: str
) -> None:
    for name in ("b.md", "c.md"):
        write(site / name, UNDATED)
    write(site / "draft.md", "---\ndraft: true\n---\nText.")

    done = feedsvc(
        command, site, *(("--out", "out") if command == "build" else ()), cwd=tmp_path, **{variable: "True"}
    )

    assert (done.stdout + done.stderr).count(": warning: ") == 1
    assert (
        "b.md: warning: has no date, like 1 more, and a build service has just checked these files out, so"
        " they pass for new; write a 'date', commit them, or set articles.git_dates = false if that is meant"
    ) in done.stdout + done.stderr


@pytest.mark.parametrize(
    "environ", [{}, {"CI": ""}, {"CI": "false"}, {"FEEDSVC_ARTICLES__GIT_DATES": "false", "CI": "1"}]
)
def test_undated_articles_elsewhere_and_where_that_was_decided_are_not(
    site: Path, tmp_path: Path, environ: dict[str, str]
) -> None:
    write(site / "b.md", UNDATED)

    assert feedsvc("check", site, cwd=tmp_path, **environ).stdout == ""


def test_articles_that_git_dates_are_not_reported_in_a_build_service(site: Path, tmp_path: Path) -> None:
    write(site / "b.md", UNDATED)
    git(site, "init", "-q")
    git(site, "add", ".")
    git(site, "commit", "-qm", "first")
    write(site / "made.md", UNDATED)

    said = feedsvc("check", site, cwd=tmp_path, CI="true").stdout

    assert said.startswith("made.md: warning: has no date and a build service has just checked these")
    assert said.count("\n") == 1


# Where files are to go


@pytest.mark.parametrize(
    ("out", "reason"),
    [
        ("site", "is the folder of articles itself; choose another for --out"),
        ("link", "is the folder of articles itself; choose another for --out"),
        ("site/sub/..", "is the folder of articles itself; choose another for --out"),
        (".", "the folder of articles lies in it; choose another for --out, such as public"),
        ("..", "the folder of articles lies in it; choose another for --out, such as public"),
        ("above", "the folder of articles lies in it; choose another for --out, such as public"),
        ("site/blog", "articles lie in it, such as 'blog/2026/b.md', and would leave the feeds;"),
        ("to-blog", "articles lie in it, such as 'blog/2026/b.md', and would leave the feeds;"),
        ("site/a.md", "is a file; --out needs a folder"),
        ("damaged", "is damaged"),
    ],
)
def test_a_folder_that_no_export_may_go_to_is_refused_before_anything_is_published(
    site: Path, tmp_path: Path, out: str, reason: str
) -> None:
    (site / "sub").mkdir()
    (tmp_path / "link").symlink_to(site)
    (tmp_path / "above").symlink_to(tmp_path)
    write(site / "blog" / "2026" / "b.md", article("B"))
    (tmp_path / "to-blog").symlink_to(site / "blog")
    write(tmp_path / "damaged" / ".feedsvc-manifest.json", "rubbish")
    before = sorted(tmp_path.rglob("*"))

    done = feedsvc("build", site, "--out", out, cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith("feedsvc: ")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


ARTICLE = "---\ntitle: B\ndate: 2026-01-01\n---\nText.\n"
BLOG = {"hugo.toml": "baseURL = 'https://b.example/'\n", "content/posts/b.md": ARTICLE}
POSTS = {"_config.yml": "title: B\n", "_posts/2026-01-01-b.md": ARTICLE}
PAGE = "<!doctype html><title>B</title><p>Text."
MANIFEST = ".feedsvc-manifest.json"


@pytest.mark.parametrize(
    ("files", "out", "named"),
    [
        (BLOG, "content", "content/posts/b.md"),
        (BLOG, ".", "content/posts/b.md"),
        (BLOG | {f"content/{MANIFEST}": "{}"}, "content", "content/posts/b.md"),
        (BLOG, "content/feeds/new", "which would make pages of our files"),
        (POSTS, "_posts", "_posts/2026-01-01-b.md"),
        ({"notes/deep/er/b.md": "No head.\n"}, "notes", "deep/er/b.md"),
        ({"notes/b.markdown": ARTICLE, "index.html": PAGE}, ".", "notes/b.markdown"),
        ({"b.html": ARTICLE}, ".", "b.html"),
        ({"b.html": PAGE, ".feedsvc/catalogue.db": ""}, ".", "b.html"),
    ],
)
def test_no_export_goes_where_another_sites_articles_lie(
    site: Path, tmp_path: Path, files: dict[str, str], out: str, named: str
) -> None:
    """Its folder would count as an export from then on, and its server would publish nothing."""
    for path, text in files.items():
        write(tmp_path / "other" / path, text)

    with pytest.raises(UsageError, match=re.escape(named)):
        check_out(site, tmp_path / "other" / out, ScanRules())


@pytest.mark.parametrize(
    ("files", "out"),
    [
        ({"index.html": PAGE, "robots.txt": "User-agent: *", "llms.txt": "# B", "README.md": "# B"}, "."),
        ({"index.html": PAGE, "posts/b.md": ARTICLE, MANIFEST: "{}"}, "."),
        (BLOG | {"public/b/index.html": PAGE, "public/b/index.md": "# B"}, "public"),
        (BLOG, "static/feeds"),
        (POSTS | {"_site/index.html": PAGE, "_site/b.md": "# B"}, "_site"),
        (POSTS, "feeds"),
    ],
)
def test_a_website_takes_an_export_beside_its_own_files(
    site: Path, tmp_path: Path, files: dict[str, str], out: str
) -> None:
    for path, text in files.items():
        write(tmp_path / "other" / path, text)
    if MANIFEST in files:
        write(tmp_path / "other" / MANIFEST, manifest_text(()))

    check_out(site, tmp_path / "other" / out, ScanRules())


@pytest.mark.parametrize("out", ["site/_site", "public", "site/../public"])
def test_any_other_folder_may_be_shared_or_lie_in_the_articles(site: Path, tmp_path: Path, out: str) -> None:
    write(tmp_path / out / "index.html", "the site's own")

    done = feedsvc("build", site, "--out", out, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / out / "rss.xml").is_file()
    assert (tmp_path / out / "index.html").read_text() == "the site's own"


def test_that_somebody_else_has_written_files_is_said_once(site: Path, tmp_path: Path) -> None:
    for path in ("index.html", "rss.xml", "tags/index.html"):
        write(tmp_path / "out" / path, "theirs")
    write(site / "a.md", article(tags="[x]"))

    several = feedsvc("build", site, "--out", "out", cwd=tmp_path).stderr
    for path in ("rss.xml", "tags/index.html"):
        (tmp_path / "out" / path).unlink()
    one = feedsvc("build", site, "--out", "out", cwd=tmp_path).stderr

    assert several.splitlines()[-1] == (
        "out/index.html: somebody else has written it and 2 more files, and they stay; take them away to have"
        " ours there"
    )
    assert one.splitlines()[-1] == (
        "out/index.html: somebody else has written it, and it stays; take it away to have ours there"
    )


@pytest.mark.parametrize(
    "command", [["serve"], ["check"], ["list"], ["refresh"], ["build", "--out", "out"], ["discover"]]
)
def test_a_file_instead_of_a_folder_is_said_to_be_one(site: Path, tmp_path: Path, command: list[str]) -> None:
    name, *options = command

    done = feedsvc(name, site / "a.md", *options, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (
        3,
        f"feedsvc: {site / 'a.md'}: is a file; name the folder it lies in\n",
    )


# One language


def test_a_site_in_one_language_has_no_feed_of_it_until_there_is_another(folder: Folder) -> None:
    folder.write("a.md", article("A"))
    folder.refresh()
    first = {path for path in folder.snapshot.documents if path.startswith("languages/")}

    folder.write("b.md", article("B", lang="ko"))
    folder.refresh()
    second = {path for path in folder.snapshot.documents if path.endswith("atom.xml")}
    (folder.root / "b.md").unlink()
    folder.refresh()
    third = {path for path in folder.snapshot.documents if path.endswith("atom.xml")}

    assert first == set()
    assert second == third == {"atom.xml", "languages/en/atom.xml", "languages/ko/atom.xml"}


def test_the_feed_of_the_only_language_is_there_for_who_is_sent_to_it(folder: Folder) -> None:
    folder.restart(
        aliases={"en/index.xml": "languages/en/rss.xml"}, redirects={"old.xml": "/languages/de/rss.xml"}
    )
    folder.write("a.md", article("A"))

    folder.refresh()

    assert folder.body("en/index.xml") == folder.body("languages/en/rss.xml")
