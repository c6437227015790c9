"""Odd surroundings: a user without home or name, root before the service, and outputs without Hangul."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.processes import Served, environment, feedsvc, in_text, run
from tests.support.sites import article

NOBODY = 12345  # a number that no user has
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")

needs_root = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="only root can be somebody else",
)


def as_nobody(*arguments: str | Path, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user who has neither a name nor a home, as in a container."""
    clean = environment(cwd, environ)
    for name in {"HOME", "XDG_STATE_HOME", "USER", "LOGNAME"} - environ.keys():
        clean.pop(name, None)
    return in_text(run(*arguments, cwd=cwd, environ=clean, before=AS_NOBODY))


@pytest.fixture
def site() -> Iterator[Path]:
    """A folder that belongs to nobody; it is not in pytest's own, which is closed to all but root."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "site"
        folder.mkdir(0o755)
        folder.parent.chmod(0o755)
        (folder / "a.md").write_text(article("A"))
        os.chown(folder, NOBODY, NOBODY)
        yield folder


@cache
def can_run() -> bool:
    """Return whether nobody may run Python at all, which may lie in root's own folder."""
    python = [*AS_NOBODY, sys.executable, "-m", "feedsvc", "--version"]
    return subprocess.run(python, cwd="/", capture_output=True, check=False).returncode == 0


@needs_root
@pytest.mark.parametrize("command", ["refresh", "list", "check", "config", "discover", "build"])
def test_a_user_without_home_and_name_can_do_everything_where_the_folder_is_writable(
    site: Path, command: str
) -> None:
    if not can_run():
        pytest.skip("nobody may not run this Python")
    more: list[str | Path] = ["--out", site / "public"] if command == "build" else []

    done = as_nobody(command, site, *more, cwd=site)

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert (site / ".feedsvc" / "catalogue.db").exists() == (command in ("refresh", "build"))


@needs_root
def test_where_such_a_user_can_write_nothing_one_line_says_so(site: Path) -> None:
    if not can_run():
        pytest.skip("nobody may not run this Python")
    os.chown(site, 0, 0)

    done = as_nobody("refresh", site, cwd=site)
    looked = as_nobody("list", site, cwd=site)

    assert done.returncode == 3
    assert done.stderr == (
        f"feedsvc: no folder for the state can be written: tried {site / '.feedsvc'}; set store.url to a"
        " database elsewhere, or HOME to a folder of this user's\n"
    )
    assert looked.returncode == 0, looked.stderr


# Root before the service


@needs_root
def test_files_that_root_makes_belong_to_the_owner_of_the_folder(site: Path, tmp_path: Path) -> None:
    assert feedsvc("refresh", site, cwd=tmp_path).returncode == 0
    with Served(site, cwd=tmp_path) as served:
        served.stop()

    state = site / ".feedsvc"
    assert {path.stat().st_uid for path in (state, *state.iterdir())} == {NOBODY}
    if can_run():
        assert as_nobody("refresh", site, cwd=site).returncode == 0


@needs_root
def test_files_that_root_left_before_are_given_back_by_its_next_command(site: Path, tmp_path: Path) -> None:
    feedsvc("refresh", site, cwd=tmp_path)
    state = site / ".feedsvc"
    for path in (*state.iterdir(), state):
        os.chown(path, 0, 0)

    assert feedsvc("refresh", site, cwd=tmp_path).returncode == 0

    assert {path.stat().st_uid for path in (state, *state.iterdir())} == {NOBODY}


@needs_root
@pytest.mark.parametrize("name", ["catalogue.db", "catalogue.db.lease", "catalogue.db-wal"])
def test_a_file_of_roots_is_named_with_what_to_do(site: Path, tmp_path: Path, name: str) -> None:
    if not can_run():
        pytest.skip("nobody may not run this Python")
    feedsvc("refresh", site, cwd=tmp_path)
    (site / ".feedsvc" / name).touch(0o600)
    os.chown(site / ".feedsvc" / name, 0, 0)

    done = as_nobody("refresh", site, cwd=site)

    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert f"{site / '.feedsvc' / name}: cannot be written" in done.stderr
    assert f"it belongs to root: give it to user {NOBODY} (chown), or run as root" in done.stderr


# Outputs that have no Hangul

TITLE = "첫 글 😀 café"


@pytest.fixture
def korean(tmp_path: Path) -> Path:
    folder = tmp_path / "글"
    folder.mkdir()
    (folder / "한글.md").write_text(f"---\ntitle: {TITLE}\ndate: 2026-04-01\ncategory: 소식\n---\n\n안녕\n")
    (folder / "broken.md").write_text("---\ntitle: 끝이 없다\n")
    (folder / "feedsvc.toml").write_text(
        f'[site]\ntitle = "{TITLE}"\n[[feed]]\nname = "inner"\ntitle = "안"\nprivate = true\n'
    )
    return folder


ENCODINGS = ["latin-1", "cp949"]


def bytes_of(*arguments: str | Path, cwd: Path, encoding: str) -> tuple[bytes, bytes]:
    """Run a command; returns what it printed."""
    more = {"PYTHONIOENCODING": encoding, "FEEDSVC_LOG__FORMAT": "json"}
    done = run(*arguments, cwd=cwd, environ=environment(cwd, more))
    assert done.returncode in (0, 1), done.stderr
    assert b"Traceback" not in done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_command_fails_for_what_an_output_cannot_show(korean: Path, tmp_path: Path, encoding: str) -> None:
    commands: list[list[str | Path]] = [
        ["refresh", korean],
        ["build", korean, "--out", korean / "public"],
        ["list", korean],
        ["check", korean],
        ["check", korean, "--format", "github"],
        ["explain", korean / "한글.md"],
        ["stats", korean],
        ["token", "add", "inner", "--for", "김", korean],
        ["token", "list", korean],
        ["backup", tmp_path / "kept.db", korean],
        ["restore", tmp_path / "kept.db", korean],
    ]
    for command in commands:
        bytes_of(*command, cwd=tmp_path, encoding=encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_is_json_in_whatever_encoding(korean: Path, tmp_path: Path, encoding: str) -> None:
    """RFC 8259 wants UTF-8, whatever the terminal has."""
    listed, _ = bytes_of("list", korean, "--format", "jsonl", cwd=tmp_path, encoding=encoding)
    checked, _ = bytes_of("check", korean, "--format", "json", cwd=tmp_path, encoding=encoding)
    explained, _ = bytes_of(
        "explain", korean / "한글.md", "--format", "json", cwd=tmp_path, encoding=encoding
    )

    rows = [json.loads(line) for line in listed.splitlines()]
    assert TITLE in {row["title"] for row in rows}
    assert "한글.md" in {row["path"] for row in rows}
    assert [json.loads(line)["path"] for line in checked.splitlines()] == ["broken.md"]
    assert json.loads(explained)["path"] == "한글.md"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_configuration_that_is_printed_can_be_read_again(
    korean: Path, tmp_path: Path, encoding: str
) -> None:
    printed, _ = bytes_of("config", korean, cwd=tmp_path, encoding=encoding)

    read = "utf-8" if encoding == "ascii" else encoding  # as Click has it where there is but ASCII
    assert tomllib.loads(printed.decode(read))["site"]["title"] == TITLE


@pytest.mark.parametrize("encoding", ["latin-1", "cp949"])
def test_lines_for_a_page_are_html_in_whatever_encoding(korean: Path, tmp_path: Path, encoding: str) -> None:
    printed, _ = bytes_of("discover", korean, cwd=tmp_path, encoding=encoding)

    assert "&#128512;" in printed.decode(encoding)
