"""Finds the articles that make some work raise, alone or together with others."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from feedsvc.errors import FeedsvcError

_T = TypeVar("_T")
_Work = Callable[[Sequence[_T]], object]


@dataclass(frozen=True, slots=True)
class Culprit(Generic[_T]):
    """Something without which the work raises no more.

    Attributes:
        beside: One of those with which it raises; None if it raises alone.
    """

    suspect: _T
    error: Exception
    beside: _T | None = None


def culprits(suspects: Sequence[_T], work: _Work[_T]) -> list[Culprit[_T]]:
    """Return those that make *work* raise alone; where there are none, those that do so together.

    Once they are left out, there may be others. There are none where *work* raises for nothing at all.

    Args:
        suspects: Of two that raise together, the later one is the culprit.
        work: Is done for some of them, in their order, again and again. FeedsvcError is nobody's fault.
    """
    if _error(work, ()) is not None:
        return []
    return list(_alone(suspects, work)) or list(_together(suspects, work))


def _alone(suspects: Sequence[_T], work: _Work[_T]) -> Iterator[Culprit[_T]]:
    """Try halves, then halves of those that raise: one among thousands costs the work of two more runs."""
    error = _error(work, suspects)
    if error is not None and len(suspects) == 1:
        yield Culprit(suspects[0], error)
    elif error is not None and suspects:
        half = len(suspects) // 2
        yield from _alone(suspects[:half], work)
        yield from _alone(suspects[half:], work)


def _together(suspects: Sequence[_T], work: _Work[_T]) -> Iterator[Culprit[_T]]:
    rest = list(suspects)
    while (error := _error(work, rest)) is not None:
        last, error = _last_straw(rest, work, error)
        straw = rest.pop(last)
        yield Culprit(straw, error, _partner(straw, rest[:last], work, error))


def _partner(straw: _T, before: Sequence[_T], work: _Work[_T], error: Exception) -> _T | None:
    if not before:
        return None
    backwards = before[::-1]
    index, _ = _last_straw(backwards, lambda some: work([*some[::-1], straw]), error)
    return backwards[index]


def _last_straw(suspects: Sequence[_T], work: _Work[_T], error: Exception) -> tuple[int, Exception]:
    """Return the index of one that makes *work* raise after those before it, and the exception.

    Args:
        error: What *work* raises for all *suspects*.
    """
    sound, raising = 0, len(suspects)
    while raising - sound > 1:
        middle = (sound + raising) // 2
        found = _error(work, suspects[:middle])
        if found is None:
            sound = middle
        else:
            raising, error = middle, found
    return raising - 1, error


def _error(work: _Work[_T], some: Sequence[_T]) -> Exception | None:
    try:
        work(some)
    except FeedsvcError:
        raise
    except Exception as error:
        return error
    return None
