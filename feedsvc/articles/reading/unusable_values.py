"""Reports the values of front matter that no field can use, so that nothing is dropped in silence."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from feedsvc.articles.dialects import Dialect
from feedsvc.articles.fields import (
    PICTURE_KEYS,
    attachments_of,
    authors_of,
    comments_of,
    duration_of,
    is_blank,
    line_of,
    permalink_of,
    picture_of,
    share_of,
    source_title_of,
    text_of,
    title_of,
    truth_of,
    unusable_emails,
    unusable_uris,
    web_of,
)
from feedsvc.articles.frontmatter import keys
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.articles.links.licences import licence_of
from feedsvc.articles.links.resolve import web_address
from feedsvc.articles.reading.values import Values

_PEOPLE = (*keys.AUTHORS, *keys.CONTRIBUTORS)
_ADDRESSES = (
    *("permalink", "url", *keys.CANONICAL, *keys.SOURCE, *keys.VIA, *keys.COMMENTS),
    *(*keys.RELATED, *keys.RECORDINGS, *keys.LICENCE, *_PEOPLE),
)
_AMONG_WORDS = frozenset((*keys.SOURCE, *keys.LICENCE, *_PEOPLE))  # "https://ex.org Kim" is a name, too
_MEANT_AS_WEB = re.compile(r"https?:", re.IGNORECASE)

# What themes keep under `comments`: the name of a service, or the thread that holds them elsewhere.
_SERVICES = frozenset(
    """
    open closed enable disable enabled disabled show hide shown hidden all disqus giscus utterances gitalk
    valine waline twikoo commento isso staticman discourse remark42 facebook cusdis artalk hyvor
    """.split()
)
_THREAD = frozenset("id host username user instance provider term".split())
# What they keep beside a picture that may be missing, and which keys are for pictures only.
_BESIDE = frozenset("alt caption credit hidden hiddeninlist hiddeninsingle relative".split())
_OF_PICTURES = re.compile("image|img|cover|thumb|picture|photo|poster|illustration")
_FOR_ALL = frozenset("everyone everybody all unrestricted".split())


@dataclass(frozen=True, slots=True)
class _Kind:
    """What some keys want.

    Attributes:
        names: Folded keys.
        usable: Tells whether a field uses any part of a value.
        noun: A word for the values that the keys want.
        how: What to write instead.
        silent: Tells whether an unusable value is there on purpose, for a theme or a generator.
        each: Each member of a list is a value of its own.
        field: Of `Article`, if dialects may have other keys for it.
    """

    names: tuple[str, ...]
    usable: Callable[[Value], object]
    noun: str
    how: str
    silent: Callable[[Value], object] = lambda _value: False
    each: bool = False
    field: str = ""


def unusable_values(values: Values, dialect: Dialect) -> Iterator[tuple[str, str]]:
    """Yield keys of the front matter whose value is ignored, each with what is wrong and what to do."""
    invalid = [*_invalid_addresses(values)]
    for key, text in invalid:
        yield key, f"'{text[:80]}' under '{values.said(key)}' is no address and is ignored; mend it"
    reported = dict(invalid)
    by_name = _kinds_by_name(tuple(dialect.field_keys.items()), tuple(dialect.value_kinds.items()))
    for key, value in values.each(tuple(by_name)):
        kinds = by_name[key.rpartition(".")[2]]
        if key not in reported and values.stated(key) and (part := _unusable_part(value, kinds)):
            ignored = f"{part} under '{values.said(key)}' is no {kinds[0].noun} and is ignored"
            yield key, f"{ignored}; {kinds[0].how}"


def _invalid_addresses(values: Values) -> Iterator[tuple[str, str]]:
    """Yield keys of the front matter, each with a value that is meant as an address and is none."""
    for key, value in values.each(_ADDRESSES):
        if values.line(key):  # a default of the site is not for the article's author to mend
            name = key.rpartition(".")[2]
            found = {text for text in _broken_addresses(value) if " " not in text or name not in _AMONG_WORDS}
            if name in _PEOPLE:
                found |= {*unusable_uris(value), *unusable_emails(value)}
            yield from ((key, text) for text in sorted(found))


def _broken_addresses(value: Value) -> Iterator[str]:
    if isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _broken_addresses(each)
    elif (text := text_of(value)) and _MEANT_AS_WEB.match(text) and not web_address(text):
        yield text


@lru_cache(maxsize=100)
def _kinds_by_name(
    own: tuple[tuple[str, tuple[str, ...]], ...], shapes: tuple[tuple[str, str], ...]
) -> Mapping[str, list[_Kind]]:
    """Return what each key wants.

    Args:
        own: The dialect's keys, by field.
        shapes: As `Dialect.value_kinds`.
    """
    found: dict[str, list[_Kind]] = {}
    shaped = ((name, _SHAPES[shape]) for name, shape in shapes)
    fields = dict(own)
    usual = (
        (name, kind)
        for kind in _KINDS
        for name in fields.get(kind.field, kind.names)
        if kind.field != "image" or _OF_PICTURES.search(name)
    )
    for name, kind in (*usual, *shaped):
        found.setdefault(name, []).append(kind)
    return found


def _unusable_part(value: Value, kinds: list[_Kind]) -> str:
    """Return the part of *value* that is of no use to any of *kinds*, in words; "" if there is none."""
    if isinstance(value, list) and any(kind.each for kind in kinds):
        return next((part for member in value if (part := _unusable_part(member, kinds))), "")
    if is_blank(value) or any(kind.usable(value) or kind.silent(value) for kind in kinds):
        return ""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    return f"'{(text_of(value) or '')[:80]}'"


def _is_switch(value: Value) -> bool:
    return truth_of(value) is not None


def _is_off(value: Value) -> bool:
    return truth_of(value) is False


def _is_text(value: Value) -> bool:
    return isinstance(value, str)


def _is_table(value: Value) -> bool:
    return isinstance(value, dict)


def _is_setting_of_comments(value: Value) -> bool:
    if isinstance(value, dict):
        return bool(_folded(value) & _THREAD) or all(map(_is_switch, value.values()))
    return _is_switch(value) or (text_of(value) or "").casefold() in _SERVICES


def _is_beside_a_picture(value: Value) -> bool:
    if isinstance(value, dict):
        pictures = [each for key, each in value.items() if keys.fold(key) in PICTURE_KEYS]
        said = any(not is_blank(each) and not _is_switch(each) for each in pictures)
        return not said and bool(pictures or _folded(value) & _BESIDE)
    return _is_switch(value) or text_of(value) in ("{}", "[]")


def _is_built(value: Value) -> bool:
    """Return whether *value* is a permalink of Eleventy's that is no text: a switch, or a mapping."""
    return _is_switch(value) or (isinstance(value, dict) and not is_blank(value.get("build")))


def _folded(value: Mapping[str, Value]) -> frozenset[str]:
    return frozenset(map(keys.fold, value))


def _is_visibility(value: Value) -> bool:
    return (text_of(value) or "").casefold() in keys.LET_GO | keys.HELD_BACK | _FOR_ALL


_PATH = "write a path such as /2026/hello/"
_ADDRESS = "write a complete one such as https://example.org/page"

_KINDS = (
    _Kind(keys.TITLE, title_of, "title", "write text"),
    _Kind(("slug",), text_of, "slug", "write text"),
    _Kind(keys.SUMMARY, text_of, "excerpt", "write text", field="summary"),
    _Kind(keys.ID, text_of, "id", "write text, or delete it", field="id"),
    _Kind(("permalink", "url"), permalink_of, "address", _PATH, _is_switch),
    _Kind(keys.AUTHORS, authors_of, "author", "write a name", each=True, field="authors"),
    _Kind(keys.CONTRIBUTORS, authors_of, "contributor", "write a name", each=True),
    _Kind(keys.LANGUAGE, _is_text, "language", "write a tag such as ko or en-GB", field="language"),
    _Kind(keys.CANONICAL, web_of, "address", _ADDRESS, _is_off),
    _Kind(tuple({*keys.SOURCE} - {*keys.CANONICAL}), source_title_of, "address", _ADDRESS, _is_off),
    _Kind(keys.VIA, web_of, "address", _ADDRESS, _is_off),
    _Kind(keys.COMMENTS, comments_of, "address", "write one, or true or false", _is_setting_of_comments),
    _Kind(keys.RELATED, web_of, "address", _ADDRESS, _is_switch, each=True),
    _Kind(
        keys.LICENCE,
        lambda value: licence_of(text_of(value) or ""),
        "licence that is known here",
        "write the address of its text",
        _is_switch,
    ),
    _Kind(keys.CORRECTION, line_of, "correction", "write what was corrected", _is_off),
    _Kind(keys.IMAGE_TITLE, line_of, "caption", "write text", _is_off),
    _Kind(keys.IMAGE_CREDIT, line_of, "credit", "write text", _is_off),
    _Kind(
        keys.IMAGE,
        lambda value: picture_of(value)[0],
        "picture",
        "write its address",
        _is_beside_a_picture,
        field="image",
    ),
    _Kind(
        keys.RECORDINGS,
        lambda value: [*attachments_of(value)],
        "recording",
        "write its address, and its type if no suffix tells that",
        _is_switch,
        each=True,
    ),
    # Text may tell how long it takes to read the article.
    _Kind(keys.DURATION, duration_of, "duration", "write seconds or 12:34", _is_text),
    _Kind(
        tuple(name for name in keys.FULL if name != "content"),
        lambda value: share_of(value) is not None,
        "choice",
        "write full or excerpt",
    ),
    _Kind(keys.NO_FEED, _is_switch, "truth value", "write true or false"),
    _Kind(("status",), _is_text, "status", "write draft to keep the article back"),
)
_SHAPES = {
    "truth": _Kind((), _is_switch, "truth value", "write true or false"),
    "table": _Kind((), _is_table, "table", "write keys and values below it"),
    "address": _Kind((), permalink_of, "address", _PATH),
    "built": _Kind((), _is_built, "address", _PATH),
    "text": _Kind((), text_of, "text", "write text"),
    "labels": _Kind((), lambda value: not isinstance(value, dict), "list of labels", "write them in a list"),
    "visibility": _Kind((), _is_visibility, "visibility that is known here", "write draft or public"),
}
