"""The last net under parsers: a process that is ended."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import pytest

from feedsvc.articles.dialects import Plain
from feedsvc.articles.frontmatter.head import FrontMatter
from feedsvc.articles.markup.bounds import MOST_SIGNS, excess, is_large
from feedsvc.articles.markup.convert import to_html
from feedsvc.articles.markup.markdown import markdown_to_html
from feedsvc.articles.reading.article import ReadingRules
from feedsvc.articles.reading.read import read_article
from feedsvc.model import Content, Markup
from feedsvc.publisher.refresh.bodies import Contents
from feedsvc.runtime.time_limit import TookTooLongError, within_limit
from tests.support.builders import make_article, make_file, make_record
from tests.support.places import ROOT
from tests.support.sites import make_plan

SEEDS = sorted((ROOT / "seeds").glob("*.txt"))


def for_ever(text: str) -> str:
    while True:
        text = text[:1]


def end(_text: str) -> str:
    os._exit(9)


def refuse(text: str) -> str:
    raise ValueError(text)


@pytest.mark.parametrize("function", [for_ever, end])
def test_what_does_not_come_back_is_ended(function: Callable[[str], str]) -> None:
    with pytest.raises(TookTooLongError, match="it takes more than 10 seconds"):
        within_limit(function, "x", seconds=1)


def test_what_comes_back_is_as_if_it_had_been_done_here() -> None:
    assert within_limit(str.upper, "x" * 1_000_000) == "X" * 1_000_000
    with pytest.raises(ValueError, match="no"):
        within_limit(refuse, "no")


def test_a_large_text_is_read_as_any_other() -> None:
    source = "*a* [b](c)\n\n" * 2_600

    assert is_large(source, Markup.MARKDOWN)
    assert excess(source, Markup.MARKDOWN) is None
    assert to_html(source, Markup.MARKDOWN) == markdown_to_html(source)


@pytest.mark.parametrize("markup", [Markup.MARKDOWN, Markup.REST])
def test_an_ordinary_text_starts_no_process(markup: Markup) -> None:
    texts = [path.read_text(encoding="utf-8") for path in SEEDS]

    assert not any(is_large(text, markup) for text in texts)
    assert not is_large("A sentence with *some* [markup](x).\n" * (MOST_SIGNS // 80), Markup.MARKDOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow(Plain):
    """A dialect whose reader meets the limit."""

    def front_matter(self, path: str, text: str) -> FrontMatter | None:  # noqa: ARG002
        raise TookTooLongError


def test_an_article_that_is_not_understood_in_time_is_none_and_said() -> None:
    file = make_file("a.md")

    found = read_article(file, b"Text.", ReadingRules(dialect=Slow(), zone=UTC))

    assert found.article is None
    assert [problem.reason for problem in found.problems] == [
        "cannot be understood, as it takes more than 10 seconds; simplify its markup, or split it"
    ]


def test_a_body_that_is_not_rendered_in_time_stays_as_it_was(tmp_path: Path) -> None:
    def render(article: object, *_: object, **__: object) -> Content:
        if getattr(article, "digest", "") == "new":
            raise TookTooLongError
        return Content(html="<p>Old.</p>", excerpt="Old.")

    contents = Contents(make_plan(tmp_path), render=render)
    contents.begin({}, {})
    old = contents(make_record(article=make_article(digest="old")))

    new = contents(make_record(article=make_article(digest="new")))

    assert (new.html, new.excerpt) == (old.html, old.excerpt)
    assert [problem.reason for problem in new.problems] == [
        "cannot be shown as it is now, as it takes more than 10 seconds; simplify its markup, or split it"
    ]
