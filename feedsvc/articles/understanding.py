"""A head and a body to the fields of one `Article`, each with its origin."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, time, tzinfo
from hashlib import blake2b
from typing import TypeVar

from feedsvc.articles.dates import as_instant
from feedsvc.articles.dialects import Dialect
from feedsvc.articles.fields import authors_of, labels_of, picture_of, text_of, title_of, truth_of
from feedsvc.articles.frontmatter import FrontMatter
from feedsvc.articles.html import parse
from feedsvc.articles.markup import markup_of, to_html
from feedsvc.articles.notes import Notes
from feedsvc.articles.origins import FILE_NAME, HEADING, PLACE, Origin, front_matter
from feedsvc.articles.slugs import article_slug
from feedsvc.articles.text import comparable, one_line
from feedsvc.articles.yaml_text import Value
from feedsvc.model import Article, Markup

_PUBLISHED = ("date", "published", "publishdate", "pubdate", "created", "createdat")
_UPDATED = tuple("updated update lastmod lastmodified lastmodifiedat modified updatedat dateupdated".split())
_EXPIRES = ("expirydate", "expires", "expiry", "unpublishdate")
_SUMMARY = ("excerpt", "summary", "description", "featuretext")
_IMAGE = tuple("image images cover featureimage featuredimage thumbnail header hero banner".split())
_AUTHORS = ("authors", "author", "by")
_CATEGORIES = ("categories", "category")
_TAGS = ("tags", "tag", "keywords", "topics")
_REDIRECTS = ("redirect", "redirectto", "redirecturl")
_LET_GO = frozenset(
    {"published", "publish", "public", "active", "live", "done", "final", "complete", "completed"}
)
_HELD_BACK = frozenset({"draft", "private", "hidden", "pending", "unpublished"})

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

_T = TypeVar("_T")


def understand(
    path: str, front: FrontMatter, *, digest: str, dialect: Dialect, zone: tzinfo, notes: Notes
) -> tuple[Article, Mapping[str, Origin]]:
    """Return the article that *front* makes, and where each of its fields came from.

    The origins go by the names of `Article`'s fields; a field that the author
    left open has none.

    Args:
        zone: Of dates that name none.
        notes: Takes what was guessed or ignored.
    """
    fields = _Fields(path, front, dialect, zone, notes)
    return fields.article(digest=digest), fields.origins


class _Fields:
    """The fields of one article, each from the first key that has a usable value."""

    def __init__(self, path: str, front: FrontMatter, dialect: Dialect, zone: tzinfo, notes: Notes) -> None:
        self._path = path
        self._front = front
        self._dialect = dialect
        self._zone = zone
        self._notes = notes
        self._named_date, self._stem = dialect.name_parts(path)
        self.origins: dict[str, Origin] = {}

    def article(self, *, digest: str) -> Article:
        summary = self._text("summary", *_SUMMARY)
        image, alt = self._first("image", _IMAGE, _picture) or (None, "")
        published = self._date("published", _PUBLISHED, otherwise=self._date_of_name)
        markup = markup_of(self._path, self._front.body)
        return Article(
            path=self._path,
            title=self._title(markup),
            slug=article_slug(self._text("slug", "slug") or self._from_name("slug", self._stem)),
            published=published,
            updated=self._updated(published),
            expires=self._date("expires", _EXPIRES),
            hidden=self._hidden(),
            authors=authors_of(*self._all("authors", _AUTHORS)),
            categories=_union(self._all("categories", _CATEGORIES)),
            tags=_union(self._all("tags", _TAGS)),
            language=self._language(),
            summary=summary,
            image=image,
            image_alt=alt,
            image_line=self._line_of("image"),
            id=self._first("id", ("id", "guid", "uuid"), _line),
            permalink=self._first("permalink", ("permalink", "url"), text_of),
            minor=self._minor(),
            markup=markup,
            body=self._front.body,
            body_line=self._front.body_line,
            fingerprint=_fingerprint(text_of(self._value("title")), self._front.body, summary, image),
            digest=digest,
        )

    def _value(self, key: str) -> Value:
        return self._front.values.get(key)

    def _line(self, key: str) -> int:
        lines = self._front.lines
        return lines.get(key) or lines.get(key.partition(".")[0], 0)

    def _said(self, key: str) -> str:
        return self._front.spelling.get(key, key)

    def _line_of(self, field: str) -> int:
        keys = self.origins[field].keys if field in self.origins else ()
        return keys[0][1] if keys else 0

    def _found(self, field: str, *keys: str) -> None:
        self.origins[field] = front_matter(*((self._said(key), self._line(key)) for key in keys))

    def _from_name(self, field: str, text: str) -> str:
        self.origins[field] = FILE_NAME
        return text

    def _each(self, keys: tuple[str, ...]) -> Iterator[tuple[str, Value]]:
        """Yield the values under *keys*, each with its key."""
        # Zola and Hugo keep terms and pictures of their own in these two tables.
        tables = [
            ("", self._front.values),
            *((f"{k}.", t) for k in ("taxonomies", "extra") if isinstance(t := self._value(k), dict)),
        ]
        for prefix, table in tables:
            yield from ((prefix + key, table[key]) for key in keys if table.get(key) is not None)

    def _first(self, field: str, keys: tuple[str, ...], usable: Callable[[Value], _T | None]) -> _T | None:
        for key, value in self._each(keys):
            if (found := usable(value)) is not None:
                self._found(field, key)
                return found
        return None

    def _all(self, field: str, keys: tuple[str, ...]) -> list[Value]:
        found = list(self._each(keys))
        if found:
            self._found(field, *(key for key, _ in found))
        return [value for _, value in found]

    def _text(self, field: str, *keys: str) -> str | None:
        for key in keys:
            if text := text_of(self._value(key)):
                self._found(field, key)
                return text
        return None

    def _title(self, markup: Markup) -> str:
        title = title_of(self._value("title"))
        if title is not None:
            self._found("title", "title")
            return title
        heading = parse(to_html(self._front.body, markup)).find(["h1", "h2", "h3"])
        if heading and (title := one_line(heading.get_text(" "))):
            self.origins["title"] = HEADING
            return title
        return self._from_name("title", _words(self._stem) or one_line(self._path))

    def _date(
        self, field: str, keys: tuple[str, ...], *, otherwise: Callable[[], datetime | None] = lambda: None
    ) -> datetime | None:
        ignored: dict[str, ValueError] = {}
        moment = self._first_date(field, keys, ignored) or otherwise()
        for key, error in ignored.items():
            instead = self._dated_by() if field == "published" else ""
            self._notes.warning(self._line(key), f"'{self._said(key)}' is ignored{instead}: {error}")
        return moment

    def _first_date(
        self, field: str, keys: tuple[str, ...], ignored: dict[str, ValueError]
    ) -> datetime | None:
        for key in keys:
            text = text_of(self._value(key))
            if text is None or truth_of(text) is not None:  # "published: false" is no date
                continue
            try:
                moment, guessed = as_instant(text, self._zone)
            except ValueError as error:
                ignored[key] = error
                continue
            if guessed:
                self._notes.warning(
                    self._line(key), f"'{self._said(key)}' is read as {moment.isoformat()}; write it that way"
                )
            self._found(field, key)
            return moment
        return None

    def _dated_by(self) -> str:
        origin = self.origins.get("published")
        if origin is None:  # by git or the file itself, if it was not published before
            return ", so the article is dated as one without"
        place = f"'{origin.keys[0][0]}'" if origin.keys else str(origin)
        return f", so the article is dated by {place}"

    def _updated(self, published: datetime | None) -> datetime | None:
        updated = self._date("updated", _UPDATED)
        if updated and published and updated < published and not _is_day_of(updated, published):
            reason = "lies before the date of publication and counts as equal; mend one of the two"
            self._notes.warning(self._line_of("updated"), f"the date of update {reason}")
        return updated

    def _date_of_name(self) -> datetime | None:
        try:
            named = as_instant(self._named_date, self._zone)[0] if self._named_date else None
        except ValueError:
            return None  # "2024-99-01-part.md" has a number for a name
        if named is not None:
            self.origins["published"] = FILE_NAME
        return named

    def _hidden(self) -> str | None:
        if self._is_draft():
            self._found("hidden", "draft")
            return "draft"
        if truth_of(self._value("published")) is False:
            self._found("hidden", "published")
            return "unpublished"
        redirect = next((key for key in _REDIRECTS if self._value(key)), None)
        if redirect is not None and not self._front.body.strip():
            self._found("hidden", redirect)
            return "redirect"
        return self._status() or self._place()

    def _is_draft(self) -> bool:
        draft = text_of(self._value("draft"))
        if draft is None or truth_of(draft) is not None or draft.casefold() in _HELD_BACK:
            return draft is not None and truth_of(draft) is not False
        # What was published by mistake cannot be called back.
        self._notes.warning(self._line("draft"), f"'draft: {draft}' is read as true; write true or false")
        return True

    def _minor(self) -> bool:
        minor = self._value("minor")
        truth = truth_of(minor)
        if minor is not None and truth is None:
            self._notes.warning(self._line("minor"), "'minor' is read as false; write true or false")
        return truth is True

    def _status(self) -> str | None:
        status = (text_of(self._value("status")) or "").casefold()
        if status in _HELD_BACK:
            self._found("hidden", "status")
            return status
        if status and status not in _LET_GO:
            self._notes.warning(
                self._line("status"),
                f"'status: {status}' is not known, so the article is public; write draft to keep it back",
            )
        return None

    def _place(self) -> str | None:
        hidden = self._dialect.hidden(self._path)
        if hidden is not None:
            self.origins["hidden"] = PLACE
        return hidden

    def _language(self) -> str | None:
        for key in ("lang", "language", "locale"):
            text = (text_of(self._value(key)) or "").partition(".")[0].replace("_", "-")
            if _LANGUAGE.fullmatch(text):
                self._found("language", key)
                return text
            if text:
                reason = f"'{self._said(key)}: {text}' is no language and is ignored"
                self._notes.warning(self._line(key), f"{reason}; write a tag such as ko or en-GB")
        return None


def _picture(value: Value) -> tuple[str, str] | None:
    reference, alt = picture_of(value)
    return (reference, alt) if reference else None


def _is_day_of(midnight: datetime, moment: datetime) -> bool:
    """Return whether the first names no more than the day of the other."""
    return midnight.time() == time() and midnight.date() == moment.date()


def _line(value: Value) -> str | None:
    text = text_of(value)
    return one_line(text) if text else None


def _words(stem: str) -> str:
    words = one_line(re.sub("[-_]", " ", stem)).split(" ")
    return " ".join(word[:1].upper() + word[1:] for word in words)


def _union(values: list[Value]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for value in values for label in labels_of(value)))


def _fingerprint(*sources: str | None) -> str:
    compared = [None if source is None else comparable(source) for source in sources]
    return blake2b(json.dumps(compared, ensure_ascii=False).encode(), digest_size=16).hexdigest()
