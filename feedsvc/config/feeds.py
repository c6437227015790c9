"""From the tables of the configuration to feeds of one's own."""

from collections.abc import Iterable
from dataclasses import replace

from feedsvc.articles.frontmatter.head import fold
from feedsvc.config.tables import Criteria, FeedTable, WhereTable
from feedsvc.model import PRIVATE, FeedSpec, Format, Where

FORMATS = {"rss": Format.RSS, "atom": Format.ATOM, "json": Format.JSON}


def named_feeds(tables: Iterable[FeedTable], everything: FeedSpec) -> tuple[FeedSpec, ...]:
    """Return the feeds that *tables* describe; what they leave open is as in the feed of *everything*."""
    return tuple(_feed(table, everything) for table in tables)


def fields_of(feeds: Iterable[FeedSpec]) -> frozenset[str]:
    """Return the folded keys of front matter that *feeds* ask for."""
    wheres = [feed.where for feed in feeds if feed.where]
    both = [*wheres, *(where.excluded for where in wheres if where.excluded)]
    return frozenset(key for where in both for key, _ in where.fields)


def _feed(table: FeedTable, everything: FeedSpec) -> FeedSpec:
    formats = tuple(FORMATS[name] for name in table.formats or ())
    return replace(
        everything,
        name=table.name,
        folder=f"{PRIVATE if table.private else 'feeds/'}{table.name}/",
        title=table.title or "",
        description=table.description or "",
        limit=table.limit or everything.limit,
        full=everything.full if table.content is None else table.content == "full",
        formats=formats or everything.formats,
        language=table.language,
        where=_where(table.where),
        private=table.private,
    )


def _where(table: Criteria) -> Where:
    excluded = table.excluded if isinstance(table, WhereTable) else None
    return Where(
        categories=table.category,
        tags=table.tag,
        authors=table.author,
        languages=table.language,
        paths=table.path,
        collections=table.collection,
        titles=table.title,
        fields=tuple((fold(key), values) for key, values in table.field.items()),
        media=table.media,
        within=table.within,
        excluded=_where(excluded) if excluded else None,
    )
