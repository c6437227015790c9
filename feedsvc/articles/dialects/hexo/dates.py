"""Dates in Hexo's front matter, and what its addresses make of them."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha1

from feedsvc.articles.dialects.protocol import ArticleFacts

_ZONED = re.compile(
    r"""(?P<day>\d{4}-\d{1,2}-\d{1,2}) (?:[Tt]|[ \t]+) (?P<time>\d{1,2}:\d{2}:\d{2}) (?:\.\d*)?
        [ \t]* (?:Z | (?P<sign>[-+])(?P<hours>\d{1,2})(?::(?P<minutes>\d{2}))?)""",
    re.VERBOSE,
)
# Since 1970, as JavaScript counts, and the zone of a date as it shows it: "GMT+0900 (Korean Standard Time)".
_MILLISECONDS = re.compile(r"\d{12,13}")
_SHOWN_ZONE = re.compile(r"(?:(?<!\s)\s++)?GMT([+-]\d{4})(?:\s*+\([^()\n]*+\))?")
_CLOCK = {
    "year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S",
    "i_month": "%m", "i_day": "%d", "timestamp": "",
}  # fmt: skip

OF_DATE = frozenset({*_CLOCK, "hash"})
"""The tokens of an address that stand for something of the date."""


def of_date(token: str, title: str, facts: ArticleFacts) -> str:
    """Return what one of `OF_DATE` stands for; of an undated article, a day is left open.

    Raises:
        ValueError: The article has no date; says so, for people.
    """
    if facts.published is None:
        if token in ("year", "month", "day"):
            return f":{token}"
        raise ValueError(f"permalink in _config.yml wants ':{token}', and the article has no date; write one")
    moment = facts.published.astimezone(facts.zone)
    if token == "timestamp":
        return str(int(moment.timestamp()))
    if token == "hash":
        return sha1(f"{title}{int(moment.timestamp())}".encode(), usedforsecurity=False).hexdigest()[:12]
    shown = f"{moment:{_CLOCK[token]}}"
    return shown.lstrip("0") if token.startswith("i_") else shown


def meant(date: str, *, quoted: bool) -> str:
    """Return a date as Hexo reads it; see `Dialect`."""
    if not quoted and _MILLISECONDS.fullmatch(date):
        return f"{datetime.fromtimestamp(int(date) // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
    plain = _SHOWN_ZONE.sub(r" \1", date)
    return plain if quoted else _on_the_sites_clock(plain)


def _on_the_sites_clock(date: str) -> str:
    """Return a timestamp of YAML that names a zone as Hexo reads it: what it is in UTC, without the zone.

    hexo-front-matter takes the UTC clock for the machine's, and the post's
    processor that for the site's.
    """
    found = _ZONED.fullmatch(date)
    if found is None:
        return date
    hours, minutes = int(found["hours"] or 0), int(found["minutes"] or 0)
    ahead = timedelta(hours=hours, minutes=minutes) * (-1 if found["sign"] == "-" else 1)
    try:
        moment = datetime.strptime(f"{found['day']} {found['time']}", "%Y-%m-%d %H:%M:%S") - ahead  # noqa: DTZ007
    except (ValueError, OverflowError):
        return date
    return f"{moment:%Y-%m-%d %H:%M:%S}"
