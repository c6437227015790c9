"""The tables of the catalogue. Times are seconds since 1970 in UTC.

The migrations make them; this is how the program names them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

# Single values: the namespace of ids, the generation, the publisher's health.
setting = Table(
    "setting",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)

# The ledger, with the last good version of each article as JSON.
article = Table(
    "article",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("id", String, unique=True),
    Column("provisional", Boolean, nullable=False),
    Column("sequence", Integer, unique=True),
    Column("slug", String, nullable=False, unique=True),
    Column("url", String, nullable=False),
    Column("own_page", Boolean, nullable=False),
    Column("published", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("broken", Boolean, nullable=False),
    Column("announced", BigInteger),
    Column("entered", BigInteger),
    Column("article", Text, nullable=False),
)

term = Table(
    "term",
    metadata,
    Column("kind", String, primary_key=True),
    Column("slug", String, primary_key=True),
    Column("label", String, nullable=False),
)

# The date that each feed had last.
feed = Table(
    "feed",
    metadata,
    Column("folder", String, primary_key=True),
    Column("updated", BigInteger, nullable=False),
)

problem = Table(
    "problem",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("path", String, nullable=False),
    Column("line", Integer, nullable=False),
    Column("severity", String, nullable=False),
    Column("reason", Text, nullable=False),
)

document = Table(
    "document",
    metadata,
    Column("path", String, primary_key=True),
    Column("media_type", String, nullable=False),
    Column("links", Text, nullable=False),
    Column("etag", String, nullable=False),
    Column("last_modified", BigInteger, nullable=False),
    Column("length", Integer, nullable=False),
)

# Bodies by ETag. One that no document names any more is kept for a while: a
# worker may still be answering from an older snapshot.
body = Table(
    "body",
    metadata,
    Column("etag", String, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
    Column("retired", Integer),  # generation that dropped it
)

# Media that only a private feed has are stored below its name: "/members/a.jpg".
media = Table("media", metadata, Column("path", String, primary_key=True))

# The last generations, for the operator.
publication = Table(
    "publication",
    metadata,
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("articles", Integer, nullable=False),
    Column("feeds", Integer, nullable=False),
    Column("seconds", Float),
)

# Entries that were taken back.
withdrawal = Table(
    "withdrawal",
    metadata,
    Column("id", String, primary_key=True),
    Column("key", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
)

# Addresses that had a document once, and where it is now; "" if it is gone.
departed = Table(
    "departed",
    metadata,
    Column("path", String, primary_key=True),
    Column("target", String, nullable=False),
)

# Who may read which private feed. Of the key in an address, only a digest is kept.
subscriber = Table(
    "subscriber",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("feed", String, nullable=False),
    Column("who", String, nullable=False),
    Column("digest", String, nullable=False, unique=True),
    Column("made", BigInteger, nullable=False),
    Column("revoked", BigInteger),
    Column("used", BigInteger, nullable=False),
    Column("last_used", BigInteger),
)

# The entries that feeds may be composed of.
entry = Table(
    "entry",
    metadata,
    Column("key", Integer, primary_key=True, autoincrement=False),
    Column("published", BigInteger, nullable=False, index=True),  # orders them; no date
    Column("words", Text, nullable=False),  # to search in, folded
    Column("entry", Text, nullable=False),  # as JSON
)

entry_term = Table(
    "entry_term",
    metadata,
    Column("kind", String, primary_key=True),
    Column("slug", String, primary_key=True),
    Column("key", Integer, primary_key=True, autoincrement=False),
)

# Polls by hour, and after some days by day.
poll = Table(
    "poll",
    metadata,
    Column("span", Integer, primary_key=True, autoincrement=False),  # seconds
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("path", String, primary_key=True),
    Column("client", String, primary_key=True),
    Column("status", Integer, primary_key=True, autoincrement=False),
    Column("polls", BigInteger, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("saved", BigInteger, nullable=False),
    Column("conditional", BigInteger, nullable=False),
    Column("invented", BigInteger, nullable=False),
)

# The same since the catalogue was made: what only grows.
total = Table(
    "total",
    metadata,
    Column("client", String, primary_key=True),
    Column("status", Integer, primary_key=True, autoincrement=False),
    Column("polls", BigInteger, nullable=False),
    Column("sent", BigInteger, nullable=False),
    Column("saved", BigInteger, nullable=False),
)

# How many polls took how long at most, in microseconds; 0 is without bound.
wait = Table(
    "wait",
    metadata,
    Column("bound", BigInteger, primary_key=True, autoincrement=False),
    Column("polls", BigInteger, nullable=False),
    Column("seconds", Float, nullable=False),
)

# Who came today, as hashes with the day's salt.
visitor = Table(
    "visitor",
    metadata,
    Column("feed", String, primary_key=True),
    Column("client", String, primary_key=True),
    Column("mark", BigInteger, primary_key=True, autoincrement=False),
    Column("polls", BigInteger, nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("subscribers", BigInteger, nullable=False),
)

# What is kept of it when the day is over.
audience = Table(
    "audience",
    metadata,
    Column("day", BigInteger, primary_key=True, autoincrement=False),
    Column("feed", String, primary_key=True),
    Column("client", String, primary_key=True),
    Column("readers", BigInteger, nullable=False),
    Column("subscribers", BigInteger, nullable=False),
    Column("intervals", BigInteger, nullable=False),
    Column("seconds", BigInteger, nullable=False),  # that these intervals took together
)
