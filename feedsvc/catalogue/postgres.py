"""Time limits for PostgreSQL: a server that stands still is given up. The only module that knows psycopg."""

import logging
from collections.abc import Generator
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.waiting import Ready
from sqlalchemy import Engine, event

_T = TypeVar("_T")

SECONDS_SILENT = 30
"""The time that a server may be silent while it owes us an answer; and that a statement may take there."""

# For parameters that the address does not set; the names are psycopg's and libpq's.
_CONNECTING = {
    "connect_timeout": 5,  # seconds
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds
}

# For limits that are not set for this user, for this database or in the address.
_LIMIT = """
    SELECT set_config(name, value, false)
    FROM (VALUES ('statement_timeout', '30s'), ('lock_timeout', '10s')) AS wanted (name, value)
    WHERE current_setting(name) = '0'
"""


def limit(engine: Engine, patience: float) -> None:
    """Make every connection of *engine* end after a silence of the server.

    Args:
        patience: Seconds that the server may be silent.
    """
    pool = type(engine.pool)
    logging.getLogger(f"{pool.__module__}.{pool.__qualname__}").addFilter(_without_traceback)

    @event.listens_for(engine, "do_connect")
    def connect(_: object, __: object, arguments: list[Any], named: dict[str, Any]) -> "_Impatient":
        connection = _Impatient.connect(*arguments, **(_CONNECTING | named))
        connection.patience = patience
        try:
            with connection.cursor() as cursor:
                cursor.execute(_LIMIT)
            connection.commit()
        except BaseException:
            connection.close()
            raise
        return connection


def _without_traceback(record: logging.LogRecord) -> bool:
    """Have the pool tell in one line of a connection that broke before it was given back.

    After a restart of the server this is no fault of the program; the pool makes a new connection.
    """
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, psycopg.Error):
        record.msg, record.args = "connection to the database lost error=%s", (str(error).partition("\n")[0],)
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.exc_info = record.exc_text = None
    return True


class _Impatient(psycopg.Connection[Any]):
    """A connection that is closed when the server is silent for too long.

    The server's own limits do not help where the server itself has stopped,
    nor TCP's where the machine still acknowledges what it receives.

    Attributes:
        patience: Seconds that the server may be silent.
    """

    patience: float = SECONDS_SILENT

    def wait(self, gen: Generator[Any, Any, _T], *options: Any, **named: Any) -> _T:
        """See `psycopg.Connection`; raises OperationalError when the server is silent."""
        return super().wait(self._listening(gen), *options, **named)

    def _listening(self, conversation: Generator[Any, Any, _T]) -> Generator[Any, Any, _T]:
        heard, ready = monotonic(), None
        try:
            while True:
                # psycopg comes back ten times a second, with NONE as long as the server is silent.
                ready = yield conversation.send(ready)
                if ready != Ready.NONE:
                    heard = monotonic()
                elif monotonic() - heard > self.patience:
                    self.pgconn.finish()  # tells SQLAlchemy that the connection is lost
                    raise psycopg.OperationalError(
                        f"the server has not answered for {self.patience:g} seconds;"
                        " see whether it still runs"
                    )
        except StopIteration as ended:
            result: _T = ended.value
            return result
