"""How each generator lays out a site: where articles lie, how their names and links read."""

from feedsvc.articles.dialects.eleventy import ELEVENTY
from feedsvc.articles.dialects.hexo import HEXO
from feedsvc.articles.dialects.hugo import HUGO
from feedsvc.articles.dialects.jekyll import JEKYLL
from feedsvc.articles.dialects.pelican import PELICAN
from feedsvc.articles.dialects.plain import PLAIN, Plain
from feedsvc.articles.dialects.protocol import ArticleFacts, Dialect, Generator, PathMetadata, SiteFiles
from feedsvc.articles.dialects.zola import ZOLA

__all__ = [
    "GENERATORS",
    "PLAIN",
    "ArticleFacts",
    "Dialect",
    "Generator",
    "PathMetadata",
    "Plain",
    "SiteFiles",
]

GENERATORS: tuple[Generator, ...] = (PELICAN, HEXO, ELEVENTY, ZOLA, HUGO, JEKYLL)
"""In the order in which they are asked whether a site is theirs: the surest sign first."""
