"""The articles folder as a list of files: the one look at the disk."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from pathspec import PathSpec

from feedsvc.articles.images import MEDIA_SUFFIXES
from feedsvc.errors import SourceError
from feedsvc.model import Problem, Severity, SourceFile

# Written into every folder we export: what lies there came from articles.
EXPORT_MANIFEST = ".feedsvc-manifest.json"

# Folders within folders; nobody files articles deeper.
_DEEPEST = 100

# Left by editors, and files that describe a folder rather than being part of it.
_NEVER = (".*", "*~", "~$*", "#*#", "*.swp", "*.swo", "*.tmp", "*.bak", "*.orig", "*.part")
_ABOUT_THE_FOLDER = ("README*", "readme.*", "LICENSE*", "license.*", "robots.txt")
_NEVER_ENTERED = ("node_modules", "_site", "__pycache__")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRules:
    """Which files are articles.

    Attributes:
        suffixes: Lower case, with the dot; what counts if `include` is empty.
        include, exclude: Patterns as in ``.gitignore``, on paths below the folder.
    """

    suffixes: frozenset[str]
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the folder holds at one moment.

    Attributes:
        articles: In order of their paths.
        media: Pictures, audio and video, by path.
        unreadable: Folders that could not be listed, with closing slash: what
            lies in them is unknown, not gone.
    """

    articles: tuple[SourceFile, ...] = ()
    media: Mapping[str, SourceFile] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def scan(root: Path, rules: ScanRules) -> Listing:
    """List the articles and media below *root*.

    Follows no link to a folder, and none to a file outside *root*; opens
    nothing, so that a FIFO or a device cannot stop us.

    Raises:
        SourceError: *root* itself cannot be listed.
    """
    found = list(_walk(root, "", root.resolve()))
    problems = [each for each in found if isinstance(each, Problem)]
    files = sorted((each for each in found if isinstance(each, SourceFile)), key=lambda file: file.path)
    include = PathSpec.from_lines("gitignore", rules.include)
    exclude = PathSpec.from_lines("gitignore", rules.exclude)
    kept = [file for file in files if not exclude.match_file(file.path)]
    return Listing(
        articles=tuple(file for file in kept if _is_article(file.path, rules, include)),
        media={file.path: file for file in kept if _is_media(file.path)},
        unreadable=tuple(problem.path for problem in problems),
        problems=tuple(problems),
    )


def read(file: SourceFile, *, limit: int = -1) -> bytes:
    """Return the file's bytes, or its first *limit* bytes.

    Raises:
        OSError: It cannot be read, or is no regular file any more.
    """
    # Without O_NONBLOCK, a FIFO that took the file's place would never open.
    descriptor = os.open(file.location, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("not a regular file")
        return stream.read(limit)


def shown(name: str) -> str:
    """Return a file name as text; bytes that are no UTF-8, and control characters, stand as ``\\xNN``."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    # A line break in a name would break the lines that tell of it.
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _walk(folder: Path, prefix: str, root: Path) -> Iterator[SourceFile | Problem]:
    if prefix.count("/") > _DEEPEST:
        yield Problem(path=prefix, severity=Severity.ERROR, reason=f"lies more than {_DEEPEST} folders deep")
        return
    try:
        with os.scandir(folder) as listing:
            members = list(listing)
    except OSError as error:
        yield _unlistable(folder, prefix, error)
        return
    if prefix and any(member.name == EXPORT_MANIFEST for member in members):
        return
    for member in members:
        path = prefix + shown(member.name)
        if _matches(member.name, _NEVER):
            continue
        if member.is_dir(follow_symlinks=False):
            if member.name not in _NEVER_ENTERED:
                yield from _walk(Path(member.path), path + "/", root)
        elif (found := _source_file(member, path, root)) is not None:
            yield found


def _unlistable(folder: Path, prefix: str, error: OSError) -> Problem:
    if isinstance(error, NotADirectoryError):
        raise SourceError(f"{folder}: is a file; name the folder it lies in") from None
    reason = f"cannot be listed ({error.strerror})"
    if not prefix:
        raise SourceError(f"{folder}: {reason}; check the path, its permissions and its mount") from None
    return Problem(path=prefix, severity=Severity.ERROR, reason=f"{reason}; its articles stay as they were")


def _source_file(member: os.DirEntry[str], path: str, root: Path) -> SourceFile | None:
    location = Path(member.path)
    try:
        if member.is_symlink() and not location.resolve(strict=True).is_relative_to(root):
            return None
        status = location.stat()
    except (OSError, RuntimeError):  # vanished, dangling, or a loop of links
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
    return SourceFile(
        path=path, location=location, size=status.st_size, stamp=stamp, modified=status.st_mtime
    )


def _is_article(path: str, rules: ScanRules, include: PathSpec) -> bool:  # type: ignore[type-arg]
    if _matches(path.rpartition("/")[2], _ABOUT_THE_FOLDER):
        return False
    return include.match_file(path) if rules.include else _suffix(path) in rules.suffixes


def _is_media(path: str) -> bool:
    return MEDIA_SUFFIXES.get(_suffix(path), "").startswith(("image/", "audio/", "video/"))


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
