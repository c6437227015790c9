"""Moments on the clocks of a zone."""

from datetime import datetime, timedelta, timezone, tzinfo

_MINUTE = timedelta(minutes=1)


def in_zone(at: datetime, zone: tzinfo) -> datetime:
    """Return the instant *at* as clocks in *zone* show it, with the offset of that moment alone.

    All moments that we keep, compare or write are made here. With the zone
    itself, a datetime of the hour that comes twice is equal to none of another
    zone, and sorts by what the clock shows (PEP 495). Offsets are whole
    minutes, as in RFC 3339 (4.2): before standard time they had odd seconds.
    """
    offset = at.astimezone(zone).utcoffset() or timedelta(0)
    return at.astimezone(timezone(round(offset / _MINUTE) * _MINUTE))
