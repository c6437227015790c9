"""Static files, in a folder that may be shared with a generated site."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from urllib.parse import quote

import pytest

from feedsvc.articles.disk.ignored_names import EXPORT_MANIFEST
from feedsvc.catalogue import Store
from feedsvc.catalogue.engine import open_engine
from feedsvc.errors import SourceError, StoreError, UsageError
from feedsvc.publisher.export import Exported, export
from tests.conftest import Clock
from tests.support.processes import SECONDS, feedsvc
from tests.support.sites import Folder, article
from tests.support.web_fakes import serve

WAVE = b"GIF89a\x80\x02\xe0\x01\x00\x00\x00;"


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    made.write("a.md", article(body="![A wave](wave.gif)"))
    made.write("wave.gif", WAVE)
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


def states(out: Path) -> dict[Path, tuple[int, int, int]]:
    """Return what writing anything would change, of *out* itself, too."""
    found = {path: path.stat(follow_symlinks=False) for path in (out, *out.rglob("*"))}
    return {path: (seen.st_ino, seen.st_mtime_ns, seen.st_ctime_ns) for path, seen in found.items()}


def members(folder: Path) -> set[tuple[Path, object]]:
    """Return all that lies in *folder*: folders as such, everything else with its state."""
    found = states(folder).items()
    return {(path, None if path.is_dir() and not path.is_symlink() else state) for path, state in found}


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
    first = write(folder, out)
    before = states(out)

    done = write(folder, out)

    assert (done.written, done.unchanged, done.removed) == (0, first.written, 0)
    assert out / EXPORT_MANIFEST in before
    assert states(out) == before


def test_nothing_is_written_where_nothing_but_foreign_files_stands_in_the_way(
    folder: Folder, out: Path
) -> None:
    out.mkdir()
    (out / "index.html").write_text("the site's own")
    write(folder, out)
    before = states(out)

    done = write(folder, out)

    assert (done.written, done.foreign) == (0, ("index.html",))
    assert states(out) == before


def test_media_are_exported_just_as_they_are_served(folder: Folder, out: Path, tmp_path: Path) -> None:
    """By their bytes, and only from the folder itself."""
    names = ["wave.gif", "text.png", "song.jpg", "gone.gif", "elsewhere.gif", "beside.gif", "sub/first.gif"]
    for name in names:
        folder.write(name, WAVE)
    folder.write("a.md", article(body=" ".join(f"![x]({name})" for name in names)))
    folder.refresh()
    folder.write("text.png", "No picture, but a secret.")
    folder.write("song.jpg", b"ID3\x04" + bytes(100))
    (folder.root / "gone.gif").unlink()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "first.gif").write_bytes(WAVE)
    replace_by_link(folder.root / "elsewhere.gif", tmp_path / "outside" / "first.gif")
    replace_by_link(folder.root / "beside.gif", folder.root / "wave.gif")
    replace_by_link(folder.root / "sub", tmp_path / "outside")
    client, _ = serve(folder.store, articles=folder.root)

    write(folder, out)

    served = {
        f"media/{path}": answer.data
        for path in folder.snapshot.media
        if (answer := client.get(f"/media/{quote(path)}", buffered=True)).status_code == 200
    }
    assert served.keys() == {"media/wave.gif", "media/song.jpg", "media/beside.gif"}
    assert {path: body for path, body in files(out).items() if path.startswith("media/")} == served


def replace_by_link(path: Path, target: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    path.symlink_to(target)


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


def delete(out: Path) -> None:
    (out / "articles" / "a" / "index.html").unlink()


def delete_folder(out: Path) -> None:
    shutil.rmtree(out / "articles")


def link_within(out: Path) -> None:
    (out / "articles").rename(out / "moved")
    (out / "articles").symlink_to("moved")


@pytest.mark.parametrize("change", [delete, delete_folder, link_within])
@pytest.mark.parametrize("clean", [False, True])
def test_what_became_of_our_files_is_made_good(
    folder: Folder, out: Path, change: Callable[[Path], None], clean: bool
) -> None:
    write(folder, out)
    before = files(out)
    change(out)

    done = export(folder.store, folder.root, out, clean=clean)

    assert done.foreign == ()
    assert before.items() <= files(out).items() | {("articles/a/index.html", folder.body("articles/a/"))}
    assert (out / "articles" / "a" / "index.html").read_bytes() == folder.body("articles/a/")


PAGE = "articles/a/index.html"


def replace_by_file(out: Path) -> None:
    (out / PAGE).write_text("the site's own")


def replace_by_folder(out: Path) -> None:
    (out / PAGE).unlink()
    (out / PAGE).mkdir()
    (out / PAGE / "own.html").write_text("the site's own")


def replace_by_empty_folder(out: Path) -> None:
    (out / PAGE).unlink()
    (out / PAGE).mkdir()


def replace_by_link_to_a_copy(out: Path) -> None:
    (out / PAGE).rename(out / "copy.html")
    (out / PAGE).symlink_to(out / "copy.html")


def replace_by_dangling_link(out: Path) -> None:
    (out / PAGE).unlink()
    (out / PAGE).symlink_to("nowhere")


def replace_by_pipe(out: Path) -> None:
    (out / PAGE).unlink()
    os.mkfifo(out / PAGE)


def replace_folder_by_file(out: Path) -> None:
    shutil.rmtree(out / "articles")
    (out / "articles").write_text("the site's own")


def replace_folder_by_link_elsewhere(out: Path) -> None:
    (out / "articles").rename(out.parent / "elsewhere")
    (out / "articles").symlink_to("../elsewhere")


def replace_folder_by_link_to_itself(out: Path) -> None:
    shutil.rmtree(out / "articles")
    (out / "articles").symlink_to("articles")


@pytest.mark.parametrize(
    "replace",
    [
        replace_by_file,
        replace_by_folder,
        replace_by_empty_folder,
        replace_by_link_to_a_copy,
        replace_by_dangling_link,
        replace_by_pipe,
        replace_folder_by_file,
        replace_folder_by_link_elsewhere,
        replace_folder_by_link_to_itself,
    ],
)
@pytest.mark.parametrize("clean", [False, True])
@pytest.mark.parametrize("wanted", [True, False])
def test_what_another_program_put_in_place_of_ours_is_foreign(
    folder: Folder, out: Path, replace: Callable[[Path], None], clean: bool, wanted: bool
) -> None:
    """The site's generator writes its own page over ours: ours may not come back, and its may not go."""
    folder.write("b.md", article("B"))
    folder.refresh()
    write(folder, out)
    before = members(out.parent)
    replace(out)
    theirs = members(out.parent) - before
    if not wanted:
        (folder.root / "a.md").unlink()
        folder.refresh()

    done = export(folder.store, folder.root, out, clean=clean)

    assert theirs <= members(out.parent)
    assert (PAGE in done.foreign) is wanted
    assert (out / "rss.xml").read_bytes() == folder.body("rss.xml")


def test_a_folder_may_take_the_place_of_a_file_of_ours_and_back(folder: Folder, out: Path) -> None:
    folder.write("x.gif", WAVE)
    folder.write("a.md", article(body="![x](x.gif)"))
    folder.refresh()
    write(folder, out)
    (folder.root / "x.gif").unlink()
    folder.write("x.gif/y.gif", WAVE)
    folder.write("a.md", article(body="![x](x.gif/y.gif)"))
    folder.refresh()

    there = write(folder, out)
    there_files = files(out)
    shutil.rmtree(folder.root / "x.gif")
    folder.write("x.gif", WAVE)
    folder.write("a.md", article(body="![x](x.gif)"))
    folder.refresh()
    back = write(folder, out)

    assert (there.foreign, there.removed, back.foreign, back.removed) == ((), 1, (), 1)
    assert there_files["media/x.gif/y.gif"] == files(out)["media/x.gif"] == WAVE


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
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"
    store = Interrupted(open_engine(url), url)
    store.at = folder.snapshot.documents["rss.xml"].etag
    with pytest.raises(StoreError):
        export(store, folder.root, out)
    store.close()

    done = write(folder, out)

    assert done.foreign == ()
    assert files(out)["rss.xml"] == folder.body("rss.xml")
    assert files(out)["atom.xml"] == folder.body("atom.xml")


def test_a_full_disk_is_said_and_the_next_export_goes_on(tmp_path: Path) -> None:
    """No file may grow over a limit, which is how a full disk looks to a program."""
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "a.md").write_text(article(body="![x](large.gif) ![x](wave.gif)"))
    (articles / "large.gif").write_bytes(WAVE + bytes(8_000_000))
    (articles / "wave.gif").write_bytes(WAVE)
    limited = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, 4_000_000));"
        "from feedsvc.cli import main; main()"
    )
    command = [sys.executable, "-c", limited, "build", str(articles), "--out", "public"]

    full = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False)
    left = files(tmp_path / "public")
    again = feedsvc("build", articles, "--out", "public", cwd=tmp_path)

    assert full.returncode == 3
    assert "media/large.gif: cannot be written (File too large); the next export goes on" in full.stderr
    assert "Traceback" not in full.stderr
    assert "media/large.gif" not in left
    assert not [path for path in left if ".feedsvc-" in path]
    assert again.returncode == 0
    assert "not ours" not in again.stderr
    assert files(tmp_path / "public")["media/large.gif"] == (articles / "large.gif").read_bytes()
    assert left.items() < files(tmp_path / "public").items()


def test_a_manifest_that_cannot_be_written_is_said_and_leaves_no_file_unknown(
    folder: Folder, out: Path
) -> None:
    (out / EXPORT_MANIFEST).mkdir(parents=True)

    with pytest.raises(SourceError, match=r"\.feedsvc-manifest\.json: cannot be written"):
        write(folder, out)
    assert files(out) == {}

    (out / EXPORT_MANIFEST).rmdir()
    assert write(folder, out).foreign == ()


def test_a_clean_export_writes_everything_anew_and_leaves_foreign_files(folder: Folder, out: Path) -> None:
    out.mkdir()
    (out / "index.html").write_text("the site's own")
    (out / "articles").mkdir()
    (out / "articles" / "own.html").write_text("the site's own")
    folder.write("b.md", article("B"))
    folder.refresh()
    first = write(folder, out)
    before = states(out)
    (folder.root / "b.md").unlink()
    folder.refresh()

    done = export(folder.store, folder.root, out, clean=True)

    after = states(out)
    assert (done.written, done.unchanged, done.removed) == (first.written - 1, 0, 1)
    assert done.foreign == ("index.html",)
    assert (out / "articles" / "own.html").exists()
    assert not (out / "articles" / "b").exists()
    assert after[out / "media" / "wave.gif"] != before[out / "media" / "wave.gif"]
    assert after[out / "index.html"] == before[out / "index.html"]
    assert write(folder, out).written == 0


def test_a_clean_export_that_is_cut_off_leaves_every_feed_there(
    folder: Folder, out: Path, tmp_path: Path
) -> None:
    """Each file is replaced by its successor, not removed before it."""
    write(folder, out)
    before = files(out)
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"
    store = Interrupted(open_engine(url), url)
    store.at = folder.snapshot.documents["atom.xml"].etag
    with pytest.raises(StoreError):
        export(store, folder.root, out, clean=True)
    store.close()

    assert files(out) == before
    assert write(folder, out).foreign == ()


@pytest.mark.parametrize(
    "claim",
    ["../precious.txt", "articles/../../precious.txt", "{absolute}", "..", ".", "", "a\0b/c", "\ud800/c"],
)
@pytest.mark.parametrize("clean", [False, True])
def test_a_manifest_cannot_lead_us_out_of_the_folder(
    folder: Folder, out: Path, tmp_path: Path, claim: str, clean: bool
) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_bytes(b"x")
    write(folder, out)
    write_as_before(out, {claim.format(absolute=precious): blake2b(b"x", digest_size=16).hexdigest()})

    export(folder.store, folder.root, out, clean=clean)

    assert precious.exists()


def write_as_before(out: Path, more: Mapping[str, str]) -> None:
    """Replace the manifest by one as older versions wrote it: paths with the digests of their bytes."""
    marks = {path: blake2b(body, digest_size=16).hexdigest() for path, body in files(out).items()}
    (out / EXPORT_MANIFEST).write_text(json.dumps({"files": {**marks, **more}}))


def test_a_manifest_of_an_older_version_is_taken_over(folder: Folder, out: Path) -> None:
    folder.write("b.md", article("B"))
    folder.refresh()
    write(folder, out)
    new_form = (out / EXPORT_MANIFEST).read_text()
    (out / "about.html").write_text("the site's own")
    write_as_before(out, {"about.html": "0" * 32})

    done = write(folder, out)

    assert (done.written, done.foreign) == (0, ())
    assert (out / EXPORT_MANIFEST).read_text() == new_form

    write_as_before(out, {"about.html": "0" * 32})
    (folder.root / "b.md").unlink()
    folder.refresh()

    done = write(folder, out)

    assert (done.removed, done.foreign) == (1, ())
    assert not (out / "articles" / "b").exists()
    assert (out / "about.html").exists()


def test_an_interrupted_export_of_an_older_version_is_taken_over(folder: Folder, out: Path) -> None:
    """It left what it had begun to compress without a digest."""
    export(folder.store, folder.root, out, precompress=True)
    before = files(out)
    coded = {path: f"* {'0' * 32}" for path in before if path.endswith((".br", ".gz", ".zst"))}
    write_as_before(out, coded)

    done = export(folder.store, folder.root, out, precompress=True)

    assert coded
    assert done.foreign == ()
    assert files(out) == before


# What it tells


def lines(out: Path) -> set[object]:
    return {line for lines in json.loads((out / EXPORT_MANIFEST).read_text()).values() for line in lines}


def test_the_manifest_tells_no_path_even_to_who_guesses_it(folder: Folder, out: Path, tmp_path: Path) -> None:
    """Everybody may fetch it, and could try paths against digests of nothing but paths."""
    folder.write("unlisted.md", article("Nothing links here"))
    folder.refresh()
    export(folder.store, folder.root, out, precompress=True)
    (tmp_path / "other").mkdir()
    other = Folder(tmp_path / "other", folder.clock)
    for path in ("a.md", "unlisted.md"):
        other.write(path, article("Other words", body="![A wave](wave.gif)"))
    other.write("wave.gif", WAVE + b"!")
    other.refresh()
    export(other.store, other.root, out.with_name("elsewhere"), precompress=True)
    other.store.close()

    same_bytes = {
        path for path, body in files(out).items() if files(out.with_name("elsewhere")).get(path) == body
    }
    digests = {line for line in lines(out) if isinstance(line, str)}
    text = (out / EXPORT_MANIFEST).read_text()

    assert files(out).keys() == files(out.with_name("elsewhere")).keys()
    assert len(digests & lines(out.with_name("elsewhere"))) <= 2 * len(same_bytes) < len(digests)
    assert not [
        path for path in files(out) if path.rpartition("/")[2] in text or path.partition("/")[0] in text
    ]


def test_obsolete_files_of_ours_are_found_among_the_files_of_a_site(folder: Folder, out: Path) -> None:
    """Without paths in the manifest, by its place and its bytes: a copy elsewhere is the site's own."""
    folder.write("b.md", article("B"))
    folder.refresh()
    write(folder, out)
    page = out / "articles" / "b" / "index.html"
    copies = [out / "copy.html", page.with_name("copy.html"), out / "articles" / "a" / "copy" / "index.html"]
    for copy in copies:
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(page, copy)
    (folder.root / "b.md").unlink()
    folder.refresh()

    done = write(folder, out)

    assert done.removed == 1
    assert not page.exists()
    assert all(copy.exists() for copy in copies)


def test_an_interrupted_export_of_compressed_files_is_finished_by_the_next(
    folder: Folder, out: Path, tmp_path: Path
) -> None:
    export(folder.store, folder.root, out, precompress=True)
    folder.write("b.md", article("B"))
    folder.refresh()
    url = f"sqlite:///{tmp_path / 'catalogue.db'}"
    for path in ("rss.xml", "feed.json"):
        store = Interrupted(open_engine(url), url)
        store.at = folder.snapshot.documents[path].etag
        with pytest.raises(StoreError):
            export(store, folder.root, out, precompress=True)
        store.close()

    done = export(folder.store, folder.root, out, precompress=True)

    assert done.foreign == ()
    assert gzip.decompress(files(out)["rss.xml.gz"]) == folder.body("rss.xml")
    assert export(folder.store, folder.root, out, precompress=True).written == 0


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


DAMAGE = [b"", b"[]", b"{}", b'{"files": 1}', b"not JSON", b"\xff", b"[" * 100_000]


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage[:20])
def test_a_damaged_manifest_is_an_error(folder: Folder, out: Path, damage: bytes) -> None:
    """Without it we cannot tell our files from others'."""
    write(folder, out)
    (out / EXPORT_MANIFEST).write_bytes(damage)

    with pytest.raises(UsageError, match=r"damaged.*--clean"):
        write(folder, out)


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage[:20])
def test_a_clean_export_takes_over_what_equals_ours(folder: Folder, out: Path, damage: bytes) -> None:
    """All else is foreign: nobody can tell any more whose it was."""
    write(folder, out)
    (out / "about.html").write_text("the site's own")
    (out / "index.html").write_text("the site's own")
    (out / EXPORT_MANIFEST).write_bytes(damage)

    done = export(folder.store, folder.root, out, clean=True)

    assert done.foreign == ("index.html",)
    assert (out / "index.html").read_text() == (out / "about.html").read_text() == "the site's own"
    assert write(folder, out).written == 0

    folder.write("b.md", article("B"))
    folder.refresh()
    assert write(folder, out).foreign == ("index.html",)
    assert files(out)["rss.xml"] == folder.body("rss.xml")


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
