"""A repository that names programs: git runs them, and feedsvc does not."""

import os
import pty
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from feedsvc.articles.disk.git import first_commits
from feedsvc.articles.disk.repository import IncompleteError
from feedsvc.cli import cli
from tests.support.processes import feedsvc
from tests.support.repository import FIRST, Repository

TRAP = """\
#!/bin/sh
echo ran >> '{witness}'
"""


class Trap:
    """A repository with two commits, a program, and the file that tells whether the program was run."""

    def __init__(self, folder: Path) -> None:
        self.repository = Repository(folder / "site")
        self.root = self.repository.root
        self.witness = folder / "witness"
        self.program = folder / "program"
        self.program.write_text(TRAP.format(witness=self.witness), encoding="utf-8")
        self.program.chmod(0o755)
        self.repository.commit("a.md", "posts/b.md")
        self.repository.commit("a.md", "c.md")

    def set(self, *settings: str) -> None:
        """Write `NAME=VALUE` into the repository's configuration; `PROGRAM` is ours."""
        for setting in settings:
            name, _, value = setting.replace("PROGRAM", str(self.program)).partition("=")
            self.repository.git("config", "--add", name, value)

    def plain(self, *arguments: str, answer: str = "", folder: str = ".") -> None:
        """Run git as somebody would who sits at a terminal, whatever comes of it."""
        ours, theirs = pty.openpty()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "TERM": "dumb"}
        environment |= {
            f"GIT_{who}_{what}": "k" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        try:
            subprocess.run(
                ["git", *arguments],
                cwd=self.root / folder,
                env=environment,
                input=answer.encode(),
                stdout=theirs,
                stderr=subprocess.DEVNULL,
                timeout=30,
                check=False,
            )
        finally:
            os.close(ours)
            os.close(theirs)

    def sprung(self) -> bool:
        """Return whether the program was run since this was last asked."""
        was = self.witness.exists()
        self.witness.unlink(missing_ok=True)
        return was


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    return Trap(tmp_path)


@dataclass(frozen=True)
class Attack:
    """A way to make git run a program: what it takes, and the command of git that falls for it."""

    settings: tuple[str, ...] = ()
    arrange: Callable[[Trap], object] = Trap.sprung  # nothing
    spring: tuple[str, ...] = ("log", "--name-only")
    answer: str = ""
    folder: str = "."
    complete: bool = True


def _without_its_oldest_tree(trap: Trap) -> None:
    """Let the tree of the first commit be missing, as in a clone that has left it on its host."""
    found = subprocess.run(
        ["git", "rev-parse", "HEAD~1^{tree}"], cwd=trap.root, check=True, capture_output=True, text=True
    )
    name = found.stdout.strip()
    (trap.root / ".git/objects" / name[:2] / name[2:]).unlink()
    pack = trap.root / ".git/objects/pack"
    (pack / "pack-1.promisor").touch()


def _fetching(*settings: str) -> Attack:
    partial = ("core.repositoryformatversion=1", "extensions.partialClone=evil", "remote.evil.promisor=true")
    always = "protocol.allow=always"
    return Attack((*partial, always, *settings), arrange=_without_its_oldest_tree, complete=False)


def _attributes(line: str) -> Callable[[Trap], object]:
    return lambda trap: (trap.root / ".git/info/attributes").write_text(f"{line}\n", encoding="utf-8")


def _hook(name: str) -> Callable[[Trap], object]:
    return lambda trap: (trap.root / ".git/hooks" / name).symlink_to(trap.program)


def _hooks_elsewhere(trap: Trap) -> None:
    (trap.root / "hooks").mkdir()
    (trap.root / "hooks/reference-transaction").symlink_to(trap.program)


def _included(trap: Trap) -> None:
    text = f'[core]\nfsmonitor = "{trap.program}"\n'
    (trap.root / "theme.conf").write_text(text, encoding="utf-8")


def _of_a_work_tree(trap: Trap) -> None:
    text = f'[core]\nfsmonitor = "{trap.program}"\n'
    (trap.root / ".git/config.worktree").write_text(text, encoding="utf-8")


def _elsewhere(trap: Trap) -> None:
    (trap.root / ".git").rename(trap.root / "theme")
    (trap.root / ".git").write_text("gitdir: theme\n", encoding="utf-8")


def _common_elsewhere(trap: Trap) -> None:
    (trap.root / ".git").rename(trap.root / "theme")
    (trap.root / ".git").mkdir()
    (trap.root / ".git/HEAD").write_bytes((trap.root / "theme/HEAD").read_bytes())
    (trap.root / ".git/commondir").write_text("../theme\n", encoding="utf-8")


def _without_a_work_tree(trap: Trap) -> None:
    """Let the folder of articles itself look like a repository."""
    for each in (trap.root / ".git").iterdir():
        each.rename(trap.root / each.name)
    (trap.root / ".git").rmdir()


def _within(trap: Trap) -> None:
    inner = Repository(trap.root / "theme")
    inner.commit("d.md")
    inner.git("config", "core.fsmonitor", str(trap.program))


def _signed(trap: Trap) -> None:
    git = ("git", "-C", str(trap.root))
    commit = subprocess.run([*git, "cat-file", "commit", "HEAD"], check=True, capture_output=True).stdout
    head, _, body = commit.partition(b"\n\n")
    mark = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    signed = head + b"\n" + mark + b"\n\n" + body
    made = subprocess.run(
        [*git, "hash-object", "-t", "commit", "-w", "--stdin"], input=signed, check=True, capture_output=True
    )
    trap.repository.git("update-ref", "HEAD", made.stdout.decode().strip())


def _filtered(trap: Trap) -> None:
    _attributes("* filter=evil")(trap)
    (trap.root / "a.md").write_text("Changed.", encoding="utf-8")


def _filtered_and_deleted(trap: Trap) -> None:
    _attributes("* filter=evil")(trap)
    (trap.root / "a.md").unlink()


def _with_alternates(trap: Trap) -> None:
    other = Repository(trap.root.parent / "other")
    other.commit("x.md")
    alternates = trap.root / ".git/objects/info/alternates"
    alternates.write_text(f"{other.root}/.git/objects\n", encoding="utf-8")
    other.commit("y.md")


def _with_a_branch(trap: Trap) -> None:
    """Let `other` change the file that the current branch has changed, too."""
    _attributes("*.md merge=evil")(trap)
    trap.repository.git("checkout", "--quiet", "-b", "other", "HEAD~1")
    trap.repository.commit("a.md")
    trap.repository.git("checkout", "--quiet", "-")


ATTACKS = {
    # Missing objects are fetched while the history is read
    "ext": _fetching("remote.evil.url=ext::PROGRAM x"),
    "uploadpack": _fetching("remote.evil.url=/", "remote.evil.uploadpack=PROGRAM"),
    "core.sshCommand": _fetching("remote.evil.url=ssh://localhost/x", "core.sshCommand=PROGRAM"),
    "core.gitProxy": _fetching("remote.evil.url=git://localhost/x", "core.gitProxy=PROGRAM"),
    "url.insteadOf": _fetching("remote.evil.url=https://localhost/x", "url.ext::PROGRAM .insteadOf=https:"),
    # The index and the work tree are looked at
    "core.fsmonitor": Attack(("core.fsmonitor=PROGRAM",), spring=("status",)),
    "include": Attack(("include.path=../theme.conf",), arrange=_included, spring=("status",)),
    "includeIf": Attack(("includeIf.gitdir:/.path=../theme.conf",), arrange=_included, spring=("status",)),
    "worktreeConfig": Attack(
        ("extensions.worktreeConfig=true",), arrange=_of_a_work_tree, spring=("status",)
    ),
    "gitdir": Attack(("core.fsmonitor=PROGRAM",), arrange=_elsewhere, spring=("status",)),
    "commondir": Attack(("core.fsmonitor=PROGRAM",), arrange=_common_elsewhere, spring=("status",)),
    "bare": Attack(
        ("core.fsmonitor=PROGRAM", "core.bare=false", "core.worktree=posts"),
        arrange=_without_a_work_tree,
        spring=("status",),
        complete=False,
    ),
    "nested": Attack(arrange=_within, spring=("status",), folder="theme"),
    "clean": Attack(
        ("filter.evil.clean=PROGRAM",),
        arrange=_filtered,
        spring=("status",),
    ),
    "process": Attack(
        ("filter.evil.process=PROGRAM",),
        arrange=_filtered,
        spring=("status",),
    ),
    "smudge": Attack(
        ("filter.evil.smudge=PROGRAM",),
        arrange=_filtered_and_deleted,
        spring=("checkout", "a.md"),
    ),
    # What is read is shown
    "core.pager": Attack(("core.pager=PROGRAM",)),
    "pager.log": Attack(("pager.log=PROGRAM",)),
    "diff.external": Attack(("diff.external=PROGRAM",), spring=("--no-pager", "log", "-p", "--ext-diff")),
    "diff.command": Attack(
        ("diff.evil.command=PROGRAM",),
        arrange=_attributes("* diff=evil"),
        spring=("--no-pager", "log", "-p", "--ext-diff"),
    ),
    "textconv": Attack(
        ("diff.evil.textconv=PROGRAM",),
        arrange=_attributes("* diff=evil"),
        spring=("--no-pager", "log", "-p"),
    ),
    "gpg.program": Attack(("gpg.program=PROGRAM", "log.showSignature=true"), arrange=_signed),
    "difftool": Attack(
        ("diff.tool=evil", "difftool.evil.cmd=PROGRAM", "difftool.prompt=false"),
        spring=("difftool", "HEAD~1"),
    ),
    # Something is changed, fetched or asked
    "hooks": Attack(arrange=_hook("reference-transaction"), spring=("update-ref", "refs/x", "HEAD")),
    "core.hooksPath": Attack(
        ("core.hooksPath=hooks",), arrange=_hooks_elsewhere, spring=("update-ref", "refs/x", "HEAD")
    ),
    "core.editor": Attack(("core.editor=PROGRAM",), spring=("commit", "--allow-empty")),
    "credential.helper": Attack(
        ("credential.helper=!PROGRAM",),
        spring=("credential", "fill"),
        answer="protocol=https\nhost=localhost\n\n",
    ),
    "core.askPass": Attack(
        ("core.askPass=PROGRAM",),
        spring=("credential", "fill"),
        answer="protocol=https\nhost=localhost\n\n",
    ),
    "alias": Attack(("alias.history=!PROGRAM",), spring=("history",)),
    "trailer": Attack(
        ("trailer.x.key=X", "trailer.x.command=PROGRAM"), spring=("interpret-trailers",), answer="x\n"
    ),
    "merge.driver": Attack(("merge.evil.driver=PROGRAM",), arrange=_with_a_branch, spring=("merge", "other")),
    "core.alternateRefsCommand": Attack(
        ("core.alternateRefsCommand=PROGRAM",), arrange=_with_alternates, spring=("fetch", "../other")
    ),
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_programs_that_git_would_run_are_not_run(trap: Trap, attack: Attack) -> None:
    trap.set(*attack.settings)
    attack.arrange(trap)
    trap.sprung()
    trap.plain(*attack.spring, answer=attack.answer, folder=attack.folder)
    assert trap.sprung(), "the attack works with plain git"

    for command in ("list", "check", "refresh"):
        assert CliRunner().invoke(cli, [command, str(trap.root)]).exit_code == 0

    assert not trap.sprung()
    if attack.complete:
        assert first_commits(trap.root)["a.md"] == FIRST


def test_the_program_is_not_run_by_the_service_either(trap: Trap) -> None:
    attack = ATTACKS["ext"]
    trap.set(*attack.settings)
    attack.arrange(trap)

    done = feedsvc("build", trap.root, "--out", trap.root.parent / "out", cwd=trap.root)

    assert done.returncode == 0
    assert not trap.sprung()


@pytest.mark.parametrize("path", ["", ".", "::bin", "bin"])
def test_a_git_that_lies_in_the_site_is_not_run(
    trap: Trap, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    (trap.root / "bin").mkdir()
    for folder in (".", "bin"):
        (trap.root / folder / "git").symlink_to(trap.program)
    monkeypatch.chdir(trap.root)
    monkeypatch.setenv("PATH", f"{path}{os.pathsep}{os.environ['PATH']}")

    assert first_commits(trap.root)["a.md"] == FIRST

    assert not trap.sprung()


# Histories that are somewhere else


def clone(repository: Repository, folder: Path, *options: str) -> Path:
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.git("clone", "--quiet", *options, repository.root.as_uri(), str(folder))
    return folder


def test_a_clone_without_old_trees_asks_no_network_and_says_so(trap: Trap, tmp_path: Path) -> None:
    copy = clone(trap.repository, tmp_path / "clone", "--filter=tree:0")
    before = sorted(copy.rglob("*"))

    with pytest.raises(IncompleteError, match="partial clone"):
        first_commits(copy)

    assert sorted(copy.rglob("*")) == before, "nothing was fetched"


def test_a_clone_without_trees_is_told_of(trap: Trap, tmp_path: Path) -> None:
    copy = clone(trap.repository, tmp_path / "clone", "--filter=tree:0")

    done = feedsvc("check", copy, cwd=tmp_path)

    assert "git gives no dates (this is a partial clone, and its history lies elsewhere)" in done.stdout
    assert done.returncode == 0


def test_a_clone_without_old_texts_knows_all_dates(trap: Trap, tmp_path: Path) -> None:
    copy = clone(trap.repository, tmp_path / "clone", "--filter=blob:none")

    assert first_commits(copy) == first_commits(trap.root)


def test_a_clone_that_borrows_objects_knows_all_dates(trap: Trap, tmp_path: Path) -> None:
    copy = tmp_path / "clone"
    trap.repository.git("clone", "--quiet", "--shared", str(trap.root), str(copy))

    assert first_commits(copy) == first_commits(trap.root)


def test_a_further_work_tree_knows_all_dates(trap: Trap, tmp_path: Path) -> None:
    trap.repository.git("worktree", "add", "--quiet", str(tmp_path / "tree"), "HEAD~1")

    assert first_commits(tmp_path / "tree") == {"a.md": FIRST, "posts/b.md": FIRST}


def test_a_submodule_knows_all_dates(trap: Trap, tmp_path: Path) -> None:
    whole = Repository(tmp_path / "whole")
    whole.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(trap.root), "site")

    assert first_commits(whole.root / "site" / "posts") == {"b.md": FIRST}


def test_a_repository_of_other_hashes_knows_all_dates(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "site")
    subprocess.run(
        ["git", "init", "--quiet", "--object-format=sha256", "posts"], cwd=repository.root, check=True
    )
    (repository.root / ".git").rename(tmp_path / "old")
    (repository.root / "posts/.git").rename(repository.root / ".git")

    first = repository.commit("a.md")

    assert first_commits(repository.root) == {"a.md": first}


def test_references_in_one_file_are_found(trap: Trap) -> None:
    trap.repository.git("pack-refs", "--all")
    trap.repository.git("gc", "--quiet")

    assert first_commits(trap.root)["a.md"] == FIRST


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_a_repository_of_another_user_is_read(trap: Trap) -> None:
    """git refuses it for what its configuration may run, and we run nothing of that."""
    for path in (trap.root, *trap.root.rglob("*")):
        os.chown(path, 12345, 12345, follow_symlinks=False)

    assert first_commits(trap.root)["a.md"] == FIRST


def test_replaced_commits_do_not_count(trap: Trap) -> None:
    trap.repository.day = datetime(2011, 1, 1, tzinfo=UTC)
    trap.repository.git("replace", "--graft", "HEAD")

    assert first_commits(trap.root)["a.md"] == FIRST


# Repositories that are damaged, on purpose or not


@pytest.mark.parametrize("place", ["HEAD", "config", "commondir", "packed-refs", "shallow"])
def test_a_pipe_in_a_repository_keeps_nobody_waiting(trap: Trap, place: str) -> None:
    (trap.root / ".git" / place).unlink(missing_ok=True)
    os.mkfifo(trap.root / ".git" / place)

    with suppress(ValueError):  # "is not a regular file"
        assert first_commits(trap.root)["a.md"] == FIRST


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("gitdir: nowhere\n", "leads to no repository"),
        ("x", "names no repository"),
        ("gitdir: /dev\n", "not a git repository"),
    ],
)
def test_a_file_that_leads_to_no_repository_is_told_of(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / ".git").write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=reason):
        first_commits(tmp_path)


def test_a_format_that_nobody_knows_is_told_of(trap: Trap) -> None:
    trap.set("core.repositoryformatversion=1", "extensions.objectFormat=md5")

    with pytest.raises(ValueError, match="'md5' is not known"):
        first_commits(trap.root)


def test_a_history_that_unfolds_to_billions_of_files_comes_to_an_end(trap: Trap) -> None:
    """Thirty small objects, each of which holds the one before ten times."""
    git = ("git", "-C", str(trap.root))

    def made(*arguments: str, text: str) -> str:
        done = subprocess.run([*git, *arguments], input=text, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    held = f"100644 blob {made('hash-object', '-w', '--stdin', text='x')}"
    for _ in range(30):
        held = f"040000 tree {made('mktree', text=''.join(f'{held}{chr(9)}{n}{chr(10)}' for n in range(10)))}"
    commit = made(*("-c", "user.name=K", "-c", "user.email=k@e"), "commit-tree", held.split()[2], text="x")
    trap.repository.git("update-ref", "HEAD", commit)

    with pytest.raises(ValueError, match=r"."):
        first_commits(trap.root)


@pytest.mark.parametrize("seconds", [0, 315_532_800, 99_999_999_999])
def test_a_commit_by_a_clock_that_was_not_set_has_no_date(trap: Trap, seconds: int) -> None:
    (trap.root / "d.md").write_text("x", encoding="utf-8")
    trap.repository.git("add", "--all")
    identity = f"K <k@example.org> {seconds} +0000"
    tree = subprocess.run(["git", "write-tree"], cwd=trap.root, check=True, capture_output=True, text=True)
    parent = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=trap.root, check=True, capture_output=True, text=True
    )
    text = f"tree {tree.stdout}parent {parent.stdout}author {identity}\ncommitter {identity}\n\nx\n"
    made = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
        cwd=trap.root,
        input=text,
        check=True,
        capture_output=True,
        text=True,
    )
    trap.repository.git("update-ref", "HEAD", made.stdout.strip())

    dates = first_commits(trap.root)

    assert "d.md" not in dates
    assert dates["a.md"] == FIRST
