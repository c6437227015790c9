"""Where a request comes from, if proxies stand between us and the client."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import ip_address, ip_network

# Characters of X-Forwarded-For, from the right: more proxies than anybody has.
_LONGEST_BELIEVED = 500


class Origins:
    """Call it for the address of a client; safe to call from many threads."""

    def __init__(self, trusted_proxies: Sequence[str] = ()) -> None:
        """Take the addresses and networks whose X-Forwarded-For is believed."""
        self._proxies = tuple(map(ip_network, trusted_proxies))
        self._found = lru_cache(maxsize=4096)(self._find)

    def __call__(self, peer: str | None, forwarded: str | None) -> str:
        """Return whom a request is from: an IPv4 address, or the /64 that an IPv6 host may choose from.

        Args:
            peer: Who has opened the connection; "" through a Unix socket, where only a proxy can.
            forwarded: X-Forwarded-For, believed from the right as far as proxies are trusted.
        """
        return _network(self.address(peer, forwarded))

    def address(self, peer: str | None, forwarded: str | None) -> str:
        """Return the same, but an IPv6 address whole; "" if it is not known."""
        return self._found(peer or "", (forwarded or "")[-_LONGEST_BELIEVED:])

    def is_proxy(self, peer: str) -> bool:
        """Return whether a proxy or a cache, and no client, has opened the connection."""
        try:
            address = ip_address(peer)
        except ValueError:  # a Unix socket: somebody stands before us
            return True
        return any(address in network for network in self._proxies)

    def _find(self, peer: str, forwarded: str) -> str:
        hops = [peer, *(hop.strip() for hop in reversed(forwarded.split(",")) if hop.strip())]
        for hop, before in zip(hops, [*hops[1:], None], strict=True):
            if before is None or not self.is_proxy(hop):
                return _address(hop)
        return ""


def _address(hop: str) -> str:
    try:
        address = ip_address(hop.strip("[]").partition("%")[0])  # a zone is of no meaning here
    except ValueError:  # a name, a port behind it, or what somebody made up
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


def _network(address: str) -> str:
    return str(ip_network((address, 64), strict=False)) if ":" in address else address
