"""The problem of an article at which feedsvc itself fails."""

from feedsvc.model import Problem, Severity


def fault(path: str, trouble: str) -> Problem:
    """Return the problem of the article at *path*; *trouble* says what cannot be done with it."""
    reason = f"{trouble}; this is a fault of feedsvc, so report it with this file"
    return Problem(path=path, severity=Severity.ERROR, reason=reason)
