"""Whose site a folder of articles is, or lies in."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from feedsvc.articles.dialects import GENERATORS
from feedsvc.articles.disk.sites import open_site
from tests.support.places import DATA

SITES = DATA / "dialects"


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of a sample site, at the root of a repository."""
    copy = tmp_path / "site"
    shutil.copytree(SITES / request.param, copy)
    (copy / ".git").mkdir()
    return copy


@pytest.mark.parametrize(
    ("site", "folder", "name"),
    [
        ("jekyll", ".", "jekyll"),
        ("jekyll", "_posts", "jekyll"),
        ("hugo", ".", "hugo"),
        ("hugo", "content", "hugo"),
        ("hugo", "content/posts", "hugo"),
        ("zola", ".", "zola"),
        ("zola", "content", "zola"),
        ("eleventy", ".", "eleventy"),
        ("hexo", ".", "hexo"),
        ("hexo", "source/_posts", "hexo"),
        ("pelican", ".", "pelican"),
        ("pelican", "content", "pelican"),
    ],
    indirect=["site"],
)
def test_a_site_is_known_by_its_files(site: Path, folder: str, name: str) -> None:
    dialect = open_site(site / folder)

    assert dialect.name == name
    assert dialect.settings["site.url"]


@pytest.mark.parametrize("site", [generator.name for generator in GENERATORS], indirect=True)
def test_a_folder_beside_the_site_is_not_part_of_it(site: Path) -> None:
    (site / ".git").rmdir()
    notes = site.parent / "notes"
    notes.mkdir()

    assert open_site(notes).name == "plain"


@pytest.mark.parametrize("site", ["jekyll"], indirect=True)
def test_a_folder_of_the_site_that_holds_none_of_its_articles_is_just_files(site: Path) -> None:
    notes = site / "meeting-notes"
    notes.mkdir()

    assert open_site(notes).name == "plain"


@pytest.mark.parametrize("site", ["jekyll"], indirect=True)
def test_a_site_is_not_sought_beyond_the_repository(site: Path) -> None:
    inner = site / "_posts" / "a-repository"
    (inner / ".git").mkdir(parents=True)

    assert open_site(inner).name == "plain"


@pytest.mark.parametrize("name", [generator.name for generator in GENERATORS])
def test_a_dialect_can_be_told_where_nothing_tells(tmp_path: Path, name: str) -> None:
    assert open_site(tmp_path, name).name == name


@pytest.mark.parametrize("site", ["hugo"], indirect=True)
def test_a_site_can_be_read_as_just_files(site: Path) -> None:
    assert open_site(site, "plain").name == "plain"


def test_what_is_no_file_stops_nobody(tmp_path: Path) -> None:
    """Whoever opens a FIFO to read waits for a writer, for ever."""
    os.mkfifo(tmp_path / "_config.yml")
    (tmp_path / "_posts").mkdir()

    assert open_site(tmp_path).name in ("jekyll", "plain")


@pytest.mark.parametrize("site", ["hugo"], indirect=True)
def test_folders_within_folders_are_no_end_of_the_world(site: Path) -> None:
    """What lies deeper than articles are sought is nothing that the site is steered by."""
    here = Path.cwd()
    try:
        os.chdir(site / "content")
        for _ in range(1200):
            Path("deeper").mkdir()
            os.chdir("deeper")
        os.chdir(here)

        assert open_site(site).name == "hugo"
    finally:
        os.chdir(here)
        # Python's own goes down by recursion.
        subprocess.run(["rm", "-rf", str(site / "content/deeper")], check=True)


@pytest.mark.parametrize("site", ["jekyll"], indirect=True)
def test_a_link_that_leads_to_itself_hides_no_site(site: Path) -> None:
    (site / "loop").symlink_to("loop")

    assert open_site(site).name == "jekyll"


@pytest.mark.parametrize("name", [generator.name for generator in GENERATORS])
def test_a_dialect_can_be_told_behind_a_link(tmp_path: Path, name: str) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "link").symlink_to("articles")

    assert open_site(tmp_path / "link", name).name == name


def test_a_folder_that_is_not_there_is_no_site(tmp_path: Path) -> None:
    assert open_site(tmp_path / "missing").name == "plain"
