"""When git first saw each file."""

import os
from pathlib import Path

import pytest

from feedsvc.articles.disk.git import first_commits, read_log
from feedsvc.articles.paths import shown
from tests.support.repository import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "site")


def test_a_file_is_as_old_as_the_commit_that_added_it(repository: Repository) -> None:
    first = repository.commit("a.md")
    second = repository.commit("a.md", "b.md")

    assert first_commits(repository.root) == {"a.md": first, "b.md": second}


def test_a_file_that_came_back_is_as_old_as_it_first_was(repository: Repository) -> None:
    first = repository.commit("a.md", "b.md")
    (repository.root / "a.md").unlink()
    repository.commit()
    repository.commit("a.md")

    assert first_commits(repository.root)["a.md"] == first


def test_a_renamed_file_is_as_old_as_its_name(repository: Repository) -> None:
    """Whether it is the same article is for the catalogue to say."""
    first = repository.commit("a.md")
    (repository.root / "a.md").rename(repository.root / "b.md")
    second = repository.commit()

    assert first_commits(repository.root) == {"a.md": first, "b.md": second}


def test_names_are_as_the_folder_shows_them(repository: Repository) -> None:
    """Not as git quotes them."""
    names = ("첫 글.md", 'a "quoted".md', "two\nlines.md", "deep/er/c.md")
    first = repository.commit(*names)

    assert first_commits(repository.root) == {shown(name): first for name in names}


def test_a_name_that_is_no_text_is_shown_as_the_folder_shows_it(repository: Repository) -> None:
    repository.commit(os.fsdecode(b"\xff.md"))

    assert list(first_commits(repository.root)) == ["\\xff.md"]


def test_names_are_relative_to_the_folder_within_the_repository(repository: Repository) -> None:
    first = repository.commit("posts/a.md", "b.md")
    repository.commit("c.md")

    assert first_commits(repository.root / "posts") == {"a.md": first}


def test_what_is_not_committed_has_no_date(repository: Repository) -> None:
    repository.commit("a.md")
    (repository.root / "new.md").write_text("x", encoding="utf-8")

    assert "new.md" not in first_commits(repository.root)


def test_a_merge_adds_nothing_of_its_own(repository: Repository) -> None:
    repository.commit("a.md")
    repository.git("checkout", "--quiet", "-b", "draft")
    second = repository.commit("b.md")
    repository.git("checkout", "--quiet", "-")
    repository.commit("c.md")
    repository.git("merge", "--quiet", "--no-ff", "--no-edit", "draft")

    assert first_commits(repository.root)["b.md"] == second


def test_a_shallow_clone_is_refused(repository: Repository, tmp_path: Path) -> None:
    """Its oldest commit seems to have added every file."""
    repository.commit("a.md")
    repository.commit("b.md")
    repository.git("clone", "--quiet", "--depth=1", repository.root.as_uri(), str(tmp_path / "clone"))

    with pytest.raises(ValueError, match="shallow clone"):
        first_commits(tmp_path / "clone")


def test_a_folder_outside_of_git_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a git repository"):
        first_commits(tmp_path)


def test_a_repository_without_commits_is_refused(repository: Repository) -> None:
    with pytest.raises(ValueError, match="it does not have any commits yet"):
        first_commits(repository.root)


def test_another_repository_in_the_environment_is_not_asked(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hook that publishes the site runs with the variables of its own repository."""
    first = repository.commit("a.md")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))

    assert first_commits(repository.root) == {"a.md": first}


def test_without_git_there_are_no_dates(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit("a.md")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ValueError, match="git cannot be run"):
        first_commits(repository.root)


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ([b"//1714554000\0\n", *[b"x" * 900_000 + b"\0"] * 112], "its history has too many files"),
        ([b"//1714554000\0\n", *[b"x" * 900_000] * 2], "its history has a file name without end"),
    ],
)
def test_the_output_of_git_is_bounded(log: list[bytes], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_log(log)


def test_the_output_of_git_may_come_in_any_portions() -> None:
    log = b"//1714554000\0\n\nb.md\0a.md\0//1714467600\0//1714381200\0\na.md\0"

    whole = read_log([log])

    assert set(whole) == {shown("\nb.md"), "a.md"}
    assert whole == read_log([bytes([byte]) for byte in log])
    assert whole["a.md"] < whole[shown("\nb.md")]
