"""Where a person reads an article: the website's address for it, or a page of ours."""

import posixpath
import re
from datetime import datetime
from unicodedata import normalize
from urllib.parse import quote

from feedsvc.articles.dialects.plain import without_index
from feedsvc.articles.dialects.protocol import ArticleFacts
from feedsvc.articles.links.resolve import Base, resolve
from feedsvc.model import Article, Site
from feedsvc.text.slugs import article_slug

# What a pattern of addresses may be made of, and which of it tells articles apart.
NAMING_TOKENS = frozenset({":slug", ":title", ":filename"})
_DATE_TOKENS = {":year": "%Y", ":month": "%m", ":day": "%d"}
TOKENS = NAMING_TOKENS | _DATE_TOKENS.keys() | {":folder"}

# What a path segment may hold besides letters and digits (RFC 3986, 3.3).
_IN_PATH = "/-._~!$&'()*+,;=:@"
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# WordPress's "/?p=123", behind which some generators put a slash; any other question mark is part of a
# name, as in "/why?/".
_QUERY = re.compile(r"\?[\w.~-]+=.*", re.DOTALL)
_ABSOLUTE = re.compile(r"https?:", re.IGNORECASE)
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def permalink_of_pattern(pattern: str, facts: ArticleFacts) -> str:
    """Return the permalink by `articles.permalink`; an undated article keeps the tokens of the date."""
    # A checkout may spell the same name in another form (Unicode, UAX 15).
    folder, _, name = normalize("NFC", facts.path).rpartition("/")
    parts = {
        ":slug": article_slug(facts.slug or facts.path_metadata.stem),
        ":folder": folder,
        ":filename": name.rpartition(".")[0],
        ":title": article_slug(facts.title),
    }
    path = re.sub(r":[a-z]+", lambda token: parts.get(token[0], token[0]), pattern)
    if facts.published is not None:
        path = dated(path, facts.published.astimezone(facts.zone))
    return without_index(re.sub(r"/{2,}", "/", path))


def dated(permalink: str, published: datetime) -> str:
    """Return *permalink* with the date put in for its tokens, as it reads in its own zone."""
    return re.sub(":(?:year|month|day)", lambda token: f"{published:{_DATE_TOKENS[token[0]]}}", permalink)


def article_url(article: Article, published: datetime, slug: str, *, site: Site) -> tuple[str, bool]:
    """Return an article's absolute address, and whether it is a page of ours.

    Args:
        slug: Unique; names our page.
    """
    if site.url is not None and article.permalink is not None:
        url = _on_website(site.url, _complete(article.permalink, article, published, site))
        if url:
            return url, False
    return page_url(site.feeds_url, slug), True


def generators_id(article: Article, published: datetime, *, site: Site) -> str | None:
    """Return the id that the site's generator gives the article in its own feed; None if it gives none."""
    if site.url is None or article.feed_id is None:
        return None
    complete = _complete(article.feed_id, article, published, site)
    return complete if _IRI.match(complete) else _on_website(site.url, complete)


def article_page(slug: str) -> str:
    """Return the path of our own page for an article, below `server.url`."""
    return f"articles/{slug}/"


def page_url(base: str, slug: str) -> str:
    """Return the address of our own page for an article, below *base*."""
    return f"{base}/{quote(article_page(slug), safe=_IN_PATH)}"


def _complete(permalink: str, article: Article, published: datetime, site: Site) -> str:
    """Return *permalink* with the date that an undated article was given."""
    return (
        dated(permalink, published.astimezone(site.timezone))
        if article.dates.published is None
        else permalink
    )


def _on_website(site_url: str, below: str) -> str:
    """Return the address, or "" if *below* is an absolute URL without a usable host."""
    if _ABSOLUTE.match(below):
        return resolve(below, Base(url=site_url, root=site_url, media_url="")).url
    found = _QUERY.search(below)
    below, query = (below[: found.start()], found[0].rstrip("/")) if found else (below, "")
    # Anchored at the root, ".." cannot leave the site.
    path = posixpath.normpath("/" + below.lstrip("/"))
    if below.endswith("/"):
        path = path.rstrip("/") + "/"
    return site_url + _encoded(path, _IN_PATH) + _encoded(query, _IN_PATH + "?")


def _encoded(text: str, safe: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", text), safe=safe + "%")
