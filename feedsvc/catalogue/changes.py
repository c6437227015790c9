"""Whether somebody has published, asked for next to nothing."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Engine, func, select

_CHANNEL = "feedsvc"


def tell_news(connection: Connection, generation: int) -> None:
    """Have all who listen told of a new generation, or of new subscribers, once they are there."""
    if connection.dialect.name == "postgresql":  # who uses SQLite sees it in the file
        connection.execute(select(func.pg_notify(_CHANNEL, str(generation))))


class News:
    """Call it for whether there may be a new generation since it was last called; for one thread only.

    It keeps a connection of its own, on which SQLite counts the changes that
    others make, and PostgreSQL tells what it was told; neither is a query.
    News may be missed if that connection is cut: ask otherwise now and then.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Any = None
        self._is_new: Callable[[Any], bool] = (
            _was_told if engine.dialect.name == "postgresql" else self._has_changed
        )
        self._seen = 0

    def __call__(self) -> bool:
        """Return whether; raises what the driver does, translated by nobody."""
        if self._connection is None:
            self._connection = self._opened()
            return True
        try:
            return self._is_new(self._connection.driver_connection)
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """Give the connection back, to be opened anew by the next call."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection = None

    def _opened(self) -> Any:
        connection = self._engine.raw_connection()
        if self._engine.dialect.name == "postgresql":
            driver: Any = connection.driver_connection
            driver.autocommit = True
            driver.execute(f"LISTEN {_CHANNEL}")
        return connection

    def _has_changed(self, driver: Any) -> bool:
        with closing(driver.execute("PRAGMA data_version")) as found:
            version = found.fetchone()[0]
        seen, self._seen = self._seen, version
        return bool(seen != version)


def _was_told(driver: Any) -> bool:
    return bool([*driver.notifies(timeout=0)])
