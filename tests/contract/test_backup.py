"""The whole catalogue into a file and back, on SQLite and on PostgreSQL, and beside a running service."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Thread

import feedparser
import pytest

from feedsvc.catalogue import Store, open_reader, open_store
from feedsvc.catalogue.backup.copy import backup, restore
from feedsvc.catalogue.engine import open_engine
from feedsvc.catalogue.lease import hold_lease
from feedsvc.catalogue.rows import set_setting
from feedsvc.catalogue.schema import HEAD
from feedsvc.catalogue.snapshots import lock_generation
from feedsvc.errors import LeaseTakenError, StoreError, UsageError
from feedsvc.model import Catalogue
from tests.support.builders import NOON, make_article, make_record
from tests.support.places import DATA
from tests.support.processes import Served, feedsvc
from tests.support.sites import article
from tests.support.stores import NEWS, PROBLEM, document, publish

LATER = NOON + timedelta(days=1)
HELD = Catalogue(site_id="example.org", records=(make_record(article=make_article()),), terms=(NEWS,))
FIXTURE = DATA / "catalogues" / "schema-0001.sql"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A store in which something was published."""
    opened = open_store(store_url)
    publish(opened, document(body=b"<old/>"), after=HELD, problems=(PROBLEM,), media=("a.jpg",))
    yield opened
    opened.close()


@pytest.fixture
def kept(store: Store, store_url: str, tmp_path: Path) -> Path:
    """A backup of it."""
    file = tmp_path / "backup.db"
    backup(store_url, file)
    assert store.generation() == 1
    return file


def test_a_backup_is_a_catalogue(store: Store, kept: Path) -> None:
    copy = open_reader(f"sqlite:///{kept}")

    assert copy.catalogue() == store.catalogue()
    assert copy.snapshot() == store.snapshot()
    assert copy.problems() == store.problems()
    assert copy.publications() == store.publications()
    etag = store.snapshot().documents["rss.xml"].etag
    assert copy.body(etag) == b"<old/>"
    copy.close()


def test_a_backup_is_one_file_and_replaces_an_older_one(store: Store, store_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    backup(store_url, folder / "backup.db")
    publish(store, document(body=b"<new/>"), before=HELD, after=HELD)

    backup(store_url, folder / "backup.db")

    assert [file.name for file in folder.iterdir()] == ["backup.db"]
    copy = open_reader(f"sqlite:///{folder / 'backup.db'}")
    assert copy.generation() == 2
    copy.close()


def test_what_was_published_since_is_undone(store: Store, kept: Path, store_url: str) -> None:
    before = store.snapshot()
    publish(store, document(body=b"<new/>"), document("atom.xml"), before=HELD, at=LATER)

    assert restore(store_url, kept, now=LATER).aside is None

    after = store.snapshot()
    assert store.catalogue() == HELD
    assert store.problems() == (PROBLEM,)
    assert after.documents["rss.xml"].etag == before.documents["rss.xml"].etag
    assert set(after.documents) == {"rss.xml"}
    assert after.media == {"a.jpg"}


def test_whoever_serves_sees_a_newer_generation(store: Store, kept: Path, store_url: str) -> None:
    """Even if there is the same number in the backup: the bytes may be others."""
    publish(store, document(body=b"<new/>"), before=HELD, after=HELD)

    restore(store_url, kept, now=LATER)

    assert store.generation() == 3


def test_bytes_that_come_back_are_dated_now(store: Store, kept: Path, store_url: str) -> None:
    """A poller that knows only a date has the bytes in between."""
    publish(store, document(body=b"<new/>"), before=HELD, after=HELD, at=LATER)

    restore(store_url, kept, now=LATER)

    assert store.snapshot().documents["rss.xml"].last_modified == LATER + timedelta(seconds=1)


def test_bytes_that_stay_keep_their_date(store: Store, kept: Path, store_url: str) -> None:
    restore(store_url, kept, now=LATER)

    assert store.snapshot().documents["rss.xml"].last_modified == NOON


def test_whoever_waits_for_a_refresh_is_not_forgotten(store: Store, kept: Path, store_url: str) -> None:
    request = store.ask()

    restore(store_url, kept, now=LATER)

    assert store.asked() == request


def test_a_refresh_that_runs_meanwhile_publishes_nothing(store: Store, kept: Path, store_url: str) -> None:
    over = store.generation()
    restore(store_url, kept, now=LATER)

    with pytest.raises(StoreError, match=r"was replaced during a refresh; the next one goes on$"):
        publish(store, document(body=b"<late/>"), over=over)

    assert store.snapshot().documents["rss.xml"].length == len(b"<old/>")


def test_into_an_empty_store(kept: Path, tmp_path: Path) -> None:
    """As on a new machine."""
    url = f"sqlite:///{tmp_path / 'new.db'}"

    restore(url, kept, now=LATER)

    store = open_reader(url)
    assert store.catalogue() == HELD
    store.close()


@pytest.mark.parametrize("rubbish", [b"", b"no database, but longer than its header" * 99])
def test_a_damaged_catalogue_makes_room(tmp_path: Path, rubbish: bytes) -> None:
    path, file = tmp_path / "catalogue.db", tmp_path / "backup.db"
    _published(path)
    backup(f"sqlite:///{path}", file)
    path.write_bytes(rubbish)

    aside = restore(f"sqlite:///{path}", file, now=LATER).aside

    assert aside == tmp_path / "catalogue.db.unusable"
    assert aside.read_bytes() == rubbish
    store = open_reader(f"sqlite:///{path}")
    assert store.catalogue() == HELD
    store.close()


def test_a_catalogue_of_a_newer_program_makes_room_for_an_older_backup(tmp_path: Path) -> None:
    """This is the way back after an upgrade."""
    path, file = tmp_path / "catalogue.db", tmp_path / "backup.db"
    _published(path)
    backup(f"sqlite:///{path}", file)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    assert restore(f"sqlite:///{path}", file, now=LATER).aside == tmp_path / "catalogue.db.unusable"


def test_a_damaged_catalogue_that_is_held_does_not(tmp_path: Path) -> None:
    path, file = tmp_path / "catalogue.db", tmp_path / "backup.db"
    _published(path)
    backup(f"sqlite:///{path}", file)
    path.write_bytes(b"")

    with (
        hold_lease(f"sqlite:///{path}", "feedsvc serve"),
        pytest.raises(LeaseTakenError, match="feedsvc serve"),
    ):
        restore(f"sqlite:///{path}", file, now=LATER)

    assert path.read_bytes() == b""


def _published(path: Path) -> None:
    store = open_store(f"sqlite:///{path}")
    publish(store, document(), after=HELD)
    store.close()


@pytest.mark.parametrize("content", [b"# My notes\n", b"SQLite format 3\0 and then nothing", None])
def test_what_is_no_backup_is_not_restored(
    store: Store, store_url: str, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "notes.md"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(UsageError, match=r"notes\.md: "):
        restore(store_url, file, now=LATER)

    assert store.catalogue() == HELD


def test_an_empty_catalogue_is_no_backup(store: Store, store_url: str, tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'empty.db'}").close()

    with pytest.raises(UsageError, match="holds no articles"):
        restore(store_url, tmp_path / "empty.db", now=LATER)

    assert store.catalogue() == HELD


def test_what_is_no_backup_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_text("# My notes\n")

    with pytest.raises(UsageError, match=r"notes\.md: is there already and is no backup"):
        backup(f"sqlite:///{tmp_path / 'catalogue.db'}", file)

    assert file.read_text() == "# My notes\n"


def test_a_backup_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere/backup\.db: there is no folder .*nowhere; make it first$"):
        backup(f"sqlite:///{tmp_path / 'catalogue.db'}", tmp_path / "nowhere" / "backup.db")


def test_the_catalogue_itself_is_no_place_for_its_backup(tmp_path: Path) -> None:
    """Its log would belong to another file then."""
    path = tmp_path / "catalogue.db"
    _published(path)
    (tmp_path / "link.db").symlink_to(path)
    before = path.stat().st_ino

    for file in (path, tmp_path / "link.db"):
        with pytest.raises(UsageError, match="is the catalogue itself; choose another name"):
            backup(f"sqlite:///{path}", file)

    assert path.stat().st_ino == before


def test_a_database_of_another_program_is_not_overwritten(tmp_path: Path) -> None:
    _published(tmp_path / "catalogue.db")
    file = tmp_path / "places.sqlite"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE bookmark (url)")

    with pytest.raises(UsageError, match="is there already and is no backup"):
        backup(f"sqlite:///{tmp_path / 'catalogue.db'}", file)


def _spoil(path: Path, table: str) -> None:
    """Overwrite the pages of a table, as a bad disk does; the rest can be read."""
    with closing(sqlite3.connect(path)) as database:
        size = database.execute("PRAGMA page_size").fetchone()[0]
        wanted = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        page = database.execute(wanted, (table,)).fetchone()[0]
    with path.open("r+b") as stream:
        stream.seek((page - 1) * size)
        stream.write(b"\xff" * size)


def test_a_damaged_backup_changes_nothing(store: Store, kept: Path, store_url: str) -> None:
    publish(store, document(body=b"<new/>"), before=HELD, after=HELD)
    _spoil(kept, "body")

    with pytest.raises(UsageError, match=r"backup\.db: is damaged \(.+\); take another backup$"):
        restore(store_url, kept, now=LATER)

    assert store.generation() == 2


def test_a_damaged_page_makes_room_too(tmp_path: Path) -> None:
    """The catalogue can still be opened, and is damaged all the same."""
    path, file = tmp_path / "catalogue.db", tmp_path / "backup.db"
    _published(path)
    backup(f"sqlite:///{path}", file)
    _spoil(path, "document")

    assert restore(f"sqlite:///{path}", file, now=LATER).aside == tmp_path / "catalogue.db.unusable"

    store = open_reader(f"sqlite:///{path}")
    assert store.catalogue() == HELD
    assert store.snapshot().documents["rss.xml"].last_modified == LATER
    store.close()
    assert not (tmp_path / "catalogue.db.restored").exists()


def test_a_restore_waits_for_who_is_publishing(store: Store, kept: Path, store_url: str) -> None:
    """Else both would give the same number to different feeds."""
    engine = open_engine(store_url)
    restoring = Thread(target=restore, args=(store_url, kept), kwargs={"now": LATER})
    with engine.execution_options(writes=True).begin() as connection:
        lock_generation(connection)
        restoring.start()
        set_setting(connection, "generation", "7")
    restoring.join()
    engine.dispose()

    assert store.generation() == 8


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A catalogue as the first schema had it, with two published articles."""
    path = tmp_path / "older" / "catalogue.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        database.executescript(FIXTURE.read_text(encoding="utf-8"))
    return path


def test_the_catalogue_of_an_older_schema_is_migrated(older: Path) -> None:
    """Everything that readers know is still there."""
    with closing(sqlite3.connect(older)) as database:
        ids = database.execute("SELECT id, published, sequence, slug FROM article ORDER BY key").fetchall()
        documents = database.execute(
            "SELECT path, etag, last_modified FROM document ORDER BY path"
        ).fetchall()
        version = database.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    assert version < HEAD

    store = open_store(f"sqlite:///{older}")

    records = store.catalogue().records
    snapshot = store.snapshot()
    assert [(r.id, int(r.published.timestamp()), r.sequence, r.slug) for r in records] == ids
    assert [
        (d.path, d.etag, int(d.last_modified.timestamp())) for _, d in sorted(snapshot.documents.items())
    ] == documents
    assert all(store.body(document.etag) for document in snapshot.documents.values())
    store.close()


def test_a_migration_keeps_what_was_there(older: Path) -> None:
    open_store(f"sqlite:///{older}").close()

    kept = older.with_name("catalogue.db.schema-0001")
    with closing(sqlite3.connect(kept)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert database.execute("SELECT count(*) FROM article").fetchone() == (2,)


def test_a_backup_of_an_older_schema_is_restored_and_stays_as_it_is(older: Path, tmp_path: Path) -> None:
    before = older.read_bytes()
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"

    restore(url, older, now=LATER)

    store = open_reader(url)
    assert len(store.catalogue().records) == 2
    store.close()
    assert older.read_bytes() == before


def test_whoever_only_looks_does_not_migrate(older: Path) -> None:
    with pytest.raises(StoreError, match="needs a migration; start `feedsvc serve` or `feedsvc refresh`"):
        open_reader(f"sqlite:///{older}")


def test_backup_and_restore_beside_a_running_service(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    file = tmp_path / "articles" / "a.md"
    file.write_text(article("A", id="kept-for-ever"))
    with Served("articles", cwd=tmp_path) as served:
        first = feedparser.parse(served.get().body)
        assert feedsvc("backup", "kept.db", "articles", cwd=tmp_path).returncode == 0
        (tmp_path / "articles" / "b.md").write_text(article("B"))
        served.until(lambda: "published generation=2 " in served.log)

        restored = feedsvc("restore", "kept.db", "articles", cwd=tmp_path)

        assert (restored.returncode, restored.stderr) == (
            0,
            "restored 1 article; the next refresh reads the folder again\n",
        )
        # The third generation is the restored one; the next has again what the backup did not know.
        served.until(lambda: "published generation=4 articles=2 " in served.log)
        served.until(lambda: len(feedparser.parse(served.get().body).entries) == 2)
        again = feedparser.parse(served.get().body)
        assert first.entries[0].id in {entry.id for entry in again.entries}
        assert served.stop() == 0


def test_without_anything_published_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    done = feedsvc("backup", "kept.db", ".", cwd=tmp_path)

    assert done.returncode == 3
    assert done.stderr.endswith("nothing has been published yet, so there is nothing to back up\n")
    assert list(tmp_path.iterdir()) == []


def test_the_way_out_of_a_damaged_catalogue(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(article("A"))
    feedsvc("refresh", ".", cwd=tmp_path)
    feedsvc("backup", "kept.db", ".", cwd=tmp_path)
    path = tmp_path / ".feedsvc" / "catalogue.db"
    path.write_bytes(b"rubbish" * 1000)

    done = feedsvc("restore", "kept.db", ".", cwd=tmp_path)

    assert (done.returncode, done.stderr.splitlines()) == (
        0,
        [
            f"{path}.unusable: the catalogue that could not be read",
            "restored 1 article; the next refresh reads the folder again",
        ],
    )
    assert feedsvc("refresh", ".", cwd=tmp_path).stderr.startswith("no news: 1 article")
    shutil.rmtree(tmp_path / ".feedsvc")
