"""Wording that several commands share."""


def counted(number: int, noun: str) -> str:
    """Return how many there are, as in ``1 article`` and ``2,000 articles``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
