"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_ledger()
    _create_snapshot()


def _create_ledger() -> None:
    op.create_table(
        "setting",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "article",
        sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.String, unique=True),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("sequence", sa.Integer, unique=True),
        sa.Column("slug", sa.String, nullable=False, unique=True),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("own_page", sa.Boolean, nullable=False),
        sa.Column("published", sa.BigInteger, nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("broken", sa.Boolean, nullable=False),
        sa.Column("article", sa.Text, nullable=False),
    )
    op.create_table(
        "term",
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("slug", sa.String, primary_key=True),
        sa.Column("label", sa.String, nullable=False),
    )
    op.create_table(
        "problem",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("severity", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )


def _create_snapshot() -> None:
    op.create_table(
        "document",
        sa.Column("path", sa.String, primary_key=True),
        sa.Column("media_type", sa.String, nullable=False),
        sa.Column("links", sa.Text, nullable=False),
        sa.Column("etag", sa.String, nullable=False),
        sa.Column("last_modified", sa.BigInteger, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
    )
    op.create_table(
        "body",
        sa.Column("etag", sa.String, primary_key=True),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
        sa.Column("retired", sa.Integer),
    )
    op.create_table("media", sa.Column("path", sa.String, primary_key=True))
