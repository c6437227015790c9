"""Which files of a Jekyll site are articles, and what their places say of them.

The rules are those of Jekyll 4.3, in lib/jekyll: reader.rb, readers/post_reader.rb, collection.rb,
document.rb and entry_filter.rb.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache

from feedsvc.articles.dialects.jekyll.config import POSTS, JekyllConfig

POSTS_FOLDER = "_posts"
DRAFTS_FOLDER = "_drafts"

# document.rb, DATE_FILENAME_MATCHER
_DATED = re.compile(r"(?P<date>(?P<year>\d{2,4})(?P<day>-\d{1,2}-\d{1,2}))-(?P<slug>.*)")
# entry_filter.rb, SPECIAL_LEADING_CHAR_REGEX
_SIGNS = (".", "_", "#", "~")
UNDATED = "its name does not begin with a date, so Jekyll ignores it; call it 2024-05-01-name.md"
"""Why Jekyll ignores a file in ``_posts`` that somebody has surely written as an article."""
_SIGNS_OF_GLOBS = frozenset("*?[")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a document lies.

    Attributes:
        label: Of its collection.
        relative: Its path below `collections_dir`.
        folder: Of the collection, as it stands in `relative`.
        above: The folders above ``_posts``, which are categories.
    """

    label: str
    relative: str
    folder: str
    above: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """The file's name without suffix."""
        name = self.relative.rpartition("/")[2]
        return name.rpartition(".")[0] or name

    @property
    def date(self) -> str | None:
        """The date in the file's name, as text."""
        dated = _DATED.fullmatch(self.stem)
        if dated is None:
            return None
        year = dated["year"]
        # As Ruby's Time.parse has it.
        century = ("19" if int(year) >= 69 else "20") if len(year) == 2 else ""
        return century + year + dated["day"]

    @property
    def slug(self) -> str:
        """The rest of the name (`populate_title`)."""
        dated = _DATED.fullmatch(self.stem)
        return (dated["slug"] if dated else self.stem).rstrip(".")

    @property
    def below(self) -> str:
        """The path without suffix, and without the collection's folder (`cleaned_relative_path`)."""
        folder, slash, _ = self.relative.rpartition("/")
        return (folder + slash + self.stem).replace(self.folder, "", 1).rstrip(".")


def place_of(path: str, config: JekyllConfig) -> Place | None:
    """Return the place of a document, of its path below the site's source; None if it can be none."""
    if not path.startswith(config.collections_dir):
        return None
    relative = path.removeprefix(config.collections_dir)
    folders = relative.split("/")[:-1]
    for depth, name in enumerate(folders):
        if name in (POSTS_FOLDER, DRAFTS_FOLDER):
            return Place(label=POSTS, relative=relative, folder=name, above=tuple(folders[:depth]))
        if _is_special(name, config.include):
            break
    label = folders[0].removeprefix("_") if folders and folders[0].startswith("_") else ""
    if label in config.collections:
        return Place(label=label, relative=relative, folder=f"_{label}")
    return None


def is_filed(path: str) -> bool:
    """Return whether *path* leads through a folder for posts or drafts."""
    return not {POSTS_FOLDER, DRAFTS_FOLDER}.isdisjoint(path.split("/")[:-1])


def why_ignored(path: str, config: JekyllConfig, *, loose: bool = False) -> str | None:
    """Return why Jekyll makes no document of the file at *path*, for people; None if it does.

    Args:
        loose: The file only stands for one in ``_posts``, and its name needs no date.
    """
    if _is_excluded(path.removeprefix(f"{POSTS_FOLDER}/") if loose else path, config):
        return f"'exclude' in {config.path or '_config.yml'} leaves it out"
    place = place_of(path, config)
    if place is None:
        return "articles lie in _posts or in a collection's folder; elsewhere are pages"
    within = place.relative.partition(f"{place.folder}/")[2]
    first, last = within.partition("/")[0], within.rpartition("/")[2]
    if any(_is_special(name, config.include) for name in (first, last)):
        return "Jekyll ignores what begins with '_', '.', '#' or '~'"
    if place.folder == POSTS_FOLDER and place.date is None and not loose:
        return UNDATED
    return None


def _is_special(name: str, include: tuple[str, ...]) -> bool:
    return name.startswith(_SIGNS) and not _matches(include, name)


def _is_excluded(path: str, config: JekyllConfig) -> bool:
    return any(
        _matches(config.exclude, part) and not _matches(config.include, part.rpartition("/")[2])
        for part in _parts(path)
    )


def _parts(path: str) -> Iterator[str]:
    """Yield the folders that lead to *path*, and itself: Jekyll asks for each, on its way down."""
    yield from (path[:end] for end, char in enumerate(path) if char == "/")
    yield path


def _matches(patterns: tuple[str, ...], path: str) -> bool:
    """Return whether one of *patterns* matches, or is what *path* begins with (`glob_include?`)."""
    beginnings, glob = _compiled(patterns)
    return path.startswith(beginnings) or f"{path}/" in beginnings or glob.match(path) is not None


@lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...]) -> tuple[tuple[str, ...], re.Pattern[str]]:
    rooted = tuple(pattern.removeprefix("/") for pattern in patterns)
    globs = (pattern for pattern in rooted if not _SIGNS_OF_GLOBS.isdisjoint(pattern))
    return rooted, re.compile("|".join(map(translate, globs)) or r"(?!)")
