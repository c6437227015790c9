"""Sites that their generators have built: what those made is the truth, recorded beside each site."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feedsvc.articles.dialects import Dialect
from feedsvc.articles.disk.scan import ScanRules, scan
from feedsvc.articles.reading.article import ReadingRules
from feedsvc.articles.reading.permalinks import article_url, generators_id
from feedsvc.articles.reading.read import Reading, read_article
from feedsvc.model import Article
from tests.support.builders import NOON, make_file, make_site
from tests.support.places import DATA

SITES = DATA / "dialects"


def truth(name: str) -> dict[str, Any]:
    """Return what the generator made of a site."""
    found: dict[str, Any] = json.loads((SITES / f"{name}.truth.json").read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """One file of a site, and where its article would stand."""

    reading: Reading
    url: str
    id: str | None
    ours: bool

    @property
    def article(self) -> Article:
        assert self.reading.article is not None, self.reading.problems
        return self.reading.article

    @property
    def lead_image(self) -> str | None:
        lead = self.article.lead_image
        return lead.reference if lead else None

    @property
    def moment(self) -> datetime:
        assert self.article.dates.published is not None
        return self.article.dates.published


def understood(dialect: Dialect, path: str, raw: bytes) -> Understood:
    """Read one file of the site that *dialect* describes."""
    site = make_site(
        url=dialect.settings.get("site.url", "https://ex.org"),
        feeds_url="https://feeds.example",
        timezone=ZoneInfo(str(dialect.settings.get("site.timezone", "UTC"))),
    )
    file = make_file(path, size=len(raw))
    reading = read_article(file, raw, ReadingRules(dialect=dialect, zone=site.timezone))
    if reading.article is None:
        return Understood(reading=reading, url="", id=None, ours=False)
    published = reading.article.dates.published or NOON
    url, ours = article_url(reading.article, published, "ours", site=site)
    return Understood(
        reading=reading, url=url, id=generators_id(reading.article, published, site=site), ours=ours
    )


def found(dialect: Dialect, root: Path) -> Iterator[tuple[str, Understood]]:
    """Read all articles of a folder, each with its path."""
    for file in scan(root, ScanRules(dialect=dialect)).articles:
        yield file.path, understood(dialect, file.path, file.location.read_bytes())
