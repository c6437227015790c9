"""What a Hugo site's configuration means for its articles and feeds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from feedsvc.articles.dialects.hugo.paths import is_token
from feedsvc.articles.dialects.misfits import unknown_word
from feedsvc.articles.dialects.site_expressions import SiteExpression, usable
from feedsvc.articles.dialects.tables import Table, merged, table, text, texts
from feedsvc.articles.fields import number_of, truth_of
from feedsvc.articles.frontmatter.head import fold
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.text.urls import is_on_the_web

CONTENT = "content/"

# resources/page/pagemeta/page_frontmatter.go: the keys of each date, and their other names.
_DATES: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "publishdate", "lastmod"),
    "lastmod": (":git", "lastmod", "date", "publishdate"),
    "publishdate": ("publishdate", "date"),
    "expirydate": ("expirydate",),
}
_ALSO = {"lastmod": ("modified",), "publishdate": ("pubdate", "published"), "expirydate": ("unpublishdate",)}
# Without a change, the date of the last one is this; an article says so by saying nothing.
_FIRST = frozenset({"date", "publishdate", "pubdate", "published", ":filename"})

# Taxonomies of what an article says elsewhere, or is.
_ELSEWHERE = frozenset({"author", "authors", "category", "categories", "description", "title", "date"})

_FILES = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
_FORMATS = {"application/rss+xml": "rss", "application/atom+xml": "atom", "application/feed+json": "json"}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Root:
    """A folder of pages.

    Attributes:
        folder: Below the site's, with closing slash; "" for the site's own.
        target: The folder that its pages appear in, below ``content/``; "" mostly.
        language: "" for the default one.
    """

    folder: str
    target: str = ""
    language: str = ""

    def below(self, path: str) -> str:
        """Return where a file of the folder appears below ``content/``."""
        return self.target + path.removeprefix(self.folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class HugoSite:
    """What the configuration says.

    Attributes:
        found: There is one.
        languages: The codes, the default one first.
        disabled: Codes of languages that are not built.
        in_folder: The default language stands in a folder of its own, too.
        hosts: Addresses of the languages, where each has its own.
        roots: The longest folder first.
        permalinks: Pattern by section, of each language.
        ugly: Sections whose pages end in ``.html``; "" stands for all.
        ignored: Expressions of `ignoreFiles`.
        keys: As in `Dialect`.
    """

    found: bool = True
    languages: tuple[str, ...] = ("en",)
    disabled: frozenset[str] = frozenset()
    in_folder: bool = False
    hosts: Mapping[str, str] = field(default_factory=dict)
    roots: tuple[Root, ...] = (Root(folder=CONTENT),)
    permalinks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ugly: frozenset[str] = frozenset()
    lower: bool = True
    accents: bool = True
    ignored: tuple[SiteExpression, ...] = ()
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    feeds: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    # By identity, so that it costs nothing to remember what was found out about a site.
    __hash__ = object.__hash__


def read_site(config: Table | None, path: str = "") -> HugoSite:
    """Return what *config*, of the file at *path*, says; as `config.read_config` gives it."""
    if config is None:
        return HugoSite(found=False, roots=(Root(folder=CONTENT), Root(folder="")), keys=_keys({}))
    default = text(config.get("defaultcontentlanguage")).lower() or "en"
    languages = {code: own for code, own in table(config.get("languages")).items() if isinstance(own, dict)}
    off = {code for code, own in languages.items() if truth_of(own.get("disabled"))}
    off |= {code.lower() for code in texts(config.get("disablelanguages"))}
    codes = (default, *(code for code in _by_weight(languages) if code != default and code not in off))
    own = table(languages.get(default))
    in_folder = truth_of(config.get("defaultcontentlanguageinsubdir")) is True
    return HugoSite(
        languages=codes,
        disabled=frozenset(off),
        in_folder=in_folder,
        hosts=_hosts(languages),
        roots=tuple(sorted(_roots(config, languages, default), key=lambda root: (-len(root.folder), root))),
        permalinks={code: dict(_permalinks(merged(table(languages, code), config))) for code in codes},
        ugly=_ugly(config.get("uglyurls")),
        lower=truth_of(config.get("disablepathtolower")) is not True,
        accents=truth_of(config.get("removepathaccents")) is not True,
        ignored=usable(_ignored(config, path)),
        keys=_keys(config),
        settings=_settings(merged(own, config), default),
        feeds=dict(_translated(_feeds(config), codes, in_folder=in_folder)),
        variables=_variables(merged(own, config)),
    )


def _ignored(config: Table, path: str) -> Iterator[SiteExpression]:
    return (SiteExpression(each, "ignoreFiles", path) for each in texts(config.get("ignorefiles")))


def _by_weight(languages: Table) -> list[str]:
    def weight(code: str) -> tuple[int, str]:
        return (number_of(table(languages, code).get("weight")) or 0, code)

    return sorted(languages, key=weight)


def _hosts(languages: Table) -> dict[str, str]:
    found = {code: text(table(languages, code).get("baseurl")).rstrip("/") for code in languages}
    return {code: url for code, url in found.items() if is_on_the_web(url)}


def _roots(config: Table, languages: Table, default: str) -> Iterator[Root]:
    """Yield the folders of pages: mounted ones, those of languages, or the one that all share."""
    mounted = list(_mounts(table(config.get("module")).get("mounts")))
    yield from mounted
    usual = _folder(text(config.get("contentdir")) or CONTENT)
    stated = {code: text(table(languages, code).get("contentdir")) for code in languages}
    yield from (Root(folder=_folder(own), language=code) for code, own in stated.items() if own)
    if not mounted and not stated.get(default):
        yield Root(folder=usual)


def _mounts(mounts: Value) -> Iterator[Root]:
    for mount in mounts if isinstance(mounts, list) else ():
        held = table(mount)
        source, target = text(held.get("source")), _folder(text(held.get("target")))
        if source and not source.startswith("/") and target.startswith(CONTENT):
            language = text(held.get("lang")).lower()
            yield Root(folder=_folder(source), target=target.removeprefix(CONTENT), language=language)


def _folder(path: str) -> str:
    path = path.removeprefix("./").strip("/")
    return f"{path}/" if path not in ("", ".") else ""


def _permalinks(config: Table) -> Iterator[tuple[str, str]]:
    """Yield section and pattern; a table of pages may part them from those of sections."""
    patterns = config.get("permalinks")
    if isinstance(patterns, list):  # since 0.154: rules, of which the first that matches counts
        for rule in reversed(patterns):
            held = table(rule)
            glob = text(table(held.get("target")).get("path")).strip("/").removesuffix("/**")
            if text(table(held.get("target")).get("kind")) in ("", "page") and "*" not in glob:
                yield glob, text(held.get("pattern"))
        return
    for section, pattern in {**table(patterns), **table(patterns, "page")}.items():
        if isinstance(pattern, str) and not [*unknown_word("", section, pattern, is_token)]:
            yield section.strip(" /"), pattern


def _ugly(value: Value) -> frozenset[str]:
    if isinstance(value, dict):
        return frozenset(section for section, ugly in value.items() if truth_of(ugly))
    return frozenset({""} if truth_of(value) else ())


def _keys(config: Table) -> dict[str, tuple[str, ...]]:
    plurals = [fold(text(plural)) for plural in table(config.get("taxonomies")).values() if text(plural)]
    others = [plural for plural in plurals if plural not in _ELSEWHERE]
    return {
        "published": _date_keys(config, "date"),
        "appears": ("publishdate", "pubdate"),
        "updated": tuple(key for key in _date_keys(config, "lastmod") if key not in _FIRST),
        "expires": _date_keys(config, "expirydate"),
        "tags": tuple(dict.fromkeys(("tags", "tag", *others))),
    }


def _date_keys(config: Table, name: str) -> tuple[str, ...]:
    """Return the keys of a date in the order of ``[frontmatter]``, but for the dates of files and of git."""
    said = [key.lower() for key in texts(table(config.get("frontmatter")).get(name))] or [":default"]
    spread = [each for key in said for each in (_DATES[name] if key == ":default" else (key,))]
    full = [each for key in spread for each in (key, *_ALSO.get(key, ()))]
    kept = (key if key.startswith(":") else fold(key) for key in full)
    return tuple(dict.fromkeys(key for key in kept if not key.startswith(":") or key == ":filename"))


def _settings(config: Table, default: str) -> dict[str, object]:
    params = table(config.get("params"))
    url = text(config.get("baseurl")).rstrip("/")
    limit = text(table(config.get("services"), "rss").get("limit")) or text(config.get("rsslimit"))
    settings: dict[str, object] = {
        "site.title": text(config.get("title")),
        "site.description": text(params.get("description")),
        "site.url": url if is_on_the_web(url) else "",
        "site.language": text(config.get("locale")) or text(config.get("languagecode")) or default,
        "site.timezone": text(config.get("timezone")),
        "site.authors": list(_authors(params.get("author") or config.get("author"))),
        "site.license": text(config.get("copyright")),
        "feeds.limit": number_of(limit),
    }
    return {key: value for key, value in settings.items() if value}


def _authors(value: Value) -> Iterator[dict[str, str]]:
    for each in value if isinstance(value, list) else [value]:
        held = each if isinstance(each, dict) else {"name": each}
        author = {key: text(held.get(key)) for key in ("name", "email")}
        if author["name"]:
            yield {key: said for key, said in author.items() if said}


def _feeds(config: Table) -> dict[str, str]:
    """Return the feeds of the home page; RSS also where it is off, since ours stands in its place."""
    outputs = {kind: texts(names) for kind, names in table(config.get("outputs")).items()}
    names = dict.fromkeys(("rss", *(name.lower() for name in outputs.get("home", ()))))
    formats = table(config.get("outputformats"))
    kinds = table(config.get("mediatypes"))
    return dict(feed for name in names if (feed := _feed(name, table(formats, name), kinds)))


def _translated(
    feeds: Mapping[str, str], languages: Sequence[str], *, in_folder: bool
) -> Iterator[tuple[str, str]]:
    """Yield the feeds of the home page of each language; ours of everything is that of the first."""
    default, *others = languages
    yield from ((f"{default}/{path}" if in_folder else path, form) for path, form in feeds.items())
    for code in others:
        yield from ((f"{code}/{path}", f"languages/{code}/{_FILES[form]}") for path, form in feeds.items())


def _feed(name: str, stated: Table, kinds: Table) -> tuple[str, str] | None:
    media_type = text(stated.get("mediatype")) or ("application/rss+xml" if name == "rss" else "")
    if media_type not in _FORMATS:
        return None
    usual = "xml" if media_type.endswith("xml") else "json"
    suffixes = texts(table(kinds, media_type).get("suffixes")) or (usual,)
    folder = _folder(text(stated.get("path")))
    return f"{folder}{text(stated.get('basename')) or 'index'}.{suffixes[0]}", _FORMATS[media_type]


def _variables(config: Table) -> dict[str, str]:
    found = {"site.title": text(config.get("title")), "site.baseurl": text(config.get("baseurl"))}
    found |= {f"site.params.{key}": text(value) for key, value in table(config.get("params")).items()}
    return {name: said for name, said in found.items() if said}
