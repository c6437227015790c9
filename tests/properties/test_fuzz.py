"""Whatever stands in a folder, the whole road over it ends, soon, in documents that are valid."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import Walked, faults_of
from tests.support.hostile import Publication, publication
from tests.support.places import ROOT
from tests.support.strategies import RANDOM, examples
from tests.support.walked import Fault, unfit, walk

# The same for all, so that no change fails for what another has done; `make long` takes a new one each time.
SEED = "1"


def fuzz(*options: str) -> str:
    """Return what the program prints; fails if it finds anything."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_twenty_thousand_inputs_go_the_whole_road() -> None:
    assert "20000 inputs, 0 faults" in fuzz("--inputs", "20000", "--seed", SEED)


@pytest.mark.long
@pytest.mark.parametrize("part", range(4))
def test_a_million_inputs_go_the_whole_road(part: int, fuzz_inputs: int) -> None:
    """`make long ARGS="--fuzz 40000"` takes so many; the seed is printed where anything is found."""
    count = fuzz_inputs // 4

    assert f"{count} inputs, 0 faults" in fuzz("--inputs", str(count)), part


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.too_slow])
@given(RANDOM, st.integers(1, 4))
def test_any_publication_goes_the_whole_road(random: Random, size: int) -> None:
    """The same inputs, sought and made smaller by Hypothesis."""
    made = publication(random, size, thorough=True)

    with TemporaryDirectory() as home:
        assert not [*walk(made, Path(home))]


def test_a_seed_gives_the_same_publication_again() -> None:
    assert publication(Random("7/3"), 20) == publication(Random("7/3"), 20)


# What is wrong is found, and made small


PUBLISHED = Publication(
    dialect="plain",
    texts={},
    settings="",
    articles={f"{number}.md": b"# Title\n\nOne two.\n" for number in range(40)}
    | {"17.md": b"# Title\n\nOne POISON two.\n"},
)


class Poisoned:
    """Walks nowhere: a publication costs *seconds*, and has *faults*, if one of its articles holds POISON."""

    def __init__(self, *faults: Fault, seconds: float = 0) -> None:
        self._bad = Walked(faults, seconds, 0)
        self.walks = 0

    def __call__(self, several: Sequence[Publication]) -> list[Walked]:
        self.walks += len(several)
        return [self._bad if b"POISON" in b"".join(made.articles.values()) else GOOD for made in several]


GOOD = Walked([], 0, 0)


@pytest.mark.parametrize("path", ["17.md", "3.md", None])
def test_what_is_wrong_is_made_small(path: str | None) -> None:
    walks = Poisoned(Fault("poisoned", "said", path))

    found = [*faults_of(PUBLISHED, walks([PUBLISHED])[0], walks)]

    assert found == [(Fault("poisoned", "said", path), replace(PUBLISHED, articles={"17.md": b"POISON"}))]
    assert walks.walks < 100


def test_what_takes_long_is_found_among_what_does_not() -> None:
    walks = Poisoned(seconds=3)

    ((fault, made),) = faults_of(PUBLISHED, walks([PUBLISHED])[0], walks)

    assert (fault.kind, [*made.articles]) == ("too slow", ["17.md"])


def test_many_that_are_dear_only_together_are_no_fault() -> None:
    assert [*faults_of(PUBLISHED, Walked([], 3, 0), lambda several: [GOOD for _ in several])] == []


@pytest.mark.parametrize(
    "html",
    ["<script>x</script>", "<p onclick='x'>", "<a href=' JavaScript:x'>", "<img srcset='a 1x, x:y 2x'>"],
)
def test_what_acts_in_a_page_is_seen(html: str) -> None:
    page = f"<!DOCTYPE html>\n<html><body>{html}</body></html>".encode()

    assert [fault.kind for fault in unfit("a/", "text/html", page)] == ["invalid text/html: AssertionError"]
