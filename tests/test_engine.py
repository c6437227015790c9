"""Opening the catalogue: made whole, migrated, and never damaged further."""

import sqlite3
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from feedsvc.catalogue import open_reader, open_store
from feedsvc.catalogue.engine import HEAD, open_engine, shown
from feedsvc.catalogue.lease import hold_lease
from feedsvc.catalogue.tables import metadata
from feedsvc.errors import ConfigError, SchemaTooNewError, StoreError

MIGRATIONS = Path(__file__).parents[1] / "feedsvc" / "catalogue" / "migrations"


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

    with pytest.raises(SchemaTooNewError, match=r"newer feedsvc \(schema 9999.*restore a backup"):
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
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
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
    assert "published feeds stay" in str(refused.value)


def test_passwords_are_never_shown() -> None:
    assert "secret" not in shown("postgresql+psycopg://me:secret@db/feeds")
