"""The recordings of an article: of its head and its body."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from feedsvc.articles.html.clean import Cleaned, Note
from feedsvc.articles.images import Found, Medium, why_missing
from feedsvc.articles.links.resolve import Base, resolve_named
from feedsvc.model import Article, Attachment
from feedsvc.text.mediatypes import guess_type, rank_among_recordings

_Look = Callable[[str], Medium | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """The recordings that can be offered, the best first, and what is to be said of these and others."""

    found: tuple[Found, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[Note, ...] = ()


def recordings_of(article: Article, cleaned: Cleaned, base: Base, look: _Look) -> Recordings:
    """Return the recordings of head and body, each once."""
    notes: list[Note] = []
    named: dict[str, tuple[Found, Attachment]] = {}
    for found, attachment in (*_of_head(article, base, notes), *_of_body(cleaned)):
        named.setdefault(found.url, (found, _weighed(found, attachment, look)))
    kept = []
    for found, attachment in named.values():
        medium = look(found.local) if found.local is not None else None
        notes += _doubts(found, medium)
        if medium is None or _can_be_played(medium, base):
            kept.append((found, attachment))
    ordered = sorted(kept, key=lambda each: rank_among_recordings(each[1].media_type))
    return Recordings(
        found=tuple(found for found, _ in ordered),
        attachments=tuple(attachment for _, attachment in ordered),
        notes=tuple(notes),
    )


def _of_head(article: Article, base: Base, notes: list[Note]) -> Iterator[tuple[Found, Attachment]]:
    for attachment in article.attachments:
        place = resolve_named(attachment.url, base)
        if place.unknown:
            continue
        if place.missing or not place.url.startswith("http"):
            notes.append(Note(reason=why_missing(attachment.url)))
        else:
            yield Found(url=place.url, local=place.local), attachment


def _of_body(cleaned: Cleaned) -> Iterator[tuple[Found, Attachment]]:
    for recording in cleaned.recordings:
        yield recording, Attachment(url=recording.url, title=recording.title)


def _weighed(found: Found, attachment: Attachment, look: _Look) -> Attachment:
    medium = look(found.local) if found.local is not None else None
    known = (medium and medium.media_type) or attachment.media_type or guess_type(found.url)
    if medium is None:
        return replace(attachment, url=found.url, media_type=known)
    duration = attachment.duration or medium.duration
    return replace(attachment, url=found.url, media_type=known, length=medium.length, duration=duration)


def _can_be_played(medium: Medium, base: Base) -> bool:
    """Return whether a local file can be a recording, whatever its name says; with us, only by its bytes."""
    kind = medium.media_type
    return kind.startswith(("audio/", "video/")) if kind else not base.ours and medium.binary


def _doubts(found: Found, medium: Medium | None) -> Iterator[Note]:
    name = str(found.local).rpartition("/")[2]
    named = guess_type(found.url) or ""
    if medium is None or not named.startswith(("audio/", "video/")):
        return
    if medium.length == 0:
        yield Note(reason=f"'{name}' is empty; put the recording there", ref=name)
    elif not (medium.media_type or "").startswith(("audio/", "video/")):
        yield Note(reason=f"'{name}' holds no recording, whatever its name says; replace it", ref=name)
    elif medium.media_type != named:
        reason = f"'{name}' holds {medium.media_type}, whatever its name says; give it the suffix of that"
        yield Note(reason=reason, ref=name)
