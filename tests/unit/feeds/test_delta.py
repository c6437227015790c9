"""Deltas between two versions of a feed, for clients that send `A-IM: feed`."""

from collections.abc import Callable
from datetime import timedelta

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.feeds.atom import render_atom
from feedsvc.feeds.delta import delta
from feedsvc.feeds.rss import render_rss
from feedsvc.model import Entry, Feed
from tests.support.builders import NOON, make_entry, make_feed

RENDERERS = [render_rss, render_atom]


def entry(number: int, title: str = "Title") -> Entry:
    published = NOON - timedelta(days=number)
    return make_entry(
        id=f"urn:x:{number}", url=f"https://example.org/{number}/", title=title, published=published
    )


@pytest.mark.parametrize("render", RENDERERS)
@given(
    old=st.dictionaries(st.integers(0, 5), st.sampled_from("ab")),
    new=st.dictionaries(st.integers(0, 5), st.sampled_from("ab")),
)
def test_a_delta_holds_what_is_new_or_changed_in_order_and_nothing_else(
    render: Callable[[Feed], bytes], old: dict[int, str], new: dict[int, str]
) -> None:
    before = render(make_feed(entries=tuple(entry(n, old[n]) for n in sorted(old))))
    after = render(make_feed(title="Now", entries=tuple(entry(n, new[n]) for n in sorted(new))))

    parsed = feedparser.parse(delta(after, before))

    assert not parsed.bozo
    assert parsed.feed.title == "Now"
    assert [(e.id, e.title) for e in parsed.entries] == [
        (f"urn:x:{n}", new[n]) for n in sorted(new) if old.get(n) != new[n]
    ]


def test_a_delta_writes_contents_as_the_feed_does() -> None:
    feed = render_rss(make_feed(entries=(make_entry(content="<p>a ]]> b</p>"),)))

    contents = [line for line in feed.splitlines() if b"content:encoded>" in line]

    assert len(contents) == 1
    assert contents[0] in delta(feed, b"<rss/>")
    assert contents[0] not in delta(feed, feed)


@pytest.mark.parametrize("render", RENDERERS)
def test_a_delta_against_something_else_is_everything(render: Callable[[Feed], bytes]) -> None:
    feed = render(make_feed())

    assert feedparser.parse(delta(feed, b"<rss/>")).entries[0].title == "Hello"


def test_a_delta_against_no_feed_is_refused() -> None:
    with pytest.raises(ValueError, match="no feed"):
        delta(b"<rss/>", b"{}")
