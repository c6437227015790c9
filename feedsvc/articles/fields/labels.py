"""The labels of categories and tags, in whatever shape."""

from collections.abc import Iterator

from feedsvc.articles.fields.scalars import is_blank, text_of
from feedsvc.articles.frontmatter.keys import fold
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.text.characters import one_line

# What a member of a list that is a mapping calls its label.
_LABEL_KEYS = ("name", "title", "label", "term", "tag", "category", "value", "slug", "id")


def labels_of(value: Value) -> tuple[str, ...]:
    """Return category or tag labels: a list's members, or a text's between commas.

    Lists within lists are one list. Empty and repeated labels are dropped; a
    comma inside a list's member is part of the label.
    """
    if isinstance(value, str):
        labels = _listed(value)
    elif isinstance(value, dict):
        labels = [_label_in(value)] if _named(value) else list(value)
    else:
        labels = list(_members(value or []))
    tidy = (one_line(label) for label in labels)
    return tuple(dict.fromkeys(label for label in tidy if label))


def loses_values(value: Value) -> bool:
    """Return whether *value* is a mapping that names no label, so that something in it is not used."""
    return (
        isinstance(value, dict) and not _named(value) and any(not is_blank(each) for each in value.values())
    )


def _listed(text: str) -> list[str]:
    """Return what stands between commas, in brackets or not; "[a, b" is a list that was not closed."""
    text = text.strip()
    if text.startswith("[") and (text.endswith("]") or "]" not in text):
        return [part.strip(" \"'") for part in text.strip("[]").split(",")]
    return text.split(",")


def _members(values: list[Value]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from _members(value)
        elif value:
            yield _label_in(value)


def _label_in(fields: dict[str, Value]) -> str:
    """Return the label that a mapping holds; "C: the language" is one of a single key, too."""
    if name := _named(fields):
        return name
    key, value = next(iter(fields.items()))
    return f"{key}: {value}" if isinstance(value, str) and len(fields) == 1 else key


def _named(fields: dict[str, Value]) -> str:
    folded = {fold(key): text_of(value) for key, value in fields.items()}
    return next((name for key in _LABEL_KEYS if (name := folded.get(key))), "")
