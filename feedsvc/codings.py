"""Content codings (RFC 9110, 8.4.1): which bodies they are for, and how they are made."""

import gzip
from collections.abc import Callable, Mapping

import brotli
import zstandard

# Below this a coding saves less than its header costs.
MIN_BYTES = 200

Compress = Callable[[bytes], bytes]

# For an answer that somebody waits for. Same body, same bytes: gzip would else write the time into its head.
QUICK: Mapping[str, Compress] = {
    "br": lambda body: bytes(brotli.compress(body, quality=5)),
    "zstd": lambda body: zstandard.compress(body, 9),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}

# For a file that is made once and sent often, by the suffix that static servers look for.
SMALL: Mapping[str, Compress] = {
    ".br": lambda body: bytes(brotli.compress(body, quality=10)),
    ".zst": lambda body: zstandard.compress(body, 19),
    ".gz": lambda body: gzip.compress(body, 9, mtime=0),
}


def compressible(media_type: str) -> bool:
    """Return whether bodies of this type are text, which shrinks."""
    kind = media_type.partition(";")[0].strip().lower()
    return kind.startswith("text/") or kind.endswith(("xml", "json", "javascript"))
