"""Which folders may take an export: none that somebody's articles lie in, ours or another site's.

A folder with an export in it is not looked into any more, so its articles would leave their feeds.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from feedsvc.articles.dialects import PLAIN
from feedsvc.articles.disk.ignored_names import EXPORT_MANIFEST
from feedsvc.articles.disk.scan import ScanRules, left_out, scan
from feedsvc.articles.disk.sites import site_above
from feedsvc.articles.paths import real_name, shown
from feedsvc.errors import SourceError, UsageError

# What no export and hardly a website has. Other files are articles if a generator or their head says so.
_SOURCES = (".md", ".markdown", ".mdx", ".rst")

# Whatever follows the name of a generator's folder of articles, each generator reads such a file.
_LIKELY = "2026-01-01-feed.md"

# How front matter begins, in YAML, TOML and JSON.
_HEADS = (b"---", b"+++", b"{")


def check_folder(articles: Path, out: Path, rules: ScanRules) -> None:
    """Refuse an *out* that is no place for an export of *articles*.

    Raises:
        UsageError: It says why, with a file for which it is none.
    """
    check_kind(articles, out)
    real, root = Path(os.path.realpath(out)), Path(os.path.realpath(articles))
    own = real.is_relative_to(root)
    if own:
        _check_own(out, real, root, rules)
    site = site_above(real)
    if site is None:
        if not own and not _is_export(real):
            _check_any(out, real)
    elif not own or (site[0] != root and site[0].is_relative_to(root)):
        _check_site(out, real, site[0], ScanRules(dialect=site[1]))


def check_kind(articles: Path, out: Path) -> None:
    """Refuse an *out* that is a file, or has the whole folder of *articles* in it.

    Raises:
        UsageError: It is such a one.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is a file; --out needs a folder")
    real = Path(os.path.realpath(articles))
    if _is_same(out, real):
        raise UsageError(f"{out}: is the folder of articles itself; choose another for --out")
    if any(_is_same(out, folder) for folder in real.parents):
        raise UsageError(
            f"{out}: the folder of articles lies in it; choose another for --out, such as public"
        )


def _check_own(out: Path, real: Path, root: Path, rules: ScanRules) -> None:
    if found := next(_articles_below(real, root, rules), None):
        raise UsageError(
            f"{out}: articles lie in it, such as '{found}', and would leave the feeds; choose another folder"
            " for --out, or, if they are none, name this one in articles.exclude"
        )


def _check_site(out: Path, real: Path, site: Path, rules: ScanRules) -> None:
    """Refuse a folder whose files are articles of another generator's site."""
    name = rules.dialect.name
    if found := next(_articles_below(real, site, rules), None):
        again = f", after you have deleted {EXPORT_MANIFEST} in it" if _is_export(real) else ""
        raise UsageError(
            f"{out}: articles of the {name} site {site} lie in it, such as '{found}', and would leave its"
            f" feeds; choose another folder for --out, such as public{again}"
        )
    likely = shown((real / _LIKELY).relative_to(site).as_posix())
    if not _is_export(real) and left_out(likely, rules) is None:
        raise UsageError(
            f"{out}: lies among the articles of the {name} site {site}, which would make pages of our files;"
            " choose another folder for --out, such as public"
        )


def _check_any(out: Path, real: Path) -> None:
    """Refuse a folder of files, of no known site, of which some are surely articles."""
    served = os.path.lexists(real / ".feedsvc")  # the state of a site that has no configuration
    for path in _articles_below(real, real, ScanRules(dialect=PLAIN)):
        if served or path.lower().endswith(_SOURCES) or _has_head(real / real_name(path)):
            raise UsageError(
                f"{out}: somebody's articles lie in it, such as '{path}', and would leave their feeds; choose"
                " another folder for --out, such as an empty one"
            )


def _articles_below(real: Path, root: Path, rules: ScanRules) -> Iterator[str]:
    """Yield the articles in *real* that the site at *root* would find, were no export there."""
    if not real.is_dir():
        return
    below = "" if real == root else f"{shown(real.relative_to(root).as_posix())}/"
    exported = _is_export(real)
    with suppress(SourceError):  # of which the export will tell
        for file in scan(root, rules, members=_members_but_manifest).articles:
            if file.path.startswith(below) and (not exported or file.path.lower().endswith(_SOURCES)):
                yield file.path


def _members_but_manifest(folder: str) -> Sequence[os.DirEntry[str]]:
    with os.scandir(folder) as listing:
        return [member for member in listing if member.name != EXPORT_MANIFEST]


def _is_export(real: Path) -> bool:
    return os.path.lexists(real / EXPORT_MANIFEST)


def _has_head(file: Path) -> bool:
    with suppress(OSError), file.open("rb") as stream:
        return stream.read(8).removeprefix(b"\xef\xbb\xbf").startswith(_HEADS)
    return False


def _is_same(out: Path, folder: Path) -> bool:
    """Return whether both are one folder, also by another name or a link."""
    with suppress(OSError):
        return out.samefile(folder)
    return os.path.realpath(out) == str(folder)
