"""The repository of git that a folder lies in, read without its configuration.

A repository's configuration can name programs, and git has new ways to run
them with each version. So git is never started inside a repository: it is
given an empty one of ours, in which links lead to the objects and references
of the other. Files that are not linked cannot steer it: configuration, hooks,
attributes, grafts, and the remotes that a clone fetches missing objects from.
"""

import os
import stat
import subprocess
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from tempfile import TemporaryDirectory

# The limits of its silence, as when it waits for a pipe in the place of a file, and of all its work.
_SECONDS_OF_SILENCE = 30
_SECONDS = 120

_LONGEST_LINE = 4096  # as long as a path can be
_PORTION = 65_536

# Limits for git itself: a crafted history can unfold to billions of files.
_MOST_MEMORY = 500_000_000
_MOST_WRITTEN = 1_000_000

_IN_MEMORY = "/dev/shm"  # on Linux, a folder that is on no disk

_LINKED = ("objects", "refs", "packed-refs", "reftable")
_EXTENSIONS = {"extensions.objectformat": ("sha1", "sha256"), "extensions.refstorage": ("files", "reftable")}

_STEERING: Mapping[str, str] = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    # Without a remote there is nothing to fetch from; these say so again.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
}


class UncommittedError(ValueError):
    """A folder has no history at all; says why."""


class IncompleteError(ValueError):
    """A repository does not hold its whole history; says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """Where a repository is.

    Attributes:
        head: The content of its HEAD: a branch or a commit.
        common: The folder of objects and references.
        prefix: Where the folder that was asked about lies in it, with a closing slash; empty for its root.
    """

    head: str
    common: Path
    prefix: str

    @property
    def is_shallow(self) -> bool:
        """Its history is cut off."""
        return (self.common / "shallow").exists()

    @property
    def is_partial(self) -> bool:
        """Objects of its history may lie on another host only."""
        return any((self.common / "objects" / "pack").glob("*.promisor"))


def find_repository(folder: Path) -> Repository:
    """Return the repository whose work tree *folder* lies in.

    Raises:
        UncommittedError: There is none.
        ValueError: It is damaged; says how.
        OSError: It cannot be read.
    """
    real = Path(os.path.realpath(folder))
    device = real.stat().st_dev
    for root in (real, *real.parents):
        if root.stat().st_dev != device:  # as git: a mounted folder belongs to nothing around it
            break
        if (found := _repository(root, real.relative_to(root).as_posix())) is not None:
            return found
    raise UncommittedError("not a git repository (or any of the parent directories)")


def _repository(root: Path, below: str) -> Repository | None:
    place = root / ".git"
    if place.is_file():  # of a submodule, or of a further work tree
        line = _first_line(place)
        if not line.startswith("gitdir: "):
            raise ValueError(f"{place} names no repository")
        place = root / line.removeprefix("gitdir: ")
        if not place.is_dir():
            raise ValueError(f"{root / '.git'} leads to no repository")
    common = place / "commondir"
    common = place / _first_line(common) if common.is_file() else place
    if not ((common / "objects").is_dir() and (common / "refs").is_dir() and (place / "HEAD").exists()):
        return None
    prefix = "" if below == "." else f"{below}/"
    return Repository(head=_first_line(place / "HEAD"), common=common, prefix=prefix)


def _first_line(file: Path) -> str:
    # Without O_NONBLOCK, a FIFO of that name would never open.
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError(f"{file} is not a regular file")
        return os.fsdecode(stream.read(_LONGEST_LINE).partition(b"\n")[0].rstrip(b"\r"))


@contextmanager
def borrowed(repository: Repository) -> Iterator[Path]:
    """Make a repository of ours that has the other's commits, and nothing else of it.

    Raises:
        ValueError: Its format is none that is known here, or git cannot be asked.
        OSError: There is no room for it.
    """
    memory = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="feedsvc-git-", dir=memory) as name:
        ours = Path(name)
        (ours / "HEAD").write_bytes(os.fsencode(f"{repository.head}\n"))
        for linked in _LINKED:
            theirs = repository.common / linked
            if theirs.is_dir() or theirs.is_file():
                (ours / linked).symlink_to(theirs)
        (ours / "config").write_text(_configuration(repository, ours), encoding="utf-8")
        yield ours


def _configuration(repository: Repository, ours: Path) -> str:
    """Return the format that the repository has, and nothing more, as git's configuration."""
    theirs = repository.common / "config"
    version, lines = 0, ["[extensions]"]
    asked = ("config", "--file", str(theirs), "--no-includes", "--get-regexp", r"^extensions\.")
    answer = b"".join(run(ours, *asked, fine=(0, 1))) if theirs.is_file() else b""
    for line in answer.decode(errors="replace").splitlines():
        key, _, value = line.partition(" ")
        known = _EXTENSIONS.get(key)
        if known and value.lower() not in known:
            raise ValueError(f"its {key} '{value}' is not known")
        if known:
            version = 1
            lines.append(f"{key.partition('.')[2]} = {value.lower()}")
    return "\n".join(["[core]", f"repositoryformatversion = {version}", "bare = true", *lines, ""])


def run(ours: Path, *arguments: str, fine: tuple[int, ...] = (0,)) -> Generator[bytes]:
    """Run git in a repository of `borrowed`; yield what it writes, in portions.

    Args:
        arguments: Of a command that reads, and starts nothing of its own.
        fine: Exit statuses that are no failure.

    Raises:
        ValueError: git failed, cannot be run, or did not answer in time; says which.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {**_STEERING, "GIT_DIR": str(ours), "PATH": _path(environment.get("PATH", os.defpath))}
    with (ours / "errors").open("w+b") as errors:
        try:
            process = subprocess.Popen(
                ["git", "--no-pager", *arguments],
                cwd=ours,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        except OSError as error:
            raise ValueError(f"git cannot be run ({error.strerror})") from None
        with process:
            _bound(process.pid)
            try:
                yield from _written(process)
            finally:
                process.kill()
        if process.returncode not in fine:
            errors.seek(0)
            said = errors.read(_PORTION).decode(errors="replace").strip().splitlines()
            raise ValueError(said[0] if said else "git failed")


def _path(path: str) -> str:
    """Return *path* without what lies in the folder we happen to stand in, which can be a site's."""
    return os.pathsep.join(each for each in path.split(os.pathsep) if os.path.isabs(each))  # noqa: PTH117


def _bound(process: int) -> None:
    with suppress(ImportError, OSError):  # not everywhere; or it has ended already
        from resource import RLIMIT_DATA, RLIMIT_FSIZE, prlimit

        prlimit(process, RLIMIT_DATA, (_MOST_MEMORY, _MOST_MEMORY))
        prlimit(process, RLIMIT_FSIZE, (_MOST_WRITTEN, _MOST_WRITTEN))


def _written(process: "subprocess.Popen[bytes]") -> Iterator[bytes]:
    assert process.stdout
    deadline = time.monotonic() + _SECONDS
    with DefaultSelector() as selector:
        selector.register(process.stdout, EVENT_READ)
        while selector.select(patience := min(deadline - time.monotonic(), _SECONDS_OF_SILENCE)):
            if portion := os.read(process.stdout.fileno(), _PORTION):
                yield portion
                continue
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0, patience))
                return
            break
    raise ValueError("git did not answer in time")
