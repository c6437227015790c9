"""What `feedsvc check` and `list` find in a folder."""

from pathlib import Path

from feedsvc.model import Catalogue
from feedsvc.publisher.inspect.survey import survey
from feedsvc.publisher.refresh.gather import Reader
from tests.support.builders import NOON
from tests.support.sites import article, make_plan


def test_many_articles_are_looked_at_on_several_processors_and_nothing_is_lost(tmp_path: Path) -> None:
    """From so many on, what looks at them is sent to processes of their own."""
    (tmp_path / "wave.gif").write_bytes(b"GIF89a")
    for number in range(2000):
        there = "gone.gif" if number % 1000 == 7 else "wave.gif"
        (tmp_path / f"{number:04}.md").write_text(article(str(number), body=f"![]({there})"))

    found = survey(make_plan(tmp_path), Catalogue(), now=NOON)

    assert {each.title for each in found.articles} == {str(number) for number in range(2000)}
    assert len(found.articles) == 2000
    assert [str(problem) for problem in found.problems] == [
        f"{number}.md:6: warning: there is no file 'gone.gif'; put it there, or mend its address"
        for number in ("0007", "1007")
    ]


def test_an_article_that_broke_is_shown_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(article("A"))
    before = Reader(make_plan(tmp_path)).gather(Catalogue(), now=NOON).catalogue
    file.write_text("---\ntitle: B\n")

    found = survey(make_plan(tmp_path), before, now=NOON)

    assert [(each.title, each.visible, each.reason) for each in found.articles] == [("A", True, None)]
    assert found.outdated == {"a.md"}
