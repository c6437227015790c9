"""Template tags that a generator would have resolved, in the source of an article."""

from feedsvc.articles.templates.mdx import resolve_mdx
from feedsvc.articles.templates.resolving import resolve_braces
from feedsvc.articles.templates.scope import Leftover, Scope, missing_article
from feedsvc.model import Markup, Templating

__all__ = ["Leftover", "Scope", "missing_article", "resolve_templates"]


def resolve_templates(
    text: str, templating: Templating, scope: Scope, markup: Markup
) -> tuple[str, tuple[Leftover, ...]]:
    """Return *text* with its template tags resolved, and what could not be; never raises.

    Known tags become Markdown or HTML. Unknown ones of the generator's own
    language go, but for the text they enclose; what another language's could
    be stays. Code is not touched, except that what keeps a generator from
    taking it for tags, such as ``{% raw %}``, goes. Takes linear time.
    """
    if markup is Markup.REST or templating is Templating.NONE:
        return text, ()
    leftovers: tuple[Leftover, ...] = ()
    if templating is Templating.MDX:
        text, leftovers = resolve_mdx(text, scope)
    if "{{" in text or "{%" in text or "#}" in text:
        text, more = resolve_braces(text, templating, scope, markup)
        leftovers += more
    return text, leftovers
