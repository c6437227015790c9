"""Standard output and error that take any text, whatever their encoding.

A terminal, a pipe or PYTHONIOENCODING may want an encoding that has no Hangul,
and a title may hold half of a surrogate pair. Characters that cannot be encoded
are written as escapes that the reader of that output understands.
"""

import codecs
import io
import json
import sys
from typing import Any, TextIO


def _json_escapes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    pairs = (units[at : at + 2].hex() for at in range(0, len(units), 2))
    return "".join(f"\\u{pair}" for pair in pairs), error.end


def _toml_escapes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(f"\\U{ord(char):08x}" for char in error.object[error.start : error.end]), error.end


JSON, TOML, HTML = "feedsvc.json", "feedsvc.toml", "xmlcharrefreplace"

codecs.register_error(JSON, _json_escapes)
codecs.register_error(TOML, _toml_escapes)


def take_any_text(stream: TextIO, escapes: str = JSON) -> None:
    """Make *stream* escape characters that its encoding lacks; people can read JSON's escapes, too."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=escapes)


def json_text(value: object, stream: TextIO | None = None, **options: Any) -> str:
    """Return *value* as JSON for *stream*, which is standard output by default.

    JSON is UTF-8 (RFC 8259, 8.1); for a stream of another encoding it is ASCII, which is both.
    """
    encoding = getattr(stream or sys.stdout, "encoding", None) or "utf-8"
    return json.dumps(value, ensure_ascii=codecs.lookup(encoding).name != "utf-8", **options)


def print_as(escapes: str) -> None:
    """Use these escapes on standard output from now on."""
    take_any_text(sys.stdout, escapes)
