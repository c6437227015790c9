"""One host in each request, as HTTP/1.1 demands."""

import pytest

from tests.support.web_fakes import FakeReader, make_document, serve


def ask(path: str, host: str | None, protocol: str = "HTTP/1.1", method: str = "GET") -> int:
    """Ask for *path* after somebody else had it; return the status."""
    client, _ = serve(FakeReader(make_document()), admin_token="a-token-for-the-operator")
    client.get(path)
    given = {"SERVER_PROTOCOL": protocol, "HTTP_HOST": host or ""}
    return client.open(path, method=method, environ_overrides=given).status_code


@pytest.mark.parametrize(
    "host",
    [
        *("example.org", "example.org:8000", "EXAMPLE.org.", "localhost", "192.0.2.1", "[2001:db8::1]:80"),
        *("feed_svc:80", "xn--9n2bp8q.example", "%ed%95%9c.example", "a" * 253, "x:"),
    ],
)
def test_a_host_is_a_name_or_an_address_with_a_port(host: str) -> None:
    assert ask("/rss.xml", host) == 200


@pytest.mark.parametrize(
    "path", ["/rss.xml", "/healthz", "/robots.txt", "/nothing", "/private/x/", "/status"]
)
@pytest.mark.parametrize(
    "host", [None, "a,b", "a,a", ",a", "a,", "a b", "a/b", "a@b", "x:y", "[::1", "a" * 301]
)
def test_a_request_without_one_host_is_a_bad_one(path: str, host: str | None) -> None:
    """RFC 9112, 3.2; the server joins several Host headers by a comma."""
    assert ask(path, host) == 400


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST"])
def test_so_it_is_with_every_method(method: str) -> None:
    assert ask("/rss.xml", "a,b", method=method) == 400
    assert ask("/refresh", None, method=method) == 400


@pytest.mark.parametrize(("protocol", "status"), [("HTTP/1", 200), ("HTTP/1.0", 200), ("HTTP/2", 200)])
def test_other_versions_of_http_demand_none(protocol: str, status: int) -> None:
    assert ask("/rss.xml", None, protocol) == status
    assert ask("/rss.xml", "a,b", protocol) == 400
