"""What to publish, from where, and as what: the configuration as the road needs it."""

from dataclasses import dataclass
from pathlib import Path

from feedsvc.articles.dialects import Dialect
from feedsvc.articles.scan import ScanRules
from feedsvc.model import FeedSpec, Site, TermKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that shapes documents, but for articles and ledger.

    Attributes:
        root: The articles folder.
        guess_language: `site.language` is only a fallback: the articles' script decides.
        permalink: Pattern of an article's address; None for the dialect's own.
        everything: The feed of everything; feeds by term are like it.
        term_limit: Entries in a feed by term.
        kinds: Terms that get feeds.
        pages: Make pages for people.
        inline: Show the lead image inside the content.
        max_loss: Share of articles that may vanish at once.
        git_dates: Ask git for the date of an undated file; None to do so where there is git.
    """

    root: Path
    rules: ScanRules
    dialect: Dialect
    site: Site
    guess_language: bool = False
    permalink: str | None = None
    everything: FeedSpec
    term_limit: int = 20
    kinds: tuple[TermKind, ...] = tuple(TermKind)
    pages: bool = True
    inline: bool = True
    max_loss: float = 0.3
    git_dates: bool | None = None
