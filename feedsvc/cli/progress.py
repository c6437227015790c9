"""How far long work has come: bars on a terminal, lines with counts elsewhere.

What is done within a second shows nothing.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Timer
from typing import TYPE_CHECKING

import click

from feedsvc.runtime.progress import Progress, unheard

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as RichProgress

_SECONDS_UNSHOWN = 1.0
_SECONDS_BETWEEN_LINES = 5.0


@contextmanager
def show_progress(
    *, quiet: bool, say: Callable[[str], None] | None = None, after: float = _SECONDS_UNSHOWN
) -> Iterator[Progress]:
    """Show on standard error what the context tells.

    Args:
        quiet: Show nothing.
        say: Takes a line where there is no terminal; None to write it as it is.
        after: Seconds until there is something to see.
    """
    if quiet:
        yield unheard
    elif sys.stderr.isatty():
        from rich.console import Console

        with closing(Bars(Console(stderr=True), after=after)) as bars:
            yield bars
    else:
        yield Lines(say or (lambda line: click.echo(line, err=True)), after=after)


class Lines:
    """Tells in whole lines, now and then."""

    def __init__(
        self,
        say: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
        after: float = _SECONDS_UNSHOWN,
    ) -> None:
        self._say = say
        self._clock = clock
        self._next = clock() + after

    def __call__(self, doing: str, done: int, total: int) -> None:
        """See `Progress`."""
        now = self._clock()
        if now >= self._next:
            self._next = now + _SECONDS_BETWEEN_LINES
            self._say(f"{doing}: {done:,} of {total:,}" if total else doing)


class Bars:
    """Draws one bar for each kind of work, and takes them away at the end."""

    def __init__(self, console: "Console", *, after: float = _SECONDS_UNSHOWN) -> None:
        """Begin to wait.

        Args:
            after: Seconds until the bars appear, also if nobody tells anything meanwhile.
        """
        self._console = console
        self._steps: dict[str, tuple[int, int]] = {}
        self._bars: RichProgress | None = None
        self._timer = Timer(after, self._show)
        self._timer.daemon = True
        self._timer.start()

    def __call__(self, doing: str, done: int, total: int) -> None:
        """See `Progress`."""
        self._steps[doing] = done, total
        if self._bars is not None:
            self._draw(self._bars, doing)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._timer.cancel()
        self._timer.join()  # it may be about to show them
        if self._bars is not None:
            self._bars.stop()

    def _show(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        bars = RichProgress(*columns, console=self._console, transient=True)
        for doing in list(self._steps):
            self._draw(bars, doing)
        self._bars = bars
        bars.start()

    def _draw(self, bars: "RichProgress", doing: str) -> None:
        done, total = self._steps[doing]
        known = next((task.id for task in bars.tasks if task.description == doing), None)
        task = bars.add_task(doing) if known is None else known
        bars.update(task, completed=done, total=total or None)


_conform: tuple[type[Progress], ...] = (Lines, Bars)
