"""Commands, their output and their exit status."""

import json
import shutil
from pathlib import Path

import pytest

from feedsvc.cli.workplace import PROVISIONAL
from tests.support.processes import Served, feedsvc
from tests.support.sites import article

BROKEN = "---\ntitle: Bad\n\nno end\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one article."""
    made = tmp_path / "articles"
    made.mkdir()
    (made / "a.md").write_text(article("A", tags="[x]", author="Kim"))
    return made


def tree(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*")}


def test_check_prints_path_line_severity_and_reason_and_exits_with_1(folder: Path) -> None:
    (folder / "bad.md").write_text(BROKEN)

    done = feedsvc("check", folder, cwd=folder)

    assert done.returncode == 1
    assert done.stdout == "bad.md:1: error: the front matter has no end; close it with a line '---'\n"
    assert done.stderr == "1 article visible, 1 left out, 1 error, 0 warnings\n"


def test_check_is_content_with_drafts_and_warnings(folder: Path) -> None:
    (folder / "draft.md").write_text(article("Draft", draft="true"))
    (folder / "planned.md").write_text(article("Planned", date="2099-01-01"))
    (folder / "odd.md").write_text(article("Odd", date="2024-02-30"))

    done = feedsvc("check", folder, cwd=folder)

    assert done.returncode == 0
    assert done.stdout.startswith("odd.md:3: warning: 'date' is ignored")


def test_check_speaks_to_programs(folder: Path) -> None:
    (folder / "100%, bad.md").write_text(BROKEN)

    as_json = feedsvc("check", folder, "--format", "json", cwd=folder)
    for_github = feedsvc("check", folder, "--format", "github", cwd=folder, GITHUB_WORKSPACE="")

    assert json.loads(as_json.stdout)["path"] == "100%, bad.md"
    assert for_github.stdout == (
        "::error file=100%25%2C bad.md,line=1,title=feedsvc"
        "::the front matter has no end; close it with a line '---'\n"
    )


@pytest.mark.parametrize("workspace", ["", "repository"])
def test_github_finds_the_file_by_its_path_in_the_repository(
    folder: Path, tmp_path: Path, workspace: str
) -> None:
    """Not by the one in the articles folder; where the command runs, if nothing else is known."""
    repository = tmp_path / workspace
    repository.mkdir(exist_ok=True)
    moved = folder.rename(repository / "content")
    (moved / "bad.md").write_text(BROKEN)
    cwd = moved if workspace else repository

    done = feedsvc(
        "check", moved, "--format", "github", cwd=cwd, GITHUB_WORKSPACE=str(repository) if workspace else ""
    )

    assert done.stdout.startswith("::error file=content/bad.md,line=1,title=feedsvc::")


@pytest.mark.parametrize(("arguments", "status"), [((), 0), (("--strict",), 1), (("--strict", "-q"), 1)])
def test_a_strict_check_fails_for_warnings(folder: Path, arguments: tuple[str, ...], status: int) -> None:
    (folder / "empty.md").write_text("")

    done = feedsvc("check", folder, *arguments, cwd=folder)

    assert done.returncode == status
    assert done.stdout == "empty.md: warning: is empty; write something or delete it\n"
    quiet = "-q" in arguments
    assert done.stderr == ("" if quiet else "1 article visible, 1 left out, 0 errors, 1 warning\n")


def test_what_was_published_and_is_broken_now_is_shown_in_its_last_good_version(folder: Path) -> None:
    feedsvc("refresh", folder, cwd=folder)
    (folder / "a.md").write_text(BROKEN)

    checked = feedsvc("check", folder, cwd=folder)
    listed = feedsvc("list", folder, cwd=folder)
    as_json = feedsvc("list", folder, "--format", "jsonl", cwd=folder)

    assert checked.returncode == 1
    assert checked.stderr == (
        "1 article visible (1 in the last good version), 0 left out, 1 error, 0 warnings\n"
    )
    assert listed.stdout == "2026-04-01  last good    a.md  A  http://127.0.0.1:8000/articles/a/\n"
    assert listed.stderr == "1 article broken; `feedsvc check` says why\n"
    assert json.loads(as_json.stdout)["reason"] is None


def test_list_gives_every_article_with_every_key(folder: Path) -> None:
    (folder / "bad.md").write_text(BROKEN)
    (folder / "draft.md").write_text(article("Draft", draft="true"))

    done = feedsvc("list", folder, "--format", "jsonl", cwd=folder)

    assert done.returncode == 0
    rows = {row["path"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert rows["a.md"] == {
        "path": "a.md",
        "id": None,  # provisional
        "url": "http://127.0.0.1:8000/articles/a/",
        "title": "A",
        "published": "2026-04-01T00:00:00+00:00",
        "updated": "2026-04-01T00:00:00+00:00",
        "authors": ["Kim"],
        "categories": [],
        "tags": ["x"],
        "language": "en",
        "excerpt": "Hello, world.",
        "image": None,
        "visible": True,
        "reason": None,
    }
    assert (rows["draft.md"]["visible"], rows["draft.md"]["reason"]) == (False, "draft")
    assert (rows["bad.md"]["title"], rows["bad.md"]["reason"]) == (None, "broken")
    assert "1 article broken" in done.stderr


def test_list_tells_the_id_that_a_public_site_gives(folder: Path) -> None:
    public = {"FEEDSVC_SERVER__URL": "https://example.org"}
    listed = feedsvc("list", folder, "--format", "jsonl", cwd=folder, **public)
    feedsvc("refresh", folder, cwd=folder, **public)
    published = feedsvc("list", folder, "--format", "jsonl", cwd=folder, **public)

    assert json.loads(listed.stdout)["id"].startswith("urn:uuid:")
    assert published.stdout == listed.stdout


def test_list_prints_a_line_each_for_people(folder: Path) -> None:
    (folder / "draft.md").write_text(article("Draft", draft="true"))

    lines = feedsvc("list", folder, cwd=folder).stdout.splitlines()

    assert [line.split() for line in lines] == [
        ["2026-04-01", "draft", "draft.md", "Draft", "http://127.0.0.1:8000/articles/draft/"],
        ["2026-04-01", "a.md", "A", "http://127.0.0.1:8000/articles/a/"],
    ]


@pytest.mark.parametrize("command", ["check", "list", "config"])
def test_whoever_looks_writes_nothing(folder: Path, command: str) -> None:
    before = tree(folder)

    feedsvc(command, folder, cwd=folder)
    assert tree(folder) == before

    feedsvc("refresh", folder, cwd=folder)
    before = tree(folder)
    feedsvc(command, folder, cwd=folder)
    assert tree(folder) == before


def test_refresh_says_what_it_did_and_is_content_with_broken_articles(folder: Path) -> None:
    (folder / "bad.md").write_text(BROKEN)

    first = feedsvc("refresh", folder, cwd=folder)
    second = feedsvc("refresh", folder, cwd=folder)

    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stderr.splitlines()[1:] == [
        "published generation 1: 1 article in 3 feeds; 1 file broken",
        f"http://127.0.0.1:8000: {PROVISIONAL}",
    ]
    assert second.stderr.splitlines()[1] == "no news: 1 article in 3 feeds; 1 file broken"


def test_refresh_beside_a_server_says_as_much_as_alone(folder: Path, tmp_path: Path) -> None:
    """And who did it: what is broken is nothing that only the server's log should know."""
    with Served(
        folder, cwd=tmp_path, FEEDSVC_ARTICLES__WATCH="false", FEEDSVC_ARTICLES__RESCAN="10000"
    ) as served:
        (folder / "b.md").write_text(article("B"))
        (folder / "bad.md").write_text(BROKEN)

        first = feedsvc("refresh", folder, cwd=tmp_path)
        second = feedsvc("refresh", folder, "--quiet", cwd=tmp_path)
        third = feedsvc("refresh", folder, cwd=tmp_path)

    bad = "bad.md:1: error: the front matter has no end; close it with a line '---'\n"
    old = (
        "b.md: warning: is new and dated 2026-04-01T00:00:00+00:00, no later than a.md"
        " (2026-04-01T00:00:00+00:00), so readers that go by dates will not see it; give it a later 'date' if"
        " they are to\n"
    )
    by = f"by feedsvc serve of {folder} on port {served.port} (process {served.process.pid})\n"
    there = "2 articles in 3 feeds; 1 file broken\n"
    assert (first.returncode, second.returncode, third.returncode) == (0, 0, 0)
    assert first.stderr == f"{bad}{old}published generation 2: {there}{by}"
    assert second.stderr == bad
    assert third.stderr == f"{bad}no news: {there}{by}"


def test_the_state_lies_in_the_folder_and_git_does_not_see_it(folder: Path) -> None:
    feedsvc("refresh", folder, cwd=folder)

    assert (folder / ".feedsvc" / ".gitignore").read_text() == "*\n"
    assert (folder / ".feedsvc" / "catalogue.db").exists()


def test_the_state_lies_beside_a_configuration(folder: Path, tmp_path: Path) -> None:
    config = tmp_path / "etc" / "feedsvc.toml"
    config.parent.mkdir()
    config.write_text('[articles]\ndirectory = "../articles"\n')

    done = feedsvc("refresh", "-c", config, cwd=folder)

    assert done.returncode == 0, done.stderr
    assert (config.parent / ".feedsvc" / "catalogue.db").exists()
    assert not (folder / ".feedsvc").exists()


def test_config_prints_what_is_in_force(folder: Path) -> None:
    done = feedsvc("config", cwd=folder, FEEDSVC_SERVER__PORT="9000")

    assert done.returncode == 0
    assert "port = 9000" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["refresh", "nowhere"], 3, "nowhere: there is no such folder"),
        (["list", "nowhere"], 3, "nowhere: cannot be listed (No such file or directory)"),
        (["refresh"], 2, "no articles folder"),
        (["refresh", "-c", "none.toml"], 2, "none.toml:\n  - cannot be read (No such file or directory)"),
        (["build", ".", "--out", "a.md"], 2, "a.md: is a file; --out needs a folder"),
        (["check", "loop"], 3, "loop/feedsvc.toml: cannot be looked for (Too many levels of symbolic links)"),
        (["refresh", "loop"], 3, "loop/feedsvc.toml: cannot be looked for"),
        (["build", ".", "--out", "loop"], 3, "loop: cannot be written (File exists)"),
        (["build", ".", "--out", "."], 2, ".: is the folder of articles itself"),
    ],
)
def test_what_cannot_be_done_is_one_message(
    folder: Path, arguments: list[str], status: int, message: str
) -> None:
    (folder / "loop").symlink_to("loop")

    done = feedsvc(*arguments, cwd=folder)

    assert done.returncode == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_every_fault_of_a_configuration_is_said_at_once(folder: Path) -> None:
    (folder / "feedsvc.toml").write_text(
        '[articles]\ndirektory = "x"\nrescan = 0\n[server]\nurl = "example.org"\n'
    )

    done = feedsvc("refresh", folder, cwd=folder)

    assert done.returncode == 2
    assert "articles.direktory: no such setting; did you mean 'articles.directory'?" in done.stderr
    assert "articles.rescan: must be" in done.stderr
    assert "server.url: must start with http:// or https://" in done.stderr


def test_a_missing_folder_after_feeds_were_published_loses_nothing(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "feedsvc.toml").write_text('[articles]\ndirectory = "articles"\n')
    feedsvc("build", "--out", "public", cwd=tmp_path)
    before = tree(tmp_path / "public")
    shutil.rmtree(folder)

    done = feedsvc("build", "--out", "public", cwd=tmp_path)

    assert done.returncode == 3
    assert tree(tmp_path / "public") == before


def test_a_damaged_catalogue_is_never_made_anew(folder: Path) -> None:
    feedsvc("refresh", folder, cwd=folder)
    catalogue = folder / ".feedsvc" / "catalogue.db"
    catalogue.write_bytes(b"rubbish" * 1000)

    done = feedsvc("refresh", folder, cwd=folder)

    assert done.returncode == 3
    assert "damaged" in done.stderr
    assert catalogue.read_bytes() == b"rubbish" * 1000


def test_a_state_that_cannot_be_written_moves_to_the_users_folder(folder: Path, tmp_path: Path) -> None:
    (folder / ".feedsvc").write_text("a file where the state would lie")

    done = feedsvc("refresh", folder, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "state" / "feedsvc").glob("*/catalogue.db"))


def test_every_command_has_help() -> None:
    done = feedsvc("--help", cwd=Path.cwd())

    for command in ("serve", "build", "refresh", "check", "list", "config"):
        assert f"  {command} " in done.stdout
        assert "ARTICLES" in feedsvc(command, "--help", cwd=Path.cwd()).stdout


def test_whoever_looks_needs_no_catalogue(folder: Path) -> None:
    """As in CI, where nothing was ever published."""
    environ = {"FEEDSVC_STORE__URL": f"sqlite:///{folder.parent / 'none.db'}"}

    assert feedsvc("check", folder, cwd=folder, **environ).returncode == 0
    assert feedsvc("list", folder, cwd=folder, **environ).returncode == 0
    assert not (folder.parent / "none.db").exists()


def test_the_state_that_is_there_is_the_state(folder: Path, tmp_path: Path) -> None:
    """Another one, elsewhere, would give every article another id."""
    feedsvc("refresh", folder, cwd=tmp_path)
    catalogue = folder / ".feedsvc" / "catalogue.db"
    catalogue.write_bytes(b"")

    done = feedsvc("refresh", folder, cwd=tmp_path)

    assert done.returncode == 3
    assert not (tmp_path / "state").exists()
