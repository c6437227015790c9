"""What to publish, from where, and as what: the configuration as the road needs it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from feedsvc.articles.dialects import Dialect
from feedsvc.articles.disk.scan import ScanRules
from feedsvc.articles.reading.article import ReadingRules
from feedsvc.articles.reading.read import Reading, read_article
from feedsvc.model import FeedSpec, Problem, Site, SourceFile, TermKind

_EVERYTHING = ScanRules()


def _somewhere(_: str) -> tuple[str, int]:
    return ".", 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that shapes documents, but for articles and ledger.

    Attributes:
        root: The articles folder.
        guess_language: `site.language` is only a fallback: the articles' script decides.
        permalink: Pattern of an article's address; None for the dialect's own.
        problems: Of the site's own configuration.
        everything: The feed of everything; feeds by term are like it.
        named: Feeds that the configuration names, as `named_spec` takes them.
        term_limit: Entries in a feed by term.
        kinds: Terms that get feeds.
        composed: Readers may compose feeds by query.
        retired: Folders of feeds that are gone for good, with closing slash.
        redirects: Where paths, or all below a folder, have moved: to a path or an address.
        aliases: Further addresses of documents, such as a generator's feeds had.
        asked_at: Where somebody asks for one of these addresses: a file and a line, as in `Problem`.
        all_languages: A feed holds articles in every language, not only in the site's;
            None if nobody has decided, and it does not.
        pages: Make pages for people.
        inline: Show the lead image inside the content.
        probe: Ask other hosts for type and size of the pictures that articles take from there.
        ignore_shared: A picture that more articles than that show leads none of them; 0 for no such bound.
        max_loss: Share of articles that may vanish at once.
        fields: Folded keys of front matter that a feed's `Where` asks for.
        checked_out: Files are as old as a checkout of this moment, which tells nothing.
        first_seen: As in `Circumstances`.
        git_dates: Ask git for the date of an undated file; None to do so where there is git.
    """

    root: Path
    rules: ScanRules = _EVERYTHING
    site: Site
    guess_language: bool = False
    permalink: str | None = None
    problems: tuple[Problem, ...] = ()
    everything: FeedSpec
    named: tuple[FeedSpec, ...] = ()
    term_limit: int = 20
    kinds: tuple[TermKind, ...] = tuple(TermKind)
    composed: bool = False
    retired: frozenset[str] = frozenset()
    redirects: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    asked_at: Callable[[str], tuple[str, int]] = _somewhere
    all_languages: bool | None = None
    pages: bool = True
    inline: bool = True
    probe: bool = False
    ignore_shared: int = 0
    max_loss: float = 0.3
    fields: frozenset[str] = frozenset()
    first_seen: bool = False
    git_dates: bool | None = None
    checked_out: bool = False

    @property
    def dialect(self) -> Dialect:
        """How the site is laid out."""
        return self.rules.dialect

    @property
    def secret(self) -> frozenset[str]:
        """Names of private feeds."""
        return frozenset(spec.name for spec in self.named if spec.private)

    def read(self, file: SourceFile, raw: bytes) -> Reading:
        """Understand one of the articles; see `read_article`."""
        rules = ReadingRules(
            dialect=self.dialect, zone=self.site.timezone, pattern=self.permalink, selected_keys=self.fields
        )
        return read_article(file, raw, rules)
