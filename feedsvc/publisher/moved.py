"""Addresses that had a document once: where it is now, or that it is gone."""

from collections.abc import Collection, Iterator, Mapping
from urllib.parse import quote

from feedsvc.articles.reading.permalinks import article_page
from feedsvc.model import Catalogue, Problem, Severity, Site
from feedsvc.publisher.edition import Edition
from feedsvc.publisher.plan import Plan
from feedsvc.text.urls import is_on_the_web


def departures(edition: Edition) -> Mapping[str, str]:
    """Return `Snapshot.departed`: pages of what was taken back, retired feeds, and what has moved."""
    plan, privacy = edition.plan, edition.privacy
    taken_back = [
        record
        for record in edition.catalogue.records
        if record.own_page and record.sequence and (record.gone or record.article.hidden == "retracted")
    ]
    gone = {article_page(record.slug): "" for record in privacy.readable(taken_back)}
    gone |= {path: "" for record in taken_back for path, _ in privacy.pages(record)}
    retired = dict.fromkeys(plan.retired, "")
    moved = {path: target(to, edition.site) for path, to in plan.redirects.items()}
    return gone | retired | moved


def forsaken(folders: Collection[str], known: Collection[str], plan: Plan) -> Iterator[Problem]:
    """Report feeds that the configuration wants no more, and whose readers are told nothing.

    Args:
        folders: Where it wants feeds, as `wanted_folders` returns them.
        known: Where it ever did.
    """
    said = tuple(f"{path.rstrip('/')}/" for path in (*plan.retired, *plan.redirects))
    for folder in sorted(set(known) - set(folders)):
        if not f"{folder}/".startswith(said):
            reason = (
                f"feeds at '{folder}' are configured no more, and their readers get 404; put them back, name"
                f" '{folder}' in feeds.retired, or say in a [[redirect]] where they are now"
            )
            yield Problem(path=".", severity=Severity.WARNING, reason=reason)


def wanted_folders(plan: Plan, catalogue: Catalogue) -> set[str]:
    """Return the folders of the feeds that the configuration names, private ones left out, and of terms."""
    named = {spec.folder.rstrip("/") for spec in plan.named if not spec.private}
    return named | {term.kind.value for term in catalogue.terms}


def target(to: str, site: Site) -> str:
    """Return the address that a redirect to *to* leads to: a path below `Site.feeds_url`, or an address."""
    if is_on_the_web(to):
        return to
    return f"{site.feeds_url}/{quote(to.lstrip('/'), safe='/%?=&#')}"
