"""`ARTICLE_URL` and its like: Python's format strings, filled with what is known of an article."""

import posixpath
import re
from collections.abc import Mapping
from datetime import datetime
from string import Formatter

from feedsvc.articles.dialects.protocol import ArticleFacts
from feedsvc.articles.fields import text_of
from feedsvc.articles.frontmatter.head import fold

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}-(?P<rest>.*)\.\w+")
_CODE = re.compile(r"%-?[A-Za-z%]")

# What an undated article's date is put in for, once it has one.
_LATER = {"%Y": ":year", "%m": ":month", "%d": ":day", "%%": "%"}


def filled(pattern: str, parts: Mapping[str, str], facts: ArticleFacts) -> str:
    """Return *pattern* with *parts*, the date and front matter put in.

    Raises:
        ValueError: Something in it is not known; says what, for people.
    """
    try:
        fields = list(Formatter().parse(pattern))
    except ValueError as error:
        raise ValueError(f"'{pattern}' is no format of Python's ({error}); mend it") from None
    pieces = []
    for text, name, spec, _ in fields:
        pieces.append(text)
        if name is not None:
            found = (
                _date(spec or "", facts) if name == "date" else None if spec else _part(name, parts, facts)
            )
            if found is None:
                raise ValueError(f"'{pattern}' wants '{{{name}}}', which the article has not; write it there")
            pieces.append(found)
    return "".join(pieces)


def file_name(path: str) -> str:
    """Return ``filename``, as Apache's plugin extract_date_from_filename has it: a name without its date."""
    name = posixpath.basename(path)
    dated = _DATED.fullmatch(name)
    return dated["rest"] if dated else name


def _part(name: str, parts: Mapping[str, str], facts: ArticleFacts) -> str | None:
    return parts[name] if name in parts else text_of(facts.values.get(fold(name)))


def _date(spec: str, facts: ArticleFacts) -> str | None:
    date, codes = facts.published, _CODE.findall(spec)
    if date is None:
        known = codes and all(code in _LATER for code in codes)
        return _CODE.sub(lambda code: _LATER[code[0]], spec) if known else None
    return _CODE.sub(lambda code: _shown(code[0], date), spec) if spec else str(date)


def _shown(code: str, date: datetime) -> str:
    """Return a part of *date*; a dash takes its leading zeros away (utils.strftime)."""
    shown = date.strftime(f"%{code[-1]}")
    return shown.lstrip("0") or "0" if code[1] == "-" else shown
