"""Names of files as they are shown: two files are never shown under one name."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feedsvc.articles.disk.scan import ScanRules, left_out, scan
from feedsvc.articles.paths import formerly, legible, real_name, shown
from feedsvc.model import Catalogue, Release
from feedsvc.publisher.inspect.lookup import find
from feedsvc.publisher.refresh.gather import Reader
from tests.conftest import Clock
from tests.support.builders import NOON, make_site
from tests.support.pictures import png
from tests.support.processes import Served, feedsvc
from tests.support.sites import Folder, article, make_plan

PUBLIC = "https://example.org"

NAMES = [
    ("plain.md", "plain.md"),
    ("한글 \u00a0\u3000👨\u200d👩.md", "한글 \u00a0\u3000👨\u200d👩.md"),
    ("\udcff.md", r"\xff.md"),
    (r"\xff.md", r"\\xff.md"),
    (r"a\b.md", r"a\\b.md"),
    ("a\b\f\n\r\t.md", r"a\b\f\n\r\t.md"),
    ("a\x07\x1b\x7f\x85.md", r"a\u0007\u001b\u007f\u0085.md"),
    ("a\u2028b\u2029.md", r"a\u2028b\u2029.md"),
    (r"a\u0007.md", r"a\\u0007.md"),
]

names = st.binary(min_size=1, max_size=40).filter(lambda name: b"\0" not in name).map(os.fsdecode)


@pytest.mark.parametrize(("name", "path"), NAMES)
def test_a_name_is_shown(name: str, path: str) -> None:
    assert shown(name) == path
    assert real_name(path) == name


@given(names | st.text(st.characters(exclude_categories=["Cs"])), names)
def test_no_two_names_are_shown_alike(one: str, other: str) -> None:
    assert real_name(shown(one)) == one
    assert (shown(one) == shown(other)) == (one == other)


@given(names)
def test_a_shown_name_is_text_on_one_line(name: str) -> None:
    path = shown(name)

    assert path.encode().decode() == path
    assert len(path.splitlines()) == 1
    assert not any(char < " " for char in path)


@given(st.text(st.characters(max_codepoint=0x1F), min_size=1))
def test_control_characters_are_written_as_json_writes_them(name: str) -> None:
    assert json.loads(f'"{shown(name)}"') == name


def name_in(folder: Path, name: str) -> Path:
    return Path(os.fsdecode(os.fsencode(folder) + b"/" + os.fsencode(name)))


@pytest.fixture
def both(tmp_path: Path) -> Path:
    """A folder with two files whose names look alike, and pictures beside them."""
    root = tmp_path / "site"
    root.mkdir()
    name_in(root, "\udcff.md").write_text(article("Byte", body="![](%ff.png)"))
    name_in(root, r"\xff.md").write_text(article("Text", body="![](%5Cxff.png) [other](%FF.md)"))
    name_in(root, "\udcff.png").write_bytes(png(64, 48))
    name_in(root, r"\xff.png").write_bytes(png(80, 60))
    return root


def test_two_files_that_look_alike_are_two_articles(both: Path, tmp_path: Path) -> None:
    done = feedsvc("list", both, "--format", "jsonl", cwd=tmp_path)
    rows = {row["path"]: row for row in map(json.loads, done.stdout.splitlines())}

    assert {path: row["title"] for path, row in rows.items()} == {r"\xff.md": "Byte", r"\\xff.md": "Text"}
    assert len({row["url"] for row in rows.values()}) == 2
    assert feedsvc("check", both, "--strict", cwd=tmp_path).stdout == (
        r"\xff.md: warning: has the same slug as \\xff.md and got a longer one; write a 'slug' of its own"
        "\n"
    )


def test_pictures_with_any_name_are_served_and_exported(both: Path, tmp_path: Path) -> None:
    feedsvc("build", both, "--out", tmp_path / "out", cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC)

    exported = {path.name: path.read_bytes() for path in (tmp_path / "out" / "media").iterdir()}

    assert exported == {r"\xff.png": png(64, 48), r"\\xff.png": png(80, 60)}
    with Served(both, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC) as served:
        assert served.get("/media/%5Cxff.png").body == png(64, 48)
        assert served.get("/media/%5C%5Cxff.png").body == png(80, 60)


def test_an_article_may_link_to_one_with_any_name(tmp_path: Path, clock: Clock, both: Path) -> None:
    folder = Folder(tmp_path, clock)
    both.rename(folder.root.with_name("x"))
    folder.root.rmdir()
    (tmp_path / "x").rename(folder.root)

    folder.refresh()

    (byte,) = (r for r in folder.store.catalogue().records if r.article.title == "Byte")
    (text,) = (r for r in folder.store.catalogue().records if r.article.title == "Text")
    assert f'href="{byte.url}"'.encode() in folder.body(f"articles/{text.slug}/")
    folder.store.close()


def test_an_address_that_a_picture_had_in_the_first_versions_is_answered(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(article(body="![](a%5Cb.png)"))
    name_in(tmp_path, r"a\b.png").write_bytes(png(64, 48))

    with Served(tmp_path, cwd=tmp_path, FEEDSVC_SERVER__URL=PUBLIC) as served:
        assert b"/media/a%5C%5Cb.png?v=" in served.get("/atom.xml").body
        for path in ("/media/a%5C%5Cb.png", "/media/a%5Cb.png"):
            assert served.get(path).body == png(64, 48)


def test_a_control_character_leaks_into_neither_title_nor_address(tmp_path: Path, clock: Clock) -> None:
    folder = Folder(tmp_path, clock)
    folder.write("news\b today\x07.md", "Hello.")
    folder.write("trip\b/index.md", "Hello.")

    folder.refresh()

    found = {r.article.path: (r.article.title, r.slug) for r in folder.store.catalogue().records}
    assert found == {
        r"news\b today\u0007.md": ("News Today", "news-today"),
        r"trip\b/index.md": ("Trip", "trip"),
    }
    folder.store.close()


def test_patterns_mean_names_as_they_are(tmp_path: Path) -> None:
    for name in (r"a\b.md", "a\nb.md", "c.md"):
        (tmp_path / name).write_text(article())
    rules = ScanRules(exclude=("a\\\\b.md", "a?b.md"))

    assert [file.path for file in scan(tmp_path, rules).articles] == ["c.md"]
    assert left_out(r"a\\b.md", rules) == "articles.exclude leaves it out"
    assert [f.path for f in scan(tmp_path, ScanRules(include=("a\\\\b.md",))).articles] == [r"a\\b.md"]


def test_explain_understands_a_path_as_it_is_shown_and_as_it_is(both: Path) -> None:
    gathered = Reader(make_plan(both, site=make_site())).gather(Catalogue(), now=NOON, looking=True)
    name_in(both, r"a\b.md").write_text(article("Third"))
    more = Reader(make_plan(both)).gather(Catalogue(), now=NOON, looking=True)

    def title(asked: str, where: object = gathered) -> str:
        found = find(asked, where, both, cwd=both)  # type: ignore[arg-type]
        return found if isinstance(found, str) else found.article.title

    assert (title(r"\xff.md"), title(r"\\xff.md"), title("\udcff.md")) == ("Byte", "Text", "Byte")
    assert (title(r"a\b.md", more), title(r"a\\b.md", more)) == ("Third", "Third")


# What a catalogue of an older version remembers


@pytest.mark.parametrize("name", [name for name, path in NAMES if formerly(path) != path])
@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize("patient", [False, True])
def test_a_path_that_was_shown_otherwise_is_the_same_article(
    tmp_path: Path, clock: Clock, name: str, edited: bool, patient: bool
) -> None:
    """An id is for ever, and nothing may be withdrawn by an upgrade."""
    folder = Folder(tmp_path, clock)
    folder.write("other.md", article("Other", date="2026-03-01"))
    file = name_in(folder.root, name)
    file.write_text(article("A"))
    folder.refresh()
    (before,) = (r for r in folder.store.catalogue().records if r.article.title == "A")
    older(folder, before.article.path, formerly(shown(name)))
    feed = folder.body()
    if edited:
        file.write_text(article("Quite another title", body="And another text.", date="2026-04-02"))
    folder.restart(patient=patient)

    reports = [folder.refresh() for _ in range(3)]

    catalogue = folder.store.catalogue()
    after = next(record for record in catalogue.records if record.key == before.key)
    assert [report.visible for report in reports] == [2, 2, 2]
    assert (after.article.path, after.id, after.gone) == (shown(name), before.id, False)
    assert (len(catalogue.records), catalogue.withdrawals) == (2, ())
    assert edited or folder.body() == feed
    folder.store.close()


def older(folder: Folder, path: str, former: str) -> None:
    """Have the catalogue remember an article's path as an older version showed it."""
    before = folder.store.catalogue()
    (found,) = (record for record in before.records if record.article.path == path)
    renamed = replace(found, article=replace(found.article, path=former))
    records = tuple(renamed if record is found else record for record in before.records)
    snapshot = folder.snapshot
    release = Release(
        at=folder.clock(),
        kept=snapshot.documents.keys(),
        media=snapshot.media,
        moved=snapshot.departed,
    )
    folder.store.publish(release, before=before, after=replace(before, records=records))


@pytest.mark.parametrize("remembered", ["Byte", "Text"])
def test_of_two_files_that_were_shown_alike_the_one_that_was_published_goes_on(
    tmp_path: Path, clock: Clock, remembered: str
) -> None:
    folder = Folder(tmp_path, clock)
    files = {"Byte": name_in(folder.root, "\udcff.md"), "Text": name_in(folder.root, r"\xff.md")}
    files[remembered].write_text(article(remembered))
    folder.refresh()
    (before,) = folder.store.catalogue().records
    older(folder, before.article.path, r"\xff.md")
    for title, file in files.items():
        file.write_text(article(title))
    folder.restart()

    folder.refresh()

    titles = {record.article.title: record.id for record in folder.store.catalogue().records}
    assert titles[remembered] == before.id
    assert set(titles) == {"Byte", "Text"}
    assert folder.store.catalogue().withdrawals == ()
    folder.store.close()


@given(names, names)
def test_paths_that_differed_before_differ_now(one: str, other: str) -> None:
    assume(formerly(shown(one)) != formerly(shown(other)))

    assert shown(one) != shown(other)


@given(names)
def test_a_legible_name_is_text(name: str) -> None:
    assert legible(shown(name)).encode().decode() == legible(shown(name))
