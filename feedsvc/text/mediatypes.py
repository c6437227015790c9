"""Media types: which suffix and which first bytes a type has, and which types are served.

This is the only table of media types.
"""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from urllib.parse import quote, unquote

MEDIA_SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".png": "image/png",
        ".gif": "image/gif",
        ".webp": "image/webp",
        ".avif": "image/avif",
        ".svg": "image/svg+xml",
        ".bmp": "image/bmp",
        ".ico": "image/vnd.microsoft.icon",
        ".mp3": "audio/mpeg",
        ".m4a": "audio/x-m4a",  # Apple's list of types for podcasts
        ".m4b": "audio/mp4",
        ".aac": "audio/aac",
        ".mka": "audio/matroska",  # RFC 9559, 27.3
        ".ogg": "audio/ogg",
        ".oga": "audio/ogg",
        ".opus": "audio/ogg",  # RFC 7845, 9
        ".wav": "audio/wav",
        ".flac": "audio/flac",
        ".mp4": "video/mp4",
        ".m4v": "video/x-m4v",  # from the same list
        ".mov": "video/quicktime",
        ".webm": "video/webm",
        ".pdf": "application/pdf",
        ".epub": "application/epub+zip",
    }
)
"""Media types by suffix, which is in lower case and has its dot."""

SERVED_TYPES = frozenset(
    kind for kind in MEDIA_SUFFIXES.values() if kind.startswith(("image/", "audio/", "video/"))
)
"""Media types of the files that may leave the articles folder."""

SERVED_SUFFIXES = frozenset(suffix for suffix, kind in MEDIA_SUFFIXES.items() if kind in SERVED_TYPES)
"""Suffixes of these files, in lower case and with the dot."""

# RSS has room for one recording, and every reader plays MP3; most play what Apple makes.
_BEST_FIRST = (
    ("audio/mpeg", "audio/mp3"),
    ("audio/x-m4a", "audio/m4a"),
    ("audio/mp4",),
    ("audio/",),
    ("video/",),
)

# Of a file's name, and not the end of a template tag or a version.
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}")

_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\0\0\1\0", "image/vnd.microsoft.icon"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"%PDF-", "application/pdf"),
)

# Types that share one kind of container, or may begin with the same tag: bytes alone tell them apart badly.
_CONTAINERS = (
    frozenset({"audio/mp4", "audio/x-m4a", "video/mp4", "video/x-m4v", "video/quicktime"}),
    frozenset({"video/webm", "audio/matroska"}),
)
_TAGGED = frozenset({"audio/mpeg", "audio/aac", "audio/flac"})  # with ID3


def type_of(head: bytes, name: str) -> str | None:
    """Return the media type of a file that begins with *head*.

    Bytes count more than the name, which decides between types that look alike to them.
    """
    found, named = sniff(head), guess_type(quote(name, errors="surrogateescape"))
    if found is None or named is None:
        return found
    if head.startswith(b"ID3"):
        return named if named in _TAGGED else found
    alike = any({found, named} <= types for types in _CONTAINERS)
    # A film that bytes call sound has no pictures, whatever its name says.
    return named if alike and not (found.startswith("audio/") and named.startswith("video/")) else found


def sniff(head: bytes) -> str | None:
    """Return the media type of a file by its first bytes; None if they do not tell it.

    512 bytes are enough for all but an SVG with a long prologue.
    """
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _sniff_iso_media(head)
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":  # reserved; text may begin with BM, too
        return "image/bmp"
    if head[:1] == b"\xff" and head[1:2] and head[1] & 0xF6 == 0xF0:  # ADTS (ISO/IEC 13818-7, 6.2)
        return "audio/aac"
    if _is_mp3_frame(head):
        return "audio/mpeg"
    return "image/svg+xml" if _is_svg(head) else None


_BRANDS = {
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"M4V ": "video/x-m4v",
    b"qt  ": "video/quicktime",
}


def _sniff_iso_media(head: bytes) -> str | None:
    """Tell AVIF, M4A and MP4 apart by their brands (ISO/IEC 14496-12, 4.3)."""
    box = head[8 : max(16, int.from_bytes(head[:4], "big"))]
    if b"avif" in box or b"avis" in box:
        return "image/avif"
    if any(brand in box for brand in (b"heic", b"heix", b"mif1")):
        return None
    return _BRANDS.get(box[:4], "video/mp4")


def _is_mp3_frame(head: bytes) -> bool:
    """Tell whether an MPEG audio frame of layer III begins here (ISO/IEC 11172-3, 2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return False
    return head[1] & 0x18 != 0x08 and head[2] & 0xF0 != 0xF0 and head[2] & 0x0C != 0x0C


def _is_svg(head: bytes) -> bool:
    """Tell whether the root element is svg, after declaration, comments and doctype."""
    rest = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for opening, closing in ((b"<?", b"?>"), (b"<!--", b"-->"), (b"<!DOCTYPE", b">"), (b"<!--", b"-->")):
        while rest.startswith(opening):
            rest = rest.partition(closing)[2].lstrip()
    return rest.startswith((b"<svg", b"<svg:svg"))


def guess_type(url: str) -> str | None:
    """Return the media type by the suffix of the URL's path; None if it is not known."""
    path = url.partition("#")[0].partition("?")[0]
    return MEDIA_SUFFIXES.get(PurePosixPath(unquote(path)).suffix.lower())


def rank_among_recordings(media_type: str | None) -> int:
    """Return which of several recordings is to be offered first: the one with the least number."""
    ranks = (n for n, kinds in enumerate(_BEST_FIRST) if (media_type or "").startswith(kinds))
    return min(ranks, default=len(_BEST_FIRST))


def is_unserved(ref: str) -> bool:
    """Return whether *ref* names a file of a kind that does not leave the articles folder."""
    suffix = PurePosixPath(ref.partition("#")[0].partition("?")[0]).suffix
    return _SUFFIX.fullmatch(suffix) is not None and suffix.lower() not in SERVED_SUFFIXES
