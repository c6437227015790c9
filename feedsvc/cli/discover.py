"""`feedsvc discover`: the lines that let browsers and readers find the feeds from a site's pages."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from feedsvc.cli.streams import HTML, print_as
from feedsvc.cli.workplace import PROVISIONAL, places, workplace
from feedsvc.feeds.build import build_feed
from feedsvc.feeds.directory import discovery_links
from feedsvc.publisher.edition import empty_body
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.refresh.gather import Gathered, Reader
from feedsvc.publisher.refresh.publisher import edition_of, with_terms


@click.command()
@places
def discover(articles: Path | None, path: Path | None) -> None:
    """Print the <link> lines to paste into the pages of a site.

    For every page, and for the pages of each category, tag, author and
    language. Writes nothing to disk.
    """
    print_as(HTML)
    here = workplace(articles, path)
    plan, now = here.plan(), datetime.now(UTC).replace(microsecond=0)
    ledger, now = here.ledger(now)
    gathered = with_terms(plan, Reader(plan).gather(ledger, now=now, looking=True), now=now)
    for line in _lines(plan, gathered, now):
        click.echo(line)
    if not plan.site.public:
        click.echo(PROVISIONAL, err=True)


def _lines(plan: Plan, gathered: Gathered, now: datetime) -> Iterator[str]:
    site, catalogue = gathered.site, gathered.catalogue
    for spec, _ in edition_of(plan, gathered, now).feeds():
        if spec.private:
            continue
        feed = build_feed(spec, (), site, empty_body, fallback_date=now, site_id=catalogue.site_id)
        if spec.term is not None:
            yield f"\n<!-- the page of the {spec.term.kind.name.lower()} {_comment(spec.term.label)} -->"
        elif spec.name:
            yield f"\n<!-- pages that belong to the feed {spec.name} -->"
        else:
            yield "<!-- every page -->"
        yield from discovery_links(feed)


def _comment(text: str) -> str:
    return text.replace("--", "- -")
