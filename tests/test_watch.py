"""Notices from the file system."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from feedsvc.publisher.watch import Watch, is_news
from tests.processes import SECONDS


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
