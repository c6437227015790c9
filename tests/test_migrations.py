"""Catalogues of every older schema, on both kinds of database, and what a kill in the middle leaves."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, insert, inspect, make_url, text

from feedsvc.catalogue import Store, open_store
from feedsvc.catalogue.address import sqlite_path
from feedsvc.catalogue.schema import HEAD
from tests.processes import environment, feedsvc

DUMPS = sorted((Path(__file__).parent / "catalogues").glob("schema-*.sql"))
MIGRATIONS = Path(__file__).parents[1] / "feedsvc" / "catalogue" / "migrations"


def version_of(dump: Path) -> str:
    return dump.stem.rpartition("-")[2]


OLDER = [dump for dump in DUMPS if version_of(dump) < HEAD]


def loaded(dump: Path, path: Path) -> dict[str, list[dict[str, object]]]:
    """Make a SQLite catalogue of a dump; returns its rows by table, in order."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.executescript(dump.read_text(encoding="utf-8"))
    return rows(f"sqlite:///{path}")


def rows(url: str) -> dict[str, list[dict[str, object]]]:
    """Return all rows of a database by table, in order."""
    engine = create_engine(url)
    known = MetaData()
    known.reflect(engine)
    with engine.connect() as connection:
        found = {
            table.name: [dict(row) for row in connection.execute(table.select()).mappings()]
            for table in known.sorted_tables
            if table.name != "alembic_version"
        }
    engine.dispose()
    return {name: sorted(its, key=repr) for name, its in found.items()}


@pytest.fixture
def older(store_url: str, dump: Path, tmp_path: Path) -> Iterator[dict[str, list[dict[str, object]]]]:
    """The rows of a catalogue of an older schema, which lies at the address of the store."""
    path = sqlite_path(make_url(store_url))
    if path is not None:
        yield loaded(dump, path)
        return
    before = loaded(dump, tmp_path / "dump.db")
    engine, config = create_engine(store_url), Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version_of(dump))
    known = MetaData()
    known.reflect(engine)
    with engine.begin() as connection:
        for name, its in before.items():
            if its:
                connection.execute(insert(known.tables[name]), typed(its, known.tables[name]))
    engine.dispose()
    yield rows(store_url)


def typed(found: list[dict[str, object]], table: object) -> list[dict[str, object]]:
    """Return rows of SQLite, which has no type of its own for truth, as PostgreSQL wants them."""
    kinds = {column.name: column.type.python_type for column in table.columns}  # type: ignore[attr-defined]
    return [
        {name: bool(value) if kinds[name] is bool else value for name, value in row.items()} for row in found
    ]


def is_whole(store: Store) -> bool:
    """Return whether all that is served can be."""
    documents = store.snapshot().documents
    return bool(documents) and all(store.body(each.etag) for each in documents.values())


def test_there_is_a_catalogue_of_each_schema() -> None:
    """A new migration brings the one of the schema that it replaces."""
    assert [version_of(dump) for dump in DUMPS] == [f"{n:04}" for n in range(1, len(DUMPS) + 1)]
    assert len(DUMPS) >= int(HEAD) - 1
    assert len(OLDER) == int(HEAD) - 1


@pytest.mark.parametrize("dump", DUMPS, ids=version_of)
def test_a_catalogue_of_each_schema_keeps_every_row(
    store_url: str, older: dict[str, list[dict[str, object]]]
) -> None:
    with open_store(store_url) as store:
        records = store.catalogue().records

        assert len(records) == len(older["article"]) >= 2
        assert is_whole(store)
        store.readership(records[0].published)
        store.subscribers()
        store.publications()
        store.problems()

    after = rows(store_url)
    for name, before in older.items():
        # What a migration adds to a row is new; what was there stays.
        kept = [{key: row[key] for key in before[0]} for row in after[name]] if before else []
        assert sorted(kept, key=repr) == before, name


@pytest.mark.parametrize("dump", OLDER, ids=version_of)
def test_a_copy_of_the_catalogue_is_kept_as_it_was(tmp_path: Path, dump: Path) -> None:
    before = loaded(dump, tmp_path / "catalogue.db")

    open_store(f"sqlite:///{tmp_path / 'catalogue.db'}").close()

    assert rows(f"sqlite:///{tmp_path / f'catalogue.db.schema-{version_of(dump)}'}") == before


# A kill

KILLED = """
import os, signal, sys
import alembic.command, psycopg
from sqlalchemy import Engine, event
from feedsvc.catalogue import open_store

for line in sys.stdin:
    url, statements = line.split()
    statements = int(statements)
    child = os.fork()
    if not child:
        break
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
else:
    os._exit(0)

@event.listens_for(Engine, "before_cursor_execute")
def count(connection, cursor, statement, *_):
    global statements
    if statement.lstrip().upper().startswith(("CREATE", "ALTER", "UPDATE", "INSERT", "DROP", "DELETE")):
        statements -= 1
        if statements < 0:
            os.kill(os.getpid(), signal.SIGKILL)

open_store(url)
"""


Migrating = Callable[[str, int], int]


@pytest.fixture(scope="module")
def migrate_until(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Migrating]:
    """Migrate in a process that is killed before its so-many-th change; returns how it ended."""
    home = tmp_path_factory.mktemp("home")
    with subprocess.Popen(
        [sys.executable, "-c", KILLED],
        cwd=home,
        env=environment(home, {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as forking:

        def migrate(url: str, statements: int) -> int:
            assert forking.stdin
            assert forking.stdout
            print(url, statements, file=forking.stdin, flush=True)
            return int(forking.stdout.readline())

        yield migrate


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")
@pytest.mark.parametrize("statements", [0, 1, 2, 3, 5, 8, 13])
@pytest.mark.parametrize("dump", OLDER[:1], ids=version_of)
def test_a_kill_in_a_migration_leaves_the_old_catalogue_and_the_next_start_migrates_it(
    store_url: str,
    older: dict[str, list[dict[str, object]]],
    dump: Path,
    tmp_path: Path,
    statements: int,
    migrate_until: Migrating,
) -> None:
    assert migrate_until(store_url, statements) == -signal.SIGKILL

    engine = create_engine(store_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == version_of(dump)
        assert set(inspect(connection).get_table_names()) == {*older, "alembic_version"}
    engine.dispose()
    assert rows(store_url) == older

    with open_store(store_url) as store:
        assert len(store.catalogue().records) == len(older["article"])
        assert is_whole(store)
    assert not [*tmp_path.glob("*.new*"), *tmp_path.glob(".*.new*")]


def test_a_service_that_was_killed_while_it_migrated_starts_again(
    tmp_path: Path, migrate_until: Migrating
) -> None:
    state = tmp_path / "site" / ".feedsvc"
    state.mkdir(parents=True)
    loaded(OLDER[0], state / "catalogue.db")
    url = f"sqlite:///{state / 'catalogue.db'}"
    assert migrate_until(url, 4) == -signal.SIGKILL

    (state / ".catalogue.db.schema-0001.1.new").write_bytes(b"half a copy")

    done = feedsvc("refresh", "site", cwd=tmp_path, FEEDSVC_ARTICLES__MAX_LOSS="1")

    assert done.returncode == 0, done.stderr
    assert f"a copy is kept in {state / 'catalogue.db.schema-0001'}" in done.stderr
    assert not [*state.glob("*.new"), *state.glob(".*.new")]
    with open_store(url) as store:
        assert len(store.catalogue().records) == 2
