"""One file's bytes to one `Article`: whatever they are, the result is an article or problems."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from hashlib import blake2b

from feedsvc.articles.dates import as_instant
from feedsvc.articles.dialects import Dialect
from feedsvc.articles.fields import authors_of, labels_of, picture_of, text_of, title_of, truth_of
from feedsvc.articles.frontmatter import FrontMatter, read_front_matter
from feedsvc.articles.html import parse
from feedsvc.articles.markup import to_html
from feedsvc.articles.slugs import article_slug
from feedsvc.articles.text import DecodeError, comparable, decode, first_illegal, legal, one_line
from feedsvc.articles.yaml_text import Value
from feedsvc.model import Article, Markup, Problem, Severity, SourceFile

# An article is read, parsed and compared as a whole; the largest of 34,000 real ones had 851 kB.
MOST_BYTES = 4_000_000

_PUBLISHED = ("date", "published", "publishdate", "pubdate", "created", "createdat")
_UPDATED = (
    "updated",
    "update",
    "lastmod",
    "lastmodified",
    "lastmodifiedat",
    "modified",
    "updatedat",
    "dateupdated",
)
_EXPIRES = ("expirydate", "expires", "expiry", "unpublishdate")
_SUMMARY = ("excerpt", "summary", "description", "featuretext")
_IMAGE = (
    "image",
    "images",
    "cover",
    "featureimage",
    "featuredimage",
    "thumbnail",
    "header",
    "hero",
    "banner",
)
_AUTHORS = ("authors", "author", "by")
_CATEGORIES = ("categories", "category")
_TAGS = ("tags", "tag", "keywords", "topics")
_REDIRECTS = ("redirect", "redirectto", "redirecturl")
_LET_GO = frozenset(
    {"published", "publish", "public", "active", "live", "done", "final", "complete", "completed"}
)
_HELD_BACK = frozenset({"draft", "private", "hidden", "pending", "unpublished"})

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_HTML_BLOCK = re.compile(
    r"^\s*<(?:p|div|h[1-6]|table|ul|ol|section|article|figure|blockquote|img|html|!doctype)\b", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What became of one file.

    Attributes:
        article: None if the file cannot be used; then a problem says why.
    """

    file: SourceFile
    article: Article | None
    problems: tuple[Problem, ...] = ()


def read_article(file: SourceFile, raw: bytes, *, dialect: Dialect, zone: tzinfo) -> Reading:
    """Understand one file.

    Args:
        raw: The file's bytes, at most `MOST_BYTES` + 1 of them.
        zone: Of dates that name none.
    """
    notes = _Notes(file.path)
    try:
        article = _understand(file.path, raw, dialect, zone, notes)
    except _UnusableError as fault:
        notes.add(fault.severity, fault.line, fault.reason)
        article = None
    return Reading(file=file, article=article, problems=tuple(notes.problems))


class _UnusableError(Exception):
    """The file gives no article."""

    def __init__(self, line: int, reason: str, severity: Severity = Severity.ERROR) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason
        self.severity = severity


class _Notes:
    """Collects the problems of one file."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.problems: list[Problem] = []

    def add(self, severity: Severity, line: int, reason: str) -> None:
        self.problems.append(Problem(path=self._path, line=line, severity=severity, reason=legal(reason)))

    def warning(self, line: int, reason: str) -> None:
        self.add(Severity.WARNING, line, reason)


def _understand(path: str, raw: bytes, dialect: Dialect, zone: tzinfo, notes: _Notes) -> Article:
    text = _text_of_file(raw, notes)
    if not text.strip("\ufeff \t\n"):
        raise _UnusableError(0, "is empty; write something or delete it", Severity.WARNING)
    front = read_front_matter(text)
    if front.fault:
        raise _UnusableError(*front.fault)
    for line, note in front.notes:
        notes.warning(line, note)
    return _Fields(path, front, dialect, zone, notes).article(digest=_digest(raw))


def _text_of_file(raw: bytes, notes: _Notes) -> str:
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
        notes.warning(line, f"character {name} is not allowed in a feed; it and its like are removed")
    return legal(text)


class _Fields:
    """The fields of one article, each from the first key that has a usable value."""

    def __init__(self, path: str, front: FrontMatter, dialect: Dialect, zone: tzinfo, notes: _Notes) -> None:
        self._path = path
        self._front = front
        self._dialect = dialect
        self._zone = zone
        self._notes = notes
        self._named_date, self._stem = dialect.name_parts(path)

    def article(self, *, digest: str) -> Article:
        summary = self._summary()
        image, alt = next(
            (found for value in self._each(_IMAGE) if (found := picture_of(value))[0]), (None, "")
        )
        markup = _markup_of(self._path, self._front.body)
        return Article(
            path=self._path,
            title=self._title(markup),
            slug=article_slug(text_of(self._value("slug")) or self._stem),
            published=self._date(_PUBLISHED) or self._date_of_name(),
            updated=self._date(_UPDATED),
            expires=self._date(_EXPIRES),
            hidden=self._hidden(),
            authors=authors_of(*self._each(_AUTHORS)),
            categories=_union(self._each(_CATEGORIES)),
            tags=_union(self._each(_TAGS)),
            language=self._language(),
            summary=summary,
            image=image,
            image_alt=alt,
            id=next(
                (one_line(text) for value in self._each(("id", "guid", "uuid")) if (text := text_of(value))),
                None,
            ),
            permalink=next(filter(None, map(text_of, self._each(("permalink", "url")))), None),
            minor=truth_of(self._value("minor")) is True,
            markup=markup,
            body=self._front.body,
            body_line=self._front.body_line,
            fingerprint=_fingerprint(text_of(self._value("title")), self._front.body, summary, image),
            digest=digest,
        )

    def _value(self, key: str) -> Value:
        return self._front.values.get(key)

    def _each(self, keys: tuple[str, ...]) -> Iterator[Value]:
        # Zola and Hugo keep terms and pictures of their own in these two tables.
        tables = [
            self._front.values,
            *(t for k in ("taxonomies", "extra") if isinstance(t := self._value(k), dict)),
        ]
        for table in tables:
            yield from (table[key] for key in keys if table.get(key) is not None)

    def _title(self, markup: Markup) -> str:
        title = title_of(self._value("title"))
        if title is None:
            heading = parse(to_html(self._front.body, markup)).find(["h1", "h2", "h3"])
            title = one_line(heading.get_text(" ")) if heading else None
        return title or _words(self._stem) or one_line(self._path)

    def _date(self, keys: tuple[str, ...]) -> datetime | None:
        for key in keys:
            text = text_of(self._value(key))
            if text is None or truth_of(text) is not None:  # "published: false" is no date
                continue
            try:
                moment, guessed = as_instant(text, self._zone)
            except ValueError as error:
                self._notes.warning(self._line(key), f"'{key}' is ignored: {error}")
                continue
            if guessed:
                self._notes.warning(
                    self._line(key), f"'{key}' is read as {moment.isoformat()}; write it that way"
                )
            return moment
        return None

    def _date_of_name(self) -> datetime | None:
        try:
            return as_instant(self._named_date, self._zone)[0] if self._named_date else None
        except ValueError:
            return None  # "2024-99-01-part.md" has a number for a name

    def _hidden(self) -> str | None:
        if self._is_draft():
            return "draft"
        published = self._value("published")
        if truth_of(published) is False:
            return "unpublished"
        if not self._front.body.strip() and any(map(self._value, _REDIRECTS)):
            return "redirect"
        status = (text_of(self._value("status")) or "").casefold()
        if status and status not in _HELD_BACK | _LET_GO:
            self._notes.warning(
                self._line("status"), f"'status: {status}' is not known; the article is published"
            )
        return status if status in _HELD_BACK else self._dialect.hidden(self._path)

    def _is_draft(self) -> bool:
        draft = text_of(self._value("draft"))
        if draft is None or truth_of(draft) is not None or draft.casefold() in _HELD_BACK:
            return draft is not None and truth_of(draft) is not False
        # What was published by mistake cannot be called back.
        self._notes.warning(self._line("draft"), f"'draft: {draft}' is neither true nor false; read as true")
        return True

    def _summary(self) -> str | None:
        for key in _SUMMARY:
            text = text_of(self._value(key))
            if text:
                return text
        return None

    def _language(self) -> str | None:
        for key in ("lang", "language", "locale"):
            text = (text_of(self._value(key)) or "").partition(".")[0].replace("_", "-")
            if _LANGUAGE.fullmatch(text):
                return text
            if text:
                self._notes.warning(
                    self._line(key), f"'{key}: {text}' is no language tag such as 'ko' or 'en-GB'"
                )
        return None

    def _line(self, key: str) -> int:
        return self._front.lines.get(key, 0)


def _words(stem: str) -> str:
    words = one_line(re.sub("[-_]", " ", stem)).split(" ")
    return " ".join(word[:1].upper() + word[1:] for word in words)


def _union(values: Iterator[Value]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for value in values for label in labels_of(value)))


def _markup_of(path: str, body: str) -> Markup:
    suffix = path.rpartition(".")[2].lower()
    if suffix in ("html", "htm"):
        return Markup.HTML
    # A text file says nothing of its markup; it is HTML if it begins like it.
    return Markup.HTML if suffix == "txt" and _HTML_BLOCK.match(body) else Markup.MARKDOWN


def _fingerprint(*sources: str | None) -> str:
    compared = [None if source is None else comparable(source) for source in sources]
    return _digest(json.dumps(compared, ensure_ascii=False).encode())


def _digest(raw: bytes) -> str:
    return blake2b(raw, digest_size=16).hexdigest()
