"""Addresses that a configuration asks for, compared with our own before anything is published.

A site's configuration may name any path for its feed, and an operator any for
what has moved. Such an address must not take the place of one of ours, and a
static export has to be able to hold it as a file.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from feedsvc.codings import SMALL
from feedsvc.model import Departed, Problem, Severity
from feedsvc.publisher.circles import circle
from feedsvc.publisher.moved import target
from feedsvc.publisher.plan import Plan

# Ours, with all below them, whether or not something stands there today.
OURS = frozenset(
    {
        *("status", "status.json", "metrics", "refresh", "healthz", "readyz"),  # the operator's
        *("private", "media", "static", "hub"),
        *("feeds.opml", "feeds.json", "sitemap.xml", "robots.txt", "favicon.ico", "index.html"),
    }
)
_COMPOSED = "feeds/q"

# Folders of ours: others may have addresses in them, but no file may take their place.
_FOLDERS = frozenset({"categories", "tags", "authors", "languages", "feeds", "articles"})

# A name ends at 255 bytes in ext4 and APFS, a path at 1,024 in macOS (PATH_MAX).
_LONGEST_NAME = 255
_LONGEST_PATH = 1_000

# NUL ends a path; Windows has folders behind a backslash, and drives before a colon; lone surrogates
# cannot be written in UTF-8.
_NO_NAME = re.compile(r"[\x00-\x1f\x7f\\\ud800-\udfff]|^[A-Za-z]:")
_WELL_KNOWN = ".well-known"  # RFC 8615

_LONGEST_SHOWN = 80  # characters
_LONGEST_WAY = 6  # paths

_NO_ALIAS = (
    "the site's feed at '{}' is not served by feedsvc: {}; name another address there, or set"
    " feeds.aliases = false"
)
_NO_REDIRECT = "'{}' is not redirected: {}; delete the [[redirect]], or mend it"
_NOT_RETIRED = "'{}' is not retired: {}; take it out of feeds.retired"


def file_of(path: str) -> str:
    """Return the file that holds a document in a static export: a page is the index of its folder."""
    return f"{path}index.html" if not path or path.endswith("/") else path


def admit(plan: Plan, documents: Collection[str]) -> tuple[Plan, tuple[Problem, ...]]:
    """Return *plan* without the addresses that cannot be had, and the problems of these.

    Args:
        documents: Paths of all that will be published, but for those addresses.
    """
    places = _Places(documents)
    reserved = OURS | {_COMPOSED} if plan.composed else OURS
    wanted = {path for path, target in plan.aliases.items() if target in documents and path != target}
    aliases = {path: _fault(path, reserved) or places.take(path) for path in plan.aliases if path in wanted}
    served = {*documents, *(path for path in wanted if not aliases[path])}
    redirects = {path: _fault_of_redirect(path, reserved) for path in plan.redirects}
    redirects |= _circles(plan, [path for path, fault in redirects.items() if not fault], served)
    retired = {path: _fault(path, reserved) for path in sorted(plan.retired)}
    admitted = replace(
        plan,
        aliases={path: target for path, target in plan.aliases.items() if not aliases.get(path)},
        redirects={path: target for path, target in plan.redirects.items() if not redirects[path]},
        retired=frozenset(path for path, fault in retired.items() if not fault),
    )
    return admitted, (
        *_told(plan, aliases, _NO_ALIAS),
        *_told(plan, redirects, _NO_REDIRECT),
        *_told(plan, retired, _NOT_RETIRED),
        *_useless(admitted, documents),
    )


def _circles(plan: Plan, redirects: Collection[str], served: Collection[str]) -> Mapping[str, str]:
    """Return the redirects that never end at a document, another site or nothing, each with the reason."""
    moved = {path: target(plan.redirects[path], plan.site) for path in redirects}
    departed = Departed(dict.fromkeys(plan.retired, "") | moved)
    ways = {path: circle(path, departed, served, plan.site.feeds_url) for path in redirects}
    return {path: _endless(way) for path, way in ways.items() if way}


def _endless(way: Sequence[str]) -> str:
    if way[-1] not in way[:-1]:
        return f"it is led on more than {len(way) - 2} times, to {_shown(way[-1])} at last"
    if len(way) > _LONGEST_WAY:
        way = (*way[: _LONGEST_WAY - 2], "…", way[-1])
    return f"it leads in a circle ({' to '.join(map(_shown, way))})"


class _Places:
    """The files that a static export will hold, and their folders."""

    def __init__(self, documents: Collection[str]) -> None:
        self._documents = frozenset(documents)
        self._files: set[str] = set()
        self._folders: set[str] = set(_FOLDERS)
        for path in documents:
            self._add(file_of(path))

    def take(self, path: str) -> str | None:
        """Give one more document its place; returns the reason if it can have none."""
        if path in self._documents or path in self._files:
            return "another document stands there"
        if path in self._folders or any(folder in self._files for folder in _above(path)):
            return "a file would have to be a folder, too"
        if any(name.startswith(".") and name != _WELL_KNOWN for name in path.split("/")):
            return "a name that begins with a dot is hidden"
        if path.endswith(tuple(SMALL)):
            return "such a name is that of a compressed file"
        if not path.endswith("/"):  # a feed at the address of a folder is in no export
            self._add(path)
        return None

    def _add(self, file: str) -> None:
        self._files.add(file)
        self._folders.update(_above(file))


def _above(path: str) -> Iterator[str]:
    """Yield the folders that *path* lies in, without closing slash."""
    yield from (path[:end] for end, char in enumerate(path) if char == "/" and end < len(path) - 1)


def _fault(path: str, reserved: Collection[str]) -> str | None:
    """Return why *path* can be the address of nothing at all; None if it can be one."""
    names = path.removesuffix("/").split("/")
    if any(_meet(path, own) for own in reserved):
        return "that address is feedsvc's own"
    if _NO_NAME.search(path) or any(not name or name.rstrip(". ") != name for name in names):
        return "no file can have such a name"
    if len(path.encode()) > _LONGEST_PATH or any(len(name.encode()) > _LONGEST_NAME for name in names):
        return f"a file has at most {_LONGEST_NAME} bytes in a name, and {_LONGEST_PATH:,} with its folders"
    return None


def _fault_of_redirect(path: str, reserved: Collection[str]) -> str | None:
    """Return the same of what is redirected: a query is part of no name, and the root may have one."""
    before, asks, _ = path.partition("?")
    return None if asks and not before else _fault(before if asks else path, reserved)


def _meet(path: str, own: str) -> bool:
    """Return whether *path* is *own*, lies below it, or is a folder around it."""
    return f"{path}/".startswith(f"{own}/") or (path.endswith("/") and own.startswith(path))


def _told(plan: Plan, faults: Mapping[str, str | None], reason: str) -> Iterator[Problem]:
    for path, fault in faults.items():
        if fault is not None:
            file, line = plan.asked_at(path)
            said = reason.format(_shown(path), fault)
            yield Problem(path=file, line=line, severity=Severity.WARNING, reason=said)


def _useless(plan: Plan, documents: Collection[str]) -> Iterator[Problem]:
    """Report redirects that nobody will follow."""
    for path in plan.redirects:
        if path in documents:
            file, line = plan.asked_at(path)
            reason = (
                f"/{path} is redirected, but there is a document, which is served; delete the [[redirect]]"
            )
            yield Problem(path=file, line=line, severity=Severity.WARNING, reason=reason)


def _shown(path: str) -> str:
    """Return an address on one line, with invisible characters as Python escapes them."""
    seen = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in path)
    return f"/{seen}" if len(seen) <= _LONGEST_SHOWN else f"/{seen[:_LONGEST_SHOWN]}…"
