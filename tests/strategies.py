"""What Hypothesis makes up for several tests."""

from hypothesis import strategies as st

_BREAKERS = ["\n", "\r", "\0", "\x0b", "\ud800", "\uffff", "<", "&", "&amp;", "]]>", "<b>", '"']

TEXT = st.text() | st.lists(st.sampled_from(["a", " ", "한", "👩‍💻", *_BREAKERS])).map("".join)
"""Any text, with more than its share of what breaks documents."""
