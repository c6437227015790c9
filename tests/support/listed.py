"""What `feedsvc list` says of a sample site, kept beside it."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from click.testing import CliRunner

from feedsvc.cli import cli
from tests.support.judged import SITES

# Undated files are as old as this.
_UNDATED = datetime(2024, 7, 1, 9, tzinfo=UTC).timestamp()


def listed(name: str, tmp_path: Path) -> str:
    """Return the lines of `list --format jsonl` for a copy of the site."""
    root = shutil.copytree(SITES / name, tmp_path / name)
    for file in root.rglob("*"):
        os.utime(file, (_UNDATED, _UNDATED))
    done = CliRunner().invoke(cli, ["list", str(root), "--format", "jsonl"], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done.stdout
