"""What an article calls another by, understood in the manner of any generator."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import unquote

from feedsvc.articles.paths import shown

# Suffixes of sources, which no page of a website has; one with them means an article.
SOURCES = frozenset({".md", ".markdown", ".mkd", ".mdown", ".mdx", ".rst", ".adoc", ".njk", ".liquid"})

# The folders that a reference may start at, besides the articles' own.
_ROOTS = ("", "content", "_posts", "source", "source/_posts", "src", "pages", "posts")

# Files that stand for their folder.
_INDEXES = frozenset({"index", "_index"})

_MARK = re.compile(r"[{|](filename|static|attach|author|category|tag|index)[}|]", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}[-_]")


class Page(NamedTuple):
    """What may be linked to: its address and its title."""

    url: str
    title: str


class Addresses:
    """The pages of articles, by what others call them.

    A reference is a path with or without its suffix: relative to the folder of
    the article it stands in, below the articles folder or one that generators
    keep articles in, or the end of just one article's path. Letters keep their case.
    """

    def __init__(self, by_path: Mapping[str, Page]) -> None:
        """Begin with all pages that may be linked to, by the paths of their articles."""
        self._by_path = by_path

    def find(self, ref: str, folder: str) -> Page | None:
        """Return the page of the article that *ref*, written in *folder*, means; None if there is none."""
        path = normalize("NFC", shown(unquote(bare(ref), errors="surrogateescape"))).rstrip("/")
        if not path.strip("/."):
            return None
        places = [] if path.startswith("/") else [normalize("NFC", folder)]
        path = path.lstrip("/")
        for place in (*places, *_ROOTS):
            if (found := self._at(posixpath.normpath(posixpath.join(place, path)))) is not None:
                return self._by_path[found]
        found = self._by_end(posixpath.normpath(path).lstrip("./"))
        return None if found is None else self._by_path[found]

    def of(self, path: str) -> Page | None:
        """Return the page of the article that lies at *path*; None if there is none."""
        found = self._composed.get(normalize("NFC", path))
        return None if found is None else self._by_path[found]

    def _at(self, path: str) -> str | None:
        return self._exact.get(path) or self._exact.get(_stem(path))

    def _by_end(self, path: str) -> str | None:
        for tail in _tails(path):  # the folder may be one of articles within the site that is meant
            if (found := self._at(tail)) is not None:
                return found
        name = _stem(path).rpartition("/")[2]
        ends = (path, _stem(path), name, _DATE.sub("", name))
        return next((found for end in ends if (found := self._ends.get(end))), None)

    @cached_property
    def _composed(self) -> Mapping[str, str]:
        return {normalize("NFC", path): path for path in sorted(self._by_path, reverse=True)}

    @cached_property
    def _exact(self) -> Mapping[str, str]:
        exact = dict(self._composed)
        for path in sorted(self._by_path):
            exact.setdefault(_stem(normalize("NFC", path)), path)
        return exact

    @cached_property
    def _ends(self) -> Mapping[str, str | None]:
        """All ends of paths; None for those of more than one."""
        ends: dict[str, str | None] = {}
        for path in self._by_path:
            whole = normalize("NFC", path)
            stem = _stem(whole)
            undated = _DATE.sub("", stem.rpartition("/")[2])
            for end in {*_tails(whole), *_tails(stem), *([undated] if undated else [])}:
                ends[end] = path if ends.get(end, path) == path else None
        return ends


def marked(ref: str) -> tuple[str, str] | None:
    """Return what marks a reference to a source, and the rest: Pelican's ``{filename}``, Zola's ``@/``."""
    if found := _MARK.match(ref):
        return found[1].lower(), ref[found.end() :]
    return ("@", ref[1:]) if ref.startswith("@/") else None


def bare(ref: str) -> str:
    """Return *ref* without a mark."""
    found = marked(ref)
    return found[1] if found else ref


def _tails(path: str) -> Iterator[str]:
    yield path
    at = path.find("/")
    while at >= 0:
        yield path[at + 1 :]
        at = path.find("/", at + 1)


def _stem(path: str) -> str:
    """Return *path* without suffix; of a folder's index, that folder."""
    folder, slash, name = path.rpartition("/")
    stem = name.rpartition(".")[0] or name
    return folder if stem in _INDEXES and folder else f"{folder}{slash}{stem}"
