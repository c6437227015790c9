"""What cannot be asked for is not gone: folders, articles and media stay as they were, and it is said."""

import errno
import json
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from feedsvc.articles.disk.scan import Listing, MovedError, ScanRules, read, scan
from feedsvc.errors import SourceError
from feedsvc.model import SourceFile
from feedsvc.publisher.refresh.bodies import Contents
from feedsvc.publisher.refresh.gather import Reader, unread
from feedsvc.publisher.refresh.publisher import Publisher
from tests.conftest import Clock
from tests.support.builders import make_article, make_record
from tests.support.pictures import png
from tests.support.processes import Served, feedsvc, powerless
from tests.support.sites import Folder, article, make_plan

PUBLIC = "https://example.org"
ERRORS = [
    errno.EACCES,
    errno.EPERM,
    errno.EIO,
    errno.ESTALE,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.ETIMEDOUT,
]
GONE = [errno.ENOENT, errno.ENOTDIR]


class Disk:
    """The real disk, which answers questions about some paths with an error.

    Attributes:
        failing: Ends of paths, and the error for what ends so; "s/" stands for the folder itself.
    """

    def __init__(self) -> None:
        self.failing: dict[str, int] = {}

    def scan(self, root: Path, rules: ScanRules) -> Listing:
        return scan(root, rules, members=self.members, status=self.status)

    def status(self, path: str) -> os.stat_result:
        self._fail(path)
        return Path(path).stat()

    def members(self, folder: str) -> Sequence[os.DirEntry[str]]:
        self._fail(f"{folder}/")
        with os.scandir(folder) as listing:
            return list(listing)

    def read(self, file: SourceFile, *, limit: int = -1) -> bytes:
        self._fail(str(file.location))
        return file.location.read_bytes()[: limit if limit >= 0 else None]

    def _fail(self, path: str) -> None:
        for end, number in self.failing.items():
            if path.endswith(f"/{end}"):
                raise OSError(number, os.strerror(number), path)


class Unsure:
    """A directory entry of a disk that does not tell by itself what a name stands for."""

    def __init__(self, real: os.DirEntry[str], number: int) -> None:
        self.name, self.path = real.name, real.path
        self._number = number

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:  # noqa: ARG002
        raise OSError(self._number, os.strerror(self._number), self.path)

    def is_symlink(self) -> bool:
        raise OSError(self._number, os.strerror(self._number), self.path)


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture(params=[True, False], ids=["again and again", "once"])
def folder(tmp_path: Path, clock: Clock, disk: Disk, request: pytest.FixtureRequest) -> Iterator[Folder]:
    """A folder with two articles and a picture, published."""
    made = Folder(tmp_path, clock)
    made.scan = disk.scan
    made.write("a.md", article("A"))
    made.write("s/b.md", article("B", body="![](wave.png)"))
    made.write("s/wave.png", png(64, 48))
    made.restart(patient=request.param)
    made.refresh()
    yield made
    made.store.close()


# The folder as it is listed


@pytest.mark.parametrize("number", ERRORS)
@pytest.mark.parametrize("place", ["s/b.md", "s/", "s/."])
def test_an_error_says_nothing_of_what_is_there(folder: Folder, disk: Disk, place: str, number: int) -> None:
    disk.failing = {place: number}

    listing = disk.scan(folder.root, ScanRules())

    unknown = place.removesuffix(".")
    assert listing.unreadable == {unknown if place != "s/b.md" else place}
    (problem,) = listing.problems
    assert listing.faults == (problem,)
    assert str(problem).startswith(f"{unknown if place != 's/b.md' else place}: error: cannot be ")
    assert os.strerror(number) in problem.reason


@pytest.mark.parametrize("number", GONE)
@pytest.mark.parametrize("place", ["s/b.md", "s/", "s/."])
def test_no_such_file_and_no_directory_say_that_it_is_gone(
    folder: Folder, disk: Disk, place: str, number: int
) -> None:
    disk.failing = {place: number}

    listing = disk.scan(folder.root, ScanRules())

    assert [file.path for file in listing.articles] == ["a.md"]
    assert (listing.unreadable, listing.problems) == (frozenset(), ())


@pytest.mark.parametrize("number", ERRORS)
def test_a_name_of_which_not_even_the_kind_is_known_may_be_a_file_or_a_folder(
    tmp_path: Path, number: int
) -> None:
    (tmp_path / "x.md").mkdir()

    def members(folder: str) -> Sequence[os.DirEntry[str]]:
        with os.scandir(folder) as listing:
            return [Unsure(member, number) for member in listing]  # type: ignore[misc]

    listing = scan(tmp_path, ScanRules(), members=members)

    assert listing.unreadable == {"x.md", "x.md/"}
    assert [problem.path for problem in listing.problems] == ["x.md"]


@pytest.mark.parametrize("number", GONE)
def test_a_name_that_vanishes_while_its_kind_is_asked_for_is_gone(tmp_path: Path, number: int) -> None:
    (tmp_path / "x.md").mkdir()

    def members(folder: str) -> Sequence[os.DirEntry[str]]:
        with os.scandir(folder) as listing:
            return [Unsure(member, number) for member in listing]  # type: ignore[misc]

    assert scan(tmp_path, ScanRules(), members=members) == Listing()


def test_a_link_that_leads_in_a_circle_is_not_gone(folder: Folder) -> None:
    (folder.root / "a.md").unlink()
    (folder.root / "a.md").symlink_to("a.md")

    report = folder.refresh()

    assert report.visible == 2
    assert [problem.path for problem in report.faults] == ["a.md"]


def test_the_folder_itself_fails_as_a_whole(folder: Folder, disk: Disk) -> None:
    disk.failing = {"articles/.": errno.EACCES}

    with pytest.raises(SourceError, match=r"articles: cannot be entered \(Permission denied\); check"):
        folder.refresh()


def test_a_file_that_is_no_article_may_fail_unheard(folder: Folder, disk: Disk) -> None:
    folder.write("notes.pdf", b"")
    disk.failing = {"notes.pdf": errno.EIO}

    assert disk.scan(folder.root, ScanRules()).problems == ()


def test_a_part_of_what_cannot_be_asked_for_does_not_become_an_article(tmp_path: Path, disk: Disk) -> None:
    """Of a bundle of Hugo's, whose `index.md` says that the other texts are parts of it."""
    from feedsvc.articles.dialects import SiteFiles
    from feedsvc.articles.dialects.hugo import HUGO

    (tmp_path / "content" / "trip").mkdir(parents=True)
    for name in ("index.md", "aside.md"):
        (tmp_path / "content" / "trip" / name).write_text(article())
    rules = ScanRules(dialect=HUGO.open(SiteFiles()))
    disk.failing = {"trip/index.md": errno.EIO}

    listing = disk.scan(tmp_path, rules)

    assert listing.articles == ()
    assert listing.parts == {"content/trip/aside.md"}


# What is published


@pytest.mark.parametrize("number", ERRORS)
@pytest.mark.parametrize("place", ["s/b.md", "s/", "s/.", "s/wave.png"])
@pytest.mark.parametrize("anew", [False, True])
def test_nothing_changes_that_is_published(
    folder: Folder, disk: Disk, place: str, number: int, anew: bool
) -> None:
    """Whether this process has read the folder before, or another one."""
    before, records = folder.bodies(), folder.store.catalogue().records
    disk.failing = {place: number}
    if anew:
        folder.restart()

    reports = [folder.refresh() for _ in range(3)]

    assert [report.visible for report in reports] == [2, 2, 2]
    assert [report.generation for report in reports] == [None, None, None]
    assert folder.bodies() == before
    assert folder.snapshot.media == {"s/wave.png"}
    assert [record.id for record in folder.store.catalogue().records] == [record.id for record in records]
    for report in reports:
        assert str(report.unread).startswith("a file or folder cannot be ")
        assert [problem.path for problem in report.problems] == [place.removesuffix(".")]


@pytest.mark.parametrize("anew", [False, True])
def test_files_that_can_be_asked_for_again_were_never_away(folder: Folder, disk: Disk, anew: bool) -> None:
    before = folder.bodies()
    disk.failing = {"s/": errno.EACCES}
    if anew:
        folder.restart(patient=True)
    folder.refresh()
    for path in ("s/b.md", "s/wave.png"):
        os.utime(folder.root / path)  # as `chmod -R` changes their times, too
    disk.failing = {}

    reports = [folder.look(seconds=0.1) for _ in range(5)]

    assert {(report.visible, report.generation) for report in reports} == {(2, None)}
    assert reports[-1].settled
    assert folder.bodies() == before
    assert folder.store.catalogue().withdrawals == ()


def test_no_number_of_errors_is_a_loss(tmp_path: Path, clock: Clock, disk: Disk) -> None:
    folder = Folder(tmp_path, clock)
    folder.scan = disk.scan
    for number in range(60):
        folder.write(f"{number}.md", article(f"Article {number}"))
    folder.restart(max_loss=1)
    folder.refresh()
    before = folder.bodies()
    disk.failing = {f"{number}.md": errno.ESTALE for number in range(60)}

    report = folder.refresh()

    assert (report.visible, report.generation) == (60, None)
    assert str(report.unread).endswith("; and 59 more")
    assert folder.bodies() == before
    folder.store.close()


@pytest.mark.parametrize("anew", [False, True])
def test_a_copy_of_what_cannot_be_asked_for_does_not_become_an_article(
    folder: Folder, disk: Disk, anew: bool
) -> None:
    disk.failing = {"a.md": errno.EIO, "new.md": errno.EIO}
    for name in ("a (1).md", "new.md", "new (1).md"):
        folder.write(name, article("A"))
    if anew:
        folder.restart()

    reports = [folder.refresh() for _ in range(3)]

    assert [report.visible for report in reports] == [2, 2, 2]


def test_others_go_on(folder: Folder, disk: Disk) -> None:
    disk.failing = {"s/": errno.EIO}
    folder.write("c.md", article("C", body="![](s/wave.png)"))
    folder.refresh()
    report = folder.refresh()

    assert report.visible == 3
    assert folder.snapshot.media == {"s/wave.png"}


@pytest.mark.parametrize("number", ERRORS)
def test_a_file_that_cannot_be_opened_stays_as_it_was(
    tmp_path: Path, clock: Clock, disk: Disk, number: int
) -> None:
    folder = Folder(tmp_path, clock)
    folder.write("a.md", article("A"))
    folder.refresh()
    os.utime(folder.root / "a.md", (1, 1))
    disk.failing = {"a.md": number}
    plan = make_plan(folder.root)
    reader = Reader(plan, read=disk.read, ticks=folder.ticks, pause=folder.ticks.forward)

    report = Publisher(plan, folder.store, clock=clock, reader=reader).refresh()

    assert (report.visible, report.broken) == (1, 1)
    assert report.unread == (
        f"a file or folder cannot be read ({os.strerror(number)}), so it stays as it was; check its"
        " permissions and its disk; the log and `feedsvc check` name it"
    )
    folder.store.close()


@pytest.mark.parametrize("number", ERRORS)
def test_a_picture_that_cannot_be_opened_is_told_of_as_before(
    tmp_path: Path, disk: Disk, number: int
) -> None:
    (tmp_path / "wave.png").write_bytes(png(64, 48))
    media = scan(tmp_path, ScanRules()).media
    record = make_record(article=make_article(path="a.md", body="![](wave.png)"), own_page=True)
    first = Contents(make_plan(tmp_path), read=disk.read)
    first.begin(media, {})
    before = first(record)
    first.end()
    disk.failing = {"wave.png": number}

    second = Contents(make_plan(tmp_path), read=disk.read)
    second.recall(first.known)
    second.begin(media, {})
    after = second(record)

    assert (after.html, after.image, after.media) == (before.html, before.image, before.media)
    assert not second.complete
    assert [problem.path for problem in second.faults] == ["wave.png"]
    assert second.end() == second.faults


# Real processes of an ordinary user


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """A folder that is to lose its permissions, beside its configuration; they are restored at the end."""
    root = tmp_path / "content"
    (root / "posts").mkdir(parents=True)
    (root / "a.md").write_text(article("A"))
    (root / "posts" / "b.md").write_text(article("B", body="![](wave.png)"))
    (root / "posts" / "wave.png").write_bytes(png(64, 48))
    (tmp_path / "feedsvc.toml").write_text(
        f'[articles]\ndirectory = "content"\nrescan = 1\n[server]\nurl = "{PUBLIC}"\n'
    )
    yield tmp_path
    for path in (root, root / "posts"):
        path.chmod(0o755)


def forbid(path: Path) -> None:
    """Do what `chmod -R 644` does."""
    for each in (*path.rglob("*"), path):
        each.chmod(0o644)


def permit(path: Path) -> None:
    path.chmod(0o755)
    for each in path.rglob("*"):
        each.chmod(0o755)


def test_a_folder_of_mode_644_keeps_all_that_is_published(site: Path) -> None:
    run = partial(feedsvc, cwd=site, before=powerless())
    run("build", "--out", site / "out")
    before = {path: path.read_bytes() for path in (site / "out").rglob("*") if path.is_file()}
    forbid(site / "content" / "posts")

    built, anew = run("build", "--out", site / "out"), run("build", "--out", site / "out", "--clean")
    checked = run("check", "--format", "json")
    listed = run("list", "--format", "jsonl")

    assert (built.returncode, anew.returncode) == (0, 0)
    said = "posts/: error: cannot be entered (Permission denied), so its articles stay as they were"
    assert said in built.stderr
    assert "media: posts/wave.png: cannot be read (Permission denied), so it stays as it was" in built.stderr
    assert {path: path.read_bytes() for path in (site / "out").rglob("*") if path.is_file()} == before
    assert checked.returncode == 1
    assert [json.loads(line)["path"] for line in checked.stdout.splitlines()] == ["posts/"]
    assert [json.loads(line)["visible"] for line in listed.stdout.splitlines()] == [True, True]


def test_a_root_of_mode_644_is_an_error_before_anything_is_published(site: Path) -> None:
    forbid(site / "content")

    done = feedsvc("build", "--out", site / "out", cwd=site, before=powerless())

    assert done.returncode == 3
    assert f"{site / 'content'}: cannot be entered (Permission denied); check the path" in done.stderr
    assert not (site / "out").exists()


@pytest.mark.parametrize("place", ["content", "content/posts"])
def test_a_server_keeps_what_cannot_be_asked_for_and_says_so(site: Path, place: str) -> None:
    with Served(cwd=site, before=powerless()) as served:
        page, picture = "/articles/b/", "/media/posts/wave.png"
        before = served.get("/atom.xml").body
        assert (served.get(page).status, served.get(picture).status) == (200, 200)

        forbid(site / place)
        served.until(lambda: b"cannot be entered" in served.get("/readyz").body)
        asked = (served.get(page).status, served.get(picture).status)

        assert asked == (200, 503)
        assert served.get("/atom.xml").body == before
        assert "cannot be entered (Permission denied)" in served.log
        permit(site / place)
        seen: set[tuple[bytes, int]] = set()

        def is_well() -> bool:
            seen.add((served.get("/atom.xml").body, served.get(page).status))
            return served.get("/readyz").body.startswith(b"ok\n")

        served.until(is_well)
        assert seen == {(before, 200)}
        assert served.get(picture).status == 200


def test_a_server_whose_state_lies_in_the_folder_goes_on_and_says_so(site: Path) -> None:
    """Its catalogue cannot be asked for either, which is no fault of the program."""
    folder = site / "content"
    with Served(folder, cwd=site, before=powerless(), FEEDSVC_ARTICLES__RESCAN="1") as served:
        before = served.get("/atom.xml").body
        for each in (*folder.rglob("*"), folder):
            if ".feedsvc" not in each.parts:
                each.chmod(0o644)
        served.until(lambda: b"Permission denied" in served.get("/readyz").body)

        assert served.get("/atom.xml").body == before
        assert "Traceback" not in served.log
        assert "catalogue.db: cannot be asked for (Permission denied); check its permissions" in served.log
        for each in (folder, folder / "posts"):
            each.chmod(0o755)
        served.until(lambda: served.get("/readyz").body.startswith(b"ok\n"))
        assert served.get("/atom.xml").body == before


def test_a_folder_that_can_be_read_again_is_watched_again(site: Path) -> None:
    """Long before the next rescan, which is an hour away."""
    config = site / "feedsvc.toml"
    config.write_text(config.read_text().replace("rescan = 1", "rescan = 3600"))
    posts = site / "content" / "posts"
    posts.chmod(0o000)
    with Served(cwd=site, before=powerless()) as served:
        posts.chmod(0o755)
        served.until(lambda: served.get("/articles/b/").status == 200)

        (posts / "c.md").write_text(article("C"))

        served.until(lambda: served.get("/articles/c/").status == 200)


def test_a_file_of_mode_000_is_no_reason_for_a_refresh_to_fail(site: Path) -> None:
    """Like any broken article, it is reported and kept; a probe names it to nobody."""
    secret = site / "content" / "posts" / "b.md"
    with Served(cwd=site, before=powerless()) as served:
        secret.chmod(stat.S_IWUSR)
        done = feedsvc("refresh", cwd=site, before=powerless())

        assert done.returncode == 0
        assert "posts/b.md: error: cannot be read (Permission denied), so it stays as it was" in done.stderr
        probe = served.get("/readyz").body
        assert b"a file or folder cannot be read (Permission denied)" in probe
        assert b"b.md" not in probe
        assert served.get("/articles/b/").status == 200


def test_a_file_that_may_be_read_again_is_not_said_to_be_written(tmp_path: Path, clock: Clock) -> None:
    """As after `chmod 000` and `chmod 644`, between which nobody wrote it."""
    folder = Folder(tmp_path, clock)
    file = folder.write("a.md", article("A"))
    folder.restart(patient=True)
    folder.refresh()
    closed = [True]

    def read_if_open(file: SourceFile, *, limit: int = -1) -> bytes:
        if closed[0]:
            raise PermissionError(errno.EACCES, "Permission denied")
        return read(file, limit=limit)

    plan = make_plan(folder.root)
    reader = Reader(plan, patient=True, read=read_if_open, ticks=folder.ticks, pause=folder.ticks.forward)
    folder.publisher = Publisher(plan, folder.store, clock=clock, reader=reader)
    file.chmod(0o600)
    folder.refresh()
    shut = folder.refresh()

    closed[0] = False
    file.chmod(0o644)
    moving, open_again = folder.look(seconds=0.1), folder.look(seconds=1)

    (problem,) = shut.problems
    assert str(problem).startswith("a.md: error: cannot be read (Permission denied), so it stays as it was")
    assert moving.problems == shut.problems
    assert open_again.problems == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: file.write_text("longer"), "was written while it was read, so it stays as it was"),
        (lambda file: file.chmod(0o600), "was given other permissions or another place while it was read"),
    ],
)
def test_what_has_changed_while_a_file_was_read_is_said(
    tmp_path: Path, change: Callable[[Path], object], said: str
) -> None:
    (tmp_path / "a.md").write_text("short")
    (listed,) = scan(tmp_path, make_plan(tmp_path).rules).articles

    change(tmp_path / "a.md")
    with pytest.raises(MovedError) as raised:
        read(listed)

    assert unread("a.md", raised.value).reason.startswith(said)
