"""What was withdrawn, what has moved, who may read private feeds, and entries to compose feeds of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("article", sa.Column("announced", sa.BigInteger))
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "departed",
        sa.Column("path", sa.String, primary_key=True),
        sa.Column("target", sa.String, nullable=False),
    )
    op.create_table(
        "subscriber",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("feed", sa.String, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False, unique=True),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.BigInteger),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.Column("last_used", sa.BigInteger),
    )
    op.create_table(
        "entry",
        sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("published", sa.BigInteger, nullable=False, index=True),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
    )
    op.create_table(
        "entry_term",
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("slug", sa.String, primary_key=True),
        sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
    )
