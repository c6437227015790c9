"""Which feed readers are known to take a part of a feed, by name and version.

`A-IM: feed` alone proves nothing: feedparser sends it for every program that is
built on it, and such a program may refuse the status 226, or forget the entries
that are not in the answer.
"""

import re
from functools import lru_cache
from typing import NamedTuple

_LONGEST = 300  # characters of a User-Agent that are looked at

_COMMENT = re.compile(r"\([^()]*\)")
_PRODUCT = re.compile(r"(?:^|\s)([\w.-]{1,40})/v?(\d{1,9}(?:\.\d{1,9}){0,4})")


class DeltaReader(NamedTuple):
    """A reader whose source was read.

    Attributes:
        product: Its name in User-Agent, in lower case.
        since: The first version that takes a 226.
        source: Where its source is.
        evidence: What its source does: how it asks, and what it makes of the answer.
    """

    product: str
    since: tuple[int, ...]
    source: str
    evidence: str


DELTA_READERS = (
    DeltaReader(
        "newsboat",
        (2, 10),
        "https://github.com/newsboat/newsboat",
        "rss/parser.cpp sends A-IM with a validator (commit b4f6d79f, first in r2.10); libcurl fails from"
        " 400 on (CURLOPT_FAILONERROR), and the rest is parsed. src/cache.cpp keeps articles that are not in"
        " the answer, but forgets of them that their reader deleted them, until the whole feed comes.",
    ),
    DeltaReader(
        "liferea",
        (1, 12),
        "https://github.com/lwindolf/liferea",
        "src/net.c sends A-IM with a validator (commit 82a7b708, first in v1.12-rc2); src/subscription.c"
        " takes every status from 200 to 399 but 304. src/itemset.c merges, and drops only what exceeds"
        " the size of its cache.",
    ),
    DeltaReader(
        "python-reader",
        (0, 21),
        "https://github.com/lemon24/reader",
        "src/reader/_parser/http.py (reader/core/parser.py in 0.21, the first with this User-Agent) always"
        " sends A-IM, and fails from 400 on. Entries that are not in the answer stay in its storage.",
    ),
    DeltaReader(
        "vienna",
        (3, 1, 6),
        "https://github.com/ViennaRSS/vienna-rss",
        "RefreshManager.m sends A-IM with a validator and takes 200 and 226 alike (commit 8f6933ec, first"
        " in v/3.1.6). Newer ones name the number of a build, which is greater. Articles that are not"
        " in the answer stay.",
    ),
)

_SINCE = {reader.product: reader.since for reader in DELTA_READERS}


def takes_deltas(user_agent: str) -> bool:
    """Return whether a client with this User-Agent is known to take a 226 (RFC 3229, 10.4.1).

    A name in a comment does not count: "(like newsboat/2.30)" tells of another reader.
    """
    return _takes_deltas(user_agent[:_LONGEST])


@lru_cache(maxsize=1024)
def _takes_deltas(user_agent: str) -> bool:
    return any(
        (since := _SINCE.get(name.lower())) is not None and _numbers(version) >= since
        for name, version in _PRODUCT.findall(_without_comments(user_agent))
    )


def _without_comments(text: str) -> str:
    """Return *text* without its comments, which may stand within each other (RFC 9110, 5.6.5)."""
    while (shorter := _COMMENT.sub("", text)) != text:
        text = shorter
    return text.partition("(")[0]  # one without end reaches to the end


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
