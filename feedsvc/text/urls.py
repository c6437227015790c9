"""Addresses taken apart and put together; nothing else here calls what Python has for that.

Its functions raise for much that people write: brackets around no IP address,
a host that Unicode folds into another, a port that is no number.
"""

import re
from urllib.parse import SplitResult, urljoin, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")


def parts_of(url: str) -> SplitResult | None:
    """Return the parts of *url* (RFC 3986, 3); None if it is none. Its port can be asked for."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def is_on_the_web(text: str) -> bool:
    """Return whether *text* begins as a complete address of the web; a scheme has no case (RFC 3986, 3.1)."""
    return text[:8].lower().startswith(("http://", "https://"))


def origin_of(url: str) -> str:
    """Return scheme and host of *url*, without closing slash; "" if it is none."""
    parts = parts_of(url)
    return f"{parts.scheme}://{parts.netloc}" if parts else ""


def host_of(url: str) -> str:
    """Return the host of *url*, in lower case; "" if it has none, or is none."""
    parts = parts_of(url)
    return (parts.hostname or "") if parts else ""


def path_of(url: str) -> str:
    """Return the path of *url*; "" if it has none, or is none."""
    parts = parts_of(url)
    return parts.path if parts else ""


def normalized(url: str) -> str:
    """Return *url* in the one spelling that all its equivalents have (RFC 3986, 6.2.2 and 6.2.3).

    So far as it is an address of the web; anything else stays as it is.
    """
    parts = parts_of(url)
    if parts is None or not parts.hostname or parts.scheme not in _DEFAULT_PORTS:
        return url
    userinfo, at, _ = parts.netloc.rpartition("@")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    path = path_of(joined("http://host/", parts.path or "/"))  # without dot segments
    whole = parts._replace(netloc=f"{userinfo}{at}{host}{port}", path=path).geturl()
    return _ENCODED.sub(_as_usual, whole)


def _as_usual(encoded: re.Match[str]) -> str:
    char = chr(int(encoded[1], 16))
    return char if char.isascii() and (char.isalnum() or char in "-._~") else encoded[0].upper()


def joined(base: str, ref: str) -> str:
    """Return the address that *ref* means at *base* (RFC 3986, 5); "" if that is none."""
    try:
        return urljoin(base, ref)
    except ValueError:
        return ""
