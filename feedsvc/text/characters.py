"""Bytes to text, and the characters that XML can hold."""

import codecs
import re
import unicodedata

# What XML 1.0 (2.2, "Char") cannot hold, even escaped. A single one of these,
# pasted into a title, would make the whole feed unreadable.
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Longer marks first: UTF-32's little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Invisible characters that editors and web pages leave at the ends of a line.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"


class DecodeError(ValueError):
    """The bytes are no text; `offset` is where the first bad one stands."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(offset, reason)
        self.offset = offset
        self.reason = reason


def decode(raw: bytes) -> str:
    """Return a file's text with LF line ends: by its byte order mark, else as UTF-8.

    Raises:
        DecodeError: The bytes are no such text.
    """
    mark, encoding = next(((m, e) for m, e in _MARKS if raw.startswith(m)), (b"", "utf-8"))
    try:
        text = raw[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        at = len(mark) + error.start
        reason = f"is not {encoding.upper()} text (byte 0x{raw[at]:02x} at offset {at}); save it as UTF-8"
        raise DecodeError(at, reason) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def legal(text: str) -> str:
    """Return *text* without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def first_illegal(text: str) -> tuple[int, str] | None:
    """Return the line (from 1) and name of the first character XML cannot hold."""
    found = _NOT_XML.search(text)
    if found is None:
        return None
    return text.count("\n", 0, found.start()) + 1, f"U+{ord(found[0]):04X}"


def one_line(text: str) -> str:
    """Return *text* as one tidy line: NFC, single blanks, nothing invisible at its ends."""
    line = " ".join(unicodedata.normalize("NFC", legal(text)).split())
    return line.strip(_INVISIBLE + " ")


def comparable(text: str) -> str:
    """Return *text* so that a checkout or an editor's habits make no difference."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(map(str.rstrip, lines)).strip("\n")
