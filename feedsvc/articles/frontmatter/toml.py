"""TOML, as far as its keys have no more parts than anybody writes."""

import re
import tomllib
from typing import Any

# tomllib keeps, for each part of a key, all parts before it: 30,000 of them would fill a machine.
MOST_PARTS = 50
_LONG_KEY = re.compile(rf"(?<![\w.-])[\w-]++(?:[ \t]*+\.[ \t]*+[\w-]++){{{MOST_PARTS}}}")

# What holds no keys; without its end it reaches to the end of all.
_TEXT = re.compile(
    r"""(?P<text> "{3} (?: [^\\"] | \\. | "{1,2}(?!") )*+ (?:"{3}|\Z) | '{3} .*? (?:'{3}|\Z)
        | "(?: [^"\\\n] | \\. )*+"? | '[^'\n]*+'? ) | \#[^\n]*+""",
    re.DOTALL | re.VERBOSE,
)


def load_toml(text: str) -> dict[str, Any]:
    """Return the table that *text* holds.

    Raises:
        ValueError: It is no TOML (`tomllib.TOMLDecodeError`), or holds a number of thousands of digits.
        RecursionError: It is nested too deeply.
    """
    if _LONG_KEY.search(_TEXT.sub(lambda found: "x" if found["text"] else "", text)):
        raise RecursionError("a key has too many parts")
    return tomllib.loads(text)
