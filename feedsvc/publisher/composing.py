"""What readers' own feeds are composed of."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from feedsvc.feeds.build import build_entry
from feedsvc.feeds.compose import searched
from feedsvc.feeds.select import ALL, carries_content, newest_first, terms_of
from feedsvc.model import Attachment, Composable, Content, Feed, Record, Site

# The newest; each has to be rendered, and lies in the catalogue a second time.
MOST = 1000


def composables(
    records: Iterable[Record], site: Site, content: Callable[[Record], Content], now: datetime
) -> tuple[Composable, ...]:
    """Return the entries that may be asked for: the newest of those that the feed of everything may have."""
    wanted = [r for r in records if r.visible(now) and (r.article.feeds is None or ALL in r.article.feeds)]
    return tuple(_composable(record, content(record), site) for record in newest_first(wanted)[:MOST])


def _composable(record: Record, content: Content, site: Site) -> Composable:
    entry = build_entry(record, content, site)
    whole = record.article.full is not False and carries_content(len((entry.content or "").encode()))
    image = entry.image
    loaded = (Attachment(url=image.url, media_type=image.media_type, length=image.length),) if image else ()
    return Composable(
        key=record.key,
        entry=replace(
            entry, content=entry.content if whole else None, attachments=(*entry.attachments, *loaded)
        ),
        terms=tuple((term.kind, term.slug) for term in terms_of(record, site.language)),
        words=searched(record, content.excerpt),
    )


def template(feeds: Iterable[Feed]) -> Feed | None:
    """Return the feed of everything without its entries; None if there is none."""
    found = next((feed for feed in feeds if not feed.folder), None)
    return found and replace(found, entries=(), withdrawn=())
