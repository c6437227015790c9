"""Answers for load balancers and monitors: from memory, so that they come at once while the store hangs."""

from collections.abc import Callable, Mapping, Sequence

from feedsvc.web.answers.snapshots import CurrentSnapshot
from feedsvc.web.replies import Reply, text, unavailable
from feedsvc.web.threads import Loop

# Longer than the longest look: the generation, then a snapshot of very many documents.
SECONDS_TO_LOOK = 90


def probes(current: CurrentSnapshot, loops: Sequence[Loop]) -> Mapping[str, Callable[[], Reply]]:
    """Return the functions that answer, by address; *loops* are the threads of this worker."""
    return {"/healthz": lambda: text("ok"), "/readyz": lambda: readiness(current, loops)}


def readiness(current: CurrentSnapshot, loops: Sequence[Loop]) -> Reply:
    """Return whether feeds can be served, and in a second line how old this answer is.

    A worker that can serve is ready, also from memory: to take it out of rotation
    would help nobody. It is not ready when the publisher, or its own thread that
    looks for news, has stopped: neither could report that.
    """
    ages = _ages(current)
    fault = _silence(current)
    if fault is not None:
        return unavailable(f"{fault}{ages}")
    return text(f"{_verdict(current, loops)}{ages}")


def _silence(current: CurrentSnapshot) -> str | None:
    if current.loop.age > SECONDS_TO_LOOK:
        return (
            f"no look at the store has ended for {current.loop.age:.0f} seconds;"
            " restart this worker, unless its disk comes back"
        )
    if current().snapshot.generation == 0:
        return "nothing has been published yet"
    if (standstill := current.last_look.standstill) is not None:
        return f"the publisher has stood still for {standstill:.0f} seconds; see its log, and restart it"
    return None


def _verdict(current: CurrentSnapshot, loops: Sequence[Loop]) -> str:
    last_look = current.last_look
    if last_look.gone:
        generation = current().snapshot.generation
        return f"ok, but the store is gone: serving generation {generation} from memory ({last_look.gone})"
    if last_look.trouble:
        return f"ok, but without news: {last_look.trouble}"
    failing = "; ".join(filter(None, (loop.trouble for loop in loops)))
    return f"ok, but a thread of this worker fails: {failing}; its log has more" if failing else "ok"


def _ages(current: CurrentSnapshot) -> str:
    """Return the second line, with the line break before it; "" before the first look that succeeded."""
    told = [
        f"{what} {age:.1f} seconds ago"
        for what, age in (
            ("the store was last reached", current.last_look.age),
            ("the last refresh ended", current.last_look.refresh_age),
        )
        if age is not None
    ]
    return "\n" + ", ".join(told) if told else ""
