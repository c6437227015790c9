"""Content codings: which one a client gets (RFC 9110, 12.5.3), and its bytes."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import brotli
import zstandard
from werkzeug.http import parse_accept_header

IDENTITY = "identity"

# Below this a coding saves less than its header costs.
MIN_BYTES = 200

# Same body, same bytes: gzip would else write the time into its head.
_COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: bytes(brotli.compress(body, quality=5)),
    "zstd": lambda body: zstandard.compress(body, 9),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A body in the coding that it is sent with."""

    coding: str
    body: bytes = field(repr=False)


@lru_cache(maxsize=256)
def negotiate(accept_encoding: str) -> str:
    """Return the coding to use: the most wanted, then br, zstd, gzip, identity.

    A client that refuses them all gets identity, too: every client can read it.
    """
    accept = parse_accept_header(accept_encoding)
    best = max((*_COMPRESS, IDENTITY), key=accept.quality)
    return best if accept.quality(best) > 0 else IDENTITY


def compressible(media_type: str) -> bool:
    """Return whether bodies of this type are text, which shrinks."""
    kind = media_type.partition(";")[0].strip().lower()
    return kind.startswith("text/") or kind.endswith(("xml", "json", "javascript"))


def encode(body: bytes, coding: str) -> Coded:
    """Return *body* in *coding*, or as it is where that would not make it smaller."""
    if coding != IDENTITY and len(body) >= MIN_BYTES:
        coded = _COMPRESS[coding](body)
        if len(coded) < len(body):
            return Coded(coding=coding, body=coded)
    return Coded(coding=IDENTITY, body=body)
