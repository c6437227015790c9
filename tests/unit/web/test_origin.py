"""Whose request it is, with and without proxies before us."""

import pytest

from feedsvc.web.origin import Origins

PROXIES = ("127.0.0.1", "10.0.0.0/8", "2001:db8:ffff::/48")


@pytest.mark.parametrize(
    ("peer", "forwarded", "origin"),
    [
        ("192.0.2.7", None, "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),  # anybody can write that
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),  # the rest the client may have made up
        ("127.0.0.1", "203.0.113.9, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("", "198.51.100.1", "198.51.100.1"),  # through a Unix socket
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),  # nothing but proxies: the farthest
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", " , ", "127.0.0.1"),
        ("127.0.0.1", "unknown", ""),
        ("127.0.0.1", "fe80::1%eth0", "fe80::/64"),
        ("127.0.0.1", "1.1.1.1, " * 10_000 + "198.51.100.1", "198.51.100.1"),
        ("", None, ""),
        ("2001:db8::1", None, "2001:db8::/64"),
        ("2001:db8::ffff:2", None, "2001:db8::/64"),
        ("2001:db8:ffff::1", "[2001:db8:1::5]", "2001:db8:1::/64"),
        ("::ffff:192.0.2.7", None, "192.0.2.7"),
    ],
)
def test_a_client_is_known_by_its_address_as_far_as_we_can_trust_who_tells(
    peer: str, forwarded: str | None, origin: str
) -> None:
    assert Origins(PROXIES)(peer, forwarded) == origin


def test_without_trusted_proxies_nobody_is_believed() -> None:
    origins = Origins()

    assert origins("127.0.0.1", "198.51.100.1") == "127.0.0.1"
    assert not origins.is_proxy("127.0.0.1")
