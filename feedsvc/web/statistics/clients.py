"""What software asks: a name for each User-Agent, and for how many people it says it reads.

General libraries for User-Agents know browsers; of feed readers, the one we
tried knew two in five.
"""

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

OTHER = "other"
UNNAMED = "unnamed"


class Reads(Enum):
    """For whom a software reads."""

    ONE = "one"  # its own user: each origin is a reader
    MANY = "many"  # those who have an account with it: origins are its servers
    NOBODY = "nobody"  # it is a browser that somebody looks around with, or a search engine


class Client(NamedTuple):
    """A software that asks.

    Attributes:
        listed: We know it; else its name is what it calls itself.
    """

    name: str
    reads: Reads
    listed: bool


# What to look for in a User-Agent, in any case; the first that is found counts. Those who speak of
# others stand before them: "like FeedFetcher-Google", "Mozilla/5.0 (compatible; Miniflux".
_MANY = {
    "BazQux": "bazqux",
    "Blogtrottr": "blogtrottr",
    "Bloglovin": "bloglovin",
    "Feedbin": "feedbin",
    "Feedly": "feedly",
    "Feedspot": "feedspot",
    "Feed Wrangler": "feedwrangler",
    "FeedHQ": "feedhq",
    "Flipboard": "flipboard",
    "Folo": "folo/",
    "G2Reader": "g2reader",
    "Inoreader": "inoreader",
    "IFTTT": "ifttt",
    "Kill the Newsletter": "kill-the-newsletter",
    "Mailchimp": "mailchimp",
    "Mastodon": "mastodon/",
    "Netvibes": "netvibes",
    "NewsBlur": "newsblur",
    "Readwise": "readwise",
    "Slackbot": "slackbot",
    "Discordbot": "discordbot",
    "Superfeedr": "superfeedr",
    "The Old Reader": "theoldreader",
    "Zapier": "zapier",
    "Google FeedFetcher": "feedfetcher-google",
}
_ONE = {
    "Miniflux": "miniflux",
    "FreshRSS": "freshrss",
    "Tiny Tiny RSS": "tiny tiny rss",
    "CommaFeed": "commafeed",
    "Nextcloud News": "nextcloud-news",
    "Yarr": "yarr/",
    "selfoss": "selfoss",
    "stringer": "stringer",
    "NetNewsWire": "netnewswire",
    "newsboat": "newsboat",
    "newsbeuter": "newsbeuter",
    "Newsraft": "newsraft",
    "sfeed": "sfeed",
    "Liferea": "liferea",
    "Akregator": "akregator",
    "QuiteRSS": "quiterss",
    "RSS Guard": "rss guard",
    "RSSOwl": "rssowl",
    "Vienna": "vienna",
    "Reeder": "reeder",
    "Unread": "unread rss",
    "Feeder": "feeder/",
    "Feedbro": "feedbro",
    "NewsFlash": "newsflash",
    "Fluent Reader": "fluent reader",
    "Elfeed": "elfeed",
    "Gnus": "gnus/",
    "Thunderbird": "thunderbird",
    "rss2email": "rss2email",
    "feed2exec": "feed2exec",
    "rawdog": "rawdog",
    "Planet": "planet",
    "AntennaPod": "antennapod",
    "gPodder": "gpodder",
    "Overcast": "overcast",
    "python-reader": "python-reader",
    "feedparser": "feedparser/",
    "SimplePie": "simplepie",
    "MagpieRSS": "magpierss",
    "XML::Feed": "xml::feed",
    "gofeed": "gofeed",
    "rss-parser": "rss-parser",
    "curl": "curl/",
    "Wget": "wget/",
    "python-requests": "python-requests",
    "python-httpx": "python-httpx",
    "aiohttp": "aiohttp",
    "urllib": "python-urllib",
    "Go": "go-http-client",
    "Java": "java/",
    "okhttp": "okhttp",
    "Node.js": "node-fetch",
    "axios": "axios/",
    "Ruby": "ruby",
    "libwww-perl": "libwww-perl",
}
_NOBODY = {
    "Googlebot": "googlebot",
    "Bingbot": "bingbot",
    "Naver": "yeti/",
    "Daum": "daum",
    "Baidu": "baiduspider",
    "Yandex": "yandex",
    "Applebot": "applebot",
    "DuckDuckBot": "duckduckbot",
    "GPTBot": "gptbot",
    "ClaudeBot": "claudebot",
    "CCBot": "ccbot",
    "AhrefsBot": "ahrefsbot",
    "SemrushBot": "semrushbot",
    "UptimeRobot": "uptimerobot",
    "Edge": "edg/",
    "Firefox": "firefox/",
    "Chrome": "chrome/",
    "Safari": "safari/",
}
_TABLE = tuple(
    (needle, Client(name, reads, listed=True))
    for reads, names in ((Reads.MANY, _MANY), (Reads.ONE, _ONE), (Reads.NOBODY, _NOBODY))
    for name, needle in names.items()
)

# "16 subscribers", "(1 subscriber)", as aggregators have agreed on; also "1,234", "1.234", "1'234",
# "12,34,567" and "1 234", the last one only where it begins with no version, as "Reader/2 234 readers" does.
_SUBSCRIBERS = re.compile(
    r"""(?ix) (?<![\w.]) (?<![0-9][,'’])
    ( [0-9]{1,3} (?P<mark>[.,'’]) (?:[0-9]{2,3}(?P=mark)){0,2} [0-9]{3}
    | (?<![/:=\#-]) [0-9]{1,3} (?P<blank>[ \u00a0\u2009\u202f]) (?:[0-9]{3}(?P=blank)){0,2} [0-9]{3}
    | [0-9]{1,9} )
    \+?\s+(?:active\s+)?(?:subscriber|reader|follower)s?\b"""
)

# The first product (RFC 9110, 10.1.5), unless it is what everybody says.
_PRODUCT = re.compile(r"(?!Mozilla\b)([A-Za-z][\w .:+-]{1,39}?)(?:/|\s*[(;,]|\s+v?\d|\s*$)")


@lru_cache(maxsize=2048)
def client_of(user_agent: str | None) -> Client:
    """Return what software a User-Agent names."""
    said = (user_agent or "").strip()
    if not said:
        return Client(UNNAMED, Reads.ONE, listed=True)
    folded = said.lower()
    known = next((client for needle, client in _TABLE if needle in folded), None)
    if known:
        return known
    product = _PRODUCT.match(said)
    if product is None:
        return Client(OTHER, Reads.ONE, listed=True)
    return Client(product[1], Reads.MANY if subscribers_of(said) else Reads.ONE, listed=False)


def subscribers_of(user_agent: str | None) -> int:
    """Return for how many people an aggregator says it reads a feed; 0 if it does not."""
    found = _SUBSCRIBERS.search(_read(user_agent or ""))
    return int("".join(filter(str.isdigit, found[1]))) if found else 0


def _read(header: str) -> str:
    """Return a header, of which servers make a character of each byte, as the UTF-8 that it may be."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
