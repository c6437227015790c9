"""Each folder in tests/data/golden is a case: articles in, feeds out.

To add a case, add a folder; no code is needed. To accept new output, run
`make golden` and read the difference before you commit it: a changed golden
file is a change that every subscriber will see.
"""

import json
import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import feedparser
import pytest
from lxml import etree

from feedsvc.model import Author, Catalogue, Document, Format, Withdrawal
from feedsvc.publisher.refresh.bodies import Contents, linkable
from feedsvc.publisher.refresh.gather import Reader
from feedsvc.publisher.refresh.memo import Memory
from feedsvc.publisher.refresh.publisher import edition_of, with_terms
from feedsvc.publisher.refresh.render import Renderer
from tests.support.builders import make_site
from tests.support.judged import SITES
from tests.support.listed import listed
from tests.support.places import DATA, ROOT
from tests.support.sites import make_plan

GOLDEN = DATA / "golden"
SEEDS = ROOT / "seeds"

# The articles of the seeds have no date of their own; here, all such are as old as this.
UNDATED = datetime(2024, 7, 1, 9, tzinfo=UTC)
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

CASES = {path.name: path for path in sorted(GOLDEN.iterdir())} if GOLDEN.exists() else {}


def published(articles: Path, tmp_path: Path) -> dict[str, Document]:
    """Publish a copy of *articles* whose files bear a fixed date.

    What a case has in `site.json` is said of the site, and was withdrawn.
    """
    said = articles.parent / "site.json"
    more = json.loads(said.read_text(encoding="utf-8")) if said.exists() else {}
    root = shutil.copytree(articles, tmp_path / "articles")
    for file in root.rglob("*"):
        os.utime(file, (UNDATED.timestamp(), UNDATED.timestamp()))
    site = make_site(
        **{"title": "Golden", "url": None, "feeds_url": "https://example.org/feeds"}
        | {"timezone": ZoneInfo("Asia/Seoul")}
        | _values(more.get("site", {}))
    )
    plan = make_plan(root, site=site, guess_language=True)
    gathered = with_terms(plan, Reader(plan).gather(Catalogue(), now=NOW), now=NOW)
    taken = tuple(
        Withdrawal(key=gathered.catalogue.records[0].key, id=each, at=NOW)
        for each in more.get("withdrawn", ())
    )
    gathered = replace(gathered, catalogue=replace(gathered.catalogue, withdrawals=taken))
    contents = Contents(plan)
    contents.begin(gathered.listing.media, linkable(gathered.catalogue, NOW))
    rendered = Renderer(memo=Memory())(edition_of(plan, gathered, NOW, contents))
    return {document.path: document for document in rendered.documents}


def _values(site: dict[str, Any]) -> dict[str, Any]:
    """Return what JSON says of a site as the model has it."""
    authors = tuple(Author(**author) for author in site.get("authors", ()))
    lists = {name: tuple(site[name]) for name in ("hubs", "picture_size") if name in site}
    return site | lists | ({"authors": authors} if authors else {})


@pytest.mark.parametrize("name", sorted(path.stem for path in SITES.glob("*.jsonl")))
def test_a_site_is_listed_as_it_was(name: str, tmp_path: Path, update_golden: bool) -> None:
    kept = SITES / f"{name}.jsonl"

    lines = listed(name, tmp_path)

    if update_golden:
        kept.write_text(lines, encoding="utf-8")
    assert lines == kept.read_text(encoding="utf-8")


def source(case: Path) -> Path:
    """Return the articles of a case: its own, or the seeds of the repository."""
    return SEEDS if case.name == "seeds" else case / "articles"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_golden(case: Path, tmp_path: Path, update_golden: bool) -> None:
    documents = published(source(case), tmp_path)

    for form in Format:
        expected = case / form.value
        if update_golden:
            expected.write_bytes(documents[form.value].body)
        assert documents[form.value].body.decode() == expected.read_text(encoding="utf-8"), form


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_foreign_parsers_read_every_document_of_a_case(case: Path, tmp_path: Path) -> None:
    for path, document in published(source(case), tmp_path).items():
        if path.endswith(".xml"):
            etree.fromstring(document.body)
            parsed = feedparser.parse(document.body)
            assert not parsed.bozo, (path, parsed.get("bozo_exception"))
        elif path.endswith("feed.json"):
            assert json.loads(document.body)["version"] == "https://jsonfeed.org/version/1.1"


def test_there_are_cases() -> None:
    assert "seeds" in CASES
