"""Reading tables of a generator's configuration, whose values may be of any kind, and merging them."""

from collections.abc import Mapping
from typing import TypeAlias

from feedsvc.articles.frontmatter.yaml import Value

Table: TypeAlias = Mapping[str, Value]


def table(value: "Value | Table", *path: str) -> Table:
    """Return the table at *path* within *value*; an empty table if there is none."""
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def text(value: Value) -> str:
    """Return *value* without blanks at its ends if it is text, else ""."""
    return value.strip() if isinstance(value, str) else ""


def texts(value: Value) -> tuple[str, ...]:
    """Return the texts in a list, or the one text, without empty ones."""
    members = value if isinstance(value, list) else [value]
    return tuple(each for each in map(text, members) if each)


def merged(above: Table, below: Table, *, null_counts: bool = True) -> dict[str, Value]:
    """Return *below* with the values of *above* put over it, key by key, in nested tables too.

    Args:
        null_counts: A null in *above* replaces a value in *below*.
    """
    result = dict(below)
    for key, value in above.items():
        under = result.get(key)
        if isinstance(value, dict) and isinstance(under, dict):
            result[key] = merged(value, under, null_counts=null_counts)
        elif null_counts or value is not None or key not in result:
            result[key] = value
    return result
