"""Finds values of front matter that should be an address of the web or of e-mail and are none."""

import re
from collections.abc import Iterator

from feedsvc.articles import keys
from feedsvc.articles.fields import text_of, unusable_emails
from feedsvc.articles.links import web_address
from feedsvc.articles.values import Values
from feedsvc.articles.yaml_text import Value

_PEOPLE = (*keys.AUTHORS, *keys.CONTRIBUTORS)
_ADDRESSES = (
    *("permalink", "url", *keys.CANONICAL, *keys.SOURCE, *keys.VIA, *keys.COMMENTS),
    *(*keys.RELATED, *keys.LICENCE, *_PEOPLE),
)
_WEB = re.compile(r"https?:", re.IGNORECASE)


def invalid_addresses(values: Values) -> Iterator[tuple[str, str]]:
    """Yield keys of the front matter, each with its value that is no address."""
    for key, value in values.each(_ADDRESSES):
        if values.line(key):  # a default of the site is not for the article's author to mend
            yield from ((key, text) for text in dict.fromkeys(_unusable(value)))
            if key.rpartition(".")[2] in _PEOPLE:
                yield from ((key, text) for text in unusable_emails(value))


def _unusable(value: Value) -> Iterator[str]:
    if isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _unusable(each)
    elif (text := text_of(value)) and _WEB.match(text) and " " not in text and not web_address(text):
        yield text
