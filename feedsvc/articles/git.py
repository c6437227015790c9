"""When git first saw each file: the date of an article that bears none."""

import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from feedsvc.articles.scan import shown

_SECONDS = 120
_ANOTHER_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")


def first_commits(root: Path) -> Mapping[str, datetime]:
    """Return, by path below *root*, when each tracked file was first committed.

    Raises:
        ValueError: *root* is in no git work tree, in a shallow clone (whose
            oldest commit says nothing), or git cannot be asked; says which.
    """
    if _git(root, "rev-parse", "--is-shallow-repository").strip() != b"false":
        raise ValueError("this is a shallow clone")
    # Oldest last, so that it wins where a file was added more than once.
    added = ("--no-show-signature", "--no-renames", "--diff-filter=A", "--name-only", "--relative")
    log = _git(root, "log", *added, "-z", "--format=%x01%at")
    dates: dict[str, datetime] = {}
    for commit in log.split(b"\x01")[1:]:
        seconds, _, names = commit.partition(b"\0")
        moment = datetime.fromtimestamp(int(seconds), UTC)
        for name in names.strip(b"\n\0").split(b"\0"):
            dates[shown(os.fsdecode(name))] = moment
    return dates


def _git(root: Path, *arguments: str) -> bytes:
    # A hook of another repository points git at that one.
    environment = {name: value for name, value in os.environ.items() if name not in _ANOTHER_REPOSITORY}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            check=True,
            timeout=_SECONDS,
            env=environment,
        )
    except OSError as error:
        raise ValueError(f"git cannot be run ({error.strerror})") from None
    except subprocess.TimeoutExpired:
        raise ValueError(f"git did not answer within {_SECONDS} seconds") from None
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines()
        raise ValueError(lines[0] if lines else "git failed") from None
    return done.stdout
