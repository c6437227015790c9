"""Where a person reads an article: the website's address for it, or a page of ours."""

import posixpath
import re
from datetime import datetime
from urllib.parse import quote

from feedsvc.articles.dialects import Dialect
from feedsvc.articles.links import Base, resolve
from feedsvc.model import Article, Site

# What a path segment may hold besides letters and digits (RFC 3986, 3.3).
_IN_PATH = "/-._~!$&'()*+,;=:@"
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ABSOLUTE = re.compile(r"https?:", re.IGNORECASE)


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
        url = _on_website(site.url, below) if below is not None else ""
        if url:
            return url, False
    return f"{site.feeds_url}/{quote(article_page(slug), safe=_IN_PATH)}", True


def article_page(slug: str) -> str:
    """Return the path of our own page for an article, below `server.url`."""
    return f"articles/{slug}/"


def _on_website(site_url: str, below: str) -> str:
    """Return the address, or "" if *below* is an absolute URL without a usable host."""
    if _ABSOLUTE.match(below):
        return resolve(below, Base(url=site_url, root=site_url, media_url="")).url
    # Anchored at the root, ".." cannot leave the site.
    path = posixpath.normpath("/" + below.lstrip("/"))
    if below.endswith("/") or path.endswith("/index.html"):
        path = path.removesuffix("/index.html").rstrip("/") + "/"
    return site_url + quote(_LONE_PERCENT.sub("%25", path), safe=_IN_PATH + "%")
