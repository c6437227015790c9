"""The HTTP server. The only module that knows Granian."""

import errno
import logging
import multiprocessing
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing import resource_tracker
from pathlib import Path
from threading import Event, Thread
from typing import Any

from flask import Flask
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings, HTTP2Settings
from granian.log import LogLevels
from granian.server import mp
from granian.server.mp import MPServer

from feedsvc.errors import FeedsvcError, UsageError
from feedsvc.runtime.exit import SECONDS_TO_END
from feedsvc.runtime.interrupts import deaf_children
from feedsvc.web.answers.fast_path import Lane
from feedsvc.web.answers.snapshots import SnapshotReader
from feedsvc.web.operator.auth import BODIES_AT_ONCE
from feedsvc.web.server.certificate import Certificate
from feedsvc.web.server.dispatch import Dispatch
from feedsvc.web.server.unix_socket import clear, connect, find_group, open_to
from feedsvc.web.server.worker import create
from feedsvc.web.settings import ServerSettings, WebSettings
from feedsvc.web.threads import Loop, log_threads_that_die

log = logging.getLogger(__name__)

# One that answers polls, and one for each body of a request that may be read at once.
THREADS = 1 + BODIES_AT_ONCE
_SECONDS_UNTIL_TOLD = 1.0
_SECONDS_BETWEEN_CERTIFICATES = 5.0

# Idle connections, of some 10 kB each, count; further clients wait until others leave.
_MOST_CONNECTIONS = 8192
_MOST_FILES = 65_536
_FILES_OF_OURS = 512
_LONGEST_HEADERS = 32_768  # bytes, without a body; what comes in one go may be twice as long
_WRAP = "_wsgi_call_wrap"

# Granian's own start and stop are no news; what is worth a look goes to the root logger.
_LOGGING: dict[str, object] = {
    "formatters": {},
    "handlers": {},
    "loggers": {"_granian": {}, "granian.access": {}},
}


class _Server(MPServer):
    """Granian's server, whose workers ignore Ctrl-C from their first moment.

    Otherwise Ctrl-C would end a worker that is just starting with a traceback.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._told_to_stop = Event()
        logging.getLogger("_granian").addFilter(self._is_news)

    def signal_handler_interrupt(self, *arguments: Any, **options: Any) -> None:
        super().signal_handler_interrupt(*arguments, **options)  # type: ignore[no-untyped-call]
        self._told_to_stop.set()

    def _is_news(self, record: logging.LogRecord) -> bool:
        """Return whether to log *record*; called in the thread that waits for a worker's end.

        Service managers send SIGTERM to all processes at once, and a worker may end before we are told.
        """
        message = record.getMessage()
        if message.startswith("Unexpected exit"):
            return not self._told_to_stop.wait(_SECONDS_UNTIL_TOLD)
        return "Python threads" not in message

    def _spawn_workers(self, *arguments: Any) -> None:
        resource_tracker.ensure_running()  # else the first worker starts it, open to Ctrl-C
        with deaf_children():
            super()._spawn_workers(*arguments)  # type: ignore[no-untyped-call]

    def _respawn_workers(self, *arguments: Any, **options: Any) -> None:
        with deaf_children():
            super()._respawn_workers(*arguments, **options)


def serve(
    settings: ServerSettings,
    *,
    open_reader: Callable[[], SnapshotReader],
    on_ready: Callable[[], None],
    on_stop: Callable[[], None],
) -> None:
    """Serve until SIGTERM or SIGINT, then end within a few seconds; for the main thread.

    Args:
        open_reader: Called once in each worker; must be picklable.
        on_ready: Called, from another thread, when requests are accepted.
        on_stop: Called at the end, whatever the reason, after the last answer.

    Raises:
        UsageError: there is no listening at that address, or with that certificate.
        FeedsvcError: the workers ended by themselves, again and again.
    """
    log_threads_that_die()
    # A fork of a process with threads can deadlock.
    multiprocessing.set_start_method("spawn", force=True)
    stopped = Event()
    try:
        server, connect = _build(settings)
        server.on_startup(Thread(target=_announce, args=(connect, on_ready, stopped), daemon=True).start)
        # Granian would take the closing of the terminal as a wish for fresh workers.
        if hasattr(signal, "SIGHUP"):
            server.on_startup(partial(signal.signal, signal.SIGHUP, signal.getsignal(signal.SIGHUP)))
        server.serve(target_loader=partial(_load, settings.web, open_reader), wrap_loader=False)
    except SystemExit:  # Granian's way to say that a worker died, if only by the same Ctrl-C
        if not server.interrupt_signal:
            raise FeedsvcError("the web workers ended by themselves; the log says why") from None
    finally:
        stopped.set()
        on_stop()


def _load(settings: WebSettings, open_reader: Callable[[], SnapshotReader]) -> Flask:
    """Return the application, in a worker whose requests go through `Dispatch`.

    Granian has no public name for the function that wraps an application. A
    Granian without that name serves the application itself, which is slower.
    """
    wrap = getattr(mp, _WRAP, None)
    if wrap is None:
        log.warning("Granian has no %s; polls are answered more slowly", _WRAP)
        return create(settings, open_reader)

    def dispatched(app: Flask, *options: Any) -> Dispatch:
        lane = app.wsgi_app
        assert isinstance(lane, Lane)
        return Dispatch(lane, wrap(app, *options), spares=THREADS - 1)

    setattr(mp, _WRAP, dispatched)
    return create(settings, open_reader)


def check_address(host: str, port: int) -> None:
    """See whether we could listen, before any work is done for it.

    Raises:
        UsageError: Somebody else does, or the address is not ours.
    """
    _free_address(host, port)


def _build(settings: ServerSettings) -> tuple[MPServer, Callable[[], socket.socket]]:
    if settings.socket:
        group = None if settings.socket_group is None else find_group(settings.socket_group)
        clear(settings.socket)
        server = _make_server(settings, settings.host, settings.port)
        server.on_startup(partial(open_to, settings.socket, settings.socket_mode, group))
        return server, partial(connect, settings.socket)
    host, port = _free_address(settings.host, settings.port)
    return _make_server(settings, host, port), partial(socket.create_connection, (host, port), timeout=1)


def _make_server(settings: ServerSettings, host: str, port: int) -> MPServer:
    try:
        server = _configure(settings, host, port)
    except OSError as error:  # ssl.SSLError is one
        raise UsageError(f"cannot use the certificate {settings.tls_cert}: {error}") from None
    if settings.tls_cert and settings.tls_key:
        server.on_startup(_renewing(server, settings.tls_cert, settings.tls_key).start)
    return server


def _renewing(server: MPServer, cert: Path, key: Path) -> Loop:
    """Return the thread that looks for a renewed certificate and replaces workers one by one."""
    minimum = SSLProtocols(server.ssl_ctx[4])

    def renew() -> None:
        server.build_ssl_context(cert, key, None, minimum, None, [], False)
        server.reload_signal = True
        server.main_loop_interrupt.set()

    return Loop("certificate", Certificate(cert, key, renew).look, every=_SECONDS_BETWEEN_CERTIFICATES)


def _configure(settings: ServerSettings, host: str, port: int) -> MPServer:
    return _Server(
        target="feedsvc",
        address=host,
        port=port,
        uds=settings.socket,
        interface=Interfaces.WSGI,
        http=HTTPModes.auto if settings.tls_cert else HTTPModes.http1,
        http1_settings=HTTP1Settings(
            # It counts until the next request's headers, too, so an idle connection lives as long.
            header_read_timeout=settings.keep_alive * 1000,
            max_buffer_size=_LONGEST_HEADERS,
        ),
        http2_settings=HTTP2Settings(max_headers_size=_LONGEST_HEADERS),
        websockets=False,
        workers=settings.workers,
        backpressure=_connections(),
        workers_kill_timeout=SECONDS_TO_END,  # less than Docker's ten
        respawn_failed_workers=True,
        blocking_threads=THREADS,
        ssl_cert=settings.tls_cert,
        ssl_key=settings.tls_key,
        log_level=LogLevels.warning,
        log_dictconfig=_LOGGING | dict(settings.logging),
    )


def _connections() -> int:
    """Return how many connections each worker may have, and let processes open as many files."""
    if sys.platform == "win32":
        return _MOST_CONNECTIONS
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return min(_MOST_CONNECTIONS, max(most - _FILES_OF_OURS, most // 2))


def _free_address(host: str, port: int) -> tuple[str, int]:
    """Return *host* as a numeric address, free to listen at.

    Granian takes no names, and would let two servers share one port.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            numeric, free, *_ = probe.getsockname()
            return numeric, free
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            message = f"port {port} on {host} is already in use; choose another with --port"
        else:
            message = f"cannot listen on {host}, port {port}: {error.strerror}"
        raise UsageError(message) from None


def _announce(connect: Callable[[], socket.socket], on_ready: Callable[[], None], stopped: Event) -> None:
    """Call *on_ready* once a connection is accepted: Granian tells only that it begins."""
    while not stopped.wait(0.05):
        with suppress(OSError), connect():
            break
    else:
        return
    try:
        on_ready()
    except FeedsvcError as error:  # the store has gone meanwhile; documents in memory are served
        log.warning("cannot tell what is served error=%s", error)
