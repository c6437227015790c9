"""Markdown as the generators of websites read it, as HTML."""

from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from feedsvc.articles.markup.admonitions import asides_plugin
from feedsvc.articles.markup.attributes import marks_plugin
from feedsvc.articles.markup.brackets import brackets_plugin
from feedsvc.articles.markup.math import math_plugin


class _Markdown(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802
        """Leave an address as written: `links.resolve` encodes it, once."""
        return url


def _reader() -> MarkdownIt:
    # Deeper nesting than this is an accident or an attack, and costs time.
    reader = _Markdown("commonmark", {"html": True, "maxNesting": 50})
    return reader.enable(["table", "strikethrough"])


def _body_reader() -> MarkdownIt:
    reader = _reader()
    ours = asides_plugin, marks_plugin, math_plugin, brackets_plugin
    for plugin in (footnote_plugin, deflist_plugin, *ours):
        reader.use(plugin)
    return reader


# No lists, no quotations: a summary that begins with "2024. 6. 27." or with "> 90 %" would lose that.
_SUMMARY = _reader().disable(["list", "code", "hr", "blockquote"])
_BODY = _body_reader()


def markdown_to_html(source: str) -> str:
    """Return a body as HTML."""
    return str(_BODY.render(source))


def summary_to_html(summary: str) -> str:
    """Return a front-matter summary as HTML: paragraphs, headings and inline markup only."""
    return str(_SUMMARY.render(summary))
