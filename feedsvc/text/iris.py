"""Whether a text is an IRI, so that it may stand as the id of an entry (RFC 4287, 4.2.6)."""

import re
from ipaddress import IPv6Address

import regex

from feedsvc.text.urls import parts_of

# RFC 3987, 2.2; "ucschar" as ranges of the planes that have it
_PLANES = "".join(rf"\U000{plane:x}0000-\U000{plane:x}fffd" for plane in range(1, 14))
_UCS = rf"\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef{_PLANES}\U000e1000-\U000efffd"
_PRIVATE = r"\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_UNRESERVED = rf"A-Za-z0-9._~\-{_UCS}"
_NAME = rf"(?:[{_UNRESERVED}!$&'()*+,;=]|%[0-9A-Fa-f]{{2}})"
_CHAR = rf"(?:[{_UNRESERVED}!$&'()*+,;=:@]|%[0-9A-Fa-f]{{2}})"
_IRI = re.compile(
    rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*):(?=[^?#])"
    rf"(?://(?:(?:{_NAME}|:)*@)?(?:\[(?P<ip>[^\]/?#]*)\]|{_NAME}*)(?::[0-9]*)?(?:/{_CHAR}*)*"
    rf"|/?(?:{_CHAR}+(?:/{_CHAR}*)*)?)"
    rf"(?:\?(?:{_CHAR}|[/?{_PRIVATE}])*)?(?:\#(?:{_CHAR}|[/?])*)?"
)
# Nobody sees these, and those that turn the direction of text are forbidden (RFC 3987, 4.1).
_UNSEEN = regex.compile(r"(?![\u200c\u200d])[\p{Z}\p{Cc}\p{Cf}]")
_FUTURE_IP = re.compile(r"v[0-9A-Fa-f]+\.[A-Za-z0-9._~!$&'()*+,;=:\-]+", re.IGNORECASE)
_PARTS = {
    # RFC 8141, 2, and for UUIDs RFC 9562, 4
    "urn": re.compile(
        r"urn:(?:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:[?#].*)?"
        r"|(?!uuid:)[a-z0-9][a-z0-9-]{0,31}:[^/?#].*)",
        re.I | re.S,
    ),
    "tag": re.compile(r"tag:[^,:/?#]+,[0-9]{4}(?:-[0-9]{2}){0,2}:.*", re.I | re.S),  # RFC 4151, 2.1
}
_MEANT = re.compile(r"(?:https?|urn|tag):|[A-Za-z][A-Za-z0-9+.\-]*://", re.IGNORECASE)


def is_iri(text: str) -> bool:
    """Return whether *text* is an absolute IRI that has the parts of its scheme."""
    found = _IRI.fullmatch(text)
    if found is None or _UNSEEN.search(text) or not (found["ip"] is None or _is_ip(found["ip"])):
        return False
    scheme = found["scheme"].lower()
    if scheme in ("http", "https"):
        parts = parts_of(text)
        return parts is not None and bool(parts.hostname)
    return scheme not in _PARTS or _PARTS[scheme].fullmatch(text) is not None


def is_meant_as_iri(text: str) -> bool:
    """Return whether *text* looks like an IRI, be it one or not."""
    return _MEANT.match(text) is not None


def _is_ip(literal: str) -> bool:
    try:
        return _FUTURE_IP.fullmatch(literal) is not None or bool("%" not in literal and IPv6Address(literal))
    except ValueError:
        return False
