"""Who may read a private feed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Somebody with an address of their own for a private feed.

    Attributes:
        feed: Its name.
        who: For the operator: a name, a mail address, a device.
        digest: Of the secret key in the address, which nobody keeps; see `key_digest`.
        revoked: When the address ended; None while it works.
        used: How often it was asked.
    """

    number: int
    feed: str
    who: str
    digest: str
    made: datetime
    revoked: datetime | None = None
    used: int = 0
    last_used: datetime | None = None
