"""What a Jekyll site says of itself: our settings, its feeds, its people, and the names its templates use."""

import re
from collections.abc import Iterator, Mapping

from feedsvc.articles.dialects.jekyll.config import POSTS, JekyllConfig
from feedsvc.articles.dialects.jekyll.places import place_of
from feedsvc.articles.dialects.protocol import SiteFiles
from feedsvc.articles.dialects.tables import table, texts
from feedsvc.articles.fields import authors_of, number_of, text_of, truth_of
from feedsvc.articles.frontmatter.yaml import Value, load_yaml
from feedsvc.text.slugs import slug
from feedsvc.text.urls import is_on_the_web

AUTHORS = ("/_data/authors.yml", "/_data/authors.yaml", "/_data/authors.json", "/_data/authors/*")
TEMPLATES = ("feed.xml", "atom.xml", "rss.xml", "feed.json")
DOMAIN = "CNAME"

# Folders and files that no other generator has.
_SIGNS = frozenset({"_layouts/", "_includes/", "_sass/", "_plugins/", "Gemfile", "_posts/", "_drafts/"})
# Hexo keeps its posts in a folder of this name, too, but not in its site's own.
_NOT_ALONE = frozenset({"_posts/", "_drafts/"})
_OWN_KEYS = frozenset(
    """
    permalink baseurl collections collections_dir defaults exclude excerpt_separator paginate plugins gems
    theme remote_theme markdown kramdown highlighter
    """.split()
)


def is_jekylls(files: SiteFiles) -> bool:
    """Return whether the site is Jekyll's, and the articles folder the site's or one for documents."""
    config = JekyllConfig.read(files)
    if config.path:
        known = not (files.names.isdisjoint(_SIGNS) and _OWN_KEYS.isdisjoint(config.values))
    else:
        known = not files.names.isdisjoint(_NOT_ALONE) and not files.names.isdisjoint(_SIGNS - _NOT_ALONE)
    return known and _is_for_documents(files.prefix, config)


def settings_of(config: JekyllConfig, files: SiteFiles) -> dict[str, object]:
    """Return what the configuration says, as settings of ours."""
    feed = config.table("feed")
    said: dict[str, object] = {
        "site.title": config.text("title") or config.text("name"),
        "site.description": config.text("description"),
        "site.url": _url(config, files),
        "site.language": _language(config),
        "site.timezone": config.text("timezone"),
        "site.authors": _authors(config, people_of(files)),
        "feeds.limit": number_of(feed.get("posts_limit")),
        "feeds.content": "excerpt" if truth_of(feed.get("excerpt_only")) else "",
        # jekyll-feed knows no languages; a site with `languages` has a plugin that does.
        "feeds.languages": "" if config.values.get("languages") else "all",
    }
    return {name: value for name, value in said.items() if value}


def address_of(config: JekyllConfig) -> str:
    """Return what jekyll-feed writes before a path, a slash at the end of `url` included; "" for nothing."""
    url = config.text("url")
    return _joined(_with_plain_host(url), config) if is_on_the_web(url) else ""


def feeds_of(config: JekyllConfig, files: SiteFiles) -> dict[str, str]:
    """Return the feeds of jekyll-feed (its generator.rb), and those that the site has templates of."""
    own = {name: _format(name, files.texts[name]) for name in TEMPLATES if name in files.texts}
    if own and "jekyll-feed" not in config.plugins:
        return own
    feed = config.table("feed")
    posts = table(table(feed, "collections"), POSTS)
    path = text_of(feed.get("path")) or text_of(posts.get("path")) or "feed.xml"
    categories = texts(feed.get("categories") or posts.get("categories"))
    by_category = {f"feed/{name}.xml": f"categories/{slug(name)}/atom.xml" for name in categories}
    return {path.lstrip("/"): "atom"} | by_category | dict(_by_tag(feed)) | own


def people_of(files: SiteFiles) -> dict[str, Value]:
    """Return what ``_data/authors`` says, by the names that articles refer to it with."""
    people: dict[str, Value] = {}
    for path, text in files.texts.items():
        folder, _, name = path.partition("/")
        mapped = load_yaml(text) if folder == "_data" else None  # JSON is YAML
        if mapped is None:
            continue
        person = name.removeprefix("authors/").rpartition(".")[0] if name.startswith("authors/") else ""
        people |= {person: dict(mapped.values)} if person else mapped.values
    return people


def variables_of(config: JekyllConfig) -> dict[str, str]:
    """Return what templates may name: each setting, and each of a table's."""
    return dict(_named("site", config.values))


def overlooked_of(config: JekyllConfig) -> frozenset[str]:
    """Return the folders that hold no article and none of its pictures."""
    own = {
        "layouts_dir": "_layouts",
        "includes_dir": "_includes",
        "data_dir": "_data",
        "plugins_dir": "_plugins",
        "destination": "_site",
    }
    folders = {config.text(key, usual).strip("/").removeprefix("./") for key, usual in own.items()}
    excluded = {pattern.strip("/") for pattern in config.exclude if not set("*?[") & set(pattern)}
    return frozenset({*folders, *excluded, "_sass"} - {"", "."})


def _is_for_documents(prefix: str, config: JekyllConfig) -> bool:
    below = prefix.removeprefix(config.source)
    return below == "" or place_of(f"{below}x.md", config) is not None


def _url(config: JekyllConfig, files: SiteFiles) -> str:
    url = config.text("url").rstrip("/")
    if not url and (domain := files.texts.get(DOMAIN, "").strip() or _pages_domain(files.name)):
        url = f"https://{domain}"
    return _joined(_with_plain_host(url), config) if is_on_the_web(url) else ""


def _pages_domain(name: str) -> str:
    """Return where GitHub Pages serves a repository that is called by its own address."""
    return name if name.endswith(".github.io") else ""


def _with_plain_host(url: str) -> str:
    """Return *url* with scheme and host in lower case, like `absolute_url` (filters/url_filters.rb)."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}{slash}{path}"


def _joined(url: str, config: JekyllConfig) -> str:
    path = config.text("baseurl").strip("/")
    return f"{url}/{path}" if path else url


def _language(config: JekyllConfig) -> str:
    return (config.text("lang") or config.text("locale")).partition(".")[0].replace("_", "-")


def _authors(config: JekyllConfig, people: Mapping[str, Value]) -> list[dict[str, str]]:
    authors = authors_of(config.values.get("author"), people=people)
    fields = ({"name": each.name, "email": each.email, "uri": each.uri} for each in authors)
    return [{key: value for key, value in each.items() if value} for each in fields]


def _format(name: str, template: str) -> str:
    if name.endswith(".json"):
        return "json"
    return "rss" if re.search(r"<rss\b", template) else "atom"


def _by_tag(feed: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """Yield the feeds of those tags that the configuration names."""
    said = table(feed, "tags")
    folder = text_of(said.get("path")) or "/feed/by_tag/"
    left_out = texts(said.get("except"))
    for tag in texts(said.get("only")):
        if tag not in left_out:
            yield f"{folder}{tag}.xml".lstrip("/"), f"tags/{slug(tag)}/atom.xml"


def _named(place: str, values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, str):
            yield f"{place}.{key}", value
        elif isinstance(value, dict):
            yield from _named(f"{place}.{key}", value)
