"""Lines of a Markdown block, as rules that look ahead need them."""

from collections.abc import MutableMapping

from markdown_it.rules_block import StateBlock


def line_at(state: StateBlock, number: int) -> str:
    """Return a line without its indentation and the blanks at its end."""
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].rstrip()


def line_ending_with(
    ending: str, state: StateBlock, first: int, end: int, *, across_blanks: bool
) -> int | None:
    """Return the first line that ends with *ending*, within the block that *first* stands in.

    Where a search failed, none is made again: many openings that are never
    closed would take quadratic time.
    """
    failed: MutableMapping[str, int] = state.env.setdefault("feedsvc_unclosed", {})
    if first < failed.get(ending, 0):
        return None
    number = first
    while number < end and (across_blanks if state.isEmpty(number) else _within(state, number)):
        if line_at(state, number).endswith(ending):
            return number
        number += 1
    failed[ending] = number
    return None


def _within(state: StateBlock, number: int) -> bool:
    return state.sCount[number] >= state.blkIndent
