"""The same folder, as other systems keep it: line ends, normal forms, odd names."""

import configparser
import json
import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest

from feedsvc.cli import cli
from feedsvc.model import Record
from tests.conftest import Clock
from tests.support.builders import make_site
from tests.support.pictures import png
from tests.support.places import ROOT
from tests.support.processes import SECONDS, feedsvc
from tests.support.sites import Folder, article

UNIT = ROOT / "config" / "feedsvc.service"

NFC, NFD = (unicodedata.normalize(form, "한글 café") for form in ("NFC", "NFD"))


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    yield made
    made.store.close()


def records(folder: Folder) -> dict[str, Record]:
    return {record.article.path: record for record in folder.store.catalogue().records}


def need_forms_kept(tmp_path: Path) -> None:
    """Skip where the disk takes both forms of a name for one, as those of a Mac do."""
    (tmp_path / NFD).touch()
    if (tmp_path / NFC).exists():
        pytest.skip("this disk does not tell the forms apart")


# Line ends


LF = article("A", "One\ntwo.\n\n```\ncode\n```\n\nEnd.")


@pytest.mark.parametrize("written", [LF.replace("\n", "\r\n"), LF.replace("\n", "\r"), "\ufeff" + LF])
def test_line_ends_and_marks_make_no_difference_to_a_feed(
    folder: Folder, tmp_path: Path, clock: Clock, written: str
) -> None:
    folder.write("a.md", LF)
    (tmp_path / "windows").mkdir()
    other = Folder(tmp_path / "windows", clock)
    other.write("a.md", written)
    clock.forward(minutes=1)
    folder.publisher.refresh()
    other.publisher.refresh()

    assert other.bodies() == folder.bodies()
    other.store.close()


def test_a_checkout_with_other_line_ends_is_no_news(folder: Folder) -> None:
    folder.write("a.md", LF)
    folder.refresh()

    folder.write("a.md", LF.replace("\n", "\r\n"))

    assert folder.refresh().generation is None


def test_a_configuration_may_have_the_line_ends_of_windows(tmp_path: Path) -> None:
    text = '\ufeff[articles]\r\ndirectory = "articles"\r\n[site]\r\ndescription = """\r\none\r\ntwo"""\r\n'
    (tmp_path / "feedsvc.toml").write_bytes(text.encode())
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.md").write_bytes(LF.replace("\n", "\r\n").encode())

    done = feedsvc("list", "--format", "jsonl", cwd=tmp_path)

    assert json.loads(done.stdout)["title"] == "A"
    assert 'description = "one two"' in feedsvc("config", cwd=tmp_path).stdout


# Normal forms


@pytest.mark.parametrize("named", [NFC, NFD])
@pytest.mark.parametrize("written", [NFC, NFD])
def test_a_picture_is_found_in_either_form(folder: Folder, named: str, written: str) -> None:
    folder.restart(site=make_site(url=None))
    folder.write(f"{named}/{named}.png", png(640, 480).decode("latin-1").encode("latin-1"))
    folder.write(f"{named}/beside.md", article("Beside", f"![](<{written}.png>)"))
    folder.write("above.md", article("Above", f"![](<{written}/{written}.png>)"))

    report = folder.refresh()

    assert report.problems == ()
    assert folder.snapshot.media == {f"{named}/{named}.png"}


def test_a_picture_is_found_where_folder_and_name_have_different_forms(folder: Folder) -> None:
    """As when a folder made on a Mac gets a file from elsewhere."""
    folder.write(f"{NFD}/{NFC}.png", png(640, 480))
    folder.write(f"{NFD}/a.md", article("A", f"![](<{NFD}.png>)"))

    assert folder.refresh().problems == ()
    assert folder.snapshot.media == {f"{NFD}/{NFC}.png"}


@pytest.mark.parametrize(("before", "after"), [(NFC, NFD), (NFD, NFC)])
def test_an_article_checked_out_in_another_form_is_the_same_one(
    folder: Folder, tmp_path: Path, before: str, after: str
) -> None:
    need_forms_kept(tmp_path)
    old = folder.write(f"{before}.md", article("A"))
    folder.write("another.md", article("Another"))
    folder.refresh()
    was, bodies = records(folder)[old.name], folder.bodies()
    old.unlink()
    folder.write(f"{after}.md", article("A, rewritten").replace("Hello", "Goodbye"))

    folder.refresh()

    now = records(folder)[f"{after}.md"]
    assert (now.key, now.id, now.slug, now.url) == (was.key, was.id, was.slug, was.url)
    assert folder.snapshot.documents.keys() == bodies.keys()


def test_without_a_ledger_both_forms_give_the_same_feeds(
    folder: Folder, tmp_path: Path, clock: Clock
) -> None:
    (tmp_path / "mac").mkdir()
    mac = Folder(tmp_path / "mac", clock)
    clock.forward(minutes=1)
    for each, name in ((folder, NFC), (mac, NFD)):
        each.write(f"{name}.md", article("A"))
        each.write(f"{name}/{name}.md", article("B"))
        each.publisher.refresh()

    assert mac.bodies() == folder.bodies()
    mac.store.close()


def test_names_that_differ_in_form_or_case_only_are_two_articles(folder: Folder, tmp_path: Path) -> None:
    need_forms_kept(tmp_path)
    for number, name in enumerate((NFC, NFD, "Case", "case")):
        folder.write(f"{name}.md", article(str(number)))
    folder.refresh()

    first = records(folder)
    assert len({record.id for record in first.values()}) == 4
    assert len({record.slug for record in first.values()}) == 4
    assert len({path.casefold() for path in folder.snapshot.documents}) == len(folder.snapshot.documents)

    assert folder.refresh().generation is None
    assert records(folder) == first


# Odd names


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="the system refuses such names")
def test_a_name_that_is_no_text_is_published(tmp_path: Path) -> None:
    """Latin-1, from an old disk or archive; also as the name of the folder itself."""
    root = tmp_path / os.fsdecode(b"caf\xe9")
    root.mkdir()
    (root / os.fsdecode(b"na\xefve.md")).write_text(article("A", "![](pic.png)"))
    (root / os.fsdecode(b"b\xff.png")).write_bytes(png(640, 480))

    built = feedsvc("build", root, "--out", tmp_path / "out", cwd=tmp_path)
    listed = feedsvc("list", root, "--format", "jsonl", cwd=tmp_path)
    checked = feedsvc("check", root, cwd=tmp_path)

    for done in (built, listed, checked):
        assert done.returncode == 0, done.stderr
    assert json.loads(listed.stdout)["path"] == "na\\xefve.md"
    feed = feedparser.parse((tmp_path / "out" / "atom.xml").read_bytes())
    assert [entry.title for entry in feed.entries] == ["A"]


def test_a_reserved_name_is_an_article_like_any_other(folder: Folder) -> None:
    """Of Windows, which keeps no file of that name in any folder; others do."""
    for name in ("aux", "con", "nul", "com1"):
        folder.write(f"{name}.md", article(name))

    folder.refresh()

    assert {f"articles/{name}/" for name in ("aux", "con", "nul", "com1")} <= folder.snapshot.documents.keys()


def test_a_backslash_in_a_reference_is_a_slash(folder: Folder) -> None:
    folder.write("pictures/a.png", png(640, 480))
    folder.write("sub/a.md", article("A", r"<img src='..\pictures\a.png'>"))

    folder.refresh()

    assert folder.snapshot.media == {"pictures/a.png"}
    bodies = {path: body for path, body in folder.bodies().items() if not path.endswith(".json")}
    assert not any(b"\\" in body for body in bodies.values())  # JSON has some of its own


# systemd


def test_the_unit_runs_a_command_that_exists() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(UNIT.read_text(encoding="utf-8"))
    program, command, *_ = unit["Service"]["ExecStart"].split()

    assert Path(program).name == "feedsvc"
    assert command in cli.commands
    assert unit["Service"]["Environment"] == "XDG_STATE_HOME=/var/lib"
    assert unit["Service"]["StateDirectory"] == "feedsvc"


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "feedsvc.service"
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/feedsvc/bin/feedsvc", sys.executable))

    done = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, timeout=SECONDS, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
