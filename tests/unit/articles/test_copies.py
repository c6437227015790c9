"""What is no article: copies that programs and people leave, recycle bins, and unfinished merges."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.disk.copies import conflict_of, originals_of
from feedsvc.articles.disk.scan import ScanRules, left_out, scan
from feedsvc.articles.reading.conflict_markers import first_conflict
from feedsvc.model import Markup, Severity
from feedsvc.publisher.inspect.explain import explain
from feedsvc.publisher.inspect.survey import survey
from tests.conftest import Clock
from tests.support.builders import NOON
from tests.support.processes import feedsvc
from tests.support.sites import Folder, article, make_plan

Form = Literal["NFC", "NFD"]

CONFLICTS = [
    "x.sync-conflict-20240101-120000-ABCDEFG",  # Syncthing
    "x.sync-conflict-20240101-120000",
    "x (Anna's conflicted copy 2024-01-01)",  # Dropbox
    "x (Anna’s conflicted copy 2024-01-01 (1))",
    "x (Anna (Work)'s conflicted copy 2024-01-01)",
    "x (Anna's conflicted copy 2024-01-01) (1)",
    "x (In Konflikt stehende Kopie von Anna 2024-01-01)",
    "x (Annas in Konflikt stehende Kopie 2024-01-01)",
    "x (Copie en conflit de Anna 2024-01-01)",
    "x (Copia en conflicto de Anna 2024-01-01)",
    "x (Copia conflictiva de Anna 2024-01-01)",
    "x (Copia in conflitto di Anna 2024-01-01)",
    "x (Cópia em conflito de Anna 2024-01-01)",
    "x (conflicterende kopie van Anna 2024-01-01)",
    "x (Annas motstridiga kopia 2024-01-01)",
    "x (конфликтующая копия пользователя Anna 2024-01-01)",
    "x (Anna の競合コピー 2024-01-01)",
    "x (Anna 的冲突副本 2024-01-01)",
    "x (Anna의 충돌된 복사본 2024-01-01)",
    "x (Case Conflict)",
    "x (Unicode Encoding Conflict 1)",
    "x (conflicted copy 2024-01-01 120000)",  # Nextcloud
    "x (conflicted copy Anna 2024-01-01 120000)",
    "x (case clash from Anna 2024-01-01 120000)",
    "x_conflict-20240101-120000",  # ownCloud
    "x (Conflicted copy MacBook 202401011200)",  # Obsidian
    "x-DESKTOP-AB12CD3",  # OneDrive
    "x-LAPTOP-AB12CD34",
    "x (SFConflict anna@ex.org 2024-01-01-12-00-00)",  # Seafile
    "x_NAS-1_Jan-01-1200-2024_Conflict",  # Synology Drive
    "x (Konfliktkopie)",
    "x.Conflict",  # Resilio Sync
    "x_BASE_123",  # git mergetool
    "x_LOCAL_123",
    "x_REMOTE_123",
    "x_BACKUP_123",
    "x.LOCAL.123",
]
NAMES = [
    "conflict",
    "conflicted copy",
    "The conflicted copy of 2024",
    "Price list (spring)",
    "Peace (in conflict)",
    "Law (Conflict and copyright)",
    "notes_local_2",
    "x-desktop-ab12cd3",
    "2024-01-01-sync-conflict",
    "base_123",
    "_BASE_123",
    "copy",
    "photocopy",
    "한글",
]


@pytest.mark.parametrize("name", CONFLICTS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_copy_that_was_in_conflict_is_known_by_its_name(name: str, form: Form) -> None:
    assert conflict_of(normalize(form, f"{name}.md")) == "x.md"


def test_the_copy_of_a_copy_is_one_too() -> None:
    assert conflict_of("x.md.BACKUP.123.md") == "x.md"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_people_give_is_no_conflict(name: str) -> None:
    assert conflict_of(f"{name}.md") is None


DUPLICATES = [
    *("x copy", "x copy 2", "x - Copy", "x - Copy (2)", "Copy of x", "Copy (2) of x", "x-copy", "x_copy_2"),
    *("x (1)", "x(1)", "x (12)", "x (copy)", "x (another copy)", "x (3rd copy)", "x (Copy 2)"),
    *(
        "x - Kopie",
        "x Kopie 2",
        "Kopie von x",
        "x (Kopie)",
        "x - copie",
        "Copie de x",
        "x - copia",
        "Copia de x",
    ),
    *("x - 복사본", "x - 복사본 (2)", "x 복사본", "x 복사본 2", "복사본 x", "x (복사본)"),
    *(
        "x - コピー",
        "x - コピー (2)",
        "xのコピー",
        "xのコピー2",
        "コピー ～ x",
        "x - 副本",
        "x副本",
        "x 拷貝",
    ),
    *("x — копия", "x — копия (2)", "Копия x"),
]


@pytest.mark.parametrize("name", DUPLICATES)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_duplicate_may_be_known_by_its_name(name: str, form: Form) -> None:
    assert ("x.md", False) in originals_of(normalize(form, f"{name}.md"))


@pytest.mark.parametrize(
    "name", ["x", "copy", "(1)", "hardcopy", "x (2024)", "x 2024", "x 123", "x (0)", "12"]
)
def test_a_name_without_a_mark_of_a_copy_is_none(name: str) -> None:
    assert originals_of(f"{name}.md") == ()


@given(
    st.lists(st.sampled_from([*"x(.-_ )1", " copy", "conflict", "BASE", "Kopie", "(1)", "복사본"])).map(
        "".join
    )
)
def test_an_original_is_another_file_of_the_same_kind(name: str) -> None:
    """And whatever a name holds, it is looked through in a moment."""
    found = [conflict_of(f"{name}.md"), *(original for original, _ in originals_of(f"{name}.md"))]

    assert all(
        original is None or (original.endswith(".md") and original != f"{name}.md") for original in found
    )


# In the folder


@pytest.fixture
def folder(tmp_path: Path, clock: Clock) -> Iterator[Folder]:
    made = Folder(tmp_path, clock)
    yield made
    made.store.close()


def titles(folder: Folder) -> list[str]:
    return sorted(record.article.path for record in folder.store.catalogue().records if not record.gone)


def reasons(folder: Folder) -> dict[str, str]:
    return {problem.path: problem.reason for problem in folder.refresh().problems}


def test_a_conflict_copy_is_left_out_and_said_once(folder: Folder) -> None:
    folder.write("a/x.md", article("X"))
    folder.write("a/x.sync-conflict-20240101-120000-ABCDEFG.md", article("X, too"))

    said = reasons(folder)

    assert titles(folder) == ["a/x.md"]
    assert said == {
        "a/x.sync-conflict-20240101-120000-ABCDEFG.md": (
            "is a copy that was in conflict with 'x.md', and left out; put into that file what is to stay, or"
            " rename this one, or name it in articles.include"
        )
    }


@pytest.mark.parametrize(
    ("include", "kept"),
    [
        ((), False),
        (("*.md",), False),  # means the original as well, so it says nothing of the copy
        (("*.md", "*sync-conflict*"), True),
        (("*.md", "/x.sync-conflict-20240101-120000-ABCDEFG.md"), True),
        (("*.md", "!*conflict*"), False),
    ],
)
def test_a_copy_that_include_names_is_kept(tmp_path: Path, include: tuple[str, ...], kept: bool) -> None:
    name = "x.sync-conflict-20240101-120000-ABCDEFG.md"
    for path in ("x.md", name):
        (tmp_path / path).write_text(article())
    rules = ScanRules(include=include)

    listing = scan(tmp_path, rules)

    assert [file.path for file in listing.articles] == (["x.md", name] if kept else ["x.md"])
    assert (left_out(name, rules) is None) is kept


@pytest.mark.parametrize("name", ["x copy.md", "x (1).md", "Copy of x.md", "x - 복사본.md"])
def test_a_copy_counts_beside_its_original_only(folder: Folder, name: str) -> None:
    folder.write("a/x.md", article("X"))
    folder.write(f"a/{name}", article("Y"))
    folder.write(f"b/{name}", article("Z"))

    said = reasons(folder)

    assert titles(folder) == sorted(["a/x.md", f"b/{name}"])
    assert said == {
        f"a/{name}": (
            "looks like a copy of 'x.md' beside it and was never published, so it is left out; rename it, or"
            " name it in articles.include, to publish it"
        )
    }


def test_an_article_that_was_published_is_no_copy(folder: Folder) -> None:
    folder.write("x (1).md", article("One"))
    folder.refresh()
    folder.write("x.md", article("Another"))

    assert reasons(folder) == {}
    assert titles(folder) == ["x (1).md", "x.md"]

    folder.restart()
    folder.write("y.md", article("Y"))
    folder.refresh()
    assert titles(folder) == ["x (1).md", "x.md", "y.md"]


def test_an_article_that_was_published_under_another_name_is_no_copy(folder: Folder) -> None:
    folder.write("x.md", article("X"))
    folder.write("y.md", article("Y"))
    folder.refresh()
    known = {record.article.title: record.id for record in folder.store.catalogue().records}

    (folder.root / "y.md").rename(folder.root / "x (1).md")
    folder.refresh()

    assert {record.article.title: record.id for record in folder.store.catalogue().records} == known
    assert titles(folder) == ["x (1).md", "x.md"]


def test_a_copy_whose_original_goes_takes_its_place(folder: Folder) -> None:
    folder.write("x.md", article("X"))
    folder.write("x copy.md", article("X"))
    folder.refresh()
    (known,) = folder.store.catalogue().records

    (folder.root / "x.md").unlink()
    folder.refresh()

    (record,) = folder.store.catalogue().records
    assert (record.article.path, record.id) == ("x copy.md", known.id)


def test_a_draft_does_not_make_a_copy_an_article(folder: Folder) -> None:
    """Only what readers have seen counts as published."""
    folder.write("x copy.md", article("X", draft="true"))
    folder.refresh()
    folder.write("x.md", article("X"))
    folder.write("x copy.md", article("X"))

    folder.refresh()

    assert titles(folder) == ["x.md"]


def test_a_number_alone_counts_only_for_the_same_text(folder: Folder) -> None:
    """People number parts, and Obsidian and iCloud duplicates."""
    folder.write("x.md", article("X", body="Part one."))
    folder.write("x 1.md", article("X 1", body="Part one.  \n"))
    folder.write("x 2.md", article("X 2", body="Part two."))

    assert list(reasons(folder)) == ["x 1.md"]
    assert titles(folder) == ["x 2.md", "x.md"]


def test_an_unreadable_copy_is_left_out_as_well(folder: Folder) -> None:
    folder.write("x.md", article("X"))
    folder.write("x (1).md", b"\xff")

    (said,) = folder.refresh().problems

    assert (said.path, said.severity) == ("x (1).md", Severity.WARNING)


def test_a_copy_that_is_left_out_is_listed_nowhere_and_explained(folder: Folder) -> None:
    folder.write("x.md", article("X"))
    folder.write("x (1).md", article("Y"))
    folder.write("x_LOCAL_123.md", article("Z"))
    plan, before = make_plan(folder.root), folder.store.catalogue()

    listed = [each.path for each in survey(plan, before, now=NOON).articles]
    copy, conflict = (
        explain(plan, before, name, cwd=folder.root, now=NOON) for name in ("x (1).md", "x_LOCAL_123.md")
    )

    assert listed == ["x.md"]
    assert (copy.reason, copy.because) == ("not an article", "it is a copy of x.md")
    assert "in conflict with 'x.md'" in conflict.because
    assert len(copy.problems) == len(conflict.problems) == 1


def test_a_folder_with_copies_is_quiet_when_nothing_changes(folder: Folder) -> None:
    folder.write("x.md", article("X"))
    folder.write("x (1).md", article("Y"))
    folder.refresh()

    assert folder.refresh().generation is None


# Recycle bins


@pytest.mark.parametrize(
    "name",
    ["#recycle", "@Recycle", "$RECYCLE.BIN", "$Recycle.Bin", "@Recently-Snapshot", "#snapshot", "~snapshot"],
)
def test_a_recycle_bin_is_not_looked_into_and_said_once(folder: Folder, name: str) -> None:
    folder.write("a.md", article())
    folder.write(f"{name}/b.md", article())
    folder.write(f"c/{name}/b.md", article())

    said = reasons(folder)

    assert titles(folder) == ["a.md"]
    assert said == {
        min(f"{name}/", f"c/{name}/"): (
            "holds what was deleted, or what was before, and is not looked into; rename it to publish what is"
            " in it, or name it in articles.exclude to hear no more of it (and 1 more like it)"
        )
    }


def test_a_recycle_bin_that_is_excluded_is_not_spoken_of(tmp_path: Path) -> None:
    (tmp_path / "#recycle").mkdir()

    assert scan(tmp_path, ScanRules(exclude=("\\#recycle",))).problems == ()


@pytest.mark.parametrize(
    "name", ["lost+found", "System Volume Information", "@eaDir", ".Trash-1000", ".Trashes", "@tmp"]
)
def test_folders_of_systems_are_not_even_looked_into(folder: Folder, name: str) -> None:
    folder.write("a.md", article())
    folder.write(f"{name}/b.md", article())
    (folder.root / name).chmod(0)

    assert reasons(folder) == {}
    assert titles(folder) == ["a.md"]


# Merges that nobody has finished

MERGE = "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> branch\n"
DIFF3 = "<<<<<<< HEAD\nours\n||||||| 1a2b3c\nbase\n=======\ntheirs\n>>>>>>> branch\n"
INDENTED = "".join(f"    {line}\n" for line in MERGE.splitlines())
HEAD = "---\ntitle: X\ndate: 2026-04-01\n---\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HEAD + MERGE, 5),
        (HEAD + "Text.\n\n" + DIFF3, 7),
        ("---\n<<<<<<< HEAD\ntitle: A\n=======\ntitle: B\n>>>>>>> b\ndate: 2026-04-01\n---\nText.\n", 2),
        ("<<<<<<< HEAD\n---\ntitle: A\n---\n=======\n---\ntitle: B\n---\n>>>>>>> b\n", 1),
        (HEAD + "A title\n=======\n\n" + MERGE, 8),
        (HEAD + f"```\n{MERGE}```\n\n{MERGE}", 13),
        (HEAD + "`<<<<<<<` and <pre>x</pre>\n\n" + MERGE, 7),
        (HEAD + MERGE.replace("\n", "\r\n"), 5),
        (HEAD + "<<<<<<< HEAD\n```\nours\n=======\n```\ntheirs\n>>>>>>> branch\n", 5),
        (HEAD + "<<<<<<< HEAD\nours\n=======\n```\ntheirs\n>>>>>>> branch\n```\n", 5),
    ],
)
def test_an_unfinished_merge_is_an_error_of_that_article(folder: Folder, text: str, line: int) -> None:
    folder.write("a.md", text)
    folder.write("b.md", article())

    (said,) = folder.refresh().problems

    assert titles(folder) == ["b.md"]
    assert str(said) == (
        f"a.md:{line}: error: holds both sides of a merge in conflict; choose what is to stay, and delete"
        " git's marks"
    )


@pytest.mark.parametrize(
    "body",
    [
        f"```\n{MERGE}```\n",
        f"~~~~ diff\n{MERGE}~~~~\n",
        f"Text.\n\n{INDENTED}",
        f"<pre>\n{MERGE}</pre>\n",
        f"<pre><code class='diff'>\n{MERGE}</code></pre>\n",
        f"{{% highlight diff %}}\n{MERGE}{{% endhighlight %}}\n",
        f"{{% raw %}}\n{MERGE}{{% endraw %}}\n",
        f"{{{{< highlight diff >}}}}\n{MERGE}{{{{< /highlight >}}}}\n",
        f"{{% codeblock %}}\n{MERGE}{{% endcodeblock %}}\n",
        f"<<<<<<< HEAD\n\n```\n{MERGE}```\n",
        "A title\n=======\n\nText.\n",
        "<<<<<<< HEAD\n\nText.\n\n>>>>>>> branch\n",
        "=======\n<<<<<<< a\n>>>>>>> b\n",
        ">>>>>>> quoted\n\nA title\n=======\n\n<<<<<<< x\n",
        "<<<<<<<< HEAD\nours\n========\ntheirs\n>>>>>>>> branch\n",
        "".join(f"> {line}\n" for line in MERGE.splitlines()),
    ],
)
def test_an_article_about_merges_is_not_in_one(body: str) -> None:
    assert first_conflict(HEAD + body, Markup.MARKDOWN) is None


def test_the_last_good_version_stays_while_a_merge_is_unfinished(folder: Folder) -> None:
    folder.write("a.md", article("Good", body="As it was."))
    folder.refresh()
    folder.write("a.md", article("Good", body=MERGE))

    folder.refresh()

    assert b"As it was." in folder.body()
    assert b"HEAD" not in folder.body()


def test_a_shared_folder_full_of_leftovers_gives_its_articles_only(tmp_path: Path) -> None:
    """In a real process: what synchronising, merging and deleting leaves behind."""
    root = tmp_path / "site"
    left = [f"{name}.md" for name in (*CONFLICTS, "x copy", "x (1)")]
    for name in ("x.md", *left, "x.md.orig", "#recycle/y.md", "lost+found/z.md"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(article(name))

    done = feedsvc("build", root, "--out", tmp_path / "out", cwd=tmp_path)

    assert done.returncode == 0
    assert "published generation 1: 1 article" in done.stderr
    assert sorted(
        line.split(": warning: ")[0] for line in done.stderr.splitlines() if ": warning: " in line
    ) == (sorted([*left, "#recycle/"]))
