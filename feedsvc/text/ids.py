"""Ids that we mint, for articles and feeds that bring none."""

from uuid import NAMESPACE_URL, uuid5


def mint(site_id: str, name: str) -> str:
    """Return the id of what is called *name* in the namespace *site_id*: a version 5 UUID (RFC 9562)."""
    return uuid5(uuid5(NAMESPACE_URL, site_id), name).urn
