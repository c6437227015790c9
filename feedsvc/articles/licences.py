"""The licence of an article or a site, as an address."""

import re

from feedsvc.articles.links import web_address

# "CC BY-SA 4.0", "cc-by-4.0", "CC0 1.0"
_CREATIVE_COMMONS = re.compile(
    r"(?:cc|creative commons)[ -](?P<kind>by(?:-nc)?(?:-sa|-nd)?)(?:[ -](?P<version>[1-4]\.\d))?",
    re.IGNORECASE,
)
_PUBLIC_DOMAIN = re.compile(r"cc[ -]?0(?:[ -]1\.0)?|cc-zero", re.IGNORECASE)


def licence_of(text: str) -> str | None:
    """Return the address of the licence that *text* names or is; None if it is not known."""
    text = text.strip()
    if re.match("https?://", text):
        return web_address(text)
    if _PUBLIC_DOMAIN.fullmatch(text):
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    found = _CREATIVE_COMMONS.fullmatch(text)
    if found is None:
        return None
    return f"https://creativecommons.org/licenses/{found['kind'].lower()}/{found['version'] or '4.0'}/"
