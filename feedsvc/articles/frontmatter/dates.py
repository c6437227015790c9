"""Dates as people write them, to aware datetimes in whole seconds."""

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from dateutil import parser

from feedsvc.model import in_zone

# Outside of this window a date is a slip of the keyboard, and formats with
# four-digit years could not say it.
_YEARS = range(1970, 2100)
_DEFAULTS = datetime(1970, 1, 1), datetime(1972, 3, 2)  # noqa: DTZ001
_HOURS = datetime(1970, 1, 1), datetime(1970, 1, 1, 1)  # noqa: DTZ001
_LONGEST_SHOWN = 80
_LONGEST = 500  # characters; a longer text is no date

# Abbreviations are not unique in the world; these are RFC 5322's (4.3) and those of our
# first users.
_ABBREVIATIONS = {
    name: hours * 3600
    for name, hours in {
        "UTC": 0, "GMT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
        "PST": -8, "PDT": -7, "CET": 1, "CEST": 2, "KST": 9, "JST": 9,
    }.items()
}  # fmt: skip

_COMMON = re.compile(
    rf"""(?P<year>\d{{4}}) (?P<between>[-/.]) (?P<month>\d{{1,2}}) (?P=between) (?P<day>\d{{1,2}})
        (?: (?:[T_]|\s+) (?P<hour>\d{{1,2}}) : (?P<minute>\d{{2}}) (?: : (?P<second>\d{{2}}) (?:[.,]\d+)? )?
            (?: \s* (?P<half>[ap])\.?m\b\.? )? )?
        \s* (?P<zone> Z | (?:{"|".join(_ABBREVIATIONS)})\b
            | [+-]\d{{1,2}} (?: :?\d{{2}} )? (?: \s+ [A-Z]{{3,4}} )? )?
        (?P<rest> .* )""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_SECONDS = re.compile(r"\d{9,10}")
_DAY_OR_MONTH = re.compile(r"\b\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\b")
_HANGUL = re.compile(r"(\d{4})\s*년\s*(\d{1,2})\s*월\s*(\d{1,2})\s*일")
_HANGUL_TIME = re.compile(
    r"""(?: (?<!\s)\s++ )?
        (?: (?P<half>오전|오후) \s*+ (?P<hour>\d{1,2}) (?: \s*+시 | : ) | (?P<of_24>\d{1,2}) \s*+시 )
        (?: \s*+ (?P<minute>\d{1,2}) \s*+ 분? )? (?: [:\s]*+ (?P<second>\d{1,2}) \s*+ 초? )?""",
    re.VERBOSE,
)


def as_instant(text: str, zone: tzinfo) -> tuple[datetime, bool]:
    """Return the instant that *text* means, in the offset it was written with, and whether it was guessed.

    A date without one is in *zone*, the site's, so that the result does not
    depend on the machine; a date without a time is its midnight.

    Raises:
        ValueError: *text* is no date, or none between 1970 and 2099; it says so for people.
    """
    plain = _in_plain_digits(text)
    try:
        return _read(plain, zone)
    except (ValueError, OverflowError, TypeError, ArithmeticError):
        raise ValueError(f"{text[:_LONGEST_SHOWN]!r} {_fault(plain)}") from None


def is_day(text: str) -> bool:
    """Return whether *text*, which `as_instant` can read, names a day and no time of it."""
    plain = _in_plain_digits(text)
    if _SECONDS.fullmatch(plain):
        return False
    if common := _COMMON.fullmatch(plain):
        return common["hour"] is None and not common["rest"].strip()
    # What the text leaves out comes from the default.
    found, other = (parser.parse(plain, default=default, ignoretz=True) for default in _HOURS)
    return found != other


def _in_plain_digits(text: str) -> str:
    stated = text.strip()
    dashed = _HANGUL.sub(r"\1-\2-\3", stated if len(stated) <= _LONGEST else "")
    return _HANGUL_TIME.sub(_in_digits, dashed)


def _in_digits(found: re.Match[str]) -> str:
    """Return a Korean time of day, 오전 or 오후 or neither, as in ISO 8601."""
    hour = int(found["hour"] or found["of_24"])
    if found["half"]:
        hour = hour % 12 + 12 * (found["half"] == "오후")
    return f" {hour:02}:{int(found['minute'] or 0):02}:{int(found['second'] or 0):02}"


def _fault(text: str) -> str:
    found = _COMMON.fullmatch(text)
    if found and int(found["year"]) in _YEARS and int(found["month"]) in range(1, 13):
        year, month, day = (int(found[name]) for name in ("year", "month", "day"))
        if not 1 <= day <= monthrange(year, month)[1]:
            return "is no day of the calendar"
    return "is no date between 1970 and 2099; write it like 2024-06-27 09:00"


def _read(text: str, zone: tzinfo) -> tuple[datetime, bool]:
    if _SECONDS.fullmatch(text):
        return _settled(datetime.fromtimestamp(int(text), zone)), False
    common = _COMMON.fullmatch(text)
    if common is not None:
        return _from_common(common, zone), bool(common["rest"].strip())
    return _from_anything(text, zone)


def _from_common(found: re.Match[str], zone: tzinfo) -> datetime:
    year, month, day = (int(found[name]) for name in ("year", "month", "day"))
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["half"] and hour <= 12:
        hour = hour % 12 + 12 * (found["half"] in "pP")
    midnight_after = (hour, minute, second) == (24, 0, 0)  # ISO 8601 allowed it
    second = 59 if second == 60 else second  # a leap second
    naive = datetime(year, month, day, 0 if midnight_after else hour, minute, second)  # noqa: DTZ001
    if midnight_after:
        naive += timedelta(days=1)
    return _settled(naive.replace(tzinfo=_offset(found["zone"]) or zone))


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC if text in "Zz" else timezone(timedelta(seconds=_ABBREVIATIONS[text.upper()]))
    digits = text[1:].partition(" ")[0].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _from_anything(text: str, zone: tzinfo) -> tuple[datetime, bool]:
    if not re.search(r"\d{4}", text):  # dateutil would take today's year
        raise ValueError(text)
    unknown: set[str] = set()

    def seconds_east(name: str | None, offset: int | None) -> int | None:
        if offset is None and name and name not in _ABBREVIATIONS:
            unknown.add(name)
        return _ABBREVIATIONS.get(name or "") if offset is None else offset

    # Fixed defaults: what the text leaves out may not come from the clock. Two, to notice that it does.
    found, other = (parser.parse(text, default=default, tzinfos=seconds_east) for default in _DEFAULTS)
    if found.year != other.year:
        raise ValueError(text)
    guessed = bool(unknown) or found != other or _DAY_OR_MONTH.search(text) is not None
    return _settled(found if found.tzinfo else found.replace(tzinfo=zone)), guessed


def _settled(moment: datetime) -> datetime:
    if moment.year not in _YEARS:
        raise ValueError(moment.year)
    assert moment.tzinfo is not None
    # By way of UTC, an hour that daylight saving skips becomes one that exists.
    return in_zone(moment.astimezone(UTC), moment.tzinfo).replace(microsecond=0)
