"""Which coding a client gets, and that it can undo it."""

import gzip
from collections.abc import Callable
from hashlib import shake_256

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.codings import compressible
from feedsvc.web.answers.encoding import IDENTITY, encode, negotiate

DECODE: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "zstd": zstandard.decompress,
    "gzip": gzip.decompress,
    IDENTITY: bytes,
}
DENSE = shake_256(b"").digest(300)
TEXT = b"<item>Hello, world.</item>" * 20


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("", IDENTITY),
        ("identity", IDENTITY),
        ("deflate", IDENTITY),
        ("gzip", "gzip"),
        ("GZip", "gzip"),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("gzip, br;q=0.5", "gzip"),
        ("gzip;q=0.5, zstd;q=0.7, br;q=0.6", "zstd"),
        ("gzip;q=0", IDENTITY),
        ("br;q=0, *", "zstd"),
        ("*", "br"),
        ("*;q=0", IDENTITY),
        ("gzip;q=0.5, identity", IDENTITY),
        ("gzip, identity;q=0", "gzip"),
        ("identity;q=0", IDENTITY),  # nothing else is wanted: better than a 406
        ("gzip;q=lots", IDENTITY),
        (";;,=", IDENTITY),
    ],
)
def test_negotiation(accept: str, coding: str) -> None:
    assert negotiate(accept) == coding


@given(accept=st.text())
def test_no_wish_is_too_strange(accept: str) -> None:
    assert negotiate(accept) in DECODE


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
def test_text_gets_smaller(coding: str) -> None:
    coded = encode(TEXT, coding)

    assert coded.coding == coding
    assert len(coded.body) < len(TEXT)


@pytest.mark.parametrize("body", [b"", b"short" * 39, DENSE], ids=["empty", "short", "dense"])
@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
def test_what_would_not_gain_stays_as_it_is(coding: str, body: bytes) -> None:
    coded = encode(body, coding)

    assert (coded.coding, coded.body) == (IDENTITY, body)


@given(body=st.binary(max_size=2000), times=st.integers(1, 5), coding=st.sampled_from(sorted(DECODE)))
def test_every_coding_can_be_undone(body: bytes, times: int, coding: str) -> None:
    coded = encode(body * times, coding)

    assert DECODE[coded.coding](coded.body) == body * times


def test_gzip_does_not_tell_the_time() -> None:
    """RFC 1952, 2.3: the four bytes of MTIME, zero for none."""
    assert encode(TEXT, "gzip").body[4:8] == bytes(4)


@pytest.mark.parametrize(
    ("media_type", "expected"),
    [
        ("application/rss+xml; charset=utf-8", True),
        ("application/atom+xml", True),
        ("application/feed+json", True),
        ("application/xml", True),
        ("text/html; charset=utf-8", True),
        ("Text/X-OPML", True),
        ("image/svg+xml", True),
        ("text/javascript", True),
        ("image/png", False),
        ("audio/mpeg", False),
        ("application/octet-stream", False),
    ],
)
def test_only_text_is_compressed(media_type: str, expected: bool) -> None:
    assert compressible(media_type) is expected
