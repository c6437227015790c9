"""Feeds that readers compose themselves, by the query of their address."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from unicodedata import normalize
from urllib.parse import parse_qsl, quote, urlencode

from feedsvc.articles.slugs import slug
from feedsvc.feeds.build import mint
from feedsvc.model import Entry, Feed, Query, Record, TermKind

FOLDER = "feeds/q/"

# Each is a condition that the catalogue has to look at.
_MOST_TERMS = 10
_LONGEST_QUERY = 1000
_LONGEST_WORDS = 80
_MOST_ENTRIES = 100

_KINDS = {
    "author": TermKind.AUTHOR,
    "category": TermKind.CATEGORY,
    "lang": TermKind.LANGUAGE,
    "tag": TermKind.TAG,
}


class QueryError(ValueError):
    """A query that no feed is composed by; says what to do."""


def read_query(query_string: str, *, limit: int) -> Query:
    """Return what a query string asks for; parameters of other names mean nothing.

    Args:
        limit: Where none is asked for.

    Raises:
        QueryError: It is too much, or its limit is no number.
    """
    if len(query_string) > _LONGEST_QUERY:
        raise QueryError(f"a query has at most {_LONGEST_QUERY} characters; ask for less")
    said = [
        (name, value.strip()) for name, value in parse_qsl(query_string, errors="replace") if value.strip()
    ]
    terms = {(_KINDS[name], slug(value)) for name, value in said if name in _KINDS}
    excluded = {slug(value) for name, value in said if name == "not"}
    if len(terms) + len(excluded) > _MOST_TERMS:
        raise QueryError(f"a query names at most {_MOST_TERMS} terms; ask for fewer")
    return Query(
        terms=tuple(sorted(terms)),
        excluded=tuple(sorted(excluded)),
        words=_words(said),
        limit=_limit(said, limit),
    )


def canonical(query: Query, *, limit: int) -> str:
    """Return the one query string that asks for it."""
    names = {kind: name for name, kind in _KINDS.items()}
    pairs = [(names[kind], value) for kind, value in query.terms]
    pairs += [("not", value) for value in query.excluded]
    pairs += [("q", query.words)] if query.words else []
    pairs += [("limit", str(query.limit))] if query.limit != limit else []
    return urlencode(sorted(pairs), quote_via=quote)


def composed_feed(everything: Feed, entries: Sequence[Entry], query: str, *, site_id: str) -> Feed:
    """Return the feed of *entries*, alike in all else to that of *everything*.

    Args:
        query: As `canonical` gives it; the feed's id depends on it.
    """
    return replace(
        everything,
        id=mint(site_id, f"feed:{FOLDER}?{query}"),
        title=f"{everything.title}: {query}" if query else everything.title,
        folder=FOLDER,
        query=query,
        updated=max((entry.updated for entry in entries), default=everything.updated),
        entries=tuple(entries),
        withdrawn=(),
    )


def searched(record: Record, excerpt: str) -> str:
    """Return the text in which words are sought."""
    article = record.article
    return folded("\n".join((article.title, excerpt, *article.categories, *article.tags)))


def folded(text: str) -> str:
    """Return *text* so that capitals and forms of letters make no difference."""
    return " ".join(normalize("NFKC", text).casefold().split())


def _words(said: Iterable[tuple[str, str]]) -> str:
    words = folded(" ".join(value for name, value in said if name == "q"))
    if len(words) > _LONGEST_WORDS:
        raise QueryError(f"q has at most {_LONGEST_WORDS} characters; ask for fewer words")
    return words


def _limit(said: Iterable[tuple[str, str]], limit: int) -> int:
    asked = [value for name, value in said if name == "limit"]
    if not asked:
        return limit
    if not (asked[-1].isdecimal() and len(asked[-1]) < 6 and int(asked[-1])):
        raise QueryError(f"limit is a whole number from 1 to {_MOST_ENTRIES}")
    return min(int(asked[-1]), _MOST_ENTRIES)
