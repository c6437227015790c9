"""Recordings that were replaced under their names, or renamed.

Players know an episode by the address of its recording, so that stays as long as
the name does: a replaced one has to be told as an update of its article, and one
with a new name has to be found at the old address.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from urllib.parse import quote

from feedsvc.articles.paths import lies_in
from feedsvc.model import Catalogue, Record, SourceFile
from feedsvc.publisher.media.known import KnownMedia, is_remembered
from feedsvc.text.mediatypes import guess_type

SAMPLED = 2_000_000
"""Bytes of a recording that tell whether it is another one: an archive of them is too much to be read."""

# Gives the sample of a file; None if it cannot be read.
_Sampler = Callable[[SourceFile], str | None]


def is_recording(path: str) -> bool:
    """Return whether a file's name is that of a recording."""
    return (guess_type(quote(path)) or "").startswith(("audio/", "video/"))


def sample_of(body: bytes, length: int) -> str:
    """Return what tells a recording from others: of its length, and of its first `SAMPLED` bytes."""
    return blake2b(body, digest_size=16, salt=length.to_bytes(16, "big")).hexdigest()


def replaced(known: KnownMedia, media: Mapping[str, SourceFile], sample: _Sampler) -> frozenset[str]:
    """Return the recordings that were others when they were seen last; a touched one is none."""
    return frozenset(
        path
        for path, seen in known.sampled()
        if (file := media.get(path)) is not None
        and file.stamp != seen.stamp
        and not is_remembered(file)
        and (now := sample(file)) is not None
        and now != seen.sample
    )


def renamed(
    known: KnownMedia, media: Mapping[str, SourceFile], unknown: Collection[str], sample: _Sampler
) -> dict[str, str]:
    """Return where the recordings are now that are not at their places any more, by their old paths."""
    found: dict[str, str] = {}
    for path, seen in known.sampled():
        length = seen.medium.length if seen.medium else 0
        if path in media or lies_in(path, unknown) or not length:
            continue
        alike = [each for each in media.values() if each.size == length and is_recording(each.path)]
        same = [each.path for each in alike if sample(each) == seen.sample]
        if same:
            found[path] = min(same)
    return found


def media_departures(moved: Mapping[str, str], media: Collection[str], feeds_url: str) -> dict[str, str]:
    """Return the addresses that published recordings had, with those that they have now.

    Args:
        moved: Paths, by the older ones.
        media: Paths of what is published, for everybody.
    """
    ends = {old: _last(old, moved, media) for old in moved if old not in media}
    return {
        f"media/{old}": f"{feeds_url}/media/{quote(new)}" for old, new in sorted(ends.items()) if new in media
    }


def _last(path: str, moved: Mapping[str, str], media: Collection[str]) -> str:
    """Return where the steps from *path* lead: to what is published, which may have an old name again."""
    steps = [path]
    while steps[-1] not in media and (step := moved.get(steps[-1])) is not None and step not in steps:
        steps.append(step)
    return steps[-1]


def updated(catalogue: Catalogue, keys: Collection[int], now: datetime) -> Catalogue:
    """Return *catalogue* with the articles of *keys* updated, unless their authors decide that."""
    if not keys:
        return catalogue
    return replace(catalogue, records=tuple(_updated(catalogue.records, keys, now)))


def _updated(records: Collection[Record], keys: Collection[int], now: datetime) -> Iterator[Record]:
    for record in records:
        own = record.article.minor or record.article.dates.updated is not None
        later = max(now, record.updated + timedelta(seconds=1))
        yield replace(record, updated=later) if record.key in keys and not own else record
