"""Notices from the file system."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from feedsvc.publisher.watch import Watch, is_news, mounts_in
from tests.support.processes import SECONDS, Served
from tests.support.sites import article


class Notices:
    """A watch on a folder, and what it tells."""

    def __init__(self, root: Path) -> None:
        self.watch = Watch(root)
        self.told: Queue[bool] = Queue()

    def look(self) -> None:
        self.watch.look(lambda: self.told.put(True))

    def begin(self, probe: Path) -> None:
        """Look, and wait until it is really watching: what is saved before that is not seen."""
        self.look()
        while self.heard(0.3):  # of what was before
            pass
        for attempt in range(SECONDS * 10):
            probe.write_text(str(attempt))
            if self.heard(0.3):
                return
        raise AssertionError("it never began to watch")

    def heard(self, seconds: float = SECONDS) -> bool:
        try:
            return self.told.get(timeout=seconds)
        except Empty:
            return False


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    return folder


@pytest.fixture
def notices(root: Path) -> Iterator[Notices]:
    made = Notices(root)
    yield made
    made.watch.stop()


def test_a_saved_file_is_told(root: Path, notices: Notices) -> None:
    notices.begin(root / "a.md")

    (root / "b.md").write_text("B")

    assert notices.heard()


def test_a_file_in_a_new_folder_is_told(root: Path, notices: Notices) -> None:
    notices.begin(root / "a.md")

    (root / "2026").mkdir()
    assert notices.heard()
    while notices.heard(0.3):
        pass
    (root / "2026" / "b.md").write_text("B")

    assert notices.heard()


def test_a_folder_that_comes_back_is_watched_again(root: Path, notices: Notices) -> None:
    """As when a disk is mounted, or a checkout is replaced by another one."""
    notices.begin(root / "a.md")
    shutil.rmtree(root)
    notices.look()

    root.mkdir()
    notices.begin(root / "a.md")

    (root / "b.md").write_text("B")
    assert notices.heard()


def test_a_folder_replaced_in_one_go_is_watched_again(root: Path, notices: Notices) -> None:
    """Often with the same inode, so that nothing about it tells."""
    notices.begin(root / "a.md")

    shutil.rmtree(root)
    root.mkdir()
    assert notices.heard()

    notices.begin(root / "a.md")


def test_a_link_that_leads_elsewhere_is_followed(tmp_path: Path, root: Path) -> None:
    """As of a deployment: current -> releases/2."""
    other = tmp_path / "other"
    other.mkdir()
    link = tmp_path / "current"
    link.symlink_to(root)
    notices = Notices(link)
    notices.begin(root / "a.md")

    link.unlink()
    link.symlink_to(other)
    notices.begin(other / "a.md")

    (other / "b.md").write_text("B")
    assert notices.heard()
    notices.watch.stop()


@pytest.mark.parametrize(
    ("path", "links"),
    [
        ("current", {"current": "releases/1"}),
        ("current/", {"current": "{tmp}/releases/1"}),
        ("site/content", {"site": "current", "current": "releases/1"}),
        ("stable/content", {"stable": "releases/../releases/1"}),
    ],
)
@pytest.mark.parametrize("in_one_go", [True, False])
def test_a_swapped_link_is_told(tmp_path: Path, path: str, links: dict[str, str], in_one_go: bool) -> None:
    """As of a deployment: `current` leads to `releases/1`, then to `releases/2`."""
    for release in ("1", "2"):
        (tmp_path / "releases" / release / "content").mkdir(parents=True)
    for name, target in links.items():
        (tmp_path / name).symlink_to(target.format(tmp=tmp_path))
    notices = Notices(tmp_path / path)
    notices.begin(tmp_path / path / "a.md")
    last = tmp_path / [*links][-1]

    if in_one_go:
        fresh = tmp_path / "fresh"
        fresh.symlink_to("releases/2")
        fresh.replace(last)
    else:
        last.unlink()
        last.symlink_to("releases/2")

    assert notices.heard()
    notices.begin(tmp_path / path / "b.md")
    assert (tmp_path / "releases" / "2").joinpath(*Path(path).parts[1:], "b.md").exists()
    notices.watch.stop()


def test_a_folder_that_another_takes_the_place_of_is_told(
    tmp_path: Path, root: Path, notices: Notices
) -> None:
    (tmp_path / "new").mkdir()
    notices.begin(root / "a.md")

    root.rename(tmp_path / "old")
    (tmp_path / "new").rename(root)

    assert notices.heard()
    notices.begin(root / "b.md")


class Disk:
    """A folder with `p/content` in it, and what may become of such a path."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.content = top / "p" / "content"

    def parent_replaced(self) -> None:
        (self.top / "p").rename(self.top / "q")
        self.content.mkdir(parents=True)

    def grandparent_replaced(self) -> None:
        self.top.rename(self.top.with_name("old"))
        self.content.mkdir(parents=True)

    def parent_exchanged(self) -> None:
        (self.top / "new" / "content").mkdir(parents=True)
        (self.top / "p").rename(self.top / "q")
        (self.top / "new").rename(self.top / "p")

    def parent_made_anew(self) -> None:
        """Mostly with the same inodes."""
        shutil.rmtree(self.top / "p")
        self.content.mkdir(parents=True)

    def parent_becomes_link(self) -> None:
        (self.top / "elsewhere" / "content").mkdir(parents=True)
        (self.top / "p").rename(self.top / "q")
        (self.top / "p").symlink_to("elsewhere")

    def parent_is_away_for_a_while(self) -> None:
        """Such as a disk that is unmounted: there is nothing to watch meanwhile."""
        (self.top / "p").rename(self.top / "q")
        assert not self.content.exists()
        self.content.mkdir(parents=True)


@pytest.mark.parametrize(
    "change",
    [
        Disk.parent_replaced,
        Disk.grandparent_replaced,
        Disk.parent_exchanged,
        Disk.parent_made_anew,
        Disk.parent_becomes_link,
        Disk.parent_is_away_for_a_while,
    ],
)
def test_a_folder_whose_path_leads_elsewhere_is_told_and_watched(
    tmp_path: Path, change: Callable[[Disk], None]
) -> None:
    """Nothing asks to look again, as a schedule whose next rescan is an hour away."""
    disk = Disk(tmp_path / "top")
    disk.content.mkdir(parents=True)
    notices = Notices(disk.content)
    notices.begin(disk.content / "a.md")

    change(disk)
    assert notices.heard()
    while notices.heard(0.5):
        pass
    (disk.content / "b.md").write_text("B")

    assert notices.heard()
    notices.watch.stop()


def test_a_folder_that_does_not_exist_yet_is_told_and_watched(tmp_path: Path) -> None:
    root = tmp_path / "later" / "content"
    notices = Notices(root)
    notices.look()

    root.mkdir(parents=True)
    assert notices.heard()
    while notices.heard(0.5):
        pass
    (root / "a.md").write_text("A")

    assert notices.heard()
    notices.watch.stop()


def test_what_was_saved_before_the_watching_began_is_told(root: Path, notices: Notices) -> None:
    notices.look()
    (root / "a.md").write_text("A")

    assert notices.heard()


_MOUNTING = """
import subprocess, sys
from pathlib import Path
from queue import Empty, Queue
from feedsvc.publisher.watch import Watch

def hear_all():
    told.get(timeout=30)
    try:
        while told.get(timeout=0.5):
            pass
    except Empty:
        pass

root, point = map(Path, sys.argv[1:])
told = Queue()
Watch(root).look(lambda: told.put(True))
hear_all()
subprocess.run(["mount", "-t", "tmpfs", "none", point], check=True)
root.mkdir(parents=True, exist_ok=True)
hear_all()
(max(point, root) / "a.md").write_text("A")
told.get(timeout=30)
"""


@pytest.mark.parametrize("point", ["site", "site/articles", "site/articles/2026"])
def test_a_disk_that_is_mounted_later_is_told_and_watched(tmp_path: Path, point: str) -> None:
    """The system gives no notice of it."""
    root = tmp_path / "site" / "articles"
    (root / "2026").mkdir(parents=True)
    own_mounts = ["unshare", "--user", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*own_mounts, "true"], check=False).returncode:
        pytest.skip("nothing can be mounted here")

    done = subprocess.run([*own_mounts, sys.executable, "-c", _MOUNTING, root, tmp_path / point], check=False)

    assert done.returncode == 0


@pytest.mark.parametrize(
    ("folder", "seen"),
    [
        ("/", ["/", "/srv", "/srv/my\\040site", "/srv/my\\040site/2026", "/home"]),
        ("/srv", ["/srv", "/srv/my\\040site", "/srv/my\\040site/2026"]),
        ("/srv/my site", ["/srv/my\\040site", "/srv/my\\040site/2026"]),
        ("/srv/my", []),
    ],
)
def test_the_mounts_in_a_folder_are_found(folder: str, seen: list[str]) -> None:
    points = ["/", "/srv", "/srv/my\\040site", "/srv/my\\040site/2026", "/home"]
    lines = [f"{number} 1 8:1 / {point} rw - ext4 /dev/sda1 rw" for number, point in enumerate(points)]

    found = mounts_in(folder, "\n".join([*lines, ""]))

    assert [line.split()[4] for line in found] == seen


def test_changes_beside_the_folder_are_not_reported(tmp_path: Path, root: Path, notices: Notices) -> None:
    notices.begin(root / "a.md")
    while notices.heard(0.3):
        pass

    (tmp_path / "beside.md").write_text("B")

    assert not notices.heard(0.5)


def test_a_folder_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    notices = Notices(tmp_path / "nowhere")

    notices.look()

    assert not notices.heard(0.01)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/site/a.md", True),
        ("/site/2026/a.md", True),
        ("/site/img/a.jpg", True),
        ("/elsewhere/a.md", True),
        ("/site/.feedsvc/catalogue.db-wal", False),
        ("/site/.git/index.lock", False),
        ("/site/2026/.a.md.swp", False),
        ("/site/a.md~", False),
        ("/site/node_modules/x/readme.md", False),
    ],
)
def test_what_the_scan_overlooks_is_no_news(path: str, told: bool) -> None:
    assert is_news(Path("/site"), path) is told


def test_a_release_is_served_as_soon_as_its_link_is_swapped(tmp_path: Path) -> None:
    """Long before the next rescan."""
    for release, titles in (("1", ["Old", "Same"]), ("2", ["New", "Same"])):
        folder = tmp_path / "releases" / release
        folder.mkdir(parents=True)
        for title in titles:
            (folder / f"{title}.md").write_text(article(title))
    (tmp_path / "current").symlink_to("releases/1")
    (tmp_path / "feedsvc.toml").write_text(
        '[articles]\ndirectory = "current"\nrescan = 3600\n[server]\nurl = "https://example.org"\n'
    )

    with Served(cwd=tmp_path) as served:
        served.until(lambda: b"Old" in served.get().body)
        served.until(lambda: b"the last refresh ended" in served.get("/readyz").body)
        (tmp_path / "fresh").symlink_to("releases/2")
        (tmp_path / "fresh").replace(tmp_path / "current")

        served.until(lambda: b"New" in served.get().body and b"<title>Old" not in served.get().body)
        (tmp_path / "current" / "later.md").write_text(article("Later"))
        served.until(lambda: b"Later" in served.get().body)
