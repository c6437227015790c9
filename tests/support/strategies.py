"""What Hypothesis makes up for several tests."""

from math import ceil

from hypothesis import settings
from hypothesis import strategies as st

SHARE = 0.3  # of the examples of a property, for each change

_BREAKERS = ["\n", "\r", "\0", "\x0b", "\ud800", "\uffff", "<", "&", "&amp;", "]]>", "<b>", '"']

TEXT = st.text() | st.lists(st.sampled_from(["a", " ", "한", "👩‍💻", *_BREAKERS])).map("".join)
"""Any text, with more than its share of what breaks documents."""


RANDOM = st.randoms(use_true_random=False)
"""What `tests.support.hostile` makes its inputs of, so that Hypothesis makes them smaller."""


def examples(most: int) -> int:
    """Return how many examples a property gets: *most* before a release, a share of them for each change."""
    return most if settings.get_current_profile_name() == "long" else ceil(most * SHARE)
