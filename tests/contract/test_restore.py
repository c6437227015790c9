"""What a restore may not lose and may not revive, on SQLite and on PostgreSQL."""

import re
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsvc.catalogue import Store, open_reader, open_store
from feedsvc.catalogue.backup.copy import backup, restore
from feedsvc.catalogue.subscribers import key_digest
from feedsvc.catalogue.tables import metadata
from feedsvc.errors import DamagedStoreError, StoreError, UsageError
from feedsvc.model import Catalogue, Counted, PollKey, Polls, VisitorKey, Visits, Waits, Withdrawal
from tests.support.builders import NOON, make_article, make_record
from tests.support.places import DATA
from tests.support.processes import Served, feedsvc
from tests.support.sites import article
from tests.support.stores import document, publish
from tests.support.strategies import examples

LATER = NOON + timedelta(days=1)
RICH = DATA / "catalogues" / "schema-0006.sql"
HELD = Catalogue(site_id="example.org", records=(make_record(article=make_article()),))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A store in which something was published, and somebody may read a private feed."""
    opened = open_store(store_url)
    publish(opened, document(), after=HELD)
    opened.add_subscriber("inner", "kim", key_digest("kim"), NOON)
    yield opened
    opened.close()


@pytest.fixture
def kept(store: Store, store_url: str, tmp_path: Path) -> Path:
    """A backup of it."""
    file = tmp_path / "backup.db"
    backup(store_url, file)
    assert store.generation() == 1
    return file


def as_kept(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of a catalogue in a file."""
    with closing(sqlite3.connect(file)) as database:
        return {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in metadata.tables}


# Keys


def test_a_key_that_was_revoked_stays_so(store: Store, kept: Path, store_url: str) -> None:
    store.revoke_subscriber(1, LATER)

    done = restore(store_url, kept, now=LATER)

    assert done.knew_revoked
    assert [each.revoked for each in store.subscribers()] == [LATER]


def test_a_key_that_was_given_since_opens_as_before(store: Store, kept: Path, store_url: str) -> None:
    """A restore is no reason to send everybody a new address."""
    store.add_subscriber("inner", "lee", key_digest("lee"), LATER)
    store.count_uses({1: 3})
    before = store.subscribers()

    restore(store_url, kept, now=LATER)

    assert store.subscribers() == before


def test_the_keys_of_a_backup_from_elsewhere_are_added(kept: Path, tmp_path: Path) -> None:
    """Whoever had a number here keeps it."""
    url = f"sqlite:///{tmp_path / 'other.db'}"
    other = open_store(url)
    other.add_subscriber("inner", "lee", key_digest("lee"), NOON)

    restore(url, kept, now=LATER)

    assert [(each.number, each.who) for each in other.subscribers()] == [(1, "lee"), (2, "kim")]
    other.close()


def test_a_key_that_was_revoked_in_the_backup_stays_so_where_it_opens(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    backup(store_url, tmp_path / "open.db")
    store.revoke_subscriber(1, NOON)
    backup(store_url, tmp_path / "ended.db")
    url = f"sqlite:///{tmp_path / 'other.db'}"
    restore(url, tmp_path / "open.db", now=LATER)

    restore(url, tmp_path / "ended.db", now=LATER)

    with open_reader(url) as other:
        assert [each.revoked for each in other.subscribers()] == [NOON]


@pytest.mark.parametrize("why", ["newer", "damaged"])
def test_keys_and_revocations_are_taken_from_a_catalogue_that_must_make_room(
    tmp_path: Path, why: str
) -> None:
    path, file = tmp_path / "catalogue.db", tmp_path / "backup.db"
    url = f"sqlite:///{path}"
    with open_store(url) as store:
        publish(store, document(), after=HELD)
        store.add_subscriber("inner", "kim", key_digest("kim"), NOON)
        backup(url, file)
        store.revoke_subscriber(1, LATER)
        store.add_subscriber("inner", "lee", key_digest("lee"), LATER)
    with closing(sqlite3.connect(path)) as database, database:
        if why == "newer":
            database.execute("UPDATE alembic_version SET version_num = '9999'")
        else:
            database.execute("DROP TABLE document")

    done = restore(url, file, now=LATER)

    assert (done.aside, done.knew_revoked) == (tmp_path / "catalogue.db.unusable", True)
    assert done.outlasted.given == 1
    with open_reader(url) as store:
        assert [(each.who, each.revoked) for each in store.subscribers()] == [("kim", LATER), ("lee", None)]


def test_where_nobody_knows_what_was_revoked_the_operator_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(article("A"))
    (tmp_path / "feedsvc.toml").write_text('[[feed]]\nname = "inner"\ntitle = "Inner"\nprivate = true\n')
    feedsvc("refresh", ".", cwd=tmp_path)
    feedsvc("token", "add", "inner", "--for", "kim", ".", cwd=tmp_path)
    feedsvc("backup", "kept.db", ".", cwd=tmp_path)
    (tmp_path / ".feedsvc" / "catalogue.db").unlink()

    lost = feedsvc("restore", "kept.db", ".", cwd=tmp_path)
    known = feedsvc("restore", "kept.db", ".", cwd=tmp_path)

    warning = (
        "1 key of private feeds may have been revoked since kept.db was written;"
        " `feedsvc token list` shows them, `feedsvc token revoke` ends them"
    )
    assert (lost.returncode, known.returncode) == (0, 0)
    assert warning in lost.stderr
    assert "may have been revoked" not in known.stderr


def test_a_revoked_key_is_answered_410_after_an_older_backup_was_restored(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(article("A"))
    (tmp_path / "feedsvc.toml").write_text('[[feed]]\nname = "inner"\ntitle = "Inner"\nprivate = true\n')
    with Served(".", cwd=tmp_path) as served:
        url = feedsvc("token", "add", "inner", "--for", "kim", ".", cwd=tmp_path).stdout.split()[0]
        path = url[url.index("/private/") :]
        served.until(lambda: served.get(path).status == 200)
        assert feedsvc("backup", "kept.db", ".", cwd=tmp_path).returncode == 0
        feedsvc("token", "revoke", "kim", ".", cwd=tmp_path)
        served.until(lambda: served.get(path).status == 410)

        assert feedsvc("restore", "kept.db", ".", cwd=tmp_path).returncode == 0

        served.stop()
    with Served(".", cwd=tmp_path) as served:
        assert served.get(path).status == 410


# Articles


def gone(key: int, path: str) -> Catalogue:
    """A ledger in which one more article was published and deleted."""
    record = make_record(
        key=key, id=f"urn:x:{key}", sequence=key, slug=f"s{key}", article=make_article(path=path), gone=True
    )
    notice = Withdrawal(key=key, id=f"urn:x:{key}", at=LATER)
    return replace(HELD, records=(*HELD.records, record), withdrawals=(notice,))


def test_an_article_that_was_published_and_deleted_since_stays_deleted(
    store: Store, kept: Path, store_url: str
) -> None:
    """Its id goes to no other article, its page says 410, and readers are still told to forget it."""
    publish(store, document(body=b"<new/>"), before=HELD, after=gone(7, "secret.md"), at=LATER)

    restore(store_url, kept, now=LATER)

    assert store.catalogue() == gone(7, "secret.md")


def test_an_article_that_was_deleted_since_is_not_there_again(
    store: Store, kept: Path, store_url: str
) -> None:
    (record,) = HELD.records
    notice = Withdrawal(key=record.key, id=str(record.id), at=LATER)
    deleted = replace(HELD, records=(replace(record, gone=True),), withdrawals=(notice,))
    publish(store, document(body=b"<new/>"), before=HELD, after=deleted, at=LATER)

    restore(store_url, kept, now=LATER)

    assert store.catalogue() == deleted


def test_a_feed_that_was_private_since_is_not_forgotten_to_be(
    store: Store, kept: Path, store_url: str
) -> None:
    """What stood in it alone is kept from others, even where the configuration names it no more."""
    private = replace(HELD, secret=frozenset({"inner"}))
    publish(store, document(body=b"<new/>"), before=HELD, after=private, at=LATER)

    restore(store_url, kept, now=LATER)

    assert store.catalogue() == private


def test_an_article_of_the_backup_comes_before_a_deleted_one(
    store: Store, kept: Path, store_url: str
) -> None:
    """What the backup names is what readers shall have: it loses neither its id nor its slug."""
    (record,) = HELD.records
    other = replace(record, id="urn:x:other", article=make_article(path="other.md"), gone=True)
    publish(store, document(), before=HELD, after=replace(HELD, records=(other,)), at=LATER)

    restore(store_url, kept, now=LATER)

    assert store.catalogue() == HELD


# Counts


def count(store: Store, polls: int, at: datetime) -> None:
    key = PollKey(int(at.timestamp()) // 3600 * 3600, "rss.xml", "curl", 200)
    store.add_counted(
        Counted(
            polls={key: Polls(polls, polls, 0, 0, 0)},
            visits={VisitorKey("", "curl", "192.0.2.1"): Visits(polls, 1, 2, 0)},
            waits=Waits(polls={100: polls}, seconds=float(polls)),
        ),
        at,
    )


def counted(store: Store) -> object:
    return store.readership(NOON - timedelta(days=30)), store.totals()


def test_counts_outlast_a_restore(store: Store, store_url: str, tmp_path: Path) -> None:
    """Whoever watches the numbers sees them grow, never fall, and nothing is counted twice."""
    count(store, 3, NOON)
    backup(store_url, tmp_path / "kept.db")
    count(store, 4, NOON)
    count(store, 5, NOON + timedelta(days=9))  # by now, the hours of before are days
    before = counted(store)

    restore(store_url, tmp_path / "kept.db", now=LATER)

    assert counted(store) == before


def test_on_a_new_machine_the_counts_of_the_backup_go_on(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    count(store, 3, NOON)
    backup(store_url, tmp_path / "kept.db")
    before = counted(store)
    url = f"sqlite:///{tmp_path / 'new.db'}"

    restore(url, tmp_path / "kept.db", now=LATER)

    with open_store(url) as new:
        assert counted(new) == before
        count(new, 4, NOON)
        totals, _ = new.totals()
        assert totals["curl", 200].polls == 7


# Rows that cannot be used

BROKEN = [
    "UPDATE article SET article = '{' WHERE key = 2",
    "UPDATE article SET article = replace(article, '\"visibility\"', '\"gone\"'), published = 'soon'",
    "UPDATE article SET published = 9000000000000000",
    "UPDATE article SET updated = published - 1",
    "UPDATE article SET slug = x'ff' WHERE key = 2",
    "UPDATE article SET slug = CAST(x'ff' AS TEXT) WHERE key = 1",
    "UPDATE term SET kind = 'colours'",
    "INSERT INTO problem VALUES (1, 'a.md', 1, 'loud', 'so')",
    "UPDATE document SET last_modified = 'today'",
    "UPDATE document SET length = 5000000000",
    "DELETE FROM body WHERE etag = (SELECT etag FROM document WHERE path = 'rss.xml')",
    "UPDATE body SET bytes = x'00'",
    "UPDATE setting SET value = 'many' WHERE name = 'generation'",
    "UPDATE setting SET value = '{}' WHERE name = 'composed'",
    "UPDATE setting SET value = 'salty' WHERE name = 'salt'",
    "UPDATE publication SET at = 'x'",
    "UPDATE subscriber SET revoked = 'yes'",
    "UPDATE withdrawal SET at = 1e300",
    "UPDATE entry SET entry = 'null'",
    "UPDATE poll SET polls = 'some'",
    "UPDATE visitor SET first = x'00'",
    "DROP TABLE departed",
    "ALTER TABLE media RENAME COLUMN path TO place",
]


def rich(folder: Path, *changes: str) -> Path:
    """Return a backup that has rows in every table, changed."""
    file = folder / "rich.db"
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as database, database:
        database.executescript(RICH.read_text(encoding="utf-8"))
        for change in changes:
            database.execute(change)
    return file


@pytest.mark.parametrize("change", BROKEN)
def test_a_backup_with_a_row_that_cannot_be_used_changes_nothing(tmp_path: Path, change: str) -> None:
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"
    with open_store(url) as store:
        publish(store, document(), after=HELD)
        file = rich(tmp_path, change)

        with pytest.raises(UsageError, match=r"rich\.db: is damaged \(.+\); take another backup$"):
            restore(url, file, now=LATER)

        assert store.catalogue() == HELD
        assert store.generation() == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE document SET last_modified = 'today'", "last_modified is of type str"),
        ("UPDATE document SET length = 5000000000", "length is too large"),
        ("UPDATE body SET bytes = x'00'", "its bytes are others than they were"),
        ("DELETE FROM body", "the body of its document '.*' is missing"),
    ],
)
def test_the_fault_of_a_row_is_reported(tmp_path: Path, change: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        restore(f"sqlite:///{tmp_path / 'catalogue.db'}", rich(tmp_path, change), now=LATER)


def test_the_command_names_the_row_and_ends_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(article("A"))
    feedsvc("refresh", ".", cwd=tmp_path)
    rich(tmp_path, BROKEN[0])

    done = feedsvc("restore", "rich.db", ".", cwd=tmp_path)
    again = feedsvc("refresh", ".", cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith("feedsvc: rich.db: is damaged (table article, at or behind row '2': ")
    assert "Traceback" not in done.stderr
    assert (again.returncode, again.stderr.split(":")[0]) == (0, "no news")


CELLS = [(table.name, column.name) for table in metadata.sorted_tables for column in table.c]
VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text() | st.binary()


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cell=st.sampled_from(CELLS), value=VALUES)
def test_a_backup_with_any_row_is_refused_or_restored_whole(
    tmp_path: Path, cell: tuple[str, str], value: object
) -> None:
    table, column = cell
    file, url = rich(tmp_path), f"sqlite:///{tmp_path / 'catalogue.db'}"
    (tmp_path / "catalogue.db").unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as database:
        try:
            with database:
                database.execute(f"UPDATE {table} SET {column} = ?", (value,))
        except (sqlite3.Error, UnicodeEncodeError):  # SQLite itself refuses it
            return

    with open_store(url) as store:
        publish(store, document(), after=HELD)
        try:
            restore(url, file, now=LATER)
        except UsageError:
            assert store.catalogue() == HELD
        assert store.catalogue().records
        assert store.snapshot().documents
        assert all(store.body(each.etag) for each in store.snapshot().documents.values())
        counted(store)
        store.publications()
        store.subscribers()


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_restore_into_postgresql_has_every_row(store_url: str, tmp_path: Path) -> None:
    file = rich(tmp_path)
    before = as_kept(file)

    restore(store_url, file, now=LATER)
    backup(store_url, tmp_path / "back.db")

    after = as_kept(tmp_path / "back.db")
    assert {name: len(rows) for name, rows in after.items() if name != "setting"} == {
        name: len(rows) for name, rows in before.items() if name != "setting"
    }
    assert sorted(map(repr, after["subscriber"])) == sorted(map(repr, before["subscriber"]))


# What is said


def test_no_place_is_named_that_does_not_last(tmp_path: Path) -> None:
    """An older backup is migrated in a folder that is gone when the command has ended."""
    (tmp_path / "a.md").write_text(article("A"))
    feedsvc("refresh", ".", cwd=tmp_path)
    with closing(sqlite3.connect(tmp_path / "older.db")) as database:
        database.executescript((RICH.parent / "schema-0001.sql").read_text(encoding="utf-8"))

    done = feedsvc("restore", "older.db", ".", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "a copy is kept" not in done.stderr
    assert done.stderr == (
        "older.db: has no checksum, so only its rows were checked; `feedsvc backup` writes one now\n"
        "restored 2 articles; the next refresh reads the folder again\n"
    )


def test_articles_and_keys_that_are_not_as_in_the_backup_are_counted(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.md").write_text(article(name))
    (tmp_path / "feedsvc.toml").write_text('[[feed]]\nname = "inner"\ntitle = "Inner"\nprivate = true\n')
    feedsvc("token", "add", "inner", "--for", "kim", ".", cwd=tmp_path)
    feedsvc("refresh", ".", cwd=tmp_path)
    feedsvc("backup", "kept.db", ".", cwd=tmp_path)
    (tmp_path / "c.md").unlink()
    feedsvc("refresh", ".", cwd=tmp_path)
    feedsvc("token", "revoke", "kim", ".", cwd=tmp_path)
    feedsvc("token", "add", "inner", "--for", "lee", ".", cwd=tmp_path)

    done = feedsvc("restore", "kept.db", ".", cwd=tmp_path)

    assert done.stderr.splitlines() == [
        "restored 2 articles; the next refresh reads the folder again",
        "1 article deleted since the backup: not restored",
        "1 key revoked since the backup: still revoked",
        "1 key given since the backup: still valid",
    ]


# Bytes


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a backup that has rows in every table."""
    folder = tmp_path_factory.mktemp("whole")
    backup(f"sqlite:///{rich(folder)}", folder / "whole.db")
    return (folder / "whole.db").read_bytes()


def flips(whole: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a backup with one bit flipped: in the header, in the checksum, and on each page."""
    seeded = Random(16)
    places = [*range(0, 100, 9), *range(len(whole) - 100, len(whole), 9)]
    places += [seeded.randrange(page, min(page + 4096, len(whole))) for page in range(0, len(whole), 4096)]
    for place in places:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << seeded.randrange(8)
        yield f"a bit at {place}", bytes(flipped)


def spoilt(whole: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield a backup as bad disks and copies that were cut off leave it."""
    for length in (0, 1, 50, 4096, len(whole) // 2, len(whole) - 4096, len(whole) - 1):
        yield f"{length} bytes", whole[:length]
    yield "padded", whole + b"\0"
    yield "padded with a page", whole + bytes(4096)
    middle = len(whole) // 2
    yield "overwritten", whole[:middle] + b"rubbish" + whole[middle + 7 :]
    yield "its end overwritten", whole[:-8192] + bytes(8192)


@pytest.mark.parametrize("change", [flips, spoilt])
def test_a_backup_whose_bytes_have_changed_is_refused(
    tmp_path: Path, whole: bytes, change: Callable[[bytes], Iterator[tuple[str, bytes]]]
) -> None:
    """Though every row of it could be read, and SQLite found no fault."""
    url, file = f"sqlite:///{tmp_path / 'catalogue.db'}", tmp_path / "kept.db"
    with open_store(url) as store:
        publish(store, document(), after=HELD)
        for name, content in change(whole):
            file.write_bytes(content)

            with pytest.raises(UsageError) as refused:
                restore(url, file, now=LATER)

            assert re.fullmatch(
                r".*/kept\.db: is (damaged \(.+\)|no backup of feedsvc); .+", str(refused.value)
            ), name
        assert (store.catalogue(), store.generation()) == (HELD, 1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda whole: whole[:-9] + b"x" * 9, "bytes stand behind its last page"),
        (lambda whole: b"x" + whole[1:], "its bytes are not those that its checksum was made of"),
        # The page of an index, without the checksum.
        (lambda whole: _without_an_index(whole), "its pages contradict each other"),
    ],
)
def test_the_fault_of_a_backup_is_reported(
    tmp_path: Path, whole: bytes, change: Callable[[bytes], bytes], reason: str
) -> None:
    (tmp_path / "kept.db").write_bytes(change(whole))

    with pytest.raises(UsageError, match=rf"kept\.db: is damaged \({reason}\); take another backup$"):
        restore(f"sqlite:///{tmp_path / 'catalogue.db'}", tmp_path / "kept.db", now=LATER)


def _without_an_index(whole: bytes) -> bytes:
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(_in_rollback_mode(whole[: len(whole) // 4096 * 4096]))
        names = "SELECT rootpage FROM sqlite_master WHERE name LIKE 'sqlite_autoindex_article%'"
        page = database.execute(names).fetchone()[0]
    return whole[: (page - 1) * 4096] + whole[-4096:] + whole[page * 4096 : len(whole) // 4096 * 4096]


def _in_rollback_mode(whole: bytes) -> bytes:
    return whole[:18] + b"\1\1" + whole[20:]  # in memory there is no log


def test_a_disk_that_is_full_is_named_and_changes_nothing(store: Store, kept: Path, store_url: str) -> None:
    with (
        limited_to(1024),
        pytest.raises(UsageError, match=r"backup\.db: cannot be copied to .+; check both disks$"),
    ):
        restore(store_url, kept, now=LATER)

    assert store.catalogue() == HELD


@contextmanager
def limited_to(size: int) -> Iterator[None]:
    """Let no file grow beyond *size* bytes: to who writes, it is as a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_name_of_a_table_that_is_no_text_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.db"
    open_store(f"sqlite:///{path}").close()
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE article", b"CREATE TABL\xff article"))

    with pytest.raises(DamagedStoreError, match=r"catalogue\.db: .+ The catalogue is damaged\."):
        open_store(f"sqlite:///{path}").catalogue()  # "damaged names of tables"


def test_a_backup_that_lost_its_checksum_and_nothing_else_is_restored(tmp_path: Path, whole: bytes) -> None:
    """As one that was written before there were any."""
    (tmp_path / "cut.db").write_bytes(whole[: len(whole) // 4096 * 4096])
    (tmp_path / "whole.db").write_bytes(whole)
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"

    cut, proved = (restore(url, tmp_path / name, now=LATER).proved for name in ("cut.db", "whole.db"))

    assert (cut, proved) == (False, True)


@pytest.mark.parametrize("name", ["setting", "article", "body", "sqlite_master"])
def test_bits_of_an_older_backup_end_no_restore_with_a_traceback(tmp_path: Path, name: str) -> None:
    """It has no checksum: either a fault is found, or the catalogue can be used."""
    url, seeded = f"sqlite:///{tmp_path / 'catalogue.db'}", Random(name)
    older = rich(tmp_path)
    with closing(sqlite3.connect(older)) as database:
        root = database.execute(
            "SELECT coalesce(max(rootpage), 1) FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone()[0]
    content = older.read_bytes()
    for _ in range(6):
        flipped = bytearray(content)
        flipped[seeded.randrange((root - 1) * 4096, root * 4096)] ^= 1 << seeded.randrange(8)
        older.write_bytes(flipped)

        with suppress(UsageError, StoreError):
            restore(url, older, now=LATER)

        with open_store(url) as store:
            assert all(store.body(each.etag) for each in store.snapshot().documents.values())


@pytest.mark.parametrize("versions", [[], ["0003", "0004"], ["000$"], ["first"]])
def test_a_schema_that_no_program_has_written_is_refused(tmp_path: Path, versions: list[str]) -> None:
    file = rich(tmp_path, "DELETE FROM alembic_version")
    with closing(sqlite3.connect(file)) as database, database:
        database.executemany("INSERT INTO alembic_version VALUES (?)", [(each,) for each in versions])

    with pytest.raises(UsageError, match=r"rich\.db: is damaged \(its schema is .+\); take another backup$"):
        restore(f"sqlite:///{tmp_path / 'catalogue.db'}", file, now=LATER)


def test_a_checksum_is_no_obstacle_where_a_backup_goes_on_as_the_catalogue(
    tmp_path: Path, whole: bytes
) -> None:
    """Somebody copied it there; what is written since is no damage."""
    path, url = tmp_path / "moved.db", f"sqlite:///{tmp_path / 'moved.db'}"
    path.write_bytes(whole)
    with open_store(url) as store:
        store.remember("note", "x" * 9000)
        in_use = restore(f"sqlite:///{tmp_path / 'a.db'}", path, now=LATER)

    closed = restore(f"sqlite:///{tmp_path / 'b.db'}", path, now=LATER)

    assert (in_use.proved, closed.proved) == (False, False)
    with open_reader(f"sqlite:///{tmp_path / 'b.db'}") as restored:
        assert restored.remembered("note") == "x" * 9000


def test_a_catalogue_put_aside_is_never_written_over(tmp_path: Path) -> None:
    path, file = tmp_path / "catalogue.db", tmp_path / "backup.db"
    url = f"sqlite:///{path}"
    with open_store(url) as store:
        publish(store, document(), after=HELD)
    backup(url, file)
    asides = []
    for rubbish in (b"first", b"second"):
        path.write_bytes(rubbish * 1000)
        asides.append(restore(url, file, now=LATER).aside)

    assert asides == [tmp_path / "catalogue.db.unusable", tmp_path / "catalogue.db.unusable-2"]
    assert [aside.read_bytes()[:5] for aside in asides if aside] == [b"first", b"secon"]
