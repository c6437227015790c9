"""Telling how far long work has come, without knowing who listens."""

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

_Step = TypeVar("_Step")


class Progress(Protocol):
    """Is told of every step; may be told very often."""

    def __call__(self, doing: str, done: int, total: int) -> None:
        """Hear that *done* of *total* steps of *doing* are behind us; a *total* of 0 is not known."""


def unheard(doing: str, done: int, total: int) -> None:
    """Tell nobody."""


def told(progress: Progress, doing: str, steps: Iterable[_Step], total: int) -> Iterator[_Step]:
    """Yield *steps*, and tell when each is done."""
    progress(doing, 0, total)
    for done, step in enumerate(steps, 1):
        yield step
        progress(doing, done, total)


_conforms: Progress = unheard
