"""What a Jekyll site's ``defaults`` say of an article by its path and type.

The rules are those of Jekyll 4.3, in lib/jekyll/frontmatter_defaults.rb.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from feedsvc.articles.dialects.tables import merged, table
from feedsvc.articles.fields import text_of
from feedsvc.articles.frontmatter.keys import fold
from feedsvc.articles.frontmatter.yaml import Value

# Before Jekyll 2.5 types were singular.
_PLURALS = {"page": "pages", "post": "posts", "draft": "drafts"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoped:
    """Values that hold within a scope.

    Attributes:
        path: What a path begins with, or a pattern of it; "" for all.
        type: The label of a collection; None for all.
        values: By key as written.
    """

    path: str = ""
    type: str | None = None
    values: Mapping[str, Value] = field(default_factory=dict)


def scoped(defaults: Value) -> tuple[Scoped, ...]:
    """Return the sets that *defaults* of ``_config.yml`` lists; what is none is passed over."""
    return tuple(_scoped(defaults if isinstance(defaults, list) else []))


def defaults_of(sets: Sequence[Scoped], path: str, label: str, *, collections_dir: str) -> dict[str, Value]:
    """Return what holds for a document, by folded key; the longest scope wins.

    A null replaces no value (Jekyll's `deep_merge_hashes`).

    Args:
        path: Below *collections_dir*, which ends in a slash if it is not "".
        label: Of the document's collection.
    """
    values: dict[str, Value] = {}
    last: Scoped | None = None
    for each in sets:
        if not _applies(each, path, label, collections_dir):
            continue
        if last is None or _outweighs(each, last):
            values, last = merged(each.values, values, null_counts=False), each
        else:
            values = merged(values, each.values, null_counts=False)
    return {fold(key): value for key, value in values.items()}


def _scoped(sets: Sequence[Value]) -> Iterator[Scoped]:
    for each in sets:
        values = table(each).get("values")
        if isinstance(values, dict):
            scope = table(each, "scope")
            kind = text_of(scope.get("type"))
            path = text_of(scope.get("path")) or ""
            yield Scoped(path=path, type=kind and _PLURALS.get(kind, kind), values=values)


def _applies(scope: Scoped, path: str, label: str, collections_dir: str) -> bool:
    if scope.type not in (None, label):
        return False
    if "*" in scope.path:
        # Ruby globs among the files on disk: the pattern stands for the folders above, or the file.
        parts = (collections_dir + path).split("/")
        pattern = scope.path.strip("/").split("/")
        return any(_globbed(parts[:depth], pattern) for depth in range(1, len(parts) + 1))
    return path.startswith(scope.path.removeprefix(collections_dir))


def _globbed(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    ends = {0}  # of what the pattern can stand for, as far as it was followed
    for wanted in pattern:
        if wanted == "**":
            ends = set(range(min(ends, default=len(parts) + 1), len(parts) + 1))
        else:
            ends = {end + 1 for end in ends if end < len(parts) and fnmatchcase(parts[end], wanted)}
    return len(parts) in ends


def _outweighs(new: Scoped, old: Scoped) -> bool:
    lengths = len(new.path.removeprefix("/")), len(old.path.removeprefix("/"))
    if lengths[0] != lengths[1]:
        return lengths[0] > lengths[1]
    return new.type is not None or old.type is None
