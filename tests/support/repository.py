"""A git repository."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

FIRST = datetime(2024, 5, 1, 9, tzinfo=UTC)


class Repository:
    """A real one; each commit is a day younger than the one before."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.day = FIRST
        root.mkdir()
        self.git("init", "--quiet")

    def git(self, *arguments: str) -> None:
        """Run git here, whatever the machine's own configuration says."""
        date = self.day.isoformat()
        subprocess.run(
            ["git", "-c", "user.name=Kim", "-c", "user.email=kim@example.org", *arguments],
            cwd=self.root,
            check=True,
            capture_output=True,
            env=os.environ
            | {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_CONFIG_GLOBAL": os.devnull},
        )

    def commit(self, *paths: str) -> datetime:
        """Write files, commit everything, and return when."""
        for path in paths:
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_bytes(os.fsencode(f"{path} {self.day}"))
        committed = self.day
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "x", "--allow-empty")
        self.day += timedelta(days=1)
        return committed
