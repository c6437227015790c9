"""Pictures and audio that published articles refer to."""

import os
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from flask import Response, abort, request, send_file

from feedsvc.articles.media import MOST_VERSIONED, open_media, version

_DAY = 86_400
_YEAR = 365 * _DAY

# Nanoseconds. A file that has changed a moment ago may change again, and bear the same times.
_YOUNG = 1_000_000_000


class Versions:
    """Tells the versions of open files; reads each file once.

    Remembers a bounded number of them, by what the disk says of the file.
    """

    def __init__(self, *, most: int = 10_000, clock: Callable[[], int] = time.time_ns) -> None:
        self._most = most
        self._clock = clock
        self._known: dict[tuple[int, ...], str] = {}

    def __call__(self, stream: BinaryIO) -> str:
        """Return the version of the file's bytes, "" if it is too large to have one."""
        seen = os.fstat(stream.fileno())
        if seen.st_size > MOST_VERSIONED:
            return ""
        stamp = (seen.st_dev, seen.st_ino, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size)
        known = self._known.get(stamp)
        if known is not None:
            return known
        found = version(stream.read(MOST_VERSIONED + 1))
        stream.seek(0)
        if self._clock() - max(seen.st_mtime_ns, seen.st_ctime_ns) > _YOUNG:
            if len(self._known) >= self._most:
                self._known.clear()
            self._known[stamp] = found
        return found


_versions = Versions()


def deliver(root: Path, path: str) -> Response | None:
    """Return the file at *path* below *root*, or None if it is not media.

    Ranges, conditions and the version asked for are taken from the current
    request. All is said and sent of one open file, whatever takes its place.
    """
    try:
        opened = open_media(root, path)
    except OSError:  # removed this very moment, or not ours to read
        return None
    if opened is None:
        return None
    stream, media_type = opened
    try:
        response = _described(stream, media_type, PurePosixPath(path).name)
        _make_conditional(response)
    except BaseException:
        stream.close()
        raise
    if request.method == "HEAD" or response.status_code == HTTPStatus.NOT_MODIFIED:
        response.close()  # Werkzeug drops the body, and leaves the file open
    return response


def _described(stream: BinaryIO, media_type: str, name: str) -> Response:
    seen = os.fstat(stream.fileno())
    found = _versions(stream)
    # Bytes that the address itself names can never be others (RFC 8246).
    lasting = bool(found) and request.args.get("v") == found
    response = send_file(
        stream,
        mimetype=media_type,
        download_name=name,
        conditional=False,
        etag=found or f"{seen.st_mtime_ns:x}-{seen.st_size:x}",
        last_modified=seen.st_mtime,
        max_age=_YEAR if lasting else _DAY,
    )
    response.cache_control.immutable = lasting
    response.content_length = seen.st_size
    response.headers["X-Content-Type-Options"] = "nosniff"
    if media_type == "image/svg+xml":  # it may hold scripts
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response


def _make_conditional(response: Response) -> None:
    """Turn *response* into 206, 304, 412 or 416, as the request asks.

    Conditions come before ranges (RFC 9110, 13.2.2); Werkzeug has it the other
    way round, so it gets them one after the other.
    """
    length = response.content_length
    ignored = _ignored()
    conditions = {name: value for name, value in request.environ.items() if name not in ignored}
    response.make_conditional(conditions, accept_ranges=True, complete_length=length)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        abort(HTTPStatus.PRECONDITION_FAILED)
    if response.status_code == HTTPStatus.OK and _asks_for_part(response):
        part = {"REQUEST_METHOD": "GET", "HTTP_RANGE": request.environ["HTTP_RANGE"]}
        response.make_conditional(part, accept_ranges=True, complete_length=length)


def _ignored() -> set[str]:
    """Return the headers, by their names in WSGI, that are no conditions."""
    try:
        _ = request.if_modified_since
    except OverflowError:  # a year of twenty digits: no date, so no condition (RFC 9110, 13.1.3)
        return {"HTTP_RANGE", "HTTP_IF_MODIFIED_SINCE"}
    return {"HTTP_RANGE"}


def _asks_for_part(response: Response) -> bool:
    """Return whether one part of these very bytes is wanted (RFC 9110, 13.1.5 and 14.2).

    Several parts, other units, and what cannot be read, are as if not asked for.
    """
    asked, length = request.range, response.content_length
    if request.method != "GET" or asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return False
    if length is not None and asked.ranges[0][0] < -length:  # the last hundred bytes of ten are all ten
        return False
    same = request.headers.get("If-Range")
    return same is None or same.strip() in (response.headers["ETag"], response.headers["Last-Modified"])
