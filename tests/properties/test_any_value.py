"""Whatever stands under whichever key, the whole road is gone to its end, and `check` tells before."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsvc.articles.dialects import Dialect
from feedsvc.articles.disk.scan import ScanRules
from feedsvc.model import Catalogue, Where
from feedsvc.publisher.inspect.explain import explain
from feedsvc.publisher.inspect.survey import Survey, survey
from tests.conftest import Clock
from tests.support.builders import make_site, make_spec
from tests.support.generators import SORTS, Sort
from tests.support.grammar import ADDRESSES, ODD, SCALARS
from tests.support.hostile import as_yaml, known_keys
from tests.support.sites import Folder, make_plan
from tests.support.strategies import TEXT, examples

STRINGS = st.sampled_from([*ADDRESSES, *SCALARS, *ODD]) | TEXT
INNER = """
    url uri src path file href link name title email image feature og slug id type length size duration alt
    credit caption caption params first_name social
    """.split()
VALUES = st.recursive(
    STRINGS | st.none() | st.booleans() | st.integers() | st.floats() | st.just(10**400),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(INNER) | STRINGS, inner, max_size=3)
    ),
    max_leaves=5,
) | st.integers(20, 150).flatmap(lambda depth: STRINGS.map(lambda leaf: nested(leaf, depth)))


def nested(leaf: object, depth: int) -> object:
    for level in range(depth):
        leaf = [leaf] if level % 2 else {"url": leaf}
    return leaf


@st.composite
def heads(draw: st.DrawFn, dialect: Dialect) -> bytes:
    """An article that is to be published, but for one or two values."""
    odd = draw(st.dictionaries(st.sampled_from(known_keys(dialect)), VALUES, min_size=1, max_size=2))
    head = {"title": "Title", "date": "2024-05-01 10:00", **odd}
    form = draw(st.sampled_from(["---\n{}\n---\n", "{}\n", "---\n{}\n---\n"]))
    text = "\n".join(f"{key}: {as_yaml(value)}" for key, value in head.items())
    head_text = json.dumps(head) if form == "{}\n" else text
    return (form.format(head_text) + "\nBody ![a](a.png) [b](other.md).\n").encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("sort", SORTS, ids=lambda sort: sort.dialect.name)
@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_value_under_any_key_is_an_article_or_a_problem(sort: Sort, data: st.DataObject) -> None:
    files = data.draw(st.lists(heads(sort.dialect), min_size=2, max_size=5))
    plan = {
        "rules": ScanRules(dialect=sort.dialect),
        "composed": True,
        "site": make_site(),
        "named": (make_spec(folder="feeds/x/", name="x", where=Where(media=("audio",))),),
    }
    with TemporaryDirectory() as directory:
        made = Folder(Path(directory), Clock(), **plan)
        paths = [sort.path.format(number) for number in range(len(files))]
        for path, raw in zip(paths, files, strict=True):
            made.write(path, raw)

        found = survey(make_plan(made.root, **plan), Catalogue(), now=made.clock())
        explain(make_plan(made.root, **plan), Catalogue(), paths[0], cwd=made.root, now=made.clock())
        made.refresh()
        problems, shown = made.store.problems(), entries(made)
        records = {record.article.path: record for record in made.store.catalogue().records}
        made.restart()
        again = made.refresh()
        made.store.close()

    assert not [problem for problem in (*problems, *found.problems) if "fault of feedsvc" in problem.reason]
    assert set(paths) <= records.keys() | {problem.path for problem in problems}
    for path in clean(found):
        assert records[path].url in shown or records[path].article.feeds is not None
    assert again.generation is None


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 20, "-1", "1e999", ".inf", "٣", "²", "x"])
def test_no_number_of_a_recording_is_too_large_to_be_read(tmp_path: Path, clock: Clock, number: str) -> None:
    """Python refuses to make an integer of thousands of digits."""
    made = Folder(tmp_path, clock)
    made.write(
        "a.md",
        "---\ntitle: A\ndate: 2026-04-01\naudio: https://e.org/a.mp3\n"
        f"duration: PT{number}H\nenclosure: {{url: https://e.org/b.mp3, length: '{number}', "
        f"duration: '{number}:00:00', type: audio/mpeg}}\n---\n",
    )

    problems = made.refresh().problems
    (item,) = json.loads(made.body("feed.json"))["items"]
    made.store.close()

    assert not problems
    assert [each["url"] for each in item["attachments"]] == ["https://e.org/a.mp3", "https://e.org/b.mp3"]


def entries(made: Folder) -> set[str]:
    """Return the addresses of what stands in the feeds of everything, and of each language."""
    feeds = [path for path in made.snapshot.documents if path.endswith("atom.xml")]
    assert feeds
    return {entry.link for path in feeds for entry in feedparser.parse(made.body(path)).entries}


def clean(found: Survey) -> list[str]:
    """Return the articles of which a look says that they will be in feeds."""
    wrong = {problem.path for problem in found.problems}
    return [row.path for row in found.articles if row.visible and row.path not in wrong]
