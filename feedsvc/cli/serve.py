"""`feedsvc serve`: publisher and web together."""

import os
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_address
from pathlib import Path

import click

from feedsvc.catalogue import open_reader, open_store
from feedsvc.catalogue.lease import hold_lease
from feedsvc.cli.logs import logging_config
from feedsvc.cli.workplace import FORMATS, Workplace, places, workplace
from feedsvc.config import listening_url
from feedsvc.model import Site
from feedsvc.publisher.refresh import Publisher, Report
from feedsvc.web.settings import ServerSettings, WebSettings


@click.command()
@places
@click.option("--host", help="Name or address of this machine to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@click.option("--workers", type=int, help="Processes that answer requests.")
def serve(
    articles: Path | None, path: Path | None, host: str | None, port: int | None, workers: int | None
) -> None:
    """Serve the feeds of ARTICLES, and refresh them as files change."""
    from feedsvc.publisher.schedule import Schedule
    from feedsvc.web.server import serve as serve_http

    here = workplace(articles, path, {"server": {"host": host, "port": port, "workers": workers}})
    plan, url = here.plan(), here.store_url()
    with hold_lease(url, f"feedsvc serve of {here.articles} on port {here.config.server.port}"):
        store = open_store(url)
        publisher = Publisher(plan, store, clock=lambda: datetime.now(UTC))
        schedule = Schedule(publisher.refresh, store, rescan=here.config.articles.rescan)
        report = schedule.first()
        schedule.start()
        try:
            serve_http(
                _server_settings(here, plan.site),
                open_reader=partial(open_reader, url),
                on_ready=partial(_greet, here, plan.site, url, report),
                on_stop=schedule.stop,
            )
        finally:
            store.close()
        if schedule.busy:
            # Python would wait for the refresh. It publishes whole or not at all, and the
            # lease ends with us.
            os._exit(0)


def _server_settings(here: Workplace, site: Site) -> ServerSettings:
    config = here.config
    web = WebSettings(
        url=site.feeds_url,
        articles=here.articles,
        max_age=config.http.max_age,
        strict_ims=config.http.strict_ims,
        browser_view=config.http.browser_view,
        cache_bytes=config.server.cache_bytes,
    )
    return ServerSettings(
        web=web,
        host=config.server.host,
        port=config.server.port,
        workers=config.server.workers,
        logging=logging_config(config.log.level, config.log.format),
    )


def _greet(here: Workplace, site: Site, store_url: str, report: Report | None) -> None:
    from feedsvc.catalogue.engine import shown

    if report is not None:
        click.echo(f"{here.articles}: {report.visible} articles in {report.feeds} feeds")
    click.echo(f"  page  {site.feeds_url}/")
    for name in here.config.feeds.formats:
        click.echo(f"  {name:5} {site.feeds_url}/{FORMATS[name]}")
    if site.feeds_url != (listening := listening_url(here.config)):
        click.echo(f"  here  {listening}/")
    click.echo(f"  state {shown(store_url)}")
    if not site.public:
        click.echo("  note  addresses and ids are provisional until server.url is set")
    if _is_open(here.config.server.host) and not (here.config.server.url or here.config.site.url):
        click.echo(
            "WARNING: others can reach this server, but its feeds name addresses of this machine only;"
            " set server.url to the address that they use",
            err=True,
        )


def _is_open(host: str) -> bool:
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"
