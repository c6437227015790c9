"""The fields that few articles have: sources, links, contributors, recordings, and the choice of feeds."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

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
from feedsvc.articles.frontmatter import keys
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.articles.links.licences import licence_of
from feedsvc.articles.links.resolve import web_address
from feedsvc.articles.reading.values import Values
from feedsvc.model import Attachment, Author, Links

_T = TypeVar("_T")

_WEB = re.compile(r"https?:", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """The fields of `Article` that most heads leave out.

    Attributes:
        image_title, image_credit: Of the lead picture.
    """

    links: Links
    contributors: tuple[Author, ...] = ()
    correction: str | None = None
    image_title: str = ""
    image_credit: str = ""
    attachments: tuple[Attachment, ...] = ()
    banner: str | None = None
    full: bool | None = None


_NOTHING = Particulars(links=Links())


def particulars(values: Values) -> Particulars:
    """Return the fields of an `Article` that most heads leave out."""
    said = values.merged
    if said.keys().isdisjoint(keys.PARTICULARS) and not any(isinstance(v, dict) for v in said.values()):
        return _NOTHING
    duration = values.first("attachments", keys.DURATION, duration_of)
    return Particulars(
        links=_links(values),
        contributors=_all(values, "contributors", keys.CONTRIBUTORS, authors_of),
        correction=values.first("correction", keys.CORRECTION, line_of),
        image_title=_of_image(values, "image_title", keys.IMAGE_TITLE, ("title", "caption")),
        image_credit=_of_image(
            values, "image_credit", keys.IMAGE_CREDIT, ("credit", "creator", "attribution")
        ),
        attachments=_all(values, "attachments", keys.RECORDINGS, lambda value: _recordings(value, duration)),
        banner=values.first("banner", keys.BANNER, lambda value: picture_of(value)[0]),
        full=values.first("full", keys.FULL, share_of),
    )


def _links(values: Values) -> Links:
    return Links(
        canonical=values.first("canonical", keys.CANONICAL, web_of),
        source_title=values.first("source_title", keys.SOURCE, source_title_of) or "",
        via=values.first("via", keys.VIA, web_of),
        comments=values.first("comments", keys.COMMENTS, comments_of),
        related=_all(values, "related", keys.RELATED, _webs),
        license=values.first("license", keys.LICENCE, _licence),
    )


def _of_image(values: Values, field: str, own: tuple[str, ...], inner: tuple[str, ...]) -> str:
    """Return a text about the picture, from a key of its own or from the mapping of the picture."""

    def within(value: Value) -> str | None:
        folded = {keys.fold(key): each for key, each in value.items()} if isinstance(value, dict) else {}
        return next((text for key in inner if (text := caption_of(folded.get(key)))), None)

    return values.first(field, own, caption_of) or values.first(field, keys.IMAGE, within) or ""


def _all(
    values: Values, field: str, wanted: tuple[str, ...], read: Callable[[Value], Iterable[_T]]
) -> tuple[_T, ...]:
    found = {each: None for _, value in values.each(wanted) for each in read(value)}
    if found:
        values.found(field, *(key for key, _ in values.each(wanted)))
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
    """Return the texts under the *wanted* folded keys, each with its key; a list has one per member."""
    return tuple((key, text) for key in sorted(wanted) for text in _texts(values[key]))


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, list):
        for member in value:
            yield from _texts(member)
    elif text := text_of(value):
        yield text


def _recordings(value: Value, duration: int | None) -> tuple[Attachment, ...]:
    """Return the recordings with usable addresses; `unusable_values` reports the others."""
    named = attachments_of(value, duration=duration)
    return tuple(each for each in named if not _WEB.match(each.url) or web_address(each.url))


def _webs(value: Value) -> tuple[str, ...]:
    members = value if isinstance(value, list) else [value]
    return tuple(filter(None, map(web_of, members)))


def _licence(value: Value) -> str | None:
    return licence_of(text_of(value) or "")
