"""The dates, the lead image and the links of an article in groups of their own, in its JSON."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ROWS_AT_ONCE = 50  # an article may have four megabytes

_GROUPS = {
    "dates": {name: name for name in "published day_only updated appears expires announced".split()},
    "lead_image": {
        "image": "reference",
        "image_alt": "alt",
        "image_title": "title",
        "image_credit": "credit",
        "image_line": "line",
    },
    "links": {"source": "source_title"}
    | {name: name for name in "canonical via comments related license".split()},
}

_TABLE = sa.table("article", sa.column("key", sa.Integer), sa.column("article", sa.Text))


def upgrade() -> None:
    connection, last = op.get_bind(), -1
    following = sa.select(_TABLE).where(_TABLE.c.key > sa.bindparam("last")).order_by(_TABLE.c.key)
    change = sa.update(_TABLE).where(_TABLE.c.key == sa.bindparam("of")).values(article=sa.bindparam("text"))
    while rows := connection.execute(following.limit(_ROWS_AT_ONCE), {"last": last}).all():
        last = rows[-1].key
        changed = [{"of": row.key, "text": text} for row in rows if (text := _grouped(row.article))]
        if changed:
            connection.execute(change, changed)


def _grouped(text: str) -> str | None:
    """Return the JSON of an article with its groups; None for a damaged row, which stays for the checks."""
    try:
        article = json.loads(text)
        if not isinstance(article, dict):
            return None
        return _json(_with_groups(article))
    except (ValueError, TypeError, RecursionError):
        return None


def _with_groups(article: dict[str, Any]) -> dict[str, Any]:
    for group, names in _GROUPS.items():
        article[group] = {new: article.pop(old) for old, new in names.items() if old in article}
    if article["lead_image"].get("reference") is None:
        article["lead_image"] = None
    if "pictures" in article:
        article["image_base"] = article.pop("pictures")
    return article


def _json(article: dict[str, Any]) -> str:
    text = json.dumps(article, ensure_ascii=False, separators=(",", ":"))
    text.encode()  # no database takes half of a surrogate pair
    return text
