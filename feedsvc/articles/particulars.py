"""What few articles say of themselves: where they come from, what goes with them, which feeds have them."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from feedsvc.articles import keys
from feedsvc.articles.fields import (
    attachments_of,
    authors_of,
    caption_of,
    comments_of,
    duration_of,
    labels_of,
    line_of,
    picture_of,
    share_of,
    source_title_of,
    text_of,
    truth_of,
    web_of,
)
from feedsvc.articles.licences import licence_of
from feedsvc.articles.links import web_address
from feedsvc.articles.values import Values
from feedsvc.articles.yaml_text import Value
from feedsvc.model import Attachment

_WEB = re.compile(r"https?:", re.IGNORECASE)


def particulars(values: Values) -> dict[str, Any]:
    """Return those fields of an `Article` that its head speaks of and that most heads do not."""
    said = values.merged
    if said.keys().isdisjoint(keys.PARTICULARS) and not any(isinstance(v, dict) for v in said.values()):
        return {}
    return {name: value for name, value in _Reader(values).fields() if value not in (None, "", ())}


class _Reader:
    def __init__(self, values: Values) -> None:
        self._values = values

    def fields(self) -> Iterator[tuple[str, Any]]:
        """Yield fields of `Article`, each with its value if there is one."""
        yield "canonical", self._first("canonical", keys.CANONICAL, web_of)
        yield "source", self._first("source", keys.SOURCE, source_title_of)
        yield "via", self._first("via", keys.VIA, web_of)
        yield "comments", self._first("comments", keys.COMMENTS, comments_of)
        yield "related", self._all("related", keys.RELATED, _webs)
        yield "license", self._first("license", keys.LICENCE, _licence)
        yield "contributors", self._all("contributors", keys.CONTRIBUTORS, authors_of)
        yield "correction", self._first("correction", keys.CORRECTION, line_of)
        yield "image_title", self._of_image("image_title", keys.IMAGE_TITLE, ("title", "caption"))
        yield (
            "image_credit",
            self._of_image("image_credit", keys.IMAGE_CREDIT, ("credit", "creator", "attribution")),
        )
        duration = self._first("attachments", keys.DURATION, duration_of)
        yield (
            "attachments",
            self._all("attachments", keys.RECORDINGS, lambda value: _recordings(value, duration)),
        )
        yield "banner", self._first("banner", keys.BANNER, lambda value: picture_of(value)[0])
        yield "full", self._first("full", keys.FULL, share_of)

    def _of_image(self, field: str, own: tuple[str, ...], inner: tuple[str, ...]) -> str | None:
        """Return what is said of the picture, under a key of its own or in its mapping."""

        def within(value: Value) -> str | None:
            folded = {keys.fold(key): each for key, each in value.items()} if isinstance(value, dict) else {}
            return next((text for key in inner if (text := caption_of(folded.get(key)))), None)

        found: str | None = self._first(field, own, caption_of) or self._first(field, keys.IMAGE, within)
        return found

    def _first(self, field: str, wanted: tuple[str, ...], usable: Callable[[Value], Any]) -> Any:
        return self._values.first(field, wanted, usable)

    def _all(self, field: str, wanted: tuple[str, ...], read: Callable[[Value], tuple[Any, ...]]) -> Any:
        found = {each: None for _, value in self._values.each(wanted) for each in read(value)}
        if found:
            self._values.found(field, *(key for key, _ in self._values.each(wanted)))
        return tuple(found)


def feeds_of(values: Values) -> tuple[str, ...] | None:
    """Return the names of the only feeds that may hold an article; none at all for "feed: false"."""
    for key in keys.NO_FEED:
        if truth_of(values[key]):
            values.found("feeds", key)
            return ()
    for key in keys.FEEDS:
        value = values[key]
        if value is None or value == "" or truth_of(value) is True:
            continue
        values.found("feeds", key)
        if truth_of(value) is False:
            return ()
        return tuple(dict.fromkeys(name.casefold() for name in labels_of(value)))
    return None


def selected_fields(values: Values, wanted: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Return what the front matter says under the *wanted* folded keys; of a list, each member."""
    return tuple((key, text) for key in sorted(wanted) for text in _texts(values[key]))


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, list):
        for member in value:
            yield from _texts(member)
    elif text := text_of(value):
        yield text


def _recordings(value: Value, duration: int | None) -> tuple[Attachment, ...]:
    """Return what can be found; of an address of the web that is none, `refused` tells."""
    named = attachments_of(value, duration=duration)
    return tuple(each for each in named if not _WEB.match(each.url) or web_address(each.url))


def _webs(value: Value) -> tuple[str, ...]:
    members = value if isinstance(value, list) else [value]
    return tuple(filter(None, map(web_of, members)))


def _licence(value: Value) -> str | None:
    return licence_of(text_of(value) or "")
