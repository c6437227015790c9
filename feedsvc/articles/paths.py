"""Paths below the articles folder, as text that tells any two of them apart."""

import re
from collections.abc import Collection
from unicodedata import category

# As JSON writes them (RFC 8259, 7).
_SHORT = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}
_LONG = {escape: char for char, escape in _SHORT.items()}

# Controls, ends of lines and paragraphs, and halves of characters.
_ESCAPED = frozenset({"Cc", "Zl", "Zp", "Cs"})

# PEP 383: how Python holds bytes that are no UTF-8.
_BYTE = 0xDC00

_ESCAPE = re.compile(r"\\(?:x([89a-f][0-9a-f])|u((?!d[89a-f])[0-9a-f]{4})|[\\bfnrt])")


def shown(name: str) -> str:
    r"""Return a file's name or path as text on one line, as no other name is shown.

    Bytes that are no UTF-8 stand as ``\xNN``, a backslash as ``\\``, control characters as JSON writes them.
    """
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(map(_escaped, name))


def real_name(path: str) -> str:
    """Return the name that is shown as *path*, as Python's functions for files take it."""
    return _ESCAPE.sub(_meant, path) if "\\" in path else path


def legible(path: str) -> str:
    r"""Return the name that is shown as *path* as text; ``\xNN`` stays, as it is none."""
    return real_name(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def formerly(path: str) -> str:
    """Return the form in which the first versions of feedsvc showed *path*; ledgers hold it."""
    if path.isprintable() and "\\" not in path:
        return path
    text = legible(path)
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def lies_in(path: str, places: Collection[str]) -> bool:
    """Return whether *path* is one of *places*, or lies in one that is a folder, with closing slash."""
    if not places:
        return False
    ends = (end for end, char in enumerate(path, start=1) if char == "/")
    return path in places or any(path[:end] in places for end in ends)


def _escaped(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    if category(char) not in _ESCAPED:
        return char
    number = ord(char)
    return f"\\x{number - _BYTE:02x}" if _BYTE + 0x80 <= number <= _BYTE + 0xFF else f"\\u{number:04x}"


def _meant(escape: re.Match[str]) -> str:
    if escape[1]:
        return chr(_BYTE + int(escape[1], 16))
    return chr(int(escape[2], 16)) if escape[2] else _LONG[escape[0]]
