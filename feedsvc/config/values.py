"""The kinds of values that settings take: what is accepted, and how a refusal reads."""

import json
import re
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_network
from typing import Annotated, Any, Literal
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from pathspec import PathSpec
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from feedsvc.articles.fields import email_of
from feedsvc.articles.links.resolve import web_address
from feedsvc.articles.reading.permalinks import NAMING_TOKENS, TOKENS
from feedsvc.model import Author
from feedsvc.text.characters import one_line
from feedsvc.text.urls import parts_of, path_of

# RFC 5646, 2.1, as far as its shape goes.
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_LONGEST_SHOWN = 80
_MOST_HOURS = 1_000_000
_MOST_MODE = 0o777
_YEAR = 31_536_000  # seconds


def must(be: str, *, secret: bool = False) -> WrapValidator:
    """Say every refusal of a value as one sentence for the operator.

    Args:
        be: What the value must be; used unless a validator within raises a
            ValueError with a more fitting sentence.
        secret: Do not show the value.
    """

    def check(value: object, inner: ValidatorFunctionWrapHandler) -> Any:
        try:
            return inner(value)
        except ValidationError as error:
            found = error.errors()[0].get("ctx", {}).get("error")
            reason = f"must be {be}" if found is None else str(found)
            got = "" if secret else f", got {_shown(value)}"
            raise PydanticCustomError("must", "{reason}", {"reason": reason + got}) from None

    return WrapValidator(check)


def _shown(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


def demand(met: bool, sentence: str) -> None:
    """Refuse a value with *sentence*, which says what it must be."""
    if not met:
        raise ValueError(sentence)


def _no_switch(value: object) -> object:
    if isinstance(value, bool):  # to Python, true is the number 1
        raise PydanticCustomError("switch", "not a number")
    return value


def _bounded(most: int) -> AfterValidator:
    """Refuse what would carry a date beyond the calendar; nobody means it."""

    def check(value: int) -> int:
        demand(value <= most, f"must be at most {most}")
        return value

    return AfterValidator(check)


def _text(value: str) -> str:
    line = one_line(value)
    demand(bool(line), "must not be empty")
    return line


def _address(value: str) -> str:
    """Return a URL as all others can be joined to it: in ASCII, without closing slash."""
    url = _url(value)
    parts = parts_of(url)
    demand("?" not in url and "#" not in url, "must have no query or fragment")
    demand(parts is not None and parts.username is None, "must hold no user name or password")
    names = unquote(path_of(url)).replace("\\", "/").split("/")
    demand(not {".", ".."} & {*names}, "must have no '.' or '..' between its slashes")
    return url.rstrip("/")


def _url(value: str) -> str:
    scheme, found, rest = value.strip().partition("://")
    demand(bool(found) and scheme.lower() in ("http", "https"), "must start with http:// or https://")
    demand(not re.search(r"[\s\x00-\x1f\x7f]", rest), "must hold no blanks")
    demand("\\" not in rest, "must hold no backslash")  # to browsers a slash, to others part of a name
    url = f"{scheme.lower()}://{rest}"
    with suppress(ValueError):
        url = _in_ascii(url)
    parts = parts_of(url)
    named = parts is not None and url.isascii() and bool(parts.hostname) and parts.port != 0
    demand(named, "must name a host, and a port only as a number up to 65535")
    return url


def _in_ascii(url: str) -> str:
    if url.isascii():
        return url
    from werkzeug.urls import iri_to_uri  # rarely needed, and slow to load

    return iri_to_uri(url)


def _timezone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (OSError, LookupError, ValueError):  # all three happen: a folder, no such zone, a path
        raise ValueError("must be a time zone such as Asia/Seoul or Europe/Berlin") from None
    return value


def _language(value: str) -> str:
    demand(_LANGUAGE.fullmatch(value) is not None, "must be a language tag such as en or pt-BR")
    return value


def _permalink(value: str) -> str:
    demand(value.startswith("/"), "must start with a slash, as in /:year/:month/:slug/")
    tokens = set(re.findall(r":[a-z]+", value))
    demand(tokens <= TOKENS, f"must be made of {' '.join(sorted(TOKENS))}")
    demand(bool(tokens & NAMING_TOKENS), "must tell articles apart, as by :slug")
    return value


def _database(value: str) -> str:
    """Return the address with the driver that we bring along.

    SQLite in memory is refused: ids would be minted anew at each start.
    """
    scheme, _, rest = value.partition("://")
    if scheme in ("postgres", "postgresql"):
        scheme = "postgresql+psycopg"
    on_disk = scheme == "sqlite" and len(rest) > 1 and rest[0] == "/" and ":memory:" not in rest
    demand(
        on_disk or (scheme == "postgresql+psycopg" and bool(rest)),
        "must be like sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME",
    )
    return f"{scheme}://{rest}"


def is_admin_token(value: str) -> bool:
    """Return whether *value* cannot be guessed in a hurry, and fits into a header (RFC 9110, 11.2)."""
    return re.fullmatch(r"[!-~]{16,}", value) is not None


def _admin_token(value: str) -> str:
    demand(is_admin_token(value), "must be at least 16 characters of ASCII, without blanks")
    return value


def _octal(value: object) -> object:
    """Return the number that TOML reads 0o660 as in the digits it was written with."""
    is_mode = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_MODE
    return f"{value:04o}" if is_mode else value


def _as_list(value: object) -> object:
    """Return a list written as text, as JSON or separated by commas: the environment knows text only."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        with suppress(json.JSONDecodeError):
            return json.loads(value)
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


def _once_each(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _patterns(values: tuple[str, ...]) -> tuple[str, ...]:
    try:
        PathSpec.from_lines("gitignore", values)
    except ValueError as error:
        raise ValueError(f"must be patterns as in .gitignore ({error})") from None
    return values


def _folders(values: tuple[str, ...]) -> tuple[str, ...]:
    folders = tuple(dict.fromkeys(f"{value.strip('/ ')}/" for value in values))
    demand("/" not in folders, "must name folders below server.url, such as tags/old")
    return folders


def _networks(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        try:
            ip_network(value)
        except ValueError:
            raise ValueError("must be a list of IP addresses or networks such as 10.0.0.0/8") from None
    return values


def _authors(values: tuple[Author, ...]) -> tuple[Author, ...]:
    demand(all(author.name.strip() for author in values), "must give every author a name")
    demand(
        all(email_of(each.email) for each in values if each.email),
        "must give an author's email as name@example.org",
    )
    demand(
        all(parts_of(each.uri) for each in values if each.uri),
        "must give an author's uri as https://example.org/",
    )
    return tuple(
        replace(each, email=email_of(each.email), uri=each.uri and (web_address(each.uri) or each.uri))
        for each in values
    )


Text = Annotated[str, AfterValidator(_text), must("text")]
Address = Annotated[str, AfterValidator(_address), must("text")]
Picture = Annotated[str, AfterValidator(_url), must("text")]
Zone = Annotated[str, AfterValidator(_timezone), must("text")]
Language = Annotated[str, AfterValidator(_language), must("text")]
Permalink = Annotated[str, AfterValidator(_permalink), must("text")]
Database = Annotated[str, AfterValidator(_database), must("text", secret=True)]
AdminToken = Annotated[str, AfterValidator(_admin_token), must("text", secret=True)]
Mode = Annotated[
    str,
    BeforeValidator(_octal),
    Field(pattern="^(0o)?0?[0-7]{3}$"),
    must('permissions as chmod has them, as "0660"'),
]
Switch = Annotated[bool, must("true or false")]
AutoSwitch = Annotated[Literal["auto"] | bool, must("auto, true or false")]
DateOnly = Annotated[Literal["auto", "midnight", "first-seen"], must("auto, midnight or first-seen")]
KnownSwitch = Annotated[Literal["known"] | bool, must("known, true or false")]

_Whole = Annotated[int, BeforeValidator(_no_switch)]
Count = Annotated[_Whole, Field(ge=1), must("a whole number, at least 1")]
CountOrNone = Annotated[_Whole, Field(ge=0), must("a whole number, at least 0")]
Hours = Annotated[_Whole, Field(ge=0), _bounded(_MOST_HOURS), must("a whole number of hours, at least 0")]
Seconds = Annotated[_Whole, Field(ge=1), _bounded(_YEAR), must("a whole number of seconds, at least 1")]
SecondsOrNone = Annotated[_Whole, Field(ge=0), _bounded(_YEAR), must("a whole number of seconds, at least 0")]
Port = Annotated[_Whole, Field(ge=1, le=65535), must("a whole number from 1 to 65535")]
Share = Annotated[float, BeforeValidator(_no_switch), Field(ge=0, le=1), must("a number from 0 to 1")]

Authors = Annotated[
    tuple[Author, ...],
    BeforeValidator(_as_list),
    AfterValidator(_authors),
    must('a list of { name = "...", email = "...", uri = "..." }'),
]
Patterns = Annotated[
    tuple[str, ...], BeforeValidator(_as_list), AfterValidator(_patterns), must("a list of patterns")
]
Folders = Annotated[
    tuple[str, ...], BeforeValidator(_as_list), AfterValidator(_folders), must("a list of folders")
]
Networks = Annotated[
    tuple[str, ...], BeforeValidator(_as_list), AfterValidator(_networks), must("a list of IP addresses")
]
DialectName = Annotated[
    Literal["auto", "jekyll", "hugo", "zola", "eleventy", "hexo", "pelican", "plain"],
    must("auto, jekyll, hugo, zola, eleventy, hexo, pelican or plain"),
]
Formats = Annotated[
    tuple[Literal["rss", "atom", "json"], ...],
    BeforeValidator(_as_list),
    Field(min_length=1),
    AfterValidator(_once_each),
    must("a list of one or more of rss, atom, json"),
]
TermKinds = Annotated[
    tuple[Literal["category", "tag", "author", "language"], ...],
    BeforeValidator(_as_list),
    AfterValidator(_once_each),
    must("a list of any of category, tag, author, language"),
]
