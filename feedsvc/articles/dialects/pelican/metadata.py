"""What Pelican's settings and the place of a file say of an article (readers.py)."""

import posixpath
from collections.abc import Iterator, Mapping

from feedsvc.articles.dialects.pelican.config import PelicanConfig, Setting
from feedsvc.articles.dialects.site_expressions import SiteExpression
from feedsvc.articles.frontmatter.head import fold
from feedsvc.articles.frontmatter.yaml import Value

USUAL = {"FILENAME_METADATA": r"(?P<date>\d{4}-\d{2}-\d{2}).*", "PATH_METADATA": ""}
"""Expressions that take names apart, as Pelican has them."""


def of_settings(config: PelicanConfig) -> dict[str, Value]:
    """Return what holds for every article, by folded key (default_metadata)."""
    found = {fold(key): _value(each) for key, each in config.table("DEFAULT_METADATA").items()}
    if has_categories(config):
        found["category"] = config.text("DEFAULT_CATEGORY", "misc")
    date = config.values.get("DEFAULT_DATE")
    if isinstance(date, str) and date and date != "fs":
        found["date"] = date
    elif isinstance(date, tuple | list) and all(isinstance(part, int) for part in date):
        found["date"] = _as_date([int(str(part)) for part in date])
    return found


def of_folders(config: PelicanConfig, below: str) -> dict[str, Value]:
    """Return what EXTRA_PATH_METADATA says of a file or of the folders above it (path_metadata)."""
    found: dict[str, Value] = {}
    for path, said in sorted(config.table("EXTRA_PATH_METADATA").items()):
        if isinstance(said, dict) and (below == path or below.startswith(posixpath.join(path, ""))):
            found |= {fold(str(key)): _value(each) for key, each in said.items()}
    return found


def of_path(config: PelicanConfig, below: str) -> dict[str, str]:
    """Return what a file's name and folders say, by folded key (parse_path_metadata)."""
    folder, _, name = below.rpartition("/")
    base, category = posixpath.splitext(name)[0], folder.rpartition("/")[2]
    by_folder = has_categories(config) and config.truth("USE_FOLDER_AS_CATEGORY", default=True)
    found: dict[str, str] = {}
    for setting, text in (("FILENAME_METADATA", base), ("PATH_METADATA", below)):
        for key, value in _groups(config, setting, text):
            found.setdefault(fold(key), value)
    if by_folder and category:
        found.setdefault("category", category)
    return found


def expressions(config: PelicanConfig) -> Iterator[SiteExpression]:
    """Yield the site's own expressions that take names apart."""
    for setting in USUAL:
        if own := config.text(setting):
            yield SiteExpression(own, setting, config.path)


def has_categories(config: PelicanConfig) -> bool:
    """Return whether the site has pages for categories; without, neither folder nor default makes one."""
    return bool(config.values.get("CATEGORY_SAVE_AS", True))


def _groups(config: PelicanConfig, setting: str, text: str) -> Iterator[tuple[str, str]]:
    usual = SiteExpression(USUAL[setting], setting, config.path)
    own = SiteExpression(config.text(setting, USUAL[setting]), setting, config.path)
    found = own.match(text) if own.pattern and text else None
    if found is None and own.is_set_aside and usual.pattern:
        found = usual.match(text)
    for key, value in (found.groupdict() if found else {}).items():
        if value is not None:
            yield key, value


def _value(setting: Setting) -> Value:
    if isinstance(setting, list | tuple):
        return [_value(each) for each in setting]
    if isinstance(setting, Mapping):
        return {str(key): _value(each) for key, each in setting.items()}
    return None if setting is None else str(setting)


def _as_date(parts: list[int]) -> str:
    year, month, day, hour, minute, second, *_ = (*parts, *(1, 1, 1)[len(parts) :], 0, 0, 0)
    return f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
