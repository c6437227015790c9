"""Hours that come twice and hours that are skipped: an article keeps its instant, and its place in feeds."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import feedparser
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from feedsvc.articles.frontmatter.dates import as_instant
from feedsvc.feeds.build import build_feed
from feedsvc.feeds.render import render_feed
from feedsvc.feeds.select import newest_first, select
from feedsvc.feeds.validate import prove
from feedsvc.model import in_zone
from tests.conftest import Clock
from tests.support.builders import make_article, make_content, make_record, make_site, make_spec
from tests.support.sites import Folder, article
from tests.support.strategies import examples

ZONES = sorted(available_timezones())
BERLIN = ZoneInfo("Europe/Berlin")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


class Change(NamedTuple):
    """A moment at which the clocks of a zone are put on or back."""

    at: datetime
    before: timedelta
    after: timedelta


def offset(at: datetime, zone: tzinfo) -> timedelta:
    found = at.astimezone(zone).utcoffset()
    assert found is not None
    return found


@cache
def changes(name: str, first: int = 1970, last: int = 2030) -> list[Change]:
    """Return all changes of a zone's clocks in some years, but those that are undone within a week."""
    return list(_changes(ZoneInfo(name), datetime(first, 1, 1, tzinfo=UTC), datetime(last, 1, 1, tzinfo=UTC)))


def _changes(zone: tzinfo, at: datetime, end: datetime) -> Iterator[Change]:
    while at < end:
        later = at + 7 * DAY
        if offset(at, zone) != offset(later, zone):
            low, high = at, later
            while high - low > SECOND:
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (middle, high) if offset(middle, zone) == offset(at, zone) else (low, middle)
            yield Change(high, offset(low, zone), offset(high, zone))
        at = later


@st.composite
def moments(draw: st.DrawFn) -> tuple[ZoneInfo, list[datetime]]:
    """Some instants of one zone, mostly beside a change of its clocks."""
    name = draw(st.sampled_from(ZONES))
    anywhere = st.datetimes(datetime(1971, 1, 1), datetime(2098, 1, 1)).map(  # noqa: DTZ001
        lambda at: at.replace(microsecond=0, tzinfo=UTC)
    )
    beside = st.sampled_from(changes(name) or [Change(datetime(2000, 1, 1, tzinfo=UTC), DAY, DAY)]).flatmap(
        lambda change: st.integers(-7200, 7200).map(lambda seconds: change.at + seconds * SECOND)
    )
    return ZoneInfo(name), draw(st.lists(beside | anywhere, min_size=2, max_size=6, unique=True))


@given(moments())
def test_an_instant_in_a_zone_is_the_same_instant(drawn: tuple[ZoneInfo, list[datetime]]) -> None:
    """Equal, as old, with the same hash, and still so after it was written down and read again."""
    zone, instants = drawn
    stored = TypeAdapter(datetime)

    shown = [in_zone(at, zone) for at in instants]

    assert shown == instants
    assert list(map(hash, shown)) == list(map(hash, instants))
    assert sorted(shown) == sorted(instants)
    assert [stored.validate_json(stored.dump_json(at)) for at in shown] == instants
    for at in shown:
        assert abs(at.replace(tzinfo=None) - at.astimezone(zone).replace(tzinfo=None)) <= timedelta(
            seconds=30
        )
        assert as_instant(at.isoformat(), zone)[0] == at


@settings(max_examples=examples(60))
@given(moments())
def test_feeds_are_in_the_order_of_instants(drawn: tuple[ZoneInfo, list[datetime]]) -> None:
    zone, instants = drawn
    records = [
        make_record(
            key=number, id=f"urn:x:{number}", published=at, article=make_article(published=in_zone(at, zone))
        )
        for number, at in enumerate(instants)
    ]
    site, spec = make_site(timezone=zone), make_spec(hours=2, limit=1)
    now = max(instants)

    chosen = select(records, spec, site=site, now=now, size_of=lambda _: 0).records
    feed = build_feed(spec, chosen, site, lambda _: make_content(), fallback_date=now, site_id="x")

    expected = sorted((at for at in instants if at >= now - timedelta(hours=2)), reverse=True)
    assert [record.published for record in newest_first(records)] == sorted(instants, reverse=True)
    assert [entry.published for entry in feed.entries] == expected
    assert feed.updated == now
    assert {fault for _, fault in prove(render_feed(feed), feed)} == {None}


def test_every_change_of_every_zone_passes_the_proof() -> None:
    """The hour of autumn that comes twice, and what governments have decided since 2015."""
    for name in ZONES:
        instants = [
            change.at + minutes * timedelta(minutes=1)
            for change in changes(name, 2015, 2026)
            for minutes in (-90, -30, 0, 30, 90)
        ]
        records = [make_record(key=n, id=f"urn:x:{n}", published=at) for n, at in enumerate(instants)]
        site = make_site(timezone=ZoneInfo(name))
        feed = build_feed(
            make_spec(),
            newest_first(records),
            site,
            lambda _: make_content(),
            fallback_date=datetime(2000, 1, 1, tzinfo=UTC),
            site_id="x",
        )

        faults = {fault for _, fault in prove(render_feed(feed), feed)}

        assert faults == {None}, name


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(ZONES), st.data())
def test_an_article_of_an_odd_hour_stands_in_all_feeds_with_its_instant(
    name: str, data: st.DataObject
) -> None:
    """Written as the clock showed it, with its offset, or dated by its file."""
    found = changes(name, 2001, 2026)
    assume(found)
    change = data.draw(st.sampled_from(found))
    shift = abs(change.after - change.before)
    into = data.draw(st.integers(0, int(shift.total_seconds()) - 1)) * SECOND
    # What the clock shows in the hour that it shows twice or never: the old offset counts.
    shown = (change.at + min(change.before, change.after) + into).replace(tzinfo=None)
    texts = {
        "shown.md": (article("Shown", date=str(shown)), shown.replace(tzinfo=UTC) - change.before),
        "first.md": (
            article("First", date=str(in_zone(change.at - into - SECOND, UTC))),
            change.at - into - SECOND,
        ),
        "again.md": (
            article("Again", date=in_zone(change.at + into, ZoneInfo(name)).isoformat()),
            change.at + into,
        ),
        "file.md": ("File\n", change.at + into),
    }

    with TemporaryDirectory() as directory:
        made = Folder(Path(directory), Clock(), site=make_site(timezone=ZoneInfo(name)))
        for path, (text, at) in texts.items():
            os.utime(made.write(path, text), (at.timestamp(), at.timestamp()))
        problems = made.refresh().problems
        told = told_dates(made)
        made.restart()
        again = made.refresh()
        made.store.close()

    expected = {Path(path).stem: at for path, (_, at) in texts.items()}
    assert not problems
    for dates in told:
        assert {title.lower(): at for title, at in dates} == expected
        assert [at for _, at in dates] == sorted(expected.values(), reverse=True)
    assert again.generation is None


def told_dates(made: Folder) -> list[list[tuple[str, datetime]]]:
    """Return titles and dates of the entries in each format, in their order."""
    rss, atom = (feedparser.parse(made.body(path)).entries for path in ("rss.xml", "atom.xml"))
    items = json.loads(made.body("feed.json"))["items"]
    return [
        [(entry.title, parsedate_to_datetime(entry.published)) for entry in rss],
        [(entry.title, datetime.fromisoformat(entry.published)) for entry in atom],
        [(item["title"], datetime.fromisoformat(item["date_published"])) for item in items],
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-10-27 02:30", "2024-10-27T02:30:00+02:00"),
        ("2024-10-27 02:30 CEST", "2024-10-27T02:30:00+02:00"),
        ("2024-10-27 02:30 CET", "2024-10-27T02:30:00+01:00"),
        ("1729992600", "2024-10-27T02:30:00+01:00"),
        ("2024-03-31 02:30", "2024-03-31T03:30:00+02:00"),
    ],
)
def test_an_odd_hour_without_offset_goes_by_the_old_one(written: str, meant: str) -> None:
    """Of an hour that comes twice, the first is meant; a skipped one lies behind the change."""
    assert as_instant(written, BERLIN)[0].isoformat() == meant
