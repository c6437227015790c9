"""The switches and words by which people keep an article back, where no generator has its own."""

from collections.abc import Mapping

from feedsvc.articles.fields.scalars import text_of, truth_of
from feedsvc.articles.frontmatter.keys import HELD_BACK, HIDES, SHOWS, STATES
from feedsvc.articles.frontmatter.yaml import Value


def held_back(values: Mapping[str, Value]) -> str | None:
    """Return why the front matter *values*, by folded key, keep an article back; None if they do not."""
    hides = next((key for key in HIDES if truth_of(values.get(key))), None)
    if hides is not None:
        return hides
    if any(truth_of(values.get(key)) is False for key in SHOWS):
        return "unlisted"
    words = ((text_of(values.get(key)) or "").casefold() for key in STATES)
    return next((word for word in words if word in HELD_BACK), None)
