"""The addresses that Jekyll makes: patterns, what stands for their words, and slugs.

The rules are those of Jekyll 4.3, in lib/jekyll: url.rb, drops/url_drop.rb and utils.rb.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from unicodedata import normalize
from urllib.parse import quote

import regex

# configuration.rb, STYLE_TO_PERMALINK
STYLES = {
    "none": "/:categories/:title:output_ext",
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
}

# utils.rb, SLUGIFY_DEFAULT_REGEXP and SLUGIFY_PRETTY_REGEXP
_NOT_IN_SLUG = regex.compile(r"[^\p{M}\p{L}\p{Nd}]+")
_NOT_IN_PRETTY_SLUG = regex.compile(r"[^\p{M}\p{L}\p{Nd}._~!$&'()+,;=@]+")

_IN_PATH = "/:@!$&'()*+,;=~%"
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_WORD = re.compile(r":([a-z_]+)")
_TIMES = {
    "year": "%Y",
    "short_year": "%y",
    "month": "%m",
    "day": "%d",
    "y_day": "%j",
    "hour": "%H",
    "minute": "%M",
    "second": "%S",
    "w_year": "%G",
    "week": "%V",
    "w_day": "%u",
}
# strftime's names depend on the locale.
_MONTHS = """January February March April May June July
    August September October November December""".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_DATE_WORDS = frozenset({*_TIMES, "i_month", "i_day", "short_month", "long_month", "short_day", "long_day"})

_TEXT_WORDS = frozenset("collection path name title slug categories slugified_categories output_ext".split())

# An undated article gets a date later, and with it what stands for these.
_LEFT_OPEN = frozenset({"year", "month", "day"})


def slugify(text: str) -> str:
    """Return *text* as ``slugify`` makes it in its default mode."""
    return _without_ends(_NOT_IN_SLUG.sub("-", text)).lower()


def slugify_pretty(text: str) -> str:
    """Return *text* as ``slugify`` makes it in the mode "pretty", its case kept."""
    return _without_ends(_NOT_IN_PRETTY_SLUG.sub("-", text))


def joined(labels: Iterable[str], change: Callable[[str], str] = str.lower) -> str:
    """Return categories as they stand in an address."""
    return "/".join(dict.fromkeys(map(change, labels)))


def with_suffix(pattern: str, style: str) -> str:
    """Return *pattern* with the ending of the site's *style* (utils.rb, `add_permalink_suffix`)."""
    if style == "pretty" or style.endswith("/"):
        return pattern + "/"
    if style in ("date", "ordinal", "none") or style.endswith(":output_ext"):
        return pattern + ":output_ext"
    return pattern


def filled(pattern: str, texts: Mapping[str, str], moment: datetime | None) -> str:
    """Return the address below the site's that a pattern makes.

    What no pattern may hold stays as it is; so do year, month and day without a *moment*.

    Raises:
        ValueError: The pattern wants more of a date than these, and there is none.
    """
    escaped = {name: text.replace("%", "%25") for name, text in texts.items()}

    def filling(found: re.Match[str]) -> str:
        # "/:month_:day" means month, though a word may hold a "_".
        word = found[1] if found[1] in escaped or found[1] in _DATE_WORDS else found[1].removesuffix("_")
        rest = found[1].removeprefix(word)
        if word in _DATE_WORDS:
            return _of_date(word, moment) + rest
        return escaped[word] + rest if word in escaped else found[0]

    return sanitized(_WORD.sub(filling, pattern))


def is_word(word: str) -> bool:
    """Return whether a pattern may hold *word* behind a colon."""
    return not {word, word.removesuffix("_")}.isdisjoint(_TEXT_WORDS | _DATE_WORDS)


def sanitized(address: str) -> str:
    """Return an address that cannot leave the site (url.rb, `sanitize_url`)."""
    inside = f"/{address}".replace("..", "/").replace("./", "")
    return normalize("NFC", re.sub("/{2,}", "/", inside))


def document_id(address: str, slug: str) -> str:
    """Return the id of the document at *address* (document.rb, `id`), below the site's address."""
    folder = posixpath.dirname(address.rstrip("/") or "/")
    # As the library that writes it has it: letters of full width become plain ones, "%ea" becomes "%EA".
    path = normalize("NFKC", f"{folder.rstrip('/')}/{slug.lstrip('/')}")
    return _ESCAPE.sub(lambda escape: escape[0].upper(), path)


def encoded(path: str) -> str:
    """Return the id of a document as it stands in the feed: the name is its slug as written, "#" included."""
    folder, slash, name = _LONE_PERCENT.sub("%25", path).rpartition("/")
    return quote(folder + slash, safe=_IN_PATH) + quote(name.removesuffix("?"), safe=f"{_IN_PATH}#?")


def _without_ends(slug: str) -> str:
    return slug.removeprefix("-").removesuffix("-")


def _of_date(word: str, moment: datetime | None) -> str:
    if moment is None:
        if word in _LEFT_OPEN:
            return f":{word}"
        reason = f"permalink in _config.yml wants ':{word}', and the article has no date; write one"
        raise ValueError(reason)
    if word in _TIMES:
        return f"{moment:{_TIMES[word]}}"
    if word.startswith("i_"):
        return str(moment.month if word == "i_month" else moment.day)
    name = _MONTHS[moment.month - 1] if word.endswith("month") else _DAYS[moment.weekday()]
    return name[:3] if word.startswith("short_") else name
