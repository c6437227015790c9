"""The value of `{{ … }}`: in Liquid, and in what Nunjucks, Jinja and Tera have in common with it."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from feedsvc.articles.templates.scope import Scope

if TYPE_CHECKING:
    from liquid import Environment

# Filters of Liquid's own that can neither tell the time nor make much of little.
_HARMLESS = frozenset(
    """
    append capitalize default downcase escape escape_once lstrip prepend remove remove_first rstrip size
    squish strip strip_html strip_newlines truncate truncatewords upcase url_decode url_encode
    """.split()
)

# Filters of the generators, for addresses.
_ON_SITE = ("relative_url", "url", "relURL", "url_for", "locale_url", "asset_url")
_ABSOLUTE = ("absolute_url", "absoluteUrl", "htmlBaseUrl", "absURL", "full_url_for")

# What says something by itself, though no variable stands in it.
_CONSTANT = re.compile(r"""\s*(?:["'0-9(-]|(?:true|false|nil|null|none|empty|blank)\b)""")
_NAME = re.compile(r"\s*([A-Za-z_][\w-]*)")
_ADDRESS = re.compile(rf"\|\s*(?:{'|'.join((*_ON_SITE, *_ABSOLUTE))})\b")

# Characters. Nobody writes more, but for a purpose.
_LONGEST = 500
# Of all values in one article: one that holds itself twice, again and again, would fill a machine.
_MOST = 1_000_000


class _Namespace(dict[str, object]):
    """Variables below a dotted name; it is no text itself."""

    def __str__(self) -> str:
        raise LookupError


class Expressions:
    """Gives the values of the expressions in one article."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._names = _nested(scope.variables)
        self._environments: dict[bool, Environment] = {}
        self._left = _MOST

    def assign(self, name: str, value: str) -> None:
        """Let *name*, without dots, stand for *value* from here on."""
        self._names[name] = value

    def value(self, expression: str, *, strict: bool) -> str | None:
        """Return the value as text; None if it cannot be told.

        Args:
            strict: All filters must be known, as they must be of a constant whatever this is, and a
                constant has a value only as an address.
        """
        if len(expression) > _LONGEST or ".." in expression or not expression.strip():
            return None
        if _CONSTANT.match(expression):
            if strict and not _ADDRESS.search(expression):
                return None
            strict = True  # what an unknown filter makes of it is all there is to it
        elif _first_name(expression) not in self._names and "default" not in expression:
            return None
        return self._evaluated(expression, strict)

    def _evaluated(self, expression: str, strict: bool) -> str | None:
        # Loaded here: it takes 0.2 s, and most folders have no need of it.
        from liquid.exceptions import LiquidError

        if strict not in self._environments:
            self._environments[strict] = _environment(self._scope, strict)
        try:
            template = self._environments[strict].from_string(f"{{{{{expression}}}}}")
            value = template.render(self._names)
        except (LiquidError, LookupError, TypeError, ValueError, RecursionError):
            return None
        self._left -= len(value)
        return value if self._left >= 0 else None


def _environment(scope: Scope, strict: bool) -> "Environment":
    from liquid import Environment
    from liquid.undefined import StrictDefaultUndefined

    environment = Environment(undefined=StrictDefaultUndefined, strict_filters=strict)
    environment.filters = {name: environment.filters[name] for name in _HARMLESS}
    environment.filters |= dict.fromkeys(_ON_SITE, lambda path, *_: scope.on_site(str(path)))
    environment.filters |= dict.fromkeys(_ABSOLUTE, lambda path, *_: scope.absolute(str(path)))
    return environment


def _first_name(expression: str) -> str:
    found = _NAME.match(expression)
    return found[1] if found else ""


def _nested(variables: Mapping[str, str]) -> _Namespace:
    names = _Namespace()
    # Where a name is both text and above others, the others win: they come later.
    for dotted, value in sorted(variables.items()):
        *above, last = dotted.split(".")
        place = names
        for name in above:
            inner = place.get(name)
            if not isinstance(inner, _Namespace):
                inner = place[name] = _Namespace()
            place = inner
        place[last] = value
    return names
