"""The heads that only Pelican knows (readers.py): `Key: value` lines of any keys, and those of HTML pages."""

import re

from feedsvc.articles.frontmatter.head import FrontMatter, fold
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.articles.html.clean import parse
from feedsvc.text.characters import one_line

# As Python-Markdown's extension for metadata has them.
_KEY = re.compile(r" {0,3}(?P<key>[A-Za-z0-9_-]+):\s*(?P<value>.*)")
_MORE = re.compile(r" {4,}(?P<value>.*)")
_END = re.compile(r"(?:-{3}|\.{3})(?:\s.*)?")

# Of these the first one counts; of others, all lines are one text.
_FIRST = frozenset("tags date modified status category author saveas url authors slug".split())


def read_lines(text: str) -> FrontMatter | None:
    """Return head and body of a Markdown article; None if it begins with no such line."""
    said: dict[str, list[str]] = {}
    places: dict[str, int] = {}
    spelling: dict[str, str] = {}
    lines = text.split("\n")
    key, ended = "", len(lines)
    for number, line in enumerate(lines):
        found, more = _KEY.match(line), _MORE.match(line)
        if not line.strip() or _END.fullmatch(line):
            ended = number + 1
            break
        if found is not None:
            key = fold(found["key"])
            places.setdefault(key, number + 1)
            spelling.setdefault(key, found["key"])
            said.setdefault(key, []).append(found["value"].strip())
        elif more is not None and key:
            said[key].append(more["value"].strip())
        else:
            ended = number
            break
    if not said:
        return None
    values: dict[str, Value] = {name: _value(name, all_lines) for name, all_lines in said.items()}
    body = "\n".join(lines[ended:])
    return FrontMatter(values=values, lines=places, spelling=spelling, body=body, body_line=ended + 1)


def _value(key: str, lines: list[str]) -> str | None:
    return (lines[0] if key in _FIRST else "\n".join(lines)) or None


def read_page(text: str) -> FrontMatter | None:
    """Return head and body of an HTML article; None if it has no head."""
    soup = parse(text)
    values: dict[str, Value] = {}
    places: dict[str, int] = {}
    for tag in soup.find_all("meta", attrs={"name": True, "content": True}):
        name = fold(str(tag["name"]))
        key = "tags" if name == "keywords" else name
        values.setdefault(key, str(tag["content"]))
        places.setdefault(key, tag.sourceline or 0)
    if soup.title is not None and (title := one_line(soup.title.get_text())):
        values["title"], places["title"] = title, soup.title.sourceline or 0
    return FrontMatter(values=values, lines=places, body=text) if values else None
