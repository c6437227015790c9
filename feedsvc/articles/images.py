"""The pictures of an article: how large one is, whether it is there, and which one leads."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from urllib.parse import unquote

import imagesize

from feedsvc.text.mediatypes import MEDIA_SUFFIXES, guess_type, is_unserved, sniff, type_of
from feedsvc.text.urls import host_of, path_of

# Pixels. Declared smaller than this, a picture is an icon, or counts its viewers.
_LARGEST_ICON = 64
_LARGEST_TRACKER = 2
# No picture has more; a drawing may claim anything.
_LARGEST_SIDE = 100_000

# What templates and tutorials leave where an address was to go.
_PLACEHOLDER_NAMES = frozenset(
    {"image-url", "image_url", "your_image_source", "your-image", "placeholder", "이미지링크"}
)
_PLACEHOLDER_HOSTS = frozenset(
    {"www.linktoimage.com", "linktoimage.com", "via.placeholder.com", "placehold.co", "placehold.it"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A picture or a recording in a body.

    Attributes:
        width, height: As the author declares them; None if not, or not in pixels.
        decoration: It is an icon, a smiley, a tracker or a placeholder, or there is no such file.
    """

    url: str
    alt: str = ""
    title: str = ""
    credit: str = ""
    local: str | None = None
    width: int | None = None
    height: int | None = None
    decoration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the first bytes of a picture tell.

    Attributes:
        width, height: Pixels; None if they cannot be told.
    """

    media_type: str | None
    width: int | None = None
    height: int | None = None


def measure(head: bytes) -> Measured:
    """Return type and size of the picture that begins with *head*; 64 kB are nearly always enough."""
    media_type = sniff(head)
    width, height = imagesize.get(BytesIO(head))
    if not (1 <= width <= _LARGEST_SIDE and 1 <= height <= _LARGEST_SIDE):
        return Measured(media_type=media_type)
    return Measured(media_type=media_type, width=int(width), height=int(height))


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium(Measured):
    """The facts about a file of the folder that its first bytes tell.

    Attributes:
        length: Bytes of the whole file.
        binary: It is no text.
        duration: Seconds; None if that is not known.
    """

    length: int
    binary: bool = False
    duration: int | None = None


def medium_of(head: bytes, length: int, name: str) -> Medium:
    """Return what the file of *length* bytes is that begins with *head*."""
    found = measure(head)
    return Medium(
        media_type=type_of(head, name),
        width=found.width,
        height=found.height,
        length=length,
        binary=b"\0" in head[:1024],
    )


def why_missing(ref: str) -> str:
    """Return what to say of a file that *ref* means and that is not among the folder's media."""
    if is_unserved(ref):
        reason = "are not served; use JPEG, PNG, WebP, GIF, SVG, AVIF, MP3 or MP4"
        return f"files like '{ref[:80]}' {reason}"
    reason = "put it there, or mend its address"
    return f"there is no file '{ref}'; {reason}"


def is_reference(text: str) -> bool:
    """Return whether a front-matter value can be the address of a picture.

    Generators also keep there what is none, such as the ids of assets.
    """
    kind = guess_type(text)
    return kind.startswith("image/") if kind else "/" in text


def leads(image: Found) -> bool:
    """Return whether a picture of the body can stand for the article."""
    sides = [side for side in (image.width, image.height) if side is not None]
    is_icon = len(sides) == 2 and max(sides) <= _LARGEST_ICON
    is_tracker = bool(sides) and min(sides) <= _LARGEST_TRACKER
    return image.url.startswith("http") and not (
        image.decoration or is_icon or is_tracker or _is_placeholder(image.url)
    )


def _is_placeholder(url: str) -> bool:
    name = PurePosixPath(unquote(path_of(url)))
    if host_of(url) in _PLACEHOLDER_HOSTS or name.stem.lower() in _PLACEHOLDER_NAMES:
        return True
    # "image link here", left where an address was to go
    return " " in name.name and name.suffix.lower() not in MEDIA_SUFFIXES
