"""What is served: documents, and all of them at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one address serves: bytes and what describes them.

    Attributes:
        path: Address below `server.url`, not percent-encoded; ends in a slash
            for a page, and is "" for the front page.
        links: Value of the Link header (RFC 8288); "" for none.
        etag: Opaque, unquoted, from the body alone.
    """

    path: str
    media_type: str
    body: bytes = field(repr=False)
    links: str = ""
    etag: str = ""

    def __post_init__(self) -> None:
        if not self.etag:
            object.__setattr__(self, "etag", blake2b(self.body, digest_size=16).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A document as a snapshot knows it: all but the body.

    Attributes:
        last_modified: When these bytes were first published at this address.
        length: Bytes of the body.
    """

    path: str
    media_type: str
    links: str
    etag: str
    last_modified: datetime
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All documents at one moment.

    Attributes:
        generation: Grows by one with each publication; 0 before the first.
        documents: By path.
        media: Paths of the local files that public documents refer to.
        private: By the name of each private feed, paths of those that only its subscribers may have.
        departed: Paths that had a document once, each with the address where it is now; "" if it is
            gone for good. One with a closing slash stands for all below it.
    """

    generation: int = 0
    documents: Mapping[str, Published] = field(default_factory=dict)
    media: frozenset[str] = frozenset()
    private: Mapping[str, frozenset[str]] = field(default_factory=dict)
    departed: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> int:
        """How many local files all documents refer to."""
        return len(self.media.union(*self.private.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """That a snapshot was published.

    Attributes:
        articles: That were visible.
        seconds: That the refresh took until then; None if that is not known.
    """

    generation: int
    at: datetime
    articles: int
    feeds: int
    seconds: float | None = None
