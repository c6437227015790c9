"""Where the subscriber's key stands in the documents of a private feed.

They are published once for all subscribers, with a hole in each address, and
whoever has a key is answered with that key in the holes.
"""

from dataclasses import replace

from feedsvc.model import Document

# XML has no place for it, not even escaped (XML 1.0, 2.2), and JSON escapes it (RFC 8259, 7): no
# article can make a hole, through which a subscriber's key would go to an address of its choice.
_HOLE = "\x01"


def sealed(document: Document, mark: str) -> Document:
    """Return *document* with a hole wherever *mark* stands, which nothing that people write can hold."""
    body = document.body.replace(_HOLE.encode(), b"").replace(mark.encode(), _HOLE.encode())
    return replace(document, body=body, links=document.links.replace(mark, _HOLE), etag="")


def opened(document: Document, key: str) -> Document:
    """Return a sealed document as the subscriber with *key* has it."""
    body = document.body.replace(_HOLE.encode(), key.encode())
    return replace(document, body=body, links=document.links.replace(_HOLE, key), etag="")
