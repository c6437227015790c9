"""Makes one `Article` of a head and a body, and tells the origin of each field."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from hashlib import blake2b
from typing import Literal, TypeVar

from feedsvc.articles.dialects import ArticleFacts, Dialect
from feedsvc.articles.fields import (
    authors_of,
    is_blank,
    loses_values,
    permalink_of,
    picture_of,
    text_of,
    title_of,
    truth_of,
)
from feedsvc.articles.frontmatter import keys
from feedsvc.articles.frontmatter.head import FrontMatter
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.articles.html.clean import parse
from feedsvc.articles.markup.bounds import MOST_TERMS
from feedsvc.articles.markup.convert import markup_of, to_html
from feedsvc.articles.reading.dates import Moments
from feedsvc.articles.reading.origins import FILE_NAME, HEADING, PATTERN, PLACE, Origin
from feedsvc.articles.reading.particulars import Particulars, feeds_of, particulars, selected_fields
from feedsvc.articles.reading.permalinks import permalink_of_pattern
from feedsvc.articles.reading.problems import Notes
from feedsvc.articles.reading.unusable_values import unusable_values
from feedsvc.articles.reading.values import Values
from feedsvc.articles.reading.visibility import is_minor, why_hidden
from feedsvc.model import Article, Author, Dates, LeadImage, Markup, Templating, in_zone
from feedsvc.text.characters import comparable, one_line
from feedsvc.text.iris import is_iri, is_meant_as_iri
from feedsvc.text.language import is_registered
from feedsvc.text.slugs import article_slug

_Term = TypeVar("_Term")

# Before the first date that there is.
_ALWAYS = datetime.fromtimestamp(0, UTC)

_ADDRESSES = ("permalink", "url", "path")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRules:
    """The rules of a site for all of its articles.

    Attributes:
        zone: The time zone of dates that name none.
        pattern: `articles.permalink`; None if the dialect makes the addresses.
        selected_keys: Folded keys for `Article.fields`.
    """

    dialect: Dialect
    zone: tzinfo
    pattern: str | None = None
    selected_keys: frozenset[str] = frozenset()


def understand(
    path: str, front: FrontMatter, rules: ReadingRules, notes: Notes
) -> tuple[Article, Mapping[str, Origin]]:
    """Return the article that *front* makes, and where each of its fields came from.

    The origins go by the names of `Article`'s fields, or of the fields of its
    groups; a field that the author left open has none.

    Args:
        path: A legible one; the caller gives the article its real path and its digest.
        notes: Takes a warning for each value that was guessed or ignored.
    """
    fields = _Fields(path, front, rules, notes)
    article = fields.article()
    for key, reason in unusable_values(fields.values, rules.dialect):
        notes.warning(fields.values.line(key), reason)
    return article, fields.values.origins


class _Fields:
    """The fields of one article."""

    def __init__(self, path: str, front: FrontMatter, rules: ReadingRules, notes: Notes) -> None:
        self._path = path
        self._front = front
        self._rules = rules
        self._dialect = rules.dialect
        self._zone = rules.zone
        self._notes = notes
        self._path_metadata = rules.dialect.path_metadata(path)
        self.values = Values(front, rules.dialect.front_matter_defaults(path))
        self._moments = Moments(path, self.values, rules.dialect, rules.zone, notes)

    def article(self) -> Article:
        values, body = self.values, self._front.body
        markup, authors = markup_of(self._path, body), self._authors()
        facts = self._article_facts(markup, authors)
        permalink = self._permalink(facts)
        summary = values.text("summary", *self._keys("summary", keys.SUMMARY))
        more = particulars(values)
        image = values.first("image", self._keys("image", keys.IMAGE), _picture)
        return Article(
            path=self._path,
            title=facts.title,
            slug=article_slug(facts.slug or self._from_name("slug", self._path_metadata.stem)),
            dates=self._dates(facts.published),
            hidden=why_hidden(self._path, values, body=body, dialect=self._dialect, notes=self._notes),
            authors=authors,
            contributors=more.contributors,
            categories=facts.categories,
            tags=facts.tags,
            language=facts.language,
            summary=summary,
            lead_image=image and self._lead_image(*image, more),
            banner=more.banner,
            image_base=self._dialect.image_base(values.merged),
            attachments=more.attachments,
            id=self._id(),
            permalink=permalink,
            feed_id=self._dialect.feed_id(facts, permalink),
            links=more.links,
            minor=is_minor(values, self._notes),
            correction=more.correction,
            collection=self._dialect.collection(self._path),
            feeds=feeds_of(values),
            full=more.full,
            fields=selected_fields(values, self._rules.selected_keys),
            markup=markup,
            templating=self._templating(),
            body=_with_common_excerpt_mark(body, values["excerptseparator"]),
            body_line=self._front.body_line,
            fingerprint=self._fingerprint(summary, image and image[0], more.correction),
        )

    def _lead_image(self, reference: str, alt: str, more: Particulars) -> LeadImage:
        return LeadImage(
            reference=self._dialect.lead_image_address(reference, self.values.merged),
            alt=alt,
            title=more.image_title,
            credit=more.image_credit,
            line=self.values.line_of("image"),
        )

    def _dates(self, published: datetime | None) -> Dates:
        moments = self._moments
        appears = moments.appears(self._keys("appears", ()))
        # One that appears before its date tells of what is to come: nobody's feed is dated ahead.
        first = min(filter(None, (published, appears)), default=None)
        return Dates(
            published=self._in_zone(first),
            day_only=first == published and moments.names_day("published"),
            updated=self._in_zone(moments.updated(self._keys("updated", keys.UPDATED), published)),
            appears=_ALWAYS if self._dialect.shows_future else self._in_zone(appears),
            expires=self._in_zone(moments.expires(self._keys("expires", keys.EXPIRES))),
            announced=self._in_zone(moments.announced(keys.ANNOUNCED)),
        )

    def _fingerprint(self, summary: str | None, image: str | None, correction: str | None) -> str:
        significant = [text_of(self.values["title"]), self._front.body, summary, image]
        significant += [correction] if correction else []
        compared = [None if text is None else comparable(text) for text in significant]
        return blake2b(json.dumps(compared, ensure_ascii=False).encode(), digest_size=16).hexdigest()

    def _article_facts(self, markup: Markup, authors: tuple[Author, ...]) -> ArticleFacts:
        return ArticleFacts(
            path=self._path,
            path_metadata=self._path_metadata,
            values=self._with_usable_addresses(),
            title=self._title(markup),
            slug=self.values.text("slug", "slug"),
            published=self._moments.published(self._keys("published", keys.PUBLISHED)),
            zone=self._zone,
            language=self._language(),
            categories=self._labels("categories", keys.CATEGORIES),
            tags=self._labels("tags", keys.TAGS),
            authors=tuple(author.name for author in authors),
        )

    def _keys(self, field: str, usual: tuple[str, ...]) -> tuple[str, ...]:
        return self._dialect.field_keys.get(field, usual)

    def _in_zone(self, moment: datetime | None) -> datetime | None:
        return moment and in_zone(moment, self._zone)

    def _from_name(self, field: str, text: str) -> str:
        self.values.origins[field] = FILE_NAME
        return text

    def _title(self, markup: Markup) -> str:
        title = self.values.first("title", keys.TITLE, title_of)
        if title is not None:
            return title
        named = self._dialect.default_title(self._path_metadata)
        if named is not None:
            return self._from_name("title", named)
        heading = parse(to_html(self._front.body, markup)).find(["h1", "h2", "h3"])
        if heading and (title := one_line(heading.get_text(" "))):
            self.values.origins["title"] = HEADING
            return title
        return self._from_name("title", _words(self._path_metadata.stem) or one_line(self._path))

    def _id(self) -> str | None:
        """Return the id as written: a broken IRI, which still tells renamed files, only if all are broken."""
        stated = self._keys("id", keys.ID)
        for key, value in self.values.each(stated):
            if (text := _line(value)) and _is_broken_iri(text):
                reason = f"'{text[:80]}' under '{self.values.said(key)}' is no valid IRI (RFC 3987)"
                and_so = "and counts as no id where none was given yet; mend or delete it"
                self._notes.warning(self.values.line(key), f"{reason} {and_so}")
        return self.values.first("id", stated, _sound_id) or self.values.first("id", stated, _line)

    def _with_usable_addresses(self) -> Mapping[str, Value]:
        """Return the values without addresses that are none, unless the dialect understands these."""
        unusable = {
            key
            for key in _ADDRESSES
            if not permalink_of(self.values[key]) and not is_blank(self.values[key])
            if self._dialect.value_kinds.get(key) != "built"
        }
        return {key: value for key, value in self.values.merged.items() if key not in unusable}

    def _labels(self, field: Literal["categories", "tags"], usual: tuple[str, ...]) -> tuple[str, ...]:
        found = self.values.all(field, self._keys(field, usual))
        self._tell_of_mappings(self._keys(field, usual))
        labels = self._dialect.labels(field, found, self._path_metadata)
        if labels and not found:
            self.values.origins[field] = PLACE
        return self._few(field, labels)

    def _tell_of_mappings(self, stated: tuple[str, ...]) -> None:
        """Warn of labels in a mapping, of which the keys count; "tags: {a: , b: }" loses nothing."""
        for key, value in self.values.each(stated):
            if self.values.line(key) and key not in self._dialect.value_kinds and loses_values(value):
                reason = (
                    f"'{self.values.said(key)}' holds a mapping where a list of labels is wanted, and at"
                    " most its keys count; write a list, such as [a, b]"
                )
                self._notes.warning(self.values.line(key), reason)

    def _few(self, field: str, found: Sequence[_Term]) -> tuple[_Term, ...]:
        """Return the first of *found*: each gets feeds of its own."""
        if len(found) > MOST_TERMS:
            reason = f"names {len(found):,} {field}, of which the first {MOST_TERMS} count; name fewer"
            self._notes.warning(self.values.line_of(field), reason)
        return tuple(found[:MOST_TERMS])

    def _permalink(self, facts: ArticleFacts) -> str | None:
        pattern = self._rules.pattern
        own = self.values.first("permalink", ("permalink", "url"), permalink_of)
        if pattern is not None and own is None:
            self.values.origins["permalink"] = PATTERN
            return permalink_of_pattern(pattern, facts)
        try:
            permalink = self._dialect.permalink(facts)
        except ValueError as error:
            self._notes.warning(self.values.line_of("permalink"), str(error))
            permalink = None
        if permalink is not None and own is None:
            self.values.origins["permalink"] = Origin(f"the rules of {self._dialect.name}")
        return permalink

    def _authors(self) -> tuple[Author, ...]:
        found = self.values.all("authors", self._keys("authors", keys.AUTHORS))
        return self._few(
            "authors", authors_of(*self._dialect.author_values(found), people=self._dialect.author_data)
        )

    def _templating(self) -> Templating:
        templating = self._dialect.templating(self._path)
        runs = truth_of(self.values["renderwithliquid"])
        return Templating.NONE if templating is Templating.LIQUID and runs is False else templating

    def _language(self) -> str | None:
        for key in self._keys("language", keys.LANGUAGE):
            text = (text_of(self.values[key]) or "").partition(".")[0].replace("_", "-")
            if _LANGUAGE.fullmatch(text):
                self.values.found("language", key)
                if not is_registered(text):
                    reason = f"'{self.values.said(key)}: {text}' names no registered language (BCP 47)"
                    so = "but feeds say it as it is; write a tag such as ko or en-GB"
                    self._notes.warning(self.values.line(key), f"{reason}, {so}")
                return text
            if text:
                reason = f"'{self.values.said(key)}: {text}' is no language and is ignored"
                self._notes.warning(self.values.line(key), f"{reason}; write a tag such as ko or en-GB")
        if self._path_metadata.language:
            self.values.origins["language"] = PLACE
        return self._path_metadata.language


def _with_common_excerpt_mark(body: str, separator: Value) -> str:
    """Return *body* with the site's own mark behind an excerpt as everybody writes it."""
    mark = text_of(separator)
    return body.replace(mark, "<!--more-->", 1) if mark else body


def _picture(value: Value) -> tuple[str, str] | None:
    reference, alt = picture_of(value)
    return (reference, alt) if reference else None


def _line(value: Value) -> str | None:
    text = text_of(value)
    return one_line(text) if text else None


def _is_broken_iri(text: str) -> bool:
    return is_meant_as_iri(text) and not is_iri(text)


def _sound_id(value: Value) -> str | None:
    text = _line(value)
    return None if text is None or _is_broken_iri(text) else text


def _words(stem: str) -> str:
    words = one_line(re.sub("[-_]", " ", stem)).split(" ")
    return " ".join(word[:1].upper() + word[1:] for word in words)
