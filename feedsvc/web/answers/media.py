"""Pictures and audio that published articles refer to."""

import os
import time
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from flask import Response, abort, copy_current_request_context, request, send_file
from werkzeug.exceptions import ServiceUnavailable

from feedsvc.articles.disk.media import MOST_VERSIONED, file_version, open_media, version
from feedsvc.errors import is_gone
from feedsvc.runtime.clocks import EARLIEST
from feedsvc.web.answers.conditional import not_modified, precondition_failed
from feedsvc.web.answers.prepared import PRIVATE_HEADERS
from feedsvc.web.replies import RETRY_SECONDS
from feedsvc.web.threads import Patience, StuckError

MEDIA = "/media/"
"""In the address of each file; documents may have it in theirs, too."""

_MINUTES = 300
_YEAR = 365 * 86_400

# Nanoseconds. A file that has changed a moment ago may change again, and bear the same time.
_YOUNG = 1_000_000_000


class Versions:
    """Tells the versions of open files; reads each file once.

    Remembers a bounded number of them, by what the disk says of the file. Each
    is to be open at its beginning, and no larger than `MOST_VERSIONED`; the
    version is "" if it has become larger just now.
    """

    def __init__(self, *, most: int = 10_000, clock: Callable[[], int] = time.time_ns) -> None:
        self._most = most
        self._clock = clock
        self._known: dict[_Stamp, str] = {}

    def __call__(self, stream: BinaryIO) -> str:
        """Return the version of the file's bytes."""
        stamp = _stamp(stream)
        found = self._known.get(stamp)
        if found is None:
            found = file_version(stream)
            stream.seek(0)
            self._remember(stamp, found)
        return found

    def read(self, stream: BinaryIO) -> tuple[bytes, str]:
        """Return the file's bytes and the version of these very bytes, whatever is written meanwhile."""
        stamp = _stamp(stream)
        body = stream.read(MOST_VERSIONED + 1)
        found = self._known.get(stamp) if _stamp(stream) == stamp else None
        if found is None:
            found = version(body)
            self._remember(stamp, found)
        return body, found

    def _remember(self, stamp: "_Stamp", found: str) -> None:
        # Its own date may be any, also one that is still to come; the disk's is of the last change.
        if self._clock() - stamp.changed <= _YOUNG:
            return
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[stamp] = found


class _Stamp(NamedTuple):
    """What the disk says of a file; all times in nanoseconds."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int


def _stamp(stream: BinaryIO) -> _Stamp:
    seen = os.fstat(stream.fileno())
    return _Stamp(seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


_versions = Versions()

Opener = Callable[[Path, str], tuple[BinaryIO, str] | None]

# A disk that has to wake takes some seconds; a share that is gone may take for ever.
_patience = Patience("disk", seconds=10, most=16)


def deliver(
    root: Path,
    path: str,
    *,
    versions: Versions = _versions,
    patience: Patience = _patience,
    opener: Opener = open_media,
    private: bool = False,
) -> Response | None:
    """Return the file at *path* below *root*, or None if it is not media.

    Ranges, conditions and the version asked for are taken from the current
    request. All is said and sent of one open file, whatever takes its place.

    Args:
        private: No shared cache may keep it.

    Raises:
        ServiceUnavailable: The disk does not answer, or gives an error.
    """
    found = copy_current_request_context(partial(_delivered, root, path, versions, opener))
    try:
        response = patience(found)
    except StuckError:
        raise ServiceUnavailable(retry_after=RETRY_SECONDS) from None
    if private and response:
        shared = response.headers["Cache-Control"].removeprefix("public, ")
        response.headers["Cache-Control"] = f"private, {shared}"
        response.headers.extend(PRIVATE_HEADERS)
    return response


def _delivered(root: Path, path: str, versions: Versions, opener: Opener) -> Response | None:
    try:
        opened = opener(root, path)
    except OSError as error:
        if is_gone(error):  # this very moment
            return None
        # 404 would say that the file is gone for good.
        raise ServiceUnavailable(retry_after=RETRY_SECONDS) from None
    if opened is None:
        return None
    stream, media_type = opened
    try:
        response = _described(stream, versions, media_type, PurePosixPath(path).name)
        _make_conditional(response)
    except BaseException:
        stream.close()
        raise
    if request.method == "HEAD" or response.status_code == HTTPStatus.NOT_MODIFIED:
        response.close()  # Werkzeug drops the body, and leaves the file open
    return response


def _described(stream: BinaryIO, versions: Versions, media_type: str, name: str) -> Response:
    seen = os.fstat(stream.fileno())
    content, length, found = _take(stream, versions)
    response = send_file(
        content,
        mimetype=media_type,
        download_name=name,
        conditional=False,
        etag=found or f"{seen.st_mtime_ns:x}-{seen.st_size:x}",
        # A date that lies ahead of our clock must not be sent (RFC 9110, 8.8.2.1). One of a container's
        # image is the same for each version of the file.
        last_modified=seen.st_mtime if EARLIEST.timestamp() <= seen.st_mtime <= time.time() else None,
    )
    response.content_length = length
    response.accept_ranges = "bytes"
    response.headers["Cache-Control"] = _cache_control(found)
    if media_type == "image/svg+xml":  # it may hold scripts
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response


def _take(stream: BinaryIO, versions: Versions) -> tuple[BinaryIO, int, str]:
    """Return what to send of an open file, its length, and its version.

    What has a version is sent from memory: written over while it is sent from
    disk, it would be kept for ever as what it is not.
    """
    length = os.fstat(stream.fileno()).st_size
    if length > MOST_VERSIONED:
        return stream, length, ""
    if request.method == "HEAD":
        return stream, length, versions(stream)
    body, found = versions.read(stream)
    if not found:  # it has grown this very moment
        stream.seek(0)
        return stream, os.fstat(stream.fileno()).st_size, ""
    stream.close()
    return BytesIO(body), len(body), found


def _cache_control(found: str) -> str:
    asked = request.args.get("v")
    if asked is None:  # a recording may be replaced under its name, and its address stays
        return f"public, max-age={_MINUTES}"
    if found and asked == found:  # bytes that the address itself names can never be others (RFC 8246)
        return f"public, max-age={_YEAR}, immutable"
    # The file at this address may be the right one in a moment: these bytes must not be kept for it.
    return "no-cache"


def _make_conditional(response: Response) -> None:
    """Turn *response* into 206, 304, 412 or 416, as the request asks, in the order of RFC 9110, 13.2.2."""
    asked = request.headers
    etag, _ = response.get_etag()
    modified = response.last_modified
    if precondition_failed(
        asked.get("If-Match"), asked.get("If-Unmodified-Since"), etag=str(etag), modified=modified
    ):
        abort(HTTPStatus.PRECONDITION_FAILED)
    if not_modified(
        asked.get("If-None-Match"), asked.get("If-Modified-Since"), etag=str(etag), modified=modified
    ):
        response.status_code = HTTPStatus.NOT_MODIFIED
    elif _asks_for_part(response):
        part = {"REQUEST_METHOD": "GET", "HTTP_RANGE": request.environ["HTTP_RANGE"]}
        response.make_conditional(part, accept_ranges=True, complete_length=response.content_length)


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
    return same is None or same.strip() in (response.headers["ETag"], response.headers.get("Last-Modified"))
