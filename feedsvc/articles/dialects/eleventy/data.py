"""Eleventy's data: global and directory data, and how it is joined (its src/Data/TemplateData.js)."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from feedsvc.articles.dialects.eleventy.functions import template_of
from feedsvc.articles.dialects.javascript import Literal, exported
from feedsvc.articles.frontmatter.yaml import Value, load_yaml

SUFFIXES = (".json", ".js", ".cjs", ".mjs")

# Of several files with data for one folder or template, the first in this order wins.
_LOCAL = (".11tydata.js", ".11tydata.cjs", ".11tydata.mjs", ".11tydata.json", ".json")
_OVERRIDE = "override:"
_TEMPLATES = (".md", ".html", ".njk", ".liquid")


def read_data(path: str, text: str) -> Literal:
    """Return the object that a data file holds; an empty one if it holds something else."""
    if path.endswith(".json"):
        try:
            value = as_value(json.loads(text, parse_int=str, parse_float=str))
        except (ValueError, RecursionError):
            return Literal()
        return Literal(values=value if isinstance(value, dict) else {})
    if path.endswith((".yaml", ".yml")):
        mapped = load_yaml(text)
        return Literal(values=dict(mapped.values) if mapped else {})
    return exported(text, lambda key, source: template_of(source) if key == "permalink" else None)


def cascade(path: str, data: Mapping[str, Mapping[str, Value]], input_folder: str) -> dict[str, Value]:
    """Return the directory data that holds for a template, the nearest file's over the others'.

    Args:
        path: Of the template, below the site's folder.
        data: Of every data file, by its path.
        input_folder: With closing slash; "" for the site's own.
    """
    joined: dict[str, Value] = {}
    for stem in _stems(path, input_folder):
        for suffix in reversed(_LOCAL):
            joined = join(joined, _with_tag_lists(data.get(stem + suffix, {})))
    return joined


def join(below: Mapping[str, Value], above: Mapping[str, Value]) -> dict[str, Value]:
    """Return *above* over *below*: tables joined by key, lists end to end, but for ``override:`` keys.

    So does Merge.js of @11ty/eleventy-utils; there too, a table gives way to nothing else.
    """
    joined = dict(below)
    for stated, value in above.items():
        key = stated.removeprefix(_OVERRIDE)
        under = joined.get(key) if key == stated else None
        if isinstance(under, dict):
            joined[key] = join(under, value) if isinstance(value, dict) else under
        elif isinstance(under, list) and isinstance(value, list):
            joined[key] = under + value
        else:
            joined[key] = value
    return joined


def template_stem(name: str) -> str:
    """Return a template's name without its suffix."""
    suffix = next((suffix for suffix in _TEMPLATES if name.endswith(suffix)), "")
    return name.removesuffix(suffix)


def tags_of(value: Value) -> list[str]:
    """Return the tags that a text or a list names."""
    members: Iterable[Value] = value.split(",") if isinstance(value, str) else value or ()
    return [member.strip() for member in members if isinstance(member, str)]


def as_value(value: Any) -> Value:
    """Return what JSON holds with every scalar as text."""
    if isinstance(value, dict):
        return {key: as_value(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_value(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


def _stems(path: str, input_folder: str) -> Iterator[str]:
    """Yield the paths, without suffix, of the files with data for a template, the farthest first."""
    folders = path.split("/")[:-1]
    for depth in range(input_folder.count("/"), len(folders) + 1):
        if depth:
            yield "/".join([*folders[:depth], folders[depth - 1]])
    yield template_stem(path)


def _with_tag_lists(values: Mapping[str, Value]) -> Mapping[str, Value]:
    return {**values, "tags": [*tags_of(values["tags"])]} if values.get("tags") else values
