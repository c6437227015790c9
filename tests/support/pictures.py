"""Tiny pictures, as bytes."""

import struct
import zlib


def png(width: int, height: int) -> bytes:
    """A black picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(height * (width + 1)))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def gif(width: int, height: int) -> bytes:
    """The head of a picture: all that tells its size."""
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x00\x00\x00\x3b"


def jpeg(width: int, height: int) -> bytes:
    """The head of a picture, behind a comment as cameras write them."""
    comment = b"\xff\xfe\x00\x08camera"
    return b"\xff\xd8" + comment + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + bytes(12)


def svg(width: int, height: int) -> bytes:
    """A drawing behind the usual prologue."""
    return (
        b'<?xml version="1.0"?>\n<!-- drawn -->\n<!DOCTYPE svg>\n'
        b'<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"/>' % (width, height)
    )
