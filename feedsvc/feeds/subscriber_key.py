"""Puts a subscriber's key into the addresses of a private feed's documents.

A document is published once for all its subscribers, with a placeholder in each
address. The answer to a subscriber has the subscriber's key in place of it.
"""

from dataclasses import replace

from feedsvc.model import Document

# XML cannot hold this character, not even escaped (XML 1.0, 2.2), and JSON escapes it (RFC 8259, 7): no
# article can contain a placeholder, and so send a subscriber's key to an address of its own choice.
_PLACEHOLDER = "\x01"


def with_placeholder(document: Document, mark: str) -> Document:
    """Return *document* with the placeholder in place of each *mark*, the stand-in for a key until now."""
    body = document.body.replace(_PLACEHOLDER.encode(), b"").replace(mark.encode(), _PLACEHOLDER.encode())
    return replace(document, body=body, links=document.links.replace(mark, _PLACEHOLDER), etag="")


def with_key(document: Document, key: str) -> Document:
    """Return a document that has placeholders as the subscriber with *key* gets it."""
    body = document.body.replace(_PLACEHOLDER.encode(), key.encode())
    return replace(document, body=body, links=document.links.replace(_PLACEHOLDER, key), etag="")
