"""Everything about one article: where its fields came from, what was stripped, which feeds have it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from feedsvc.articles.disk.ignored_names import EXPORT_MANIFEST
from feedsvc.articles.disk.scan import left_out, read
from feedsvc.articles.paths import real_name
from feedsvc.articles.reading.origins import Origin
from feedsvc.articles.reading.read import MOST_BYTES
from feedsvc.articles.removed import Losses, losses
from feedsvc.model import Catalogue, Content, Problem, Record, Severity, SourceFile
from feedsvc.publisher.inspect.lookup import find
from feedsvc.publisher.inspect.membership import Membership, memberships
from feedsvc.publisher.inspect.provenance import Field, Seen, fields_of
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.refresh.bodies import Contents, linkable
from feedsvc.publisher.refresh.fault_isolation import FaultIsolation
from feedsvc.publisher.refresh.gather import Gathered, Reader
from feedsvc.publisher.refresh.publisher import edition_of, trial, with_addresses, with_terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One article, or one file that is none.

    Attributes:
        path: Below the articles folder.
        visible: It belongs into feeds; in which of them it is, `feeds` says.
        reason: Why it is not visible, as `feedsvc list` calls it, or "not an
            article"; None if it is.
        because: What makes it so, in words; "" if there is nothing to add.
    """

    path: str
    visible: bool = False
    reason: str | None = None
    because: str = ""
    fields: Mapping[str, Field] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    removed: Losses = field(default_factory=Losses)
    feeds: tuple[Membership, ...] = ()


def explain(plan: Plan, before: Catalogue, asked: str, *, cwd: Path, now: datetime) -> Explanation:
    """Explain what *asked* means, as a refresh would have it that follows *before*.

    Args:
        asked: A path, an id, an address or a slug; see `lookup.find`.

    Raises:
        UsageError: It means nothing, or more than one article.
        SourceError: The folder cannot be read.
    """
    gathered = Reader(plan).gather(before, now=now, looking=True)
    contents = Contents(plan)
    contents.begin(gathered.listing.media, {})

    def look(sound: Gathered) -> Explanation:
        termed = with_addresses(with_terms(plan, sound, now=now))
        found = find(asked, termed, plan.root, cwd=cwd)
        if isinstance(found, Record):
            return _explained(plan, before, termed, found, now)
        return _no_article(plan, termed, found)

    return FaultIsolation()(look, gathered, before, lambda some: trial(plan, some, contents, now))


def _explained(
    plan: Plan, before: Catalogue, gathered: Gathered, record: Record, now: datetime
) -> Explanation:
    article = record.article
    contents = Contents(plan)
    pages = gathered.privacy.links(gathered.catalogue, linkable(gathered.catalogue, now))
    contents.begin(gathered.listing.media, pages, gathered.listing.unreadable)
    unnamed = Contents(plan)
    unnamed.begin(gathered.listing.media, pages, gathered.listing.unreadable)
    bare = unnamed(replace(record, article=replace(article, lead_image=None)))
    seen = _seen(plan, before, gathered, record, contents(record), bare)
    fields = fields_of(seen)
    hidden = record.hidden(now)
    feeds = tuple(memberships(record, edition_of(plan, gathered, now, contents)))
    because = _because(record, hidden, fields, seen.origins or {})
    if hidden == "deleted" and os.path.lexists(plan.root / real_name(article.path)):
        because = _overlooked(plan, gathered, article.path)
    if hidden is None and all(each.content is None for each in feeds):
        because = "; ".join(filter(None, (because, "no feed shows it, see below")))
    return Explanation(
        path=article.path,
        visible=hidden is None,
        reason=hidden,
        because=because,
        fields=fields,
        problems=tuple(sorted({*_problems(gathered, article.path), *seen.content.problems})),
        removed=losses(article, seen.content.html),
        feeds=feeds,
    )


def _seen(
    plan: Plan, before: Catalogue, gathered: Gathered, record: Record, content: Content, bare: Content
) -> Seen:
    article = record.article
    files = {file.path: file for file in gathered.listing.articles}
    file = None if record.gone else files.get(article.path)
    return Seen(
        record=record,
        known=next((known for known in before.records if known.key == record.key), None),
        file=file,
        origins=None if file is None or record.broken else _origins(plan, file),
        content=content,
        bare=bare,
        plan=plan,
        site=gathered.site,
        site_id=gathered.catalogue.site_id,
    )


def _origins(plan: Plan, file: SourceFile) -> Mapping[str, Origin] | None:
    try:
        raw = read(file, limit=MOST_BYTES + 1)
    except OSError:  # it went this very moment
        return None
    return plan.read(file, raw).origins


def _problems(gathered: Gathered, path: str) -> set[Problem]:
    return {
        problem
        for problem in gathered.problems
        if problem.path == path or (problem.path.endswith("/") and path.startswith(problem.path))
    }


def _because(
    record: Record, hidden: str | None, fields: Mapping[str, Field], origins: Mapping[str, Origin]
) -> str:
    match hidden:
        case None:
            return "as it was when its file could last be used" if record.broken else ""
        case "deleted":
            return "its file is gone; should it return, it is the same article"
        case "future":
            return f"it is due at {fields['published'].value}"
        case "expired":
            return f"since {fields['expires'].value}"
    return str(origins.get("hidden", ""))


def _no_article(plan: Plan, gathered: Gathered, path: str) -> Explanation:
    problems = tuple(sorted(_problems(gathered, path)))
    others = {*gathered.copies, *gathered.listing.parts}
    if path in {file.path for file in gathered.listing.articles} - others:
        broken = any(problem.severity is Severity.ERROR for problem in problems)
        reason = "broken" if broken else "empty"
        return Explanation(
            path=path, reason=reason, because="no version of it was ever good", problems=problems
        )
    because = _overlooked(plan, gathered, path)
    return Explanation(path=path, reason="not an article", because=because, problems=problems)


def _overlooked(plan: Plan, gathered: Gathered, path: str) -> str:
    """Return why a file that is there makes no article."""
    if path in gathered.copies:
        return f"it is a copy of {gathered.copies[path]}"
    if path in gathered.listing.parts:
        return "it is part of the article it lies beside"
    return left_out(path, plan.rules) or _out_of_sight(plan.root, path)


def _out_of_sight(root: Path, path: str) -> str:
    """Return why a file is not seen, although its name is that of an article."""
    location = root / real_name(path)
    folders = [folder for folder in location.parents if folder != root and folder.is_relative_to(root)]
    if any(folder.is_symlink() for folder in folders):
        return "it is reached by a link to a folder, and these are not followed"
    if any(os.path.lexists(folder / EXPORT_MANIFEST) for folder in folders):
        return "it lies in a folder that `feedsvc build` has written"
    if location.is_symlink():
        return "it is a link that leads out of the articles folder, or nowhere"
    if os.path.exists(location) and not os.path.isfile(location):  # noqa: PTH110, PTH113 - never raise
        return "it is no regular file"
    return "its folder cannot be listed, or the disk says nothing of it"
