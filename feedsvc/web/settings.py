"""What the web role is told at its start; picklable, since workers are spawned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """How documents are delivered.

    Attributes:
        url: Where the feeds are reached, without closing slash; all absolute
            URLs come from it, none from a request.
        articles: The folder below which media files lie; None serves none.
        max_age: Seconds a client may reuse a document without asking again.
        strict_ims: If-Modified-Since must equal Last-Modified, because many
            clients invent the date they send.
        browser_view: A browser that navigates to a feed gets it as plain XML,
            which it shows, rather than as a download.
        deltas: Clients that ask for them get only the entries that are new to them: all of these
            clients, none, or those that `delta_readers` knows.
        trusted_proxies: IP addresses and networks of caches and proxies before us.
        min_interval: Seconds between two full answers with one feed to one client; 0: any.
        require_validators_after: Full answers a day to one client that does not say what it has; 0: any.
        unlimited: IP addresses and networks to which neither applies.
        statistics: Polls are counted.
        composed: Feeds are composed by query.
        limit: Entries in such a feed, if its query names none.
        most: That it may name, unless *limit* is more.
        cache_bytes: Bodies kept in memory, in bytes, by each worker.
        admin_token: The key to the operator's addresses; None: there are none.
    """

    url: str
    articles: Path | None = None
    max_age: int = 300
    strict_ims: bool = False
    browser_view: bool = True
    deltas: Literal["known"] | bool = "known"
    trusted_proxies: tuple[str, ...] = ()
    min_interval: int = 0
    require_validators_after: int = 0
    unlimited: tuple[str, ...] = ()
    statistics: bool = True
    composed: bool = False
    limit: int = 30
    most: int = 100
    cache_bytes: int = 64_000_000
    admin_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Where and with what the server listens.

    Attributes:
        host: A name or a numeric address of this machine.
        socket: Listen on this Unix socket instead of host and port.
        socket_mode: Permissions of that socket.
        socket_group: Name or number of the group it belongs to; None for our own.
        tls_cert, tls_key: PEM files; both or neither.
        keep_alive: Seconds after which an idle connection is closed.
        logging: For `logging.config.dictConfig`, applied in every worker; what
            it leaves out stays as Python has it.
    """

    web: WebSettings
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    socket: Path | None = None
    socket_mode: int = 0o666
    socket_group: str | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    keep_alive: int = 75
    logging: Mapping[str, object] = field(default_factory=dict)
