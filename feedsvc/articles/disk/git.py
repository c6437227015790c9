"""The date of the first commit of each file, which is the date of an article that states none."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from feedsvc.articles.disk.repository import (
    IncompleteError,
    Repository,
    UncommittedError,
    borrowed,
    find_repository,
    run,
)
from feedsvc.articles.paths import shown

# No path has an empty name in it, so none begins like this.
_COMMIT = b"//"

# In bytes: of all names together, of which 10,000 articles have less than one hundredth, and of one.
_MOST_NAMES = 100_000_000
_LONGEST_NAME = 1_000_000

# Commits that were carried over from older systems are older than git, but not than this.
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC).timestamp()
_NEWEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()

_ADDED = (
    *("--no-show-signature", "--no-ext-diff", "--no-textconv", "--no-mailmap", "--no-notes", "--no-color"),
    *("--no-renames", "--diff-filter=A", "--name-only", "-z", f"--format={_COMMIT.decode()}%at"),
)


def first_commits(root: Path) -> Mapping[str, datetime]:
    """Return, by path below *root*, when each tracked file was first committed.

    Runs nothing that the repository names, and asks no other host.

    Raises:
        UncommittedError: *root* is in no work tree of git, or nothing was ever committed there.
        IncompleteError: Its history is cut off, or has to be fetched first.
        ValueError: The repository is damaged, or git cannot be asked; says which.
    """
    try:
        repository = find_repository(root)
        if repository.is_shallow:
            raise IncompleteError("this is a shallow clone")
        try:
            return _commit_dates(repository)
        except ValueError:
            if repository.is_partial:
                raise IncompleteError("this is a partial clone, and its history lies elsewhere") from None
            raise
    except OSError as error:
        raise ValueError(f"its repository cannot be read ({error.strerror or error})") from None


def _commit_dates(repository: Repository) -> Mapping[str, datetime]:
    with borrowed(repository) as ours:
        if not any(run(ours, "rev-parse", "--verify", "--quiet", "HEAD", fine=(0, 1))):
            raise UncommittedError("it does not have any commits yet")
        with closing(run(ours, "log", f"--relative={repository.prefix}", *_ADDED)) as log:
            return read_log(log)


def read_log(log: Iterable[bytes]) -> Mapping[str, datetime]:
    """Return what `first_commits` does, of what git writes with `_ADDED`, in portions.

    Raises:
        ValueError: There is more than any site has.
    """
    dates: dict[str, datetime] = {}
    moment: datetime | None = None
    size = 0
    for name in _tokens(log):
        if name.startswith(_COMMIT):
            moment = _moment(name.removeprefix(_COMMIT))
        elif moment is not None:  # oldest last, so that it wins where a file was added more than once
            size += len(name)
            if size > _MOST_NAMES:
                raise ValueError("its history has too many files")
            dates[shown(os.fsdecode(name))] = moment
    return dates


def _tokens(portions: Iterable[bytes]) -> Iterator[bytes]:
    """Yield commits and names; NUL bytes end them, and a line break stands between a commit and its names."""
    rest, begins = b"", False
    for portion in portions:
        *whole, rest = (rest + portion).split(b"\0")
        for token in whole:
            yield token.removeprefix(b"\n") if begins else token
            begins = token.startswith(_COMMIT)
        if len(rest) > _LONGEST_NAME:
            raise ValueError("its history has a file name without end")


def _moment(seconds: bytes) -> datetime | None:
    """Return the date of a commit; None of one that was made by a clock that was not set."""
    moment = int(seconds) if seconds.isdigit() else 0
    return datetime.fromtimestamp(moment, UTC) if _OLDEST <= moment < _NEWEST else None
