"""Feeds that readers compose themselves, by the query of their address."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from unicodedata import normalize
from urllib.parse import parse_qsl, quote, urlencode

from feedsvc.feeds.build import every, latest_news
from feedsvc.feeds.window import fitting, reach
from feedsvc.model import Entry, Feed, Found, Query, Record, TermKind
from feedsvc.text.ids import mint
from feedsvc.text.slugs import slug

FOLDER = "feeds/q/"

# Each is a condition that the catalogue has to look at.
_MOST_TERMS = 10
_LONGEST_QUERY = 1000
_LONGEST_WORDS = 80
MOST_ENTRIES = 100  # unless the configuration says otherwise

_KINDS = {
    "author": TermKind.AUTHOR,
    "category": TermKind.CATEGORY,
    "lang": TermKind.LANGUAGE,
    "tag": TermKind.TAG,
}


class QueryError(ValueError):
    """A query that no feed is composed by; says what to do."""


def read_query(query_string: str, *, limit: int, most: int = MOST_ENTRIES) -> Query:
    """Return what a query string asks for; parameters of other names mean nothing.

    Args:
        limit: Where none is asked for.
        most: A larger number is lowered to it.

    Raises:
        QueryError: It is too much, no UTF-8, or its limit is no number.
    """
    if len(query_string) > _LONGEST_QUERY:
        raise QueryError(f"a query has at most {_LONGEST_QUERY} characters; ask for less")
    said = [(name, value.strip()) for name, value in _parameters(query_string) if value.strip()]
    terms = {(_KINDS[name], slug(value)) for name, value in said if name in _KINDS}
    excluded = {slug(value) for name, value in said if name == "not"}
    if len(terms) + len(excluded) > _MOST_TERMS:
        raise QueryError(f"a query names at most {_MOST_TERMS} terms; ask for fewer")
    return Query(
        terms=tuple(sorted(terms)),
        excluded=tuple(sorted(excluded)),
        words=_words(said),
        limit=_limit(said, limit, most),
    )


def _parameters(query_string: str) -> list[tuple[str, str]]:
    try:
        query_string.encode()  # bytes that are no UTF-8 come as lone surrogates
        return parse_qsl(query_string, errors="strict")
    except UnicodeError:
        raise QueryError(
            "a query is UTF-8, percent-encoded, such as q=%C3%A9 for é; write its letters so"
        ) from None


def canonical(query: Query, *, limit: int) -> str:
    """Return the one query string that asks for it."""
    names = {kind: name for name, kind in _KINDS.items()}
    pairs = [(names[kind], value) for kind, value in query.terms]
    pairs += [("not", value) for value in query.excluded]
    pairs += [("q", query.words)] if query.words else []
    pairs += [("limit", str(query.limit))] if query.limit != limit else []
    return urlencode(sorted(pairs), quote_via=quote)


def composed_feed(found: Found, query: Query, *, limit: int) -> Feed:
    """Return the feed of what was *found* for *query*, alike in all else to the feed of everything.

    Args:
        limit: Where the query's address names none; then the window is as in any feed.
    """
    template, address = found.template, canonical(query, limit=limit)
    everything, entries = template.feed, _window(found, query, limit)
    languages = [slug for kind, slug in query.terms if kind is TermKind.LANGUAGE]
    return replace(
        everything,
        id=mint(template.site_id, f"feed:{FOLDER}?{address}"),
        title=f"{everything.title}: {address}" if address else everything.title,
        folder=FOLDER,
        query=address,
        language=languages[0] if len(languages) == 1 else everything.language,
        updated=_updated(found, entries),
        every=every(entries),
        entries=entries,
    )


def _updated(found: Found, entries: tuple[Entry, ...]) -> datetime:
    """Return when an entry last came, was changed or went; nobody knows of which composed feed one went."""
    feed, moved = found.template.feed, found.template.moved
    updated = latest_news(entries, feed.withdrawn, feed.updated)
    zone = feed.updated.tzinfo
    return updated if moved is None or moved <= updated else moved.astimezone(zone)


def _window(found: Found, query: Query, limit: int) -> tuple[Entry, ...]:
    spec = found.template.spec
    spec = replace(spec, limit=query.limit, most=spec.most if query.limit == limit else query.limit)
    window = found.entries[: reach([entry.published for entry in found.entries], spec)]
    return window[: fitting((entry.size for entry in window), spec)]


def searched(record: Record, excerpt: str) -> str:
    """Return the text in which words are sought."""
    article = record.article
    return folded("\n".join((article.title, excerpt, *article.categories, *article.tags)))


def folded(text: str) -> str:
    """Return *text* so that capitals and forms of letters make no difference."""
    return " ".join(normalize("NFKC", text).casefold().split())


def _words(said: Iterable[tuple[str, str]]) -> str:
    words = folded(" ".join(value.replace("\0", " ") for name, value in said if name == "q"))
    if len(words) > _LONGEST_WORDS:
        raise QueryError(f"q has at most {_LONGEST_WORDS} characters; ask for fewer words")
    return words


def _limit(said: Iterable[tuple[str, str]], limit: int, most: int) -> int:
    asked = [value for name, value in said if name == "limit"]
    if not asked:
        return limit
    if not (asked[-1].isdecimal() and len(asked[-1]) < 6 and int(asked[-1])):
        raise QueryError(f"limit is a whole number from 1 to {most}")
    return min(int(asked[-1]), most)
