"""Text of other people's, made safe to print on a line of its own."""

# Controls, which a terminal obeys and some of which end a line (C0, DEL, C1, U+2028, U+2029), and those that
# let text run the other way (Unicode Standard Annex 9, 2), so that a line reads as what it is not.
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_ESCAPES = {code: f"\\u{code:04x}" for code in _CONTROLS}


def on_one_line(text: str) -> str:
    r"""Return *text* with its control characters as ``\uNNNN``; what is JSON stays JSON (RFC 8259, 7)."""
    return text if text.isprintable() else text.translate(_ESCAPES)
