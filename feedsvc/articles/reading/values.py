"""An article's front matter over its site's defaults, and which field came from which key."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from feedsvc.articles.fields import text_of
from feedsvc.articles.frontmatter import keys
from feedsvc.articles.frontmatter.head import FrontMatter, fold
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.articles.reading.origins import DEFAULTS, Origin, front_matter

_T = TypeVar("_T")


class Values:
    """What an article says of itself, and what its site says of it.

    Attributes:
        merged: By folded key.
        origins: Where each field came from, as far as it was looked for.
    """

    def __init__(self, front: FrontMatter, defaults: Mapping[str, Value]) -> None:
        self._front = front
        self.merged = _overlaid(defaults, front.values)
        self.origins: dict[str, Origin] = {}
        # Zola and Hugo keep terms, pictures and fields of their own in tables.
        self._tables = [("", self.merged), *self._tables_of(self.merged)]

    def __getitem__(self, key: str) -> Value:
        return self.merged.get(key)

    def line(self, key: str) -> int:
        """Return the line of a key in the file; 0 if it does not stand there."""
        lines = self._front.lines
        return lines.get(key) or lines.get(key.partition(".")[0], 0)

    def stated(self, key: str) -> bool:
        """Return whether the article itself has a key, not only its site's defaults."""
        return key.partition(".")[0] in self._front.values

    def line_of(self, field: str) -> int:
        """Return the line of the key that a field was found under."""
        found = self.origins[field].keys if field in self.origins else ()
        return found[0][1] if found else 0

    def said(self, key: str) -> str:
        """Return a key as it was written."""
        return self._front.spelling.get(key, key)

    def found(self, field: str, *found: str) -> None:
        """Note under which keys a field was found."""
        stated = [key for key in found if self.stated(key)]
        named = tuple((self.said(key), self.line(key)) for key in stated)
        self.origins[field] = front_matter(*named) if stated else DEFAULTS

    def each(self, wanted: tuple[str, ...]) -> Iterator[tuple[str, Value]]:
        """Yield the values under the *wanted* keys, each with its key."""
        for prefix, table in self._tables:
            for key in wanted:
                if (value := table.get(key)) is not None:
                    yield prefix + key, value

    def first(self, field: str, wanted: tuple[str, ...], usable: Callable[[Value], _T | None]) -> _T | None:
        """Return the first value that can be used, as *usable* has it."""
        for key, value in self.each(wanted):
            if (found := usable(value)) is not None:
                self.found(field, key)
                return found
        return None

    def all(self, field: str, wanted: tuple[str, ...]) -> dict[str, Value]:
        """Return all values under the *wanted* keys, by key; of one in a table, ``table.key``."""
        found = dict(self.each(wanted))
        if found:
            self.found(field, *found)
        return found

    def quoted(self, key: str) -> bool:
        """Return whether the value stands in quotes."""
        return key in self._front.quoted

    def text(self, field: str, *wanted: str) -> str | None:
        """Return the first value that is text."""
        return self.first(field, wanted, text_of)

    @staticmethod
    def _tables_of(merged: Mapping[str, Value]) -> Iterator[tuple[str, dict[str, Value]]]:
        for name in keys.TABLES:
            table = merged.get(name)
            if isinstance(table, dict):
                yield f"{name}.", {fold(key): value for key, value in table.items()}


def _overlaid(below: Mapping[str, Value], above: Mapping[str, Value]) -> dict[str, Value]:
    """Return *above* over *below*, key by key, in tables too."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if value is None and key in merged:  # left open is not said
            continue
        both = isinstance(under, dict) and isinstance(value, dict)
        merged[key] = _overlaid(under, value) if both else value  # type: ignore[arg-type]
    return merged
