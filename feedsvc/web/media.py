"""Pictures and audio that published articles refer to."""

from http import HTTPStatus
from pathlib import Path

from flask import Response, request, send_file

from feedsvc.articles.images import sniff

# By their bytes, whatever their names say: nothing else of the folder leaves it.
_SERVED = frozenset(
    {
        "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/svg+xml",
        "image/bmp", "image/vnd.microsoft.icon",
        "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/flac",
        "video/mp4", "video/webm",
    }
)  # fmt: skip
_SNIFFED = 4096  # bytes; an SVG may begin with a long prologue
_DAY = 86_400


def deliver(root: Path, path: str) -> Response | None:
    """Return the file at *path* below *root*, or None if it is not media.

    Ranges and conditions are taken from the current request.
    """
    try:
        found = find(root, path)
        if found is None:
            return None
        file, media_type = found
        response = send_file(file, mimetype=media_type, conditional=_conditions_read(), max_age=_DAY)
    except OSError:  # removed this very moment, or not ours to read
        return None
    if request.method == "HEAD" or response.status_code == HTTPStatus.NOT_MODIFIED:
        response.close()  # Werkzeug drops the body, and leaves the file open
    response.headers["X-Content-Type-Options"] = "nosniff"
    if media_type == "image/svg+xml":  # it may hold scripts
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response


def _conditions_read() -> bool:
    """Return whether the request's range and dates mean something.

    Those that do not are to be ignored (RFC 9110, 13.1.3, 13.1.5 and 14.2), but
    Werkzeug refuses other units than bytes, and fails at a year of twenty digits.
    """
    try:
        _ = request.if_modified_since, request.if_range
    except OverflowError:
        return False
    return request.range is None or request.range.units == "bytes"


def find(root: Path, path: str) -> tuple[Path, str] | None:
    """Return where a media file really lies and its type; None if it leads out of *root* or is none.

    Raises:
        OSError: it cannot be read.
    """
    try:
        file = (root / path).resolve(strict=True)
    except RuntimeError:  # Python up to 3.12 on a loop of symbolic links
        return None
    if not (file.is_relative_to(root.resolve()) and file.is_file()):
        return None
    with file.open("rb") as stream:
        media_type = sniff(stream.read(_SNIFFED))
    return (file, media_type) if media_type in _SERVED else None
