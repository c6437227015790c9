"""MDX: Markdown with components, expressions and imports of JavaScript."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from feedsvc.articles.templates.arguments import Arguments
from feedsvc.articles.templates.code import Span, literal_spans
from feedsvc.articles.templates.known import is_plain_text, made_of
from feedsvc.articles.templates.scope import (
    MOST_PUT_IN,
    Leftover,
    Scope,
    too_much,
    unknown_tag,
    unknown_value,
)
from feedsvc.model import Markup

_IMPORT = re.compile(
    r"""import\s*+(?:[^'";]{0,300}?\bfrom\s*+)?(?P<quote>['"])(?P<path>[^'"\n]*+)(?P=quote)[ \t]*+;?"""
)
_DEFAULT = re.compile(r"import\s+([A-Za-z_$][\w$]*)\b")
_EXPORT = re.compile(r"export\s+(?:default|const|let|var|function|class|async|\{|\*)")

_TAG = re.compile(r"<(/?)(?:([A-Za-z][\w.]*)(?=[\s/>])|(?=>))")
_ATTRIBUTE = re.compile(
    r"""\s*+ (?: (?P<name>[A-Za-z_][\w:.-]*+)
                 (?: \s*+ = \s*+ (?: "(?P<double>[^"]*+)" | '(?P<single>[^']*+)' | (?P<value>\{) ) )?
             | (?P<spread>\{) | (?P<end>/?>) )""",
    re.VERBOSE,
)
_TEXT = re.compile(r"""\s*(?:"([^"\\]*)"|'([^'\\]*)'|`([^`\\$]*)`|(-?[\d.]+))\s*""")
_PATH = re.compile(r"\s*+(?:frontmatter\.|metadata\.|props\.)?([A-Za-z_$][\w$.]*+)\s*+(?:\([^()]*+\)\s*+)?")
# What is code, and neither formula nor attributes: it begins with a constant, or holds a call or a branch.
_CODE = re.compile(r"""\s*[\d"'`(!\[]|.*?(?:\w\(|=>|&&|\|\||\?\?)""", re.DOTALL)
# Characters of an expression that are looked at.
_MOST = 500
_NEXT_LINE = re.compile(r"(?:[ \t]*\n)++([ \t]*)")
_REQUIRED = re.compile(r"""\s*require\(\s*['"]([^'"]+)['"]\s*\)(?:\.default)?\s*""")
# Behind one of these, a brace belongs to a formula.
_FORMULA = frozenset("\\{}^_$")

_LINKS = frozenset({"Link", "NavLink", "A", "Anchor", "ExternalLink"})


def resolve_mdx(text: str, scope: Scope) -> tuple[str, tuple[Leftover, ...]]:
    """Return *text* as Markdown; see `resolve_templates`."""
    literal = literal_spans(text, Markup.MARKDOWN, indented=False)
    return _Pass(text, scope, literal).run()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Component:
    name: str
    end: int
    closing: bool = False
    alone: bool = False
    written: bool = False  # some attribute is an expression
    arguments: Arguments = field(default_factory=Arguments)


class _Pass:
    def __init__(self, text: str, scope: Scope, literal: Sequence[Span]) -> None:
        self._text = text
        self._scope = scope
        self._literal = literal
        self._braces = _pairs(text, literal)
        self._variables = dict(scope.variables)
        self._out: list[str] = []
        self._indents: list[int] = []
        self._leftovers: dict[str, Leftover] = {}
        self._left = MOST_PUT_IN

    def run(self) -> tuple[str, tuple[Leftover, ...]]:
        place = 0
        for start in _outside(
            re.compile(r"^(?:import|export)\b|[<{]", re.MULTILINE), self._text, self._literal
        ):
            if start < place:
                continue
            indent = self._indents[-1] if self._indents else 0
            resolved = self._resolved(start)
            if resolved is not None:
                self._copy(place, start, indent)
                made, place = resolved
                self._left -= len(made)
                if self._left < 0:
                    self._leftovers.setdefault("", too_much(self._text.count("\n", 0, start)))
                else:
                    self._out.append(made)
        self._copy(place, len(self._text), 0)
        return "".join(self._out), tuple(self._leftovers.values())

    def _copy(self, start: int, end: int, indent: int) -> None:
        """Copy text, without the *indent* that its lines have within a component."""
        copied = self._text[start:end]
        if indent:
            copied = re.sub(rf"(?<=\n)[ \t]{{1,{indent}}}", "", copied)
        self._out.append(copied)

    def _resolved(self, start: int) -> tuple[str, int] | None:
        """Return what stands in place of what begins at *start*, and its end; None to let it be."""
        match self._text[start]:
            case "<":
                component = self._component(start)
                return None if component is None else self._shown(component, start)
            case "{":
                return self._expression(start)
        return self._statement(start)

    def _statement(self, start: int) -> tuple[str, int] | None:
        imported = _IMPORT.match(self._text, start)
        if imported:
            if default := _DEFAULT.match(imported[0]):
                self._variables[default[1]] = imported["path"]
            return "", imported.end()
        if not _EXPORT.match(self._text, start):
            return None
        end = start
        while (stop := re.compile(r"[{\n]").search(self._text, end)) and stop[0] == "{":
            end = self._braces.get(stop.start(), stop.start()) + 1
        return "", stop.start() if stop else len(self._text)

    def _expression(self, start: int) -> tuple[str, int] | None:
        end = self._braces.get(start)
        before = self._text[start - 1 : start]
        if end is None or before in _FORMULA or before.isalnum() or self._text.startswith("{{", start):
            return None
        inside = self._text[start + 1 : end]
        if inside.lstrip().startswith("/*"):
            return "", end + 1
        value = self._value(inside)
        if value is None and not (_PATH.fullmatch(inside) or _CODE.match(inside[:_MOST])):
            return None
        if value is None:
            self._note(start, unknown_value, f"{{{inside[:40]}}}")
        return value or "", end + 1

    def _value(self, expression: str) -> str | None:
        """Return what a constant, an imported file or a variable is."""
        if constant := _TEXT.fullmatch(expression):
            return next(each for each in constant.groups() if each is not None)
        if required := _REQUIRED.fullmatch(expression):
            return required[1]
        path = _PATH.fullmatch(expression)
        names = (path[1], f"page.{path[1]}", path[1].removesuffix(".src")) if path else ()
        return next((self._variables[name] for name in names if name in self._variables), None)

    def _component(self, start: int) -> _Component | None:
        opened = _TAG.match(self._text, start)
        if opened is None:
            return None
        named: dict[str, str] = {}
        place, written = opened.end(), False
        while found := _ATTRIBUTE.match(self._text, place):
            place = found.end()
            if found["end"]:
                return _Component(
                    name=opened[2] or "",
                    end=place,
                    closing=bool(opened[1]),
                    alone=found["end"] == "/>",
                    written=written,
                    arguments=Arguments(named=named),
                )
            value: str | None = next((v for v in found.group("double", "single") if v is not None), "")
            if found["value"] or found["spread"]:
                written = True
                closed = self._braces.get(place - 1)
                if closed is None:
                    return None
                value, place = self._value(self._text[place:closed]), closed + 1
            if found["name"] and value is not None:
                named.setdefault(found["name"].lower(), value)
        return None

    def _shown(self, component: _Component, start: int) -> tuple[str, int] | None:
        name, end = component.name, component.end
        if name in _LINKS:
            href = component.arguments.first("href", "to", "url")
            return ("</a>" if component.closing else f'<a href="{escape(href)}">'), end
        if name[:1].islower():
            return (_as_html(component), end) if component.written else None
        if component.closing:
            if self._indents:
                self._indents.pop()
            return "", end
        if not component.alone:
            self._indents.append(self._indent_at(end))
        made = made_of(name, component.arguments, self._scope) if name else None
        if made is None and name and not is_plain_text(name):
            self._note(start, unknown_tag, f"<{name[:40]}>")
        if made is None:
            return "", end
        return (f"{made.text}\n" if made.block and self._ends_line(end) else made.text), end

    def _ends_line(self, place: int) -> bool:
        return self._text.startswith("\n", place)

    def _indent_at(self, place: int) -> int:
        """Return by how much the line is indented that follows, if one begins there."""
        following = _NEXT_LINE.match(self._text, place)
        return len(following[1]) if following else (self._indents[-1] if self._indents else 0)

    def _note(self, start: int, say: Callable[[str], str], label: str) -> None:
        if label not in self._leftovers:
            line = self._text.count("\n", 0, start)
            self._leftovers[label] = Leftover(line=line, reason=say(label))


def _as_html(component: _Component) -> str:
    """Return the opening of an element of HTML, with those of its attributes that can be told."""
    names = {"classname": "class", "htmlfor": "for"}
    told = component.arguments.named.items()
    attributes = "".join(f' {names.get(name, name)}="{escape(value)}"' for name, value in told)
    return f"<{component.name}{attributes}{' /' if component.alone else ''}>"


def _pairs(text: str, literal: Sequence[Span]) -> Mapping[int, int]:
    """Return where each brace that opens is closed."""
    pairs: dict[int, int] = {}
    open_: list[int] = []
    for place in _outside(re.compile("[{}]"), text, literal):
        if text[place] == "{":
            open_.append(place)
        elif open_:
            pairs[open_.pop()] = place
    return pairs


def _outside(pattern: re.Pattern[str], text: str, literal: Sequence[Span]) -> Iterator[int]:
    """Yield where *pattern* is found outside of code."""
    spans = iter(literal)
    start, end = next(spans, (len(text), len(text)))
    for found in pattern.finditer(text):
        while end <= found.start() and end < len(text):
            start, end = next(spans, (len(text), len(text)))
        if not start <= found.start() < end:
            yield found.start()
