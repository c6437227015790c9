"""Where a person reads an article: the website's address for it, or a page of ours."""

import posixpath
import re
from datetime import datetime
from urllib.parse import quote, urlsplit

from feedsvc.articles.dialects import Dialect
from feedsvc.model import Article, Site

# What a path segment may hold besides letters and digits (RFC 3986, 3.3).
_IN_PATH = "/-._~!$&'()*+,;=:@"
_ENCODED = re.compile(r"%(?![0-9A-Fa-f]{2})")


def article_url(
    article: Article, published: datetime, slug: str, *, site: Site, dialect: Dialect, pattern: str | None
) -> tuple[str, bool]:
    """Return an article's absolute address, and whether it is a page of ours.

    Args:
        slug: Unique; names our page.
        pattern: `articles.permalink`.
    """
    if site.url is not None:
        below = dialect.address(article, published.astimezone(site.timezone), pattern)
        if below is not None:
            return _on_website(site.url, below), False
    return f"{site.feeds_url}/{quote(article_page(slug), safe=_IN_PATH)}", True


def article_page(slug: str) -> str:
    """Return the path of our own page for an article, below `server.url`."""
    return f"articles/{slug}/"


def _on_website(site_url: str, below: str) -> str:
    if urlsplit(below).scheme in ("http", "https"):
        return _encoded(below)
    # Anchored at the root, ".." cannot leave the site.
    path = posixpath.normpath("/" + below.lstrip("/"))
    path = path.removesuffix("index.html")
    if below.endswith("/") and not path.endswith("/"):
        path += "/"
    return site_url + _encoded(path.replace("?", "%3F").replace("#", "%23"))


def _encoded(url: str) -> str:
    return quote(_ENCODED.sub("%25", url), safe=_IN_PATH + "%?#")
