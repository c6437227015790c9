"""The one place where settings become the values that publisher and server work with."""

import os
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from feedsvc.articles.dialects import Dialect
from feedsvc.articles.disk.scan import ScanRules
from feedsvc.articles.disk.sites import where_said
from feedsvc.articles.frontmatter.head import fold
from feedsvc.config.paths import where_written
from feedsvc.config.settings import Config
from feedsvc.config.site import make_site
from feedsvc.config.tables import Criteria, FeedTable, WhereTable
from feedsvc.model import PRIVATE, FeedSpec, Format, Problem, Site, TermKind, Where
from feedsvc.publisher.plan import Plan
from feedsvc.web.settings import ServerSettings, WebSettings

FORMATS = {"rss": Format.RSS, "atom": Format.ATOM, "json": Format.JSON}

# Keys by which generators give the address of a feed, or of its template.
_OF_FEEDS = ("feed", "path", "permalink")

# Variables that build services set: GitHub, GitLab, Netlify, Vercel, Cloudflare and most others CI;
# Azure Pipelines, Jenkins and TeamCity have names of their own.
_BUILD_SERVICES = ("CI", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION")

_KINDS = {
    "category": TermKind.CATEGORY,
    "tag": TermKind.TAG,
    "author": TermKind.AUTHOR,
    "language": TermKind.LANGUAGE,
}


def make_plan(
    config: Config,
    articles: Path,
    *,
    dialect: Dialect,
    problems: tuple[Problem, ...] = (),
    config_path: Path | None = None,
) -> Plan:
    """Return the plan of a publication.

    Args:
        articles: The articles folder, absolute.
        problems: Of the site's own configuration, besides those that its dialect found.
        config_path: The operator's configuration file; None if there is none.
    """
    site = make_site(config, articles)
    everything = _everything(config, site.title)
    named = named_feeds(config.feed, everything)
    redirects = {redirect.source: redirect.to for redirect in config.redirect}
    asked = frozenset((*redirects, *config.feeds.retired))
    return Plan(
        root=articles,
        rules=ScanRules(dialect=dialect, include=config.articles.include, exclude=config.articles.exclude),
        problems=(*dialect.problems, *problems),
        site=site,
        guess_language=config.site.language is None,
        permalink=config.articles.permalink,
        everything=everything,
        named=named,
        fields=fields_of(named),
        term_limit=config.feeds.term_limit,
        kinds=tuple(_KINDS[name] for name in config.feeds.by),
        composed=config.feeds.composed,
        retired=frozenset(config.feeds.retired),
        redirects=redirects,
        aliases=_aliases(dialect, site) if config.feeds.aliases else {},
        asked_at=_WrittenAt(config_path, articles, dialect.name, asked),
        all_languages=_all_languages(config, dialect),
        pages=config.feeds.pages,
        inline=config.images.inline,
        probe=config.images.probe,
        ignore_shared=config.images.ignore_shared,
        max_loss=config.articles.max_loss,
        first_seen=_is_first_seen(config.articles.date_only, dialect),
        git_dates=None if config.articles.git_dates == "auto" else config.articles.git_dates,
        checked_out=_is_build_service(os.environ),
    )


def web_settings(config: Config, articles: Path, *, admin_token: str) -> WebSettings:
    """Return how documents are delivered."""
    return WebSettings(
        url=make_site(config, articles).feeds_url,
        articles=articles,
        max_age=config.http.max_age,
        strict_ims=config.http.strict_ims,
        browser_view=config.http.browser_view,
        deltas=config.http.deltas,
        trusted_proxies=config.server.trusted_proxies,
        min_interval=config.http.min_interval,
        require_validators_after=config.http.require_validators_after,
        unlimited=config.http.unlimited,
        statistics=config.http.statistics,
        composed=config.feeds.composed,
        limit=config.feeds.limit,
        most=config.feeds.max,
        cache_bytes=config.server.cache_bytes,
        admin_token=admin_token,
    )


def server_settings(config: Config, web: WebSettings, logging: Mapping[str, object]) -> ServerSettings:
    """Return where the server listens; *logging* is for `logging.config.dictConfig`."""
    return ServerSettings(
        web=web,
        host=config.server.host,
        port=config.server.port,
        workers=config.server.workers,
        socket=config.server.socket,
        socket_mode=int(config.server.socket_mode, 8),
        socket_group=config.server.socket_group,
        tls_cert=config.server.tls_cert,
        tls_key=config.server.tls_key,
        keep_alive=config.server.keep_alive,
        logging=logging,
    )


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


def _everything(config: Config, title: str) -> FeedSpec:
    """Return the feed of everything; other feeds take its settings."""
    return FeedSpec(
        title=title,
        limit=config.feeds.limit,
        hours=config.feeds.hours,
        most=config.feeds.max,
        size=config.feeds.bytes,
        full=config.feeds.content == "full",
        enclosures=config.images.enclosure,
        formats=tuple(FORMATS[name] for name in config.feeds.formats),
    )


def _all_languages(config: Config, dialect: Dialect) -> bool | None:
    decided = "languages" in config.feeds.model_fields_set or len(dialect.languages) > 1
    return config.feeds.languages == "all" if decided else None


def _is_first_seen(setting: str, dialect: Dialect) -> bool:
    return setting == "first-seen" or (setting == "auto" and dialect.name == "plain")


def _aliases(dialect: Dialect, site: Site) -> dict[str, str]:
    """Return where those who know the site as it was seek its feeds; only the site's address can answer."""
    if site.feeds_url != site.url:
        return {}
    own = {
        # As a browser has it, nothing lies above the site.
        posixpath.normpath(f"/{path}").strip("/"): FORMATS[form].value if form in FORMATS else form
        for path, form in dialect.feeds.items()
    }
    return {alias: path for alias, path in own.items() if alias} | {"feed/": Format.RSS.value}


def _is_build_service(environ: Mapping[str, str]) -> bool:
    return any(environ.get(name, "").lower() not in ("", "0", "false") for name in _BUILD_SERVICES)


@dataclass(frozen=True, slots=True)
class _WrittenAt:
    """Finds the file and the line that name an address: in the operator's configuration, or in the site's."""

    path: Path | None
    articles: Path
    dialect: str
    configured: frozenset[str]

    def __call__(self, path: str) -> tuple[str, int]:
        if path in self.configured:
            return where_written(self.path, path, below=self.articles)
        return where_said(self.articles, self.dialect, path, beside=_OF_FEEDS)
