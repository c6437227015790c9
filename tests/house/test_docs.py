"""The docs say what the code does: commands, keys, statuses, log lines, links and targets."""

import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from feedsvc.articles.fields import PICTURE_KEYS
from feedsvc.articles.frontmatter import keys
from feedsvc.articles.frontmatter.head import fold
from feedsvc.cli import cli
from feedsvc.errors import FeedsvcError
from tests.support.places import ROOT

README = ROOT / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
FRONT_MATTER = ROOT / "docs" / "front-matter.md"
OPERATIONS = ROOT / "docs" / "operations.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


def tokens(page: Path) -> Iterator[Token]:
    """Yield the tokens of a page, those of its lines included."""
    for token in MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8")):
        yield token
        yield from token.children or ()


def code(page: Path) -> list[str]:
    """Return what stands as code on a page: words, and lines of blocks."""
    found = [t.content for t in tokens(page) if t.type in ("code_inline", "code_block", "fence")]
    return [line.strip() for text in found for line in text.splitlines()]


# Commands


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_help_and_stands_in_the_readme(name: str) -> None:
    assert cli.commands[name].help
    assert any(line.startswith(f"feedsvc {name}") for line in code(README))


def test_no_page_names_a_command_that_does_not_exist() -> None:
    named = {
        found[1] for page in PAGES for line in code(page) if (found := re.match(r"feedsvc ([a-z]+)", line))
    }

    assert named <= cli.commands.keys()


# Front matter


# Read under a name of their own, not as one of several.
ALONE = {"slug", "draft", "minor", "id", "guid", "uuid", "permalink", "url"}


def test_every_key_of_front_matter_that_is_read_is_documented() -> None:
    read = {key for group in vars(keys).values() if isinstance(group, tuple) for key in group}

    text = FRONT_MATTER.read_text(encoding="utf-8").partition("\n## Keys\n")[2].partition("\n## ")[0]
    documented = {fold(word) for word in re.findall("`([^`]+)`", text)}
    assert read >= {"title", "date", "extra", "featuredimage"}
    assert (read | ALONE) - documented == set()


def test_every_place_of_a_picture_in_a_mapping_is_documented() -> None:
    documented = {fold(word) for word in code(FRONT_MATTER)}

    assert set(PICTURE_KEYS) <= documented


# Operations


def test_the_exit_statuses_are_those_of_the_errors() -> None:
    raised = {FeedsvcError.exit_status, *(error.exit_status for error in _below(FeedsvcError))}

    documented = re.findall(r"^\| (\d) \|", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE)

    assert [int(status) for status in documented] == sorted({0, 1} | raised)


def _below(error: type[FeedsvcError]) -> Iterator[type[FeedsvcError]]:
    for each in error.__subclasses__():
        yield each
        yield from _below(each)


def _log_lines() -> Iterator[str]:
    for path in sorted((ROOT / "feedsvc").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="log")), args=[ast.Constant(value=str(line)), *_]
                ):
                    yield line


@pytest.mark.parametrize("line", sorted(set(_log_lines()) - {"%s"}))
def test_every_log_line_is_explained(line: str) -> None:
    beginning = re.split("%|;", line)[0].strip()

    assert any(explained.startswith(beginning) for explained in code(OPERATIONS))


# Links and targets


def _links(page: Path) -> Iterator[str]:
    for token in tokens(page):
        target = str(token.attrGet("href") or "")
        if token.type == "link_open" and not target.startswith("https://"):
            yield target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for link in _links(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page

        assert target.is_file(), link
        assert not anchor or anchor in _anchors(target), link


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    found = list(tokens(page))
    titles = [after.content for token, after in pairwise(found) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", title).casefold().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_named_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))

    named = [
        found[1] for line in code(page) if (found := re.fullmatch(r"(?:\$ )?make((?: [a-z]+)+).*", line))
    ]

    assert {target for words in named for target in words.split()} <= targets


# Dependencies


@pytest.mark.parametrize("name", ["apscheduler", "docutils", "feedgen", "granian"])
def test_a_library_used_beyond_its_public_names_has_an_upper_bound(name: str) -> None:
    """A newer version may work differently there; it is looked at before it is allowed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    wanted = next(each for each in project["dependencies"] if re.match(name + r"\b", each))

    assert ",<" in wanted
