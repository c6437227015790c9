"""Whether an article's author keeps it back, and why."""

from feedsvc.articles.dialects import Dialect
from feedsvc.articles.fields import is_blank, text_of, truth_of
from feedsvc.articles.frontmatter import keys
from feedsvc.articles.reading.origins import PLACE
from feedsvc.articles.reading.problems import Notes
from feedsvc.articles.reading.values import Values


def why_hidden(path: str, values: Values, *, body: str, dialect: Dialect, notes: Notes) -> str | None:
    """Return why the article is kept back, in one word; None if it is not."""
    return (
        _draft(values, notes)
        or _retracted(values)
        or _unpublished(values)
        or _redirect(values, body)
        or _status(values, notes)
        or _by_dialect(path, values, dialect)
    )


def is_minor(values: Values, notes: Notes) -> bool:
    """Return whether the author says that the latest change is not worth an update."""
    minor = values["minor"]
    truth = truth_of(minor)
    if truth is None and not is_blank(minor):
        notes.warning(values.line("minor"), "'minor' is read as false; write true or false")
    return truth is True


def _draft(values: Values, notes: Notes) -> str | None:
    said = values["draft"]
    draft = "{...}" if said and isinstance(said, dict) else text_of(said)
    if draft is None or truth_of(draft) is False:
        return None
    if truth_of(draft) is None and draft.casefold() not in keys.HELD_BACK:
        # What was published by mistake cannot be called back.
        notes.warning(values.line("draft"), f"'draft: {draft}' is read as true; write true or false")
    values.found("hidden", "draft")
    return "draft"


def _retracted(values: Values) -> str | None:
    key = next((key for key in keys.RETRACTED if not is_blank(values[key])), None)
    if key is None or truth_of(values[key]) is False:
        return None
    values.found("hidden", key)  # "retracted: the figures were wrong" is as good as true
    return "retracted"


def _unpublished(values: Values) -> str | None:
    if truth_of(values["published"]) is not False:
        return None
    values.found("hidden", "published")
    return "unpublished"


def _redirect(values: Values, body: str) -> str | None:
    redirect = next((key for key in keys.REDIRECTS if values[key]), None)
    if redirect is None or body.strip():
        return None
    values.found("hidden", redirect)
    return "redirect"


def _status(values: Values, notes: Notes) -> str | None:
    status = (text_of(values["status"]) or "").casefold()
    if status in keys.HELD_BACK:
        values.found("hidden", "status")
        return status
    if status and status not in keys.LET_GO:
        reason = f"'status: {status}' is not known, so the article is public; write draft to keep it back"
        notes.warning(values.line("status"), reason)
    return None


def _by_dialect(path: str, values: Values, dialect: Dialect) -> str | None:
    hidden = dialect.why_hidden(path, values.merged)
    if hidden is not None:
        values.origins["hidden"] = PLACE
    return hidden
