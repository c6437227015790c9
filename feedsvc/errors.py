"""Everything feedsvc raises on purpose.

    FeedsvcError
    ├── ConfigError         the operator must change a setting before we can start
    ├── UsageError          the command line asks for something that cannot be done
    ├── SourceError         the articles folder cannot be read; published feeds stay up
    ├── TookTooLongError    one article's text is too much; said of it wherever articles are read or shown
    ├── ClockError          the clock was never set, and nothing was published that tells better
    └── StoreError          the catalogue said no
        ├── NoCatalogueError    ... because nothing was ever published
        ├── SchemaTooNewError   ... because a newer feedsvc has migrated it
        └── LeaseTakenError     ... because another publisher holds it

What is wrong with one article is never raised: it is a `model.Problem`. The
command line turns each of these into one message and an exit status; anything
else that escapes is a bug, and keeps its traceback.
"""

from collections.abc import Sequence


class FeedsvcError(Exception):
    """Base of all; `str()` is a message for a person."""

    exit_status = 2


class ConfigError(FeedsvcError):
    """The configuration cannot be used; lists every fault, not only the first."""

    def __init__(self, source: str, faults: Sequence[str]) -> None:
        super().__init__(source, faults)  # both in args, so that it pickles
        self.source = source
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n  - ".join([f"{self.source}:", *self.faults])


class UsageError(FeedsvcError):
    """The command cannot be carried out as it was given."""


class SourceError(FeedsvcError):
    """The articles cannot be read as a whole. Nothing was published or lost."""

    exit_status = 3


class ClockError(FeedsvcError):
    """The clock was never set, so the time is unknown. Nothing was published or lost."""

    exit_status = 3


class StoreError(FeedsvcError):
    """The catalogue cannot be read or written. What was published stays."""

    exit_status = 3


class NoCatalogueError(StoreError):
    """There is no catalogue yet to look into."""


class DamagedStoreError(StoreError):
    """The catalogue is there, and is no catalogue any more."""


class SchemaTooNewError(StoreError):
    """A newer feedsvc has migrated this catalogue; we would damage it."""


class LeaseTakenError(StoreError):
    """Another publisher is at work on this catalogue; `holder` says which."""

    def __init__(self, holder: str, place: str) -> None:
        super().__init__(holder, place)
        self.holder = holder
        self.place = place

    def __str__(self) -> str:
        return f"{self.holder} is already publishing from {self.place}"


def is_gone(error: OSError) -> bool:
    """Return whether *error* says that there is no such file; any other says nothing of the file."""
    return isinstance(error, FileNotFoundError | NotADirectoryError)
