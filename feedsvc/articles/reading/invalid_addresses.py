"""Finds values of front matter that should be an address of the web or of e-mail and are none."""

import re
from collections.abc import Iterator

from feedsvc.articles.fields import text_of, unusable_emails, unusable_uris
from feedsvc.articles.frontmatter import keys
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.articles.links.resolve import web_address
from feedsvc.articles.reading.values import Values

_PEOPLE = (*keys.AUTHORS, *keys.CONTRIBUTORS)
_ADDRESSES = (
    *("permalink", "url", *keys.CANONICAL, *keys.SOURCE, *keys.VIA, *keys.COMMENTS),
    *(*keys.RELATED, *keys.RECORDINGS, *keys.LICENCE, *_PEOPLE),
)
_AMONG_WORDS = frozenset((*keys.SOURCE, *keys.LICENCE, *_PEOPLE))  # "https://ex.org Kim" is a name, too
_WEB = re.compile(r"https?:", re.IGNORECASE)


def invalid_addresses(values: Values) -> Iterator[tuple[str, str]]:
    """Yield keys of the front matter, each with its value that is no address."""
    for key, value in values.each(_ADDRESSES):
        if values.line(key):  # a default of the site is not for the article's author to mend
            name = key.rpartition(".")[2]
            found = {text for text in _unusable(value) if " " not in text or name not in _AMONG_WORDS}
            if name in _PEOPLE:
                found |= {*unusable_uris(value), *unusable_emails(value)}
            yield from ((key, text) for text in sorted(found))


def _unusable(value: Value) -> Iterator[str]:
    if isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _unusable(each)
    elif (text := text_of(value)) and _WEB.match(text) and not web_address(text):
        yield text
