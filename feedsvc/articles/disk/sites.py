"""The site that a folder of articles belongs to: the look at its generator's own files."""

import os
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from pathlib import Path

from pathspec import GitIgnoreSpec

from feedsvc.articles.dialects import GENERATORS, PLAIN, Dialect, Generator, SiteFiles
from feedsvc.articles.disk.ignored_names import is_ignored
from feedsvc.articles.disk.scan import DEEPEST
from feedsvc.articles.paths import legible, shown

AUTO = "auto"

# Configuration and data; a file that is longer is neither.
_MOST_BYTES = 1_000_000
_MOST_FILES = 5_000

# Without a repository to end at, a site is not sought higher up.
_HIGHEST = 4


def open_site(articles: Path, name: str = AUTO) -> Dialect:
    """Return how the site is laid out that *articles* is, or lies in.

    Args:
        articles: Absolute; it need not exist.
        name: As in `articles.dialect`: the generator whose site it is, even if nothing tells.
    """
    found = _found(articles, name)
    if found is None:
        return PLAIN
    generator, files = found
    return generator.open(files)


def site_above(folder: Path) -> tuple[Path, Dialect] | None:
    """Return the generator's site that *folder* is, or lies in, and its layout; None if there is none."""
    for site in _candidates(folder):
        names = _names(site)
        for generator in GENERATORS:
            if not names.isdisjoint(generator.marker_names):
                files = _look(site, site, names, generator)
                if generator.owns(files):
                    return site, generator.open(files)
    return None


def where_said(articles: Path, name: str, value: str, *, beside: Collection[str] = ()) -> tuple[str, int]:
    """Return the file of the site's own files, and the line, that says *value*.

    The line is 0 if none shows it; the file is then the configuration, or "." if there is none.

    Args:
        beside: Words of which one stands in that line, if one can be found; capitals do not count.
    """
    found = _found(articles, name)
    generator, files = found if found is not None else (None, SiteFiles())
    configs = [path for path in (generator.marker_names if generator else ()) if path in files.texts]
    others = sorted(files.texts.keys() - configs)
    said = list(_lines_with(value, files, (*configs, *others)))
    sure = ((path, number) for path, number, rest in said if any(word in rest.lower() for word in beside))
    likely = ((path, number) for path, number, _ in said if path in configs)
    return next(chain(sure, likely), (next(iter(configs), "."), 0))


def _lines_with(value: str, files: SiteFiles, paths: Iterable[str]) -> Iterator[tuple[str, int, str]]:
    """Yield each line that says *value*, as its file, its number, and the rest of it."""
    for path in paths:
        for number, line in enumerate(files.texts[path].split("\n"), start=1):
            if value in line:
                yield path, number, line.replace(value, "")


def configurations(articles: Path, name: str) -> tuple[Path, ...]:
    """Return the files in or above *articles* that a generator called *name* is configured by."""
    generator = next((each for each in GENERATORS if each.name == name), None)
    marks = [mark for mark in (generator.marker_names if generator else ()) if not mark.endswith("/")]
    found = ([site / mark for mark in marks if os.path.isfile(site / mark)] for site in _candidates(articles))  # noqa: PTH113
    return tuple(next(filter(None, found), ()))


def unread(articles: Path) -> tuple[str, ...]:
    """Return the names of the configurations in or above *articles* that cannot be read, or are too long."""
    marks = dict.fromkeys(mark for generator in GENERATORS for mark in generator.marker_names)
    return tuple(
        mark
        for site in _candidates(articles)
        for mark in marks
        if not mark.endswith("/")
        and os.path.isfile(site / mark)  # noqa: PTH113
        and _text(site / mark) is None
    )


def _found(articles: Path, name: str) -> tuple[Generator, SiteFiles] | None:
    """Return the generator whose site *articles* is, or lies in, and the files it is steered by."""
    asked = [generator for generator in GENERATORS if name in (AUTO, generator.name)]
    for site in _candidates(articles):
        names = _names(site)
        for generator in asked:
            if names.isdisjoint(generator.marker_names):
                continue
            files = _look(site, articles, names, generator)
            if generator.owns(files):
                return generator, files
    if name == AUTO or not asked:
        return None
    site = Path(os.path.realpath(articles))
    return asked[0], _look(site, site, _names(site), asked[0])


def _candidates(articles: Path) -> Iterator[Path]:
    """Yield the folders whose site *articles* may be part of, up to the root of the repository."""
    real = Path(os.path.realpath(articles))
    above = [real, *real.parents]
    root = next((place for place, folder in enumerate(above) if _is_repository(folder)), _HIGHEST)
    yield from above[: root + 1]


def _is_repository(folder: Path) -> bool:
    return os.path.lexists(folder / ".git")


def _names(folder: Path) -> frozenset[str]:
    try:
        with os.scandir(folder) as listing:
            # Path.is_dir and DirEntry.is_dir raise where a link leads to what we may not look into.
            return frozenset(
                each.name + "/" if os.path.isdir(each) else each.name  # noqa: PTH112
                for each in listing
            )
    except OSError:  # not ours to look into, so no site of ours
        return frozenset()


def _look(site: Path, articles: Path, names: frozenset[str], generator: Generator) -> SiteFiles:
    below = Path(os.path.realpath(articles)).relative_to(site).as_posix()
    wanted = GitIgnoreSpec.from_lines(generator.files_to_read)
    deep = any("/" in pattern.strip("/") for pattern in generator.files_to_read)
    paths = sorted(_paths(site, "", deep=deep))
    chosen = [path for path in paths if wanted.match_file(path)][:_MOST_FILES]
    texts = {legible(shown(path)): text for path in chosen if (text := _text(site / path)) is not None}
    return SiteFiles(name=site.name, prefix="" if below == "." else f"{below}/", names=names, texts=texts)


def _paths(folder: Path, prefix: str, *, deep: bool) -> Iterator[str]:
    try:
        with os.scandir(folder) as listing:
            members = list(listing)
    except OSError:
        return
    for member in members:
        path = prefix + member.name
        if not member.is_dir(follow_symlinks=False):
            yield path
        elif deep and path.count("/") < DEEPEST and not is_ignored(member.name):
            yield from _paths(Path(member.path), path + "/", deep=True)


def _text(file: Path) -> str | None:
    try:
        # Without O_NONBLOCK, a FIFO of that name would never open.
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as stream:
            raw = stream.read(_MOST_BYTES + 1)
    except OSError:
        return None
    return raw.decode("utf-8-sig", "replace").replace("\r\n", "\n") if len(raw) <= _MOST_BYTES else None
