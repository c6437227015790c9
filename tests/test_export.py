"""Static files, in a folder that may be shared with a generated site."""

import json
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import pytest

from feedsvc.articles.scan import EXPORT_MANIFEST
from feedsvc.catalogue import Store
from feedsvc.errors import StoreError, UsageError
from feedsvc.publisher.export import Exported, export
from tests.conftest import Clock
from tests.sites import Folder, article


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    made.write("a.md", article(body="![A wave](wave.gif)"))
    made.write("wave.gif", b"GIF89a\x80\x02\xe0\x01\x00\x00\x00;")
    made.refresh()
    yield made
    made.store.close()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "public"


def write(folder: Folder, out: Path) -> Exported:
    return export(folder.store, folder.root, out)


def files(out: Path) -> dict[str, bytes]:
    found = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    return {path: body for path, body in found.items() if path != EXPORT_MANIFEST}


def test_the_files_are_the_bytes_that_are_served(folder: Folder, out: Path) -> None:
    write(folder, out)

    served = {
        f"{path}index.html" if not path or path.endswith("/") else path: body
        for path, body in folder.bodies().items()
    }
    assert files(out) == served | {"media/wave.gif": (folder.root / "wave.gif").read_bytes()}


def test_a_file_bears_the_date_of_its_document(folder: Folder, out: Path) -> None:
    """A static server sends it as Last-Modified."""
    write(folder, out)

    modified = folder.snapshot.documents["rss.xml"].last_modified
    assert (out / "rss.xml").stat().st_mtime == modified.timestamp()


def test_a_second_export_without_news_writes_nothing(folder: Folder, out: Path) -> None:
    write(folder, out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}

    done = write(folder, out)

    assert (done.written, done.removed) == (0, 0)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before


def test_only_what_changed_is_written_and_what_vanished_is_removed(folder: Folder, out: Path) -> None:
    folder.write("b.md", article("B"))
    folder.refresh()
    write(folder, out)
    (folder.root / "b.md").unlink()
    folder.refresh()

    done = write(folder, out)

    assert done.removed == 1
    assert not (out / "articles" / "b").exists()
    assert (out / "media" / "wave.gif").exists()


def test_foreign_files_are_never_touched(folder: Folder, out: Path) -> None:
    out.mkdir()
    (out / "index.html").write_text("the site's own")
    (out / "about.html").write_text("the site's own, too")

    done = write(folder, out)

    assert done.foreign == ("index.html",)
    assert (out / "index.html").read_text() == "the site's own"
    assert (out / "about.html").exists()
    assert (out / "rss.xml").exists()


def test_a_file_of_ours_that_was_deleted_is_written_again(folder: Folder, out: Path) -> None:
    write(folder, out)
    (out / "rss.xml").unlink()

    assert write(folder, out).written == 1
    assert (out / "rss.xml").exists()


def test_a_file_that_another_program_put_in_place_of_ours_is_foreign(folder: Folder, out: Path) -> None:
    """The site's generator writes its own front page over ours, and ours may not come back."""
    write(folder, out)
    (out / "index.html").write_text("the site's own")
    folder.write("b.md", article("B"))
    folder.refresh()

    done = write(folder, out)

    assert done.foreign == ("index.html",)
    assert (out / "index.html").read_text() == "the site's own"


class Interrupted(Store):
    """A store that fails at one body, as a process does that is killed there."""

    at = ""

    def body(self, etag: str) -> bytes | None:
        if etag == self.at:
            raise StoreError("cut off")
        return super().body(etag)


def test_an_export_that_was_cut_off_is_finished_by_the_next(
    folder: Folder, out: Path, tmp_path: Path
) -> None:
    """Neither the new files nor the old ones are taken for foreign then."""
    write(folder, out)
    folder.write("b.md", article("B"))
    folder.refresh()
    store = Interrupted(f"sqlite:///{tmp_path / 'catalogue.db'}", create=False)
    store.at = folder.snapshot.documents["rss.xml"].etag
    with pytest.raises(StoreError):
        export(store, folder.root, out)
    store.close()

    done = write(folder, out)

    assert done.foreign == ()
    assert files(out)["rss.xml"] == folder.body("rss.xml")
    assert files(out)["atom.xml"] == folder.body("atom.xml")


def test_a_manifest_cannot_lead_us_out_of_the_folder(folder: Folder, out: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_bytes(b"x")
    write(folder, out)
    manifest = out / EXPORT_MANIFEST
    mark = blake2b(b"x", digest_size=16).hexdigest()
    claimed = json.loads(manifest.read_text())["files"] | {"../precious.txt": mark}
    manifest.write_text(json.dumps({"files": claimed}))

    write(folder, out)

    assert precious.exists()


def test_a_link_cannot_lead_us_out_of_the_folder(folder: Folder, out: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out.mkdir()
    (out / "articles").symlink_to(elsewhere)
    (out / "rss.xml").symlink_to(tmp_path / "nowhere")

    done = write(folder, out)

    assert list(elsewhere.iterdir()) == []
    assert (out / "rss.xml").is_symlink()
    assert set(done.foreign) == {"articles/a/index.html", "rss.xml"}


def test_a_foreign_file_where_we_need_a_folder_is_left_alone(folder: Folder, out: Path) -> None:
    out.mkdir()
    (out / "articles").write_text("a file where a folder should be")

    done = write(folder, out)

    assert done.foreign == ("articles/a/index.html",)
    assert (out / "rss.xml").exists()


@pytest.mark.parametrize("damage", ["", "[]", '{"files": 1}', "not JSON"])
def test_a_damaged_manifest_is_an_error(folder: Folder, out: Path, damage: str) -> None:
    """Without it we cannot tell our files from others'."""
    write(folder, out)
    (out / EXPORT_MANIFEST).write_text(damage)

    with pytest.raises(UsageError, match="damaged"):
        write(folder, out)


def test_a_file_for_a_folder_is_an_error(folder: Folder, out: Path) -> None:
    out.write_text("a file")

    with pytest.raises(UsageError, match="is a file; --out needs a folder"):
        write(folder, out)


def test_the_articles_folder_itself_is_no_place_for_them(folder: Folder) -> None:
    with pytest.raises(UsageError, match="folder of articles itself"):
        write(folder, folder.root)


def test_our_own_export_in_the_articles_folder_is_not_read_back(folder: Folder) -> None:
    write(folder, folder.root / "public")

    report = folder.refresh()

    assert report.visible == 1
    assert (folder.root / "public" / "rss.xml").exists()
