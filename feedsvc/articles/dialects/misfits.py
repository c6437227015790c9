"""Whether what a site's own configuration holds is of the kind that its generator takes there."""

import re
from collections.abc import Callable, Iterator, Mapping

from feedsvc.articles.fields import is_blank, number_of, text_of, truth_of
from feedsvc.articles.frontmatter.forms import as_text
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.model import Problem, Severity
from feedsvc.text.urls import is_on_the_web

_CUT = re.compile(r"\[[^\[\]]*+\]")  # as in ":sections[1:last]"
_WORD = re.compile(r"(?<!\\):([A-Za-z_]+)")

# By what a setting wants: the test, and the words for it.
_KINDS: Mapping[str, tuple[Callable[[Value], object], str]] = {
    "web": (lambda value: _is_web(text_of(value) or ""), "a complete address such as https://example.org"),
    "text": (lambda value: isinstance(value, str), "text"),
    "number": (lambda value: isinstance(value, str) and number_of(value) is not None, "a whole number"),
    "truth": (lambda value: truth_of(value) is not None, "true or false"),
    "table": (lambda value: isinstance(value, dict), "a table"),
    "list": (lambda value: isinstance(value, list), "a list"),
    "texts": (lambda value: not isinstance(value, dict), "text or a list"),
    "tables": (lambda value: isinstance(value, dict | list), "a table or a list"),
}


def misfits(path: str, values: Mapping[str, object], kinds: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a problem for each setting of the file at *path* that its generator does not take.

    Args:
        values: As the file has them.
        kinds: What each setting wants, by its name; a dot parts the names of a table and a key in it.
    """
    for name, kind in kinds.items():
        value = as_text(_under(values, name.split(".")))
        fits, noun = _KINDS[kind]
        if not (is_blank(value) or fits(value)):
            shown = text_of(value) if isinstance(value, str) else None
            got = f"'{shown[:80]}'" if shown else "a mapping" if isinstance(value, dict) else "a list"
            reason = f"'{name}' must be {noun}, got {got}, and does not count; mend it"
            yield Problem(path=path, severity=Severity.WARNING, reason=reason)


def without_misfits(values: Mapping[str, Value], kinds: Mapping[str, str]) -> Mapping[str, Value]:
    """Return *values* with nothing in place of those that `misfits` reports, but for the ones in tables."""
    wrong = {name for name in kinds if name in values and any(misfits("", values, {name: kinds[name]}))}
    return {name: None if name in wrong else value for name, value in values.items()}


def unknown_word(path: str, name: str, pattern: str, known: Callable[[str], bool]) -> Iterator[Problem]:
    """Yield a problem if a *pattern* of addresses has a word, such as ``:nope``, that is not *known*."""
    unknown = (word for word in _WORD.findall(_CUT.sub("", pattern)) if not known(word))
    if (word := next(unknown, None)) is not None:
        reason = f"'{name}' has ':{word}', which stands for nothing, so the default counts; mend it"
        yield Problem(path=path, severity=Severity.WARNING, reason=reason)


def _is_web(text: str) -> bool:
    # One that is broken behind that is reported where it becomes `site.url`.
    return text == "/" or is_on_the_web(text)


def _under(values: object, names: list[str]) -> object:
    for name in names:
        known = values if isinstance(values, Mapping) else {}
        values = known.get(name, known.get(name.lower()))  # Hugo's are in small letters
    return list(values) if isinstance(values, tuple) else values
