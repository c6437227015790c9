"""Catalogues of every older schema, on both kinds of database, and what a kill in the middle leaves."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, insert, inspect, make_url, text

from feedsvc.articles.dialects import PLAIN
from feedsvc.articles.reading.article import ReadingRules
from feedsvc.articles.reading.read import read_article
from feedsvc.catalogue import Store, open_store
from feedsvc.catalogue.backup.copy import restore
from feedsvc.catalogue.dburl import sqlite_path
from feedsvc.catalogue.schema import HEAD
from feedsvc.model import Article, SourceFile
from tests.support.builders import NOON
from tests.support.places import DATA, ROOT
from tests.support.processes import environment, feedsvc

CATALOGUES = DATA / "catalogues"
DUMPS = sorted(CATALOGUES.glob("schema-*.sql"))
# Of a site with every field, and with rows in every table; `catalogues/make_full.py` says how it was made.
FULL = CATALOGUES / "full-0004.sql"
MIGRATIONS = ROOT / "feedsvc" / "catalogue" / "migrations"


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


@pytest.mark.parametrize("dump", [*DUMPS, FULL], ids=lambda dump: dump.stem)
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
        assert sorted(map(told, kept), key=repr) == sorted(map(told, before), key=repr), name


def told(row: dict[str, object]) -> dict[str, object]:
    """Return a row with the values of its article, wherever they stand in the JSON."""
    return row | {"article": values(json.loads(str(row["article"])))} if "article" in row else row


def values(article: dict[str, object]) -> list[str]:
    groups = [each for each in article.values() if isinstance(each, dict)]
    every = [*article.values(), *(value for group in groups for value in group.values())]
    return sorted(repr(value) for value in every if value and not isinstance(value, dict))


@pytest.mark.parametrize("dump", OLDER, ids=version_of)
def test_a_copy_of_the_catalogue_is_kept_as_it_was(tmp_path: Path, dump: Path) -> None:
    before = loaded(dump, tmp_path / "catalogue.db")

    open_store(f"sqlite:///{tmp_path / 'catalogue.db'}").close()

    assert rows(f"sqlite:///{tmp_path / f'catalogue.db.schema-{version_of(dump)}'}") == before


# A catalogue that is full


def test_a_full_catalogue_has_rows_in_every_table(tmp_path: Path) -> None:
    assert all(loaded(FULL, tmp_path / "catalogue.db").values())


@pytest.mark.parametrize("dump", [FULL], ids=lambda dump: dump.stem)
def test_the_articles_of_a_full_catalogue_are_as_their_files_are_read_today(
    store_url: str, older: dict[str, list[dict[str, object]]]
) -> None:
    with open_store(store_url) as store:
        records = [record for record in store.catalogue().records if not record.gone]

    stored = {record.article.path: record.article for record in records}
    assert len(stored) == len(older["article"]) - 1
    assert stored == {path: as_read_today(path) for path in stored}


def as_read_today(path: str) -> Article:
    """Return an article as the catalogue has it; that a date is a day, its feedsvc did not know yet."""
    location = CATALOGUES / "full" / "articles" / path
    raw = location.read_bytes()
    file = SourceFile(path=path, location=location, size=len(raw), stamp=(0,), modified=0)
    article = read_article(file, raw, ReadingRules(dialect=PLAIN, zone=UTC)).article
    assert article is not None
    return replace(article, dates=replace(article.dates, day_only=False))


@pytest.mark.parametrize("dump", [FULL], ids=lambda dump: dump.stem)
def test_a_full_catalogue_serves_the_same_bytes(
    store_url: str, older: dict[str, list[dict[str, object]]]
) -> None:
    bodies = {row["etag"]: row["bytes"] for row in older["body"]}

    with open_store(store_url) as store:
        documents = store.snapshot().documents

        assert {path: each.etag for path, each in documents.items()} == {
            row["path"]: row["etag"] for row in older["document"]
        }
        assert all(store.body(each.etag) == bodies[each.etag] for each in documents.values())


def test_a_refresh_of_a_full_catalogue_keeps_ids_and_dates(tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(CATALOGUES / "full", site)
    path = site / ".feedsvc" / "catalogue.db"
    path.parent.mkdir(mode=0o700)
    before = loaded(FULL, path)

    done = feedsvc("refresh", "--config", site / "feedsvc.toml", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    after = rows(f"sqlite:///{path}")
    for table, *columns in (
        ("article", "key", "id", "sequence", "slug", "url", "published", "updated", "gone", "announced"),
        ("withdrawal", "id", "key", "at"),
        ("departed", "path", "target"),
        ("subscriber", "number", "digest", "revoked"),
        ("audience", "day", "feed", "readers"),
    ):
        kept = [{name: row[name] for name in columns} for row in before[table]]
        now = [{name: row[name] for name in columns} for row in after[table]]
        assert [row for row in kept if row not in now] == [], table
    with open_store(f"sqlite:///{path}") as store:
        etag = store.snapshot().documents["rss.xml"].etag
        assert entries(store.body(etag)) == entries(body_of(before, "rss.xml"))


def body_of(found: dict[str, list[dict[str, object]]], path: str) -> object:
    etag = next(row["etag"] for row in found["document"] if row["path"] == path)
    return next(row["bytes"] for row in found["body"] if row["etag"] == etag)


def entries(feed: object) -> list[tuple[str, str, str]]:
    return [(each.id, each.title, each.published) for each in feedparser.parse(feed).entries]


@pytest.mark.parametrize("dump", [*OLDER, FULL], ids=lambda dump: dump.stem)
def test_a_backup_of_an_older_schema_is_restored(store_url: str, dump: Path, tmp_path: Path) -> None:
    before = loaded(dump, tmp_path / "backup.db")

    restore(store_url, tmp_path / "backup.db", now=NOON)

    with open_store(store_url) as store:
        records = store.catalogue().records
        assert [each.id for each in records] == [row["id"] for row in sorted(before["article"], key=by_key)]
        assert {each.article.path: each.article.dates.published for each in records}
        assert is_whole(store)


def by_key(row: dict[str, object]) -> int:
    return int(str(row["key"]))


@pytest.mark.parametrize(
    "damage", ["'{'", "'[]'", "'null'", "'\"'", "x'ff'", """'{"body":"\\ud800"}'""", "'" + "[" * 9_999 + "'"]
)
def test_an_article_that_cannot_be_read_stays_for_the_checks(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "catalogue.db"
    loaded(FULL, path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"UPDATE article SET article = {damage} WHERE key = 1")
        before = database.execute("SELECT article FROM article WHERE key = 1").fetchone()

    open_store(f"sqlite:///{path}").close()

    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT article FROM article WHERE key = 1").fetchone() == before
        assert database.execute("SELECT article FROM article WHERE key = 2").fetchone()[0].count('"dates"')


def test_more_articles_than_are_read_at_once_are_all_migrated(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.db"
    loaded(FULL, path)
    with closing(sqlite3.connect(path)) as database, database:
        names = "provisional, own_page, published, updated, gone, broken, article"
        database.execute(
            f"""WITH RECURSIVE n(key) AS (SELECT 101 UNION ALL SELECT key + 1 FROM n WHERE key < 220)
            INSERT INTO article (key, slug, url, {names})
            SELECT n.key, 'slug-' || n.key, '', {names} FROM n JOIN article ON article.key = 7"""
        )

    with open_store(f"sqlite:///{path}") as store:
        records = [record for record in store.catalogue().records if record.key >= 7]

    assert len(records) == 121
    assert {record.article.dates.expires for record in records} == {datetime(2099, 1, 1, tzinfo=UTC)}


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
