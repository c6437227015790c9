"""Ids and slugs: given once, unique, and never taken back. Pure."""

import unicodedata
from collections.abc import Collection, Iterator
from hashlib import blake2b
from itertools import chain, count
from uuid import UUID

from feedsvc.model import Article
from feedsvc.text.ids import mint
from feedsvc.text.iris import is_iri, is_meant_as_iri


def mint_id(article: Article, site_id: str, taken: Collection[str], *, generators: str | None = None) -> str:
    """Return an id for *article* that is not in *taken*.

    Its front-matter id if it has one (RFC 4287, 4.2.6 wants an IRI: other text
    is wrapped, a broken IRI does not count); else the one that the site's generator has given it in
    its feed, which readers know already; else a version 5 UUID of *site_id*
    and the path without suffix. The path may be taken by an article that was
    since renamed.
    """
    candidates = _candidates(article, site_id, generators)
    return next(candidate for candidate in candidates if candidate not in taken)


def unique_slug(article: Article, taken: Collection[str]) -> str:
    """Return the article's slug; where *taken* has it, with its language or six hex digits of its path."""
    path = composed(article.path)
    names = chain([path], (f"{path}#{number}" for number in count(2)))
    hashed = (f"{article.slug}-{blake2b(name.encode(), digest_size=3).hexdigest()}" for name in names)
    translated = [f"{article.slug}-{article.language.casefold()}"] if article.language else []
    return next(slug for slug in chain([article.slug], translated, hashed) if slug not in taken)


def composed(path: str) -> str:
    """Return *path* in Unicode's normal form C (UAX 15); file systems and checkouts differ in that."""
    return unicodedata.normalize("NFC", path)


def stated_id(article: Article, site_id: str) -> str | None:
    """Return the front-matter id as an IRI; None if there is none, or a broken IRI."""
    if not article.id:
        return None
    if is_iri(article.id):
        return article.id
    if is_meant_as_iri(article.id):
        return None
    try:
        return UUID(article.id).urn
    except ValueError:
        return mint(site_id, f"id:{article.id}")


def _candidates(article: Article, site_id: str, generators: str | None) -> Iterator[str]:
    if stated := stated_id(article, site_id):
        yield stated
    if generators:
        yield generators
    path = composed(article.path)
    folder, slash, name = path.rpartition("/")
    yield mint(site_id, folder + slash + (name.rpartition(".")[0] or name))
    yield mint(site_id, path)
    for number in count(2):
        yield mint(site_id, f"{path}#{number}")
