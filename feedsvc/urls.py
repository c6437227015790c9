"""Addresses taken apart and put together; nothing else here calls what Python has for that.

Its functions raise for much that people write: brackets around no IP address,
a host that Unicode folds into another, a port that is no number.
"""

from urllib.parse import SplitResult, urljoin, urlsplit


def parts_of(url: str) -> SplitResult | None:
    """Return the parts of *url* (RFC 3986, 3); None if it is none. Its port can be asked for."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


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


def joined(base: str, ref: str) -> str:
    """Return the address that *ref* means at *base* (RFC 3986, 5); "" if that is none."""
    try:
        return urljoin(base, ref)
    except ValueError:
        return ""
