"""An article's body as a reader may see it: from `Article` to `Content`."""

from collections.abc import Callable
from dataclasses import replace

from feedsvc.articles.excerpt import cut, opening, summary_text
from feedsvc.articles.html import Cleaned, clean, parse
from feedsvc.articles.images import Found, guess_type, is_reference, leads, measure
from feedsvc.articles.links import Base, resolve
from feedsvc.articles.markup import to_html
from feedsvc.model import Article, Content, Image, Problem, Severity


def read_content(article: Article, base: Base, *, load: Callable[[str], bytes | None]) -> Content:
    """Render an article: safe HTML, its excerpt and its lead image.

    Args:
        base: Where the article stands.
        load: Gives the first 64 kB or more of a local file; None if it cannot be read.
    """
    soup = parse(to_html(article.body, article.markup))
    excerpt = summary_text(article.summary) if article.summary else opening(soup, title=article.title)
    cleaned = clean(soup, base, title=article.title)
    image, notes = _lead_image(article, cleaned, base)
    measured = _measured(image, base, load) if image else None
    media = cleaned.media | ({image.local} if image and image.local else set())
    return Content(
        html=cleaned.html,
        excerpt=cut(excerpt),
        image=measured,
        image_inline=image is not None and any(found.url == image.url for found in cleaned.images),
        media=media,
        problems=tuple(_problem(article, note) for note in (*notes, *cleaned.notes)),
    )


def _lead_image(article: Article, cleaned: Cleaned, base: Base) -> tuple[Found | None, list[str]]:
    """Return the article's picture: the one it names, else the first in its body that can be one."""
    fallback = next((image for image in cleaned.images if leads(image)), None)
    if article.image is None:
        return fallback, []
    found = resolve(article.image, base)
    if not is_reference(article.image) or not found.url:
        return fallback, [f"'{article.image}' is no address of a picture; it is ignored"]
    if found.missing:
        return fallback, [f"there is no file '{article.image}' beside the article"]
    named = Found(url=found.url, local=found.local, alt=article.image_alt)
    return next((image for image in cleaned.images if image.url == found.url), named), []


def _measured(found: Found, base: Base, load: Callable[[str], bytes | None]) -> Image:
    image = Image(
        url=found.url,
        alt=found.alt,
        media_type=guess_type(found.url),
        width=found.width,
        height=found.height,
    )
    head = load(found.local) if found.local is not None else None
    if found.local is None or head is None:
        return image
    measured = measure(head)
    return replace(
        image,
        media_type=measured.media_type or image.media_type,
        length=base.media[found.local].size,
        width=measured.width,
        height=measured.height,
    )


def _problem(article: Article, note: str) -> Problem:
    return Problem(path=article.path, line=0, severity=Severity.WARNING, reason=note)
