"""Regular expressions and globs that a site's own configuration brings.

Whoever wrote them has tried them on a few names; on another one, they may take years.
So each is tried out when the site is opened, and each run has a time limit, which the
engine keeps, on texts of bounded length. An expression that meets the limit is set
aside for good: what its setting is by default holds, and a problem says so.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar
from warnings import catch_warnings

import regex
from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from feedsvc.model import Problem, Severity

# Of the processor. On trial an expression has less: thousands of names may be nearly as bad.
_SECONDS = 0.25
_SECONDS_ON_TRIAL = 0.05

_MOST_EXPRESSIONS = 500
_LONGEST_EXPRESSION = 1_000
_LONGEST_TEXT = 2_000
_LONGEST_RESULT = 5_000

# What an expression is tried out on: as long as the longest name of a file, and made of one sign or two.
_LONG = 255
_SIGNS = ("a", "A", "0", "-", "_", " ", ".", "/", "a-", "a/", "0-", "a ")

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class SiteExpression:
    """An expression, the setting that it is the value of, and the file where it stands."""

    pattern: str
    setting: str
    path: str
    flags: int = 0

    @property
    def is_valid(self) -> bool:
        """Whether it is an expression, and no longer than any that people write."""
        return self._compiled is not None

    @property
    def is_set_aside(self) -> bool:
        """Whether it has met the limit in this process."""
        return self in _set_aside

    def match(self, text: str) -> "regex.Match[str] | None":
        """Return the match at the beginning of *text*; None without one, or beyond the limit."""
        return self._run(lambda found: found.match(text, timeout=_SECONDS), text)

    def search(self, text: str) -> "regex.Match[str] | None":
        """Return the first match in *text*; None without one, or beyond the limit."""
        return self._run(lambda found: found.search(text, timeout=_SECONDS), text)

    def fullmatch(self, text: str) -> "regex.Match[str] | None":
        """Return the match of the whole *text*; None without one, or beyond the limit."""
        return self._run(lambda found: found.fullmatch(text, timeout=_SECONDS), text)

    def sub(self, instead: str, text: str, *, count: int = 0) -> str | None:
        """Return *text* with *instead* in place of each match, of the first *count*; None beyond the limit.

        Raises:
            IndexError, regex.error: *instead* names a group that there is not.
        """
        made = self._run(lambda found: found.sub(instead, text, count, timeout=_SECONDS), text)
        if made is not None and len(made) > _LONGEST_RESULT:
            self.set_aside()
            return None
        return made

    def tried_out(self) -> bool:
        """Return whether it meets no limit on texts that careless expressions take long for."""
        if len(self.pattern) > _LONGEST_EXPRESSION:
            self.set_aside()
            return False
        # An engine gives up at once where a sign that it needs stands nowhere.
        own = "".join(sorted(set(self.pattern)))
        for sign in dict.fromkeys((*_SIGNS, *filter(str.isalnum, own))):
            for begin in ("", own):
                self._try(begin + sign * (_LONG // len(sign)) + "\0")
        return self not in _set_aside

    def _try(self, text: str) -> None:
        self._run(lambda found: found.search(text, timeout=_SECONDS_ON_TRIAL), text)

    @property
    def problem(self) -> Problem:
        """What to say where it has been set aside."""
        reason = f"the expression or glob in {self.setting} takes too long, so the setting's default counts"
        remedy = "write it without repetitions side by side or within each other"
        return Problem(path=self.path, severity=Severity.WARNING, reason=f"{reason}; {remedy}")

    @property
    def _compiled(self) -> "regex.Pattern[str] | None":
        return _compiled(self.pattern, self.flags)

    def _run(self, run: "Callable[[regex.Pattern[str]], _Found]", text: str) -> _Found | None:
        compiled = self._compiled
        if compiled is None or len(text) > _LONGEST_TEXT:
            return None
        if self in _set_aside:
            self._note()
            return None
        try:
            return run(compiled)
        except (TimeoutError, MemoryError):
            self.set_aside()
            return None

    def set_aside(self) -> None:
        """Use it no more in this process, and say so."""
        _set_aside.add(self)
        self._note()

    def _note(self) -> None:
        noted = _noted.get()
        if noted is not None:
            noted[self.problem] = None


_set_aside: set[SiteExpression] = set()
_noted: ContextVar[dict[Problem, None] | None] = ContextVar("noted", default=None)


def usable(expressions: Iterable[SiteExpression]) -> tuple[SiteExpression, ...]:
    """Return those that meet no limit when they are tried out, each once; of thousands, the first."""
    found = tuple(dict.fromkeys(expressions))
    if len(found) > _MOST_EXPRESSIONS:
        found[_MOST_EXPRESSIONS].set_aside()
    return tuple(each for each in found[:_MOST_EXPRESSIONS] if each.tried_out())


@contextmanager
def noted() -> Iterator[dict[Problem, None]]:
    """Collect the problems of expressions that are set aside, or have been, and were asked for here."""
    problems: dict[Problem, None] = {}
    token = _noted.set(problems)
    try:
        yield problems
    finally:
        _noted.reset(token)


@lru_cache(maxsize=32)
def spec_of(globs: tuple[str, ...], setting: str, path: str) -> GitIgnoreSpec:
    """Return *globs*, as in ``.gitignore``, ready to match paths; without those that take too long."""
    patterns = [pattern for glob in globs for pattern in _patterns_of(glob)]
    for pattern in patterns:
        if pattern.regex is not None:  # which asks nothing of it but to match
            pattern.regex = SiteExpression(pattern.regex.pattern, setting, path)  # type: ignore[assignment]
    return GitIgnoreSpec([each for each in patterns if _is_quick(each.regex)], backend="simple")


def _patterns_of(glob: str) -> Iterator[GitIgnoreSpecPattern]:
    try:
        yield from GitIgnoreSpec.from_lines([glob]).patterns
    except ValueError:  # it is none
        return


def _is_quick(expression: object) -> bool:
    return not isinstance(expression, SiteExpression) or expression.tried_out()


@lru_cache(maxsize=1_024)
def _compiled(pattern: str, flags: int) -> "regex.Pattern[str] | None":
    if len(pattern) > _LONGEST_EXPRESSION:
        return None
    try:
        with catch_warnings(action="ignore"):  # of what may mean something else one day
            return regex.compile(pattern, flags)
    except (regex.error, RecursionError, OverflowError, MemoryError):
        return None
