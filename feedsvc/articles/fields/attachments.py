"""The recordings that front matter names, in whatever shape."""

import re
from collections.abc import Iterator, Mapping

from feedsvc.articles.fields.scalars import number_of, text_of
from feedsvc.articles.frontmatter.keys import fold
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.model import Attachment
from feedsvc.text.characters import one_line
from feedsvc.text.mediatypes import guess_type

_URL_KEYS = ("url", "src", "file", "href", "path", "link")
_TYPE_KEYS = ("type", "mime", "mimetype", "mediatype")
_LENGTH_KEYS = ("length", "size", "bytes", "sizeinbytes")
_DURATION_KEYS = ("duration", "durationinseconds", "itunesduration")

_CLOCK = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,9})(?:\.\d+)?")
_PERIOD = re.compile(r"PT(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.\d+)?S)?", re.IGNORECASE)
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")


def attachments_of(value: Value, *, duration: int | None = None) -> Iterator[Attachment]:
    """Yield the recordings that *value* names: a text, a mapping, or a list of these.

    Pictures are none, and what has no known suffix needs a media type.

    Args:
        duration: Seconds, where *value* itself does not say.
    """
    if isinstance(value, list):
        for member in value:
            yield from attachments_of(member, duration=duration)
    elif isinstance(value, dict):
        yield from _of_mapping({fold(key): each for key, each in value.items()}, duration)
    elif (text := text_of(value)) and _is_recording(guess_type(text)):
        yield Attachment(url=text, duration=duration)


def duration_of(value: Value) -> int | None:
    """Return seconds: of ``754``, ``12:34``, ``1:02:03`` or ``PT12M34S`` (ISO 8601); None if it is none."""
    text = text_of(value) or ""
    found = _CLOCK.fullmatch(text) or (_PERIOD.fullmatch(text) if len(text) > 2 else None)
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return (hours * 60 + minutes) * 60 + seconds


def _of_mapping(folded: Mapping[str, Value], duration: int | None) -> Iterator[Attachment]:
    url = _first(folded, _URL_KEYS)
    said = (_first(folded, _TYPE_KEYS) or "").lower()
    media_type = said if _TYPE.fullmatch(said) else None
    if url is None or not _is_recording(media_type or guess_type(url)):
        return
    own = next((seconds for key in _DURATION_KEYS if (seconds := duration_of(folded.get(key)))), duration)
    length = next((number for key in _LENGTH_KEYS if (number := number_of(folded.get(key)))), None)
    title = one_line(text_of(folded.get("title")) or "")
    yield Attachment(url=url, title=title, media_type=media_type, length=length, duration=own)


def _first(folded: Mapping[str, Value], keys: tuple[str, ...]) -> str | None:
    return next((text for key in keys if (text := text_of(folded.get(key)))), None)


def _is_recording(media_type: str | None) -> bool:
    return media_type is not None and not media_type.startswith("image/")
