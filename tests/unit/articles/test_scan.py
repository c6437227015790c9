"""What the folder holds."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from feedsvc.articles.dialects import Plain
from feedsvc.articles.disk.ignored_names import EXPORT_MANIFEST
from feedsvc.articles.disk.scan import Listing, ScanRules, left_out, read, scan
from feedsvc.errors import SourceError

DIALECT = Plain(suffixes=frozenset({".md", ".txt"}))
RULES = ScanRules(dialect=DIALECT)


def fill(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x", encoding="utf-8")


def paths(listing: Listing) -> list[str]:
    return [file.path for file in listing.articles]


def test_articles_are_found_at_every_depth_in_order(tmp_path: Path) -> None:
    fill(tmp_path, "b.md", "a.txt", "deep/er/c.MD", "folder.md/d.md")

    assert paths(scan(tmp_path, RULES)) == ["a.txt", "b.md", "deep/er/c.MD", "folder.md/d.md"]


def test_what_is_no_article_is_passed_over(tmp_path: Path) -> None:
    fill(
        tmp_path, "a.md", ".hidden.md", ".git/b.md", ".feedsvc/c.md", "d.md~", "#e.md#", ".f.md.swp", "g.tmp"
    )
    fill(tmp_path, "README.md", "readme.txt", "LICENSE.txt", "robots.txt", "style.css", "node_modules/x/h.md")

    assert paths(scan(tmp_path, RULES)) == ["a.md"]


def test_a_title_may_begin_with_readme(tmp_path: Path) -> None:
    fill(tmp_path, "readme-driven-development.md")

    assert paths(scan(tmp_path, RULES)) == ["readme-driven-development.md"]


def test_media_are_listed_apart(tmp_path: Path) -> None:
    fill(tmp_path, "a.md", "img/p.JPG", "talk.mp3")

    assert sorted(scan(tmp_path, RULES).media) == ["img/p.JPG", "talk.mp3"]


def test_patterns_include_and_exclude(tmp_path: Path) -> None:
    fill(tmp_path, "posts/a.md", "posts/b.rst", "pages/c.md", "posts/old/d.md")
    rules = ScanRules(dialect=DIALECT, include=("/posts/**",), exclude=("old/",))

    assert paths(scan(tmp_path, rules)) == ["posts/a.md", "posts/b.rst"]


FILES = ["a.md", "blog/a.md", "blog/drafts/a.md", "blog/x/a.md", "drafts/a.md", "drafts/x/a.md", "봄/a.md"]
PATTERNS: list[tuple[list[str], list[str]]] = [
    (["drafts/*"], ["a.md", "blog/a.md", "blog/drafts/a.md", "blog/x/a.md", "봄/a.md"]),
    (["drafts"], ["a.md", "blog/a.md", "blog/x/a.md", "봄/a.md"]),
    (["/drafts/", "봄/"], ["a.md", "blog/a.md", "blog/drafts/a.md", "blog/x/a.md"]),
    (["/*"], []),
    (["/*", "!/blog"], ["blog/a.md", "blog/drafts/a.md", "blog/x/a.md"]),
    (["/*", "!/blog/", "/blog/*", "!/blog/x/"], ["blog/x/a.md"]),
    (["blog/*", "!blog/x"], ["a.md", "blog/x/a.md", "drafts/a.md", "drafts/x/a.md", "봄/a.md"]),
    (["blog/**", "!blog/a.md"], ["a.md", "blog/a.md", "drafts/a.md", "drafts/x/a.md", "봄/a.md"]),
    (["*", "!*/", "!a.md"], FILES),
    (["# a.md", "", "[b].md"], FILES),
]


@pytest.mark.parametrize(("patterns", "left"), PATTERNS)
def test_patterns_mean_what_they_mean_in_gitignore(
    tmp_path: Path, patterns: list[str], left: list[str]
) -> None:
    fill(tmp_path, *FILES)
    rules = ScanRules(dialect=DIALECT, exclude=tuple(patterns))

    assert paths(scan(tmp_path, rules)) == left
    assert [path for path in FILES if left_out(path, rules) is None] == left


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize(("patterns", "left"), PATTERNS)
def test_git_agrees_with_these_tables(tmp_path: Path, patterns: list[str], left: list[str]) -> None:
    fill(tmp_path, *FILES)
    (tmp_path / ".gitignore").write_text("\n".join(patterns), encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)

    listed = subprocess.run(
        ["git", "ls-files", "-z", "--others", "--exclude-standard"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )

    assert sorted({*listed.stdout.decode().split("\0")} - {"", ".gitignore"}) == left


def test_a_file_may_come_back_from_a_folder_that_is_left_out(tmp_path: Path) -> None:
    """Git would not enter the folder; but who writes this means his articles."""
    fill(tmp_path, "a.md", "b.txt", "blog/c.md", "blog/d.txt")
    rules = ScanRules(dialect=DIALECT, exclude=("*", "!*.md"))

    assert paths(scan(tmp_path, rules)) == ["a.md", "blog/c.md"]


@pytest.mark.parametrize(
    ("exclude", "unknown"),
    [
        ((), True),
        (("*", "!*.md"), True),
        (("d/", "!d/d/**"), True),
        (("/*", "!/d"), True),
        (("/*", "!/[a-d]/e.md"), False),
        (("/*", "!\\[d]/"), True),
        (("/d/*",), False),
        (("d",), False),
        (("/*", "!/blog/"), False),
        (("/*", "!/blog/*.md"), False),
    ],
)
def test_a_folder_that_is_not_listed_is_unknown_unless_it_is_surely_left_out(
    tmp_path: Path, exclude: tuple[str, ...], unknown: bool
) -> None:
    """What is taken for gone leaves the feeds; here, a folder too deep to be entered."""
    (tmp_path / "/".join("d" * 102)).mkdir(parents=True)

    listing = scan(tmp_path, ScanRules(dialect=DIALECT, exclude=exclude))

    assert bool(listing.unreadable) is unknown
    assert [problem.path for problem in listing.problems] == list(listing.unreadable)


def test_our_own_export_is_not_read_back(tmp_path: Path) -> None:
    """`feedsvc build . --out public` must not publish its own pages as articles."""
    fill(tmp_path, "a.md", "public/index.md", f"public/{EXPORT_MANIFEST}")

    assert paths(scan(tmp_path, RULES)) == ["a.md"]


def test_links_lead_neither_out_nor_in_circles(tmp_path: Path) -> None:
    root, outside = tmp_path / "articles", tmp_path / "outside"
    fill(root, "a.md", "sub/b.md")
    fill(outside, "secret.md")
    (root / "out.md").symlink_to(outside / "secret.md")
    (root / "outdir").symlink_to(outside)
    (root / "loop").symlink_to(root)
    (root / "self.md").symlink_to("self.md")
    (root / "dangling.md").symlink_to("nowhere.md")
    (root / "inside.md").symlink_to("sub/b.md")

    assert paths(scan(root, RULES)) == ["a.md", "inside.md", "sub/b.md"]


def test_a_fifo_is_never_opened(tmp_path: Path) -> None:
    """Opening one would wait for a writer for ever."""
    os.mkfifo(tmp_path / "pipe.md")
    fill(tmp_path, "a.md")

    assert paths(scan(tmp_path, RULES)) == ["a.md"]


def test_a_file_that_becomes_a_fifo_is_an_error_and_not_a_wait(tmp_path: Path) -> None:
    fill(tmp_path, "a.md")
    (file,) = scan(tmp_path, RULES).articles
    file.location.unlink()
    os.mkfifo(file.location)

    with pytest.raises(OSError, match="not a regular file"):
        read(file)


def test_reading_stops_at_the_limit(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"0123456789")
    (file,) = scan(tmp_path, RULES).articles

    assert (read(file), read(file, limit=3)) == (b"0123456789", b"012")


def test_a_name_that_is_no_text_is_shown_with_escapes(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.md")).write_text("x", encoding="utf-8")

    assert paths(scan(tmp_path, RULES)) == ["\\xff.md"]


def test_a_name_with_a_line_break_is_shown_on_one_line(tmp_path: Path) -> None:
    fill(tmp_path, "a\nb\x07.md", "한글 ok.md")

    assert paths(scan(tmp_path, RULES)) == ["a\\nb\\u0007.md", "한글 ok.md"]


def test_a_missing_folder_is_an_error_that_says_what_to_check(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere: cannot be listed .*; check the path"):
        scan(tmp_path / "nowhere", RULES)


def test_a_file_instead_of_a_folder_is_an_error(tmp_path: Path) -> None:
    fill(tmp_path, "a.md")

    with pytest.raises(SourceError, match="is a file; name the folder it lies in"):
        scan(tmp_path / "a.md", RULES)


def test_the_stamp_follows_the_file(tmp_path: Path) -> None:
    fill(tmp_path, "a.md")
    (before,) = scan(tmp_path, RULES).articles
    os.utime(tmp_path / "a.md", (1, 1))

    (after,) = scan(tmp_path, RULES).articles

    assert before.stamp != after.stamp
