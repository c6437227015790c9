"""Opening the catalogue: made whole, migrated, and never damaged further."""

import sqlite3
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, text

from feedsvc.catalogue import open_reader, open_store
from feedsvc.catalogue.dburl import shown, sqlite_url
from feedsvc.catalogue.engine import connect, open_engine
from feedsvc.catalogue.lease import hold_lease
from feedsvc.catalogue.schema import HEAD
from feedsvc.catalogue.tables import metadata
from feedsvc.errors import ConfigError, LeaseTakenError, SchemaTooNewError, StoreError
from tests.support.places import ROOT
from tests.support.processes import until
from tests.support.stores import end_other_sessions

MIGRATIONS = ROOT / "feedsvc" / "catalogue" / "migrations"


def test_the_newest_migration_is_the_one_the_program_expects() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_the_migrations_make_the_tables_that_the_program_names(store_url: str) -> None:
    engine = open_engine(store_url)

    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)

    engine.dispose()
    assert differences == []


def test_a_catalogue_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.db"
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(SchemaTooNewError, match=r"newer feedsvc \(schema 9999.*restore` a backup"):
        open_store(f"sqlite:///{path}")


@pytest.mark.parametrize("rubbish", [b"", b"This is no database, and longer than a header. " * 50])
def test_a_damaged_catalogue_is_reported_and_left_as_it_is(tmp_path: Path, rubbish: bytes) -> None:
    """It holds the ids: to begin anew would replay every article to every reader."""
    path = tmp_path / "catalogue.db"
    path.write_bytes(rubbish)

    with pytest.raises(StoreError, match=r"catalogue\.db: .*damaged.*backup"):
        open_store(f"sqlite:///{path}")

    assert path.read_bytes() == rubbish


def test_a_page_that_went_bad_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.db"
    store = open_store(f"sqlite:///{path}")
    store.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))

    with pytest.raises(StoreError, match="damaged"):
        open_store(f"sqlite:///{path}")


def test_whoever_only_reads_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no catalogue yet"):
        open_reader(f"sqlite:///{tmp_path / 'catalogue.db'}")

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'nowhere' / 'catalogue.db'}"

    with pytest.raises(StoreError, match="cannot be created"):
        open_store(url)
    with pytest.raises(StoreError, match="cannot be written"), hold_lease(url, "me"):
        pass


def test_nothing_is_left_of_a_catalogue_in_the_making(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'catalogue.db'}").close()

    assert [path.name for path in tmp_path.iterdir()] == ["catalogue.db"]


def test_the_holder_of_the_lease_is_named(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"

    with (
        hold_lease(url, "feedsvc serve of here"),
        pytest.raises(StoreError, match=r"feedsvc serve of here \(process \d+\)"),
        hold_lease(url, "another"),
    ):
        pass


def test_of_two_that_make_a_catalogue_at_once_both_use_the_same(tmp_path: Path) -> None:
    """The slower one may not put an empty catalogue in the place of one in use."""
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"
    forking = get_context("forkserver")
    forking.set_forkserver_preload([__name__])  # or each would import it
    with ProcessPoolExecutor(4, mp_context=forking) as pool:
        requests = list(pool.map(ask, [url] * 8))

    assert sorted(requests) == list(range(1, 9))


def ask(url: str) -> int:
    """Open a catalogue and leave a request in it; returns its number."""
    store = open_store(url)
    request = store.ask()
    store.close()
    return request


@pytest.mark.parametrize("url", ["nonsense", "nosuch://x/y"])
def test_an_address_that_makes_no_sense_is_a_matter_of_configuration(url: str) -> None:
    with pytest.raises(ConfigError, match=r"store\.url"):
        open_engine(url)


def test_a_server_that_does_not_answer_is_said_without_the_password() -> None:
    with pytest.raises(StoreError) as refused:
        open_engine("postgresql+psycopg://me:secret@127.0.0.1:1/none")

    assert "secret" not in str(refused.value)
    assert "the published feeds stay as they are" in str(refused.value)


@pytest.mark.parametrize("url", ["//me:secret@db/feeds", "//me@db/feeds?sslmode=require&password=secret"])
def test_passwords_are_never_shown(url: str) -> None:
    assert shown(f"postgresql+psycopg:{url}").startswith("postgresql+psycopg://me")
    assert "secret" not in shown(f"postgresql+psycopg:{url}")


def test_only_a_file_can_be_damaged(store_url: str) -> None:
    """In a server, a table that cannot be read is a matter of rights: nobody should move anything away."""
    store = open_store(store_url)
    engine = create_engine(store_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE term"))
    engine.dispose()

    with pytest.raises(StoreError) as refused:
        store.catalogue()

    store.close()
    is_file = store_url.startswith("sqlite")
    assert ("damaged" in str(refused.value)) is is_file
    assert is_file or str(refused.value).endswith("; ask who runs the database")


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_several_may_open_a_new_database_at_once(store_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(open_store, [store_url] * 4))

    assert [store.generation() for store in stores] == [0] * 4
    for store in stores:
        store.close()


def test_the_lease_names_nobody_once_its_holder_has_failed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"

    with pytest.raises(ZeroDivisionError), hold_lease(url, "me"):
        _ = 1 / 0

    assert (tmp_path / "catalogue.db.lease").read_bytes() == b""


def test_what_a_killed_holder_left_is_overwritten(tmp_path: Path) -> None:
    lease = tmp_path / "catalogue.db.lease"
    lease.write_text("feedsvc serve of a folder with a very long name (process 1)")

    with hold_lease(f"sqlite:///{tmp_path / 'catalogue.db'}", "me"):
        assert lease.read_text().startswith("me (process ")


def test_a_lease_is_held_for_as_long_as_its_file_lies_where_others_look(tmp_path: Path) -> None:
    """A state folder that was moved away is another publisher's no more than ours."""
    state = tmp_path / "state"
    state.mkdir()
    with hold_lease(f"sqlite:///{state / 'catalogue.db'}", "me") as lease:
        assert lease.lost() is None

        moved = state.rename(tmp_path / "moved")
        assert lease.lost()

        state.mkdir()
        (state / "catalogue.db.lease").touch()
        assert lease.lost()

        (state / "catalogue.db.lease").unlink()
        state.rmdir()
        moved.rename(state)
        assert lease.lost() is None


def test_a_lease_is_lost_with_the_session_of_the_database_and_comes_back(postgres: str) -> None:
    with hold_lease(postgres, "me") as lease:
        assert lease.lost() is None

        end_other_sessions(postgres)

        with hold_lease(postgres, "another") as theirs:
            assert theirs.lost() is None
            assert lease.lost()
        until(lambda: lease.lost() is None)  # PostgreSQL frees a lock a moment after its session has ended
        with pytest.raises(LeaseTakenError), hold_lease(postgres, "another"):
            pass


def test_a_connection_that_breaks_while_it_is_used_is_told_in_one_line(
    postgres: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = connect(make_url(postgres))

    connection = engine.raw_connection()
    connection.cursor().execute("SELECT 1")
    end_other_sessions(postgres)
    connection.close()  # gives it back to the pool, which ends its transaction
    engine.dispose()

    (record,) = (each for each in caplog.records if each.name.startswith("sqlalchemy.pool"))
    assert record.levelname == "WARNING"
    assert record.getMessage().startswith("connection to the database lost error=")
    assert record.exc_info is None


def test_what_a_killed_maker_left_is_removed(tmp_path: Path) -> None:
    left = [tmp_path / f"catalogue.db.{name}" for name in ("12.new", "12.new-wal", "7.new-journal")]
    for path in left:
        path.write_bytes(b"half made")
    kept = tmp_path / "catalogue.db.old.newer"
    kept.mkdir()

    open_store(f"sqlite:///{tmp_path / 'catalogue.db'}").close()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["catalogue.db", kept.name]


@pytest.mark.parametrize("name", ["what?", "100%41", "a#b", "블로그", "a b", "user@host:1", "caf\udce9"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name / "catalogue.db"
    path.parent.mkdir()
    url = sqlite_url(path)

    with hold_lease(url, "me"):
        open_store(url).close()
    open_reader(url).close()

    assert path.exists()
    assert shown(url) == str(path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
