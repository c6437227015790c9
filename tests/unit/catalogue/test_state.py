"""Where the state lies, who may write it, and what an unclean end leaves: in real processes."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from stat import S_IMODE

import pytest

from tests.support.processes import SECONDS, Served, environment, feedsvc, free_port, powerless
from tests.support.sites import article

PUBLIC = "https://example.org"

UNDATED = "# Undated\n\nAs old as its file, at first sight."


def ordinary_user(*arguments: str | Path, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody whom permissions stop, which they do not stop root."""
    return feedsvc(*arguments, cwd=cwd, before=powerless(), **environ)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """A folder with two articles; its permissions are restored at the end."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "a.md").write_text(article("A"))
    (folder / "undated.md").write_text(UNDATED)
    yield folder
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)


def forbid(folder: Path) -> None:
    """Take every right to write away from a folder and all in it."""
    for path in (*folder.rglob("*"), folder):
        path.chmod(S_IMODE(path.stat().st_mode) & 0o555)


def listed(
    folder: Path, home: Path, *, run: Callable[..., subprocess.CompletedProcess[str]] = feedsvc
) -> list[dict[str, str]]:
    """Return what `feedsvc list` says."""
    done = run("list", folder, "--format", "jsonl", cwd=home, FEEDSVC_SERVER__URL=PUBLIC)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


# For whose eyes

WATCHED = """
import os, sys
from pathlib import Path
from feedsvc.cli import main

folders, seen, looking = [Path(name) for name in os.environ["WATCHED"].split(os.pathsep)], set(), False

def look(event, _):
    global looking
    if not looking and event != "object.__getattr__":
        looking = True
        for folder in folders:
            for path in (folder, *folder.rglob("*")) if folder.exists() else ():
                try:
                    seen.add((path, path.lstat().st_mode & 0o77))
                except FileNotFoundError:
                    pass
        looking = False

sys.addaudithook(look)
try:
    main()
finally:
    looking = True
    print(*(path for path, of_others in seen if of_others), sep="\\n", end="", file=sys.__stdout__)
"""


def watched(*arguments: str | Path, cwd: Path, folders: Iterable[Path]) -> list[str]:
    """Run a command where every mode is wished for; returns what others could open meanwhile."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *map(str, arguments)],
        cwd=cwd,
        env=environment(cwd, {"WATCHED": os.pathsep.join(map(str, folders))}),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        umask=0,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n") if done.stdout else []


def modes(folder: Path) -> dict[str, int]:
    """Return what users may do with a folder and all in it."""
    return {
        str(path.relative_to(folder)): S_IMODE(path.lstat().st_mode) for path in (folder, *folder.rglob("*"))
    }


def only_its_owners(folder: Path) -> dict[str, int]:
    """Return the modes that it shall have."""
    return {path: 0o700 if (folder / path).is_dir() else 0o600 for path in modes(folder)}


def test_state_is_never_open_to_others_while_it_is_made(site: Path, tmp_path: Path) -> None:
    """Not even for a moment: who has a file open keeps it open."""
    state, kept = site / ".feedsvc", tmp_path / "kept"
    kept.mkdir(0o700)
    (site / "b.md").write_text(article("B"))

    assert watched("refresh", site, cwd=tmp_path, folders=[state]) == []
    assert watched("backup", kept / "kept.db", site, cwd=tmp_path, folders=[state, kept]) == []
    (state / "catalogue.db").write_bytes(b"rubbish")
    assert watched("restore", kept / "kept.db", site, cwd=tmp_path, folders=[state, kept]) == []

    assert modes(state) == only_its_owners(state)
    assert modes(kept) == only_its_owners(kept)
    assert "catalogue.db.unusable" in modes(state)


def test_files_of_a_running_service_are_for_its_owner_alone(site: Path, tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        with Served(site, cwd=tmp_path) as served:
            assert modes(site / ".feedsvc") == only_its_owners(site / ".feedsvc")
            assert {"catalogue.db-wal", "catalogue.db-shm", "admin-token"} < modes(site / ".feedsvc").keys()
            served.stop()
    finally:
        os.umask(umask)


def test_state_of_an_older_version_is_closed_at_the_next_start(site: Path, tmp_path: Path) -> None:
    with Served(site, cwd=tmp_path) as served:
        served.stop(signal.SIGKILL)
    state = site / ".feedsvc"
    for name in ("catalogue.db.schema-0001", "catalogue.db.unusable", "notes"):
        (state / name).write_text("kept")
    for path in (state, *state.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)
    elsewhere = tmp_path / "shared.txt"
    elsewhere.write_text("for everybody")
    elsewhere.chmod(0o644)
    (state / "link").symlink_to(elsewhere)

    done = feedsvc("refresh", site, cwd=tmp_path)
    again = feedsvc("refresh", site, cwd=tmp_path)
    (state / "link").unlink()

    assert modes(state) == only_its_owners(state)
    assert S_IMODE(elsewhere.stat().st_mode) == 0o644
    assert f"state was open to others path={state} mended=True" in done.stderr
    assert "state was open" not in again.stderr


def test_a_catalogue_elsewhere_and_what_belongs_to_it_are_closed_and_nothing_else_is(
    site: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'data'}"
    assert feedsvc("refresh", site, cwd=tmp_path, FEEDSVC_STORE__URL=url).returncode == 0
    for name in ("data", "data.lease", "data.schema-0001", "data.txt", "database"):
        (tmp_path / name).open("a").close()
        (tmp_path / name).chmod(0o644)

    assert feedsvc("refresh", site, cwd=tmp_path, FEEDSVC_STORE__URL=url).returncode == 0

    found = modes(tmp_path)
    assert [found[name] for name in ("data", "data.lease", "data.schema-0001")] == [0o600] * 3
    assert [found[name] for name in ("data.txt", "database")] == [0o644] * 2


def test_the_users_own_state_is_closed_too(site: Path, tmp_path: Path) -> None:
    forbid(site)

    done = ordinary_user("refresh", site, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert modes(tmp_path / "state") == only_its_owners(tmp_path / "state")


@pytest.mark.parametrize("place", ["variable", "file", "configuration"])
def test_a_token_that_somebody_has_set_is_not_printed_but_where_it_is(
    site: Path, tmp_path: Path, place: str
) -> None:
    """The output lies in a journal for ever."""
    token, secret, config = "correct-horse-battery-staple", tmp_path / "secret", site / "feedsvc.toml"
    secret.write_text(token)
    if place == "configuration":
        config.write_text(f'[server]\nadmin_token = "{token}"\n')
    where = {
        "variable": "FEEDSVC_SERVER__ADMIN_TOKEN",
        "file": str(secret),
        "configuration": f"server.admin_token in {config}",
    }[place]

    with Served(
        site,
        cwd=tmp_path,
        FEEDSVC_SERVER__ADMIN_TOKEN=token if place == "variable" else "",
        FEEDSVC_SERVER__ADMIN_TOKEN_FILE=str(secret) if place == "file" else "",
    ) as served:
        served.until(lambda: "  admin " in served.log)

        assert served.get("/status", Authorization=f"Bearer {token}").status == 200
        assert f"  admin {served.url}/status?token=TOKEN; the token is in {where}\n" in served.log
        assert token not in served.log


# Who else is there


def test_whoever_looks_may_do_so_beside_a_running_server(site: Path, tmp_path: Path) -> None:
    with Served(site, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC) as served:
        checked = feedsvc("check", site, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC)
        rows = listed(site, tmp_path)

        assert checked.returncode == 0, checked.stderr
        assert all(row["id"].encode() in served.get().body for row in rows)


def test_a_link_to_the_folder_is_the_same_site(site: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(site)
    with Served(site, cwd=tmp_path) as served:
        again = feedsvc("serve", link, "--port", str(served.port + 1), cwd=tmp_path)

        assert again.returncode == 3
        assert f"process {served.process.pid}" in again.stderr


# A site that moves


def bodies(served: Served) -> dict[str, tuple[bytes, str | None]]:
    """Return feeds with their dates."""
    answers = {path: served.get(path) for path in ("/rss.xml", "/atom.xml", "/feed.json", "/")}
    return {path: (answer.body, answer.headers["Last-Modified"]) for path, answer in answers.items()}


def test_a_moved_site_is_the_same_site(site: Path, tmp_path: Path) -> None:
    with Served(site, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC) as served:
        before = bodies(served)
        served.stop()
    (tmp_path / "elsewhere").mkdir()
    moved = site.rename(tmp_path / "elsewhere" / site.name)  # without a title, it is named after its folder

    with Served(moved, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC) as served:
        assert bodies(served) == before
        assert served.log.count("published generation=") == 1


def test_a_copied_site_has_a_life_of_its_own(site: Path, tmp_path: Path) -> None:
    feedsvc("refresh", site, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC)
    copy = shutil.copytree(site, tmp_path / "copy" / site.name)
    (tmp_path / "log").mkdir()

    with (
        Served(site, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC) as one,
        Served(copy, cwd=tmp_path / "log", FEEDSVC_SERVER__URL=PUBLIC) as other,
    ):
        assert bodies(other) == bodies(one)
        (copy / "b.md").write_text(article("B"))
        assert feedsvc("refresh", copy, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC).returncode == 0

        other.until(lambda: b">B</title>" in other.get().body)
        assert b">B</title>" not in one.get().body


def test_a_state_that_is_moved_away_stops_publishing_until_it_is_back(site: Path, tmp_path: Path) -> None:
    """Whoever finds no lease there may begin to publish; what is served stays."""
    with Served(site, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC, FEEDSVC_ARTICLES__RESCAN="1") as served:
        before = served.get()
        away = (site / ".feedsvc").rename(tmp_path / "away")
        (site / "b.md").write_text(article("B"))

        lost = "the state was moved away or replaced; nothing is published until it is back"
        served.until(lambda: f"failed job=rescan: {site / '.feedsvc'}: {lost}" in served.log)
        assert served.get().body == before.body

        away.rename(site / ".feedsvc")
        served.until(lambda: b">B</title>" in served.get().body)
        assert "recovered job=rescan" in served.log


@pytest.mark.parametrize("name", ["what?", "100%41"])
@pytest.mark.parametrize("configured", [False, True])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str, configured: bool) -> None:
    """Its state lies in it, and nowhere else: in a URL, these characters mean something."""
    home = tmp_path / name
    home.mkdir()
    (home / "a.md").write_text(article("A"))
    if configured:
        (home / "feedsvc.toml").write_text('[store]\nurl = "sqlite:///here.db"\n')

    done = feedsvc("refresh", home, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert (home / ("here.db" if configured else ".feedsvc/catalogue.db")).exists()
    assert [path.name for path in tmp_path.iterdir()] == [name]


# An unclean end


def test_nothing_is_left_to_clean_up_after_a_kill(site: Path, tmp_path: Path) -> None:
    """The lease file still names the dead, and the newest part of the catalogue is in its log."""
    state = site / ".feedsvc"
    with Served(site, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC) as killed:
        before = bodies(killed)
        killed.stop(signal.SIGKILL)
    assert f"process {killed.process.pid}" in (state / "catalogue.db.lease").read_text()
    assert (state / "catalogue.db-wal").stat().st_size > 0
    (state / "catalogue.db.1.new").write_bytes(b"half made")

    with Served(site, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC) as served:
        assert bodies(served) == before
        assert not (state / "catalogue.db.1.new").exists()
        assert served.stop() == 0

    assert (state / "catalogue.db.lease").read_text() == ""
    assert {path.name for path in state.glob("catalogue*")} == {"catalogue.db", "catalogue.db.lease"}


# A folder that is not there, or cannot be written


@pytest.mark.parametrize("named", ["articles", "nowhere/articles"])
def test_a_server_never_makes_the_folder_of_articles(tmp_path: Path, named: str) -> None:
    """It would publish an empty one; the catalogue elsewhere may know a thousand articles."""
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"

    done = feedsvc("serve", named, "--port", str(free_port()), cwd=tmp_path, FEEDSVC_STORE__URL=url)

    assert done.returncode == 3
    assert done.stderr == f"feedsvc: {tmp_path / named}: there is no such folder\n"
    assert not (tmp_path / named).exists()
    assert not (tmp_path / "state").exists()


def test_with_store_and_token_elsewhere_nothing_is_written_beside_the_articles(
    site: Path, tmp_path: Path
) -> None:
    url, token = f"sqlite:///{tmp_path / 'elsewhere.db'}", "correct-horse-battery-staple"
    with Served(site, cwd=tmp_path, FEEDSVC_STORE__URL=url, FEEDSVC_SERVER__ADMIN_TOKEN=token) as served:
        assert served.get("/status", Authorization=f"Bearer {token}").status == 200

    assert not (site / ".feedsvc").exists()
    assert not (tmp_path / "state").exists()


def test_with_only_the_store_elsewhere_and_nowhere_to_write_the_token_is_asked_for(
    site: Path, tmp_path: Path
) -> None:
    """As in a container with a database: what is set already is no advice."""
    (tmp_path / "state").write_text("a file where the state would lie")
    (site / ".feedsvc").write_text("likewise")
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"

    done = feedsvc("serve", site, "--port", str(free_port()), cwd=tmp_path, FEEDSVC_STORE__URL=url)

    assert done.returncode == 3
    assert done.stderr.endswith("; set server.admin_token\n")


def test_a_port_in_use_is_said_before_anything_is_written(site: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        done = feedsvc("serve", site, "--port", str(taken.getsockname()[1]), cwd=tmp_path)

    assert done.returncode == 2
    assert "is already in use; choose another with --port" in done.stderr
    assert {path.name for path in site.iterdir()} == {"a.md", "undated.md"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_second_server_on_the_same_port_is_told_of_the_first(site: Path, tmp_path: Path) -> None:
    with Served(site, cwd=tmp_path) as served:
        again = feedsvc("serve", site, "--port", str(served.port), cwd=tmp_path)

        assert again.returncode == 3
        assert f"process {served.process.pid}" in again.stderr


def test_state_goes_to_the_users_folder_and_that_is_said(site: Path, tmp_path: Path) -> None:
    forbid(site)
    done = ordinary_user("refresh", site, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert f"the state goes to {tmp_path / 'state' / 'feedsvc'}" in done.stderr
    assert f", as nothing is written to {site}\n" in done.stderr
    assert "cannot" not in done.stderr  # it is no trouble
    assert not (site / ".feedsvc").exists()
    assert len(list((tmp_path / "state" / "feedsvc").glob("*/catalogue.db"))) == 1
    with Served(site, cwd=tmp_path) as served:
        served.until(lambda: f"  state {tmp_path / 'state' / 'feedsvc'}" in served.log)


def test_where_nothing_can_be_written_one_message_says_so(site: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    forbid(state)
    forbid(site)

    done = ordinary_user("refresh", site, cwd=tmp_path)

    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "no folder for the state can be written" in done.stderr
    assert str(site / ".feedsvc") in done.stderr
    assert str(state) in done.stderr


@pytest.mark.parametrize("command", ["check", "refresh"])
def test_a_state_that_may_not_be_entered_is_told_in_one_message(
    site: Path, tmp_path: Path, command: str
) -> None:
    feedsvc("refresh", site, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC)
    (site / ".feedsvc").chmod(0o000)

    done = ordinary_user(command, site, cwd=tmp_path)

    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert (
        "cannot be looked for (Permission denied); check it, or run as the user it belongs to" in done.stderr
    )


@pytest.mark.parametrize("command", ["check", "refresh", "config", "init"])
def test_a_folder_that_may_not_be_entered_is_told_in_one_message(
    site: Path, tmp_path: Path, command: str
) -> None:
    (tmp_path / "locked").mkdir()
    inside = site.rename(tmp_path / "locked" / "in")
    inside.parent.chmod(0o000)

    done = ordinary_user(command, inside, cwd=tmp_path)
    inside.parent.chmod(0o755)

    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert ": cannot be looked for (Permission denied)" in done.stderr
    assert str(inside) in done.stderr


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_whoever_looks_needs_no_right_to_write(site: Path, tmp_path: Path, end: signal.Signals) -> None:
    """With the newest part of the catalogue in its log, too, which a killed server leaves behind."""
    with Served(site, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC) as served:
        before = listed(site, tmp_path)
        served.stop(end)
    os.utime(site / "undated.md", (10**9, 10**9))  # but the catalogue knows better
    forbid(site)
    names = sorted(site.rglob("*"))

    rows = listed(site, tmp_path, run=ordinary_user)
    checked = ordinary_user("check", site, cwd=tmp_path)

    assert rows == before
    assert checked.returncode == 0, checked.stderr
    assert sorted(site.rglob("*")) == names


def test_whoever_looks_sees_what_a_server_of_another_user_has_just_written(
    site: Path, tmp_path: Path
) -> None:
    with Served(site, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC):
        before = listed(site, tmp_path)
        os.utime(site / "undated.md", (10**9, 10**9))
        state = site / ".feedsvc"
        for path in (*state.iterdir(), state):
            path.chmod(S_IMODE(path.stat().st_mode) & 0o555)

        assert listed(site, tmp_path, run=ordinary_user) == before


def test_whoever_publishes_needs_it_and_is_told_so(site: Path, tmp_path: Path) -> None:
    """Another catalogue, elsewhere, would give every article another history."""
    feedsvc("refresh", site, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC)
    forbid(site)

    done = ordinary_user("refresh", site, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC)

    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "cannot be written; is its disk read-only" in done.stderr
    assert not (tmp_path / "state").exists()
