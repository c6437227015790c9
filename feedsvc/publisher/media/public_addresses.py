"""Which IP addresses are of the public network.

A list of our own, because that of Python's `ipaddress` differs from version to
version, and takes addresses that only lead to inner ones for public.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# Those that are not "Globally Reachable: True" in the IANA IPv4 Special-Purpose Address Registry as of
# October 2025, https://www.iana.org/assignments/iana-ipv4-special-registry; of 192.0.0.0/24, which is for
# protocols, all; and multicast (RFC 5771).
_NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network (RFC 791)
            "10.0.0.0/8",  # private (RFC 1918)
            "100.64.0.0/10",  # shared by customers of a provider (RFC 6598)
            "127.0.0.0/8",  # loopback (RFC 1122)
            "169.254.0.0/16",  # link-local (RFC 3927); metadata of clouds
            "172.16.0.0/12",  # private (RFC 1918)
            "192.0.0.0/24",  # protocols (RFC 6890)
            "192.0.2.0/24",  # documentation (RFC 5737)
            "192.88.99.0/24",  # once relays of 6to4 (RFC 7526)
            "192.168.0.0/16",  # private (RFC 1918)
            "198.18.0.0/15",  # benchmarks (RFC 2544)
            "198.51.100.0/24",  # documentation (RFC 5737)
            "203.0.113.0/24",  # documentation (RFC 5737)
            "224.0.0.0/4",  # multicast (RFC 5771)
            "240.0.0.0/4",  # reserved (RFC 1112), and broadcast (RFC 919)
        ),
    )
)

# All else is reserved, local or multicast, or holds an IPv4 address: IPv4-compatible (::/96, RFC 4291),
# translated (::ffff:0:0:0/96, RFC 2765), NAT64 of one's own (64:ff9b:1::/48, RFC 8215), site-local
# (fec0::/10, RFC 3879). See https://www.iana.org/assignments/ipv6-address-space.
_UNICAST = IPv6Network("2000::/3")

# In it, from the IANA IPv6 Special-Purpose Address Registry as of October 2025,
# https://www.iana.org/assignments/iana-ipv6-special-registry.
_NOT_PUBLIC_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocols (RFC 2928), among them Teredo (RFC 4380), which holds IPv4 addresses
            "2001:db8::/32",  # documentation (RFC 3849)
            "2002::/16",  # 6to4 (RFC 3056), which holds IPv4 addresses
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)

# What a system sends to the IPv4 address in the last 32 bits: mapped (RFC 4291, 2.5.5.2), and NAT64 by the
# well-known prefix (RFC 6052), which is all that a name gives where there is IPv6 only.
_EMBEDDING = IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96")

# ISATAP (RFC 5214, 6.1): the last 64 bits are one of these and an IPv4 address of the site.
_ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})


def is_global_address(address: str) -> bool:
    """Return whether an IP address, which may have a zone, is one of the public network."""
    ip = ip_address(address)
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC_4)
    ip = IPv6Address(int(ip))  # one with a zone is in no network
    if any(ip in network for network in _EMBEDDING):
        return is_global_address(str(IPv4Address(int(ip) & 0xFFFF_FFFF)))
    if int(ip) >> 32 & 0xFFFF_FFFF in _ISATAP:
        return False
    return ip in _UNICAST and not any(ip in network for network in _NOT_PUBLIC_6)
