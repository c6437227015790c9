"""Where the value of an article's field came from, said for people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from.

    Attributes:
        place: Such as "the file's name".
        keys: Of the front matter, as they are written there, each with its line
            in the file; a line is 0 where it is not known.
    """

    place: str
    keys: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        told = (f"'{key}', line {line}" if line else f"'{key}'" for key, line in self.keys)
        return f"{self.place} {' and '.join(told)}".rstrip()


def front_matter(*keys: tuple[str, int]) -> Origin:
    """Return the origin of a value that stands in the head of the file."""
    return Origin("front matter", keys)


HEADING = Origin("the first heading of the body")
FILE_NAME = Origin("the file's name")
PLACE = Origin("the folder it lies in")
DEFAULTS = Origin("the site's own configuration")
PATTERN = Origin("articles.permalink")
