"""Whole HTML documents: what their heads say, and which part of them is the article."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from bs4 import BeautifulSoup, Tag

from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.text.characters import legal, one_line

# Front-matter keys by the names of `meta` elements, best first where several say the same.
_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "title": ("og:title", "title", "dc.title"),
        "description": ("description", "summary", "og:description", "dc.description"),
        "author": ("author", "authors", "dc.creator", "article:author"),
        "date": ("date", "article:published_time", "dc.date", "dcterms.created", "datepublished"),
        "modified": ("modified", "article:modified_time", "last-modified", "dcterms.modified"),
        "tags": ("tags", "article:tag"),
        "keywords": ("keywords",),
        "category": ("category", "article:section"),
        "image": ("og:image", "twitter:image", "image"),
        "slug": ("slug",),
        "status": ("status",),
    }
)


def document_head(html: str) -> Mapping[str, Value]:
    """Return what the head of a whole document says, by folded front-matter key; {} for a fragment.

    The keys are title, description, author, date, modified, tags, keywords,
    category, image, slug, status and lang; those without a value are not there.
    """
    if not is_document(html):
        return {}
    soup = BeautifulSoup(legal(html), "lxml")
    said: dict[str, list[str]] = {}
    for name, text in _said(soup):
        if text := one_line(text):
            said.setdefault(name, []).append(text)
    # A page's title often ends with the site's; the other is for those who share it.
    titles = said.get("title", [])
    if "og:title" in said and titles and said["og:title"][0] not in titles[0]:
        del said["og:title"]
    values = {key: next((said[name] for name in names if name in said), []) for key, names in _KEYS.items()}
    head: dict[str, Value] = {key: _value(key, found) for key, found in values.items() if found}
    root = soup.find("html")
    language = one_line(str(root.get("lang") or root.get("xml:lang") or "")) if isinstance(root, Tag) else ""
    return {**head, "lang": language} if language else head


def is_document(html: str) -> bool:
    """Return whether *html* is a whole document."""
    beginning = html[:4096].lower()
    return "<html" in beginning or "<!doctype html" in beginning


def keep_article(soup: BeautifulSoup) -> None:
    """Leave only the article of a whole document: no navigation, nothing that stands round all pages."""
    if soup.body is None:
        return
    article = _only(_only(soup.body, "main") or soup.body, "article") or _only(soup.body, "main")
    if article is not None:
        article.extract()
        soup.body.clear()
        soup.body.append(article)
    for chrome in [*soup.body.find_all("nav"), *soup.body.find_all("footer", recursive=False)]:
        chrome.decompose()


def _only(within: Tag, name: str) -> Tag | None:
    found = within.find_all(name, limit=2)
    return found[0] if len(found) == 1 else None


def _said(soup: BeautifulSoup) -> Iterator[tuple[str, str]]:
    if soup.title is not None:
        yield "title", soup.title.get_text()
    for meta in soup.find_all("meta"):
        name = str(meta.get("name") or meta.get("property") or meta.get("itemprop") or "").strip().lower()
        yield name, str(meta.get("content") or "")


def _value(key: str, found: list[str]) -> Value:
    return list[Value](found) if key in ("author", "tags") and len(found) > 1 else found[0]
