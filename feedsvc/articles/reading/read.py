"""One file's bytes to one `Article`: whatever they are, the result is an article or problems."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from feedsvc.articles.dialects import Dialect
from feedsvc.articles.dialects.site_expressions import noted
from feedsvc.articles.frontmatter.head import FrontMatter, read_front_matter
from feedsvc.articles.html.documents import document_head
from feedsvc.articles.markup.bounds import excess
from feedsvc.articles.markup.convert import markup_of
from feedsvc.articles.paths import legible
from feedsvc.articles.reading.article import ReadingRules, understand
from feedsvc.articles.reading.conflict_markers import first_conflict
from feedsvc.articles.reading.origins import Origin
from feedsvc.articles.reading.problems import Notes
from feedsvc.model import Article, Markup, Problem, Severity, SourceFile
from feedsvc.runtime.time_limit import TookTooLongError
from feedsvc.text.characters import DecodeError, decode, first_illegal, legal

# An article is read, parsed and compared as a whole; the largest of 34,000 real ones had 851 kB.
MOST_BYTES = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What became of one file.

    Attributes:
        article: None if the file cannot be used; then a problem says why.
        unread: The file was not to be read just now.
        origins: Where each field of `article` came from, by the field's name;
            what the author left open has none.
    """

    file: SourceFile
    article: Article | None
    problems: tuple[Problem, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)
    unread: bool = False


def read_article(file: SourceFile, raw: bytes, rules: ReadingRules) -> Reading:
    """Understand one file.

    Args:
        raw: The file's bytes, at most `MOST_BYTES` + 1 of them.
    """
    notes = Notes(file.path)
    article: Article | None = None
    origins: Mapping[str, Origin] = {}
    try:
        front, digest = _front(file.path, raw, rules.dialect, notes)
        with noted() as slow:
            article, origins = understand(legible(file.path), front, rules, notes)
        article = replace(article, path=file.path, digest=digest)
        notes.problems += slow
    except _UnusableError as fault:
        notes.add(fault.severity, fault.line, fault.reason)
    except TookTooLongError as error:
        notes.add(Severity.ERROR, 0, f"cannot be understood, as {error}; simplify its markup, or split it")
    return Reading(file=file, article=article, problems=tuple(notes.problems), origins=origins)


class _UnusableError(Exception):
    """The file gives no article."""

    def __init__(self, line: int, reason: str, severity: Severity = Severity.ERROR) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason
        self.severity = severity


def _front(path: str, raw: bytes, dialect: Dialect, notes: Notes) -> tuple[FrontMatter, str]:
    """Return head and body, and the digest of the bytes."""
    text = _text_of_file(raw, notes)
    if not text.strip("\ufeff \t\n"):
        raise _UnusableError(0, "is empty; write something or delete it", Severity.WARNING)
    markup = markup_of(path, text)
    if reason := excess(text, markup):
        raise _UnusableError(0, reason)
    if line := first_conflict(text, markup):
        raise _UnusableError(
            line, "holds both sides of a merge in conflict; choose what is to stay, and delete git's marks"
        )
    front = dialect.front_matter(legible(path), text) or _head(path, text)
    if front.fault:
        raise _UnusableError(*front.fault)
    for line, note in front.notes:
        notes.warning(line, note)
    return front, blake2b(raw, digest_size=16).hexdigest()


def _head(path: str, text: str) -> FrontMatter:
    """Return head and body; without front matter, what the text itself says as its format has it."""
    front = read_front_matter(text)
    if front.values or front.fault:
        return front
    markup = markup_of(path, front.body)
    if markup is Markup.REST:
        from feedsvc.articles.markup.rst import read_rest  # docutils, which few sites need

        return read_rest(front.body)
    return replace(front, values=document_head(front.body)) if markup is Markup.HTML else front


def _text_of_file(raw: bytes, notes: Notes) -> str:
    if len(raw) > MOST_BYTES:
        raise _UnusableError(
            0, f"is larger than {MOST_BYTES // 1_000_000} MB; split it, or move its data elsewhere"
        )
    try:
        text = decode(raw)
    except DecodeError as error:
        raise _UnusableError(raw.count(b"\n", 0, error.offset) + 1, error.reason) from None
    illegal = first_illegal(text)
    if illegal:
        line, name = illegal
        notes.warning(
            line, f"character {name} cannot stand in a feed and is left out, as are others like it; delete it"
        )
    return legal(text)
