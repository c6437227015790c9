"""The promises, for whatever anybody writes."""

import json
import os
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import feedparser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from feedsvc.model import Format
from tests.conftest import Clock
from tests.support.sites import Folder
from tests.support.strategies import examples

FORMATS = [form.value for form in Format]

# Text that a person, an editor or an accident could leave in a file.
WILD = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
HEADS = st.dictionaries(
    st.sampled_from(
        ["title", "date", "tags", "categories", "author", "excerpt", "image", "id", "slug", "lang"]
    )
    | st.text("abc:-# ", max_size=6),
    WILD,
    max_size=6,
)
NAMES = st.sampled_from(
    ["a.md", "b.txt", "c.html", "d/e.markdown", "2024-05-01-f.md", "한글 g.md", "h (1).md"]
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """The bytes of a file: likely an article, possibly anything."""
    if draw(st.booleans()):
        head = "\n".join(f"{key}: {value}" for key, value in draw(HEADS).items())
        return f"---\n{head}\n---\n{draw(WILD)}".encode()
    return draw(st.binary(max_size=200))


FOLDERS = st.dictionaries(NAMES, files(), max_size=5)
RUN = settings(max_examples=examples(40), suppress_health_check=[HealthCheck.too_slow])


def publish(directory: str, folder: dict[str, bytes]) -> Folder:
    made = Folder(Path(directory), Clock())
    for path, body in folder.items():
        os.utime(made.write(path, body), (0, 0))  # undated articles are as old as their files
    made.refresh()
    return made


@RUN
@given(FOLDERS)
def test_any_files_give_feeds_that_foreign_parsers_read(folder: dict[str, bytes]) -> None:
    """Whatever is in a file, it is an article or a problem, and the feed is well."""
    with TemporaryDirectory() as directory:
        made = publish(directory, folder)
        for path, body in made.bodies().items():
            if path.endswith(".xml"):
                etree.fromstring(body)
                parsed = feedparser.parse(body)
                assert not parsed.bozo, (path, parsed.get("bozo_exception"))
            elif path.endswith(".json"):
                json.loads(body)
        faults = {problem.path for problem in made.store.problems()}
        articles = {record.article.path for record in made.store.catalogue().records}
        assert set(folder) <= faults | articles
        made.store.close()


@RUN
@given(FOLDERS)
def test_refreshing_again_changes_nothing(folder: dict[str, bytes]) -> None:
    with TemporaryDirectory() as directory:
        made = publish(directory, folder)
        before, bodies = made.snapshot, made.bodies()

        made.restart()
        made.refresh()

        assert made.snapshot == before
        assert made.bodies() == bodies
        made.store.close()


@RUN
@given(FOLDERS, st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(folder: dict[str, bytes], random: Random) -> None:
    shuffled = dict(random.sample(sorted(folder.items()), len(folder)))
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        first, second = publish(one, folder), publish(two, shuffled)
        assert first.bodies() == second.bodies()
        for made in (first, second):
            made.store.close()


@RUN
@given(FOLDERS)
def test_the_formats_say_the_same(folder: dict[str, bytes]) -> None:
    with TemporaryDirectory() as directory:
        made = publish(directory, folder)
        rss, atom = (feedparser.parse(made.body(name)).entries for name in FORMATS[:2])
        items = json.loads(made.body(FORMATS[2]))["items"]
        made.store.close()

    assert [e.id for e in rss] == [e.id for e in atom] == [item["id"] for item in items]
    assert [e.published_parsed for e in rss] == [e.published_parsed for e in atom]
    assert [e.published for e in atom] == [item["date_published"] for item in items]
    assert [e.updated for e in atom] == [item["date_modified"] for item in items]
    assert len({e.id for e in atom}) == len(atom)
