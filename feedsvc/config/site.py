"""Whose feeds these are, as far as the configuration tells."""

import os
from ipaddress import ip_address
from pathlib import Path
from zoneinfo import ZoneInfo

from feedsvc.config.settings import Config
from feedsvc.model import Site
from feedsvc.text.characters import one_line
from feedsvc.text.urls import host_of, parts_of

_PROVISIONAL = "localhost"
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Names that mean something else, or nothing, elsewhere: RFC 6761 (localhost,
# test, invalid), RFC 6762 (local, and those of its appendix G), RFC 8375 (home.arpa).
_NOT_PUBLIC = tuple(
    ".localhost .test .invalid .local .home.arpa .intranet .internal .private .corp .home .lan".split()
)


def make_site(config: Config, articles: Path, *, language: str | None = None) -> Site:
    """Return the site that *config* describes.

    Args:
        articles: The articles folder; its name is the title if there is none.
        language: What the articles seem to be written in, if the caller has
            looked.
    """
    site = config.site
    configured = config.server.url or site.url
    public = configured is not None and has_public_host(configured)
    return Site(
        title=site.title or _folder_name(articles),
        description=site.description or "",
        url=site.url,
        feeds_url=configured or listening_url(config),
        public=public,
        namespace=site.id or (_namespace(config) if public else _PROVISIONAL),
        language=site.language or language or "en",
        timezone=ZoneInfo(site.timezone),
        authors=site.authors,
        rights=site.license,
        icon=site.icon,
        logo=site.logo,
    )


def listening_url(config: Config) -> str:
    """Return an address at which this machine reaches its own server."""
    host = config.server.host
    try:
        address = ip_address(host)
    except ValueError:
        pass
    else:
        if address.is_unspecified:  # a wildcard is no place to go to
            host = "127.0.0.1"
        elif address.version == 6:
            host = f"[{host}]"
    port, scheme = config.server.port, "https" if config.server.tls_cert else "http"
    return f"{scheme}://{host}" if port == _DEFAULT_PORTS[scheme] else f"{scheme}://{host}:{port}"


def has_public_host(url: str) -> bool:
    """Return whether others can reach *url*, as far as its host tells.

    A name without a dot is known in one network only. One that ends in a
    number is an IPv4 address in a spelling such as 127.1, which nobody uses
    for a public one.
    """
    host = host_of(url).rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        return "." in host and not host.endswith(_NOT_PUBLIC) and not host.rpartition(".")[2].isdigit()
    # What an IPv6 address around an IPv4 one is, versions of Python disagree on.
    return (getattr(address, "ipv4_mapped", None) or address).is_global


def _folder_name(articles: Path) -> str:
    # Bytes that are no text stand in a path as surrogates, which no document can hold.
    return one_line(Path(os.path.realpath(articles)).name) or "Articles"


def _namespace(config: Config) -> str:
    """Return host and path of the first public URL; the website's before the feeds'.

    Without scheme and default port: neither a move to https nor one of the
    feeds to a host of their own makes other ids.
    """
    urls = filter(None, (config.site.url, config.server.url))
    parts = parts_of(next(url for url in urls if has_public_host(url)))
    assert parts is not None  # it has a host
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    port = "" if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{host}{port}{parts.path.rstrip('/')}"
