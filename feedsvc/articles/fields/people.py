"""Who wrote an article, in whatever shape it is said."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from types import MappingProxyType

from feedsvc.articles.fields.scalars import text_of, title_of
from feedsvc.articles.frontmatter.keys import fold
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.articles.html.clean import parse
from feedsvc.articles.links.resolve import ascii_host, web_address
from feedsvc.model import Author
from feedsvc.text.characters import one_line

# Longer than any list of names: somebody wrote a text there.
_LONGEST = 1000

_MARKDOWN_LINK = re.compile(r"\[(?P<name>[^\]]++)\]\((?P<uri>[^)\s]*+)[^)]*+\)")
_MAILBOX = re.compile(r"(?P<name>[^<>]*+)<(?P<email>[^<>\s@]++@[^<>\s]++)>")
# RFC 822's old form, which RSS 2.0 keeps: "kim@example.org (Kim)".
_MAILBOX_FIRST = re.compile(r"(?P<email>[^<>()\s@]++@[^<>()\s]++)\s*+\((?P<name>[^()]++)\)")
# "Kim, Lee and Park"; but what brackets hold, as in "Kim (ACME, Inc.)", belongs to one name.
_BETWEEN_NAMES = re.compile(r"(?:(?<!\s)\s++)?(?:[,;]\s*+(?:and\s++)?|(?<=\s)(?:and|und)\s++)")
_BRACKETS = re.compile(r"([(\[<)\]>])")

# A local part in ASCII without quotes (RFC 5322, 3.4.1, "dot-atom"), and a host with a domain.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9][A-Za-z0-9-]*")
_NAME_KEYS = ("name", "displayname", "fullname", "title", "nickname")
_SLUG_KEYS = ("slug", "id", "key", "username", "login")
_EMAIL_KEYS = ("email", "mail", "emailaddress")
_URI_KEYS = ("uri", "url", "website", "web", "site", "homepage", "home", "link", "href")

_NOBODY: Mapping[str, Value] = MappingProxyType({})


def authors_of(*values: Value, people: Mapping[str, Value] = _NOBODY) -> tuple[Author, ...]:
    """Return the authors that *values* name, each name once.

    Args:
        people: What a site's data files say of its authors, by the names that
            articles refer to them with: a mapping, or no more than a name.
    """
    reader = _Reader(people)
    found: dict[str, Author] = {}
    for value in values:
        for author in reader.authors(value):
            found.setdefault(author.name, author)
    return tuple(found.values())


def email_of(text: str | None) -> str | None:
    """Return an address of e-mail as feeds can hold it (RFC 4287, 3.2.3); None if *text* is none.

    Its host becomes punycode; for other letters before the "@" there is no such form.
    """
    local, _, host = (text or "").removeprefix("mailto:").rpartition("@")
    host = ascii_host(host)
    return f"{local}@{host}" if _LOCAL.fullmatch(local) and _HOST.fullmatch(host) else None


def unusable_emails(value: Value) -> Iterator[str]:
    """Yield values that should be addresses of e-mail and are none."""
    if isinstance(value, list):
        for member in value:
            yield from unusable_emails(member)
    elif isinstance(value, dict):
        texts = {fold(key): text_of(each) for key, each in value.items()}
        yield from (
            text for key in _EMAIL_KEYS if (text := texts.get(key)) is not None and not email_of(text)
        )
        for each in value.values():
            if not isinstance(each, str):
                yield from unusable_emails(each)
    elif isinstance(value, str):
        mailboxes = map(_mailbox, map(one_line, _BETWEEN_NAMES.split(unescape(value[:_LONGEST]))))
        yield from (found["email"] for found in mailboxes if found and not email_of(found["email"]))


def unusable_uris(value: Value) -> Iterator[str]:
    """Yield values that should be an author's address of the web and are none."""
    if isinstance(value, list):
        for member in value:
            yield from unusable_uris(member)
    elif isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, list | dict):
                yield from unusable_uris(each)
            elif fold(key) in _URI_KEYS and (text := text_of(each)) and not web_address(text):
                yield text


class _Reader:
    """Reads authors of any shape, and looks each up."""

    def __init__(self, people: Mapping[str, Value]) -> None:
        self._people = {fold(slug): said for slug, said in people.items()}

    def authors(self, value: Value) -> Iterator[Author]:
        if isinstance(value, list):
            for member in value:
                yield from self._one(member) if isinstance(member, str) else self.authors(member)
        elif isinstance(value, dict):
            yield from self._of_mapping(value)
        elif isinstance(value, str):
            yield from self._joined(unescape(value[:_LONGEST]))

    def _joined(self, text: str) -> Iterator[Author]:
        if _is_link(text) or fold(one_line(text)) in self._people:
            yield from self._one(text)
            return
        for part in _names_in(text):
            yield from self._one(part)

    def _one(self, text: str) -> Iterator[Author]:
        text = one_line(text)
        said = self._people.get(fold(text))
        author = (
            (_described(said) if isinstance(said, dict) else _written(text_of(said) or "")) if said else None
        )
        author = author or _written(text)
        if author is not None:
            yield author

    def _of_mapping(self, fields: Mapping[str, Value]) -> Iterator[Author]:
        author = _described(fields)
        if author is not None:
            yield author
            return
        folded = {fold(key): text_of(value) for key, value in fields.items()}
        slug = next((slug for key in _SLUG_KEYS if (slug := folded.get(key))), None)
        if slug is not None:
            yield from self._one(slug)
            return
        for key, value in fields.items():  # "kim: { name: Kim }", or no more than "kim:"
            found = _described(value) if isinstance(value, dict) else None
            if found is not None:
                yield found
            elif value is None:
                yield from self._one(key)


def _described(fields: Mapping[str, Value]) -> Author | None:
    """Return the author whom a mapping tells of; None if it has no name for anybody."""
    folded = {fold(key): value for key, value in fields.items()}
    texts = {key: text for key, value in folded.items() if (text := text_of(value))}
    parts = (
        texts.get("firstname") or texts.get("givenname"),
        texts.get("lastname") or texts.get("familyname"),
    )
    name = _first(texts, _NAME_KEYS) or " ".join(part for part in parts if part)
    if not name:
        params = folded.get("params")  # Hugo's tables of an author's own
        return _described(params) if isinstance(params, dict) else None
    uri = next((uri for key in _URI_KEYS if (uri := web_address(texts.get(key, "")))), None)
    return Author(name=_name(name), email=email_of(_first(texts, _EMAIL_KEYS)), uri=uri)


def _written(text: str) -> Author | None:
    """Return the author whom a text names, which may carry an address."""
    if link := _MARKDOWN_LINK.fullmatch(text):
        return Author(name=_name(link["name"]), uri=web_address(link["uri"]))
    if mailbox := _mailbox(text):
        name = _name(mailbox["name"].strip('" ')) or mailbox["email"]
        return Author(name=name, email=email_of(mailbox["email"]))
    if _is_link(text) and (anchor := parse(text).find("a")):
        name = one_line(anchor.get_text(" "))
        return Author(name=name, uri=web_address(str(anchor.get("href") or ""))) if name else None
    return Author(name=_name(text)) if _name(text) else None


def _mailbox(text: str) -> re.Match[str] | None:
    return _MAILBOX.fullmatch(text) or _MAILBOX_FIRST.fullmatch(text)


def _names_in(text: str) -> list[str]:
    names = [""]
    pieces = [*_BRACKETS.split(text), ""]  # a text, the bracket behind it, a text, ...
    for piece, bracket in zip(pieces[::2], pieces[1::2], strict=True):
        first, *others = [piece] if bracket in (")", "]", ">") else _BETWEEN_NAMES.split(piece)
        names[-1] += first
        names += others
        names[-1] += bracket
    return names


def _first(texts: Mapping[str, str], keys: tuple[str, ...]) -> str | None:
    return next((texts[key] for key in keys if key in texts), None)


def _name(text: str) -> str:
    return title_of(text) or one_line(text)


def _is_link(text: str) -> bool:
    return text.lstrip().startswith("<a ") and "</a" in text
