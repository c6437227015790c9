"""`feedsvc init`: a configuration that says much and changes nothing."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.processes import SECONDS, environment, feedsvc
from tests.support.sites import article


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    root = tmp_path / "한글 blog"
    root.mkdir()
    (root / "a.md").write_text(article("안녕하세요", "오늘은 날씨가 좋습니다.", tags="[x]", draft="false"))
    (root / "b.md").write_text("Undated, and without a title.")
    (root / "draft.md").write_text(article("Draft", draft="true"))
    (root / "bad.md").write_text("---\ntitle: Bad\n\nno end\n")
    return root


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def uncommented(text: str, *keys: str) -> dict[str, dict[str, object]]:
    """Return the settings of the file, with those of *keys* that are commented out."""
    return tomllib.loads(re.sub(rf"^#({'|'.join(keys)}) = ", r"\1 = ", text, flags=re.MULTILINE))


def test_it_writes_what_it_found_and_says_what_comes_next(blog: Path, tmp_path: Path) -> None:
    done = feedsvc("init", blog, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        f"{blog}/feedsvc.toml: written; 3 articles found\n"
        f"next:\n  feedsvc check '{blog}'\n"
        f"  set site.title and server.url in {blog}/feedsvc.toml\n"
        f"  feedsvc serve '{blog}'\n"
    )
    text = (blog / "feedsvc.toml").read_text(encoding="utf-8")
    assert "which found 3 articles." in text
    found = uncommented(text, "title", "language", "dialect", "git_dates")
    assert found["site"] == {"title": "한글 blog", "language": "ko"}
    assert found["articles"] == {"directory": ".", "dialect": "plain", "git_dates": False}


def test_nothing_is_set_but_the_folder(blog: Path, tmp_path: Path) -> None:
    feedsvc("init", blog, cwd=tmp_path)

    sections = tomllib.loads((blog / "feedsvc.toml").read_text(encoding="utf-8"))

    assert {name: keys for name, keys in sections.items() if keys} == {"articles": {"directory": "."}}


def test_feeds_ids_and_state_are_what_they_are_without_it(blog: Path, tmp_path: Path) -> None:
    """Byte for byte: whoever tries it has nothing to regret."""
    (tmp_path / "other").mkdir()
    twin = Path(shutil.copytree(blog, tmp_path / "other" / blog.name))
    feedsvc("init", twin, cwd=tmp_path)

    for root in (blog, twin):
        built = feedsvc("build", root, "--out", root.parent / "out", cwd=tmp_path)
        assert built.returncode == 0, built.stderr

    assert files(blog.parent / "out") == files(twin.parent / "out")
    assert "atom.xml" in files(blog.parent / "out")
    added = files(twin).keys() - files(blog).keys()
    assert added == {"feedsvc.toml"}
    listed = [feedsvc("list", root, "--format", "jsonl", cwd=tmp_path).stdout for root in (blog, twin)]
    assert listed[0] == listed[1]


def test_a_state_that_is_there_goes_on(blog: Path, tmp_path: Path) -> None:
    feedsvc("refresh", blog, cwd=tmp_path)
    feedsvc("init", blog, cwd=tmp_path)

    done = feedsvc("refresh", blog, cwd=tmp_path)

    assert "no news" in done.stderr


def test_what_was_found_may_be_uncommented_without_news(blog: Path, tmp_path: Path) -> None:
    feedsvc("refresh", blog, cwd=tmp_path)
    feedsvc("init", blog, cwd=tmp_path)
    file = blog / "feedsvc.toml"
    keys = "title|language|dialect|git_dates"
    file.write_text(
        re.sub(rf"(?m)^#(?=(?:{keys}) = )", "", file.read_text(encoding="utf-8")), encoding="utf-8"
    )

    done = feedsvc("refresh", blog, cwd=tmp_path)

    assert "no news" in done.stderr, done.stderr


def test_git_is_found_where_it_knows_the_articles(blog: Path) -> None:
    who = ("-c", "user.name=K", "-c", "user.email=k@example.org")
    for arguments in (("init", "-q"), ("add", "."), (*who, "commit", "-qm", "first")):
        subprocess.run(["git", *arguments], cwd=blog, check=True)

    feedsvc("init", ".", cwd=blog)

    found = uncommented((blog / "feedsvc.toml").read_text(encoding="utf-8"), "git_dates", "title")
    assert found["articles"]["git_dates"] is True
    assert found["site"]["title"] == "한글 blog"


def test_the_file_may_lie_elsewhere(blog: Path, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()

    done = feedsvc("init", blog.name, "-c", "etc/my blog.toml", cwd=tmp_path)
    checked = feedsvc("list", "-c", "etc/my blog.toml", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        "etc/my blog.toml: written; 3 articles found\nnext:\n"
        "  feedsvc check -c 'etc/my blog.toml'\n"
        "  set site.title and server.url in etc/my blog.toml\n"
        "  feedsvc serve -c 'etc/my blog.toml'\n"
    )
    written = tomllib.loads((tmp_path / "etc" / "my blog.toml").read_text(encoding="utf-8"))
    assert written["articles"] == {"directory": f"../{blog.name}"}
    assert "  b.md" in checked.stdout
    assert not (blog / "feedsvc.toml").exists()


def test_a_full_disk_leaves_no_half_a_file(blog: Path) -> None:
    """No file may grow over a limit, which is how a full disk looks to a program."""
    before = files(blog)
    limited = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100));"
        "from feedsvc.cli import main; main()"
    )

    done = subprocess.run(
        [sys.executable, "-c", limited, "init", "."],
        cwd=blog,
        env=environment(blog, {}),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert done.returncode == 2
    assert "feedsvc.toml: cannot be written (File too large); make its folder writable" in done.stderr
    assert files(blog) == before


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("nowhere", "nowhere: is no folder; name the one that the articles lie in"),
        ("a.md", "a.md: is no folder"),
        (".", "feedsvc.toml: is there already; edit that one, or move it away first"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_touched(blog: Path, folder: str, message: str) -> None:
    (blog / "feedsvc.toml").write_text("# mine\n")
    before = files(blog)

    done = feedsvc("init", folder, cwd=blog)

    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert files(blog) == before
