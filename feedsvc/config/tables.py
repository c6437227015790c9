"""Settings that come as lists of tables: feeds of one's own, and addresses that have moved."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from feedsvc.articles.links.resolve import is_absolute, web_address
from feedsvc.config.values import Count, Formats, Language, Patterns, Switch, Text, demand, must
from feedsvc.text.slugs import slug

# Addresses below /feeds/ that mean something else.
_TAKEN = frozenset({"q"})


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _name(value: str) -> str:
    demand(slug(value) == value, f"must be a name for an address, such as '{slug(value)}'")
    demand(value not in _TAKEN, "is an address of its own; choose another name")
    return value


def _path(value: str) -> str:
    path = value.strip().lstrip("/")
    before, asks, query = path.partition("?")
    demand(
        bool(parse_qsl(query, keep_blank_values=True) if asks else path) and "://" not in before,
        "must be a path below server.url, such as old/rss.xml or ?feed=rss2",
    )
    demand("#" not in path, "must end before '#': readers do not send what follows; write %23 for the sign")
    return path


def _destination(value: str) -> str:
    to = value.strip()
    if not is_absolute(to):
        return to
    address = web_address(to)  # in ASCII, as a header wants it
    demand(
        address is not None, "must be a path below server.url, or an address such as https://example.org/x"
    )
    return address or ""


def _leads_back(source: str, to: str) -> bool:
    """Return whether *to*, if it is a path, is redirected by the same table again."""
    to = to.strip().lstrip("/")
    before, asks, query = source.partition("?")
    if not asks:
        return to == source or (source.endswith("/") and to.startswith(source))
    again, _, said = to.partition("?")
    return again == before and set(parse_qsl(query, True)) <= set(parse_qsl(said, True))


def _days(value: object) -> object:
    found = re.fullmatch(r"(\d{1,6})\s*d(?:ays?)?", value.strip()) if isinstance(value, str) else None
    return int(found[1]) if found else value


def _fields(value: object) -> object:
    """Return what fields may hold: a text, a list of texts, or true for anything."""
    if not isinstance(value, dict):
        return value
    return {
        key: [] if each is True else [each] if isinstance(each, str) else each for key, each in value.items()
    }


Texts = Annotated[
    tuple[str, ...], BeforeValidator(_listed), Field(min_length=1), must("text or a list of texts")
]
Globs = Annotated[Patterns, BeforeValidator(_listed), Field(min_length=1)]
Kinds = Annotated[
    tuple[Literal["image", "audio", "video"], ...],
    BeforeValidator(_listed),
    Field(min_length=1),
    must("any of image, audio, video"),
]
Days = Annotated[int, BeforeValidator(_days), Field(ge=1, le=100_000), must('days, such as "30d"')]
Fields = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_fields), must("{ key = text, list or true }")]
Name = Annotated[str, AfterValidator(_name), must("text")]


class Table(BaseModel):
    """A table in a list of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Criteria(Table):
    """By what articles are chosen; of each list, one match is enough, and all that are given must match."""

    category: Texts = ()
    tag: Texts = ()
    author: Texts = ()
    language: Texts = ()
    path: Globs = ()
    collection: Texts = ()
    title: Texts = ()
    field: Fields = {}  # pydantic copies it
    media: Kinds = ()
    within: Days | None = None


class WhereTable(Criteria):
    """Which articles a feed wants, and which of these it does not."""

    excluded: Criteria | None = Field(None, alias="not")


class FeedTable(Table):
    """A feed of one's own, at /feeds/NAME/."""

    name: Name
    title: Text | None = None
    description: Text | None = None
    language: Language | None = None
    limit: Count | None = None
    content: Annotated[Literal["full", "excerpt"], must("full or excerpt")] | None = None
    formats: Formats | None = None
    where: WhereTable = WhereTable.model_validate({})
    private: Switch = False


class RedirectTable(Table):
    """An address that has moved."""

    source: Annotated[str, AfterValidator(_path), must("a path below server.url")] = Field(alias="from")
    to: Annotated[Text, AfterValidator(_destination), must("text")]

    @model_validator(mode="after")
    def _leads_on(self) -> "RedirectTable":
        if _leads_back(self.source, self.to):
            raise PydanticCustomError("must", "must lead to somewhere else")
        return self


def _named_once(feeds: tuple[FeedTable, ...]) -> tuple[FeedTable, ...]:
    names = [feed.name for feed in feeds]
    for twice in sorted({name for name in names if names.count(name) > 1}):
        raise PydanticCustomError(
            "must", "{reason}", {"reason": f"two feeds have the name '{twice}'; rename one"}
        )
    return feeds


Feeds = Annotated[tuple[FeedTable, ...], AfterValidator(_named_once)]


TABLES: Mapping[str, type[Table]] = {"feed": FeedTable, "redirect": RedirectTable}


def table_keys(*path: object) -> list[str]:
    """Return the keys of the table that *path* leads to, as it stands in a fault."""
    model: Any = TABLES.get(str(path[0])) if path else None
    for step in path[1:]:
        model = {"where": WhereTable, "not": Criteria}.get(str(step), model)
    return [field.alias or name for name, field in model.model_fields.items()] if model else []


SAMPLE = """
# Feeds of your own, at /feeds/NAME/; docs/configuration.md says what `where` can hold.
# [[feed]]
# name = "podcast"
# title = "Our talks"
# where = { media = "audio" }
#
# [[feed]]
# name = "all-but-news"
# where = { not = { category = "News" } }

# Addresses that have moved, below server.url.
# [[redirect]]
# from = "old/rss.xml"
# to = "rss.xml"
"""
