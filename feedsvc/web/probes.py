"""The answers for load balancers and monitors: from memory, so that they come at once whatever hangs."""

from collections.abc import Callable, Mapping, Sequence

from feedsvc.web.current import CurrentSnapshot
from feedsvc.web.replies import Reply, text, unavailable
from feedsvc.web.threads import Loop

# Longer than the longest look may take: that at very many documents, after one at the generation.
SECONDS_TO_LOOK = 90


def probes(current: CurrentSnapshot, loops: Sequence[Loop]) -> Mapping[str, Callable[[], Reply]]:
    """Return what answers, by address; *loops* are the threads of this worker."""
    return {"/healthz": lambda: text("ok"), "/readyz": lambda: readiness(current, loops)}


def readiness(current: CurrentSnapshot, loops: Sequence[Loop]) -> Reply:
    """Return whether feeds can be served, and below that how old this knowledge is.

    Able to serve is ready, also from memory: to be taken out of rotation would
    help nobody. Only one who should bring news and has fallen silent is not.
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
    """Return a line of ages, with the end of the line before it; "" if nothing was ever seen."""
    told = [
        f"{what} {age:.1f} seconds ago"
        for what, age in (
            ("the store was last reached", current.last_look.age),
            ("the last refresh ended", current.last_look.refresh_age),
        )
        if age is not None
    ]
    return "\n" + ", ".join(told) if told else ""
