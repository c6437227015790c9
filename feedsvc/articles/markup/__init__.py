"""From Markdown, reStructuredText or HTML source to HTML."""
