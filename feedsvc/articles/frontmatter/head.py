"""The head of an article, in each form that people write, and where its body begins."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from frontmatter import detect_format

from feedsvc.articles.frontmatter.forms import HANDLERS, Head, HeadError
from feedsvc.articles.frontmatter.keys import KNOWN, fold
from feedsvc.articles.frontmatter.yaml import Mapped, Value

__all__ = ["MOST_BYTES", "FrontMatter", "fold", "read_front_matter"]

# Walking more than this is no longer reading front matter.
MOST_BYTES = 64_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The head of an article.

    Attributes:
        values: By folded key: lower case without ``_``, ``-`` and blanks.
        lines: Line in the file of each folded key; in TOML and JSON also of those
            in tables, as ``table.key``.
        spelling: Each folded key as it was written.
        quoted: Folded keys whose values stand in quotes.
        body: The rest of the text, untouched.
        body_line: Line of the file on which `body` begins.
        notes: What looks wrong, each with its line in the file.
        fault: Why the article cannot be used, with its line; None if it can.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    spelling: Mapping[str, str] = field(default_factory=dict)
    quoted: frozenset[str] = frozenset()
    body: str = ""
    body_line: int = 1
    notes: tuple[tuple[int, str], ...] = ()
    fault: tuple[int, str] | None = None


def read_front_matter(text: str) -> FrontMatter:
    """Split *text* (LF line ends) into its head and its body."""
    text = text.removeprefix("\ufeff")  # a second byte order mark, left by an editor
    handler = detect_format(text, HANDLERS)
    if not isinstance(handler, Head):
        return FrontMatter(body=text)
    try:
        head, body = handler.split(text)
        if len(head.encode()) > MOST_BYTES:
            size = f"{MOST_BYTES // 1000} kB"
            raise HeadError(1, f"the front matter is longer than {size}; close it at its end, or shorten it")
        mapped = handler.mapped(head)
    except HeadError as error:
        return FrontMatter(fault=(error.line, error.reason))
    except RecursionError:
        return FrontMatter(fault=(1, "the front matter is nested too deeply; flatten it"))
    if mapped is None or not _plausible(mapped):
        return FrontMatter(body=text)
    offset = handler.offset
    return FrontMatter(
        values={fold(key): value for key, value in mapped.values.items()},
        lines={fold(key): line + offset for key, line in mapped.lines.items()},
        spelling={fold(key): key for key in mapped.values},
        quoted=frozenset(fold(key) for key in mapped.quoted),
        body=body,
        body_line=text[: len(text) - len(body)].count("\n") + 1,
        notes=tuple((line + offset, note) for line, note in (*mapped.notes, *_respelt(mapped))),
    )


def _respelt(mapped: Mapped) -> Iterator[tuple[int, str]]:
    """Yield what to say of keys that differ in their spelling only."""
    first: dict[str, str] = {}
    for key in mapped.values:
        spelling = first.setdefault(fold(key), key)
        if spelling != key:
            yield mapped.lines.get(key, 0), f"'{key}' is the same key as '{spelling}' and counts; delete one"


def _plausible(mapped: Mapped) -> bool:
    # Two rulers around prose are no fences. Prose has no key that we know, nor
    # nothing but single lower-case words before its colons.
    keys = mapped.values.keys()
    return any(fold(key) in KNOWN for key in keys) or all(re.fullmatch(r"[a-z_][\w-]*", key) for key in keys)
