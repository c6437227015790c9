"""User-Agents as they are sent in earnest: which software, for how many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.web.statistics.clients import Reads, client_of, subscribers_of

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "name", "reads"),
    [
        ("Miniflux/2.2.0", "Miniflux", Reads.ONE),
        ("Mozilla/5.0 (compatible; Miniflux/2.2.6; +https://miniflux.app)", "Miniflux", Reads.ONE),
        ("FreshRSS/1.24.3 (Linux; https://freshrss.org)", "FreshRSS", Reads.ONE),
        ("NetNewsWire (RSS Reader; https://netnewswire.com/)", "NetNewsWire", Reads.ONE),
        ("newsboat/2.30.1 (Linux x86_64)", "newsboat", Reads.ONE),
        ("Tiny Tiny RSS/21.05-1 (https://tt-rss.org/)", "Tiny Tiny RSS", Reads.ONE),
        (
            "Liferea/1.14.1 (Linux; https://lzone.de/liferea/) AppleWebKit (KHTML, like Gecko)",
            "Liferea",
            Reads.ONE,
        ),
        ("feedparser/6.0.11 +https://github.com/kurtmckee/feedparser/", "feedparser", Reads.ONE),
        ("python-reader/3.26 (+https://github.com/lemon24/reader)", "python-reader", Reads.ONE),
        ("Akregator/5.24.5; syndication", "Akregator", Reads.ONE),
        ("rss2email/3.14 (https://github.com/rss2email/rss2email)", "rss2email", Reads.ONE),
        ("NextCloud-News/1.0", "Nextcloud News", Reads.ONE),
        ("Reeder/5050001 CFNetwork/1568.200.51 Darwin/24.1.0", "Reeder", Reads.ONE),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0",
            "Thunderbird",
            Reads.ONE,
        ),
        ("curl/8.5.0", "curl", Reads.ONE),
        ("Go-http-client/1.1", "Go", Reads.ONE),
        ("Feedbin feed-id:1373711 - 142 subscribers", "Feedbin", Reads.MANY),
        ("Inoreader/1.0 (+http://www.inoreader.com/feed-fetcher; 7 subscribers; )", "Inoreader", Reads.MANY),
        (
            "Mozilla/5.0 (compatible; theoldreader.com; 3 subscribers; feed-id=abc)",
            "The Old Reader",
            Reads.MANY,
        ),
        ("FeedFetcher-Google; (+http://www.google.com/feedfetcher.html)", "Google FeedFetcher", Reads.MANY),
        ("Slackbot 1.0 (+https://api.slack.com/robots)", "Slackbot", Reads.MANY),
        # It says that it is like another.
        (
            "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 16 subscribers; like FeedFetcher-Google)",
            "Feedly",
            Reads.MANY,
        ),
        (f"{CHROME} Safari/537.36", "Chrome", Reads.NOBODY),
        (f"{CHROME} Safari/537.36 Edg/131.0.0.0", "Edge", Reads.NOBODY),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/18.1 Safari/605.1.15", "Safari", Reads.NOBODY),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox", Reads.NOBODY),
        (
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Googlebot",
            Reads.NOBODY,
        ),
        ("Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)", "Naver", Reads.NOBODY),
    ],
)
def test_known_software_has_its_name(user_agent: str, name: str, reads: Reads) -> None:
    client = client_of(user_agent)

    assert (client.name, client.reads, client.listed) == (name, reads, True)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("MyReader/1.0 (+https://example.org)", "MyReader"),
        ("My Reader 2.1", "My Reader"),
        ("acme.reader", "acme.reader"),
        ("", "unnamed"),
        ("   ", "unnamed"),
        ("Mozilla/5.0", "other"),
        ("안녕/1.0", "other"),
        ("<script>alert(1)</script>", "other"),
        ("x" * 5000, "other"),
    ],
)
def test_what_is_not_known_has_the_name_that_it_gives_itself_if_it_is_one(user_agent: str, name: str) -> None:
    assert client_of(user_agent).name == name


def test_an_unknown_one_with_subscribers_reads_for_many() -> None:
    client = client_of("NewAggregator/1.0 (12 subscribers)")

    assert (client.name, client.reads, client.listed) == ("NewAggregator", Reads.MANY, False)


@pytest.mark.parametrize(
    ("user_agent", "subscribers"),
    [
        ("Feedbin feed-id:1373711 - 142 subscribers", 142),
        ("NewsBlur Feed Fetcher - 54 subscribers - https://www.newsblur.com/site/123/x", 54),
        ("Mozilla/5.0 (compatible; BazQux/2.4; +https://bazqux.com/fetcher; 1 subscribers)", 1),
        ("SomeReader/1.0 (1 Subscriber)", 1),
        ("Some/2.0 (3 active readers)", 3),
        ("Mozilla/5.0 (compatible; theoldreader.com; feed-id=99)", 0),
        ("reader/3 subscribersclub", 0),
        ("", 0),
    ],
)
def test_aggregators_say_for_how_many_they_read(user_agent: str, subscribers: int) -> None:
    assert subscribers_of(user_agent) == subscribers


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("1,234 subscribers", 1234),
        ("1.234 subscribers", 1234),
        ("1'234 subscribers", 1234),
        ("1’234 subscribers", 1234),
        ("1 234 subscribers", 1234),
        ("1\u00a0234 subscribers", 1234),
        ("1\u202f234\u00a0subscribers", 1234),
        ("1\u2009234 subscribers", 1234),
        ("1,234,567 subscribers", 1_234_567),
        ("12,34,567 subscribers", 1_234_567),
        ("1.234.567 active readers", 1_234_567),
        ("12 345 678 followers", 12_345_678),
        ("1,234+ subscribers", 1234),
        ("1234 subscribers", 1234),
        ("1.0 16 subscribers", 16),
        ("1.0 234 subscribers", 234),
        ("Reader/2 234 subscribers", 234),
        ("v2 234 subscribers", 234),
        ("feed-id:12 345 subscribers", 345),
        ("20 16 subscribers", 16),
        ("3 feeds, 5 subscribers", 5),
        ("3 feeds,5 subscribers", 5),
        ("1,23 subscribers", 0),
        ("1,2345 subscribers", 0),
        ("1.234,567 subscribers", 0),
    ],
)
def test_thousands_are_read_as_people_write_them(said: str, number: int) -> None:
    """Servers make a character of each byte, so that a blank of typesetters comes as three of them."""
    for header in (said, said.encode().decode("latin-1")):
        assert subscribers_of(f"Feedly/1.0 (+http://www.feedly.com/fetcher.html; {header})") == number
        assert subscribers_of(header) == number


@given(number=st.integers(1000, 999_999_999), mark=st.sampled_from(",.'’ \u00a0\u202f"))
def test_every_number_is_read_with_every_mark(number: int, mark: str) -> None:
    assert subscribers_of(f"Reader/1.0 (x; {number:,} subscribers)".replace(",", mark)) == number
