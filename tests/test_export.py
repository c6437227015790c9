"""Static files, in a folder that may be shared with a generated site."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from feedsvc.articles.scan import EXPORT_MANIFEST
from feedsvc.errors import SourceError, UsageError
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


def test_an_export_that_was_cut_off_is_finished_by_the_next(folder: Folder, out: Path) -> None:
    write(folder, out)
    (out / "rss.xml").write_bytes(b"")  # not by us: cut off, we leave whole files
    (out / "atom.xml").unlink()

    write(folder, out)

    assert (out / "atom.xml").exists()


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


def test_what_cannot_be_written_is_an_error_that_names_it(folder: Folder, out: Path) -> None:
    out.mkdir()
    (out / "articles").write_text("a file where a folder should be")

    with pytest.raises(SourceError, match=r"articles.*cannot be written"):
        write(folder, out)


def test_our_own_export_in_the_articles_folder_is_not_read_back(folder: Folder) -> None:
    write(folder, folder.root / "public")

    report = folder.refresh()

    assert report.visible == 1
    assert (folder.root / "public" / "rss.xml").exists()
