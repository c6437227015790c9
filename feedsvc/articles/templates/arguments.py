"""What stands behind the name of a template tag, in any of the languages."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

# A name with "=", as nearly everywhere, or with ":", as in Liquid and Hexo.
_ARGUMENT = re.compile(
    r"""
    (?: (?P<name>[A-Za-z_][\w-]*+) (?: \s*+ = \s*+ | :\s++ | : (?=["']) ) )?
    (?P<value> "(?:[^"\\]|\\.)*+" | '(?:[^'\\]|\\.)*+' | `[^`]*+` | “[^”]*+” | [^\s,"“][^\s,]*+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The arguments of a tag, without their quotes.

    Attributes:
        named: By name, in lower case.
        words: Those without a name.
        bare: Places among *words* of those that had no quotes.
    """

    named: Mapping[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    bare: frozenset[int] = frozenset()

    def first(self, *names: str) -> str:
        """Return the first argument of one of these names that is not blank, else ""."""
        return next((value for name in names if (value := self.named.get(name, "").strip())), "")

    def word(self, place: int) -> str:
        """Return the argument without a name at *place*, or ""."""
        return self.words[place].strip() if place < len(self.words) else ""

    def texts(self, first: int) -> list[str]:
        """Return the words from place *first* on; those that have no quotes between them are one text."""
        texts: list[str] = []
        for place in range(first, len(self.words)):
            if {place - 1, place} <= self.bare and place > first:
                texts[-1] += f" {self.words[place]}"
            else:
                texts.append(self.words[place])
        return texts


def read_arguments(text: str, variables: Mapping[str, str]) -> Arguments:
    """Return the arguments in *text*; whatever it is, it has some or none.

    Args:
        variables: What a value without quotes may name.
    """
    named: dict[str, str] = {}
    words: list[str] = []
    bare: set[int] = set()
    for name, value, quoted in _values(text, variables):
        if name:
            named.setdefault(name, value)
            continue
        if not quoted:
            bare.add(len(words))
        words.append(value)
    return Arguments(named=named, words=tuple(words), bare=frozenset(bare))


def _values(text: str, variables: Mapping[str, str]) -> Iterator[tuple[str, str, bool]]:
    for found in _ARGUMENT.finditer(text):
        name, value = (found["name"] or "").lower(), found["value"]
        quote = value[0] if len(value) > 1 and value[-1] == _QUOTES.get(value[0]) else ""
        if quote:
            value = value[1:-1] if quote in "`“" else _ESCAPED.sub(r"\1", value[1:-1])
        elif "." in value and value in variables:
            value = variables[value]
        elif value.startswith(("page.", "site.", "include.")) or value[0] in "[{|":
            continue  # a variable that is not known, or a list
        yield name, value, bool(quote)
