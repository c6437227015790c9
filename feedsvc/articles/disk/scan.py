"""The articles folder as a list of files: the one look at the disk."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path, PurePosixPath

from pathspec import GitIgnoreSpec

from feedsvc.articles.dialects import PLAIN, Dialect
from feedsvc.articles.dialects.site_expressions import noted
from feedsvc.articles.disk.copies import conflict_of
from feedsvc.articles.disk.ignored_names import (
    EXPORT_MANIFEST,
    is_about_the_folder,
    is_ignored,
    is_recycle_bin,
)
from feedsvc.articles.disk.nothing_found import nothing_found
from feedsvc.articles.paths import legible, real_name, shown
from feedsvc.errors import SourceError, is_gone
from feedsvc.model import Problem, Severity, SourceFile
from feedsvc.text.mediatypes import SERVED_SUFFIXES

# Folders within folders; nobody files articles deeper.
DEEPEST = 100


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
        unreadable: Files, and folders with closing slash, that the disk cannot tell us about: their
            content is unknown, not gone; see `lies_in`.
        faults: The `problems` that are errors of the disk.
        waiting: Known files that are still moving, so that nothing is decided about them yet; empty
            after a scan.
    """

    articles: tuple[SourceFile, ...] = ()
    parts: frozenset[str] = frozenset()
    media: Mapping[str, SourceFile] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    faults: tuple[Problem, ...] = ()
    waiting: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Unknown:
    """A file, or a folder with closing slash, that the disk cannot tell us about."""

    path: str
    problem: Problem
    fault: bool = True


def _members(folder: str) -> Sequence[os.DirEntry[str]]:
    with os.scandir(folder) as listing:
        return list(listing)


def scan(
    root: Path,
    rules: ScanRules,
    *,
    members: Callable[[str], Sequence[os.DirEntry[str]]] = _members,
    status: Callable[[str], os.stat_result] = os.stat,
) -> Listing:
    """List the articles and media below *root*.

    Follows no link to a folder, and none to a file outside *root*, and says
    so; opens nothing, so that a FIFO or a device cannot stop us.

    Args:
        members: Lists a folder.
        status: Asks the disk about a path.

    Raises:
        SourceError: *root* itself cannot be listed.
    """
    walk = _Walk(os.path.realpath(root), rules.dialect.ignored_folders, members, status)
    found = list(walk(str(root), ""))
    files = sorted((each for each in found if isinstance(each, SourceFile)), key=lambda file: file.path)
    kept = [file for file in files if not _excluded(file.path, rules)]
    unknown = [each for each in found if isinstance(each, _Unknown) and _may_hold(each.path, rules)]
    skipped = [each for each in found if isinstance(each, Problem) and _concerns(each, rules)]
    with noted() as slow:
        possible = [file for file in kept if _is_article(file.path, rules)]
    misnamed = [file.path for file in kept if _is_misnamed(file.path, rules)]
    skipped += [_skipped(path, left_out(path, rules) or "") for path in misnamed]
    # A file that cannot be asked for exists: a file that is part of it must not become an article.
    names = [*(file.path for file in possible), *(u.path for u in unknown if _is_article(u.path, rules))]
    parts = frozenset[str]() if rules.include else rules.dialect.bundle_parts(names)
    whole = [file for file in possible if file.path not in parts]
    conflicts = {file.path: reason for file in whole if (reason := _in_conflict(file.path, rules))}
    skipped += [_skipped(path, reason) for path, reason in conflicts.items()]
    if not possible and not unknown:
        others = [each for each in found if isinstance(each, str)]
        others = [each for each in others if not _fits(rules.exclude, f"{each.rstrip('/')}/")]
        others += [f.path for f in files if _is_article(f.path, rules) and _excluded(f.path, rules)]
        reason = nothing_found([file.path for file in kept], others, lambda path: left_out(path, rules))
        skipped += [_skipped(".", reason)] if reason else []
    return Listing(
        articles=tuple(file for file in whole if file.path not in conflicts),
        parts=parts,
        media={file.path: file for file in kept if _is_media(file.path)},
        unreadable=frozenset(each.path for each in unknown),
        problems=tuple(sorted({*_bins_once(skipped), *(each.problem for each in unknown), *slow})),
        faults=tuple(sorted({each.problem for each in unknown if each.fault})),
    )


def read(file: SourceFile, *, limit: int = -1) -> bytes:
    """Return the file's bytes, or its first *limit* bytes.

    Raises:
        MovedError: Somebody has written it since it was listed, perhaps half of it.
        OSError: It cannot be read, or is no regular file any more.
    """
    # Without O_NONBLOCK, a FIFO that took the file's place would never open.
    descriptor = os.open(file.location, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("not a regular file")
        body = stream.read(limit)
        # The inode is not compared: some shares give a file another one each time it is opened.
        stamp = _stamp(os.fstat(descriptor))
        if stamp[:-1] != file.stamp[:-1]:
            raise MovedError(written=(stamp[0], stamp[2]) != (file.stamp[0], file.stamp[2]))
        return body


class MovedError(OSError):
    """A file is another one than was listed.

    Attributes:
        written: Its size or its time of writing has changed; else only its permissions or its place.
    """

    def __init__(self, *, written: bool) -> None:
        super().__init__("changed while it was read")
        self.written = written


def is_named_by_itself(path: str, original: str, rules: ScanRules) -> bool:
    """Return whether a pattern of `ScanRules.include` means a copy, and not its original, too."""
    specs = (_spec((pattern,)) for pattern in rules.include)
    return any(
        spec.match_file(real_name(path)) and not spec.match_file(real_name(original)) for spec in specs
    )


def left_out(path: str, rules: ScanRules) -> str | None:
    """Return why the file at *path* is no article, as far as its name tells; None if it is one."""
    folders = [path[:end] for end, char in enumerate(path) if char == "/"]
    overlooked = next(filter(is_ignored, path.split("/")), None)
    overlooked = overlooked or next((each for each in folders if each in rules.dialect.ignored_folders), None)
    if overlooked is not None:
        return f"'{overlooked}' is hidden, left by an editor, or a folder that holds no articles"
    if _excluded(path, rules):
        return "articles.exclude leaves it out"
    if is_about_the_folder(path.rpartition("/")[2]):
        return "it describes the folder, as README, LICENSE and robots.txt do"
    if _is_article(path, rules):
        return _in_conflict(path, rules)
    if rules.include:
        return "articles.include does not name it"
    suffixes = rules.dialect.suffixes
    if _suffix(path) not in suffixes:
        return f"its suffix is none of {', '.join(sorted(suffixes))}"
    return rules.dialect.why_not_an_article(legible(path))


@dataclass(frozen=True, slots=True)
class _Walk:
    """Yields the files below a folder, problems where they cannot be known, and paths that are never read.

    Attributes:
        root: Of the articles, without links.
        overlooked: As in `Dialect`.
    """

    root: str
    overlooked: frozenset[str]
    members: Callable[[str], Sequence[os.DirEntry[str]]]
    status: Callable[[str], os.stat_result]

    def __call__(self, folder: str, prefix: str) -> Iterator[SourceFile | Problem | _Unknown | str]:
        if prefix.count("/") > DEEPEST:
            reason = f"lies more than {DEEPEST} folders deep and is not read; move it up"
            yield _Unknown(prefix, _error(prefix, reason), fault=False)
            return
        doing = "listed"
        try:
            members = self.members(folder)
            doing = "entered"  # of mode 644, a folder tells the names in it and nothing else
            self.status(f"{folder}/.")
        except OSError as error:
            yield from _unlistable(folder, prefix, doing, error)
            return
        if prefix and any(member.name == EXPORT_MANIFEST for member in members):
            yield prefix
            return
        for member in members:
            path = prefix + shown(member.name)
            if not (is_ignored(member.name) or path in self.overlooked):
                yield from self._met(member, path)
                continue
            yield path
            if is_recycle_bin(member.name) and os.path.isdir(member.path):  # noqa: PTH112 - never raises
                yield _skipped(f"{path}/", _BIN)

    def _met(self, member: os.DirEntry[str], path: str) -> Iterator[SourceFile | Problem | _Unknown | str]:
        try:
            is_folder, is_link = member.is_dir(follow_symlinks=False), member.is_symlink()
        except OSError as error:  # of a disk that does not tell by itself what a name stands for
            if not is_gone(error):
                unknown = _unasked(path, error)
                yield from (unknown, replace(unknown, path=f"{path}/"))
            return
        if is_folder:
            yield from self(member.path, path + "/")
        elif (found := self._file(member.path, path, is_link=is_link)) is not None:
            yield found

    def _file(self, location: str, path: str, *, is_link: bool) -> SourceFile | Problem | _Unknown | None:
        leads_out = is_link and not Path(os.path.realpath(location)).is_relative_to(self.root)
        try:
            status = self.status(location)
        except OSError as error:
            if is_gone(error):
                return _skipped(path, "is a link that leads nowhere; mend or delete it") if is_link else None
            return _skipped(path, _OUTSIDE) if leads_out else _unasked(path, error)
        if stat.S_ISDIR(status.st_mode):  # within the folder, it is met at its own place
            reason = (
                "is a link to a folder outside the articles folder, and not followed; move that folder here"
            )
            return _skipped(f"{path}/", reason) if leads_out else None
        if leads_out:
            return _skipped(path, _OUTSIDE)
        if not stat.S_ISREG(status.st_mode):
            return _skipped(path, "is a pipe, a socket or a device, not a file; delete or rename it")
        return SourceFile(
            path=path,
            location=Path(location),
            size=status.st_size,
            stamp=_stamp(status),
            modified=status.st_mtime,
        )


_OUTSIDE = "is a link to a file outside the articles folder; put the file itself here"


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def _unlistable(folder: str, prefix: str, doing: str, error: OSError) -> Iterator[_Unknown]:
    if prefix and is_gone(error):  # this very moment
        return
    if isinstance(error, NotADirectoryError):
        raise SourceError(f"{folder}: is a file; name the folder it lies in") from None
    reason = f"cannot be {doing} ({error.strerror})"
    if not prefix:
        raise SourceError(f"{folder}: {reason}; check the path, its permissions and its mount") from None
    reason += ", so its articles stay as they were; check its permissions and its mount"
    yield _Unknown(prefix, _error(prefix, reason))


def _unasked(path: str, error: OSError) -> _Unknown:
    reason = (
        f"cannot be asked for ({error.strerror}), so it stays as it was; check its permissions and its disk"
    )
    return _Unknown(path, _error(path, reason))


def _error(path: str, reason: str) -> Problem:
    return Problem(path=path, severity=Severity.ERROR, reason=reason)


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


def _fits(patterns: tuple[str, ...], path: str) -> bool:
    return _spec(patterns).match_file(real_name(path))


def _excluded(path: str, rules: ScanRules) -> bool:
    return _fits(rules.exclude, path)


def _concerns(problem: Problem, rules: ScanRules) -> bool:
    """Return whether *problem*, of a thing that is no regular file, can concern an article."""
    path = problem.path
    return not _excluded(path, rules) and (path.endswith("/") or _is_article(path, rules))


def _may_hold(path: str, rules: ScanRules) -> bool:
    """Return whether an unknown path may be an article or a medium, or hold one; such a path is not gone."""
    if not path.endswith("/"):
        return not _excluded(path, rules) and (_is_article(path, rules) or _is_media(path))
    returns = any(pattern[0] == "!" and _reaches(pattern[1:], path) for pattern in rules.exclude if pattern)
    return returns or not _excluded(path, rules)


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
    if is_about_the_folder(path.rpartition("/")[2]):
        return False
    if rules.include:
        return _fits(rules.include, path)
    return _suffix(path) in rules.dialect.suffixes and rules.dialect.why_not_an_article(legible(path)) is None


def _is_misnamed(path: str, rules: ScanRules) -> bool:
    if rules.include or _suffix(path) not in rules.dialect.suffixes:
        return False
    return not is_about_the_folder(path.rpartition("/")[2]) and rules.dialect.is_misnamed_article(
        legible(path)
    )


def _is_media(path: str) -> bool:
    return _suffix(path) in SERVED_SUFFIXES


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
