"""Paths below the articles folder, as text."""

from collections.abc import Collection


def shown(name: str) -> str:
    """Return a file name as text; bytes that are no UTF-8, and control characters, stand as ``\\xNN``."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    # A line break in a name would break the lines that tell of it.
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def lies_in(path: str, places: Collection[str]) -> bool:
    """Return whether *path* is one of *places*, or lies in one that is a folder, with closing slash."""
    if not places:
        return False
    ends = (end for end, char in enumerate(path, start=1) if char == "/")
    return path in places or any(path[:end] in places for end in ends)
