"""What `feedsvc check` and `list` find in a folder."""

import pickle
from pathlib import Path

from feedsvc.model import Catalogue
from feedsvc.publisher.gather import Reader
from feedsvc.publisher.survey import _Look, survey
from tests.builders import NOON
from tests.sites import article, make_plan


def test_another_process_sees_the_same(tmp_path: Path) -> None:
    """Of many articles, each processor looks at some."""
    (tmp_path / "wave.gif").write_bytes(b"GIF89a")
    (tmp_path / "a.md").write_text(article("A", body="![](wave.gif)"))
    (tmp_path / "b.md").write_text(article("B", body="![](gone.gif)"))
    plan = make_plan(tmp_path)
    found = survey(plan, Catalogue(), now=NOON)
    gathered = Reader(plan).gather(Catalogue(), now=NOON)
    look = _Look(plan=plan, site=gathered.site, media=gathered.listing.media, now=NOON)

    rows, problems = pickle.loads(pickle.dumps(look))(gathered.catalogue.records)

    assert set(rows) == set(found.articles)
    assert problems == found.problems
    assert [str(problem) for problem in problems] == [
        "b.md:6: warning: there is no file 'gone.gif'; put it there, or mend its address"
    ]


def test_an_article_that_broke_is_shown_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(article("A"))
    before = Reader(make_plan(tmp_path)).gather(Catalogue(), now=NOON).catalogue
    file.write_text("---\ntitle: B\n")

    found = survey(make_plan(tmp_path), before, now=NOON)

    assert [(each.title, each.visible, each.reason) for each in found.articles] == [("A", True, None)]
    assert found.outdated == {"a.md"}
