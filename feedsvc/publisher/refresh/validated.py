"""From a feed to documents that are fit to be published, and what is to be said of the others."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from feedsvc.feeds.render import render_feed
from feedsvc.feeds.validate import prove
from feedsvc.feeds.xml_safe import legible
from feedsvc.model import Document, Entry, Feed, Problem, Severity
from feedsvc.publisher.refresh.culprits import culprits
from feedsvc.publisher.refresh.faults import log_fault

log = logging.getLogger(__name__)

_OURS = "this is a fault of feedsvc, so report it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What came of a feed.

    Attributes:
        unfit: Paths of documents that were not fit, each with the reason: what stands there stays.
        left_out: Ids of entries that would have made it so, each with the reason.
    """

    documents: tuple[Document, ...]
    unfit: Mapping[str, str]
    left_out: Mapping[str, str]


class Press:
    """Renders feeds, and lets nothing pass that is not valid and true to its feed."""

    def __init__(self, render: Callable[[Feed], Iterable[Document]] = render_feed) -> None:
        self._render = render

    def __call__(self, feed: Feed) -> Printed:
        """Return what can be published of *feed*; entries that spoil it are left out."""
        whole = printed = self._printed(feed)
        spoilt: dict[str, str] = {}
        while printed.unfit:
            # Of two entries that spoil it together, the newer one is left out.
            rest = [entry for entry in reversed(feed.entries) if entry.id not in spoilt]
            found = culprits(rest, lambda entries: self._check(feed, entries))
            if not found:
                return whole  # spoilt by no entry
            spoilt |= {culprit.suspect.id: str(culprit.error) for culprit in found}
            printed = self._printed(_only(feed, [entry for entry in rest if entry.id not in spoilt]))
        return replace(printed, left_out=spoilt)

    def _check(self, feed: Feed, entries: Sequence[Entry]) -> None:
        """Raise an error if a feed of nothing but *entries* is not fit to be published."""
        unfit = self._printed(_only(feed, entries)).unfit
        if unfit:
            raise ValueError(next(iter(unfit.values())))

    def _printed(self, feed: Feed) -> Printed:
        clean = legible(feed)
        try:
            found = list(prove(self._render(clean), clean))
        except Exception as error:  # a serialiser that trips may not take the other feeds with it
            log_fault(log, f"cannot render feed={feed.folder}", error)
            unfit = {feed.folder + form.value: "cannot be written" for form in feed.formats}
            return Printed(documents=(), unfit=unfit, left_out={})
        return Printed(
            documents=tuple(document for document, fault in found if fault is None),
            unfit={document.path: fault for document, fault in found if fault is not None},
            left_out={},
        )


def _only(feed: Feed, entries: Iterable[Entry]) -> Feed:
    kept = {entry.id for entry in entries}
    return replace(feed, entries=tuple(entry for entry in feed.entries if entry.id in kept))


def told(printed: Iterable[Printed], paths: Mapping[str, str]) -> Iterable[Problem]:
    """Yield what to say of what is not published.

    Args:
        paths: Of articles, by the ids of their entries.
    """
    left_out = {key: fault for each in printed for key, fault in each.left_out.items()}
    for key, fault in left_out.items():
        reason = f"cannot stand in feeds ({fault}) and is left out of them; {_OURS} with this file"
        yield Problem(path=paths.get(key, key), severity=Severity.ERROR, reason=reason)
    for each in printed:
        for path, fault in each.unfit.items():
            reason = f"/{path} {fault}, so what was published there stays; {_OURS}"
            yield Problem(path=".", severity=Severity.ERROR, reason=reason)
