"""Lead images that are an article's own: not one that half of the site shows."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from feedsvc.model import Content, Image, Record


def without_shared(
    content: Callable[[Record], Content], records: Iterable[Record], most: int
) -> Callable[[Record], Content]:
    """Return *content* without pictures that more than *most* of *records* show.

    The next picture of the body leads instead, if there is one. All bodies are
    rendered for that.
    """
    counts = Counter(url for record in records for url in {image.url for image in _pictures(content(record))})
    shared = {url for url, count in counts.items() if count > most}

    def own(record: Record) -> Content:
        found = content(record)
        if shared.isdisjoint(image.url for image in _pictures(found)):
            return found
        return _without(found, shared)

    return own


def _without(content: Content, shared: set[str]) -> Content:
    pictures = [image for image in content.pictures if image.url not in shared]
    if content.image is not None and content.image.url not in shared:
        return replace(content, pictures=tuple(pictures))
    lead, *others = [*pictures, None]
    # Whatever leads now stands in the body, or else there is nothing to show at its top.
    return replace(content, image=lead, image_inline=True, pictures=tuple(filter(None, others)))


def _pictures(content: Content) -> list[Image]:
    return [*([content.image] if content.image else []), *content.pictures]
