"""Filters of a site's own that show dates: what most of them do stands in the configuration."""

import re
from collections.abc import Mapping

USUAL: Mapping[str, str] = {"htmlDateString": "yyyy-LL-dd"}
"""Of eleventy-base-blog, from which many sites are made; it has its filters in a file of their own."""

_ADDED = re.compile(
    r"""\baddFilter\(\s*["'](?P<name>\w+)["'] (?:(?!addFilter).){0,200}?
        (?: \btoFormat\(\s*["'](?P<format>[^"']+)["']
          | \btoISOString\(\)\.
            (?:split\(\s*["']T["']\s*\)\[0\] | (?:slice|substring)\(\s*0\s*,\s*10\s*\)) )""",
    re.DOTALL | re.VERBOSE,
)
_CALL = re.compile(r"\|\s*(?P<name>\w+)\s*\((?P<arguments>[^()|]*)\)")
_FILTER = re.compile(r"""\|\s*(?P<name>\w+)(?:\s*:\s*["'](?P<format>[^"'|%]*)["'])?(?=\s*(?:\||\}\}|-))""")

# Luxon's and Day.js' tokens, of which addresses are made.
_TOKEN = re.compile(r"'(?P<text>[^']*)'|(?P<letter>[A-Za-z])(?P=letter)*")
_CODES = {
    "yyyy": "%Y", "YYYY": "%Y", "yy": "%y", "LL": "%m", "MM": "%m", "L": "%-m", "M": "%-m", "LLL": "%b",
    "MMM": "%b", "LLLL": "%B", "MMMM": "%B", "dd": "%d", "DD": "%d", "d": "%-d", "D": "%-d",
}  # fmt: skip


def date_filters(program: str) -> dict[str, str]:
    """Return the formats of the site's own filters that show a date in one and the same way, by name."""
    found = {each["name"]: each["format"] or "yyyy-MM-dd" for each in _ADDED.finditer(program)}
    return {**USUAL, **found}


def plain_dates(template: str, formats: Mapping[str, str]) -> str:
    """Return *template* with Liquid's ``date`` for the site's own filters, and its way to name arguments."""
    called = _CALL.sub(lambda each: f"| {each['name']}: {each['arguments']}".removesuffix(": "), template)
    return _FILTER.sub(lambda each: _plain(each, formats), called)


def _plain(found: re.Match[str], formats: Mapping[str, str]) -> str:
    stated = found["format"] or formats.get(found["name"]) or ""
    shown = _TOKEN.sub(_code, stated) if "yy" in stated.lower() else ""
    return f'| date: "{shown}"' if shown and "?" not in shown else found[0]


def _code(token: re.Match[str]) -> str:
    return token["text"] if token["text"] is not None else _CODES.get(token[0], "?")
