"""Write the dump of a catalogue that has rows in every table, as an older feedsvc makes it.

    git worktree add --detach ../older 4a1c06f
    PYTHONPATH=../older python tests/data/catalogues/make_full.py > tests/data/catalogues/full-0004.sql

The folder `full` is what the last of the refreshes sees. What goes before it, this script makes: an article
that is deleted, one that has another name, one that is not yet taken back, and one that is announced later.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from feedsvc.catalogue import open_store
from feedsvc.model import Counted, PollKey, Polls, VisitorKey, Visits, Waits

FULL = Path(__file__).parent / "full"
NOON = datetime(2026, 5, 2, 12, tzinfo=UTC)


def run(folder: Path, *arguments: str) -> None:
    """Run a command of the feedsvc that PYTHONPATH names."""
    command = [sys.executable, "-m", "feedsvc", *arguments, "--config", str(folder / "feedsvc.toml")]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def publish(folder: Path) -> None:
    """Publish the folder as it was before, then as it is now."""
    articles = folder / "articles"
    before = {
        "deleted.md": "---\ntitle: Deleted\ndate: 2026-04-07\ncategories: [Passing]\n---\nGone soon.\n",
        "first-name.md": (articles / "renamed.md").read_text(encoding="utf-8"),
        "announced.md": without(articles / "announced.md", "announced"),
        "retracted.md": without(articles / "retracted.md", "retracted"),
        "everything.md": without(articles / "everything.md", "correction"),
    }
    (articles / "renamed.md").unlink()
    for name, text in before.items():
        (articles / name).write_text(text, encoding="utf-8")
    for file in articles.iterdir():
        os.utime(file, (NOON.timestamp(), NOON.timestamp()))
    run(folder, "refresh")
    for name in before:
        (articles / name).unlink()
    shutil.copytree(FULL / "articles", articles, dirs_exist_ok=True)
    run(folder, "refresh")


def without(file: Path, key: str) -> str:
    """Return a file without the line of *key* in its head."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(f"{key}:"))


def count(folder: Path) -> None:
    """Count readers on two days: when the second begins, the first is summed up."""
    with open_store(f"sqlite:///{folder / '.feedsvc' / 'catalogue.db'}") as store:
        for now in (NOON, NOON + timedelta(days=1)):
            at = int(now.timestamp())
            counted = Counted(
                polls={PollKey(at - at % 3600, "rss.xml", "curl", 200): Polls(3, 6000, 12, 1, 1)},
                visits={VisitorKey("", "curl", "192.0.2.1"): Visits(3, at - 60, at, 5)},
                waits=Waits(polls={100: 2, 250: 1}, seconds=0.0004),
            )
            store.add_counted(counted, now)


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name) / "full"
        shutil.copytree(FULL, folder)
        publish(folder)
        for who in ("kim", "lee"):
            run(folder, "token", "add", "members", "--for", who)
        run(folder, "token", "revoke", "1")
        count(folder)
        with closing(sqlite3.connect(folder / ".feedsvc" / "catalogue.db")) as database:
            print(*database.iterdump(), sep="\n")


if __name__ == "__main__":
    main()
