"""Labels and titles as segments of an address, in every script."""

from functools import lru_cache
from hashlib import blake2b
from unicodedata import normalize

import regex

_HASH_DIGITS = 6
# A segment is a folder in a static export too. File names end at 255 bytes;
# this leaves room for the names that encrypted and layered file systems store.
_MOST_BYTES = 120

# Letters and digits with their marks. A mark without a base (the variation
# selector after an emoji) would be an address nobody can see.
_KEPT = regex.compile(r"[\p{L}\p{N}]\p{M}*|[-_]")


@lru_cache(maxsize=8192)  # the same few labels return in every article and feed
def slug(label: str) -> str:
    """Return the address segment of a term; equal for labels equal after folding.

    The segment depends on *label* alone, never on other terms: where a letter
    gets lost (``C++``, ``a/b``) or the end is cut, six hex digits of the folded
    label's hash keep it apart. At most 120 bytes of UTF-8, never empty, and a
    segment's segment is itself.
    """
    folded = _fold(label)
    dashed = folded.replace(" ", "-")
    kept = "".join(_KEPT.findall(dashed))
    readable = _trim(kept)
    if readable and kept == dashed and _size(readable) <= _MOST_BYTES:
        return readable
    return _with_hash(readable, folded)


def article_slug(text: str) -> str:
    """Return the address segment of an article; as `slug`, without the hash.

    Two articles may get the same one. Only a text without any letter or digit
    is hashed, so the segment is never empty either.
    """
    folded = _fold(text)
    readable = _cut(_trim("".join(_KEPT.findall(folded.replace(" ", "-")))), _MOST_BYTES)
    return readable or _with_hash("", folded)


def _fold(label: str) -> str:
    # Twice, because folding can undo the normal form (Unicode 3.13, D146).
    for _ in range(2):
        label = normalize("NFKC", label).casefold()
    return " ".join(normalize("NFKC", label).split())


def _with_hash(readable: str, folded: str) -> str:
    digest = blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=_HASH_DIGITS // 2).hexdigest()
    return f"{_cut(readable, _MOST_BYTES - _HASH_DIGITS - 1)}-{digest}".lstrip("-")


def _trim(text: str) -> str:
    return "-".join(part for part in text.split("-") if part)


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore").rstrip("-")


def _size(text: str) -> int:
    return len(text.encode())
