"""An Eleventy permalink: a path, or a template of one, in what Liquid and Nunjucks have in common."""

import re
from collections.abc import Callable, Mapping, Sized
from datetime import UTC, datetime
from functools import lru_cache, wraps
from typing import TYPE_CHECKING

from feedsvc.articles.dialects.eleventy.dates import USUAL, plain_dates
from feedsvc.articles.dialects.eleventy.functions import LONGEST
from feedsvc.articles.dialects.eleventy.slugs import slug, slugify
from feedsvc.articles.dialects.site_expressions import SiteExpression
from feedsvc.articles.frontmatter.head import fold
from feedsvc.articles.frontmatter.yaml import Value

if TYPE_CHECKING:
    from liquid import Environment

# None of them tells the time, or makes much of little.
_FILTERS = tuple(
    "append capitalize default downcase first join last lstrip prepend remove replace replace_first rstrip "
    "slice split strip truncate upcase url_encode".split()
)
_NUNJUCKS = {"lower": "downcase", "upper": "upcase", "trim": "strip"}
_TAGS = ("content", "output", "illegal", "if")
_NAME = re.compile(r"[A-Za-z_][\w-]*")
_LONGEST_VALUE = 1000  # characters, or members
_TRUTHS: Mapping[str, bool] = {"true": True, "false": False}

_NOT_SIMPLE = (
    "'permalink' takes more than can be told without running the site, so the article gets a page of "
    "feedsvc; write the address out, or make it of page.fileSlug, slugify, slug and date"
)

# What `filled` of an undated article can leave to the day it is first seen.
_LATER = {"%Y": ":year", "%m": ":month", "%d": ":day"}


class _Undated:
    """The date of an article that has none yet."""

    def __str__(self) -> str:
        raise ValueError


def rendered(
    template: str,
    values: Mapping[str, Value],
    page: Mapping[str, str],
    published: datetime | None,
    dates: Mapping[str, str] = USUAL,
) -> str:
    """Return the path that *template* gives.

    Args:
        page: What Eleventy says of the page, such as ``fileSlug``.
        dates: As in `EleventyConfig`.

    Raises:
        ValueError: It takes more than simple expressions; says so, for people.
    """
    if "{{" not in template and "{%" not in template:
        return template
    from liquid.exceptions import LiquidError

    moment = published.astimezone(UTC) if published else _Undated()
    # Front matter goes by folded keys.
    said = {name: values.get(fold(name)) for name in _NAME.findall(template)}
    named = {name: _TRUTHS.get(str(value), value) for name, value in said.items() if value}
    known = {**named, "date": moment, "page": {**page, "date": moment}}
    try:
        if len(template) > LONGEST:
            raise ValueError(template)
        return _environment().from_string(plain_dates(template, dates)).render(known)
    except (LiquidError, LookupError, TypeError, ValueError, RecursionError):
        raise ValueError(_NOT_SIMPLE) from None


def as_address(permalink: str) -> str:
    """Return the address of what is written there (src/TemplatePermalink.js, `normalizePathToUrl`)."""
    path = re.sub(r"/{2,}", "/", f"/{permalink.strip()}")
    return re.sub(r"/index(?:\.html)?\Z", "/", path)


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    # Loaded here: it takes 0.2 s, and most sites have no need of it.
    from liquid import Environment

    environment = Environment()
    environment.tags = {name: environment.tags[name] for name in _TAGS}
    usual = environment.filters
    environment.filters = {name: _of_short(usual[name]) for name in _FILTERS}
    environment.filters |= {name: environment.filters[other] for name, other in _NUNJUCKS.items()}
    environment.filters |= {"slug": _on_text(slug), "slugify": _on_text(slugify), "url": str, "date": _date}
    environment.filters["substitute"] = _substitute
    return environment


def _substitute(value: object, pattern: object, instead: object) -> str:
    """Return *value* with the first match of a pattern, as `functions` lets it through, replaced."""
    expression = SiteExpression(str(pattern), "permalink", ".")
    made = expression.sub(str(instead).replace("\\", "\\\\"), str(value), count=1)
    if made is None:
        raise ValueError(value)
    return made


def _of_short(apply: Callable[..., object]) -> Callable[..., object]:
    """Refuse long values: a text within itself, or joined by itself, is as long as its square."""

    @wraps(apply)
    def applied(*values: object, **options: object) -> object:
        if any(isinstance(value, Sized) and len(value) > _LONGEST_VALUE for value in values):
            raise ValueError(values[0])
        return apply(*values, **options)

    return applied


def _on_text(spell: Callable[[str], str]) -> Callable[[object], str]:
    return lambda value: spell(str(value))


def _date(moment: object, pattern: object) -> str:
    """Return what Liquid's filter gives on a machine in UTC, as most that build sites are."""
    if isinstance(moment, datetime):
        return moment.strftime(str(pattern))
    if not isinstance(moment, _Undated):
        raise ValueError(moment)
    later = re.sub("%.", lambda token: _LATER.get(token[0], token[0]), str(pattern))
    if "%" in later:
        raise ValueError(pattern)
    return later
