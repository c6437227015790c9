"""A source with its template tags resolved, all of them in one pass."""

import re
from collections import deque
from collections.abc import Mapping, Sequence
from html import escape

from feedsvc.articles.templates.arguments import Arguments, read_arguments
from feedsvc.articles.templates.code import Span, literal_spans
from feedsvc.articles.templates.expressions import Expressions
from feedsvc.articles.templates.known import Made, code, is_plain_text, made_of
from feedsvc.articles.templates.quotes import quotation, titled
from feedsvc.articles.templates.scope import (
    MOST_PUT_IN,
    Leftover,
    Scope,
    missing_article,
    too_much,
    unknown_tag,
    unknown_value,
)
from feedsvc.articles.templates.tags import Form, Tag, read_tags
from feedsvc.model import Markup, Templating

# How those tags begin that a generator takes for its own, whatever their names.
_LIVE: Mapping[Templating, frozenset[str]] = {
    Templating.LIQUID: frozenset({"{{", "{%"}),
    Templating.NUNJUCKS: frozenset({"{{", "{%", "{#"}),
    Templating.HEXO: frozenset({"{{", "{%", "{#"}),
    Templating.HUGO: frozenset({"{{<", "{{%"}),
}

_BRANCHING = frozenset({"if", "unless", "case", "for", "ifchanged", "ifversion", "switch"})
_ALTERNATIVES = frozenset({"else", "elsif", "elseif", "elif", "when"})
_ASSIGNMENT = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(.+)", re.DOTALL)
_INCLUDING = frozenset({"include", "include_cached", "render"})
_INCLUDED = re.compile(r"""["']?([\w./-]+)["']?\s*,?""")
_NESTED = re.compile(r"\{\{-?([^{}]*)\}\}")

_HEXO_LANGUAGE = re.compile(r"\blang:\s*([\w+#.-]+)")

_BASE = re.compile(r"\s*(?:site\.(?:url|baseurl|base_url)|SITEURL|base_?url|BASE_PATH)\s*")

# What may stand before a tag that has its line for itself, and before a block within others.
_LINE_START = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")

# A span of code that no raw tag stands around may have them within, where its generator runs first.
_RAW = re.compile(r"\{%-?\s*+(?:end)?(?:raw|verbatim)\s*+-?%\}")
_RAW_LINE = re.compile(rf"^[ \t]*+{_RAW.pattern}[ \t]*+\n", re.MULTILINE)
_UNESCAPED = frozenset({Templating.LIQUID, Templating.NUNJUCKS, Templating.HUGO})
_SHOWN_SHORTCODE = re.compile(r"(\{\{[<%])/\*((?:[^*{\n]|\*(?!/)|\{(?!\{[<%]/\*))*+)\*/([>%]\}\})")

# Characters. What stands further off on the same line is no line start.
_LINE = 200

# How often code is looked for anew because a tag hid some of it.
_MOST_ROUNDS = 4

_NOTHING = Made()


def resolve_braces(
    text: str, templating: Templating, scope: Scope, markup: Markup
) -> tuple[str, tuple[Leftover, ...]]:
    """Return *text* without the tags that stand in braces; see `resolve_templates`."""
    tags, literal = _found(text, templating, markup)
    return _Pass(text, templating, scope, markup).run(tags, literal)


def _found(text: str, templating: Templating, markup: Markup) -> tuple[list[Tag], list[Span]]:
    """Return the tags, and where the text is code: each of them hides the other."""
    opaque: list[Span] = []
    for _ in range(_MOST_ROUNDS):
        indented = templating is not Templating.MDX
        literal = literal_spans(text, markup, opaque=opaque, indented=indented)
        tags = list(read_tags(text, templating, literal))
        before, opaque = opaque, [tag.inner for tag in tags if tag.inner]
        if before == opaque:
            break
    return tags, literal


class _Pass:
    """One walk through a source, from its beginning to its end."""

    def __init__(self, text: str, templating: Templating, scope: Scope, markup: Markup) -> None:
        self._text = text
        self._templating = templating
        self._live = _LIVE.get(templating, frozenset())
        self._scope = scope
        self._markup = markup
        self._expressions = Expressions(scope)
        self._out: list[str] = []
        self._base: int | None = None  # where in _out the site's address begins, if it ends with that
        self._open: list[tuple[str, str]] = []  # name, and what stands at the end
        self._closers: frozenset[str] = frozenset()
        self._leftovers: dict[str, Leftover] = {}
        self._left = MOST_PUT_IN

    def run(self, tags: Sequence[Tag], literal: Sequence[Span]) -> tuple[str, tuple[Leftover, ...]]:
        self._closers = frozenset(tag.name for tag in tags if tag.closing)
        hidden = deque(_hidden_branches(tags) if "{%" in self._live else ())
        code = deque(literal if self._templating in _UNESCAPED else ())
        place = 0
        for tag in tags:
            if hidden and hidden[0][0] <= tag.start:
                self._copy(place, hidden[0][0], code)
                place = hidden.popleft()[1]
            if tag.start < place:
                continue
            made = self._made(tag)
            if made is not None:
                self._copy(place, tag.start, code)
                self._put(tag, made)
                place = tag.end
        self._copy(place, len(self._text), code)
        return "".join(self._out), tuple(self._leftovers.values())

    def _copy(self, start: int, end: int, code: deque[Span]) -> None:
        """Copy what is no tag; in code, what keeps a generator from taking it for tags goes."""
        if start < end:
            self._base = None
        while code and code[0][0] < end:
            first, last = code.popleft()
            if first >= start:
                self._out += self._text[start:first], _unescaped(self._text[first:last], self._templating)
                start = last
        self._out.append(self._text[start:end])

    def _put(self, tag: Tag, made: Made) -> None:
        self._left -= len(made.text)
        if self._left < 0:
            self._leftovers.setdefault("", too_much(self._text.count("\n", 0, tag.start)))
            return
        if made.address and self._base is not None:
            del self._out[self._base :]
        if tag.form is not Form.OUTPUT or not _BASE.fullmatch(tag.arguments):
            self._base = None
        elif self._base is None:
            self._base = len(self._out)
        self._out.append(self._placed(tag, made) if made.block else made.text)

    def _placed(self, tag: Tag, made: Made) -> str:
        """Return a block with the blank line behind it that Markdown needs; within a line, its other form."""
        if self._markup is not Markup.MARKDOWN:
            return made.text
        near = max(0, tag.start - _LINE)
        line = self._text.rfind("\n", near, tag.start) + 1
        before = _LINE_START.fullmatch(self._text, line or near, tag.start)
        if before is None or (near and not line):
            return made.text if made.inline is None else made.inline
        quote = before[0][: before[0].rfind(">") + 1]
        behind = self._text[tag.end : tag.end + _LINE].partition("\n")[0]
        again = "\n" + re.sub(r"[^\s>]", " ", before[0]) if behind.strip() else ""
        return f"{made.text}\n{quote}{again}"

    def _made(self, tag: Tag) -> Made | None:
        """Return what stands in place of a tag; None if it is not to be touched."""
        live = self._is_live(tag)
        match tag.form:
            case Form.COMMENT:
                return _NOTHING if live else None
            case Form.ESCAPED:
                return self._shown(tag)
            case Form.OUTPUT:
                return self._value(tag, live)
        if tag.inner:
            return self._verbatim(tag, self._text[slice(*tag.inner)])
        if tag.closing:
            return self._closed(tag, live)
        if live and tag.name in ("assign", "set", "capture"):
            self._assign(tag)
            return _NOTHING
        return self._called(tag, live)

    def _is_live(self, tag: Tag) -> bool:
        """Return whether the generator takes a tag for its own, whatever its name."""
        ends = tag.closing and not tag.name
        return tag.opening in self._live or (self._templating is Templating.ZOLA and (tag.called or ends))

    def _shown(self, tag: Tag) -> Made | None:
        if self._templating is Templating.HUGO:
            return _NOTHING if tag.opening == "{{" else Made(text=escape(tag.arguments, quote=False))
        return Made(text=escape(tag.arguments, quote=False)) if self._templating is Templating.ZOLA else None

    def _value(self, tag: Tag, live: bool) -> Made | None:
        value = self._expressions.value(tag.arguments, strict=not live)
        if value is not None:
            ours = self._scope.root and value.startswith(f"{self._scope.root}/")
            return Made(text=value, address=bool(ours))
        if not live:
            return None
        self._note(tag, f"{{{{ {tag.arguments.partition('.')[0]}", unknown_value(tag.label))
        return _NOTHING

    def _verbatim(self, tag: Tag, inner: str) -> Made:
        if tag.name in ("raw", "verbatim"):
            return Made(text=inner)
        if tag.name == "comment":
            return _NOTHING
        arguments = self._arguments(tag.arguments, strict=True)
        language = arguments.first("lang", "language") or arguments.word(0)
        if tag.name == "mermaid":
            language = tag.name
        if self._templating is Templating.HEXO and tag.name in ("code", "codeblock"):
            spelt = _HEXO_LANGUAGE.search(tag.arguments)
            listing = code(inner, spelt[1] if spelt else "")
            return Made(text=titled(listing, tag.arguments), block=True)
        return Made(text=code(_unescaped(inner, self._templating), language), block=True)

    def _closed(self, tag: Tag, live: bool) -> Made | None:
        at = len(self._open) - 1
        while at >= 0 and tag.name not in ("", self._open[at][0]):  # Zola ends them all with one word
            at -= 1
        if at >= 0:
            end = self._open[at][1]
            del self._open[at:]
            return Made(text=end, block=bool(end))
        known = tag.name and made_of(tag.name, Arguments(), self._scope, closing=True)
        return _NOTHING if live or known else None

    def _assign(self, tag: Tag) -> None:
        assigned = _ASSIGNMENT.fullmatch(tag.arguments)
        if assigned:
            value = self._expressions.value(assigned[2], strict=False)
            if value is not None:
                self._expressions.assign(assigned[1], value)
        elif tag.name == "capture" and tag.arguments.isidentifier():
            self._expressions.assign(tag.arguments, "")  # its text stays where it is

    def _called(self, tag: Tag, live: bool) -> Made | None:
        name, written, label = tag.name, tag.arguments, tag.label
        included = _INCLUDED.match(written) if name in _INCLUDING else None
        if included:
            label = f"{{% {name} {included[1]} %}}"
            name, written = included[1], written[included.end() :]
        arguments = self._arguments(written, strict=not live)
        made = made_of(name, arguments, self._scope)
        if made is None and not live:
            return None
        if made is None:
            self._note(tag, label, unknown_tag(label))
        elif made.missing:
            self._note(tag, made.missing, missing_article(made.missing))
        elif is_plain_text(name):
            closed = tag.name in self._closers or (tag.called and "" in self._closers)
            quoted = quotation(name, written, arguments) if closed and not made.text else None
            self._open.append((tag.name, quoted[1] if quoted else ""))
            return Made(text=quoted[0], block=True) if quoted else made
        return made or _NOTHING

    def _arguments(self, written: str, *, strict: bool) -> Arguments:
        if "{{" in written:
            written = _NESTED.sub(
                lambda nested: self._expressions.value(nested[1], strict=strict) or "", written
            )
        return read_arguments(written, self._scope.variables)

    def _note(self, tag: Tag, kind: str, reason: str) -> None:
        if kind not in self._leftovers:
            self._leftovers[kind] = Leftover(line=self._text.count("\n", 0, tag.start), reason=reason)


def _hidden_branches(tags: Sequence[Tag]) -> list[Span]:
    """Return what stands behind the first of several branches, up to their common end; in order."""
    open_: list[tuple[str, int | None, int]] = []  # name, where the second branch begins, branches so far
    hidden: list[Span] = []
    for tag in tags:
        if tag.opening != "{%" or tag.form is not Form.TAG:
            continue
        if tag.closing and open_ and open_[-1][0] == tag.name:
            _, second, _ = open_.pop()
            if second is not None:
                hidden.append((second, tag.start))
        elif tag.name in _BRANCHING and not tag.closing:
            open_.append((tag.name, None, tag.name not in ("case", "switch")))
        elif tag.name in _ALTERNATIVES and open_:
            name, second, count = open_[-1]
            open_[-1] = name, tag.start if count and second is None else second, count + 1
    outermost: list[Span] = []
    for span in sorted(hidden):
        if not outermost or span[0] >= outermost[-1][1]:
            outermost.append(span)
    return outermost


def _unescaped(code: str, templating: Templating) -> str:
    """Return what readers of the generated page see of a stretch of code."""
    if templating not in _UNESCAPED:
        return code
    if templating is Templating.HUGO:
        return _SHOWN_SHORTCODE.sub(r"\1\2\3", code) if "/*" in code else code
    return _RAW.sub("", _RAW_LINE.sub("", code)) if re.search(r"\bend(?:raw|verbatim)\b", code) else code
