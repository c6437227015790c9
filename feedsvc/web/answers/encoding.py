"""Content codings: which one a client gets (RFC 9110, 12.5.3), and its bytes."""

from dataclasses import dataclass, field
from functools import lru_cache

from werkzeug.http import parse_accept_header

from feedsvc.codings import MIN_BYTES, QUICK

IDENTITY = "identity"


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
    best = max((*QUICK, IDENTITY), key=accept.quality)
    return best if accept.quality(best) > 0 else IDENTITY


def encode(body: bytes, coding: str) -> Coded:
    """Return *body* in *coding*, or as it is where that would not make it smaller."""
    if coding != IDENTITY and len(body) >= MIN_BYTES:
        coded = QUICK[coding](body)
        if len(coded) < len(body):
            return Coded(coding=coding, body=coded)
    return Coded(coding=IDENTITY, body=body)
