"""reStructuredText, in which Pelican's sites are written: its head, and its body as HTML.

docutils looks directives and roles up in registries of its own. Each reading
registers what its text names and docutils does not know, so that an extension
of somebody's Sphinx does not take the text within it along; and it begins with
empty ones, or the roles that a text defines would hold in the next.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import Any

from docutils import nodes
from docutils.core import publish_doctree, publish_parts
from docutils.parsers.rst import Directive, directives, roles
from docutils.parsers.rst.languages import en
from docutils.readers import standalone
from docutils.transforms import Transform
from docutils.transforms.references import Substitutions

from feedsvc.articles.frontmatter.head import FrontMatter, fold
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.articles.markup.bounds import is_large
from feedsvc.model import Markup
from feedsvc.runtime.time_limit import within_limit
from feedsvc.text.characters import one_line

# Nothing is read but the text, not even a configuration, and nothing is reported in it.
_SETTINGS: Mapping[str, object] = MappingProxyType(
    {
        "_disable_config": True,
        "docinfo_xform": False,
        "file_insertion_enabled": False,
        "raw_enabled": False,
        "report_level": 5,
        "halt_level": 5,
        "line_length_limit": 10_000_000,
        "syntax_highlight": "none",
        "math_output": "LaTeX",
        "initial_header_level": 2,
        "embed_stylesheet": False,
    }
)

_DIRECTIVE = re.compile(r"\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?([\w:.+-]+)[ \t]?::(?![^\s])")
_BESIDE_TICKS = re.compile(r"(?<![\w:.+-])[\w:.+-]++`|(?<=`)[\w:.+-]++")
_TARGET = re.compile(r"(?<=\S)\s*<[^<>]*>\Z")

_FILMS = {"youtube": "https://www.youtube.com/watch?v={}", "vimeo": "https://vimeo.com/{}"}
_CODE = frozenset({"code", "code-block", "sourcecode"})
# They list what stands elsewhere, insert it, steer a generator, or look at the clock.
_SILENT = frozenset(
    """
    contents currentmodule date default-role footer header highlight include index literalinclude meta module
    raw sectnum section-numbering toctree
    """.split()
)


# Thirty lines, each of which names the next one twice, would fill a machine. Counted in characters.
_MOST_SUBSTITUTED = 500_000
_A_REFERENCE = 100

# Signs of markup in one paragraph: for each that is not closed, docutils reads on to the end.
_MOST_SIGNS = 10_000
_SIGN = re.compile(r"[*`|_]")


def read_rest(text: str) -> FrontMatter:
    """Split *text* (LF line ends) into its head, which is a title and the fields below it, and its body.

    The title is among the values, as ``title``; a field of this name counts more.

    Raises:
        TookTooLongError: As `markup.to_html`.
    """
    return within_limit(_read, text) if is_large(text, Markup.REST) else _read(text)


def _read(text: str) -> FrontMatter:
    try:
        _register(text)
        document = publish_doctree(text, reader=_Reader(), settings_overrides=dict(_SETTINGS))
    except RecursionError:
        return FrontMatter(body=text)
    title = next((node for node in document.children if isinstance(node, nodes.title)), None)
    fields = _fields_of(document)
    values: dict[str, Value] = {"title": one_line(title.astext())} if title else {}
    values |= {fold(name): value for name, value, _ in fields}
    lines = text.split("\n")
    end = _end_of_fields(lines, fields[-1][2]) if fields else (title.line or 0) if title else 0
    while end < len(lines) and not lines[end].strip():
        end += 1
    return FrontMatter(
        values=values,
        lines={"title": title.line or 0 if title else 0} | {fold(name): line for name, _, line in fields},
        spelling={"title": "title"} | {fold(name): name for name, _, _ in fields},
        body="\n".join(lines[end:]),
        body_line=end + 1,
    )


def rest_to_html(source: str) -> str:
    """Return a body as HTML."""
    settings = {**_SETTINGS, "doctitle_xform": False}
    try:
        _register(source)
        parts = publish_parts(source, reader=_Reader(), writer="html5", settings_overrides=settings)
    except RecursionError:  # lists within lists, hundreds deep, and what is beyond our own bounds
        return f"<pre>{escape(source)}</pre>"
    return str(parts["body"])


class _Reader(standalone.Reader):  # type: ignore[type-arg]  # generic only to type checkers
    def get_transforms(self) -> list[type[Transform]]:
        usual = super().get_transforms()
        return [*(_Bounded if each is Substitutions else each for each in usual), _Legible]


class _Bounded(Substitutions):
    """Puts nothing in where that would come to more than anybody writes."""

    def apply(self, **kwargs: Any) -> None:
        sizes: dict[str, int] = {}

        def size(node: nodes.Element) -> int:
            references = node.findall(nodes.substitution_reference)
            return len(node.astext()) + sum(size_of(each["refname"]) for each in references)

        def size_of(name: str) -> int:
            stated = self.document.substitution_names.get(name.lower(), name)
            if stated not in sizes:
                sizes[stated] = 0  # one that names itself is refused by docutils
                definition = self.document.substitution_defs.get(stated)
                sizes[stated] = _A_REFERENCE + (size(definition) if definition is not None else 0)
            return sizes[stated]

        if size(self.document) - len(self.document.astext()) > _MOST_SUBSTITUTED:
            raise RecursionError
        super().apply(**kwargs)


class _Legible(Transform):
    """Has literals written as code, not as spans of a class, and no address in place of a picture's words."""

    default_priority = 870  # behind all that makes such nodes

    def apply(self, **_: Any) -> None:
        for literal in self.document.findall(nodes.literal):
            literal["classes"] = ["code", *literal["classes"]]
        for image in self.document.findall(nodes.image):
            image.setdefault("alt", "")


class _AnyOption(dict[str, Callable[[str], str]]):
    def __missing__(self, _name: str) -> Callable[[str], str]:
        return directives.unchanged


# Not empty, or docutils takes options for text.
_ANY_OPTION = _AnyOption({"class": directives.unchanged})


class _Kept(Directive):
    """A directive that nobody here knows: its text stays, a lone argument is none."""

    has_content = True
    option_spec = _ANY_OPTION

    def run(self) -> Sequence[nodes.Node]:
        if len(self.content) == 1 and " " not in self.content[0]:
            return []
        box = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, box)
        return box.children


class _Code(Directive):
    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = _ANY_OPTION

    def run(self) -> Sequence[nodes.Node]:
        code = "\n".join(self.content)
        return [nodes.literal_block(code, code, classes=["code", *self.arguments])]


class _Film(Directive):
    required_arguments = 1
    has_content = True
    option_spec = _ANY_OPTION

    def run(self) -> Sequence[nodes.Node]:
        address = _FILMS[self.name.lower()].format(self.arguments[0])
        return [nodes.paragraph("", "", nodes.reference("", address, refuri=address))]


class _Silent(Directive):
    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = _ANY_OPTION

    def run(self) -> Sequence[nodes.Node]:
        return []


def _register(text: str) -> None:
    if any(len(_SIGN.findall(paragraph)) > _MOST_SIGNS for paragraph in text.split("\n\n")):
        raise RecursionError
    for registry in (vars(directives)["_directives"], vars(roles)["_roles"]):
        registry.clear()
    for name in {found[1].lower() for found in _DIRECTIVE.finditer(text)}:
        directive = _directive(name)
        if directive is not None:
            directives.register_directive(name, directive)
    for name in _roles_in(text) - en.roles.keys():
        roles.register_local_role(name, _read_role)


def _roles_in(text: str) -> set[str]:
    """Return the names of roles, which stand between colons before or behind a text in backquotes."""
    beside = (found[0].rstrip("`") for found in _BESIDE_TICKS.finditer(text))
    return {name.lower() for each in beside if (name := each.partition(":")[2].rpartition(":")[0])}


def _directive(name: str) -> type[Directive] | None:
    if name in _CODE:
        return _Code
    if name in _FILMS:
        return _Film
    if name in _SILENT:
        return _Silent
    return None if name in en.directives else _Kept


def _read_role(_name: str, _raw: str, text: str, *_: Any) -> tuple[list[Any], list[Any]]:
    """Read :ref:`words <target>` as its words."""
    words = _TARGET.sub("", text.replace("\0", ""))
    return [nodes.Text(words.lstrip("~!"))], []


def _fields_of(document: nodes.document) -> list[tuple[str, str, int]]:
    """Return name, text and line of each field of the list that stands first below the title."""
    for node in document.children:
        if isinstance(node, nodes.field_list):
            fields = [field for field in node.children if isinstance(field, nodes.field)]
            return [(field[0].astext(), field[1].astext().strip(), field.line or 0) for field in fields]
        if not isinstance(node, nodes.Titular | nodes.Invisible | nodes.system_message):
            return []
    return []


def _end_of_fields(lines: list[str], last: int) -> int:
    """Return how many lines there are up to the end of the field that begins on line *last*."""
    end = last
    for number in range(last, len(lines)):
        if lines[number].strip():
            if not lines[number].startswith((" ", "\t")):
                break
            end = number + 1
    return end
