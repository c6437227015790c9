"""Conditional requests (RFC 9110, 13), tolerant of what caches and clients do to validators."""

import re
from datetime import UTC, datetime

from werkzeug.http import parse_date, parse_etags

# An entity tag may hold commas, so a list cannot be split at them (RFC 9110, 8.8.3).
# Some clients lose the quotes.
_TAG = re.compile(r'(?:[Ww]/)?(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s,"]+))')

_FIRST_FEED = datetime(1999, 3, 1, tzinfo=UTC)  # RSS 0.90

# What compressing servers and proxies append: Apache, Jetty and others.
_SUFFIX = re.compile(r"(?:--?|;)(?:gzip|br|zstd|deflate)$")


def not_modified(
    if_none_match: str | None,
    if_modified_since: str | None,
    *,
    etag: str,
    modified: datetime | None,
    strict: bool = False,
) -> bool:
    """Return whether the client already has what it asks for.

    If-None-Match wins over If-Modified-Since (RFC 9110, 13.1.3), which counts
    only when *modified* is known and the date can be read.

    Args:
        etag: Opaque and unquoted; compared weakly (RFC 9110, 8.8.3.2).
        modified: Last-Modified as sent; None if it is not.
        strict: A date later than *modified* was invented: send the document.
    """
    if if_none_match is not None:
        return matches(if_none_match, etag)
    since = _parse_date(if_modified_since)
    if since is None or modified is None:
        return False
    return since == modified if strict else since >= modified


def is_invented(if_modified_since: str | None, modified: datetime) -> bool:
    """Return whether a date cannot be one that we have ever sent."""
    if if_modified_since is None:
        return False
    since = _parse_date(if_modified_since)
    return since is None or since > modified or since < _FIRST_FEED


def precondition_failed(
    if_match: str | None, if_unmodified_since: str | None, *, etag: str, modified: datetime | None
) -> bool:
    """Return whether the client wants nothing but what this no longer is.

    If-Match wins over If-Unmodified-Since (RFC 9110, 13.1.4), which counts only
    when *modified* is known and the date can be read.

    Args:
        etag: Opaque and unquoted, and strong; compared strongly (RFC 9110, 8.8.3.2).
        modified: Last-Modified as sent; None if it is not.
    """
    if if_match is not None:
        return etag not in parse_etags(if_match)  # which holds all, if it is "*"
    since = _parse_date(if_unmodified_since)
    return since is not None and modified is not None and modified > since


def matches(if_none_match: str, etag: str) -> bool:
    """Return whether *etag* is among the tags of an If-None-Match field."""
    if if_none_match.strip() == "*":
        return True
    tags = (found["quoted"] or found["bare"] or "" for found in _TAG.finditer(if_none_match))
    return any(etag in (tag, _SUFFIX.sub("", tag)) for tag in tags)


def tags_of(if_none_match: str) -> list[str]:
    """Return the opaque tags of an If-None-Match field, without what compressing servers append."""
    found = (each["quoted"] or each["bare"] or "" for each in _TAG.finditer(if_none_match))
    return [_SUFFIX.sub("", tag) for tag in found]


def _parse_date(text: str | None) -> datetime | None:
    try:
        moment = parse_date(text)
    except OverflowError:  # a year of twenty digits
        return None
    return moment.astimezone(UTC) if moment else None
