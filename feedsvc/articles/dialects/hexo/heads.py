"""The heads that only Hexo knows (hexo-front-matter): YAML that no fence opens, JSON without braces."""

import re
from dataclasses import replace

from feedsvc.articles.frontmatter.head import FrontMatter, read_front_matter

_OPEN = re.compile(r"(?P<head>[A-Za-z_][\w-]*[ \t]*:.*(?:\n.*)*?)\n-{3,}[ \t]*(?:\n|\Z)")
_JSON = re.compile(r'(?:;{3,}\n)?(?P<head>\s*".*(?:\n.*)*?)\n;{3,}[ \t]*(?=\n|\Z)')

# Prose with a rule below its first lines has none of these for a key.
_TELLING = frozenset({"title", "date", "tags", "categories", "permalink", "layout"})


def read_head(text: str) -> FrontMatter | None:
    """Return head and body of *text*; None unless it has one of the two."""
    if json := _JSON.match(text):
        braced = "{" if text.startswith('"') else "{\n"  # in place of a first fence, which is a line
        return read_front_matter(f"{braced}{json['head']}\n}}{text[json.end() :]}")
    opened = _OPEN.match(text)
    if opened is None:
        return None
    front = read_front_matter(f"---\n{opened['head']}\n---\n{text[opened.end() :]}")
    return _a_line_higher(front) if _TELLING & front.values.keys() else None


def _a_line_higher(front: FrontMatter) -> FrontMatter:
    return replace(
        front,
        lines={key: line - 1 for key, line in front.lines.items()},
        notes=tuple((line - 1, note) for line, note in front.notes),
        body_line=front.body_line - 1,
    )
