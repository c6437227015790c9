"""Addresses that had a document once: where it is now, or that it is gone."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from urllib.parse import quote

from feedsvc.articles.permalinks import article_page
from feedsvc.model import Catalogue, Document, Problem, Severity, Site
from feedsvc.publisher.plan import Plan


def departures(plan: Plan, site: Site, catalogue: Catalogue) -> Mapping[str, str]:
    """Return `Snapshot.departed`: pages of what was taken back, retired feeds, and what has moved."""
    gone = {
        article_page(record.slug): ""
        for record in catalogue.records
        if record.own_page and record.sequence and (record.gone or record.article.hidden == "retracted")
    }
    retired = dict.fromkeys(plan.retired, "")
    moved = {path: _target(to, site) for path, to in plan.redirects.items()}
    return gone | retired | moved


def useless(redirects: Mapping[str, str], documents: Sequence[Document]) -> Iterator[Problem]:
    """Report redirects that nobody will follow."""
    present = {document.path for document in documents}
    for path in redirects:
        if path in present:
            reason = (
                f"/{path} is redirected, but there is a document, which is served; delete the [[redirect]]"
            )
            yield Problem(path=".", severity=Severity.WARNING, reason=reason)


def forsaken(plan: Plan, known: Collection[str]) -> Iterator[Problem]:
    """Report feeds that the configuration named once, and whose readers are told nothing now.

    Args:
        known: Their folders, as `named_folders` has returned them.
    """
    said = tuple(f"{path.rstrip('/')}/" for path in (*plan.retired, *plan.redirects))
    for folder in sorted(set(known) - named_folders(plan)):
        if not f"{folder}/".startswith(said):
            name = folder.rpartition("/")[2]
            reason = (
                f"the feed '{name}' is configured no more, and its readers get 404; put it back, name"
                f" '{folder}' in feeds.retired, or say in a [[redirect]] where it is now"
            )
            yield Problem(path=".", severity=Severity.WARNING, reason=reason)


def named_folders(plan: Plan) -> set[str]:
    """Return the folders of the feeds that the configuration names, private ones left out."""
    return {spec.folder.rstrip("/") for spec in plan.named if not spec.private}


def _target(to: str, site: Site) -> str:
    if to.startswith(("http://", "https://")):
        return to
    return f"{site.feeds_url}/{quote(to.lstrip('/'), safe='/%?=&#')}"
