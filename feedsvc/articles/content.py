"""An article's body as a reader may see it: from `Article` to `Content`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from urllib.parse import quote

from feedsvc.articles.excerpt import cut, opening, summary_text
from feedsvc.articles.html.clean import Cleaned, Note, clean, parse
from feedsvc.articles.html.corrections import correction_of
from feedsvc.articles.images import Found, Medium, is_reference, leads, why_missing
from feedsvc.articles.links.cross_references import bare
from feedsvc.articles.links.resolve import Base, placed, resolve, resolve_named
from feedsvc.articles.markup.bounds import excess
from feedsvc.articles.markup.convert import to_html
from feedsvc.articles.recordings import recordings_of
from feedsvc.articles.templates import Leftover, Scope, missing_article, resolve_templates
from feedsvc.model import Article, Content, Image, Markup, Problem, Severity, Templating
from feedsvc.text.mediatypes import guess_type, is_unserved

# More would make an entry longer than its text.
_MOST_PICTURES = 10

# What generators write where an article has no picture, or shows its own: no fault of the author's.
_NO_IMAGE = frozenset({"", "true", "false", "yes", "no", "none", "null", "~", "{}", "[]"})


def read_content(article: Article, base: Base, *, look: Callable[[str], Medium | None]) -> Content:
    """Render an article: safe HTML, its excerpt and its lead image.

    Args:
        base: Where the article stands.
        look: Tells what a local file is; None if nothing is known of it.
    """
    content, cleaned = _looked_at(article, base, look)
    return replace(content, html=correction_of(article, base.language) + cleaned.html)


def skim_content(article: Article, base: Base, *, look: Callable[[str], Medium | None]) -> Content:
    """Return what `read_content` does, but for the HTML, which takes a third of the time."""
    return _looked_at(article, base, look)[0]


def _looked_at(article: Article, base: Base, look: Callable[[str], Medium | None]) -> tuple[Content, Cleaned]:
    body, summary, leftovers = _without_tags(article, base)
    asked = _Asked(base)
    base = replace(base, article=asked)
    soup = parse(to_html(body, article.markup))
    excerpt = (summary and summary_text(summary)) or opening(soup, title=article.title)
    if article.image_base is not None:
        for shown in soup.find_all("img", src=True):
            shown["src"] = placed(str(shown["src"]).strip(), article.image_base, base)
    cleaned = clean(soup, base, title=article.title)
    look = cache(look)  # for as long as this takes
    odd = {each.url: each for each in cleaned.images if not _is_picture(each, base, look)}
    cleaned = replace(cleaned, images=tuple(each for each in cleaned.images if each.url not in odd))
    image, notes = _lead_image(article, cleaned, base)
    if image and not _is_picture(image, base, look):
        odd[image.url] = image
        image, _ = _lead_image(replace(article, lead_image=None), cleaned, base)
    said = (*notes, *cleaned.notes, *asked.notes, *_disguised(odd))
    others = _others(cleaned, image)
    banner = _banner(article, base, look)
    recordings = recordings_of(article, cleaned, base, look)
    own = [found.local for found in (image, banner, *recordings.found) if found and found.local]
    content = Content(
        html="",
        excerpt=cut(excerpt),
        alt=_shown_words(image, cleaned),
        image=_measured(image, look) if image else None,
        image_inline=image is not None and any(found.url == image.url for found in cleaned.images),
        pictures=tuple(_measured(found, look) for found in others),
        banner=_measured(banner, look) if banner else None,
        attachments=recordings.attachments,
        media=cleaned.media | frozenset(own if base.ours else ()),
        recordings=frozenset(found.local for found in recordings.found if found.local),
        problems=(*leftovers, *(_problem(article, note) for note in (*recordings.notes, *said))),
    )
    return content, cleaned


def _shown_words(lead: Found | None, cleaned: Cleaned) -> str:
    """Return what the lead image says, else the first picture of the body that says something."""
    said = (lead.alt or lead.title) if lead else ""
    return cut(said or next((each.alt for each in cleaned.images if each.alt and not each.decoration), ""))


def _banner(article: Article, base: Base, look: Callable[[str], Medium | None]) -> Found | None:
    banner = _named(article.banner, base) if article.banner else None
    return banner if banner and _is_picture(banner, base, look) else None


class _Asked:
    """Gives the addresses of other articles; notes for which sources there is none."""

    def __init__(self, base: Base) -> None:
        self._article = base.article
        self._missing: dict[str, str] = {}

    def __call__(self, ref: str) -> str | None:
        address = self._article(ref)
        if address is None:
            self._missing.setdefault(bare(ref), ref)
        return address

    @property
    def notes(self) -> list[Note]:
        return [Note(reason=missing_article(path), ref=ref) for path, ref in self._missing.items()]


def _without_tags(article: Article, base: Base) -> tuple[str, str | None, list[Problem]]:
    """Return body and summary with their template tags resolved, and what could not be."""
    summary = article.summary
    if article.templating is not Templating.MDX and "{" not in article.body and "{" not in (summary or ""):
        return article.body, summary, []
    scope = _scope(article, base)
    body, found = resolve_templates(article.body, article.templating, scope, article.markup)
    if reason := excess(body, article.markup):
        found, body = (*found, Leftover(line=0, reason=f"with its template tags resolved, {reason}")), ""
    problems = [
        Problem(
            path=article.path,
            line=article.body_line + leftover.line,
            severity=Severity.WARNING,
            reason=leftover.reason,
        )
        for leftover in found
    ]
    if summary:
        # No generator runs templates in a head: where one stands for a value, there is none.
        unsaid = replace(scope, variables=dict.fromkeys(scope.variables, ""))
        summary, _ = resolve_templates(summary, article.templating, unsaid, Markup.HTML)
    return body, summary, problems


def _scope(article: Article, base: Base) -> Scope:
    page = base.url.removeprefix(base.root + base.path)
    own = {
        "page.title": article.title,
        "title": article.title,
        "page.slug": article.slug,
        "page.url": page,
        "page.image": article.lead_image and article.lead_image.reference,
    }
    variables = {**base.variables, **{name: value for name, value in own.items() if value}}
    return Scope(
        link=base.article,
        title=base.title,
        variables=variables,
        root=base.root,
        base_path=base.path,
        url=base.url,
    )


def _lead_image(article: Article, cleaned: Cleaned, base: Base) -> tuple[Found | None, list[Note]]:
    """Return the article's picture: the one it names, else one so named, else the first in its body."""
    fallback = _leading(cleaned, base) or next((image for image in cleaned.images if leads(image)), None)
    lead = article.lead_image
    if lead is None or lead.reference.strip().lower() in _NO_IMAGE:
        return fallback, []
    # Some tools escape the address for HTML before they write it into YAML.
    found = resolve_named(lead.reference.replace("&amp;", "&"), base)
    if found.missing and (is_reference(lead.reference) or is_unserved(lead.reference)):
        return fallback, [] if found.unknown else [Note(reason=why_missing(lead.reference))]
    named = Found(url=found.url, local=found.local, alt=lead.alt, title=lead.title, credit=lead.credit)
    if not is_reference(lead.reference) or not leads(named):
        reason = f"'{lead.reference[:80]}' is no address of a picture and is ignored; mend or delete it"
        return fallback, [Note(reason=reason)]
    shown = next((image for image in cleaned.images if image.url == named.url), named)
    return replace(
        shown, alt=named.alt or shown.alt, title=named.title or shown.title, credit=named.credit
    ), []


def _leading(cleaned: Cleaned, base: Base) -> Found | None:
    if base.leading is None:
        return None
    found = resolve(quote(base.leading.rpartition("/")[2]), base)
    named = Found(url=found.url, local=found.local)
    return next((image for image in cleaned.images if image.url == named.url), named)


def _is_picture(found: Found, base: Base, look: Callable[[str], Medium | None]) -> bool:
    """Return whether a local file can be one, whatever its name says; with us, only by its bytes."""
    medium = look(found.local) if found.local is not None else None
    if medium is None:
        return True
    kind = medium.media_type
    return kind.startswith("image/") if kind else not base.ours and medium.binary


def _disguised(odd: Mapping[str, Found]) -> Iterator[Note]:
    for found in odd.values():
        name = str(found.local).rpartition("/")[2]
        yield Note(reason=f"'{name}' holds no picture, whatever its name says; replace it", ref=name)


def _measured(found: Found, look: Callable[[str], Medium | None]) -> Image:
    image = Image(
        url=found.url,
        alt=found.alt,
        title=found.title,
        credit=found.credit,
        media_type=guess_type(found.url),
        width=found.width,
        height=found.height,
    )
    medium = look(found.local) if found.local is not None else None
    if medium is None:
        return image
    return replace(
        image,
        media_type=medium.media_type or image.media_type,
        length=medium.length,
        width=medium.width or image.width,
        height=medium.height or image.height,
    )


def _others(cleaned: Cleaned, lead: Found | None) -> list[Found]:
    """Return the pictures of the body beside the lead image, each once."""
    found = {image.url: image for image in reversed(cleaned.images) if leads(image)}
    return [image for url, image in reversed(found.items()) if lead is None or url != lead.url][
        :_MOST_PICTURES
    ]


def _named(reference: str, base: Base) -> Found | None:
    found = resolve_named(reference.replace("&amp;", "&"), base)
    named = Found(url=found.url, local=found.local)
    return named if is_reference(reference) and leads(named) and not found.missing else None


def _problem(article: Article, note: Note) -> Problem:
    if note.ref:
        place = article.body.find(note.ref)
        line = article.body_line + article.body.count("\n", 0, place) if place >= 0 else 0
    else:
        line = article.lead_image.line if article.lead_image else 0
    return Problem(path=article.path, line=line, severity=Severity.WARNING, reason=note.reason)
