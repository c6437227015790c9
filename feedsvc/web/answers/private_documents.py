"""Documents of private feeds as each subscriber gets them: with the subscriber's key in their addresses."""

import re
from typing import NamedTuple

from feedsvc.feeds.subscriber_key import with_key
from feedsvc.model import PRIVATE, Document, Published
from feedsvc.web.answers.body_cache import Bodies
from feedsvc.web.answers.encoding import IDENTITY
from feedsvc.web.answers.kept import Kept
from feedsvc.web.answers.prepared import Page
from feedsvc.web.settings import WebSettings

_KEY = re.compile(r"[A-Za-z0-9_-]{20,100}")
_MOST_KEPT = 1000


class PrivateAddress(NamedTuple):
    """An address below ``/private/``.

    Attributes:
        path: The part behind the key and its slash; None if no slash follows the key.
    """

    key: str
    path: str | None


def read_private_address(path: str) -> PrivateAddress | None:
    """Split *path*, which is below `server.url`; None if it holds nothing that could be a key."""
    key, slash, below = path.removeprefix(PRIVATE).partition("/")
    if not path.startswith(PRIVATE) or not _KEY.fullmatch(key):
        return None
    return PrivateAddress(key, below if slash else None)


class PrivateDocuments:
    """Call it for a document as the subscriber with a key gets it; safe to call from many threads."""

    def __init__(self, bodies: Bodies, settings: WebSettings) -> None:
        """Take the bodies with placeholders, which are the same for all subscribers."""
        self._bodies = bodies
        self._settings = settings
        self._kept = Kept(self._made, most=_MOST_KEPT)

    def __call__(self, document: Published, key: str) -> Page:
        """Return the page; its ETag is that of the very bytes that the subscriber gets.

        Raises:
            BodyGoneError, StoreError: As `Bodies`.
        """
        return self._kept((document, key))

    def body(self, document: Published, key: str) -> bytes:
        """Return the body that goes with the page."""
        return self._with_key(document, key).body

    def _made(self, asked: tuple[Published, str]) -> Page:
        document, key = asked
        own = self._with_key(document, key)
        published = Published(
            path=document.path,
            media_type=document.media_type,
            links=own.links,
            etag=own.etag,
            last_modified=document.last_modified,
            length=len(own.body),
        )
        return Page(published, self._settings)

    def _with_key(self, document: Published, key: str) -> Document:
        body = self._bodies(document.etag, IDENTITY).body
        shared = Document(path=document.path, media_type=document.media_type, body=body, links=document.links)
        return with_key(shared, key)
