"""Where Pelican's settings meet ours: what they say of the site, its feeds and its folder of content."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import replace

from feedsvc.articles.dialects.misfits import misfits
from feedsvc.articles.dialects.pelican.config import PelicanConfig, Setting, read_config
from feedsvc.articles.dialects.plain import LANGUAGES
from feedsvc.articles.dialects.protocol import SiteFiles
from feedsvc.model import Problem, Severity

# The settings for publishing come first: they take over those for home, and know the address.
CONFIGS = ("publishconf.py", "pelicanconf.py")

# Which settings of Pelican's are ours too.
_SETTINGS = {
    "SITENAME": "site.title",
    "SITESUBTITLE": "site.description",
    "SITEURL": "site.url",
    "DEFAULT_LANG": "site.language",
    "TIMEZONE": "site.timezone",
}
_FEEDS = {"FEED_ATOM": "atom", "FEED_ALL_ATOM": "atom", "FEED_RSS": "rss", "FEED_ALL_RSS": "rss"}
_TRANSLATION_FEEDS = {"TRANSLATION_FEED_ATOM": "atom", "TRANSLATION_FEED_RSS": "rss"}
# Those that decide something here; what others say does not matter.
_READ = {
    *_SETTINGS,
    *_FEEDS,
    *_TRANSLATION_FEEDS,
    *"AUTHOR FEED_MAX_ITEMS PATH OUTPUT_PATH READERS IGNORE_FILES".split(),
    *"ARTICLE_PATHS ARTICLE_DIR ARTICLE_EXCLUDES PAGE_PATHS PAGE_DIR".split(),
    *"ARTICLE_URL ARTICLE_LANG_URL ARTICLE_SAVE_AS".split(),
    *"DEFAULT_CATEGORY DEFAULT_DATE DEFAULT_METADATA EXTRA_PATH_METADATA FILENAME_METADATA".split(),
    *"PATH_METADATA USE_FOLDER_AS_CATEGORY CATEGORY_SAVE_AS SLUGIFY_SOURCE SLUGIFY_USE_UNICODE".split(),
    *"SLUGIFY_PRESERVE_CASE SLUG_REGEX_SUBSTITUTIONS CATEGORY_REGEX_SUBSTITUTIONS".split(),
    "AUTHOR_REGEX_SUBSTITUTIONS",
}


def read_settings(files: SiteFiles) -> PelicanConfig:
    """Read the settings for publishing, else those for home."""
    found = files.first(*CONFIGS)
    config = read_config(files.texts, found[0]) if found else PelicanConfig()
    if config.values or found is None:
        return config
    # The settings for publishing cannot be read; those for home may tell enough.
    other = read_config(files.texts, CONFIGS[1]) if CONFIGS[1] in files.texts else config
    return replace(other, faults=config.faults + other.faults)


def content_of(config: PelicanConfig, files: SiteFiles) -> str:
    """Return the folder of all content; where no setting tells, `pelican content` does."""
    said = posixpath.normpath(config.text("PATH") or ".")
    if said.startswith("/"):  # on the machine of who wrote it
        said = posixpath.basename(said) if f"{posixpath.basename(said)}/" in files.names else ".."
    if "PATH" not in config.values or said.startswith(".."):
        said = "content" if "content/" in files.names else "."
    return "" if said == "." else f"{said}/"


def settings_of(config: PelicanConfig) -> dict[str, object]:
    """Return what the settings say, as settings of ours."""
    found: dict[str, object] = {ours: config.text(name) for name, ours in _SETTINGS.items()}
    most = config.values.get("FEED_MAX_ITEMS")
    found["site.url"] = config.text("SITEURL").rstrip("/")
    found["site.authors"] = [{"name": author}] if (author := config.text("AUTHOR")) else None
    # Its feed of all articles holds their translations, too.
    found["feeds.languages"] = "all" if config.values.get("FEED_ALL_ATOM", True) else None
    found["feeds.limit"] = most if isinstance(most, int) and most > 0 else None
    return {name: value for name, value in found.items() if value}


def feeds_of(config: PelicanConfig) -> dict[str, str]:
    """Return the feeds of all articles; see `Dialect`."""
    usual: dict[str, Setting] = {
        "FEED_ALL_ATOM": "feeds/all.atom.xml",
        "TRANSLATION_FEED_ATOM": "feeds/all-{lang}.atom.xml",
    }
    stated = usual | dict(config.values)
    paths = {name: path for name in _FEEDS if isinstance(path := stated.get(name), str) and path}
    feeds = {path.lstrip("/"): _FEEDS[name] for name, path in paths.items()}
    return dict(_translated(config, stated)) | feeds


def _translated(config: PelicanConfig, stated: Mapping[str, Setting]) -> Iterator[tuple[str, str]]:
    """Yield the feed of each language, whether or not the site has articles in it."""
    default = config.text("DEFAULT_LANG", "en").lower()
    for name, form in _TRANSLATION_FEEDS.items():
        path = stated.get(name)
        if isinstance(path, str) and path:
            pattern = path.lstrip("/").replace("%s", "{lang}")  # as before Pelican 4
            for code in {default: None, **dict.fromkeys(sorted(LANGUAGES))}:
                ours = form if code == default else f"languages/{code}/{form}.xml"
                yield pattern.replace("{lang}", code), ours


_KINDS = {
    **dict.fromkeys(("SITENAME", "AUTHOR", "TIMEZONE", "DEFAULT_LANG", "PATH", "OUTPUT_PATH"), "text"),
    **dict.fromkeys(("ARTICLE_URL", "ARTICLE_LANG_URL", "ARTICLE_SAVE_AS", "SLUGIFY_SOURCE"), "text"),
    **dict.fromkeys(("ARTICLE_PATHS", "PAGE_PATHS", "ARTICLE_EXCLUDES", "IGNORE_FILES"), "list"),
    **{"SITEURL": "web", "FEED_MAX_ITEMS": "number", "READERS": "table"},
}


def problems_of(config: PelicanConfig, path: str) -> Iterator[Problem]:
    """Yield what of the settings at *path* is not known, or is of another kind than it must be."""
    yield from misfits(path, config.values, _KINDS)
    for path, line, fault in config.faults:
        reason = f"is no Python that can be read ({fault}), so no setting in it counts; mend this line"
        yield Problem(path=path, line=line, severity=Severity.WARNING, reason=reason)
    for name, (path, line) in config.unknown.items():
        if name in _READ:
            reason = f"{name} has to be worked out, and settings are never run, so its default counts"
            instead = "write the value itself, or set its like in feedsvc.toml"
            yield Problem(path=path, line=line, severity=Severity.WARNING, reason=f"{reason}; {instead}")
