"""An article's body as a reader may see it: from `Article` to `Content`."""

from collections.abc import Callable
from dataclasses import replace

from feedsvc.articles.excerpt import cut, opening, summary_text
from feedsvc.articles.html import Cleaned, Note, clean, parse
from feedsvc.articles.images import Found, guess_type, is_reference, is_unserved, leads, measure, why_missing
from feedsvc.articles.links import Base, resolve
from feedsvc.articles.markup import to_html
from feedsvc.model import Article, Content, Image, Problem, Severity

# What generators write where an article has no picture, or shows its own: no fault of the author's.
_NO_IMAGE = frozenset({"", "true", "false", "yes", "no", "none", "null", "~", "{}", "[]"})


def read_content(article: Article, base: Base, *, load: Callable[[str], bytes | None]) -> Content:
    """Render an article: safe HTML, its excerpt and its lead image.

    Args:
        base: Where the article stands.
        load: Gives the first 64 kB or more of a local file; None if it cannot be read.
    """
    content, cleaned = _looked_at(article, base, load)
    return replace(content, html=cleaned.html)


def skim_content(article: Article, base: Base, *, load: Callable[[str], bytes | None]) -> Content:
    """Return what `read_content` does, but for the HTML, which takes a third of the time."""
    return _looked_at(article, base, load)[0]


def _looked_at(article: Article, base: Base, load: Callable[[str], bytes | None]) -> tuple[Content, Cleaned]:
    soup = parse(to_html(article.body, article.markup))
    excerpt = (article.summary and summary_text(article.summary)) or opening(soup, title=article.title)
    cleaned = clean(soup, base, title=article.title)
    image, notes = _lead_image(article, cleaned, base)
    own = {image.local} if image and image.local and base.ours else frozenset[str]()
    content = Content(
        html="",
        excerpt=cut(excerpt),
        image=_measured(image, base, load) if image else None,
        image_inline=image is not None and any(found.url == image.url for found in cleaned.images),
        media=cleaned.media | own,
        problems=tuple(_problem(article, note) for note in (*notes, *cleaned.notes)),
    )
    return content, cleaned


def _lead_image(article: Article, cleaned: Cleaned, base: Base) -> tuple[Found | None, list[Note]]:
    """Return the article's picture: the one it names, else the first in its body that can be one."""
    fallback = next((image for image in cleaned.images if leads(image)), None)
    if article.image is None or article.image.strip().lower() in _NO_IMAGE:
        return fallback, []
    # Some tools escape the address for HTML before they write it into YAML.
    found = resolve(article.image.replace("&amp;", "&"), base)
    if found.missing and (is_reference(article.image) or is_unserved(article.image)):
        return fallback, [Note(reason=why_missing(article.image))]
    named = Found(url=found.url, local=found.local, alt=article.image_alt)
    if not is_reference(article.image) or not leads(named):
        reason = f"'{article.image[:80]}' is no address of a picture and is ignored; mend or delete it"
        return fallback, [Note(reason=reason)]
    shown = next((image for image in cleaned.images if image.url == named.url), named)
    return replace(shown, alt=named.alt or shown.alt), []


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
        width=measured.width or image.width,
        height=measured.height or image.height,
    )


def _problem(article: Article, note: Note) -> Problem:
    if note.ref:
        place = article.body.find(note.ref)
        line = article.body_line + article.body.count("\n", 0, place) if place >= 0 else 0
    else:
        line = article.image_line
    return Problem(path=article.path, line=line, severity=Severity.WARNING, reason=note.reason)
