"""The articles folder as a list of files: the one look at the disk."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path, PurePosixPath

from pathspec import GitIgnoreSpec

from feedsvc.articles.copies import conflict_of
from feedsvc.articles.dialects import PLAIN, Dialect
from feedsvc.articles.images import SERVED
from feedsvc.errors import SourceError
from feedsvc.model import Problem, Severity, SourceFile

# Written into every folder we export: what lies there came from articles.
EXPORT_MANIFEST = ".feedsvc-manifest.json"

# Folders within folders; nobody files articles deeper.
DEEPEST = 100

# Left by editors, and files that describe a folder rather than being part of it.
_NEVER = (".*", "*~", "~$*", "#*#", "*.swp", "*.swo", "*.tmp", "*.bak", "*.orig", "*.part")
_ABOUT_THE_FOLDER = ("README*", "readme.*", "LICENSE*", "license.*", "robots.txt")
_NEVER_ENTERED = ("node_modules", "_site", "__pycache__")

# What was deleted, or was so at another time: Synology, QNAP, Windows, NetApp, netatalk (in small letters).
# Names with a dot first, such as .Trash-1000 and .snapshot, are hidden anyway.
_BINS = frozenset(
    {"#recycle", "#snapshot", "@recycle", "@recently-snapshot", "$recycle.bin", "~snapshot"}
    | {"network trash folder"}
)
# What systems keep for themselves: Synology, Windows, ext4, netatalk.
_OF_SYSTEMS = frozenset({"@eadir", "@tmp", "system volume information", "lost+found", "temporary items"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRules:
    """Which files are articles.

    Attributes:
        dialect: Its suffixes and places are what counts if `include` is empty.
        include, exclude: Patterns as in ``.gitignore``, on paths below the folder;
            but ``!*.md`` brings back a file even from a folder that is left out.
    """

    dialect: Dialect = PLAIN
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the folder holds at one moment.

    Attributes:
        articles: In order of their paths.
        parts: Files that would be articles, but are parts of others.
        media: Pictures, audio and video, by path.
        unreadable: Folders that could not be listed, with closing slash: what
            lies in them is unknown, not gone.
    """

    articles: tuple[SourceFile, ...] = ()
    parts: frozenset[str] = frozenset()
    media: Mapping[str, SourceFile] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def scan(root: Path, rules: ScanRules) -> Listing:
    """List the articles and media below *root*.

    Follows no link to a folder, and none to a file outside *root*, and says
    so; opens nothing, so that a FIFO or a device cannot stop us.

    Raises:
        SourceError: *root* itself cannot be listed.
    """
    found = list(_walk(root, "", Path(os.path.realpath(root)), rules.dialect.overlooked))
    files = sorted((each for each in found if isinstance(each, SourceFile)), key=lambda file: file.path)
    kept = [file for file in files if not _excluded(file.path, rules)]
    problems = [each for each in found if isinstance(each, Problem) and _concerns(each, rules)]
    possible = [file for file in kept if _is_article(file.path, rules)]
    parts = frozenset[str]() if rules.include else rules.dialect.parts([file.path for file in possible])
    whole = [file for file in possible if file.path not in parts]
    conflicts = {file.path: reason for file in whole if (reason := _in_conflict(file.path, rules))}
    problems += [_skipped(path, reason) for path, reason in conflicts.items()]
    return Listing(
        articles=tuple(file for file in whole if file.path not in conflicts),
        parts=parts,
        media={file.path: file for file in kept if _is_media(file.path)},
        unreadable=tuple(each.path for each in problems if each.severity is Severity.ERROR),
        problems=tuple(sorted(_bins_once(problems))),
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


def is_overlooked(name: str) -> bool:
    """Return whether files and folders of this *name* are none of our business."""
    return name in _NEVER_ENTERED or name.casefold() in _BINS | _OF_SYSTEMS or _matches(name, _NEVER)


def is_named_by_itself(path: str, original: str, rules: ScanRules) -> bool:
    """Return whether a pattern of `ScanRules.include` means a copy, and not its original, too."""
    specs = (_spec((pattern,)) for pattern in rules.include)
    return any(spec.match_file(path) and not spec.match_file(original) for spec in specs)


def left_out(path: str, rules: ScanRules) -> str | None:
    """Return why the file at *path* is no article, as far as its name tells; None if it is one."""
    folders = [path[:end] for end, char in enumerate(path) if char == "/"]
    overlooked = next(filter(is_overlooked, path.split("/")), None)
    overlooked = overlooked or next((each for each in folders if each in rules.dialect.overlooked), None)
    if overlooked is not None:
        return f"'{overlooked}' is hidden, left by an editor, or a folder that holds no articles"
    if _excluded(path, rules):
        return "articles.exclude leaves it out"
    if _matches(path.rpartition("/")[2], _ABOUT_THE_FOLDER):
        return "it describes the folder, as README, LICENSE and robots.txt do"
    if _is_article(path, rules):
        return _in_conflict(path, rules)
    if rules.include:
        return "articles.include does not name it"
    suffixes = rules.dialect.suffixes
    if _suffix(path) not in suffixes:
        return f"its suffix is none of {', '.join(sorted(suffixes))}"
    return rules.dialect.elsewhere(path)


def _walk(
    folder: Path, prefix: str, root: Path, overlooked: frozenset[str]
) -> Iterator[SourceFile | Problem]:
    if prefix.count("/") > DEEPEST:
        reason = f"lies more than {DEEPEST} folders deep and is not read; move it up"
        yield Problem(path=prefix, severity=Severity.ERROR, reason=reason)
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
        if is_overlooked(member.name) or path in overlooked:
            if member.name.casefold() in _BINS and member.is_dir(follow_symlinks=False):
                yield _skipped(f"{path}/", _BIN)
            continue
        if member.is_dir(follow_symlinks=False):
            yield from _walk(Path(member.path), path + "/", root, overlooked)
        elif (found := _source_file(member, path, root)) is not None:
            yield found


def _unlistable(folder: Path, prefix: str, error: OSError) -> Problem:
    if isinstance(error, NotADirectoryError):
        raise SourceError(f"{folder}: is a file; name the folder it lies in") from None
    reason = f"cannot be listed ({error.strerror})"
    if not prefix:
        raise SourceError(f"{folder}: {reason}; check the path, its permissions and its mount") from None
    reason += ", so its articles stay as they were; check its permissions and its mount"
    return Problem(path=prefix, severity=Severity.ERROR, reason=reason)


def _source_file(member: os.DirEntry[str], path: str, root: Path) -> SourceFile | Problem | None:
    location = Path(member.path)
    try:
        leads_out = member.is_symlink() and not location.resolve(strict=True).is_relative_to(root)
        status = location.stat()
    except (OSError, RuntimeError):
        if member.is_symlink():  # dangling, or one of a loop
            return _skipped(path, "is a link that leads nowhere; mend or delete it")
        return None  # it has vanished this moment
    if stat.S_ISDIR(status.st_mode):  # within the folder, it is met at its own place
        reason = "is a link to a folder outside the articles folder, and not followed; move that folder here"
        return _skipped(f"{path}/", reason) if leads_out else None
    if leads_out:
        return _skipped(path, "is a link to a file outside the articles folder; put the file itself here")
    if not stat.S_ISREG(status.st_mode):
        return _skipped(path, "is a pipe, a socket or a device, not a file; delete or rename it")
    stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
    return SourceFile(
        path=path, location=location, size=status.st_size, stamp=stamp, modified=status.st_mtime
    )


def _in_conflict(path: str, rules: ScanRules) -> str | None:
    """Return why a file is left out that a program has put beside another one; None if it is no such file."""
    folder, slash, name = path.rpartition("/")
    original = conflict_of(name)
    if original is None or is_named_by_itself(path, f"{folder}{slash}{original}", rules):
        return None
    return (
        f"is a copy that was in conflict with '{original}', and left out; put into that file what is to stay,"
        " or rename this one, or name it in articles.include"
    )


_BIN = (
    "holds what was deleted, or what was before, and is not looked into; rename it to publish what is in it,"
    " or name it in articles.exclude to hear no more of it"
)


def _bins_once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield *problems*, but of all recycle bins only the first: there may be one in each folder."""
    bins = sorted(problem.path for problem in problems if problem.reason == _BIN)
    for problem in problems:
        if problem.reason != _BIN:
            yield problem
        elif problem.path == bins[0]:
            others = f" (and {len(bins) - 1:,} more like it)" if len(bins) > 1 else ""
            yield replace(problem, reason=f"{_BIN}{others}")


def _skipped(path: str, reason: str) -> Problem:
    return Problem(path=path, severity=Severity.WARNING, reason=reason)


@lru_cache(maxsize=64)
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines(patterns)


def _excluded(path: str, rules: ScanRules) -> bool:
    return _spec(rules.exclude).match_file(path)


def _concerns(problem: Problem, rules: ScanRules) -> bool:
    """Return whether *problem* can have to do with an article."""
    path = problem.path
    if problem.severity is Severity.ERROR:  # a whole folder is unknown: what lies in it may not pass for gone
        returns = any(
            pattern[0] == "!" and _reaches(pattern[1:], path) for pattern in rules.exclude if pattern
        )
        return returns or not _excluded(path, rules)
    return not _excluded(path, rules) and (path.endswith("/") or _is_article(path, rules))


def _reaches(pattern: str, folder: str) -> bool:
    """Return whether *pattern* may match *folder* or something in it; in doubt, it does."""
    if "\\" in pattern or "/" not in pattern.rstrip("/ "):  # without a slash, it holds at every depth
        return True
    for wanted, name in zip(pattern.strip("/ ").split("/"), folder.split("/"), strict=False):
        if wanted == "**" or not name:
            return True
        if not fnmatchcase(name, wanted):
            return False
    return True


def _is_article(path: str, rules: ScanRules) -> bool:
    if _matches(path.rpartition("/")[2], _ABOUT_THE_FOLDER):
        return False
    if rules.include:
        return _spec(rules.include).match_file(path)
    return _suffix(path) in rules.dialect.suffixes and rules.dialect.elsewhere(path) is None


def _is_media(path: str) -> bool:
    return _suffix(path) in SERVED


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
