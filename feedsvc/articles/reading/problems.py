"""The problems of one file, collected while it is read."""

from feedsvc.model import Problem, Severity
from feedsvc.text.characters import legal


class Notes:
    """Collects the problems of one file."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.problems: list[Problem] = []

    def add(self, severity: Severity, line: int, reason: str) -> None:
        """Note a problem; *line* is 0 if it has none."""
        self.problems.append(Problem(path=self._path, line=line, severity=severity, reason=legal(reason)))

    def warning(self, line: int, reason: str) -> None:
        """Note that a value was guessed, cut or repaired."""
        self.add(Severity.WARNING, line, reason)
